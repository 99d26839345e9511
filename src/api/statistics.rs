//! `/statistics`: public counts of misuse, as JSON and as a chart.

use super::answer::{Answer, JSON, Outcome, as_optional_text};
use super::context::{Visit, block};
use super::negotiate::{Format, negotiate};
use super::problem::OpenReadProblems;
use super::query::Query;
use super::verifications::WordsView;
use crate::domain::issuer::Words;
use crate::domain::problem::FieldProblem;
use crate::domain::statistics::{Cell, Dimension, ProvinceMap, Table, Year};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::pictures::chart::{Bar, Chart};
use actix_web::{HttpRequest, get};
use serde::Serialize;
use utoipa::ToSchema;

/// What is made of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Made {
    Json,
    Chart,
}

const AS_JSON: Format<Made> = Format { media_type: JSON, name: "json", makes: Made::Json };
const AS_SVG: Format<Made> = Format { media_type: "image/svg+xml", name: "svg", makes: Made::Chart };

/// A table of misuse: one dimension of one year.
#[derive(Serialize, ToSchema)]
#[schema(as = MisuseStatistics)]
struct TableView<'a> {
    /// Of the acts, in Việt Nam.
    #[schema(example = 2025)]
    year: i32,
    /// `kind`, `province` or `month`.
    #[schema(example = "kind")]
    by: &'static str,
    /// Of provinces, by which map: `today` or `as_recorded`; else null.
    #[schema(example = "today")]
    map: Option<&'static str>,
    /// When it was fixed, RFC 3339 in UTC; null until the 1st of October of the next year, and then no cell has a count.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = DateTime)]
    published_at: Option<Timestamp>,
    /// Every kind, province or month, whether anything was counted or not.
    cells: Vec<CellView<'a>>,
}

/// One number of a table.
#[derive(Serialize, ToSchema)]
#[schema(as = MisuseStatisticsCell)]
struct CellView<'a> {
    /// The code of the kind or province, or the month as `01`–`12`; by the map `as_recorded`, the unit's own id.
    #[schema(example = "EXTORTION")]
    key: &'a str,
    /// The same in words.
    #[schema(value_type = WordsView)]
    name: &'a Words,
    /// Rounded to 5; null under 10.
    #[schema(example = 15, minimum = 10)]
    count: Option<i64>,
}

impl<'a> TableView<'a> {
    fn of(table: &'a Table, map: ProvinceMap) -> Self {
        let cells = table.on(map).iter().map(|Cell { key, name, count }| CellView { key, name, count: *count });
        Self {
            year: table.year.number(),
            by: table.by.as_str(),
            map: Some(map.as_str()).filter(|_| table.by == Dimension::Province),
            published_at: table.published_at,
            cells: cells.collect(),
        }
    }
}

/// Counts of misuse
///
/// Cases that found misuse, by a decision that nobody can appeal against any more. One dimension of one year of acts.
/// Numbers under 10 are not shown, others are rounded to 5. A year is published from the 1st of October of the next, and
/// its table never changes. Provinces are counted by two maps: `today`, that of the day of publication, where a unit that
/// has ended is counted with the one it became part of; and `as_recorded`, each unit of that year by itself. On the
/// second, units that are one today are shown only where every one of them may be.
#[utoipa::path(operation_id = "get_misuse_statistics", tag = "misuse", security(()), params(
    ("year" = i32, Query, description = "The year of the acts, 2000–2199.", minimum = 2000, maximum = 2199, example = 2025),
    ("by" = String, Query, description = "`kind`, `province` or `month`.", example = "kind"),
    ("map" = Option<String>, Query, description = "Of provinces: `today`, which is usual, or `as_recorded`.",
        example = "as_recorded"),
    ("format" = Option<String>, Query, description = "`json` or `svg`, instead of `Accept`.", example = "svg")),
    responses((status = 200, description = "The table; as a picture, a chart in both languages.", content(
        (TableView = "application/json"), (String = "image/svg+xml")),
        headers(("ETag" = String, description = "Of the table."))),
    (status = 406, description = "None of these formats."), OpenReadProblems))]
#[get("/statistics/misuse")]
pub(super) async fn get_misuse_statistics(visit: Visit, request: HttpRequest) -> Outcome {
    let mut query = Query::parse(request.query_string())?;
    let year = needed(&mut query, "year", Year::parse)?;
    let by = needed(&mut query, "by", Dimension::parse)?;
    let map = query.read("map", ProvinceMap::parse)?;
    let format = query.take("format");
    query.finish()?;
    if map.is_some() && by != Dimension::Province {
        return Err(Error::invalid("query:map", "not_for_this_dimension", "only provinces are on a map"));
    }
    let map = map.unwrap_or_default();
    let format = negotiate(&request, format.as_deref(), &[AS_JSON, AS_SVG])?;
    let table = block(move || visit.registry.misuse_statistics(year, by)).await?;
    let answer = match format.makes {
        Made::Chart => {
            Answer::bytes(AS_SVG.media_type, chart(&table, map).svg().map_err(Error::internal)?.into_bytes())
        }
        Made::Json => Answer::ok(&TableView::of(&table, map))?,
    };
    Ok(answer.tagged_by_bytes().public())
}

fn needed<T>(query: &mut Query, name: &str, parse: impl FnOnce(&str) -> Result<T, FieldProblem>) -> Result<T, Error> {
    let missing = || Error::invalid(format!("query:{name}"), "missing", "this parameter is needed");
    query.read(name, parse)?.ok_or_else(missing)
}

fn chart(table: &Table, map: ProvinceMap) -> Chart {
    let year = table.year.number();
    let (by_vi, by_en) = match (table.by, map) {
        (Dimension::Kind, _) => ("theo loại hành vi", "by kind"),
        (Dimension::Province, ProvinceMap::Today) => ("theo tỉnh, thành phố", "by province"),
        (Dimension::Province, ProvinceMap::AsRecorded) => {
            ("theo tỉnh, thành phố khi xảy ra", "by province as it was then")
        }
        (Dimension::Month, _) => ("theo tháng", "by month"),
    };
    let (note, unshown) = match table.published_at {
        Some(_) => (
            Words::new("Làm tròn đến 5; số dưới 10 không công bố.", "Rounded to 5; numbers under 10 are not shown."),
            "< 10",
        ),
        None => {
            let (vi, en) = ("Công bố từ ngày 01/10/", "To be published from 1 October ");
            (Words::new(format!("{vi}{}.", year + 1), format!("{en}{}.", year + 1)), "–")
        }
    };
    let bars = table.on(map).iter().map(|cell| Bar { name: cell.name.clone(), value: cell.count });
    Chart {
        title: Words::new(
            format!("Sử dụng thẻ sai quy định, cản trở nhà báo, năm {year}, {by_vi}"),
            format!("Misuse of credentials and acts against journalists, {year}, {by_en}"),
        ),
        note,
        unshown,
        bars: bars.collect(),
    }
}
