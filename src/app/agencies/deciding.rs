//! What is decided on agencies: they are suspended, reinstated and closed, and their licences are taken away.

use super::open;
use crate::app::gate::Gate;
use crate::app::{Registry, leaders, withdrawals};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyEvent, AgencyState, Licence, LicenceState, is_covered};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, LicenceId};
use crate::domain::problem::Problems;
use crate::domain::reason::Reason;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Tx, agencies, licences};
use serde_json::json;

/// A decision on an agency.
#[derive(Clone, Debug, Default)]
pub struct DecisionForm {
    /// As [`AgencyEvent::as_str`].
    pub event: String,
    /// Why: 1–500 characters.
    pub reason: String,
}

/// Suspends, reinstates, closes an agency or takes its licence; its letters and collaborators' cards follow at once.
///
/// # Errors
/// 403, 404, 412, 428, 422; 409 where it is not possible now.
pub fn decide(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<DecisionForm, Error>,
) -> Result<Agency, Error> {
    let (old, _, permit) = open(tx, caller, Operation::DecideOnAgency, id, gate)?;
    let (event, reason) = form()?.parse()?;
    if event == AgencyEvent::Reinstate && !is_covered(&licences::of_agency(tx, id)?, tx.now().day()) {
        let detail = "It has no licence in force: enter the one that took the place of the last first.".into();
        return Err(Error::WrongState { detail });
    }
    write_decision(tx, registry, &permit, old, event, reason.as_str())
}

/// Suspends an agency because a day has passed.
pub(in crate::app) fn suspend_by_itself(
    tx: &mut Tx,
    registry: &Registry,
    old: Agency,
    reason: &str,
) -> Result<Agency, Error> {
    let permit = policy::the_program_itself().in_province(old.fields.level.province());
    write_decision(tx, registry, &permit, old, AgencyEvent::Suspend, reason)
}

fn write_decision(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    old: Agency,
    event: AgencyEvent,
    reason: &str,
) -> Result<Agency, Error> {
    let id = old.id;
    let state = old.state.after(event).ok_or_else(|| Error::WrongState {
        detail: format!("The agency is {}; `{}` is not possible.", old.state.as_str(), event.as_str()),
    })?;
    let today = tx.now().day();
    let revoked: Vec<LicenceId> = match event {
        AgencyEvent::RevokeLicence => licences_in_force(tx, id, today)?.iter().map(|it| it.id).collect(),
        AgencyEvent::Suspend | AgencyEvent::Reinstate | AgencyEvent::Close => Vec::new(),
    };
    let told = Event::new(event_kind(event), Object::Agency(id)).with(json!({
        "from": old.state.as_str(),
        "to": state.as_str(),
        "reason": reason,
        "licences": revoked.iter().map(LicenceId::to_string).collect::<Vec<_>>(),
    }));
    let new = Agency { state, version: old.version + 1, ..old };
    if state == AgencyState::Closed {
        leaders::end_those(tx, permit, id, |_| true, today, reason)?;
    }
    tx.record(permit, told, |writer| {
        licences::revoke(writer, &revoked, today)?;
        agencies::update(writer, &new)
    })?;
    withdrawals::follow_agency(tx, registry, permit, id, event, reason)?;
    Ok(new)
}

/// The licences by which an agency works today, as far as they are on record.
pub(super) fn licences_in_force(tx: &mut Tx, id: AgencyId, today: Day) -> Result<Vec<Licence>, Error> {
    let mut known = licences::of_agency(tx, id)?;
    known.retain(|it| it.on(today) == LicenceState::InForce);
    Ok(known)
}

impl DecisionForm {
    fn parse(&self) -> Result<(AgencyEvent, Reason), Error> {
        let mut problems = Problems::new();
        let event = problems.take("/event", AgencyEvent::parse(&self.event));
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        Ok(problems.finish(|| event.zip(reason))?)
    }
}

const fn event_kind(event: AgencyEvent) -> EventKind {
    match event {
        AgencyEvent::Suspend => EventKind::AgencySuspended,
        AgencyEvent::Reinstate => EventKind::AgencyReinstated,
        AgencyEvent::RevokeLicence => EventKind::AgencyLicenceRevoked,
        AgencyEvent::Close => EventKind::AgencyClosed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_decided_without_reasons() {
        let form = DecisionForm { event: "suspend".into(), reason: " ".into() };
        assert_eq!(form.parse().map_err(|error| error.fields()[0].pointer.clone()), Err("/reason".to_owned()));
    }
}
