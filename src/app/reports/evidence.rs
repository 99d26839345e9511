//! Evidence: hashed into the log at once, kept sealed, served as an attachment to those who may read the report.

use super::{by_receipt, open};
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::evidence::{EvidenceFile, Room, told};
use crate::app::gate::Gate;
use crate::domain::accesses::Looked;
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::ReportId;
use crate::domain::reports::{Evidence, EvidenceLimit, Report};
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Reader, Tx, reports};

/// Whether the report of a receipt takes a file, and how large a one: asked before it is read. Blocks.
///
/// # Errors
/// 403 for roles that change nothing; 404.
pub fn room(registry: &Registry, caller: Option<&Caller>, receipt: &str) -> Result<Room, Error> {
    policy::to_report(caller)?;
    let report = registry.store.read(|db| by_receipt(db, registry, receipt))?;
    Ok(Room { bytes: bytes_left(&report) })
}

/// Adds a file that was kept to the report of a receipt; gives it and its index in the log.
///
/// # Errors
/// 403 for roles that change nothing; 404; 409 when the report is closed, has as many files as it takes, or has this
/// one; 413; 422.
pub fn add_evidence(
    tx: &mut Tx,
    registry: &Registry,
    caller: Option<&Caller>,
    receipt: &str,
    gate: &Gate,
    file: &EvidenceFile,
) -> Result<(Evidence, i64), Error> {
    let permit = policy::to_report(caller)?;
    let report = by_receipt(tx, registry, receipt)?;
    gate.pass_new(tx)?;
    let permit = permit.in_province(Some(&report.province));
    add(tx, &permit, report, file)
}

fn bytes_left(report: &Report) -> Result<usize, Error> {
    let EvidenceLimit { files, bytes } = report.evidence_limit();
    if !report.state.takes_evidence() {
        return Err(Error::WrongState { detail: "The report is closed.".into() });
    }
    if report.evidence_files >= files {
        return Err(Error::WrongState { detail: format!("The report has its {files} files; no more are taken.") });
    }
    Ok(usize::try_from(bytes - report.evidence_bytes).unwrap_or_default())
}

fn add(tx: &mut Tx, permit: &Permit, old: Report, file: &EvidenceFile) -> Result<(Evidence, i64), Error> {
    let limit_bytes = bytes_left(&old)?;
    if usize::try_from(file.bytes).map_err(Error::internal)? > limit_bytes {
        return Err(Error::TooLarge { limit_bytes });
    }
    if reports::evidence_of(tx, old.id)?.iter().any(|known| known.sha256 == file.sha256) {
        return Err(Error::WrongState { detail: "The report has this very file already.".into() });
    }
    let report = Report {
        evidence_files: old.evidence_files + 1,
        evidence_bytes: old.evidence_bytes + file.bytes,
        version: old.version + 1,
        ..old
    };
    let evidence = file.numbered(report.evidence_files, tx);
    let event = Event::new(EventKind::EvidenceAdded, Object::Report(report.id)).with(told(&evidence));
    let log_index = tx.record(permit, event, |writer| {
        reports::add_evidence(writer, report.id, &evidence)?;
        reports::update(writer, &report)?;
        Ok(writer.log_index())
    })?;
    Ok((evidence, log_index))
}

/// A file of a report, with its bytes: for whoever may read the report. Blocks.
///
/// # Errors
/// 403, 404.
pub fn evidence(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: ReportId,
    number: i64,
) -> Result<((Evidence, Vec<u8>), Seen), Error> {
    let report = open(db, &policy::enter(caller, Operation::ReadReports)?, id)?;
    let evidence = reports::evidence(db, report.id, number)?.ok_or(Error::NotFound)?;
    let seen = Seen::of_report(db, caller, &report, Looked::Evidence)?;
    Ok((registry.evidence_bytes(evidence)?, seen))
}
