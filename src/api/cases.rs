//! `/cases`: see `app::cases` for who may do what.

pub(super) mod documents;
pub(super) mod evidence;
pub(super) mod finding;
mod forms;
pub(super) mod timeline;
pub(super) mod view;

use super::V1;
use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::{Change, Context, PathId};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query;
use crate::app::accesses::Seen;
use crate::app::cases::{self, CaseFile, EventForm, Purpose, Reading, Sight};
use crate::app::gate::Etag;
use crate::domain::accesses::{self, Looked};
use crate::domain::cases::{CaseEvent, CaseState};
use crate::domain::ids::CaseId;
use crate::error::Error;
use crate::store::Tx;
use actix_web::{HttpRequest, get, post};
use forms::{CaseEventSent, NewCase};
use utoipa::IntoParams;
use view::CaseView;

/// A part of the list of cases.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct CaseList<'a> {
    /// In the order they were opened.
    items: Vec<CaseView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// What an auditor adds.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation; `purpose` reads it")]
pub(super) struct PurposeParam {
    /// What it is read for, 10–200 characters: needed from an auditor.
    #[param(min_length = 10, max_length = 200, example = "Thanh tra quý 4 năm 2026")]
    purpose: Option<String>,
}

/// Which cases.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CaseFilters {
    /// Only cases in this state.
    #[param(value_type = Option<String>, example = "notified")]
    state: Option<CaseState>,
    /// Only cases of acts in the province with this code today, and in those that became part of it.
    #[param(value_type = Option<String>, example = "31")]
    province: Option<String>,
    /// What they are read for, 10–200 characters: needed from an auditor.
    #[param(value_type = Option<String>)]
    purpose: Option<String>,
}

impl Filters for CaseFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        let state = query.read("state", CaseState::parse)?;
        let purpose = query.read("purpose", accesses::purpose)?;
        Ok(Self { state, province: query.take("province"), purpose })
    }
}

/// Only what it is read for.
pub(super) struct PurposeFilter(Option<String>);

impl Filters for PurposeFilter {
    fn take(query: &mut Query) -> Result<Self, Error> {
        query.read("purpose", accesses::purpose).map(Self)
    }
}

/// What a single thing is read for.
pub(super) fn purpose(request: &HttpRequest) -> Purpose {
    let mut query = Query::parse(request.query_string())?;
    let purpose = query.read("purpose", accesses::purpose)?;
    query.finish().map(|()| purpose)
}

fn shown(it: &CaseFile) -> Outcome {
    Ok(Answer::ok(&CaseView::from(it))?.tagged(&Etag::of_version(it.case.version)))
}

/// Cases
///
/// A provincial registrar's are those of acts in the province; an agency's and a holder's those that they were told
/// of.
#[utoipa::path(operation_id = "list_cases", tag = "cases", params(CaseFilters, PageParams),
    responses((status = 200, description = "A part of the list.", body = CaseList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/cases")]
pub(super) async fn list_cases(ctx: Context, list: List<CaseFilters, CaseId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(CaseFilters { state, province, purpose }, page)| {
            (cases::Filters { state, province, purpose }, page)
        });
        let (part, purpose) = cases::list(db, &ctx.registry, &ctx.caller, asked)?;
        let sight = cases::sight(&ctx.caller);
        let seen = match sight {
            Sight::State => Seen::nothing(Looked::List),
            Sight::Whole => Seen::of_cases(db, &part.items, Looked::List, purpose)?,
        };
        Ok((list.cursors.answer(&part, |it| CaseView::seen(it, sight))?, seen))
    })
    .await
}

/// Open a case
///
/// By the registrar of the province of the act, or a national one. Nobody else is told yet, and nothing was matched
/// before.
#[utoipa::path(operation_id = "create_case", tag = "cases", params(IdempotencyKey), request_body = NewCase,
    responses((status = 201, description = "It is opened.", body = CaseView,
        headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of this version."))),
    CreateProblems))]
#[post("/cases")]
pub(super) async fn create_case(change: Change<Json<NewCase>>) -> Outcome {
    change
        .write(|tx, change| {
            let form = || Ok(change.form()?.into());
            let case = cases::open(tx, &change.registry, &change.caller, &change.gate, form)?;
            let id = case.id;
            Ok(shown(&cases::file(tx, case)?)?.created_at(format_args!("{V1}/cases/{id}")))
        })
        .await
}

/// A case
#[utoipa::path(operation_id = "get_case", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), PurposeParam), responses(
    (status = 200, description = "The case.", body = CaseView,
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))), ReadProblems))]
#[get("/cases/{id}")]
pub(super) async fn get_case(ctx: Context, id: PathId<CaseId>, request: HttpRequest) -> Outcome {
    let purpose = purpose(&request);
    ctx.read_about(move |db, ctx| {
        let (file, purpose) = cases::read(db, &ctx.caller, id.0, purpose)?;
        match cases::sight(&ctx.caller) {
            Sight::State => {
                let state = Answer::ok(&CaseView::of_state(&file.case))?.tagged(&Etag::of_version(file.case.version));
                Ok((state, Seen::nothing(Looked::Case)))
            }
            Sight::Whole => Ok((shown(&file)?, Seen::of_case(db, &file.case, Looked::Case, purpose)?)),
        }
    })
    .await
}

/// Let something happen to a case
///
/// A registrar dismisses, attaches, notifies, stays, decides, confirms, refers and closes; whom it is about answers and
/// appeals. A decision needs that the subject was told and has replied, or that the time to reply is over, and somebody
/// who neither reported nor opened the case. A revocation waits for another registrar's `confirm` (202). `refer` makes a case
/// file, whose SHA-256 stands in the event.
#[utoipa::path(operation_id = "record_case_event", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = CaseEventSent, responses(
    (status = 201, description = "It is done; the case as it is now.", body = CaseView,
        headers(("ETag" = String, description = "Of the new version."))),
    (status = 202, description = "It waits for a second registrar: `pending_second` is true.", body = CaseView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/cases/{id}/events")]
pub(super) async fn record_case_event(change: Change<Json<CaseEventSent>>, id: PathId<CaseId>) -> Outcome {
    let id = id.0;
    match change.form().map(EventForm::from) {
        Ok(form) if form.event == CaseEvent::Refer.as_str() => documents::refer(change, id, form).await,
        Ok(_) | Err(_) => {
            change.write(move |tx, change| happened(tx, change, id, change.form().map(EventForm::from))).await
        }
    }
}

fn happened(tx: &mut Tx, change: &Change<Json<CaseEventSent>>, id: CaseId, form: Result<EventForm, Error>) -> Outcome {
    let happened = cases::happen(tx, &change.registry, &change.caller, id, &change.gate, form)?;
    let answer = shown(&cases::file(tx, happened.case)?)?;
    Ok(if happened.waits { answer.accepted() } else { answer.created() })
}

/// What happened to a case
#[utoipa::path(operation_id = "list_case_events", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), PurposeParam, PageParams), responses(
    (status = 200, description = "A part of its history.", body = HistoryList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/cases/{id}/events")]
pub(super) async fn list_case_events(ctx: Context, id: PathId<CaseId>, list: List<PurposeFilter, i64>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(filter, page)| (filter.0, page));
        let Reading { case, shown, purpose } = cases::history(db, &ctx.caller, id.0, asked)?;
        let seen = Seen::of_case(db, &case, Looked::History, purpose)?;
        Ok((list.cursors.answer(&shown, HistoryView::from)?, seen))
    })
    .await
}
