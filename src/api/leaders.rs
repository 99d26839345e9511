//! `/agencies/{id}/leaders`: see `app::leaders` for who may do what.

use super::V1;
use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::body::Json;
use super::context::{Change, Context, PathId, id_in_path};
use super::gate::{IdempotencyKey, IfMatch};
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query;
use crate::app::accesses::Seen;
use crate::app::leaders::{self, Asked};
use crate::domain::accesses::Looked;
use crate::domain::agencies::{Leader, LeaderEndForm, LeaderForm, LeadingPost};
use crate::domain::ids::{AgencyId, LeaderId, PersonId};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use actix_web::{HttpRequest, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Somebody who leads an agency, or led it.
#[derive(Serialize, ToSchema)]
#[schema(as = AgencyLeader)]
struct LeaderView<'a> {
    /// The id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: LeaderId,
    /// Who.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    person_id: PersonId,
    /// `head` or `deputy`.
    #[schema(example = "head")]
    post: &'static str,
    /// What the post is called there.
    #[schema(example = "Tổng Biên tập")]
    title: Option<&'a str>,
    /// First day.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2025-07-01")]
    from: Day,
    /// Last day; null where it has none.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    to: Option<Day>,
    /// When it was entered, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl<'a> From<&'a Leader> for LeaderView<'a> {
    fn from(it: &'a Leader) -> Self {
        Self {
            id: it.id,
            person_id: it.fields.person,
            post: it.fields.post.as_str(),
            title: it.fields.title.as_deref(),
            from: it.fields.from,
            to: it.to,
            created_at: it.created_at,
        }
    }
}

/// Who leads an agency, or led it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct LeaderList<'a> {
    /// In the order of their first days; at most 500.
    items: Vec<LeaderView<'a>>,
    /// Always null.
    next_cursor: Option<String>,
}

/// Somebody who leads an agency, to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLeader {
    /// Who: the id of somebody who works for the agency on the first day and on the last, or today; or for one whose place
    /// it took.
    #[schema(format = "uuid")]
    person_id: String,
    /// `head`, of which there is one at a time, or `deputy`.
    #[schema(example = "head")]
    post: String,
    /// What the post is called there, at most 120 characters.
    #[schema(example = "Tổng Biên tập", max_length = 120)]
    title: Option<String>,
    /// First day, not after today.
    #[schema(format = "date", example = "2025-07-01")]
    from: String,
    /// Last day, where it is over: not after today.
    #[schema(format = "date")]
    to: Option<String>,
}

impl From<NewLeader> for LeaderForm {
    fn from(sent: NewLeader) -> Self {
        let NewLeader { person_id, post, title, from, to } = sent;
        Self { person_id, post, title, from, to }
    }
}

/// How somebody's time at the head ends, or that it never was.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LeaderEnd {
    /// `end`, or `remove` where it was entered by mistake.
    #[schema(example = "end")]
    event: String,
    /// Why, 1–500 characters.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
    /// With `end` the last day, not after today; today where it is left out.
    #[schema(format = "date")]
    to: Option<String>,
}

impl From<LeaderEnd> for LeaderEndForm {
    fn from(sent: LeaderEnd) -> Self {
        let LeaderEnd { event, reason, to } = sent;
        Self { event, reason, to }
    }
}

/// Which leaders.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `asked`")]
struct LeaderParams {
    /// Only those whose time it is, or was, on this day.
    #[param(value_type = Option<String>, format = "date", example = "2025-07-01")]
    on: Option<String>,
    /// Only `head` or only `deputy`.
    #[param(example = "head")]
    post: Option<String>,
}

fn asked(request: &HttpRequest) -> Result<Asked, Error> {
    let mut query = Query::parse(request.query_string())?;
    let asked = Asked { on: query.read("on", Day::parse)?, post: query.read("post", LeadingPost::parse)? };
    query.finish()?;
    Ok(asked)
}

/// Who leads an agency, or led it
///
/// All of them, or those of one day: `?on=2025-07-01&post=head` says who was head on that day.
#[utoipa::path(operation_id = "list_agency_leaders", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), LeaderParams), responses(
    (status = 200, description = "All that were asked for.", body = LeaderList,
        headers(("ETag" = String, description = "Of the list."))), ReadProblems))]
#[get("/agencies/{id}/leaders")]
pub(super) async fn list_agency_leaders(ctx: Context, id: PathId<AgencyId>, request: HttpRequest) -> Outcome {
    let asked = asked(&request);
    ctx.read_about(move |db, ctx| {
        let leaders = leaders::list(db, &ctx.caller, id.0, asked)?;
        let answer = Answer::list(leaders.iter().map(LeaderView::from).collect(), None)?;
        Ok((answer, Seen::of_people(leaders.iter().map(|it| it.fields.person), Looked::List)))
    })
    .await
}

/// Enter who leads an agency
#[utoipa::path(operation_id = "appoint_agency_leader", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), IdempotencyKey),
    request_body = NewLeader, responses(
    (status = 201, description = "It is entered.", body = LeaderView,
        headers(("Location" = String, description = "The list that it is in."))), CreateProblems))]
#[post("/agencies/{id}/leaders")]
pub(super) async fn appoint_agency_leader(change: Change<Json<NewLeader>>, id: PathId<AgencyId>) -> Outcome {
    let id = id.0;
    change
        .write(move |tx, change| {
            let (registry, caller) = (&change.registry, &change.caller);
            let leader = leaders::appoint(tx, registry, caller, id, &change.gate, || Ok(change.form()?.into()))?;
            Ok(Answer::ok(&LeaderView::from(&leader))?.created_at(format_args!("{V1}/agencies/{id}/leaders")))
        })
        .await
}

/// End somebody's time at the head of an agency
///
/// It ends by itself with their work for the agency, and with the agency. What was entered by mistake is removed: it is told
/// of in the log alone. `If-Match` is the agency's `ETag`.
#[utoipa::path(operation_id = "end_agency_leader", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"),
        ("lid" = String, Path, description = "The leader's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = LeaderEnd, responses(
    (status = 201, description = "It has ended; what is removed, as it was.", body = LeaderView), ChangeProblems))]
#[post("/agencies/{id}/leaders/{lid}/events")]
pub(super) async fn end_agency_leader(
    change: Change<Json<LeaderEnd>>,
    id: PathId<AgencyId>,
    request: HttpRequest,
) -> Outcome {
    let leader: LeaderId = id_in_path(request.match_info().query("lid"));
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let ended = leaders::happen(tx, &change.caller, id.0, leader, &change.gate, form)?;
            Ok(Answer::ok(&LeaderView::from(&ended))?.created())
        })
        .await
}
