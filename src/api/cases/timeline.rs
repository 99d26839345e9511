//! `/cases/{id}/timeline`: each step with before and after.

use super::super::answer::{Outcome, as_text};
use super::super::context::{Context, PathId};
use super::super::cursor::{List, PageParams};
use super::super::history::ActorView;
use super::super::problem::ReadProblems;
use super::{PurposeFilter, PurposeParam};
use crate::app::accesses::Seen;
use crate::app::cases::{self, Reading};
use crate::domain::accesses::Looked;
use crate::domain::ids::CaseId;
use crate::domain::time::Timestamp;
use crate::domain::timeline::{Changed, Step};
use actix_web::get;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// A step of a case.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseStep)]
struct StepView<'a> {
    /// Its place in the log, from 0.
    #[schema(example = 4711, minimum = 0)]
    index: i64,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "case.notified")]
    kind: &'a str,
    /// Who did it.
    actor: ActorView<'a>,
    /// To what.
    object: ObjectView<'a>,
    /// The state of that before; null while nothing was known of it.
    #[schema(example = "opened")]
    before: Option<&'a str>,
    /// Its state after.
    #[schema(example = "notified")]
    after: Option<&'a str>,
    /// The facts that became others.
    changed: Vec<ChangedView<'a>>,
}

/// What a step happened to.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseStepObject)]
struct ObjectView<'a> {
    /// `case`, `report` or `credential`.
    #[schema(example = "case")]
    kind: &'a str,
    /// Its id.
    #[schema(format = "uuid")]
    id: &'a str,
}

/// A fact that became another.
#[derive(Serialize, ToSchema)]
#[schema(as = CaseStepChange)]
struct ChangedView<'a> {
    /// Which.
    #[schema(example = "reply_by")]
    name: &'a str,
    /// As last told; null where it never was.
    before: &'a Value,
    /// As told now.
    after: &'a Value,
}

impl<'a> From<&'a Changed> for ChangedView<'a> {
    fn from(it: &'a Changed) -> Self {
        Self { name: &it.name, before: &it.before, after: &it.after }
    }
}

impl<'a> From<&'a Step> for StepView<'a> {
    fn from(it: &'a Step) -> Self {
        let event = &it.event;
        Self {
            index: event.index,
            at: event.at,
            kind: &event.kind,
            actor: ActorView::from(event),
            object: ObjectView { kind: &event.object_kind, id: &event.object_id },
            before: it.before.as_deref(),
            after: it.after.as_deref(),
            changed: it.changed.iter().map(ChangedView::from).collect(),
        }
    }
}

/// A part of a timeline.
#[derive(ToSchema)]
#[schema(as = CaseTimeline)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct Timeline<'a> {
    /// Oldest first.
    items: Vec<StepView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Each step of a case with before and after
///
/// For registrars of the case, and for auditors who say why: what happened to the case, to its reports and to the
/// credentials that it names. `GET …/events` is the history that everybody sees who may see the case.
#[utoipa::path(operation_id = "get_case_timeline", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), PurposeParam, PageParams), responses(
    (status = 200, description = "A part of it.", body = Timeline,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/cases/{id}/timeline")]
pub(in crate::api) async fn get_case_timeline(
    ctx: Context,
    id: PathId<CaseId>,
    list: List<PurposeFilter, i64>,
) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(filter, page)| (filter.0, page));
        let Reading { case, shown, purpose } = cases::timeline(db, &ctx.caller, id.0, asked)?;
        Ok((list.cursors.answer(&shown, StepView::from)?, Seen::of_case(db, &case, Looked::History, purpose)?))
    })
    .await
}
