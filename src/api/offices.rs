//! `/offices` and `/agencies/{id}/offices`: see `app::offices` for who may do what.

pub(super) mod documents;
mod json;

use super::V1;
use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::cursor::{self, Cursors, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query;
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::offices::{self, Filters, Staffed};
use crate::app::page::Part;
use crate::domain::accesses::Looked;
use crate::domain::ids::{AgencyId, Id as _, OfficeId};
use crate::domain::offices::{Office, OfficeKind, OfficeState};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Read, Tx};
use actix_web::{get, post};
use json::{NewOffice, OfficeEventSent, OfficeList, OfficeView};
use utoipa::IntoParams;

/// Which offices.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfficeFilters {
    /// Only in the province with this code today, and in those that became part of it.
    #[param(value_type = Option<String>, example = "31")]
    province: Option<String>,
    /// Only of this kind.
    #[param(value_type = Option<String>, example = "resident_reporter")]
    kind: Option<OfficeKind>,
    /// Only in this state.
    #[param(value_type = Option<String>, example = "notified")]
    state: Option<OfficeState>,
    /// Only of this agency.
    #[param(value_type = Option<String>)]
    agency_id: Option<AgencyId>,
}

impl cursor::Filters for OfficeFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        let OfficesOfOne { province, kind, state } = OfficesOfOne::take(query)?;
        Ok(Self { province, kind, state, agency_id: query.read("agency_id", AgencyId::parse)? })
    }
}

/// Which offices of one agency.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfficesOfOne {
    /// Only in the province with this code today, and in those that became part of it.
    #[param(value_type = Option<String>, example = "31")]
    province: Option<String>,
    /// Only of this kind.
    #[param(value_type = Option<String>, example = "resident_reporter")]
    kind: Option<OfficeKind>,
    /// Only in this state.
    #[param(value_type = Option<String>, example = "notified")]
    state: Option<OfficeState>,
}

impl cursor::Filters for OfficesOfOne {
    fn take(query: &mut Query) -> Result<Self, Error> {
        let (kind, state) = (query.read("kind", OfficeKind::parse)?, query.read("state", OfficeState::parse)?);
        Ok(Self { province: query.take("province"), kind, state })
    }
}

fn shown(db: &mut impl Read, now: Timestamp, it: &Office) -> Outcome {
    let staffed = Staffed::of(db, now, [it])?;
    Ok(Answer::ok(&OfficeView::of(it, &staffed))?.tagged(&staffed.etag(it)))
}

fn after(tx: &mut Tx, _: &Registry, it: &Office) -> Outcome {
    let now = tx.now();
    shown(tx, now, it)
}

fn listed(
    db: &mut impl Read,
    cursors: &Cursors,
    part: &Part<Office, OfficeId>,
    now: Timestamp,
) -> Result<(Answer, Seen), Error> {
    let staffed = Staffed::of(db, now, &part.items)?;
    Ok((cursors.answer(part, |it| OfficeView::of(it, &staffed))?, seen(&part.items, Looked::List)))
}

fn seen<'a>(offices: impl IntoIterator<Item = &'a Office>, what: Looked) -> Seen {
    Seen::of_people(offices.into_iter().flat_map(|it| it.posts.iter().map(|posted| posted.person)), what)
}

/// Offices, and reporters who reside in a province or follow it
///
/// A provincial registrar's are those in the province; an agency's its own.
#[utoipa::path(operation_id = "list_offices", tag = "offices", params(OfficeFilters, PageParams), responses(
    (status = 200, description = "A part of the list. What was not notified is shown to its own agency only.",
        body = OfficeList, headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/offices")]
pub(super) async fn list_offices(ctx: Context, list: List<OfficeFilters, OfficeId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(OfficeFilters { province, kind, state, agency_id }, page)| {
            (Filters { agency: agency_id, province, kind, state }, page)
        });
        let part = offices::list(db, &ctx.registry, &ctx.caller, asked)?;
        listed(db, &list.cursors, &part, ctx.registry.clock.now())
    })
    .await
}

/// What an agency has in provinces
///
/// A provincial registrar sees what is in the province.
#[utoipa::path(operation_id = "list_agency_offices", tag = "offices",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), OfficesOfOne, PageParams), responses(
    (status = 200, description = "A part of the list. What was not notified is shown to its own agency only.",
        body = OfficeList, headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/agencies/{id}/offices")]
pub(super) async fn list_agency_offices(
    ctx: Context,
    id: PathId<AgencyId>,
    list: List<OfficesOfOne, OfficeId>,
) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(OfficesOfOne { province, kind, state }, page)| {
            (Filters { agency: None, province, kind, state }, page)
        });
        let part = offices::of_agency(db, &ctx.registry, &ctx.caller, id.0, asked)?;
        listed(db, &list.cursors, &part, ctx.registry.clock.now())
    })
    .await
}

/// Give notice of an office or a reporter
///
/// An agency's head gives notice at once; what a clerk writes is a draft. A registrar of the province writes down a notice
/// that came on paper. The law in force on the day of the notice is asked: each problem names its article.
#[utoipa::path(operation_id = "create_office", tag = "offices",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), IdempotencyKey),
    request_body = NewOffice, responses(
    (status = 201, description = "It is notified, or a draft.", body = OfficeView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of this version."))),
    CreateProblems))]
#[post("/agencies/{id}/offices")]
pub(super) async fn create_office(change: Change<Json<NewOffice>>, id: PathId<AgencyId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let it = offices::create(tx, &change.registry, &change.caller, id.0, &change.gate, form)?;
            Ok(after(tx, &change.registry, &it)?.created_at(format_args!("{V1}/offices/{}", it.id)))
        })
        .await
}

/// An office, or a reporter in a province
#[utoipa::path(operation_id = "get_office", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid")), responses(
    (status = 200, description = "The office.", body = OfficeView,
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))), ReadProblems))]
#[get("/offices/{id}")]
pub(super) async fn get_office(look: Look, id: PathId<OfficeId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let it = offices::read(db, &ctx.caller, id.0)?;
        Ok((shown(db, ctx.registry.clock.now(), &it)?, seen([&it], Looked::Office)))
    })
    .await
}

/// Notify, amend, withdraw, close, confirm, object to or stop an office
///
/// The agency's head notifies, amends, withdraws and closes, and a clerk amends and withdraws drafts; a registrar of the
/// province writes down what came on paper, and confirms, objects or orders a stop. Whoever wrote the notice, gave it or mended
/// it, also by a file, never confirms. A file about somebody whom an amended notice names no more goes, unless it was confirmed
/// with it. Until the last day that is told with `close` has passed the office is there: it may be closed by another day, or stopped.
#[utoipa::path(operation_id = "record_office_event", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = OfficeEventSent, responses(
    (status = 201, description = "It is done; the office as it is now.", body = OfficeView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/offices/{id}/events")]
pub(super) async fn record_office_event(change: Change<Json<OfficeEventSent>>, id: PathId<OfficeId>) -> Outcome {
    change.happen(id, offices::happen, after).await
}

/// What happened to an office
#[utoipa::path(operation_id = "list_office_events", tag = "offices",
    params(("id" = String, Path, description = "The office's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of its history.", body = HistoryList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/offices/{id}/events")]
pub(super) async fn list_office_events(ctx: Context, id: PathId<OfficeId>, list: List<(), i64>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = offices::history(db, &ctx.caller, id.0, list.asked)?;
        list.cursors.answer(&part, HistoryView::from)
    })
    .await
}
