//! What people do about a card that is to be handed in, besides handing it in: its agency asks for it, and a registrar
//! decides not to revoke it.

use super::{ToReturn, asked_for};
use crate::app::Registry;
use crate::app::credentials::admitted;
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::CredentialId;
use crate::domain::problem::Problems;
use crate::domain::reason::Reason;
use crate::domain::returns::{CardReturn, ReturnEvent};
use crate::error::Error;
use crate::policy::Operation;
use crate::store::{Tx, notices, returns as rows};
use serde_json::json;

/// What is to happen.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// `request` or `set_aside`.
    pub event: String,
    /// 1–500 characters; required to set aside.
    pub reason: Option<String>,
}

const fn operation(event: ReturnEvent) -> Operation {
    match event {
        ReturnEvent::Request => Operation::ReturnCredential,
        ReturnEvent::SetAside => Operation::DecideOnCredential,
    }
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
    let wanted = form.as_ref().ok().and_then(|form| ReturnEvent::parse(&form.event).ok());
    let (card, permit) = admitted(tx, caller, id, gate, wanted.map(operation))?;
    let now = tx.now();
    let form = form?;
    let event = ReturnEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let mut problems = Problems::new();
    let raw = form.reason.as_deref();
    let reason = match event {
        ReturnEvent::Request => problems.take_optional("/reason", raw, Reason::parse),
        ReturnEvent::SetAside => problems.take("/reason", Reason::required(raw)),
    };
    problems.finish(|| Some(()))?;
    let old = match rows::is_obliged(tx, id)? {
        true => rows::find(tx, id)?,
        false => None,
    };
    let not_asked = || Error::WrongState { detail: "This card was not asked for.".into() };
    let old = old.ok_or_else(not_asked)?;
    let version = old.version + 1;
    let (kind, new) = match event {
        ReturnEvent::Request if old.requested_at.is_some() => {
            return Err(Error::WrongState { detail: "That it was asked for is written down already.".into() });
        }
        ReturnEvent::Request => {
            (EventKind::CredentialReturnRequested, CardReturn { requested_at: Some(now), version, ..old })
        }
        ReturnEvent::SetAside if old.proposed_at.is_none() => {
            return Err(Error::WrongState { detail: "Its revocation is not proposed.".into() });
        }
        ReturnEvent::SetAside => {
            let new = CardReturn { proposed_at: None, set_aside_at: Some(now), version, ..old };
            (EventKind::CredentialRevocationSetAside, new)
        }
    };
    let mut told = Event::new(kind, Object::Credential(id));
    if let Some(reason) = &reason {
        told = told.about(card.person, json!({ "reason": reason.as_str() }));
    }
    tx.record(&permit, told, |writer| rows::update(writer, &new))?;
    let told = notices::of_credentials(tx, &[id])?.remove(&id).unwrap_or_default();
    Ok(asked_for(card, new, told))
}
