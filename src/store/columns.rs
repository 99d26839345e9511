//! Between rows and the domain's types. A row that the domain would not have written is our own fault, never a 404.

use crate::domain::ids::Id;
use crate::domain::problem::FieldProblem;
use crate::domain::provinces::Territory;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use chrono::NaiveDate;

/// Reads a stored value through the domain's own door.
pub(super) fn stored<T>(parsed: Result<T, FieldProblem>) -> Result<T, Error> {
    parsed.map_err(|problem| Error::internal(format!("a stored value is not well formed: {problem}")))
}

pub(super) fn id<I: Id>(raw: &str) -> Result<I, Error> {
    stored(I::parse(raw))
}

pub(super) fn optional_id<I: Id>(raw: Option<&str>) -> Result<Option<I>, Error> {
    raw.map(id).transpose()
}

/// Stored bytes of a fixed length.
pub(super) fn bytes<const N: usize>(raw: Vec<u8>) -> Result<[u8; N], Error> {
    raw.try_into().map_err(|_| Error::internal(format!("a stored value has not {N} bytes")))
}

pub(super) const fn instant(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

pub(super) const fn day(date: NaiveDate) -> Day {
    Day::new(date)
}

/// A stored word of a closed list.
pub(super) fn word<T: Copy>(raw: &str, all: &[T], as_str: impl Fn(T) -> &'static str) -> Result<T, Error> {
    all.iter()
        .copied()
        .find(|known| as_str(*known) == raw)
        .ok_or_else(|| Error::internal(format!("`{raw}` is not a stored word this program knows")))
}

/// The ids of the units of a territory.
pub(super) fn units(territory: &Territory) -> Vec<String> {
    territory.ids().map(ToString::to_string).collect()
}

/// As many rows as asked for.
pub(super) fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Some lists show one more row than asked for, to know whether there are more.
pub(super) fn one_more(limit: usize) -> i64 {
    at_most(limit).saturating_add(1)
}
