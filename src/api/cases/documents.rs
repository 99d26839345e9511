//! `/cases/{id}/documents`: the case files that went to another authority.

use super::super::answer::{Answer, Outcome, as_text};
use super::super::body::Json;
use super::super::context::{Change, Context, PathId, block, first_or_replayed};
use super::super::documents::PathSha256;
use super::super::problem::ReadProblems;
use super::forms::CaseEventSent;
use super::{PurposeParam, happened, purpose};
use crate::app::accesses::Seen;
use crate::app::cases::{self, EventForm, Reading};
use crate::domain::accesses::Looked;
use crate::domain::cases::CaseDocument;
use crate::domain::ids::CaseId;
use crate::domain::time::Timestamp;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A case file that went to another authority, without its bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseDocument)]
struct CaseDocumentView {
    /// SHA-256 of its bytes in lower-case hex, as in the log's entry of the referral: its address.
    sha256: String,
    /// `police` or `inspectorate`.
    #[schema(example = "police")]
    to: &'static str,
    /// How long it is.
    #[schema(minimum = 1, example = 48_211)]
    bytes: i64,
    /// When it was made, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
}

impl From<&CaseDocument> for CaseDocumentView {
    fn from(it: &CaseDocument) -> Self {
        let (sha256, to) = (it.sha256.to_string(), it.authority.as_str());
        Self { sha256, to, bytes: it.bytes, made_at: it.made_at }
    }
}

/// The case files of a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct CaseDocumentList {
    /// In the order in which they went out; a case has few.
    items: Vec<CaseDocumentView>,
    /// Always null.
    next_cursor: Option<String>,
}

/// A referral: its file is made and kept before the event is written down, and removed again where that is refused.
pub(super) async fn refer(change: Change<Json<CaseEventSent>>, id: CaseId, form: EventForm) -> Outcome {
    let kept = move || {
        let (registry, caller) = (Arc::clone(&change.registry), Arc::clone(&change.caller));
        let made = cases::make_file(&registry, &caller, id, form.to.as_deref(), form.reason.as_deref())?;
        let (document, bytes) = made.map_or((None, Vec::new()), |(document, bytes)| (Some(document), bytes));
        let named = document.clone();
        let change = change.kept(move |tx, change| {
            let form = change.form().map(|sent| EventForm { document: named.clone(), ..sent.into() });
            happened(tx, change, id, form)
        });
        let write = || registry.store.write_blocking(change);
        match &document {
            Some(document) => registry.keep_evidence(document.file(), &bytes, write),
            None => write(),
        }
    };
    first_or_replayed(block(kept).await)
}

/// The case files that went to another authority
///
/// Each referral has one, kept as it went out.
#[utoipa::path(operation_id = "list_case_documents", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), PurposeParam), responses(
    (status = 200, description = "All of them, without their bytes.", body = CaseDocumentList,
        headers(("ETag" = String, description = "Of the list."))), ReadProblems))]
#[get("/cases/{id}/documents")]
pub(in crate::api) async fn list_case_documents(ctx: Context, id: PathId<CaseId>, request: HttpRequest) -> Outcome {
    let purpose = purpose(&request);
    ctx.read_about(move |db, ctx| {
        let Reading { case, shown: files, purpose } = cases::list_documents(db, &ctx.caller, id.0, purpose)?;
        let answer = Answer::list(files.iter().map(CaseDocumentView::from).collect(), None)?;
        Ok((answer, Seen::of_case(db, &case, Looked::Document, purpose)?))
    })
    .await
}

/// A case file
///
/// A PDF of all that is known, said and decided, with the digests of the evidence and proofs that each step stands in the
/// log (`proof-N.json`, attached). For those who handle the case, and for auditors; always as an attachment.
#[utoipa::path(operation_id = "get_case_document", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex."), PurposeParam),
    responses((status = 200, description = "The file as it went out.", body = Vec<u8>, content_type = "application/pdf",
        headers(("Content-Disposition" = String, description = "Always `attachment`."))), ReadProblems))]
#[get("/cases/{id}/documents/{sha256}")]
pub(in crate::api) async fn get_case_document(
    ctx: Context,
    id: PathId<CaseId>,
    digest: PathSha256,
    request: HttpRequest,
) -> Outcome {
    let purpose = purpose(&request);
    ctx.read_about(move |db, ctx| {
        let Reading { case, shown: (file, bytes), purpose } =
            cases::document(db, &ctx.registry, &ctx.caller, id.0, digest.0, purpose)?;
        let name = format!("case-file-{}-{}.pdf", id.0, file.number);
        let answer = Answer::attachment("application/pdf", &name, bytes).tagged_by_bytes();
        Ok((answer, Seen::of_case(db, &case, Looked::Document, purpose)?))
    })
    .await
}
