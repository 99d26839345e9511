//! What a case does to a credential: suspended for a time, suspended, revoked, given back.

use crate::app::credentials::{happen_by_case, held_beside, named_by_case};
use crate::domain::cases::{Case, Interim, Measure, Subject, rules};
use crate::domain::credentials::{CredentialEvent, CredentialState, Ground};
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::CredentialId;
use crate::error::Error;
use crate::policy::Permit;
use crate::store::{Tx, credentials, events};

/// Suspends the credential that the case names until it is decided, for at most thirty days and once.
pub(super) fn suspend_meanwhile(
    tx: &mut Tx,
    permit: &Permit,
    case: &Case,
    days: u64,
    reason: Option<&str>,
) -> Result<Interim, Error> {
    if !(1..=rules::INTERIM_DAYS).contains(&days) {
        let detail = format!("1 to {} days", rules::INTERIM_DAYS);
        return Err(Error::invalid("/suspend_days", "out_of_range", detail));
    }
    let (Subject::Holder(_), Some(credential)) = (&case.subject, case.credential) else {
        let detail = "the case names no credential of a holder on record";
        return Err(Error::invalid("/suspend_days", "not_for_this_subject", detail));
    };
    if !case.was_told() {
        return Err(wrong_state("Nobody was told of the case: it touches no credential before."));
    }
    if case.interim.is_some() {
        return Err(wrong_state("A credential is suspended once only before a decision."));
    }
    if case.stay.is_some_and(|stay| !stay.ended) {
        return Err(wrong_state("Whoever is not to be told yet cannot be suspended without being told."));
    }
    let suspended = happen_by_case(tx, permit, credential, CredentialEvent::Suspend, Ground::Inquiry, reason)?;
    let until = tx.now().day().plus_days(days).end();
    Ok(Interim { credential, until, log_index: suspended.log_index, ended: false })
}

/// Ends an interim suspension. What happened to the credential since it began is not undone.
pub(super) fn end_interim(
    tx: &mut Tx,
    permit: &Permit,
    interim: Option<Interim>,
    ground: Ground,
) -> Result<Option<Interim>, Error> {
    let Some(interim) = interim else { return Ok(None) };
    if !interim.ended && still_suspended_by(tx, interim)? {
        happen_by_case(tx, permit, interim.credential, CredentialEvent::Reinstate, ground, None)?;
    }
    Ok(Some(Interim { ended: true, ..interim }))
}

/// Whether the credential is suspended by that event still: nothing has happened to it since, or it was lost or handed
/// in while it was suspended. Of somebody who was erased there is nothing to give back.
fn still_suspended_by(tx: &mut Tx, interim: Interim) -> Result<bool, Error> {
    let Some(found) = credentials::find(tx, interim.credential)? else { return Ok(false) };
    let last = events::last_of_kind(tx, &Object::Credential(found.id), EventKind::CredentialSuspended)?;
    Ok(found.is_suspended() && last == Some(interim.log_index))
}

/// Whether the credential is one that may still be revoked.
pub(super) fn may_be_revoked(tx: &mut Tx, id: CredentialId) -> Result<(), Error> {
    let found = named_by_case(tx, id)?;
    match found.after(CredentialEvent::Revoke, Some(Ground::Misuse)) {
        Some(_) => Ok(()),
        None => Err(wrong_state(&format!("The credential is {}; it cannot be revoked.", found.state.as_str()))),
    }
}

/// Does what a decision in force says; gives the credential's event. A suspension of before gives way to it.
pub(super) fn carry_out(
    tx: &mut Tx,
    permit: &Permit,
    case: &mut Case,
    measure: Measure,
    reason: &str,
) -> Result<Option<i64>, Error> {
    let (event, credential) = match measure {
        Measure::None => {
            case.interim = end_interim(tx, permit, case.interim, Ground::Cleared)?;
            return Ok(None);
        }
        Measure::Suspend(credential) => {
            case.interim = end_interim(tx, permit, case.interim, Ground::Cleared)?;
            (CredentialEvent::Suspend, credential)
        }
        Measure::Revoke(credential) => (CredentialEvent::Revoke, credential),
    };
    let done = happen_by_case(tx, permit, credential, event, Ground::Misuse, Some(reason))?;
    // Of another credential of the same holder, or revoked by now: nothing is left to end by itself.
    case.interim = end_interim(tx, permit, case.interim, Ground::Cleared)?;
    Ok(Some(done.log_index))
}

/// Gives back what the decision took, unless something else has happened to the credential since, or its holder was
/// granted another or erased.
pub(super) fn undo(tx: &mut Tx, permit: &Permit, case: &Case, reason: &str) -> Result<bool, Error> {
    let Some(decision) = &case.decision else { return Ok(false) };
    let Some(id) = decision.finding.measure.credential() else { return Ok(false) };
    let Some(found) = credentials::find(tx, id)? else { return Ok(false) };
    let superseded = held_beside(tx, &found)?.iter().any(|other| other.state == CredentialState::Active);
    let suspended = events::last_of_kind(tx, &Object::Credential(id), EventKind::CredentialSuspended)?;
    let in_force = decision.effect == Some(found.log_index) || (found.is_suspended() && decision.effect == suspended);
    if !in_force || superseded {
        return Ok(false);
    }
    happen_by_case(tx, permit, id, CredentialEvent::Reinstate, Ground::Overturned, Some(reason))?;
    Ok(true)
}

fn wrong_state(detail: &str) -> Error {
    Error::WrongState { detail: detail.to_owned() }
}
