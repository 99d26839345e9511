//! The tables that were published of misuse.

use super::columns;
use super::connection::Read;
use super::schema::published_statistics;
use super::tx::Writer;
use crate::domain::issuer::Words;
use crate::domain::statistics::{Cell, Dimension, Table, Year};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

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
    let row: Option<(String, Option<String>, i64)> = published_statistics::table
        .find((i64::from(year.number()), by.as_str()))
        .select((published_statistics::cells, published_statistics::as_recorded, published_statistics::published_at))
        .first(db.db())
        .optional()?;
    row.map(|(cells, as_recorded, at)| {
        let as_recorded = as_recorded.as_deref().map(read).transpose()?.unwrap_or_default();
        Ok(Table { year, by, published_at: Some(columns::instant(at)), cells: read(&cells)?, as_recorded })
    })
    .transpose()
}

fn read(stored: &str) -> Result<Vec<Cell>, Error> {
    let cells: Vec<StoredCell> = serde_json::from_str(stored).map_err(Error::internal)?;
    let cells = cells.into_iter().map(|it| Cell { key: it.key, name: Words::new(it.vi, it.en), count: it.count });
    Ok(cells.collect())
}

fn written(cells: &[Cell]) -> Result<String, Error> {
    let cells = cells.iter().cloned();
    let cells: Vec<_> =
        cells.map(|it| StoredCell { key: it.key, vi: it.name.vi, en: it.name.en, count: it.count }).collect();
    serde_json::to_string(&cells).map_err(Error::internal)
}

/// Publishes a table: once and for all.
///
/// # Errors
/// The database's.
pub fn publish(writer: &mut Writer, table: &Table, at: Timestamp) -> Result<(), Error> {
    let as_recorded = Some(&table.as_recorded).filter(|cells| !cells.is_empty());
    diesel::insert_into(published_statistics::table)
        .values((
            published_statistics::year.eq(i64::from(table.year.number())),
            published_statistics::dimension.eq(table.by.as_str()),
            published_statistics::cells.eq(written(&table.cells)?),
            published_statistics::as_recorded.eq(as_recorded.map(|cells| written(cells)).transpose()?),
            published_statistics::published_at.eq(at.micros()),
        ))
        .execute(writer.db())?;
    Ok(())
}
