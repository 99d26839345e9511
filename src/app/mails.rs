//! E-mails that tell of notices: entered with the notice, sent after the commit, by whichever node comes first.
//!
//! A node takes one up for a while before it sends it. Should it die in between, another sends it again: rather twice
//! than never, under the same `Message-ID`. What a registrar sends anew is another letter.

use super::Registry;
use super::notices::{About, paper};
use crate::domain::accounts::Email;
use crate::domain::cases::{Case, Subject};
use crate::domain::events::{Event, EventKind};
use crate::domain::ids::{AgencyId, NoticeId, PersonId};
use crate::domain::notices::{Addressee, MailState, Means, Notice, OfCase, Recipient};
use crate::domain::time::Timestamp;
use crate::domain::wording;
use crate::error::Error;
use crate::mail::{Letter, Mailer, Undelivered};
use crate::policy;
use crate::store::{self, Read, Reader, Tx, Writer, accounts, mails, people};
use serde_json::json;

/// E-mails looked at in one go.
const AT_ONCE: i64 = 20;
/// How long a node may take to send one before another takes it over: more than any conversation lasts.
const CLAIMED_SECONDS: i64 = 600;
/// After how long it is tried again, in seconds: about three days in all, then it is given up.
const GAPS: [i64; 8] = [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 86_400];

/// Enters notices of a case, and their e-mails where there is a server and an address.
pub(in crate::app) fn enter_of_case(
    writer: &mut Writer,
    registry: &Registry,
    case: &Case,
    told: &[Notice<OfCase>],
) -> Result<(), Error> {
    for notice in told {
        store::notices::insert(writer, notice)?;
        if reaches_in_case(writer, registry, case, &notice.of)? {
            mails::enter(writer, notice.id, notice.created_at)?;
        }
    }
    Ok(())
}

/// Lets a notice go out by e-mail, once more where it did before.
pub(in crate::app) fn enter(writer: &mut Writer, notice: NoticeId, at: Timestamp) -> Result<(), Error> {
    mails::enter(writer, notice, at)
}

/// Whether there is a server and an address.
///
/// # Errors
/// The database's.
pub(in crate::app) fn reaches_in_case(
    db: &mut impl Read,
    registry: &Registry,
    case: &Case,
    of: &OfCase,
) -> Result<bool, Error> {
    Ok(registry.mailer.is_some() && address_in_case(db, registry, case, of)?.is_some())
}

/// Where a notice of a case is told of.
fn address_in_case(db: &mut impl Read, registry: &Registry, case: &Case, of: &OfCase) -> Result<Option<Email>, Error> {
    match (of.recipient, &case.subject, case.agency) {
        (Recipient::Subject, Subject::Holder(person), _) => of_person(db, registry, *person),
        (Recipient::Subject, Subject::Agency(agency), _) => of_agency(db, *agency),
        (Recipient::Agency, _, Some(agency)) => of_agency(db, agency),
        (Recipient::Reporter, _, _) => {
            let account = of.account.map(|user| accounts::find(db, user)).transpose()?.flatten();
            Ok(account.filter(|account| account.is_active()).map(|account| account.email))
        }
        (Recipient::Subject | Recipient::Agency, _, _) => Ok(None),
    }
}

/// Where somebody is told of something on record.
///
/// # Errors
/// The database's.
pub(in crate::app) fn address_of(
    db: &mut impl Read,
    registry: &Registry,
    to: Addressee,
) -> Result<Option<Email>, Error> {
    match to {
        Addressee::Agency(agency) => of_agency(db, agency),
        Addressee::Holder(person, _) => of_person(db, registry, person),
    }
}

fn of_agency(db: &mut impl Read, agency: AgencyId) -> Result<Option<Email>, Error> {
    Ok(accounts::head_of(db, agency)?.map(|account| account.email))
}

/// The account's address, else the one on record: of the record that took theirs in, where one did.
fn of_person(db: &mut impl Read, registry: &Registry, person: PersonId) -> Result<Option<Email>, Error> {
    let person = people::standing_for(db, person)?;
    match accounts::of_person(db, person)?.filter(|account| account.is_active()) {
        Some(account) => Ok(Some(account.email)),
        None => Ok(people::find(db, &registry.secrets.sealing, person)?.and_then(|person| person.fields.email)),
    }
}

/// Sends what is due; gives how many were handed over. Blocks for as long as the server takes.
///
/// # Errors
/// The database's. That a server does not take a letter is no error.
pub fn deliver(registry: &Registry) -> Result<usize, Error> {
    let Some(mailer) = &registry.mailer else { return Ok(0) };
    let now = registry.clock.now();
    let due = registry.store.read(|db| mails::due(db, now, AT_ONCE))?;
    let mut sent = 0;
    for id in due {
        sent += usize::from(deliver_one(registry, mailer, id)?);
    }
    Ok(sent)
}

fn deliver_one(registry: &Registry, mailer: &Mailer, id: NoticeId) -> Result<bool, Error> {
    let taken = registry.store.write_blocking(move |tx| {
        let until = tx.now().plus_seconds(CLAIMED_SECONDS);
        mails::claim(tx, id, until)
    })?;
    let Some(tries) = taken else { return Ok(false) };
    let letter = registry.store.read_consistently(|db| letter(db, registry, id));
    // What cannot be written now holds up no other.
    let letter = letter.map_err(|error| Undelivered::Later(format!("it cannot be written: {error}")));
    let told = match letter.transpose() {
        None => MailState::NoAddress,
        Some(letter) => match letter.and_then(|letter| mailer.send(&letter)) {
            Ok(()) => MailState::Sent,
            Err(Undelivered::Never(why)) => {
                tracing::warn!(notice = %id, why, "an e-mail is refused");
                MailState::Refused
            }
            Err(Undelivered::Later(why)) => {
                tracing::warn!(notice = %id, why, tries = tries + 1, "an e-mail is not taken now");
                let gap = usize::try_from(tries).ok().and_then(|tries| GAPS.get(tries)).copied();
                let Some(gap) = gap else { return end(registry, id, MailState::Unreachable) };
                registry.store.write_blocking(move |tx| {
                    let next = tx.now().plus_seconds(gap);
                    mails::put_off(tx, id, tries + 1, next)
                })?;
                return Ok(false);
            }
        },
    };
    end(registry, id, told)
}

/// Writes down how it ended: whoever reads the notice sees it.
fn end(registry: &Registry, id: NoticeId, state: MailState) -> Result<bool, Error> {
    registry.store.write_blocking(move |tx| end_in(tx, id, state))?;
    Ok(state == MailState::Sent)
}

fn end_in(tx: &mut Tx, id: NoticeId, state: MailState) -> Result<(), Error> {
    let old = store::notices::find(tx, id)?.ok_or_else(|| Error::internal("an e-mail without its notice"))?;
    let kind = if state == MailState::Sent { EventKind::NoticeEmailed } else { EventKind::NoticeEmailFailed };
    let told = Event::new(kind, old.of.object())
        .with(json!({ "notice": id.to_string(), "recipient": old.of.recipient(), "email": state.as_str() }));
    let notice = Notice { version: old.version + 1, ..old };
    let now = tx.now();
    tx.record(&policy::the_program_itself(), told, |writer| {
        mails::end(writer, id, state, now)?;
        store::notices::update(writer, &notice)
    })
}

/// The letter that tells of a notice: that there is one, and no more. Only where a registrar chose e-mail as the means of
/// the notice itself does the notice go with it.
fn letter(db: &mut Reader, registry: &Registry, id: NoticeId) -> Result<Option<Letter>, Error> {
    let notice = store::notices::find(db, id)?.ok_or_else(|| Error::internal("an e-mail without its notice"))?;
    let to = match About::find(db, notice.of)? {
        About::Case(of, case) => address_in_case(db, registry, &case, &of)?,
        About::Record(of, _) => address_of(db, registry, of.to)?,
    };
    let Some(to) = to else { return Ok(None) };
    let pdf = match notice.means {
        Some(Means::Email) => Some((format!("notice-{id}.pdf"), paper::paper(db, registry, id)?)),
        Some(Means::InPerson | Means::Post | Means::Account) | None => None,
    };
    let name = wording::registry();
    let words = wording::notice_by_email(&registry.settings.public_url, &registry.settings.phone, pdf.is_some());
    Ok(Some(Letter {
        to,
        subject: format!("{} – Thông báo dành cho ông/bà / A notice for you", name.vi),
        text: format!(
            "{vi}\n\nSố thông báo: {id}\n{}\n\n----\n\n{en}\n\nNotice number: {id}\n{}\n",
            name.vi,
            name.en,
            vi = words.vi,
            en = words.en
        ),
        pdf,
        id: format!("{id}.{}", notice.version),
        at: notice.created_at,
    }))
}
