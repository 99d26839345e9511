//! `/cases/{id}/evidence`: the files of a case.

use super::super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::super::context::{Context, PathId};
use super::super::documents::PathSha256;
use super::super::gate::IdempotencyKey;
use super::super::misuse_reports::proven;
use super::super::problem::{CreateProblems, ReadProblems};
use super::super::upload::Upload;
use super::{PurposeParam, purpose};
use crate::app::accesses::Seen;
use crate::app::cases::{self, Reading};
use crate::domain::accesses::Looked;
use crate::domain::cases::{CaseEvidence, Source};
use crate::domain::ids::{CaseId, ReportId};
use crate::domain::time::Timestamp;
use actix_web::{HttpRequest, get, post};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// A file of a case, without its bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseEvidence)]
struct CaseEvidenceView<'a> {
    /// SHA-256 of its bytes in lower-case hex, as in the log: its address.
    sha256: String,
    /// What it is, by its content.
    #[schema(example = "image/jpeg")]
    media_type: &'static str,
    /// How long it is.
    #[schema(minimum = 1, example = 482_113)]
    bytes: i64,
    /// Who added it to the case: `registrar`, `agency_head` or `holder`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "registrar")]
    added_by: Option<&'a str>,
    /// The report that it came with, where it was not added to the case itself.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    report_id: Option<ReportId>,
    /// When it came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl<'a> From<&'a CaseEvidence> for CaseEvidenceView<'a> {
    fn from(CaseEvidence { file, source }: &'a CaseEvidence) -> Self {
        let (added_by, report_id) = match source {
            Source::Role(role) => (Some(role.as_str()), None),
            Source::Report(report) => (None, Some(*report)),
        };
        Self {
            sha256: file.sha256.to_string(),
            media_type: file.media_type.as_str(),
            bytes: file.bytes,
            added_by,
            report_id,
            added_at: file.added_at,
        }
    }
}

/// A file that was added.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseEvidenceAdded)]
struct AddedView<'a> {
    /// The file.
    #[serde(flatten)]
    evidence: CaseEvidenceView<'a>,
    /// Where it stands in the log, from 0.
    #[schema(minimum = 0)]
    log_index: i64,
    /// That it stands there.
    #[schema(value_type = Option<Object>)]
    proof: Option<Value>,
}

/// The files of a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct CaseEvidenceList<'a> {
    /// Those of its reports first; at most some hundred.
    items: Vec<CaseEvidenceView<'a>>,
    /// Always null.
    next_cursor: Option<String>,
}

/// The files of a case
///
/// Registrars and auditors see those of its reports too; whom the case is about, those that were added to the case
/// itself.
#[utoipa::path(operation_id = "list_case_evidence", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), PurposeParam), responses(
    (status = 200, description = "All of them, without their bytes.", body = CaseEvidenceList,
        headers(("ETag" = String, description = "Of the list."))), ReadProblems))]
#[get("/cases/{id}/evidence")]
pub(in crate::api) async fn list_case_evidence(ctx: Context, id: PathId<CaseId>, request: HttpRequest) -> Outcome {
    let purpose = purpose(&request);
    ctx.read_about(move |db, ctx| {
        let Reading { case, shown: files, purpose } = cases::list_evidence(db, &ctx.caller, id.0, purpose)?;
        let answer = Answer::list(files.iter().map(CaseEvidenceView::from).collect(), None)?;
        Ok((answer, Seen::of_case(db, &case, Looked::Evidence, purpose)?))
    })
    .await
}

/// Add a file to a case
///
/// By whoever handles the case, and by those who are heard in it once they were told; at most 30 files of 50 MB from
/// each side, while something is still to be decided. What a file is is told by its content, which has to agree with
/// `Content-Type`. Its SHA-256 stands in the log at once; the file itself is kept sealed. The case has a new version.
#[utoipa::path(operation_id = "add_case_evidence", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), IdempotencyKey),
    request_body(content(("image/jpeg"), ("image/png"), ("image/webp"), ("application/pdf"), ("audio/mpeg"), ("audio/wav"),
        ("audio/mp4"), ("video/mp4"), ("video/quicktime")), description = "The file."),
    responses((status = 201, description = "It is kept, and its digest stands in the log.", body = AddedView,
        headers(("Location" = String, description = "Where it is."))), CreateProblems))]
#[post("/cases/{id}/evidence")]
pub(in crate::api) async fn add_case_evidence(upload: Upload, id: PathId<CaseId>) -> Outcome {
    let id = id.0;
    let change = upload.read_if(move |registry, caller| cases::room(registry, caller, id)).await?;
    let registry = Arc::clone(&change.registry);
    let answer = change
        .keep(move |tx, change, file| {
            let (registry, caller) = (&change.registry, &change.caller);
            let (added, log_index) = cases::add_evidence(tx, registry, caller, id, &change.gate, file)?;
            let view = AddedView { evidence: CaseEvidenceView::from(&added), log_index, proof: None };
            let sha256 = added.file.sha256;
            Ok(Answer::ok(&view)?.created_at(format_args!("{}/cases/{id}/evidence/{sha256}", super::V1)))
        })
        .await?;
    proven(registry, answer).await
}

/// A file of a case
///
/// For whoever may read the case; always as an attachment.
#[utoipa::path(operation_id = "get_case_evidence", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex."), PurposeParam),
    responses((status = 200, description = "The file as it came in.", body = Vec<u8>,
        content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Always `attachment`."))), ReadProblems))]
#[get("/cases/{id}/evidence/{sha256}")]
pub(in crate::api) async fn get_case_evidence(
    ctx: Context,
    id: PathId<CaseId>,
    digest: PathSha256,
    request: HttpRequest,
) -> Outcome {
    let purpose = purpose(&request);
    ctx.read_about(move |db, ctx| {
        let Reading { case, shown: (file, bytes), purpose } =
            cases::evidence(db, &ctx.registry, &ctx.caller, id.0, digest.0, purpose)?;
        let name = file.sha256.to_string();
        let name = format!("evidence-{}.{}", name.get(..8).unwrap_or_default(), file.media_type.extension());
        let answer = Answer::attachment(file.media_type.as_str(), &name, bytes).tagged_by_bytes();
        Ok((answer, Seen::of_case(db, &case, Looked::Evidence, purpose)?))
    })
    .await
}
