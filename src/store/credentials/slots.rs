//! Running numbers, the lists whose slots credentials take, and the codes that a key signed.

use super::shown;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::{counters, credentials, status_lists};
use crate::store::tx::Writer;
use diesel::prelude::*;

/// The next running number of this name, from 1. A number taken back with its transaction is given again.
///
/// # Errors
/// The database's.
pub fn next_number(writer: &mut Writer, name: &str) -> Result<i64, Error> {
    let last: Option<i64> = counters::table.find(name).select(counters::value).first(writer.db()).optional()?;
    let next = last.unwrap_or_default() + 1;
    match last {
        None => diesel::insert_into(counters::table)
            .values((counters::name.eq(name), counters::value.eq(next)))
            .execute(writer.db())?,
        Some(_) => diesel::update(counters::table.find(name)).set(counters::value.eq(next)).execute(writer.db())?,
    };
    Ok(next)
}

/// Goes on from this running number, which was given.
///
/// # Errors
/// The database's.
pub fn go_on_from(writer: &mut Writer, name: &str, given: i64) -> Result<(), Error> {
    diesel::update(counters::table.find(name)).set(counters::value.eq(given)).execute(writer.db())?;
    Ok(())
}

/// A list and how many of its slots are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListUse {
    /// The list.
    pub list: u32,
    /// Slots taken.
    pub used: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
}

/// Which lists a credential's slot is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Series {
    /// Of press cards and collaborators' cards.
    Cards,
    /// Of letters.
    Letters,
}

impl Series {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Cards => "cards",
            Self::Letters => "letters",
        }
    }
}

/// The newest list of a series.
///
/// # Errors
/// The database's.
pub fn newest_list(db: &mut impl Read, series: Series) -> Result<Option<ListUse>, Error> {
    let row: Option<(i32, i32, i64)> = status_lists::table
        .filter(status_lists::series.eq(series.as_str()))
        .order(status_lists::list.desc())
        .select((status_lists::list, status_lists::used, status_lists::opened_at))
        .first(db.db())
        .optional()?;
    let list_use = |(list, used, opened_at)| {
        let (list, used) =
            (u32::try_from(list).map_err(Error::internal)?, u32::try_from(used).map_err(Error::internal)?);
        Ok(ListUse { list, used, opened_at: columns::instant(opened_at) })
    };
    row.map(list_use).transpose()
}

/// Opens a list, with no slot taken.
///
/// # Errors
/// The database's.
pub fn open_list(writer: &mut Writer, list: u32, series: Series, now: Timestamp) -> Result<(), Error> {
    diesel::insert_into(status_lists::table)
        .values((
            status_lists::list.eq(i32::try_from(list).map_err(Error::internal)?),
            status_lists::series.eq(series.as_str()),
            status_lists::used.eq(0),
            status_lists::opened_at.eq(now.micros()),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// Notes how many slots of a list are taken.
///
/// # Errors
/// The database's.
pub fn set_used(writer: &mut Writer, list: u32, used: u32) -> Result<(), Error> {
    diesel::update(status_lists::table.find(i32::try_from(list).map_err(Error::internal)?))
        .set(status_lists::used.eq(i32::try_from(used).map_err(Error::internal)?))
        .execute(writer.db())?;
    Ok(())
}

/// The signed bytes of every credential issued under a key.
///
/// # Errors
/// The database's.
pub fn codes_under(db: &mut impl Read, kid: &str) -> Result<Vec<Vec<u8>>, Error> {
    Ok(credentials::table.filter(credentials::kid.eq(kid)).filter(shown()).select(credentials::code).load(db.db())?)
}
