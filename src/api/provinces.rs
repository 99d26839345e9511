//! `/provinces`: the units of administration that records name by their code.

use super::answer::{Answer, Outcome};
use super::context::Visit;
use super::problem::OpenReadProblems;
use super::query::NoQuery;
use crate::app::provinces;
use crate::domain::provinces::Province;
use crate::domain::time::Day;
use actix_web::get;
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

impl<'a> From<&'a Province> for ProvinceView<'a> {
    fn from(unit: &'a Province) -> Self {
        Self {
            id: unit.id.as_str(),
            code: &unit.code,
            name: &unit.name,
            kind: unit.kind.as_str(),
            successor: unit.successor.as_ref().map(|id| id.as_str()),
            valid_from: unit.valid_from,
            valid_to: unit.valid_to,
        }
    }
}

/// Every province of the country, past and present
///
/// Since 1 July 2025 eight codes name another unit than before: a record says which by the unit it was entered in.
#[utoipa::path(operation_id = "list_provinces", tag = "reference data", security(()), responses(
    (status = 200, description = "The units.", body = ProvinceList, headers(("ETag" = String, description = "Of the list."))),
    OpenReadProblems))]
#[get("/provinces")]
pub(super) async fn list_provinces(visit: Visit, _: NoQuery) -> Outcome {
    visit
        .read(|db, _| {
            let units = provinces::list(db)?;
            Answer::list(units.iter().map(ProvinceView::from).collect(), None)
        })
        .await
}
