//! What people do about a card that is to be handed in, besides handing it in: its agency asks for it, and a registrar
//! decides not to revoke it.

use super::{ToReturn, asked_for, obliged};
use crate::app::gate::Gate;
use crate::app::{Registry, credentials, state_cards};
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind};
use crate::domain::ids::{CredentialId, StateCardId};
use crate::domain::press_cards::PressCardId;
use crate::domain::problem::Problems;
use crate::domain::reason::Reason;
use crate::domain::returns::{CardReturn, ReturnEvent};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::credentials::province_of_agency;
use crate::store::{Tx, notices, returns as rows, state_cards as rows_of_before};
use serde_json::json;

/// What is to happen.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// `request` or `set_aside`.
    pub event: String,
    /// 1–500 characters; required to set aside.
    pub reason: Option<String>,
}

/// By which leave one of ours is decided on, and one of before; the agency's leave to ask is one for both.
const fn operation(event: ReturnEvent, decision: Operation) -> Operation {
    match event {
        ReturnEvent::Request => Operation::ReturnCredential,
        ReturnEvent::SetAside => decision,
    }
}

fn wanted(form: &Result<EventForm, Error>, decision: Operation) -> Option<Operation> {
    let event = form.as_ref().ok().and_then(|form| ReturnEvent::parse(&form.event).ok());
    event.map(|event| operation(event, decision))
}

/// Writes down that the agency asked its holder for a card, or that a registrar does not revoke it though it was not
/// handed in: the time until that is proposed begins anew.
///
/// # Errors
/// 403, 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    _: &Registry,
    caller: &Caller,
    id: CredentialId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<ToReturn, Error> {
    let wanted = wanted(&form, Operation::DecideOnCredential);
    let (_, permit) = credentials::admitted(tx, caller, id, gate, wanted)?;
    write(tx, permit, PressCardId::Issued(id), &form?)
}

/// The same of a card of before.
///
/// # Errors
/// 403, 404, 412, 428; 422; 409.
pub fn happen_of_before(
    tx: &mut Tx,
    _: &Registry,
    caller: &Caller,
    id: StateCardId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<ToReturn, Error> {
    let wanted = wanted(&form, Operation::DecideOnStateCard);
    if wanted == Some(Operation::ReturnCredential) {
        admit_collector(tx, caller, id)?;
    }
    let (_, permit) = state_cards::admitted(tx, caller, id, gate, wanted)?;
    write(tx, permit, PressCardId::OfBefore(id), &form?)
}

/// An agency that issued a card of before may read it, though another collects it by now: that one alone asks for it. Judged
/// before anything that says how it stands.
fn admit_collector(tx: &mut Tx, caller: &Caller, id: StateCardId) -> Result<(), Error> {
    let entry = policy::enter(caller, Operation::ReturnCredential)?;
    let Some(card) = rows_of_before::find(tx, id)? else { return Ok(()) };
    let today = tx.now().day();
    match rows_of_before::holding(tx, &card, today)? {
        Some(holding) => entry.on(&Ownership::of_agency(holding.agency, None)).map(|_| ()),
        None => Ok(()),
    }
}

const fn event_kind(id: PressCardId, event: ReturnEvent) -> EventKind {
    match (id, event) {
        (PressCardId::Issued(_), ReturnEvent::Request) => EventKind::CredentialReturnRequested,
        (PressCardId::Issued(_), ReturnEvent::SetAside) => EventKind::CredentialRevocationSetAside,
        (PressCardId::OfBefore(_), ReturnEvent::Request) => EventKind::StateCardReturnRequested,
        (PressCardId::OfBefore(_), ReturnEvent::SetAside) => EventKind::StateCardRevocationSetAside,
    }
}

/// Writes it down of a card of either kind, in the province of the agency that collects it; the reasons are about its holder.
fn write(tx: &mut Tx, permit: Permit, id: PressCardId, form: &EventForm) -> Result<ToReturn, Error> {
    let now = tx.now();
    let event = ReturnEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let mut problems = Problems::new();
    let raw = form.reason.as_deref();
    let reason = match event {
        ReturnEvent::Request => problems.take_optional("/reason", raw, Reason::parse),
        ReturnEvent::SetAside => problems.take("/reason", Reason::required(raw)),
    };
    problems.finish(|| Some(()))?;
    let asked = obliged(tx, now, id)?.zip(rows::find(tx, id)?);
    let not_asked = || Error::WrongState { detail: "This card was not asked for.".into() };
    let (card, old) = asked.ok_or_else(not_asked)?;
    let version = old.version + 1;
    let new = match event {
        ReturnEvent::Request if old.requested_at.is_some() => {
            return Err(Error::WrongState { detail: "That it was asked for is written down already.".into() });
        }
        ReturnEvent::Request => CardReturn { requested_at: Some(now), version, ..old },
        ReturnEvent::SetAside if old.proposed_at.is_none() => {
            return Err(Error::WrongState { detail: "Its revocation is not proposed.".into() });
        }
        ReturnEvent::SetAside => CardReturn { proposed_at: None, set_aside_at: Some(now), version, ..old },
    };
    let mut told = Event::new(event_kind(id, event), id.object());
    if let Some(reason) = &reason {
        told = told.about(card.holder(), json!({ "reason": reason.as_str() }));
    }
    let permit = permit.in_province(province_of_agency(tx, card.agency())?.as_ref());
    tx.record(&permit, told, |writer| rows::update(writer, &new))?;
    let told = notices::of_cards(tx, &[id])?.remove(&id).unwrap_or_default();
    Ok(asked_for(card, new, told))
}
