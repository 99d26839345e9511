//! Erasing a person: one registrar asks for it, another carries it out. What is about others stays whole, and so does the
//! log: only salts and fields are destroyed, never a leaf.

mod carrying_out;
mod redactions;
mod trace;

use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use super::{Registry, people};
use crate::domain::accounts::Caller;
use crate::domain::erasure::{ErasureEvent, ErasureForm, ErasureState, Pending, Place, Waiting};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, OfficeId, PersonId};
use crate::domain::people::Person;
use crate::domain::reason::Reason;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{self, Read, Reader, Tx, erasures};
use serde_json::json;
use trace::Trace;

/// What came of an event.
pub enum Happened {
    /// It waits for a second registrar.
    Waits(Box<Person>, Pending),
    /// It was taken back.
    Kept(Box<Person>),
    /// It is carried out.
    Erased(Gone),
}

/// A person who was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Whose record it was.
    pub person: PersonId,
    /// Records that it had taken in.
    pub absorbed: Vec<PersonId>,
    /// When.
    pub at: Timestamp,
    /// Files that are nobody's any more: to be removed once this is durable.
    pub files: Vec<String>,
    /// Applications of others that have papers about nobody in particular, which stay for them: they may name the person.
    pub shared_papers: Vec<ApplicationId>,
    /// Offices of others that have such papers.
    pub shared_office_papers: Vec<OfficeId>,
}

/// The erasure that waits for its second registrar, for those who may know of it.
///
/// # Errors
/// The database's.
pub fn seen(db: &mut impl Read, caller: &Caller, person: PersonId) -> Result<Option<Pending>, Error> {
    match policy::enter(caller, Operation::ErasePeople) {
        Ok(_) => erasures::pending(db, person),
        Err(_) => Ok(None),
    }
}

/// The erasures that wait for their second registrar, in the order in which they were asked for: of those who work in the
/// caller's province.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<(), Place>,
) -> Result<Part<Waiting, Place>, Error> {
    let range = policy::enter(caller, Operation::ErasePeople)?.range();
    let ((), page) = asked?;
    let found = erasures::waiting(db, &range, registry.clock.now().day(), page.after, page.limit)?;
    Ok(Part::cut(found, page.limit, Waiting::place))
}

/// Lets somebody be asked to be erased, kept, or erased.
///
/// # Errors
/// 403, also `second-person-required`; 404, also for somebody who was erased; 412, 428; 422; 409 while a credential is in
/// force or a case is open.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    gate: &Gate,
    form: Result<ErasureForm, Error>,
) -> Result<Happened, Error> {
    let entry = policy::enter(caller, Operation::ErasePeople)?;
    let Some(person) = store::people::find(tx, &registry.secrets.sealing, id)? else {
        // Whoever confirmed may ask again what came of it; to everybody else nobody is there.
        let done = erasures::done(tx, id)?.ok_or(Error::NotFound)?;
        entry.on(&Ownership::in_province(done.province.as_ref()))?;
        return match gate.pass_new(tx) {
            Err(replayed @ Error::Replayed(_)) => Err(replayed),
            Ok(()) | Err(_) => Err(Error::NotFound),
        };
    };
    let permit = entry.on(&people::ownership(tx, caller, &person, tx.now().day())?)?;
    let pending = erasures::pending(tx, id)?;
    let wanted = form.as_ref().ok().and_then(|form| ErasureEvent::parse(&form.event).ok());
    if wanted == Some(ErasureEvent::Confirm) {
        policy::another_person(caller, &[pending.as_ref().map(|it| it.requested_by)])?;
    }
    gate.pass(tx, &Etag::of_version(person.version))?;
    let (event, reason) = form?.parse()?;
    let state = if pending.is_some() { ErasureState::PendingSecond } else { ErasureState::Kept };
    if state.after(event).is_none() {
        let detail = match pending {
            Some(_) => "This person's erasure waits for a second registrar already.",
            None => "Nobody asks for this person's erasure.",
        };
        return Err(Error::WrongState { detail: detail.into() });
    }
    match event {
        ErasureEvent::Erase => request(tx, registry, caller, &permit, person, reason),
        ErasureEvent::Keep => keep(tx, registry, &permit, person, reason.as_ref()),
        ErasureEvent::Confirm => confirm(tx, registry, caller, &permit, &person),
    }
}

fn request(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    permit: &Permit,
    person: Person,
    reason: Option<Reason>,
) -> Result<Happened, Error> {
    refuse_while_needed(tx, registry, &person)?;
    let reason = reason.ok_or_else(|| Error::internal("an erasure without its reason was read"))?;
    let pending = Pending { requested_by: caller.user, requested_at: tx.now(), reason: reason.as_str().to_owned() };
    let event = Event::new(EventKind::ErasureRequested, Object::Person(person.id))
        .about(person.id, json!({ "reason": reason.as_str() }));
    let person = Person { version: person.version + 1, ..person };
    tx.record(permit, event, |writer| {
        erasures::request(writer, person.id, &pending)?;
        store::people::update(writer, &registry.secrets.sealing, &person)
    })?;
    Ok(Happened::Waits(Box::new(person), pending))
}

fn keep(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    person: Person,
    reason: Option<&Reason>,
) -> Result<Happened, Error> {
    let mut event = Event::new(EventKind::ErasureWithdrawn, Object::Person(person.id));
    if let Some(reason) = reason {
        event = event.about(person.id, json!({ "reason": reason.as_str() }));
    }
    let person = Person { version: person.version + 1, ..person };
    tx.record(permit, event, |writer| {
        erasures::withdraw(writer, person.id)?;
        store::people::update(writer, &registry.secrets.sealing, &person)
    })?;
    Ok(Happened::Kept(Box::new(person)))
}

fn confirm(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    permit: &Permit,
    person: &Person,
) -> Result<Happened, Error> {
    let trace = refuse_while_needed(tx, registry, person)?;
    carrying_out::erase(tx, registry, permit, &trace, caller.role.province().cloned()).map(Happened::Erased)
}

/// Nobody is erased to whom something is still to be done. What costs least is looked at first; gives what was found.
fn refuse_while_needed(tx: &mut Tx, registry: &Registry, person: &Person) -> Result<Trace, Error> {
    let refuse = |detail: &str| Err(Error::WrongState { detail: detail.into() });
    let (now, credentials) = (tx.now(), trace::credentials_of(tx, person.id)?);
    if trace::in_force(&credentials, now).next().is_some() {
        return refuse("A credential of this person is in force, or will be: let it be handed in or expire first.");
    }
    if trace::has_undecided(&credentials, now) {
        return refuse("A credential of this person is suspended, which is not decided on yet.");
    }
    let trace = Trace::of(tx, registry, person)?;
    if trace.state_cards.iter().any(|card| card.is_valid(now.day())) {
        return refuse(
            "A press card of before the registry with this person's name is valid: let it be handed in first.",
        );
    }
    if trace.has_open_case {
        return refuse("A case that concerns this person is open: let it be closed or dismissed first.");
    }
    Ok(trace)
}
