//! `/log/entries`: the log for auditors. What anybody may fetch is in `log`.

use super::answer::{Answer, Outcome};
use super::context::{Context, Look};
use super::cursor::{Filters, List, PageParams};
use super::problem::ReadProblems;
use super::query::Query;
use crate::app::log::trail::{self, Narrowed};
use crate::domain::events::Recorded;
use crate::domain::ids::{CaseId, Id as _};
use crate::domain::problem::FieldProblem;
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::{get, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// An entry of the log: the event as the log commits to it, without personal fields.
#[derive(Serialize, ToSchema)]
#[schema(as = LogEntry)]
struct EntryView {
    /// Its place in the log, from 0.
    #[schema(example = 4711, minimum = 0)]
    index: i64,
    /// `id`, `type`, `time`, `actor {role, body, id}`, `object {kind, id, province?}`, `personal [{subject, digest}]`, and the
    /// facts of this type of event beside them.
    #[schema(value_type = Object, additional_properties)]
    event: Value,
}

/// An entry with its proof.
#[derive(Serialize, ToSchema)]
#[schema(as = ProvenLogEntry)]
struct ProvenView {
    /// The entry.
    #[serde(flatten)]
    entry: EntryView,
    /// What proves it offline (`press-registry log verify --proof FILE`): event, salt, leaf, and a C2SP `tlog-proof`
    /// with the signed checkpoint; null for the moment until a checkpoint is signed over it.
    #[schema(value_type = Option<Object>, additional_properties)]
    proof: Option<Value>,
}

/// A part of the log.
#[derive(ToSchema)]
#[schema(as = LogEntryList)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct EntryList {
    /// Oldest first.
    items: Vec<EntryView>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

impl EntryView {
    fn of(event: &Recorded) -> Result<Self, Error> {
        let document = event.document().map_err(|_| Error::internal("an event that cannot be shown"))?;
        Ok(Self { index: event.index, event: document })
    }
}

/// What a list of entries is narrowed to.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the documentation of `Narrowed`")]
pub(super) struct EntryParams {
    /// What happened: the event's own type.
    #[param(example = "credential.suspended")]
    r#type: Option<String>,
    /// Role of who did it, or `program`.
    #[param(example = "registrar")]
    role: Option<String>,
    /// The body or agency it was done for.
    body: Option<String>,
    /// The code of the province it happened in, as it is today: of the agency, the act or the case. What happened in
    /// what became part of it is found too.
    #[param(example = "31")]
    province: Option<String>,
    /// A case: what happened to it, to its reports and to the credentials that it names.
    #[param(value_type = Option<String>)]
    case: Option<String>,
    /// Not before this time, RFC 3339.
    #[param(example = "2026-03-01T00:00:00Z")]
    from: Option<String>,
    /// Before this time, RFC 3339.
    to: Option<String>,
}

impl Filters for Narrowed {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self {
            kind: query.read("type", word)?,
            role: query.read("role", word)?,
            body: query.read("body", word)?,
            province: query.read("province", word)?,
            case: query.read("case", CaseId::parse)?,
            from: query.read("from", Timestamp::parse)?,
            to: query.read("to", Timestamp::parse)?,
        })
    }
}

/// A word to look for: not empty, and nothing that a database would choke on.
fn word(raw: &str) -> Result<String, FieldProblem> {
    match raw.is_empty() || raw.len() > 200 || raw.chars().any(char::is_control) {
        true => Err(FieldProblem::new("not_a_word", "1–200 characters, none of them a control character")),
        false => Ok(raw.to_owned()),
    }
}

/// List the log's entries
///
/// For auditors. Oldest first; no personal fields.
#[utoipa::path(operation_id = "list_log_entries", tag = "log", params(EntryParams, PageParams),
    responses((status = 200, description = "A part of the log.", body = EntryList), ReadProblems))]
#[get("/log/entries")]
pub(super) async fn list_log_entries(context: Context, list: List<Narrowed, i64>) -> Outcome {
    let List { asked, cursors } = list;
    context
        .read(move |db, context| {
            let part = trail::list(db, &context.registry, &context.caller, asked)?;
            for event in &part.items {
                EntryView::of(event)?;
            }
            cursors.answer(&part, |event| EntryView::of(event).ok())
        })
        .await
}

/// Get an entry of the log with its proof
#[utoipa::path(operation_id = "get_log_entry", tag = "log",
    params(("index" = i64, Path, description = "Its place, from 0.", minimum = 0, example = 4711)),
    responses((status = 200, description = "The entry.", body = ProvenView), ReadProblems))]
#[get("/log/entries/{index}")]
pub(super) async fn get_log_entry(look: Look, index: web::Path<String>) -> Outcome {
    // One entry has one address; what is no place is the place of nothing.
    let index = index.parse().ok().filter(|parsed: &i64| parsed.to_string() == *index).unwrap_or(-1);
    look.read(move |db, context| {
        let proven = context.registry.log_entry(db, &context.caller, index)?;
        let proof = proven.proof.map(serde_json::to_value).transpose().map_err(Error::internal)?;
        Answer::ok(&ProvenView { entry: EntryView::of(&proven.event)?, proof })
    })
    .await
}
