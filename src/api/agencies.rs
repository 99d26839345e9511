//! `/agencies`: see `app::agencies` for who may do what.

use super::V1;
use super::answer::{Answer, Outcome, as_text};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::json::sent;
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query;
use crate::app::agencies::{self, AgencyPatch, DecisionForm, NewAgencyForm};
use crate::app::gate::Etag;
use crate::app::provinces;
use crate::domain::agencies::{Agency, AgencyForm};
use crate::domain::ids::AgencyId;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::{get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A press agency.
#[derive(Serialize, ToSchema)]
#[schema(as = Agency)]
struct AgencyView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid", example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    id: AgencyId,
    /// Its name.
    #[schema(example = "Báo Ví Dụ")]
    name: &'a str,
    /// The unique short name that its cards carry; needed before its first credential.
    #[schema(example = "Ví Dụ")]
    short_name: Option<&'a str>,
    /// What it publishes: `bao`, `bao_dien_tu`, `tap_chi`, `tap_chi_dien_tu`, `phat_thanh_truyen_hinh`, `phat_thanh`,
    /// `truyen_hinh`, `thong_tan` or `bao_va_ptth`.
    #[schema(example = "bao")]
    kind: &'static str,
    /// `central`, or `local` to a province.
    #[schema(example = "local")]
    level: &'static str,
    /// The body that founded and manages it (cơ quan chủ quản).
    governing_body: Option<&'a str>,
    /// The code of a local agency's province, two digits.
    #[schema(example = "01")]
    province: Option<&'a str>,
    /// Its web address.
    #[schema(example = "https://vidu.example")]
    website: Option<&'a str>,
    /// Where these facts come from.
    source: Option<&'a str>,
    /// `active`, `suspended`, `licence_revoked` or `closed`.
    #[schema(example = "active")]
    state: &'static str,
    /// When it was entered, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date-time", example = "2026-03-02T01:15:00Z")]
    created_at: Timestamp,
}

impl<'a> From<&'a Agency> for AgencyView<'a> {
    fn from(agency: &'a Agency) -> Self {
        let fields = &agency.fields;
        Self {
            id: agency.id,
            name: &fields.name,
            short_name: fields.short_name.as_ref().map(|short| short.as_str()),
            kind: fields.kind.as_str(),
            level: fields.level.as_str(),
            governing_body: fields.governing_body.as_deref(),
            province: fields.level.province().map(provinces::code),
            website: fields.website.as_deref(),
            source: fields.source.as_deref(),
            state: agency.state.as_str(),
            created_at: agency.created_at,
        }
    }
}

/// A part of the list of agencies.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct AgencyList<'a> {
    /// In the order they were entered.
    items: Vec<AgencyView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// A press agency to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAgency {
    /// Its name, 1–200 characters.
    #[schema(example = "Báo Ví Dụ", min_length = 1, max_length = 200)]
    name: String,
    /// A short name that no other agency has, at most 40 bytes of UTF-8.
    #[schema(example = "Ví Dụ")]
    short_name: Option<String>,
    /// What it publishes.
    #[schema(example = "bao")]
    kind: String,
    /// `central` or `local`.
    #[schema(example = "local")]
    level: String,
    /// The body that founded and manages it, at most 200 characters.
    governing_body: Option<String>,
    /// For a local agency, the code of its province today, two digits.
    #[schema(example = "01")]
    province: Option<String>,
    /// Its web address, `https://…` or `http://…`, at most 200 characters.
    website: Option<String>,
    /// Where these facts come from, at most 500 characters.
    source: Option<String>,
}

impl From<NewAgency> for NewAgencyForm {
    fn from(sent: NewAgency) -> Self {
        let NewAgency { name, short_name, kind, level, governing_body, province, website, source } = sent;
        Self { agency: AgencyForm { name, short_name, kind, level, governing_body, website, source }, province }
    }
}

/// A change of an agency's record: what is left out stays, null clears what may be left out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct AgencyChange {
    /// Its name, 1–200 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    name: Option<String>,
    /// A short name that no other agency has, at most 40 bytes of UTF-8.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    short_name: Option<Option<String>>,
    /// What it publishes.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    kind: Option<String>,
    /// `central` or `local`.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    level: Option<String>,
    /// The body that founded and manages it, at most 200 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    governing_body: Option<Option<String>>,
    /// For a local agency, the code of its province today, two digits.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, example = "01")]
    province: Option<Option<String>>,
    /// Its web address, at most 200 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    website: Option<Option<String>>,
    /// Where these facts come from, at most 500 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    source: Option<Option<String>>,
}

impl From<AgencyChange> for AgencyPatch {
    fn from(sent: AgencyChange) -> Self {
        let AgencyChange { name, short_name, kind, level, governing_body, province, website, source } = sent;
        Self { name, short_name, kind, level, governing_body, province, website, source }
    }
}

/// A decision on an agency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgencyDecision {
    /// `suspend`, `reinstate`, `revoke_licence` or `close`.
    #[schema(example = "suspend")]
    event: String,
    /// Why, 1–500 characters: no decision without reasons.
    #[schema(example = "Decision 12/QĐ of 2 March 2026", min_length = 1, max_length = 500)]
    reason: String,
}

impl From<AgencyDecision> for DecisionForm {
    fn from(sent: AgencyDecision) -> Self {
        Self { event: sent.event, reason: sent.reason }
    }
}

/// Which agencies.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AgencyFilters {
    /// Only agencies whose name or short name holds every word of it, without regard to case and marks; at most 200
    /// characters.
    #[param(example = "thanh nien")]
    query: Option<String>,
}

impl Filters for AgencyFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { query: query.read("query", |raw| text::line(raw, 200))? })
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
pub(super) async fn list_agencies(ctx: Context, list: List<AgencyFilters, AgencyId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.query, page));
        let part = agencies::list(db, &ctx.caller, asked)?;
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
            Ok(shown(&agencies::decide(tx, &change.caller, id.0, &change.gate, form)?)?.created())
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
