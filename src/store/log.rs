//! The Merkle tree over the log: leaves, tiles, and which log this is.
//!
//! Leaves are written with their events, by [`super::Tx::record`]. What is written here follows from them: tiles, and
//! the newest signed checkpoint.

use super::columns;
use super::connection::{Read, on_each};
use super::schema::{log_leaves, log_tiles, logs};
use super::tx::{Tx, Writer};
use crate::domain::log::{Grown, Leaf, LeafKind, Tile};
use crate::error::Error;
use diesel::prelude::*;
use diesel::upsert::excluded;

/// One of the registry's logs.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = logs, treat_none_as_default_value = false)]
pub struct LogRow {
    /// Which: from 1.
    pub n: i32,
    /// The first line of its checkpoints.
    pub origin: String,
    /// The event its tree begins with.
    pub first: i64,
    /// Leaves under its newest checkpoint.
    pub size: i64,
    /// The newest checkpoint, as signed.
    pub checkpoint: Option<String>,
}

/// All logs, the current one last.
///
/// # Errors
/// The database's.
pub fn all(db: &mut impl Read) -> Result<Vec<LogRow>, Error> {
    Ok(logs::table.order(logs::n).load(db.db())?)
}

/// The log that is written now; `None` before the first start is complete.
///
/// # Errors
/// The database's.
pub fn current(db: &mut impl Read) -> Result<Option<LogRow>, Error> {
    Ok(logs::table.order(logs::n.desc()).first(db.db()).optional()?)
}

/// Begins the first log, with the first event that was written down.
///
/// # Errors
/// The database's.
pub fn begin(tx: &mut Tx, origin: &str) -> Result<(), Error> {
    let row = LogRow { n: 1, origin: origin.to_owned(), first: 0, size: 0, checkpoint: None };
    diesel::insert_into(logs::table).values(row).execute(tx.unrecorded())?;
    Ok(())
}

/// Ends the log `old`, of which `newest` is the newest checkpoint, and begins the `n`th with the event that is being
/// written down; its tree is empty.
///
/// # Errors
/// The database's.
pub fn follow(writer: &mut Writer, old: &LogRow, newest: &str, n: i32, origin: &str) -> Result<(), Error> {
    diesel::update(logs::table.find(old.n)).set(logs::checkpoint.eq(newest)).execute(writer.db())?;
    let row = LogRow { n, origin: origin.to_owned(), first: writer.log_index(), size: 0, checkpoint: None };
    diesel::insert_into(logs::table).values(row).execute(writer.db())?;
    diesel::delete(log_tiles::table).execute(writer.db())?;
    Ok(())
}

/// At most `limit` leaves from `index` on, with their places.
///
/// # Errors
/// The database's.
pub fn leaves(db: &mut impl Read, index: i64, limit: i64) -> Result<Vec<(i64, Leaf)>, Error> {
    let rows: Vec<(i64, String, i64, Vec<u8>)> = on_each!(db.db(), db => {
        log_leaves::table.filter(log_leaves::idx.ge(index)).order(log_leaves::idx).limit(limit).load(db)
    })?;
    let leaf = |(index, kind, hour, commitment): (i64, String, i64, Vec<u8>)| {
        let kind = columns::word(&kind, &LeafKind::ALL, LeafKind::as_str)?;
        Ok((index, Leaf::new(kind, columns::instant(hour), columns::bytes(commitment)?)))
    };
    rows.into_iter().map(leaf).collect()
}

/// The hashes of a tile as far as it is filled.
///
/// # Errors
/// The database's.
pub fn tile(db: &mut impl Read, level: u8, n: u64) -> Result<Option<Vec<u8>>, Error> {
    let place = (i16::from(level), i64::try_from(n).map_err(Error::internal)?);
    Ok(on_each!(db.db(), db => log_tiles::table.find(place).select(log_tiles::hashes).first(db)).optional()?)
}

/// Writes a tile that is new or grew.
///
/// # Errors
/// The database's.
pub fn write_tile(tx: &mut Tx, tile: &Grown) -> Result<(), Error> {
    let row = (
        log_tiles::level.eq(i16::from(tile.address.level())),
        log_tiles::n.eq(i64::try_from(tile.address.n()).map_err(Error::internal)?),
        log_tiles::hashes.eq(Tile::bytes(&tile.hashes)),
    );
    on_each!(tx.unrecorded(), db => {
        diesel::insert_into(log_tiles::table)
            .values(row)
            .on_conflict((log_tiles::level, log_tiles::n))
            .do_update()
            .set(log_tiles::hashes.eq(excluded(log_tiles::hashes)))
            .execute(db)
    })?;
    Ok(())
}

/// Keeps a new checkpoint of `log`, if the one it follows is still the newest.
///
/// # Errors
/// `Overloaded` when another node was first; the database's.
pub fn keep_checkpoint(tx: &mut Tx, log: &LogRow, size: i64, note: &str) -> Result<(), Error> {
    let target = logs::table.find(log.n).filter(logs::size.eq(log.size));
    match diesel::update(target).set((logs::size.eq(size), logs::checkpoint.eq(note))).execute(tx.unrecorded())? {
        0 => Err(Error::Overloaded),
        _ => Ok(()),
    }
}
