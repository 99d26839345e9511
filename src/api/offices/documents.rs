//! `/offices/{id}/documents`: see `app::offices::documents` for who may do what.

use crate::api::V1;
use crate::api::answer::Outcome;
use crate::api::body::Nothing;
use crate::api::context::{Change, Context, Look, PathId};
use crate::api::cursor::{List, PageParams};
use crate::api::documents::{DocumentList, DocumentView, PathSha256, added, attached, listed, removed};
use crate::api::gate::{IdempotencyKey, IfMatch};
use crate::api::problem::{ChangeProblems, CreateProblems, ReadProblems};
use crate::api::upload::Upload;
use crate::app::offices;
use crate::domain::ids::OfficeId;
use actix_web::{HttpRequest, delete, get, post};
use utoipa::IntoParams;

/// What a file is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `documents::added`")]
struct FileParams {
    /// One of the kinds of papers that the notice states.
    #[param(example = "premises_proof")]
    kind: String,
    /// Whom it is about: the id of somebody who is or was there, with whom it is erased. Left out for what concerns the office.
    #[param(value_type = Option<String>, format = "uuid")]
    person: Option<String>,
}

/// The files of an office
#[utoipa::path(operation_id = "list_office_documents", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of the list, without their bytes.", body = DocumentList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/offices/{id}/documents")]
pub(in crate::api) async fn list_office_documents(ctx: Context, id: PathId<OfficeId>, list: List<(), i64>) -> Outcome {
    ctx.read_about(move |db, ctx| listed(&list.cursors, offices::documents(db, &ctx.caller, id.0, list.asked)?)).await
}

/// Add the file of a paper to a notice
///
/// By whoever mends the notice, while it is drafted, before the province has confirmed it, or after it objected: the file of
/// a kind of paper that the notice states. As many, as large and of the types that applications take: at most 10 files about
/// each person and 20 about nobody in particular, each of at most 10 MB, and together 50 MB and 5 MB for each person after the
/// first; PDF, JPEG or PNG, told by their content, and whole. Its SHA-256 stands in the log at once; the file itself is kept
/// sealed. The office has a new version, and whoever added the file does not confirm it.
///
/// A file that is about somebody (`person`) goes with them when they are erased. One that is about nobody in particular stays
/// until the last who is or was there is erased.
#[utoipa::path(operation_id = "add_office_document", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid"), FileParams, IdempotencyKey),
    request_body(content(("application/pdf"), ("image/jpeg"), ("image/png")), description = "The file."),
    responses((status = 201, description = "It is kept, and its digest stands in the log.", body = DocumentView,
        headers(("Location" = String, description = "Where it is."))), CreateProblems))]
#[post("/offices/{id}/documents")]
pub(in crate::api) async fn add_office_document(upload: Upload, request: HttpRequest, id: PathId<OfficeId>) -> Outcome {
    let id = id.0;
    let papers = format!("{V1}/offices/{id}/documents");
    let room = move |registry: &_, caller: &_| offices::room(registry, caller, id);
    added(upload, request, papers, room, move |tx, change, form, file| {
        offices::add_document(tx, &change.caller, id, &change.gate, form, file)
    })
    .await
}

/// A file of an office
///
/// For whoever may read the office; always as an attachment.
#[utoipa::path(operation_id = "get_office_document", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex.")),
    responses((status = 200, description = "The file as it came in.", body = Vec<u8>,
        content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Always `attachment`."))), ReadProblems))]
#[get("/offices/{id}/documents/{sha256}")]
pub(in crate::api) async fn get_office_document(look: Look, id: PathId<OfficeId>, file: PathSha256) -> Outcome {
    look.read_about(move |db, ctx| Ok(attached(offices::document(db, &ctx.registry, &ctx.caller, id.0, file.0)?))).await
}

/// Remove a file from a notice
///
/// By whoever mends the notice, where the province has not confirmed the office with it. Its digest stays in the log.
#[utoipa::path(operation_id = "remove_office_document", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex."), IfMatch, IdempotencyKey),
    responses((status = 204, description = "It is removed."), ChangeProblems))]
#[delete("/offices/{id}/documents/{sha256}")]
pub(in crate::api) async fn remove_office_document(
    change: Change<Nothing>,
    id: PathId<OfficeId>,
    file: PathSha256,
) -> Outcome {
    removed(change, move |tx, change| offices::remove_document(tx, &change.caller, id.0, file.0, &change.gate)).await
}
