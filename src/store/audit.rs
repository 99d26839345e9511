//! Reading the log as somebody who does not trust it: a row that is not as it was written spoils no other.

use super::columns;
use super::connection::{Read, on_each};
use super::events::{self, PersonalRow, Row, Salted};
use super::schema::{event_personal, events as event_rows, log_head, log_leaves, log_tiles};
use crate::domain::events::Altered;
use crate::domain::log::{Leaf, LeafKind, canonical};
use crate::error::Error;
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What the database holds in one place of the log.
pub struct Entry {
    /// The leaf; `None` where there is none.
    pub leaf: Option<Result<Leaf, Altered>>,
    /// The event; `None` where there is none.
    pub event: Option<Result<Salted, Altered>>,
}

/// How many rows there are of each kind, and what the end of the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Entries, as the end of the log counts them.
    pub size: i64,
    /// Leaves that are there.
    pub leaves: i64,
    /// Events that are there.
    pub events: i64,
    /// Sets of personal fields that are there.
    pub personal: i64,
}

/// Place, kind, hour and commitment of a leaf.
type LeafRow = (i64, String, i64, Vec<u8>);

/// # Errors
/// The database's.
pub fn counts(db: &mut impl Read) -> Result<Counts, Error> {
    Ok(Counts {
        size: log_head::table.select(log_head::size).first(db.db())?,
        leaves: log_leaves::table.select(count_star()).first(db.db())?,
        events: event_rows::table.select(count_star()).first(db.db())?,
        personal: event_personal::table.select(count_star()).first(db.db())?,
    })
}

/// Places that the log does not reach, where something stands nevertheless: inserted by hand.
///
/// # Errors
/// The database's.
pub fn beyond(db: &mut impl Read, size: i64, limit: i64) -> Result<Vec<i64>, Error> {
    let leaves = log_leaves::table
        .filter(log_leaves::idx.ge(size).or(log_leaves::idx.lt(0)))
        .select(log_leaves::idx)
        .order(log_leaves::idx)
        .limit(limit);
    let events = event_rows::table
        .filter(event_rows::idx.ge(size).or(event_rows::idx.lt(0)))
        .select(event_rows::idx)
        .order(event_rows::idx)
        .limit(limit);
    let mut places: Vec<i64> = leaves.load(db.db())?;
    places.extend(events.load::<i64>(db.db())?);
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// Rows of the log as they were read: whether they are well formed is yet to be seen, by [`Fetched::entries`], which
/// needs no database.
pub struct Fetched(Rows);

enum Rows {
    /// All that stands in these places.
    Together { from: i64, to: i64, leaves: Vec<LeafRow>, events: Vec<Row>, personal: Vec<PersonalRow> },
    /// A place whose rows the database cannot give, and its leaf.
    Unreadable(i64, Option<Result<Leaf, Altered>>),
}

/// What stands in these places, in order. Where the rows cannot be read together, each is read by itself, and the one
/// that cannot be read is altered.
///
/// # Errors
/// The database's, if it is not a row's.
pub fn fetch(db: &mut impl Read, from: i64, to: i64) -> Result<Vec<Fetched>, Error> {
    match together(db, from, to) {
        Ok(fetched) => Ok(vec![fetched]),
        Err(_) if to - from == 1 => {
            Ok(vec![Fetched(Rows::Unreadable(from, leaf_at(db, from).unwrap_or(Some(Err(Altered)))))])
        }
        Err(_) => {
            let middle = from + (to - from) / 2;
            let mut fetched = fetch(db, from, middle)?;
            fetched.extend(fetch(db, middle, to)?);
            Ok(fetched)
        }
    }
}

impl Fetched {
    /// What stands in each place.
    pub fn entries(self) -> Vec<(i64, Entry)> {
        match self.0 {
            Rows::Unreadable(index, leaf) => vec![(index, Entry { leaf, event: Some(Err(Altered)) })],
            Rows::Together { from, to, leaves, events, personal } => {
                let mut of_event = HashMap::<i64, Vec<PersonalRow>>::new();
                for row in personal {
                    of_event.entry(row.0).or_default().push(row);
                }
                let mut leaves: BTreeMap<i64, _> = leaves.into_iter().map(leaf).collect();
                let mut events: BTreeMap<i64, _> = events
                    .into_iter()
                    .map(|row| (row.idx, read_strictly(of_event.remove(&row.idx).unwrap_or_default(), row)))
                    .collect();
                let entry = |index| Entry { leaf: leaves.remove(&index), event: events.remove(&index) };
                (from..to).zip((from..to).map(entry)).collect()
            }
        }
    }
}

fn leaf_at(db: &mut impl Read, index: i64) -> Result<Option<Result<Leaf, Altered>>, Error> {
    let row: Option<LeafRow> = log_leaves::table.find(index).first(db.db()).optional()?;
    Ok(row.map(|row| leaf(row).1))
}

fn leaf((index, kind, hour, commitment): LeafRow) -> (i64, Result<Leaf, Altered>) {
    let kind = columns::word(&kind, &LeafKind::ALL, LeafKind::as_str);
    let leaf = kind.and_then(|kind| Ok((kind, columns::bytes(commitment)?))).map_err(|_| Altered);
    let leaf = leaf.map(|(kind, commitment)| Leaf::new(kind, columns::instant(hour), commitment));
    // Only whole hours are written.
    (index, leaf.and_then(|leaf| if leaf.hour().micros() == hour { Ok(leaf) } else { Err(Altered) }))
}

fn together(db: &mut impl Read, from: i64, to: i64) -> Result<Fetched, Error> {
    let leaves: Vec<LeafRow> = on_each!(db.db(), db => {
        log_leaves::table.filter(log_leaves::idx.ge(from).and(log_leaves::idx.lt(to))).load(db)
    })?;
    let events: Vec<Row> = on_each!(db.db(), db => {
        event_rows::table.filter(event_rows::idx.ge(from).and(event_rows::idx.lt(to))).load(db)
    })?;
    let personal: Vec<PersonalRow> = on_each!(db.db(), db => {
        event_personal::table
            .filter(event_personal::event_idx.ge(from).and(event_personal::event_idx.lt(to)))
            .order((event_personal::event_idx, event_personal::subject))
            .load(db)
    })?;
    Ok(Fetched(Rows::Together { from, to, leaves, events, personal }))
}

/// Documents are stored as the log commits to them: another spelling of the same is an alteration too.
fn read_strictly(personal: Vec<PersonalRow>, row: Row) -> Result<Salted, Altered> {
    let spelt = |stored: &str, read: &serde_json::Value| canonical(read).is_ok_and(|bytes| bytes == stored.as_bytes());
    let data = row.data.clone();
    let fields: Vec<Option<String>> = personal.iter().map(|row| row.4.clone()).collect();
    let personal = personal.into_iter().map(events::read_personal).collect::<Result<_, _>>().map_err(|_| Altered)?;
    let salted = row.into_domain(personal).map_err(|_| Altered)?;
    let fields_are_spelt = fields.iter().zip(&salted.event.personal).all(|(stored, one)| match (stored, &one.fields) {
        (Some(stored), Some((_, read))) => spelt(stored, read),
        (stored, read) => stored.is_none() && read.is_none(),
    });
    if spelt(&data, &salted.event.data) && fields_are_spelt { Ok(salted) } else { Err(Altered) }
}

/// Level and place of a tile, and its hashes as they are stored.
pub type StoredTile = ((i16, i64), Vec<u8>);

/// Every tile, by level and place, in steps of at most `limit`.
///
/// # Errors
/// The database's.
pub fn tiles_after(db: &mut impl Read, after: Option<(i16, i64)>, limit: i64) -> Result<Vec<StoredTile>, Error> {
    let (level, n) = after.unwrap_or((i16::MIN, i64::MIN));
    let rows: Vec<(i16, i64, Vec<u8>)> = log_tiles::table
        .filter(log_tiles::level.gt(level).or(log_tiles::level.eq(level).and(log_tiles::n.gt(n))))
        .order((log_tiles::level, log_tiles::n))
        .limit(limit)
        .load(db.db())?;
    Ok(rows.into_iter().map(|(level, n, hashes)| ((level, n), hashes)).collect())
}
