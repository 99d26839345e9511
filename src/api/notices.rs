//! `/notices`, and those of a case: see `app::notices` for who may do what.

use super::answer::{Answer, JSON, Outcome, as_optional_text, as_text};
use super::body::Json;
use super::cases::{PurposeParam, purpose};
use super::context::{Change, Context, PathId};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::negotiate::{Format, negotiate};
use super::problem::{ChangeProblems, ReadProblems};
use super::query::{Query, yes_or_no};
use crate::app::accesses::Seen;
use crate::app::cases::{self, Purpose, Reading};
use crate::app::gate::Etag;
use crate::app::notices::{self, EventForm, Which};
use crate::domain::accesses::{self, Looked};
use crate::domain::events::Object;
use crate::domain::ids::{ApplicationId, CaseId, CredentialId, NoticeId, OfficeId, StateCardId, SuccessionId};
use crate::domain::notices::{Matter, Means, Notice, Undelivered};
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::{HttpRequest, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The media type of papers.
const PDF: &str = "application/pdf";

/// What a notice is given as.
#[derive(Clone, Copy)]
enum Made {
    Json,
    Pdf,
}

const FORMATS: &[Format<Made>] = &[
    Format { media_type: JSON, name: "json", makes: Made::Json },
    Format { media_type: PDF, name: "pdf", makes: Made::Pdf },
];

/// A notice: something that somebody is to be told.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
pub(super) struct NoticeView {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: NoticeId,
    /// Of which case, where it is of one.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    case_id: Option<CaseId>,
    /// Of which application.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    application_id: Option<ApplicationId>,
    /// Of which card or letter.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    credential_id: Option<CredentialId>,
    /// Of which press card of before.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    state_card_id: Option<StateCardId>,
    /// Of which office.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    office_id: Option<OfficeId>,
    /// Of which merger or split of agencies.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    succession_id: Option<SuccessionId>,
    /// Of a case: `subject`, `agency` or `reporter`; else `agency` or `holder`.
    #[schema(example = "subject")]
    recipient: &'static str,
    /// What it tells. Of a case: `opening`, `suspension`, `suspension_ended`, `decision`, `appeal_decision`, `dismissal`
    /// or `end`; else `application_decided`, `application_returned`, `card_to_return`, `return_overdue`,
    /// `revocation_proposed`, `card_expiring`, `credential_withdrawn`, `credential_suspended`, `office_confirmed`,
    /// `office_objected`, `office_stopped`, `office_suspended`, `office_ended`, `office_headless` or `carried_over`.
    #[schema(example = "opening")]
    duty: &'static str,
    /// `in_person`, `post`, `email` or `account`, once it is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "post")]
    means: Option<&'static str>,
    /// When it was sent, RFC 3339 in UTC.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When it arrived: deadlines run from there.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    served_at: Option<Timestamp>,
    /// The e-mail that tells of it, where one does: `waiting`; `sent`, once a mail server has taken it, which does not
    /// mean that it was read; `refused`, `unreachable` or `no_address`, when it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sent")]
    email: Option<&'static str>,
    /// When the e-mail was sent or given up.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    email_at: Option<Timestamp>,
    /// When the duty to tell arose.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl<M: Copy + Into<Matter>> From<&Notice<M>> for NoticeView {
    fn from(it: &Notice<M>) -> Self {
        let of: Matter = it.of.into();
        let mut view = Self {
            id: it.id,
            case_id: None,
            application_id: None,
            credential_id: None,
            state_card_id: None,
            office_id: None,
            succession_id: None,
            recipient: of.recipient(),
            duty: of.duty(),
            means: it.means.map(Means::as_str),
            sent_at: it.sent_at,
            served_at: it.served_at,
            email: it.mail.map(|mail| mail.state.as_str()),
            email_at: it.mail.and_then(|mail| mail.ended_at),
            created_at: it.created_at,
        };
        match of.object() {
            Object::Case(id) => view.case_id = Some(id),
            Object::Application(id) => view.application_id = Some(id),
            Object::Credential(id) => view.credential_id = Some(id),
            Object::StateCard(id) => view.state_card_id = Some(id),
            Object::Office(id) => view.office_id = Some(id),
            Object::Succession(id) => view.succession_id = Some(id),
            // Nothing is told of these.
            Object::Agency(_)
            | Object::Person(_)
            | Object::Duplicate(_)
            | Object::User(_)
            | Object::Key(_)
            | Object::Host(_)
            | Object::StatusList(_)
            | Object::Report(_)
            | Object::Statistics(_)
            | Object::Hour(_)
            | Object::Log(_)
            | Object::Day(_) => {}
        }
        view
    }
}

/// The notices of a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct NoticeList {
    /// In the order in which the duties arose; a case has few.
    items: Vec<NoticeView>,
    /// Always null.
    next_cursor: Option<String>,
}

/// What is to happen to a notice.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NoticeEventSent {
    /// `send`, also again, or `serve`: it arrived.
    #[schema(example = "serve")]
    event: String,
    /// `send`: `in_person`, `post`, `email` or `account`.
    means: Option<String>,
    /// When it arrived, RFC 3339; now where it is left out of `serve`.
    #[schema(format = DateTime)]
    served_at: Option<String>,
}

impl From<NoticeEventSent> for EventForm {
    fn from(sent: NoticeEventSent) -> Self {
        Self { event: sent.event, means: sent.means, served_at: sent.served_at }
    }
}

fn shown(it: &Notice) -> Outcome {
    Ok(Answer::ok(&NoticeView::from(it))?.tagged(&Etag::of_version(it.version)))
}

/// Who was told what of a case
#[utoipa::path(operation_id = "list_case_notices", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), PurposeParam), responses(
    (status = 200, description = "All its notices.", body = NoticeList,
        headers(("ETag" = String, description = "Of the list."))), ReadProblems))]
#[get("/cases/{id}/notices")]
pub(super) async fn list_case_notices(ctx: Context, id: PathId<CaseId>, request: HttpRequest) -> Outcome {
    let purpose = purpose(&request);
    ctx.read_about(move |db, ctx| {
        let Reading { case, shown, purpose } = cases::told(db, &ctx.caller, id.0, purpose)?;
        let seen = Seen::of_case(db, &case, Looked::Notice, purpose)?;
        Ok((Answer::list(shown.iter().map(NoticeView::from).collect(), None)?, seen))
    })
    .await
}

/// A part of the list of notices.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct OwnNoticeList {
    /// In the order in which the duties arose.
    items: Vec<NoticeView>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Which notices.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct NoticeFilters {
    /// `true`: instead of those to oneself, those of applications, cards, letters, offices, mergers and splits that nobody
    /// has sent, or whose e-mail came to nothing. For registrars.
    to_deliver: Option<bool>,
    /// `true`: of the same, those that are on their way: sent, and not arrived as far as was written down. Not with
    /// `to_deliver`, whose list holds none of these.
    unserved: Option<bool>,
}

impl Filters for NoticeFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        let to_deliver = query.read("to_deliver", yes_or_no)?;
        let unserved = query.read("unserved", yes_or_no)?;
        if to_deliver == Some(true) && unserved == Some(true) {
            return Err(Error::invalid("query:unserved", "not_with_to_deliver", "ask for one list at a time"));
        }
        Ok(Self { to_deliver, unserved })
    }
}

/// Notices to oneself, or to be delivered, or on their way
///
/// Whoever reported in their own name finds here how it ended; a holder and an agency, what they were told of cases,
/// applications, cards, letters and offices.
#[utoipa::path(operation_id = "list_notices", tag = "cases", params(NoticeFilters, PageParams), responses(
    (status = 200, description = "A part of the list.", body = OwnNoticeList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/notices")]
pub(super) async fn list_notices(ctx: Context, list: List<NoticeFilters, NoticeId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| match (filters.to_deliver, filters.unserved) {
            (Some(true), _) => (Which::Undelivered(Undelivered::ToSend), page),
            (_, Some(true)) => (Which::Undelivered(Undelivered::Unserved), page),
            (_, _) => (Which::ToOneself, page),
        });
        let part = notices::list(db, &ctx.caller, asked)?;
        list.cursors.answer(&part, NoticeView::from)
    })
    .await
}

/// A notice
///
/// As JSON, or as a PDF to print: A4, in Vietnamese with English below.
#[utoipa::path(operation_id = "get_notice", tag = "cases",
    params(("id" = String, Path, description = "The notice's id.", format = "uuid"), PurposeParam,
        ("format" = Option<String>, Query, description = "`json` or `pdf`, instead of `Accept`.", example = "pdf")),
    responses((status = 200, description = "The notice; as a PDF always an attachment.",
        content((NoticeView = "application/json"), (Vec<u8> = "application/pdf")),
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))),
    (status = 406, description = "None of these formats."), ReadProblems))]
#[get("/notices/{id}")]
pub(super) async fn get_notice(ctx: Context, id: PathId<NoticeId>, request: HttpRequest) -> Outcome {
    // Which format is asked after it is known that the caller may see any.
    let (purpose, format) = asked(&request);
    ctx.read_about(move |db, ctx| {
        let (notice, seen) = notices::read(db, &ctx.caller, id.0, purpose)?;
        Ok(match format?.makes {
            Made::Json => (shown(&notice)?, seen),
            Made::Pdf => {
                let (pdf, seen) = notices::pdf(db, &ctx.registry, &notice, seen)?;
                (Answer::attachment(PDF, &format!("notice-{}.pdf", notice.id), pdf).tagged_by_bytes(), seen)
            }
        })
    })
    .await
}

/// What it is read for, and in which format.
fn asked(request: &HttpRequest) -> (Purpose, Result<Format<Made>, Error>) {
    let read = || {
        let mut query = Query::parse(request.query_string())?;
        let format = query.take("format");
        let purpose = query.read("purpose", accesses::purpose)?;
        query.finish().map(|()| (purpose, format))
    };
    match read() {
        Ok((purpose, format)) => (Ok(purpose), negotiate(request, format.as_deref(), FORMATS)),
        Err(error) => (Err(error), Err(Error::NotAcceptable)),
    }
}

/// Write down that a notice was sent, or that it arrived
///
/// By a registrar. The times to reply and to appeal run from when it arrived, but not from more than five working days
/// before that is written down.
#[utoipa::path(operation_id = "record_notice_event", tag = "cases",
    params(("id" = String, Path, description = "The notice's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = NoticeEventSent, responses(
    (status = 201, description = "It is written down; the notice as it is now.", body = NoticeView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/notices/{id}/events")]
pub(super) async fn record_notice_event(change: Change<Json<NoticeEventSent>>, id: PathId<NoticeId>) -> Outcome {
    change.happen(id, notices::happen, |_, _, it| shown(it)).await
}
