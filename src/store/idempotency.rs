//! Answers kept for repeated requests, written in the transaction of the change they answer.
//!
//! An answer holds what the record holds sealed, and one-time codes, which are nowhere else: its body is sealed too.

use super::connection::Read;
use super::schema::idempotency;
use super::tx::Tx;
use crate::domain::time::Timestamp;
use crate::error::{Error, StoredAnswer};
use crate::keys::Sealing;
use diesel::prelude::*;

/// An answer and the hash of the request it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Keyed hash of the request's payload.
    pub payload_hash: Vec<u8>,
    /// The answer.
    pub answer: StoredAnswer,
}

/// The answer kept under this key, unless its time is over.
///
/// # Errors
/// The database's; it does not open.
pub fn find(db: &mut impl Read, sealing: &Sealing, key_hash: &[u8], now: Timestamp) -> Result<Option<Kept>, Error> {
    let row: Option<(Vec<u8>, i16, String, Vec<u8>)> = idempotency::table
        .find(key_hash)
        .filter(idempotency::expires_at.gt(now.micros()))
        .select((idempotency::payload_hash, idempotency::status, idempotency::headers, idempotency::body))
        .first(db.db())
        .optional()?;
    row.map(|(payload_hash, status, headers, sealed)| {
        let body = sealing.open(&sealed, key_hash)?;
        let status = u16::try_from(status).map_err(Error::internal)?;
        let headers = serde_json::from_str(&headers).map_err(Error::internal)?;
        Ok(Kept { payload_hash, answer: StoredAnswer { status, headers, body } })
    })
    .transpose()
}

/// Keeps an answer until `end`, and forgets those whose time is over.
///
/// # Errors
/// The database's; it cannot be sealed.
pub fn keep(tx: &mut Tx, sealing: &Sealing, key_hash: &[u8], kept: &Kept, end: Timestamp) -> Result<(), Error> {
    let now = tx.now().micros();
    diesel::delete(idempotency::table.filter(idempotency::expires_at.le(now))).execute(tx.unrecorded())?;
    diesel::insert_into(idempotency::table)
        .values((
            idempotency::key_hash.eq(key_hash),
            idempotency::payload_hash.eq(&kept.payload_hash),
            idempotency::status.eq(i16::try_from(kept.answer.status).map_err(Error::internal)?),
            idempotency::headers.eq(serde_json::to_string(&kept.answer.headers).map_err(Error::internal)?),
            idempotency::body.eq(sealing.seal(&kept.answer.body, key_hash)?),
            idempotency::expires_at.eq(end.micros()),
        ))
        .execute(tx.unrecorded())?;
    Ok(())
}
