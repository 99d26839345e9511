//! `/log/findings`: what an auditor should look at.

use super::answer::{Outcome, as_text};
use super::context::Context;
use super::cursor::{Filters, List, PageParams, Position};
use super::problem::ReadProblems;
use super::query::Query;
use super::verifications::WordsView;
use crate::app::findings::{self, Finding, Place};
use crate::domain::findings::FindingKind;
use crate::domain::ids::CaseId;
use crate::domain::issuer::Words;
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::get;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// Something that an auditor should look at. It is no reproach: there may be good reasons.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingView {
    /// `deadline_missed`, `notice_not_sent`, `decision_without_reply`, `suspension_lapsed`, `stay_lapsed` or
    /// `open_too_long`.
    #[schema(example = "suspension_lapsed")]
    kind: &'static str,
    /// The same in words.
    #[schema(value_type = WordsView)]
    text: Words,
    /// In which case.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    case_id: CaseId,
    /// Since when, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The entries of the log that tell of it, by their places.
    entries: Vec<i64>,
}

impl From<&Finding> for FindingView {
    fn from(it: &Finding) -> Self {
        Self {
            kind: it.kind.as_str(),
            text: it.kind.words(),
            case_id: it.case,
            since: it.since,
            entries: it.entries.clone(),
        }
    }
}

/// A part of the findings.
#[derive(ToSchema)]
#[schema(as = FindingList)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct FindingPart {
    /// Kind by kind.
    items: Vec<FindingView>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Which findings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FindingFilter {
    /// Only of this kind.
    #[param(value_type = Option<String>, example = "open_too_long")]
    kind: Option<FindingKind>,
}

impl Filters for FindingFilter {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { kind: query.read("kind", FindingKind::parse)? })
    }
}

impl Position for Place {
    fn write(&self) -> String {
        format!("{} {}", self.kind.as_str(), self.key)
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, key) = text.split_once(' ')?;
        Some(Self { kind: FindingKind::parse(kind).ok()?, key: key.to_owned() })
    }
}

/// List what an auditor should look at
///
/// Time to reply that ran out, notices that nobody sent, decisions without a reply, suspensions and stays that ended by
/// themselves, cases that have been open for too long: each with the entries that tell of it.
#[utoipa::path(operation_id = "list_log_findings", tag = "log", params(FindingFilter, PageParams),
    responses((status = 200, description = "A part of the findings.", body = FindingPart,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/log/findings")]
pub(super) async fn list_log_findings(ctx: Context, list: List<FindingFilter, Place>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(filter, page)| (filter.kind, page));
        let part = findings::list(db, &ctx.registry, &ctx.caller, asked)?;
        list.cursors.answer(&part, FindingView::from)
    })
    .await
}
