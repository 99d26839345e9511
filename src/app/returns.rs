//! Press cards that are to be handed in: the queue of whoever collects them and of the registrar. They say that they are
//! good until somebody decides; nothing is revoked by itself.

mod events;
mod keeping;

pub use events::{EventForm, happen};
pub use keeping::keep;

use super::Registry;
use super::cases::working_days;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyState};
use crate::domain::credentials::Credential;
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::{AgencyId, CredentialId};
use crate::domain::notices::{Addressee, Matter, Notice, Occasion};
use crate::domain::returns::{CardReturn, Cause, Rule, Why};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::credentials::Filter;
use crate::store::{Read, Reader, agencies, credentials, events as log, notices, people, returns, successions};
use std::collections::HashMap;

/// A card that is to be handed in.
pub struct ToReturn {
    /// The card.
    pub card: Credential,
    /// Why, and since when.
    pub cause: Cause,
    /// When the time to hand it in is over, and by which law; `None` where no time runs.
    pub due: Option<(Timestamp, &'static Rule)>,
    /// What was done about it; nothing for the first seconds.
    pub done: Option<CardReturn>,
    /// Who was told of it.
    pub told: Vec<Notice>,
}

/// Which of the cards that are to be handed in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// Of this agency.
    pub agency: Option<AgencyId>,
    /// Whose time is over.
    pub overdue: bool,
    /// Whose revocation waits for a registrar's decision.
    pub proposed: bool,
}

/// Press cards in use whose agency is not at work or whose holder left it, within the caller's reach, in the order they
/// were issued.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Wanted, CredentialId>,
) -> Result<Part<ToReturn, CredentialId>, Error> {
    let range = policy::enter(caller, Operation::ReadCredentials)?.range();
    let (Wanted { agency, overdue, proposed }, page) = asked?;
    let filter = Filter { agency, to_return_at: Some(registry.clock.now()), overdue, proposed, ..Filter::default() };
    let cards = credentials::list(db, &range, filter, page.after, page.limit)?;
    let ids: Vec<CredentialId> = cards.iter().map(|card| card.id).collect();
    let mut done = returns::of_cards(db, &ids)?;
    let mut told = notices::of_credentials(db, &ids)?;
    let now = registry.clock.now();
    // Most cards of a part are of a few agencies.
    let mut agencies = HashMap::new();
    let mut items = Vec::with_capacity(cards.len());
    for card in cards {
        if let Some(asked) = done.remove(&card.id) {
            let told = told.remove(&card.id).unwrap_or_default();
            items.push(asked_for(card, asked, told));
            continue;
        }
        let of_agency = match agencies.get(&card.agency).copied() {
            Some(known) => known,
            None => *agencies.entry(card.agency).or_insert(stopped(db, card.agency)?),
        };
        let cause = cause(db, registry, &card, of_agency, now)?;
        items.push(ToReturn { due: cause.due(&working_days()), card, cause, done: None, told: Vec::new() });
    }
    Ok(Part::cut(items, page.limit, |it| it.card.id))
}

/// A card that was asked for: why, since when and by when is what was told then, whatever else happened since.
fn asked_for(card: Credential, asked: CardReturn, mut told: Vec<Notice>) -> ToReturn {
    let cause = asked.cause();
    // Not those of an earlier duty, which was settled.
    told.retain(|notice| is_of_return(notice) && notice.created_at >= cause.since);
    ToReturn { due: asked.due(), card, cause, done: Some(asked), told }
}

/// Whether a notice says that a card is to be handed in, or what follows where it is not.
fn is_of_return(notice: &Notice) -> bool {
    match notice.of {
        Matter::Case(_) => false,
        Matter::Record(of) => match of.occasion {
            Occasion::CardToReturn(_) | Occasion::ReturnOverdue(_) | Occasion::RevocationProposed(_) => true,
            Occasion::ApplicationDecided(_)
            | Occasion::ApplicationReturned(_)
            | Occasion::CardExpiring(_)
            | Occasion::CredentialWithdrawn(_)
            | Occasion::CredentialSuspended(_)
            | Occasion::OfficeConfirmed(_)
            | Occasion::OfficeObjected(_)
            | Occasion::OfficeStopped(_)
            | Occasion::OfficeSuspended(_)
            | Occasion::OfficeEnded(_)
            | Occasion::OfficeHeadless(_)
            | Occasion::CarriedOver(_) => false,
        },
    }
}

/// When the holder was asked for a card, where somebody was reached: the holder, else the agency.
fn served<'a>(told: impl Iterator<Item = &'a Notice> + Clone) -> Option<Timestamp> {
    let asked = |is_meant: fn(&Addressee) -> bool| {
        let of_it = told.clone().filter(move |notice| match notice.of {
            Matter::Case(_) => false,
            Matter::Record(of) => matches!(of.occasion, Occasion::CardToReturn(_)) && is_meant(&of.to),
        });
        of_it.filter_map(|notice| notice.served_at).max()
    };
    let to_holder = asked(|to| matches!(to, Addressee::Holder(..)));
    to_holder.or_else(|| asked(|to| matches!(to, Addressee::Agency(_))))
}

/// What makes a card one to be handed in: what happened first, of what obliges, while the card was there to be handed in.
fn cause(
    db: &mut impl Read,
    registry: &Registry,
    card: &Credential,
    of_agency: Option<Cause>,
    now: Timestamp,
) -> Result<Cause, Error> {
    let first = match (of_agency, left(db, registry, card, now.day())?) {
        (Some(stopped), Some(left)) if stopped.why.obliges() && stopped.since <= left.since => stopped,
        (_, Some(left)) => left,
        (Some(stopped), None) => stopped,
        // No last day is on record, as where a record was split: nobody is late from the start.
        (None, None) => Cause { why: Why::LeftAgency, day: now.day(), since: now },
    };
    let reinstated = last_time(db, &Object::Credential(card.id), EventKind::CredentialReinstated)?;
    Ok(reinstated.map_or(first, |at| first.not_before(at)))
}

/// When something last happened to a thing.
fn last_time(db: &mut impl Read, object: &Object, kind: EventKind) -> Result<Option<Timestamp>, Error> {
    match log::last_of_kind(db, object, kind)? {
        Some(index) => log::time_of(db, index),
        None => Ok(None),
    }
}

/// Why and since when an agency is not at work; `None` where it is.
fn stopped(db: &mut impl Read, agency: AgencyId) -> Result<Option<Cause>, Error> {
    let Some(Agency { state, created_at, .. }) = agencies::find(db, agency)? else { return Ok(None) };
    let (why, kind) = match state {
        AgencyState::Active => return Ok(None),
        AgencyState::Suspended => (Why::AgencySuspended, EventKind::AgencySuspended),
        AgencyState::LicenceRevoked => (Why::LicenceRevoked, EventKind::AgencyLicenceRevoked),
        AgencyState::Closed => (Why::AgencyClosed, EventKind::AgencyClosed),
    };
    let since = last_time(db, &Object::Agency(agency), kind)?.unwrap_or(created_at);
    Ok(Some(Cause { why, day: since.day(), since }))
}

/// The holder's last day at the agency, where it has passed; also at those that it took over, with the cards of whoever had
/// left them before.
fn left(db: &mut impl Read, registry: &Registry, card: &Credential, today: Day) -> Result<Option<Cause>, Error> {
    let Some(person) = people::find(db, &registry.secrets.sealing, card.person)? else { return Ok(None) };
    if person.engagement_with(card.agency, today).is_some() {
        return Ok(None);
    }
    let employers = successions::employers(db, card.agency)?;
    let theirs = person.engagements.iter().filter(|it| employers.contains(&it.agency) && !it.is_open(today));
    let last: Option<Day> = theirs.filter_map(|it| it.to).max();
    Ok(last.map(|day| Cause { why: Why::LeftAgency, day, since: day.end() }))
}
