//! `/applications/{id}/documents`: see `app::applications::documents` for who may do what.

use crate::api::V1;
use crate::api::answer::{Answer, Outcome, as_optional_text, as_text};
use crate::api::body::Nothing;
use crate::api::context::{Change, Context, PathId};
use crate::api::cursor::{List, PageParams};
use crate::api::gate::{IdempotencyKey, IfMatch};
use crate::api::problem::{ChangeProblems, CreateProblems, ReadProblems};
use crate::api::query::{self, Query};
use crate::api::upload::Upload;
use crate::app::accesses::Seen;
use crate::app::applications::{self, DocumentForm};
use crate::domain::accesses::Looked;
use crate::domain::applications::Document;
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::reports::{Evidence, Sha256};
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::{HttpRequest, delete, get, post};
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::{IntoParams, ToSchema};

/// A paper of an application, without its bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = ApplicationDocument)]
pub(in crate::api) struct DocumentView {
    /// SHA-256 of its bytes in lower-case hex, as in the log: its address.
    sha256: String,
    /// What it is: `declaration`, `degree`, `decision`, `contract`, `summary`, `course_certificate`, `police_confirmation`,
    /// `former_agency_confirmation` or `other`.
    #[schema(example = "degree")]
    kind: &'static str,
    /// Whom it is about; left out where that is nobody in particular.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    person_id: Option<PersonId>,
    /// What the file is, by its content.
    #[schema(example = "application/pdf")]
    media_type: &'static str,
    /// How long it is.
    #[schema(minimum = 1, example = 482_113)]
    bytes: i64,
    /// When it came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    added_at: Timestamp,
}

impl From<&Document> for DocumentView {
    fn from(Document { file, kind, person }: &Document) -> Self {
        Self {
            sha256: file.sha256.to_string(),
            kind: kind.as_str(),
            person_id: *person,
            media_type: file.media_type.as_str(),
            bytes: file.bytes,
            added_at: file.added_at,
        }
    }
}

/// The papers of an application.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct DocumentList {
    /// In the order in which they came in.
    items: Vec<DocumentView>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// What a paper is.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `form`")]
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

fn form(request: &HttpRequest) -> Result<DocumentForm, Error> {
    let mut query = Query::parse(request.query_string())?;
    let form = DocumentForm { kind: query.take("kind"), person: query.take("person") };
    query.finish()?;
    Ok(form)
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
    ctx.read_about(move |db, ctx| {
        let (application, part) = applications::documents(db, &ctx.caller, id.0, list.asked)?;
        let people = applications::people_of(&application, &part.items);
        let answer = list.cursors.answer(&part, DocumentView::from)?;
        Ok((answer, Seen::of_people(people.into_iter().filter(|_| !part.items.is_empty()), Looked::List)))
    })
    .await
}

/// Add a paper to an application
///
/// By its agency, before it is handed in or after it was given back: at most 10 files about each person and 20 about nobody
/// in particular, each of at most 10 MB, and together 50 MB and 5 MB for each person after the first; PDF, JPEG or PNG. What a file is is told by its content, which has to agree with `Content-Type`, and it
/// has to be whole. Its SHA-256 stands in the log at once; the file itself is kept sealed. The application has a new version.
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
    let change = upload.read_if(move |registry, caller| applications::room(registry, caller, id)).await?;
    let mut change = change.with_parameters(&request);
    let form = form(&request).unwrap_or_else(|error| {
        change.gate = change.gate.clone().refusing(error.fields());
        DocumentForm::default()
    });
    change
        .keep(move |tx, change, file| {
            let bytes = change.body.as_sent();
            let added = applications::add_document(tx, &change.caller, id, &change.gate, &form, (file, bytes))?;
            let location = format!("{V1}/applications/{id}/documents/{}", added.file.sha256);
            Ok(Answer::ok(&DocumentView::from(&added))?.created_at(location))
        })
        .await
}

pub(in crate::api) fn sha256(request: &HttpRequest) -> Option<Sha256> {
    // What is no digest is that of nothing.
    Sha256::parse(request.match_info().query("sha256"))
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
    ctx: Context,
    id: PathId<ApplicationId>,
    request: HttpRequest,
) -> Outcome {
    let (sha256, asked) = (sha256(&request), query::none(&request));
    ctx.read_about(move |db, ctx| {
        let (people, file, bytes) = applications::document(db, &ctx.registry, &ctx.caller, id.0, sha256)?;
        asked?;
        Ok((attached(&file, bytes), Seen::of_people(people, Looked::Document)))
    })
    .await
}

/// A paper with its bytes: never shown in a page of ours.
pub(in crate::api) fn attached(file: &Evidence, bytes: Vec<u8>) -> Answer {
    let name = file.sha256.to_string();
    let name = format!("document-{}.{}", name.get(..8).unwrap_or_default(), file.media_type.extension());
    Answer::attachment(file.media_type.as_str(), &name, bytes).sandboxed().tagged_by_bytes()
}

/// Remove a paper from an application
///
/// Before it is handed in, or after it was given back. Its digest stays in the log.
#[utoipa::path(operation_id = "remove_application_document", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex."), IfMatch, IdempotencyKey),
    responses((status = 204, description = "It is removed."), ChangeProblems))]
#[delete("/applications/{id}/documents/{sha256}")]
pub(in crate::api) async fn remove_application_document(
    change: Change<Nothing>,
    id: PathId<ApplicationId>,
    request: HttpRequest,
) -> Outcome {
    let (id, sha256, registry) = (id.0, sha256(&request), Arc::clone(&change.registry));
    // The change may be run again when another node was first: the object of the last run is the one.
    let removed = Arc::new(Mutex::new(None));
    let told = Arc::clone(&removed);
    let answer = change
        .write(move |tx, change| {
            let object = applications::remove_document(tx, &change.caller, id, sha256, &change.gate)?;
            *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(object);
            Ok(Answer::nothing())
        })
        .await?;
    let object = removed.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(object) = object {
        crate::api::context::block(move || {
            registry.remove_files(&[object]);
            Ok(())
        })
        .await?;
    }
    Ok(answer)
}
