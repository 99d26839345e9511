//! `/state-cards`: press cards of before the registry; see `app::state_cards` for who may do what.

use super::answer::{Answer, Outcome, as_text};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::problem::{ChangeProblems, ReadProblems};
use super::query::Query;
use crate::app::accesses::Seen;
use crate::app::state_cards::{self, EventForm, Filter, Held};
use crate::domain::accesses::Looked;
use crate::domain::credentials::Ground;
use crate::domain::ids::{AgencyId, Id as _, StateCardId};
use crate::domain::lookups::number_key;
use crate::domain::state_cards::{StateCard, StateCardState};
use crate::domain::time::Day;
use crate::error::Error;
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A press card of before the registry: it has no QR of ours.
#[derive(Serialize, ToSchema)]
#[schema(as = StateCard)]
pub(super) struct StateCardView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: StateCardId,
    /// As printed.
    #[schema(example = "IBT00123")]
    number: &'a str,
    /// The holder's name as printed.
    #[schema(example = "Trần Thị Bưởi")]
    name: &'a str,
    /// Whose people it was issued to.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// The first day, YYYY-MM-DD.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date)]
    issued: Day,
    /// The last day as the law has it, YYYY-MM-DD.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date)]
    valid_until: Day,
    /// `active`, `expired`, `lost`, `returned` or `revoked`.
    #[schema(example = "active")]
    state: &'static str,
    /// The ground of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "left_agency")]
    ground: Option<&'static str>,
}

impl<'a> StateCardView<'a> {
    pub(super) fn of(it: &'a StateCard, today: Day) -> Self {
        Self {
            id: it.id,
            number: it.fields.number.as_str(),
            name: &it.fields.name,
            agency_id: it.agency,
            issued: it.fields.issued,
            valid_until: it.fields.until,
            state: it.shown(today),
            ground: it.ground.map(Ground::as_str),
        }
    }
}

/// A part of the list of cards of before.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct StateCardList<'a> {
    /// In the order they were entered.
    items: Vec<StateCardView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Which cards.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StateCardFilters {
    /// Only the one with this number; spaces, hyphens and case do not matter.
    #[param(value_type = Option<String>, example = "IBT00123")]
    number: Option<String>,
    /// Only those of this agency.
    #[param(value_type = Option<String>, format = "uuid")]
    agency_id: Option<AgencyId>,
    /// Only those in this state as it was written down: `active` (also where it has expired), `lost`, `returned` or
    /// `revoked`.
    #[param(value_type = Option<String>, example = "active")]
    state: Option<StateCardState>,
}

impl Filters for StateCardFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self {
            number: query.read("number", number_key)?,
            agency_id: query.read("agency_id", AgencyId::parse)?,
            state: query.read("state", StateCardState::parse)?,
        })
    }
}

/// What is to be written down of a card.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StateCardEventSent {
    /// `report_lost`, `return`, `revoke`, or `reinstate`: after a prosecution that came to nothing.
    #[schema(example = "return")]
    event: String,
    /// Why, 1–500 characters: no decision without reasons.
    #[schema(example = "Nộp lại theo biên bản ngày 12/11/2026")]
    reason: Option<String>,
    /// As of credentials, but neither `misuse` for `revoke` nor `overturned`: those are for a case. Needed to revoke;
    /// `not_returned` once that is proposed, where it is known who holds the card.
    #[schema(example = "left_agency")]
    ground: Option<String>,
}

impl From<StateCardEventSent> for EventForm {
    fn from(sent: StateCardEventSent) -> Self {
        let StateCardEventSent { event, reason, ground } = sent;
        Self { event, reason, ground }
    }
}

fn shown(it: &StateCard, today: Day) -> Outcome {
    Ok(Answer::ok(&StateCardView::of(it, today))?.tagged(&state_cards::etag(it, today)))
}

fn seen<'a>(cards: impl IntoIterator<Item = &'a Held>, what: Looked) -> Seen {
    Seen::of_people(cards.into_iter().filter_map(|it| it.holder), what)
}

/// Press cards of before the registry
///
/// For registrars: all of them, or those of the province's agencies; for an agency its own, for a journalist theirs.
/// Officials look one up by number and name.
#[utoipa::path(operation_id = "list_state_cards", tag = "credentials", params(StateCardFilters, PageParams),
    responses((status = 200, description = "A part of the list.", body = StateCardList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/state-cards")]
pub(super) async fn list_state_cards(ctx: Context, list: List<StateCardFilters, StateCardId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let today = ctx.registry.clock.now().day();
        let asked = list.asked.map(|(filters, page)| {
            let StateCardFilters { number: number_key, agency_id: agency, state } = filters;
            (Filter { number_key, agency, state, may_be_due: None }, page)
        });
        let part = state_cards::list(db, &ctx.caller, asked)?;
        let answer = list.cursors.answer(&part, |it| StateCardView::of(&it.card, today))?;
        Ok((answer, seen(&part.items, Looked::List)))
    })
    .await
}

/// A press card of before the registry
#[utoipa::path(operation_id = "get_state_card", tag = "credentials",
    params(("id" = String, Path, description = "The card's id.", format = "uuid")), responses(
    (status = 200, description = "The card.", body = StateCardView,
        headers(("ETag" = String, description = "Of what is shown today; for `If-Match`."))), ReadProblems))]
#[get("/state-cards/{id}")]
pub(super) async fn get_state_card(look: Look, id: PathId<StateCardId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let it = state_cards::read(db, &ctx.caller, id.0)?;
        Ok((shown(&it.card, ctx.registry.clock.now().day())?, seen([&it], Looked::Credential)))
    })
    .await
}

/// Write down that a press card of before is lost, handed in, revoked, or back in force
///
/// `report_lost` by its holder, its agency and registrars, `return` by its agency and registrars, the rest by registrars.
/// Whoever looks the card up is told at once that it is not valid. A file that is imported again changes nothing of it.
#[utoipa::path(operation_id = "record_state_card_event", tag = "credentials",
    params(("id" = String, Path, description = "The card's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = StateCardEventSent, responses(
    (status = 201, description = "It is written down; the card as it is now.", body = StateCardView,
        headers(("ETag" = String, description = "Of what is shown today."))), ChangeProblems))]
#[post("/state-cards/{id}/events")]
pub(super) async fn record_state_card_event(
    change: Change<Json<StateCardEventSent>>,
    id: PathId<StateCardId>,
) -> Outcome {
    change.happen(id, state_cards::happen, |tx, _, it| shown(it, tx.now().day())).await
}

/// What happened to a press card of before
#[utoipa::path(operation_id = "list_state_card_events", tag = "credentials",
    params(("id" = String, Path, description = "The card's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of its history.", body = HistoryList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/state-cards/{id}/events")]
pub(super) async fn list_state_card_events(ctx: Context, id: PathId<StateCardId>, list: List<(), i64>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let (it, part) = state_cards::history(db, &ctx.registry, &ctx.caller, id.0, list.asked)?;
        Ok((list.cursors.answer(&part, HistoryView::from)?, seen([&it], Looked::History)))
    })
    .await
}
