//! Evidence: hashed into the log at once, kept sealed, served as an attachment to those who may read the report.

use super::{by_receipt, open};
use crate::app::Registry;
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::ReportId;
use crate::domain::reports::{Evidence, EvidenceLimit, MediaType, Report, Sha256};
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Reader, Tx, reports};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;

/// A file as it came in.
#[derive(Clone)]
pub struct EvidenceFile {
    media_type: MediaType,
    bytes: i64,
    sha256: Sha256,
}

impl EvidenceFile {
    fn read(declared: MediaType, bytes: &[u8]) -> Result<Self, Error> {
        let media_type = MediaType::agreed(declared, bytes).map_err(|problem| Error::field("", problem))?;
        let hash = digest(&SHA256, bytes).as_ref().try_into().map_err(Error::internal)?;
        let length = i64::try_from(bytes.len()).map_err(Error::internal)?;
        Ok(Self { media_type, bytes: length, sha256: Sha256::from_bytes(hash) })
    }
}

/// Named by its content: what is sent twice is one object, and a request that is cut off leaves no second.
pub(in crate::app) fn object_name(report: ReportId, sha256: Sha256) -> String {
    format!("evidence/{report}/{sha256}")
}

impl Registry {
    /// Looks at a file for the report of a receipt, and keeps its bytes where there is room for it. Blocks.
    ///
    /// The bytes are kept before their row is written: [`add_evidence`] asks everything once more.
    ///
    /// # Errors
    /// 403 for roles that change nothing; 404; 415; 422 where its content is another's.
    pub fn keep_evidence<'u>(
        &self,
        caller: Option<&Caller>,
        receipt: &str,
        upload: impl FnOnce() -> Result<(MediaType, &'u [u8]), Error>,
    ) -> Result<EvidenceFile, Error> {
        policy::to_report(caller)?;
        let report = self.store.read(|db| by_receipt(db, self, receipt))?;
        let (declared, bytes) = upload()?;
        let file = EvidenceFile::read(declared, bytes)?;
        if has_room(&report, &file).is_ok() {
            self.files.put(&self.secrets.sealing, &object_name(report.id, file.sha256), bytes)?;
        }
        Ok(file)
    }
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

fn has_room(report: &Report, file: &EvidenceFile) -> Result<(), Error> {
    let wrong = |detail: &str| Error::WrongState { detail: detail.into() };
    let EvidenceLimit { files, bytes } = report.evidence_limit();
    if !report.state.takes_evidence() {
        return Err(wrong("The report is closed."));
    }
    if report.evidence_files >= files {
        return Err(Error::WrongState { detail: format!("The report has its {files} files; no more are taken.") });
    }
    let room = bytes - report.evidence_bytes;
    if file.bytes > room {
        return Err(Error::TooLarge { limit_bytes: usize::try_from(room).unwrap_or_default() });
    }
    Ok(())
}

fn add(tx: &mut Tx, permit: &Permit, old: Report, file: &EvidenceFile) -> Result<(Evidence, i64), Error> {
    has_room(&old, file)?;
    if reports::evidence_of(tx, old.id)?.iter().any(|known| known.sha256 == file.sha256) {
        return Err(Error::WrongState { detail: "The report has this very file already.".into() });
    }
    let EvidenceFile { media_type, bytes, sha256 } = *file;
    let report = Report {
        evidence_files: old.evidence_files + 1,
        evidence_bytes: old.evidence_bytes + bytes,
        version: old.version + 1,
        ..old
    };
    let evidence = Evidence { number: report.evidence_files, media_type, bytes, sha256, added_at: tx.now() };
    let event = Event::new(EventKind::EvidenceAdded, Object::Report(report.id)).with(json!({
        "number": evidence.number,
        "media_type": media_type.as_str(),
        "bytes": bytes,
        "sha256": sha256.to_string(),
    }));
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
) -> Result<(Evidence, Vec<u8>), Error> {
    let report = open(db, &policy::enter(caller, Operation::ReadReports)?, id)?;
    bytes_of(db, registry, report.id, number)
}

/// A file with its bytes, for callers who have asked the policy themselves.
///
/// # Errors
/// 404.
pub fn bytes_of(
    db: &mut impl Read,
    registry: &Registry,
    report: ReportId,
    number: i64,
) -> Result<(Evidence, Vec<u8>), Error> {
    let evidence = reports::evidence(db, report, number)?.ok_or(Error::NotFound)?;
    let name = object_name(report, evidence.sha256);
    let bytes = registry.files.get(&registry.secrets.sealing, &name)?.ok_or(Error::NotFound)?;
    Ok((evidence, bytes))
}
