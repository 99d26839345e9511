//! `/provinces`: the units of administration that records name by their code.

use super::answer::{Answer, Outcome};
use super::context::Visit;
use super::problem::OpenReadProblems;
use super::query::Query;
use crate::app::provinces::{self, Listed};
use crate::domain::time::Day;
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

/// A province, or a city of its rank, for the time it existed.
#[derive(Serialize, ToSchema)]
#[schema(as = Province)]
struct ProvinceView<'a> {
    /// Its own id, never reused: the code, with the year for units founded in 2025.
    #[schema(example = "15-2025")]
    id: &'a str,
    /// Its official code of two digits. Another unit may have had it before.
    #[schema(example = "15")]
    code: &'a str,
    /// Its name without the rank.
    #[schema(example = "Lào Cai")]
    name: &'a str,
    /// `tinh` (province) or `thanh_pho` (city).
    #[schema(example = "tinh")]
    kind: &'a str,
    /// The id of the unit it became part of.
    successor: Option<&'a str>,
    /// The ids of the units that became part of it.
    #[schema(example = json!(["10", "15"]))]
    predecessors: Vec<&'a str>,
    /// Its first day, YYYY-MM-DD, where it began in 2025.
    #[serde(serialize_with = "super::answer::as_optional_text")]
    #[schema(value_type = Option<String>, format = "date", example = "2025-07-01")]
    valid_from: Option<Day>,
    /// Its last day, YYYY-MM-DD, where it has ended.
    #[serde(serialize_with = "super::answer::as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    valid_to: Option<Day>,
}

/// All of them.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct ProvinceList<'a> {
    /// By code, then by time.
    items: Vec<ProvinceView<'a>>,
    /// Always null: the list comes whole.
    next_cursor: Option<String>,
}

impl<'a> From<&'a Listed> for ProvinceView<'a> {
    fn from(Listed { unit, predecessors }: &'a Listed) -> Self {
        Self {
            id: unit.id.as_str(),
            code: &unit.code,
            name: &unit.name,
            kind: unit.kind.as_str(),
            successor: unit.successor.as_ref().map(|id| id.as_str()),
            predecessors: predecessors.iter().map(|id| id.as_str()).collect(),
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
        }
    }
}

/// Every province of the country, past and present, or those of one day
///
/// Since 1 July 2025 eight codes name another unit than before: a record says which by the unit it was entered in. Where
/// other lists take `?province=`, it is a code of today, and what was recorded in that unit's predecessors is found too.
#[utoipa::path(operation_id = "list_provinces", tag = "reference data", security(()), params(
    ("on" = Option<String>, Query, description = "Only the units in force on this day, YYYY-MM-DD.", format = "date",
        example = "2025-06-30")), responses(
    (status = 200, description = "The units.", body = ProvinceList, headers(("ETag" = String, description = "Of the list."))),
    OpenReadProblems))]
#[get("/provinces")]
pub(super) async fn list_provinces(visit: Visit, request: HttpRequest) -> Outcome {
    let mut query = Query::parse(request.query_string())?;
    let on = query.read("on", Day::parse)?;
    query.finish()?;
    visit
        .read(move |db, _| {
            let units = provinces::list(db, on)?;
            Answer::list(units.iter().map(ProvinceView::from).collect(), None)
        })
        .await
}
