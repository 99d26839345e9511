//! `/people/{id}/accesses`, `/people/{id}/events` and `/people/{id}/export`: what journalists see of themselves.

use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::cases::view::CaseView;
use super::context::{Context, Look, PathId};
use super::credentials::CredentialView;
use super::cursor::{List, PageParams};
use super::documents::{DocumentView, PathSha256, attached};
use super::history::{HistoryList, HistoryView};
use super::notices::NoticeView;
use super::people::PersonView;
use super::problem::ReadProblems;
use crate::app::accesses;
use crate::app::documents::OwnDocument;
use crate::domain::accesses::Access;
use crate::domain::events::EventProof;
use crate::domain::ids::{AccessId, ApplicationId, OfficeId, PersonId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::get;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Somebody looked.
#[derive(Serialize, ToSchema)]
#[schema(as = Access)]
struct AccessView<'a> {
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// In which capacity.
    #[schema(example = "registrar")]
    role: &'a str,
    /// For which agency, public body or province, where there is one.
    #[schema(example = "Hải Phòng")]
    body: Option<&'a str>,
    /// At what: `record`, `list`, `application`, `credential`, `lookup`, `history`, or of a case: `case`, `notice`, `match`,
    /// `report`, `evidence`, `document`.
    #[schema(example = "record")]
    what: &'static str,
    /// What an auditor read it for, or an official looked a card up for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Thanh tra quý 4 năm 2026")]
    purpose: Option<&'a str>,
}

impl<'a> From<&'a Access> for AccessView<'a> {
    fn from(it: &'a Access) -> Self {
        Self {
            at: it.at,
            role: &it.actor_role,
            body: it.actor_body.as_deref(),
            what: it.what.as_str(),
            purpose: it.purpose.as_deref(),
        }
    }
}

/// A part of the list of looks.
#[derive(ToSchema)]
#[schema(as = AccessList)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct AccessList<'a> {
    /// Oldest first.
    items: Vec<AccessView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// A paper about oneself.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnDocument)]
struct OwnDocumentView {
    /// The application to which the agency added it, where it is one of an application.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    application_id: Option<ApplicationId>,
    /// The office to whose notice it was added, where it is one of an office.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    office_id: Option<OfficeId>,
    /// What it is, and under which digest `GET /people/{id}/documents/{sha256}` gives it.
    #[serde(flatten)]
    document: DocumentView,
}

impl From<&OwnDocument> for OwnDocumentView {
    fn from(it: &OwnDocument) -> Self {
        match it {
            OwnDocument::OfApplication(id, document) => {
                Self { application_id: Some(*id), office_id: None, document: document.into() }
            }
            OwnDocument::OfOffice(id, document) => {
                Self { application_id: None, office_id: Some(*id), document: document.into() }
            }
        }
    }
}

/// All that is kept about a person.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
struct ExportView<'a> {
    /// The record.
    person: PersonView<'a>,
    /// Every credential.
    credentials: Vec<CredentialView<'a>>,
    /// Cases about the person, as far as the person was told of them.
    cases: Vec<CaseView<'a>>,
    /// What the person was told, or is owed to be told, in those.
    notices: Vec<NoticeView>,
    /// The papers about the person that agencies added to applications and to notices of offices, without their bytes.
    documents: Vec<OwnDocumentView>,
    /// Whatever was written down about the person and in those cases, each with the person's own fields and a proof that
    /// holds offline.
    #[schema(value_type = Vec<Object>)]
    events: Vec<Value>,
    /// Who looked.
    accesses: Vec<AccessView<'a>>,
}

/// Who looked at one's own record
///
/// Looks of everybody but oneself, kept for five years; the log commits to each hour of them.
#[utoipa::path(operation_id = "list_accesses", tag = "oneself",
    params(("id" = String, Path, description = "One's own id.", format = "uuid"), PageParams),
    responses((status = 200, description = "A part of the list.", body = AccessList), ReadProblems))]
#[get("/people/{id}/accesses")]
pub(super) async fn list_accesses(ctx: Context, id: PathId<PersonId>, list: List<(), AccessId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = accesses::of_person(db, &ctx.caller, id.0, list.asked)?;
        list.cursors.answer(&part, AccessView::from)
    })
    .await
}

/// What was written down about oneself
#[utoipa::path(operation_id = "list_person_events", tag = "oneself",
    params(("id" = String, Path, description = "One's own id.", format = "uuid"), PageParams),
    responses((status = 200, description = "A part of the history.", body = HistoryList), ReadProblems))]
#[get("/people/{id}/events")]
pub(super) async fn list_person_events(ctx: Context, id: PathId<PersonId>, list: List<(), i64>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = accesses::history(db, &ctx.caller, id.0, list.asked)?;
        list.cursors.answer(&part, HistoryView::from)
    })
    .await
}

/// Take away all that is kept about oneself
#[utoipa::path(operation_id = "export_person", tag = "oneself",
    params(("id" = String, Path, description = "One's own id.", format = "uuid")),
    responses((status = 200, description = "All of it.", body = ExportView), ReadProblems))]
#[get("/people/{id}/export")]
pub(super) async fn export_person(look: Look, id: PathId<PersonId>) -> Outcome {
    look.read(move |db, ctx| {
        let export = ctx.registry.export(db, &ctx.caller, id.0)?;
        let now = ctx.registry.clock.now();
        let json = |proof: &EventProof| serde_json::to_value(proof).map_err(Error::internal);
        Answer::ok(&ExportView {
            person: PersonView::from(&export.person),
            credentials: export.credentials.iter().map(|it| CredentialView::of(it, &ctx.registry, now)).collect(),
            cases: export.cases.iter().map(CaseView::from).collect(),
            notices: export.notices.iter().map(NoticeView::from).collect(),
            documents: export.documents.iter().map(OwnDocumentView::from).collect(),
            events: export.events.iter().map(json).collect::<Result<_, _>>()?,
            accesses: export.accesses.iter().map(AccessView::from).collect(),
        })
    })
    .await
}

/// A paper about oneself
///
/// That was added to an application or to the notice of an office; always as an attachment.
#[utoipa::path(operation_id = "get_own_document", tag = "oneself",
    params(("id" = String, Path, description = "One's own id.", format = "uuid"),
        ("sha256" = String, Path, description = "The SHA-256 of its bytes in lower-case hex.")),
    responses((status = 200, description = "The file as it came in.", body = Vec<u8>,
        content_type = "application/octet-stream",
        headers(("Content-Disposition" = String, description = "Always `attachment`."))), ReadProblems))]
#[get("/people/{id}/documents/{sha256}")]
pub(super) async fn get_own_document(look: Look, id: PathId<PersonId>, file: PathSha256) -> Outcome {
    look.read_about(move |db, ctx| Ok(attached(ctx.registry.own_document(db, &ctx.caller, id.0, file.0)?))).await
}
