//! `/credentials/to-return`: press cards that are to be handed in.

use super::answer::{Outcome, as_text};
use super::context::Context;
use super::credentials::CredentialView;
use super::cursor::{Filters, List, PageParams};
use super::problem::ReadProblems;
use super::query::Query;
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::returns::{self, ToReturn};
use crate::domain::accesses::Looked;
use crate::domain::ids::{AgencyId, CredentialId, Id as _};
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::get;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// A press card that is to be handed in.
#[derive(Serialize, ToSchema)]
#[schema(as = CardToReturn)]
struct ToReturnView<'a> {
    /// The card.
    credential: CredentialView<'a>,
    /// `agency_suspended`, `licence_revoked`, `agency_closed` or `left_agency`.
    #[schema(example = "licence_revoked")]
    reason: &'static str,
    /// Since when, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

impl<'a> ToReturnView<'a> {
    fn of(it: &'a ToReturn, registry: &Registry, now: Timestamp) -> Self {
        let credential = CredentialView::of(&it.card, registry, now);
        Self { credential, reason: it.why.as_str(), since: it.since }
    }
}

/// A part of the list of cards to be handed in.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct ToReturnList<'a> {
    /// In the order they were issued.
    items: Vec<ToReturnView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Of which agency.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfAgency {
    /// Only those of this agency.
    #[param(value_type = Option<String>, format = "uuid")]
    agency_id: Option<AgencyId>,
}

impl Filters for OfAgency {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { agency_id: query.read("agency_id", AgencyId::parse)? })
    }
}

/// Press cards to be handed in
///
/// Those in use whose agency is not at work, or whose holder no longer works for it: each stays good until a registrar
/// decides or it is handed in.
#[utoipa::path(operation_id = "list_cards_to_return", tag = "credentials", params(OfAgency, PageParams),
    responses((status = 200, description = "A part of the list.", body = ToReturnList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/credentials/to-return")]
pub(super) async fn list_cards_to_return(ctx: Context, list: List<OfAgency, CredentialId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.agency_id, page));
        let part = returns::list(db, &ctx.registry, &ctx.caller, asked)?;
        let now = ctx.registry.clock.now();
        let seen = Seen::of_people(part.items.iter().map(|it| it.card.person), Looked::List);
        Ok((list.cursors.answer(&part, |it| ToReturnView::of(it, &ctx.registry, now))?, seen))
    })
    .await
}
