//! Cases of one person under several names, linked by a registrar.

use super::events::is_impartial;
use crate::app::Registry;
use crate::app::gate::{Etag, Gate};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseEvent};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{CaseId, Id as _};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::text;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Tx, cases};
use serde_json::json;

/// Which case is of the same person.
#[derive(Clone, Debug, Default)]
pub struct LinkForm {
    /// The other case.
    pub case_id: String,
    /// Why: 1–4,000 characters.
    pub reason: Option<String>,
}

/// Links two cases that the caller may match. It is a registrar's view, and no finding about anybody.
///
/// # Errors
/// 403, also `second-person-required`; 404, 412, 428; 422; 409 where they are linked already.
pub fn link(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: CaseId,
    gate: &Gate,
    form: impl FnOnce() -> Result<LinkForm, Error>,
) -> Result<Case, Error> {
    let entry = policy::enter(caller, Operation::MatchCases)?;
    let case = cases::find(tx, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&Ownership::of_case(&case))?;
    is_impartial(tx, registry, caller, &case, CaseEvent::Attach)?;
    gate.pass(tx, &Etag::of_version(case.version))?;
    let form = form()?;
    let mut problems = Problems::new();
    let other = problems.take("/case_id", CaseId::parse(&form.case_id));
    let missing = || Err(FieldProblem::new("missing", "why they are of the same person"));
    let reason = form.reason.as_deref().map_or_else(missing, |raw| text::lines(raw, 4_000));
    let reason = problems.take("/reason", reason);
    let (other, reason) = problems.finish(|| other.zip(reason))?;
    let unknown = || Error::invalid("/case_id", "unknown_case", "another case that you may read");
    let other = cases::find(tx, other)?.filter(|it| it.id != id).ok_or_else(unknown)?;
    entry.on(&Ownership::of_case(&other)).map_err(|_| unknown())?;
    is_impartial(tx, registry, caller, &other, CaseEvent::Attach)?;
    if cases::linked(tx, id)?.contains(&other.id) {
        return Err(Error::WrongState { detail: "The two cases are linked already.".into() });
    }
    let event = Event::new(EventKind::CaseLinked, Object::Case(id))
        .with(json!({ "case_id": other.id.to_string() }))
        .about(id, json!({ "reason": reason }));
    let at = tx.now();
    let (case, other) = (newer(case), newer(other));
    tx.record(&permit, event, |writer| {
        cases::link(writer, case.id, other.id, at)?;
        cases::update(writer, &case)?;
        cases::update(writer, &other)
    })?;
    Ok(case)
}

fn newer(case: Case) -> Case {
    Case { version: case.version + 1, ..case }
}
