//! Impersonations that were found: what officials of the province are warned of. They name what was claimed, never who
//! claimed it.

use crate::app::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, Claimed};
use crate::domain::ids::CaseId;
use crate::domain::misuse::MisuseKind;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Reader, cases, reports};

/// A warning.
#[derive(Clone, Debug)]
pub struct Alert {
    /// The case that found it.
    pub case: Case,
    /// How it was done.
    pub kind: MisuseKind,
    /// When that was decided.
    pub decided_at: Timestamp,
    /// What was claimed there, or in its reports where the case does not say.
    pub claimed: Claimed,
}

/// The impersonations found in the caller's province, or anywhere, oldest first.
///
/// # Errors
/// 403, 422.
pub fn alerts(db: &mut Reader, caller: &Caller, asked: Asked<(), CaseId>) -> Result<Part<Alert, CaseId>, Error> {
    let range = policy::enter(caller, Operation::ReadAlerts)?.range_of_province();
    let ((), page) = asked?;
    let found = cases::impersonations(db, &range, page.after, page.limit)?;
    let part = Part::cut(found, page.limit, |it| it.id);
    let items = part.items.into_iter().map(|case| alert(db, case)).collect::<Result<_, Error>>()?;
    Ok(Part { items, next_after: part.next_after })
}

fn alert(db: &mut Reader, case: Case) -> Result<Alert, Error> {
    let mut claimed = case.claimed.clone();
    for id in &case.reports {
        let Some(details) = reports::details(db, *id)? else { continue };
        claimed.name = claimed.name.or(details.claimed_name);
        claimed.agency = claimed.agency.or(details.claimed_agency);
        claimed.number = claimed.number.or(details.number);
    }
    let decision = case.decision.as_ref().ok_or_else(|| Error::internal("an alert without a decision"))?;
    Ok(Alert { kind: decision.finding.kind, decided_at: decision.decided_at, claimed, case })
}
