//! `/agencies`: see `app::agencies` for who may do what.

mod json;

use super::V1;
use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::cursor::{List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query as Params;
use crate::app::agencies::{self, Filters};
use crate::app::gate::Etag;
use crate::domain::agencies::Agency;
use crate::domain::ids::AgencyId;
use crate::domain::search::Query;
use crate::domain::time::Day;
use crate::error::Error;
use actix_web::{get, patch, post};
use json::{AgencyChange, AgencyDecision, AgencyList, AgencyView, NewAgency};
use utoipa::IntoParams;

/// Which agencies.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AgencyFilters {
    /// Only agencies each word of it is a word of their name or short name, or the beginning of one, in any order, without
    /// regard to case, marks and the place of a tone. Best first: whole words with the marks that were typed, whole words
    /// with other marks, then beginnings. At most 200 characters, one of them a letter or a digit.
    #[param(value_type = Option<String>, example = "thanh nien")]
    query: Option<Query>,
    /// Only local agencies of the province with this code today, and of those that became part of it.
    #[param(value_type = Option<String>, example = "31")]
    province: Option<String>,
    /// Only agencies at work whose last licence on record ends before this day: what a registrar writes to them about in
    /// time. A provincial registrar is shown those of the province.
    #[param(value_type = Option<String>, format = "date", example = "2027-01-01")]
    licence_ends_before: Option<Day>,
}

impl super::cursor::Filters for AgencyFilters {
    fn take(params: &mut Params) -> Result<Self, Error> {
        Ok(Self {
            query: params.search()?,
            province: params.take("province"),
            licence_ends_before: params.read("licence_ends_before", Day::parse)?,
        })
    }
}

fn shown(agency: &Agency) -> Outcome {
    Ok(Answer::ok(&AgencyView::from(agency))?.tagged(&Etag::of_version(agency.version)))
}

/// Agencies
#[utoipa::path(operation_id = "list_agencies", tag = "agencies", params(AgencyFilters, PageParams), responses(
    (status = 200, description = "A part of the list.", body = AgencyList,
        headers(("ETag" = String, description = "Of this part."))),
    ReadProblems))]
#[get("/agencies")]
pub(super) async fn list_agencies(ctx: Context, list: List<AgencyFilters, String>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(AgencyFilters { query, province, licence_ends_before }, page)| {
            (Filters { query, province, licence_ends_before }, page)
        });
        let part = agencies::list(db, &ctx.registry, &ctx.caller, asked)?;
        list.cursors.answer(&part, AgencyView::from)
    })
    .await
}

/// Enter an agency
///
/// A provincial registrar enters the local agencies of the province.
#[utoipa::path(operation_id = "create_agency", tag = "agencies", params(IdempotencyKey), request_body = NewAgency,
    responses(
        (status = 201, description = "It is entered.", body = AgencyView, headers(
            ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of this version."))),
        CreateProblems))]
#[post("/agencies")]
pub(super) async fn create_agency(change: Change<Json<NewAgency>>) -> Outcome {
    change
        .write(|tx, change| {
            let agency = agencies::create(tx, &change.caller, &change.gate, || Ok(change.form()?.into()))?;
            Ok(shown(&agency)?.created_at(format_args!("{V1}/agencies/{}", agency.id)))
        })
        .await
}

/// An agency
#[utoipa::path(operation_id = "get_agency", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid")), responses(
    (status = 200, description = "The agency.", body = AgencyView,
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))),
    ReadProblems))]
#[get("/agencies/{id}")]
pub(super) async fn get_agency(look: Look, id: PathId<AgencyId>) -> Outcome {
    look.read_once(move |db, ctx| shown(&agencies::read(db, &ctx.caller, id.0)?)).await
}

/// Change what is entered about an agency
#[utoipa::path(operation_id = "change_agency", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = AgencyChange, responses(
    (status = 200, description = "As it is now.", body = AgencyView,
        headers(("ETag" = String, description = "Of the new version."))),
    ChangeProblems))]
#[patch("/agencies/{id}")]
pub(super) async fn change_agency(change: Change<Json<AgencyChange>>, id: PathId<AgencyId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            shown(&agencies::change(tx, &change.caller, id.0, &change.gate, form)?)
        })
        .await
}

/// Suspend, reinstate or close an agency, or take its licence
#[utoipa::path(operation_id = "decide_on_agency", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = AgencyDecision, responses(
    (status = 201, description = "It is decided; the agency as it is now.", body = AgencyView,
        headers(("ETag" = String, description = "Of the new version."))),
    ChangeProblems))]
#[post("/agencies/{id}/events")]
pub(super) async fn decide_on_agency(change: Change<Json<AgencyDecision>>, id: PathId<AgencyId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            Ok(shown(&agencies::decide(tx, &change.registry, &change.caller, id.0, &change.gate, form)?)?.created())
        })
        .await
}

/// What happened to an agency
#[utoipa::path(operation_id = "list_agency_events", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of its history.", body = HistoryList,
        headers(("ETag" = String, description = "Of this part."))),
    ReadProblems))]
#[get("/agencies/{id}/events")]
pub(super) async fn list_agency_events(ctx: Context, id: PathId<AgencyId>, list: List<(), i64>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = agencies::history(db, &ctx.caller, id.0, list.asked)?;
        list.cursors.answer(&part, HistoryView::from)
    })
    .await
}
