//! Counts of misuse, and the tables that were published of them.

use super::columns;
use super::connection::{Read, on_each};
use super::schema::{published_statistics, reports};
use super::tx::Writer;
use crate::domain::issuer::Words;
use crate::domain::statistics::{Cell, Dimension, Table, Year};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::dsl::count_star;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

const MONTHS: u32 = 12;

/// What is counted of a year's acts: the reports of them, by code of the kind, id of the unit, or month as `01`–`12`.
/// Reports that name no kind are in no cell of the kinds. This is the one place that says what is counted.
///
/// # Errors
/// The database's.
pub fn counted(db: &mut impl Read, year: Year, by: Dimension) -> Result<Vec<(String, i64)>, Error> {
    let (first, end) = (year.start_of_month(0).micros(), year.start_of_month(MONTHS).micros());
    let of_year = || reports::occurred_at.ge(first).and(reports::occurred_at.lt(end));
    Ok(match by {
        Dimension::Kind => {
            let kinds: Vec<(Option<String>, i64)> = on_each!(db.db(), db => reports::table
                .filter(of_year())
                .group_by(reports::kind)
                .select((reports::kind, count_star()))
                .load(db))?;
            kinds.into_iter().filter_map(|(kind, count)| Some((kind?, count))).collect()
        }
        Dimension::Province => on_each!(db.db(), db => reports::table
            .filter(of_year())
            .group_by(reports::province_id)
            .select((reports::province_id, count_star()))
            .load(db))?,
        Dimension::Month => (0..MONTHS)
            .map(|month| {
                let (first, end) = (year.start_of_month(month).micros(), year.start_of_month(month + 1).micros());
                let of_month = reports::occurred_at.ge(first).and(reports::occurred_at.lt(end));
                let count = reports::table.filter(of_month).count().get_result(db.db())?;
                Ok((format!("{:02}", month + 1), count))
            })
            .collect::<Result<_, Error>>()?,
    })
}

/// A cell as stored: names too, so that they are never others.
#[derive(Serialize, Deserialize)]
struct StoredCell {
    key: String,
    vi: String,
    en: String,
    count: Option<i64>,
}

/// A table as it was published.
///
/// # Errors
/// The database's.
pub fn published(db: &mut impl Read, year: Year, by: Dimension) -> Result<Option<Table>, Error> {
    let row: Option<(String, i64)> = published_statistics::table
        .find((i64::from(year.number()), by.as_str()))
        .select((published_statistics::cells, published_statistics::published_at))
        .first(db.db())
        .optional()?;
    row.map(|(cells, at)| {
        let cells: Vec<StoredCell> = serde_json::from_str(&cells).map_err(Error::internal)?;
        let cells = cells.into_iter().map(|it| Cell { key: it.key, name: Words::new(it.vi, it.en), count: it.count });
        Ok(Table { year, by, published_at: Some(columns::instant(at)), cells: cells.collect() })
    })
    .transpose()
}

/// Publishes a table: once and for all.
///
/// # Errors
/// The database's.
pub fn publish(writer: &mut Writer, table: &Table, at: Timestamp) -> Result<(), Error> {
    let cells = table.cells.iter().cloned();
    let cells: Vec<_> =
        cells.map(|it| StoredCell { key: it.key, vi: it.name.vi, en: it.name.en, count: it.count }).collect();
    diesel::insert_into(published_statistics::table)
        .values((
            published_statistics::year.eq(i64::from(table.year.number())),
            published_statistics::dimension.eq(table.by.as_str()),
            published_statistics::cells.eq(serde_json::to_string(&cells).map_err(Error::internal)?),
            published_statistics::published_at.eq(at.micros()),
        ))
        .execute(writer.db())?;
    Ok(())
}
