//! Rows of keys and of the hosts ever printed. The secrets themselves are files.

use super::columns;
use super::connection::Read;
use super::schema::{hosts, keys};
use super::tx::Writer;
use crate::domain::issuer::KeyState;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// A key that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Its key id: hex.
    pub id: String,
    /// What it is for: `card`, `status`, `session`, or the name of a secret.
    pub purpose: String,
    /// The public key of a pair: an uncompressed point of P-256 (65 bytes).
    pub public_key: Option<Vec<u8>>,
    /// Whether it signs, has signed, or is known to be in other hands.
    pub state: KeyState,
    /// It signs from here …
    pub not_before: Timestamp,
    /// … to here.
    pub not_after: Option<Timestamp>,
}

type Row = (String, String, Option<Vec<u8>>, String, i64, Option<i64>);

/// Every key, oldest first.
///
/// # Errors
/// The database's.
pub fn list(db: &mut impl Read) -> Result<Vec<KeyRow>, Error> {
    let rows: Vec<Row> = keys::table.order((keys::not_before, keys::id)).load(db.db())?;
    rows.into_iter()
        .map(|(id, purpose, public_key, state, not_before, not_after)| {
            Ok(KeyRow {
                id,
                purpose,
                public_key,
                state: columns::word(&state, &KeyState::ALL, KeyState::as_str)?,
                not_before: columns::instant(not_before),
                not_after: not_after.map(columns::instant),
            })
        })
        .collect()
}

/// Whether the key with this id signs.
///
/// # Errors
/// The database's.
pub fn is_active(db: &mut impl Read, id: &str) -> Result<bool, Error> {
    let active = keys::table.find(id).filter(keys::state.eq(KeyState::Active.as_str()));
    Ok(diesel::select(diesel::dsl::exists(active)).get_result(db.db())?)
}

/// Enters a key.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, key: &KeyRow) -> Result<(), Error> {
    diesel::insert_into(keys::table)
        .values((
            keys::id.eq(&key.id),
            keys::purpose.eq(&key.purpose),
            keys::public_key.eq(key.public_key.as_deref()),
            keys::state.eq(key.state.as_str()),
            keys::not_before.eq(key.not_before.micros()),
            keys::not_after.eq(key.not_after.map(Timestamp::micros)),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// Writes the state of a key and when it ceased to sign.
///
/// # Errors
/// The database's.
pub fn set_state(writer: &mut Writer, id: &str, state: KeyState, not_after: Timestamp) -> Result<(), Error> {
    diesel::update(keys::table.find(id))
        .set((keys::state.eq(state.as_str()), keys::not_after.eq(not_after.micros())))
        .execute(writer.db())?;
    Ok(())
}

/// Every host ever printed, oldest first.
///
/// # Errors
/// The database's.
pub fn hosts(db: &mut impl Read) -> Result<Vec<String>, Error> {
    Ok(hosts::table.order((hosts::first_used_at, hosts::host)).select(hosts::host).load(db.db())?)
}

/// Enters a host.
///
/// # Errors
/// The database's.
pub fn insert_host(writer: &mut Writer, host: &str, now: Timestamp) -> Result<(), Error> {
    diesel::insert_into(hosts::table)
        .values((hosts::host.eq(host), hosts::first_used_at.eq(now.micros())))
        .execute(writer.db())?;
    Ok(())
}
