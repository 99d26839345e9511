//! The case file that goes with a referral: put together from one snapshot, kept as it was, and committed to by the log.

use super::{Purpose, Reading, state_purpose, visible};
use crate::app::Registry;
use crate::app::evidence::EvidenceFile;
use crate::app::notices::paper as said;
use crate::domain::accounts::Caller;
use crate::domain::cases::{Authority, Case, CaseDocument, Claimed};
use crate::domain::events::{EventKind, Object, Recorded};
use crate::domain::ids::{CaseId, ReportId};
use crate::domain::reports::{MediaType, Sha256};
use crate::domain::text;
use crate::error::Error;
use crate::papers::case_file::{CaseFilePaper, Happened, Reported};
use crate::papers::notice::Decided;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, cases, events, provinces, reports};

/// Events of one case that its file tells, at most. None has ever had a tenth of it.
const MOST_EVENTS: usize = 5_000;

/// A case file that was made for a referral.
#[derive(Clone)]
pub struct MadeFile {
    /// Which version of the case it tells.
    pub(super) version: i64,
    /// The file.
    pub(super) file: EvidenceFile,
}

/// Makes the file of a case for an authority, where such a referral was asked for; gives it with its bytes. Blocks.
///
/// # Errors
/// 403, 404; `Overloaded` when something happens to the case just now.
pub fn make_file(
    registry: &Registry,
    caller: &Caller,
    id: CaseId,
    to: Option<&str>,
    reason: Option<&str>,
) -> Result<Option<(MadeFile, Vec<u8>)>, Error> {
    let entry = policy::enter(caller, Operation::HandleCase)?;
    let known = registry.store.read(|db| cases::find(db, id))?.ok_or(Error::NotFound)?;
    entry.on(&Ownership::of_case(&known))?;
    // What cannot be read is told with everything else that is wrong with the request.
    let to = to.and_then(|raw| Authority::parse(raw).ok());
    let reason = reason.and_then(|raw| text::lines(raw, 4_000).ok());
    let (Some(to), Some(reason)) = (to, reason) else { return Ok(None) };
    // What is proven has to be signed.
    registry.publish_log()?;
    let (version, paper) = registry.store.read_consistently(|db| {
        let case = cases::find(db, id)?.ok_or(Error::NotFound)?;
        Ok((case.version, paper(db, registry, case, to, reason)?))
    })?;
    let pdf = paper.pdf()?;
    let file = EvidenceFile::read(&registry.entropy, registry.clock.now(), MediaType::Pdf, &pdf)?;
    Ok(Some((MadeFile { version, file }, pdf)))
}

impl MadeFile {
    /// The file that was made.
    pub const fn file(&self) -> &EvidenceFile {
        &self.file
    }
}

fn paper(
    db: &mut Reader,
    registry: &Registry,
    case: Case,
    to: Authority,
    reason: String,
) -> Result<CaseFilePaper, Error> {
    let mut evidence = cases::reported_evidence_of(db, case.id)?;
    evidence.extend(cases::evidence_of(db, case.id)?);
    let timeline = timeline(db, registry, case.id)?;
    let by = |kind: EventKind| timeline.iter().rev().find(|it| it.kind == kind.as_str()).map(|it| it.by.clone());
    let decided = case.decision.as_ref().and_then(|it| {
        let decided = Decided {
            outcome: it.finding.outcome,
            kind: said::kind_row(it.finding.kind),
            measure: it.finding.measure.kind(),
            reasons: it.reasons.clone(),
            at: it.decided_at,
            appeal_until: it.appeal_until,
        };
        Some((decided, by(EventKind::CaseDecided)?))
    });
    let heard = case.appeal.as_ref();
    Ok(CaseFilePaper {
        from: said::letterhead(registry),
        to,
        case: case.id,
        opened_at: case.opened_at,
        made_at: registry.clock.now(),
        state: case.state,
        venue: provinces::name_of(db, &case.venue)?,
        reason,
        subject: said::subject(db, registry, &case)?,
        act: said::act(db, &case)?,
        reports: case.reports.iter().map(|id| reported(db, *id)).collect::<Result<_, _>>()?,
        statements: cases::statements(db, case.id)?,
        decided,
        heard: heard.and_then(|it| Some((it.overturned, it.heard_at?, it.reasons.clone()?))),
        evidence,
        timeline,
        claimed: case.claimed,
    })
}

fn reported(db: &mut impl Read, id: ReportId) -> Result<Reported, Error> {
    let report = reports::find(db, id)?.ok_or_else(|| Error::internal("a case without its report"))?;
    let details = reports::details(db, id)?;
    let province = provinces::name_of(db, &report.province)?;
    let it = details.as_ref();
    Ok(Reported {
        received_at: report.received_at,
        place: it.map_or_else(|| province.clone(), |it| format!("{}, {province}", it.place)),
        occurred_at: report.occurred_at,
        narrative: it.map(|it| it.narrative.clone()),
        amount_demanded: it.and_then(|it| it.amount_demanded),
        police_reference: it.and_then(|it| it.police_reference.clone()),
        claimed: Claimed {
            name: it.and_then(|it| it.claimed_name.clone()),
            agency: it.and_then(|it| it.claimed_agency.clone()),
            phone: None,
            number: it.and_then(|it| it.number.clone()),
        },
    })
}

fn timeline(db: &mut Reader, registry: &Registry, id: CaseId) -> Result<Vec<Happened>, Error> {
    let happened = events::of_object(db, &Object::Case(id), None, MOST_EVENTS)?;
    // Which other cases a registrar thinks to be of the same person is nothing that was found.
    let told = happened.into_iter().filter(|it| it.kind != EventKind::CaseLinked.as_str());
    told.map(|event| told_with_proof(db, registry, &event)).collect()
}

fn told_with_proof(db: &mut Reader, registry: &Registry, event: &Recorded) -> Result<Happened, Error> {
    Ok(Happened {
        at: event.at,
        kind: event.kind.clone(),
        by: said::capacity(event),
        reason: said::reason(event),
        index: event.index,
        // It came in after the log was signed: whoever asks again finds it signed.
        proof: registry.event_proof(db, event.index)?.ok_or(Error::Overloaded)?,
    })
}

/// The files of a case that went to an authority.
///
/// # Errors
/// 403, 404; 422 where a purpose is needed.
pub fn list_documents(
    db: &mut Reader,
    caller: &Caller,
    id: CaseId,
    purpose: Purpose,
) -> Result<Reading<Vec<CaseDocument>>, Error> {
    let case = visible(db, caller, Operation::ReadCaseFiles, id)?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    Ok(Reading { case, shown: cases::documents_of(db, id)?, purpose })
}

/// A file that went to an authority, with its bytes, by its digest. Blocks.
///
/// # Errors
/// 403, 404; 422 where a purpose is needed.
pub fn document(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: CaseId,
    sha256: Option<Sha256>,
    purpose: Purpose,
) -> Result<Reading<(CaseDocument, Vec<u8>)>, Error> {
    let case = visible(db, caller, Operation::ReadCaseFiles, id)?;
    let found = cases::documents_of(db, id)?.into_iter().find(|it| Some(it.sha256) == sha256).ok_or(Error::NotFound)?;
    let purpose = purpose?;
    state_purpose(caller, purpose.as_ref())?;
    let bytes = registry.kept_file(&found.object)?;
    Ok(Reading { case, shown: (found, bytes), purpose })
}
