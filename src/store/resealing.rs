//! Sealed values under another key: read and written again a part at a time. What they say does not change, so no event
//! tells of it but those of the keys.

use super::eligibility::place;
use super::schema::{eligibility, idempotency, people};
use super::tx::Tx;
use crate::error::Error;
use crate::keys::Sealing;
use diesel::prelude::*;

/// Where sealed values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// National ids.
    People,
    /// What was known of people of an application.
    Eligibility,
    /// Answers kept for repeated requests.
    Answers,
}

/// All of them.
pub const TABLES: [Table; 3] = [Table::People, Table::Eligibility, Table::Answers];

/// The key of a row, in the order of which they are gone through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A person's id.
    Person(String),
    /// An application's and a person's.
    Proposal(String, String),
    /// The hash of a request's key.
    Request(Vec<u8>),
}

/// What was done with some rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many there were.
    pub looked_at: usize,
    /// How many were under another key.
    pub resealed: usize,
    /// The last of them, where there may be more.
    pub last: Option<Key>,
}

impl Table {
    /// Seals rows after `after` anew; at most `limit`.
    ///
    /// # Errors
    /// One does not open; the database's.
    pub fn reseal(self, tx: &mut Tx, sealing: &Sealing, after: Option<&Key>, limit: i64) -> Result<Part, Error> {
        match self {
            Self::People => of_people(tx, sealing, after, limit),
            Self::Eligibility => of_proposals(tx, sealing, after, limit),
            Self::Answers => of_requests(tx, sealing, after, limit),
        }
    }
}

fn of_people(tx: &mut Tx, sealing: &Sealing, after: Option<&Key>, limit: i64) -> Result<Part, Error> {
    let last = if let Some(Key::Person(last)) = after { last } else { "" };
    // Of whoever was erased nothing is sealed.
    let rows: Vec<(String, Vec<u8>)> = people::table
        .filter(people::id.gt(last))
        .filter(people::erased_at.is_null())
        .order(people::id)
        .limit(limit)
        .select((people::id, people::national_id_sealed))
        .load(tx.unrecorded())?;
    let mut part = Part { looked_at: rows.len(), resealed: 0, last: None };
    for (id, sealed) in rows {
        if let Some(anew) = sealing.reseal(&sealed, id.as_bytes())? {
            let row = people::table.find(&id);
            diesel::update(row).set(people::national_id_sealed.eq(anew)).execute(tx.unrecorded())?;
            part.resealed += 1;
        }
        part.last = Some(Key::Person(id));
    }
    Ok(part)
}

fn of_proposals(tx: &mut Tx, sealing: &Sealing, after: Option<&Key>, limit: i64) -> Result<Part, Error> {
    use eligibility::{application_id, person_id, sealed, table};
    let (last, person) = if let Some(Key::Proposal(last, person)) = after { (&**last, &**person) } else { ("", "") };
    let rows: Vec<(String, String, Vec<u8>)> = table
        .filter(application_id.gt(last).or(application_id.eq(last).and(person_id.gt(person))))
        .order((application_id, person_id))
        .limit(limit)
        .select((application_id, person_id, sealed))
        .load(tx.unrecorded())?;
    let mut part = Part { looked_at: rows.len(), resealed: 0, last: None };
    for (application, person, value) in rows {
        if let Some(anew) = sealing.reseal(&value, &place(&application, &person))? {
            diesel::update(table.find((&application, &person))).set(sealed.eq(anew)).execute(tx.unrecorded())?;
            part.resealed += 1;
        }
        part.last = Some(Key::Proposal(application, person));
    }
    Ok(part)
}

fn of_requests(tx: &mut Tx, sealing: &Sealing, after: Option<&Key>, limit: i64) -> Result<Part, Error> {
    use idempotency::{body, key_hash, table};
    let last: &[u8] = if let Some(Key::Request(last)) = after { last } else { &[] };
    let rows: Vec<(Vec<u8>, Vec<u8>)> =
        table.filter(key_hash.gt(last)).order(key_hash).limit(limit).select((key_hash, body)).load(tx.unrecorded())?;
    let mut part = Part { looked_at: rows.len(), resealed: 0, last: None };
    for (key, sealed) in rows {
        if let Some(anew) = sealing.reseal(&sealed, &key)? {
            diesel::update(table.find(&key)).set(body.eq(anew)).execute(tx.unrecorded())?;
            part.resealed += 1;
        }
        part.last = Some(Key::Request(key));
    }
    Ok(part)
}
