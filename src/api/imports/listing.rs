//! `GET /imports`: the files that came in lately.

use super::super::answer::{Outcome, as_text};
use super::super::context::Context;
use super::super::cursor::{Filters, List, PageParams};
use super::super::problem::ReadProblems;
use super::super::query::Query;
use super::ProgressView;
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
    /// How far it is.
    #[serde(flatten)]
    progress: ProgressView<'a>,
    /// When the file came in, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl<'a> From<&'a Import> for ShortView<'a> {
    fn from(import: &'a Import) -> Self {
        Self { progress: ProgressView::from(import), created_at: import.created_at }
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
