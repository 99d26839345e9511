//! `GET /imports`: the files that came in lately.

use super::super::answer::{Outcome, as_text};
use super::super::context::Context;
use super::super::cursor::{Filters, List, PageParams};
use super::super::problem::ReadProblems;
use super::super::query::Query;
use super::ImportView;
use crate::app::imports;
use crate::domain::ids::ImportId;
use crate::domain::imports::{Import, ImportState};
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::get;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// An import, without what is wrong with its file.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportInShort)]
struct ShortView<'a> {
    /// The id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: ImportId,
    /// Where all of it is.
    href: String,
    /// `queued`, `running`, `done` or `failed`.
    #[schema(example = "done")]
    state: &'static str,
    /// Why it failed: the last part of a problem's `type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "forbidden")]
    failure: Option<&'a str>,
    /// Whether it was only judged, and nothing entered.
    dry_run: bool,
    /// `all`: nothing is entered unless everything is; or `rows`.
    #[schema(example = "all")]
    mode: &'static str,
    /// Rows of the file, without its header and without empty ones.
    #[schema(minimum = 0)]
    rows: i64,
    /// How many of them were judged so far.
    #[schema(minimum = 0)]
    rows_done: i64,
    /// Good rows among them.
    #[schema(minimum = 0)]
    accepted: i64,
    /// Rows with errors.
    #[schema(minimum = 0)]
    rejected: i64,
    /// People who were entered.
    #[schema(minimum = 0)]
    registered: i64,
    /// When the file came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Where the rejected rows are, with their errors beside them; for seven days.
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected_href: Option<String>,
}

impl<'a> From<&'a Import> for ShortView<'a> {
    fn from(import: &'a Import) -> Self {
        let ImportView {
            id,
            href,
            state,
            failure,
            dry_run,
            mode,
            rows,
            rows_done,
            accepted,
            rejected,
            registered,
            rejected_href,
            ..
        } = ImportView::new(import, &[], 0);
        Self {
            id,
            href,
            state,
            failure,
            dry_run,
            mode,
            rows,
            rows_done,
            accepted,
            rejected,
            registered,
            created_at: import.created_at,
            rejected_href,
        }
    }
}

/// A part of the list of imports.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct ImportList<'a> {
    /// Newest first.
    items: Vec<ShortView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// Which imports.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ImportFilters {
    /// Only those in this state: `queued`, `running`, `done` or `failed`.
    #[param(value_type = Option<String>, example = "done")]
    state: Option<ImportState>,
}

impl Filters for ImportFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { state: query.read("state", ImportState::parse)? })
    }
}

/// The imports of one's own agency
///
/// Newest first, each until it is forgotten after seven days: what is worked on, and what waits to be mended.
#[utoipa::path(operation_id = "list_imports", tag = "people", params(ImportFilters, PageParams),
    responses((status = 200, description = "A part of the list.", body = ImportList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/imports")]
pub(in crate::api) async fn list_imports(ctx: Context, list: List<ImportFilters, ImportId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.state, page));
        list.cursors.answer(&imports::list(db, &ctx.caller, asked)?, ShortView::from)
    })
    .await
}
