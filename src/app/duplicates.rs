//! Records that may be of one human being: offered to a registrar, kept apart or merged with reasons; and split again where
//! that was wrong.

mod merging;
mod splitting;

use super::Registry;
use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::credentials::{Credential, CredentialState};
use crate::domain::duplicates::{Decision, DecisionForm, Duplicate, DuplicateEvent, DuplicateState};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, DuplicateId, PersonId};
use crate::domain::people::Person;
use crate::domain::printed::CredentialKind;
use crate::domain::reason::Reason;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Reader, Tx, accounts, agencies, credentials, duplicates as rows, people};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

/// Records of before that are compared with all others in one transaction.
const AT_ONCE: i64 = 500;

/// One of two records that are alike: no more than what tells two people apart.
pub struct Record {
    /// The record.
    pub person: Person,
    /// The names of the agencies of its engagements.
    pub agencies: HashMap<AgencyId, String>,
    /// The press card that the person holds, where they do.
    pub card: Option<Credential>,
    /// Whether the person has an account.
    pub has_account: bool,
}

/// Two records that are alike.
pub struct Pair {
    /// What is known of them both.
    pub duplicate: Duplicate,
    /// Those of both that are on record: the one that was entered first stands first.
    pub records: Vec<Record>,
}

impl Pair {
    /// The people whose records are shown.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        self.records.iter().map(|record| record.person.id)
    }

    /// Of the pair and all that is shown of both records: whoever decides has seen them as they are.
    pub fn etag(&self) -> Etag {
        let shown: Vec<String> = self.records.iter().map(Record::shown).collect();
        Etag::of_version_with(self.duplicate.version, shown.join("\n").as_bytes())
    }
}

impl Record {
    fn shown(&self) -> String {
        let card = self.card.as_ref().map(|card| format!("{} {}", card.id, card.state.as_str()));
        let agencies: BTreeMap<String, &String> =
            self.agencies.iter().map(|(id, name)| (id.to_string(), name)).collect();
        format!("{} {card:?} {} {agencies:?}", self.person.version, self.has_account)
    }
}

/// Pairs in a state, in the order they were noticed.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<DuplicateState, DuplicateId>,
) -> Result<Part<Pair, DuplicateId>, Error> {
    policy::enter(caller, Operation::DecideOnDuplicates)?.anywhere()?;
    let (state, page) = asked?;
    let found = rows::list(db, state, page.after, page.limit)?;
    let Part { items, next_after } = Part::cut(found, page.limit, |it| it.id);
    let pairs = items.into_iter().map(|it| with_records(db, registry, it, registry.clock.now()));
    Ok(Part { items: pairs.collect::<Result<_, _>>()?, next_after })
}

/// A pair.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, registry: &Registry, caller: &Caller, id: DuplicateId) -> Result<Pair, Error> {
    policy::enter(caller, Operation::DecideOnDuplicates)?.anywhere()?;
    let found = rows::find(db, id)?.ok_or(Error::NotFound)?;
    with_records(db, registry, found, registry.clock.now())
}

fn with_records(db: &mut impl Read, registry: &Registry, duplicate: Duplicate, now: Timestamp) -> Result<Pair, Error> {
    let found = people::find_in_order(db, &registry.secrets.sealing, &[duplicate.one, duplicate.other])?;
    let mut records = Vec::new();
    for person in found {
        let names = agencies::names(db, person.engagements.iter().map(|it| it.agency))?;
        let card = card_of(db, person.id, now)?;
        let has_account = accounts::of_person(db, person.id)?.is_some();
        records.push(Record { person, agencies: names, card, has_account });
    }
    Ok(Pair { duplicate, records })
}

/// The press card that a person holds: in force, suspended or lost, and not expired. One that was revoked is held by nobody,
/// and comes back only where no other is in force.
fn card_of(db: &mut impl Read, person: PersonId, now: Timestamp) -> Result<Option<Credential>, Error> {
    let cards = credentials::unexpired_of_person(db, person, CredentialKind::PressCard, now)?;
    Ok(cards.into_iter().rfind(|card| !card.is_over() && card.state != CredentialState::Revoked))
}

/// Lets a registrar decide on a pair.
///
/// # Errors
/// 403, 404, 412, 428; 422, also `/return_credential` `missing` where both hold a press card; 409 where it is decided, or
/// something of either is not; of a split, where there is nothing to be given back any more, or a case is open that would
/// name a card of the other.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: DuplicateId,
    gate: &Gate,
    form: impl FnOnce() -> Result<DecisionForm, Error>,
) -> Result<Pair, Error> {
    let permit = policy::enter(caller, Operation::DecideOnDuplicates)?.anywhere()?;
    let found = rows::find(tx, id)?.ok_or(Error::NotFound)?;
    let now = registry.clock.now();
    let pair = with_records(tx, registry, found, now)?;
    gate.pass(tx, &pair.etag())?;
    let decision = form()?.parse(&pair.duplicate)?;
    let event = match decision {
        Decision::Dismiss(_) => DuplicateEvent::Dismiss,
        Decision::Merge { .. } => DuplicateEvent::Merge,
        Decision::Split(_) => DuplicateEvent::Split,
    };
    let state = pair.duplicate.state.after(event);
    let state = state.ok_or_else(|| refusal(event))?;
    let new = Duplicate { state, version: pair.duplicate.version + 1, ..pair.duplicate.clone() };
    match decision {
        Decision::Dismiss(reason) => dismiss(tx, &permit, &new, &reason)?,
        Decision::Merge { reason, keep, gone, returned } => {
            let merge = merging::Merge { keep, gone, returned, reason };
            merging::merge(tx, registry, &permit, &new, &pair, &merge)?;
        }
        Decision::Split(reason) => splitting::split(tx, registry, &permit, &new, &reason)?,
    }
    with_records(tx, registry, new, now)
}

fn refusal(event: DuplicateEvent) -> Error {
    let detail = match event {
        DuplicateEvent::Split => "Neither record took the other in.",
        DuplicateEvent::Dismiss | DuplicateEvent::Merge => "This has been decided already.",
    };
    Error::WrongState { detail: detail.into() }
}

fn dismiss(tx: &mut Tx, permit: &Permit, it: &Duplicate, reason: &Reason) -> Result<(), Error> {
    let because = json!({ "reason": reason.as_str() });
    let event = Event::new(EventKind::DuplicateDismissed, Object::Duplicate(it.id))
        .with(json!({ "people": [it.one.to_string(), it.other.to_string()] }))
        .about(it.one, because.clone())
        .about(it.other, because);
    tx.record(permit, event, |writer| rows::decide(writer, it))
}

impl Registry {
    /// Compares the records of a database of an older version with each other, some at a time. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub(super) fn compare_records(&self) -> Result<(), Error> {
        if !self.store.read(|db| rows::is_behind(db))? {
            return Ok(());
        }
        while self.store.write_blocking(|tx| rows::catch_up(tx, &policy::the_program_itself(), AT_ONCE))? {}
        Ok(())
    }
}
