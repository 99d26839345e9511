//! The reports of a case: taken up by it, and ended with it.

use crate::domain::accounts::Caller;
use crate::domain::cases::Case;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{CaseId, ReportId};
use crate::domain::provinces::Province;
use crate::domain::reports::{Report, ReportEvent};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Tx, provinces, reports};
use serde_json::json;

/// Makes reports part of a case: each is of one case only, and one that the registrar may read.
pub(super) fn take_up(
    tx: &mut Tx,
    caller: &Caller,
    permit: &Permit,
    case: &mut Case,
    ids: &[ReportId],
) -> Result<(), Error> {
    for (at, id) in ids.iter().enumerate() {
        let refused = |code, detail: &str| Error::invalid(format!("/reports/{at}"), code, detail);
        let unknown = || refused("unknown_report", "no report that you may read has this id");
        let report = reports::find(tx, *id)?.ok_or_else(unknown)?;
        let reporter = report.reporter.as_ref().map(|reporter| reporter.user);
        let entry = policy::enter(caller, Operation::ReadReports)?;
        entry.on(&Ownership::of_report(&report.province, reporter)).map_err(|_| unknown())?;
        let taken = || refused("not_open", "this report is in a case already, or has ended");
        let next = report.after(ReportEvent::Attach).ok_or_else(taken)?;
        write(tx, permit, EventKind::ReportAttached, case.id, &next)?;
        case.reports.push(*id);
        case.reporters.extend(reporter.filter(|user| !case.reporters.contains(user)));
    }
    Ok(())
}

/// Ends the reports of a case that ends. One that is closed a second time, after an appeal, ended them before.
pub(super) fn end(tx: &mut Tx, permit: &Permit, case: &Case) -> Result<(), Error> {
    for id in &case.reports {
        let report = reports::find(tx, *id)?.ok_or_else(|| Error::internal("a case without its report"))?;
        if let Some(next) = report.after(ReportEvent::Close) {
            write(tx, permit, EventKind::ReportClosed, case.id, &next)?;
        }
    }
    Ok(())
}

fn write(tx: &mut Tx, permit: &Permit, kind: EventKind, case: CaseId, next: &Report) -> Result<(), Error> {
    let event =
        Event::new(kind, Object::Report(next.id)).with(json!({ "case": case.to_string(), "to": next.state.as_str() }));
    tx.record(permit, event, |writer| reports::update(writer, next))
}

/// The unit that a report says the act was in.
pub(super) fn province(tx: &mut Tx, id: ReportId) -> Result<Province, Error> {
    let unknown = || Error::invalid("/reports/0", "unknown_report", "no report that you may read has this id");
    let report = reports::find(tx, id)?.ok_or_else(unknown)?;
    provinces::find(tx, &report.province)?.ok_or_else(|| Error::internal("a report without its province"))
}
