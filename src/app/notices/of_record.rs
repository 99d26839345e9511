//! What is owed to be told of an application, a credential, an office or a merger: to the agency always, and to people whom it
//! reaches, in their account or by e-mail; whoever was refused is written to where it does not.

use crate::app::{Registry, mails};
use crate::domain::events::{Event, EventKind};
use crate::domain::ids::{AgencyId, NoticeId, PersonId};
use crate::domain::notices::{Addressee, Means, Notice, Occasion, OfRecord};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Tx, Writer, accounts, mails as outbox, notices, people as on_record};
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// What an event makes due to be told; entered with it.
#[must_use = "nobody is told until it is entered"]
pub(in crate::app) struct Owing {
    occasion: Occasion,
    to: Vec<(NoticeId, Addressee, Option<Means>)>,
    at: Timestamp,
}

/// What becomes of people whom nothing reaches from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Unreached {
    /// Their agency tells them.
    ByAgency,
    /// They are to be written to: it went against them.
    Written,
}

/// What these are owed to be told: the agency, which is to be written to where its head has no account here, and the
/// people.
///
/// # Errors
/// The database's.
pub(in crate::app) fn owing(
    tx: &mut Tx,
    registry: &Registry,
    occasion: Occasion,
    agency: AgencyId,
    (holders, unreached): (&[PersonId], Unreached),
) -> Result<Owing, Error> {
    let now = tx.now();
    let by = accounts::has_head(tx, agency, now)?.then_some(Means::Account);
    let mut to = vec![(tx.new_id(), Addressee::Agency(agency), by)];
    let reached = reached(tx, registry, holders)?;
    for person in holders {
        let means = match (reached.get(person), unreached) {
            (Some(means), _) => Some(*means),
            (None, Unreached::Written) => None,
            (None, Unreached::ByAgency) => continue,
        };
        to.push((tx.new_id(), Addressee::Holder(*person, agency), means));
    }
    Ok(Owing { occasion, to, at: now })
}

/// By which means these people are reached from here: those whom none reaches are not there.
///
/// # Errors
/// The database's.
pub(super) fn reached(
    tx: &mut Tx,
    registry: &Registry,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Means>, Error> {
    let now = tx.now();
    let in_account = accounts::with_account(tx, people, now)?;
    let others: Vec<PersonId> = people.iter().copied().filter(|person| !in_account.contains(person)).collect();
    let by_email = match registry.mailer {
        Some(_) => on_record::with_email(tx, &others)?,
        None => HashSet::new(),
    };
    let in_account = in_account.into_iter().map(|person| (person, Means::Account));
    Ok(in_account.chain(by_email.into_iter().map(|person| (person, Means::Email))).collect())
}

impl Owing {
    /// The event that says no more than that it is owed, where nobody did anything.
    pub(in crate::app) fn event(&self) -> Event {
        let told = json!({ "duty": self.occasion.as_str(), "notices": self.ids() });
        Event::new(EventKind::NoticeOwed, self.occasion.object()).with(told)
    }

    /// Which notices: an event says it in its `notices`.
    pub(in crate::app) fn ids(&self) -> Vec<String> {
        self.to.iter().map(|(id, ..)| id.to_string()).collect()
    }

    /// Enters the notices, and their e-mails where there is a server; the event being written tells of them.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::app) fn enter(self, writer: &mut Writer, registry: &Registry) -> Result<(), Error> {
        let log_index = writer.log_index();
        self.enter_with(writer, registry, log_index)
    }

    /// The same, where another entry of the log tells of what the notices are of.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::app) fn enter_with(
        self,
        writer: &mut Writer,
        registry: &Registry,
        log_index: i64,
    ) -> Result<(), Error> {
        let Self { occasion, to, at } = self;
        let entered = to.into_iter().map(|(id, to, means)| {
            let notice = Notice::blank(id, OfRecord { occasion, to, log_index }, at);
            match means {
                Some(means) => notice.sent_now(means),
                None => notice,
            }
        });
        let entered: Vec<Notice<OfRecord>> = entered.collect();
        enter(writer, registry, &entered, at)
    }
}

/// Enters new notices, and their e-mails where there is a server.
///
/// # Errors
/// The database's.
pub(super) fn enter(
    writer: &mut Writer,
    registry: &Registry,
    entered: &[Notice<OfRecord>],
    at: Timestamp,
) -> Result<(), Error> {
    notices::insert_all(writer, entered)?;
    if registry.mailer.is_none() {
        return Ok(());
    }
    let sent = entered.iter().filter(|notice| notice.means.is_some());
    outbox::enter_new(writer, &sent.map(|notice| notice.id).collect::<Vec<_>>(), at)
}

/// Makes sure that the recipient can be told by this means.
pub(super) fn reaches(tx: &mut Tx, registry: &Registry, to: Addressee, means: Means) -> Result<(), Error> {
    let now = tx.now();
    let (reached, code, detail) = match means {
        Means::InPerson | Means::Post => return Ok(()),
        Means::Account => {
            let has_account = match to {
                Addressee::Agency(agency) => accounts::has_head(tx, agency, now)?,
                Addressee::Holder(person, _) => {
                    let person = on_record::standing_for(tx, person)?;
                    !accounts::with_account(tx, &[person], now)?.is_empty()
                }
            };
            (has_account, "no_account", "the recipient has no account here")
        }
        Means::Email => {
            let detail = "no e-mail is sent from here, or no address of the recipient is known";
            let has_address = registry.mailer.is_some() && mails::address_of(tx, registry, to)?.is_some();
            (has_address, "no_email", detail)
        }
    };
    reached.then_some(()).ok_or_else(|| Error::invalid("/means", code, detail))
}
