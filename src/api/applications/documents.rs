//! `/applications/{id}/documents`: see `app::applications::documents` for who may do what.

use crate::api::V1;
use crate::api::answer::Outcome;
use crate::api::body::Nothing;
use crate::api::context::{Change, Context, Look, PathId};
use crate::api::cursor::{List, PageParams};
use crate::api::documents::{DocumentList, DocumentView, PathSha256, added, attached, listed, removed};
use crate::api::gate::{IdempotencyKey, IfMatch};
use crate::api::problem::{ChangeProblems, CreateProblems, ReadProblems};
use crate::api::upload::Upload;
use crate::app::applications;
use crate::domain::ids::ApplicationId;
use actix_web::{HttpRequest, delete, get, post};
use utoipa::IntoParams;

/// What a paper is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `documents::added`")]
struct DocumentParams {
    /// `declaration`, `degree`, `decision`, `contract`, `summary`, `course_certificate`, `police_confirmation`,
    /// `former_agency_confirmation` or `other`.
    #[param(example = "degree")]
    kind: String,
    /// Whom it is about: the id of somebody in the application, with whom it is erased. Left out for what concerns all of
    /// them.
    #[param(value_type = Option<String>, format = "uuid")]
    person: Option<String>,
}

/// The papers of an application
#[utoipa::path(operation_id = "list_application_documents", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of the list, without their bytes.", body = DocumentList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/applications/{id}/documents")]
pub(in crate::api) async fn list_application_documents(
    ctx: Context,
    id: PathId<ApplicationId>,
    list: List<(), i64>,
) -> Outcome {
    ctx.read_about(move |db, ctx| listed(&list.cursors, applications::documents(db, &ctx.caller, id.0, list.asked)?))
        .await
}

/// Add a paper to an application
///
/// By its agency, before it is handed in or after it was given back: at most 10 files about each person and 20 about nobody
/// in particular, each of at most 10 MB, and together 50 MB and 5 MB for each person after the first; PDF, JPEG or PNG.
/// What a file is is told by its content, which has to agree with `Content-Type`, and it has to be whole. Its SHA-256 stands
/// in the log at once; the file itself is kept sealed. The application has a new version.
///
/// A paper that is about somebody (`person`) goes with them when they are erased. One that is about nobody in particular
/// stays until the last of the application is erased, for the others need it: say whom a paper is about.
#[utoipa::path(operation_id = "add_application_document", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"), DocumentParams, IdempotencyKey),
    request_body(content(("application/pdf"), ("image/jpeg"), ("image/png")), description = "The file."),
    responses((status = 201, description = "It is kept, and its digest stands in the log.", body = DocumentView,
        headers(("Location" = String, description = "Where it is."))), CreateProblems))]
#[post("/applications/{id}/documents")]
pub(in crate::api) async fn add_application_document(
    upload: Upload,
    request: HttpRequest,
    id: PathId<ApplicationId>,
) -> Outcome {
    let id = id.0;
    let papers = format!("{V1}/applications/{id}/documents");
    let room = move |registry: &_, caller: &_| applications::room(registry, caller, id);
    added(upload, request, papers, room, move |tx, change, form, file| {
        applications::add_document(tx, &change.caller, id, &change.gate, form, file)
    })
    .await
}

/// A paper of an application
///
/// For whoever may read the application; always as an attachment.
#[utoipa::path(operation_id = "get_application_document", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex.")),
    responses((status = 200, description = "The file as it came in.", body = Vec<u8>,
        content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Always `attachment`."))), ReadProblems))]
#[get("/applications/{id}/documents/{sha256}")]
pub(in crate::api) async fn get_application_document(
    look: Look,
    id: PathId<ApplicationId>,
    file: PathSha256,
) -> Outcome {
    look.read_about(move |db, ctx| Ok(attached(applications::document(db, &ctx.registry, &ctx.caller, id.0, file.0)?)))
        .await
}

/// Remove a paper from an application
///
/// Before it is handed in, or after it was given back. Its digest stays in the log. `If-Match` is the application's `ETag`.
#[utoipa::path(operation_id = "remove_application_document", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex."), IfMatch, IdempotencyKey),
    responses((status = 204, description = "It is removed."), ChangeProblems))]
#[delete("/applications/{id}/documents/{sha256}")]
pub(in crate::api) async fn remove_application_document(
    change: Change<Nothing>,
    id: PathId<ApplicationId>,
    file: PathSha256,
) -> Outcome {
    removed(change, move |tx, change| applications::remove_document(tx, &change.caller, id.0, file.0, &change.gate))
        .await
}
