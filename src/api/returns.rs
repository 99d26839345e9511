//! `/credentials/to-return`: press cards that are to be handed in, ours and those of before.

use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::body::Json;
use super::context::{Change, Context, PathId};
use super::credentials::CredentialView;
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::notices::NoticeView;
use super::problem::{ChangeProblems, ReadProblems};
use super::query::{Query, yes_or_no};
use super::state_cards::StateCardView;
use crate::app::accesses::Seen;
use crate::app::returns::{self, Card, EventForm, ToReturn, Wanted};
use crate::app::{Registry, credentials, state_cards};
use crate::domain::accesses::Looked;
use crate::domain::ids::{AgencyId, CredentialId, Id as _, PersonId, StateCardId};
use crate::domain::press_cards::PressCardId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::Tx;
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A press card that is to be handed in.
#[derive(Serialize, ToSchema)]
#[schema(as = CardToReturn)]
struct ToReturnView<'a> {
    /// `credential`: one of the registry; `state_card`: one of before it.
    #[schema(example = "credential")]
    kind: &'static str,
    /// The card, where it is one of the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<CredentialView<'a>>,
    /// The card, where it is one of before.
    #[serde(skip_serializing_if = "Option::is_none")]
    state_card: Option<StateCardView<'a>>,
    /// Whose it is; of a card of before, as far as that is known.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    person_id: PersonId,
    /// Which agency is to collect it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// `agency_suspended`, `licence_revoked`, `agency_closed` or `left_agency`.
    #[schema(example = "licence_revoked")]
    reason: &'static str,
    /// Since when, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The first instant after the time to hand it in; no time runs while an agency is only suspended.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// The law that sets this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "NĐ237 Đ7.3")]
    source: Option<String>,
    /// Whether that time is over.
    overdue: bool,
    /// When the agency wrote down that it had asked the holder for the card.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    requested_at: Option<Timestamp>,
    /// When holder and agency were reminded that the time is over.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    reminded_at: Option<Timestamp>,
    /// Since when a registrar is to decide whether the card is revoked, on the ground `not_returned`.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    proposed_at: Option<Timestamp>,
    /// When a registrar decided not to revoke it.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    set_aside_at: Option<Timestamp>,
    /// Who was told what of it, in the order in which it was due.
    notices: Vec<NoticeView>,
}

impl<'a> ToReturnView<'a> {
    fn of(it: &'a ToReturn, registry: &Registry, now: Timestamp) -> Self {
        let done = it.done.as_ref();
        let (credential, state_card) = match &it.card {
            Card::Issued(card) => (Some(CredentialView::of(card, registry, now)), None),
            Card::OfBefore(card, _) => (None, Some(StateCardView::of(card, now.day()))),
        };
        Self {
            kind: it.card.id().kind(),
            credential,
            state_card,
            person_id: it.card.holder(),
            agency_id: it.card.agency(),
            reason: it.cause.why.as_str(),
            since: it.cause.since,
            due_at: it.due.map(|(until, _)| until),
            source: it.due.map(|(_, rule)| rule.source.short()),
            overdue: it.due.is_some_and(|(until, _)| until <= now),
            requested_at: done.and_then(|it| it.requested_at),
            reminded_at: done.and_then(|it| it.reminded_at),
            proposed_at: done.and_then(|it| it.proposed_at),
            set_aside_at: done.and_then(|it| it.set_aside_at),
            notices: it.told.iter().map(NoticeView::from).collect(),
        }
    }
}

/// A part of the list of cards to be handed in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct ToReturnList<'a> {
    /// In the order they were entered here.
    items: Vec<ToReturnView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Which of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichToReturn {
    /// Only those of this agency.
    #[param(value_type = Option<String>, format = "uuid")]
    agency_id: Option<AgencyId>,
    /// `true`: only those whose time to be handed in is over.
    overdue: Option<bool>,
    /// `true`: only those whose revocation waits for a registrar's decision.
    proposed: Option<bool>,
}

impl Filters for WhichToReturn {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self {
            agency_id: query.read("agency_id", AgencyId::parse)?,
            overdue: query.read("overdue", yes_or_no)?,
            proposed: query.read("proposed", yes_or_no)?,
        })
    }
}

/// Press cards to be handed in
///
/// Those in use whose agency is not at work, or whose holder no longer works for it, with the time that the law sets, who
/// was told, and what is overdue. Each stays good until a registrar decides or it is handed in: nothing is revoked by
/// itself. A card of before is among them where the registry knows whose it is.
#[utoipa::path(operation_id = "list_cards_to_return", tag = "credentials", params(WhichToReturn, PageParams),
    responses((status = 200, description = "A part of the list.", body = ToReturnList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/credentials/to-return")]
pub(super) async fn list_cards_to_return(ctx: Context, list: List<WhichToReturn, PressCardId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| {
            let WhichToReturn { agency_id: agency, overdue, proposed } = filters;
            let (overdue, proposed) = (overdue == Some(true), proposed == Some(true));
            (Wanted { agency, overdue, proposed }, page)
        });
        let part = returns::list(db, &ctx.registry, &ctx.caller, asked)?;
        let now = ctx.registry.clock.now();
        let seen = Seen::of_people(part.items.iter().map(|it| it.card.holder()), Looked::List);
        Ok((list.cursors.answer(&part, |it| ToReturnView::of(it, &ctx.registry, now))?, seen))
    })
    .await
}

/// What is to happen about a card that is to be handed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CardReturnEventSent {
    /// `request`: the agency has asked its holder for it. `set_aside`: a registrar does not revoke it; the time until that
    /// is proposed again begins anew.
    #[schema(example = "set_aside")]
    event: String,
    /// Why, 1–500 characters; required of `set_aside`.
    #[schema(example = "Người giữ thẻ đang điều trị ở nước ngoài")]
    reason: Option<String>,
}

impl From<CardReturnEventSent> for EventForm {
    fn from(sent: CardReturnEventSent) -> Self {
        Self { event: sent.event, reason: sent.reason }
    }
}

fn shown(tx: &mut Tx, registry: &Registry, it: &ToReturn) -> Outcome {
    let now = tx.now();
    let etag = match &it.card {
        Card::Issued(card) => credentials::etag(card, now),
        Card::OfBefore(card, _) => state_cards::etag(card, now.day()),
    };
    Ok(Answer::ok(&ToReturnView::of(it, registry, now))?.tagged(&etag))
}

/// Ask for a card that is to be handed in, or set the proposal aside to revoke it
///
/// It is handed in, reported lost or revoked by `POST /credentials/{id}/events`.
#[utoipa::path(operation_id = "record_card_return_event", tag = "credentials",
    params(("id" = String, Path, description = "The credential's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = CardReturnEventSent, responses(
    (status = 201, description = "It is written down; the card as it is listed now.", body = ToReturnView,
        headers(("ETag" = String, description = "Of the credential; for `If-Match`."))), ChangeProblems))]
#[post("/credentials/{id}/return/events")]
pub(super) async fn record_card_return_event(
    change: Change<Json<CardReturnEventSent>>,
    id: PathId<CredentialId>,
) -> Outcome {
    change.happen(id, returns::happen, shown).await
}

/// Ask for a card of before that is to be handed in, or set the proposal aside to revoke it
///
/// It is handed in, reported lost or revoked by `POST /state-cards/{id}/events`.
#[utoipa::path(operation_id = "record_state_card_return_event", tag = "credentials",
    params(("id" = String, Path, description = "The card's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = CardReturnEventSent, responses(
    (status = 201, description = "It is written down; the card as it is listed now.", body = ToReturnView,
        headers(("ETag" = String, description = "Of the card of before; for `If-Match`."))), ChangeProblems))]
#[post("/state-cards/{id}/return/events")]
pub(super) async fn record_state_card_return_event(
    change: Change<Json<CardReturnEventSent>>,
    id: PathId<StateCardId>,
) -> Outcome {
    change.happen(id, returns::happen_of_before, shown).await
}
