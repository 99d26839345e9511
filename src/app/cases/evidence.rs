//! The files of a case: those of its reports, and those that were added to it.

use super::events::is_impartial;
use super::{Purpose, Reading, state_purpose, visible};
use crate::app::Registry;
use crate::app::evidence::{EvidenceFile, Room, told};
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseEvent, CaseEvidence, FILES_OF_EACH_ROLE, Source};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::CaseId;
use crate::domain::reports::{Evidence, Sha256};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Read, Reader, Tx, cases};

/// Whether a case takes a file of the caller: asked before it is read. Blocks.
///
/// # Errors
/// 403, 404.
pub fn room(registry: &Registry, caller: &Caller, id: CaseId) -> Result<Room, Error> {
    registry.store.read(|db| {
        let (case, permit) = open(db, registry, caller, id)?;
        // How large one may be is the limit of the body.
        Ok(Room { bytes: number_of_next(db, &case, &permit).map(|_| usize::MAX) })
    })
}

fn open(db: &mut impl Read, registry: &Registry, caller: &Caller, id: CaseId) -> Result<(Case, Permit), Error> {
    let entry = policy::enter(caller, Operation::AddCaseEvidence)?;
    let case = cases::find(db, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&Ownership::of_case(&case))?;
    // Whoever handles the case, and is not heard in it, is not the one whom it is about.
    if policy::sees_what_was_reported(caller) {
        is_impartial(db, registry, caller, &case, CaseEvent::Attach)?;
    }
    Ok((case, permit))
}

fn number_of_next(db: &mut impl Read, case: &Case, permit: &Permit) -> Result<i64, Error> {
    if !case.state.takes_evidence() {
        let detail = format!("The case is {}; no more files are taken.", case.state.as_str());
        return Err(Error::WrongState { detail });
    }
    let (files, role) = (cases::evidence_of(db, case.id)?, Source::Role(permit.actor().role_name().to_owned()));
    if files.iter().filter(|it| it.source == role).count() >= FILES_OF_EACH_ROLE {
        let detail = format!("{FILES_OF_EACH_ROLE} files were added from this side; no more are taken.");
        return Err(Error::WrongState { detail });
    }
    i64::try_from(files.len() + 1).map_err(Error::internal)
}

/// Adds a file that was kept to a case; gives it and its index in the log. Whoever decides has to read the case again.
///
/// # Errors
/// 403, also `second-person-required`; 404; 409 when nothing is to be decided any more, when that role has added as many
/// as are taken, or when the case has this file; 422.
pub fn add_evidence(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: CaseId,
    gate: &Gate,
    file: &EvidenceFile,
) -> Result<(CaseEvidence, i64), Error> {
    let (old, permit) = open(tx, registry, caller, id)?;
    gate.pass_new(tx)?;
    let number = number_of_next(tx, &old, &permit)?;
    if cases::evidence_of(tx, id)?.iter().any(|known| known.file.sha256 == file.sha256) {
        return Err(Error::WrongState { detail: "The case has this very file already.".into() });
    }
    let (evidence, role) = (file.numbered(number, tx), permit.actor().role_name());
    let case = Case { version: old.version + 1, ..old };
    let event = Event::new(EventKind::CaseEvidenceAdded, Object::Case(id)).with(told(&evidence));
    let log_index = tx.record(&permit, event, |writer| {
        cases::add_evidence(writer, id, &evidence, role)?;
        cases::update(writer, &case)?;
        Ok(writer.log_index())
    })?;
    Ok((CaseEvidence { file: evidence, source: Source::Role(role.to_owned()) }, log_index))
}

fn seen(db: &mut impl Read, caller: &Caller, id: CaseId) -> Result<Vec<CaseEvidence>, Error> {
    let mut files = match policy::sees_what_was_reported(caller) {
        true => cases::reported_evidence_of(db, id)?,
        false => Vec::new(),
    };
    files.extend(cases::evidence_of(db, id)?);
    Ok(files)
}

/// The files of a case: those of its reports first, for those who may know what was reported.
///
/// # Errors
/// 403, 404; 422.
pub fn list_evidence(
    db: &mut Reader,
    caller: &Caller,
    id: CaseId,
    purpose: Purpose,
) -> Result<Reading<Vec<CaseEvidence>>, Error> {
    let case = visible(db, caller, Operation::ReadCases, id)?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    Ok(Reading { case, shown: seen(db, caller, id)?, purpose })
}

/// A file of a case with its bytes, by its digest: what is there twice is one file. Blocks.
///
/// # Errors
/// 403, 404; 422.
pub fn evidence(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: CaseId,
    sha256: Option<Sha256>,
    purpose: Purpose,
) -> Result<Reading<(Evidence, Vec<u8>)>, Error> {
    let case = visible(db, caller, Operation::ReadCases, id)?;
    let files = seen(db, caller, id)?.into_iter().map(|it| it.file);
    let found = files.into_iter().find(|file| Some(file.sha256) == sha256).ok_or(Error::NotFound)?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    Ok(Reading { case, shown: registry.evidence_bytes(found)?, purpose })
}
