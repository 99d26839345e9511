//! `/agency-mergers`, `/agency-splits` and `/agency-successions`: see `app::successions` for who may do what.

mod json;

use super::V1;
use super::answer::{Answer, Outcome};
use super::body::Json;
use super::context::{Change, Context, Look, PathId, block};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::problem::{ChangeProblems, ReadProblems};
use super::query::{Query, yes_or_no};
use crate::app::successions::{self, Planned, Told};
use crate::domain::ids::{AgencyId, Id as _, SuccessionId};
use crate::domain::successions::Order;
use crate::error::Error;
use actix_web::{HttpRequest, get, post};
use json::{NewMerger, NewSplit, PlanView, SuccessionList, SuccessionView};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

/// Whether it is done.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `dry_run`")]
struct DryRunParam {
    /// `true`: the plan is shown, and nothing is done. `false` where it is left out.
    #[param(example = true)]
    dry_run: Option<bool>,
}

fn dry_run(request: &HttpRequest) -> Result<bool, Error> {
    let mut query = Query::parse(request.query_string())?;
    let dry_run = query.read("dry_run", yes_or_no)?;
    query.finish()?;
    Ok(dry_run.unwrap_or(false))
}

/// Shows a plan, or carries it out as it was shown.
async fn reorganise<T: DeserializeOwned + Send + 'static>(
    change: Change<Json<T>>,
    request: &HttpRequest,
    order: fn(T) -> Result<Order, Error>,
) -> Outcome {
    let mut change = change.with_parameters(request);
    let is_plan = match dry_run(request) {
        Ok(is_plan) => is_plan,
        Err(error) => {
            change.gate = change.gate.refusing(error.fields());
            false
        }
    };
    if is_plan {
        return block(move || {
            change.registry.store.read_consistently(|db| {
                let form = || change.form().and_then(order);
                planned(&successions::plan(db, &change.registry.clock, &change.caller, &change.gate, form)?)
            })
        })
        .await;
    }
    change
        .write_accounts(move |tx, change| {
            let form = || change.form().and_then(order);
            let told = successions::carry_out(tx, &change.registry, &change.caller, &change.gate, form)?;
            Ok(shown(&told)?.created_at(format_args!("{V1}/agency-successions/{}", told.succession.id)))
        })
        .await
}

fn planned(it: &Planned) -> Outcome {
    Ok(Answer::ok(&PlanView::from(it))?.tagged(&it.etag()))
}

fn shown(told: &Told) -> Outcome {
    Ok(Answer::ok(&SuccessionView::from(told))?.tagged_by_bytes())
}

/// Merge agencies
///
/// First with `dry_run=true`: the answer says how many people, cards, letters, applications, accounts, cases and offices would
/// go over from each agency, and what stands in the way. Then without it, with the `ETag` of that answer in `If-Match`: what is
/// done is what was shown, or nothing (412). Everything goes over in one transaction, and the predecessors are closed. Press
/// cards, letters and collaborators' cards stay good as they are printed until they are exchanged. With `effective_on`, a day
/// that is past, people worked for the predecessors until the day before, also those who have left since. The successor is an
/// agency on record; one that takes others in is it itself.
#[utoipa::path(operation_id = "merge_agencies", tag = "agencies", params(DryRunParam, IfMatch, IdempotencyKey),
    request_body = NewMerger, responses(
    (status = 200, description = "The plan: nothing is done.", body = PlanView,
        headers(("ETag" = String, description = "Of all that would be done; for `If-Match`."))),
    (status = 201, description = "It is done.", body = SuccessionView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of these bytes."))),
    ChangeProblems))]
#[post("/agency-mergers")]
pub(super) async fn merge_agencies(change: Change<Json<NewMerger>>, request: HttpRequest) -> Outcome {
    reorganise(change, &request, NewMerger::order).await
}

/// Split an agency
///
/// In two steps like a merger. Who is named in `parts` goes there with cards and letters; all others, with the accounts of
/// heads and clerks and what is of nobody in particular, go to `remainder`. Where that is an agency of `parts`, the one that
/// is split is closed; where it is the one that is split, it goes on.
#[utoipa::path(operation_id = "split_agency", tag = "agencies", params(DryRunParam, IfMatch, IdempotencyKey),
    request_body = NewSplit, responses(
    (status = 200, description = "The plan: nothing is done.", body = PlanView,
        headers(("ETag" = String, description = "Of all that would be done; for `If-Match`."))),
    (status = 201, description = "It is done.", body = SuccessionView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of these bytes."))),
    ChangeProblems))]
#[post("/agency-splits")]
pub(super) async fn split_agency(change: Change<Json<NewSplit>>, request: HttpRequest) -> Outcome {
    reorganise(change, &request, NewSplit::order).await
}

/// Of which agency.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfAgency {
    /// Only those in which this agency took part.
    #[param(value_type = Option<String>, format = "uuid")]
    agency_id: Option<AgencyId>,
}

impl Filters for OfAgency {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { agency_id: query.read("agency_id", AgencyId::parse)? })
    }
}

/// Mergers and splits of agencies
#[utoipa::path(operation_id = "list_agency_successions", tag = "agencies", params(OfAgency, PageParams), responses(
    (status = 200, description = "A part of the list.", body = SuccessionList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/agency-successions")]
pub(super) async fn list_agency_successions(ctx: Context, list: List<OfAgency, SuccessionId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.agency_id, page));
        let part = successions::list(db, &ctx.caller, asked)?;
        list.cursors.answer(&part, SuccessionView::from)
    })
    .await
}

/// A merger or split
#[utoipa::path(operation_id = "get_agency_succession", tag = "agencies",
    params(("id" = String, Path, description = "Its id.", format = "uuid")), responses(
    (status = 200, description = "What went where.", body = SuccessionView,
        headers(("ETag" = String, description = "Of these bytes."))), ReadProblems))]
#[get("/agency-successions/{id}")]
pub(super) async fn get_agency_succession(look: Look, id: PathId<SuccessionId>) -> Outcome {
    look.read(move |db, ctx| shown(&successions::read(db, &ctx.caller, id.0)?)).await
}
