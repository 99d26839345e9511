//! Rows of wrong guesses of passwords. They are no records of the registry and leave no event.

use super::columns;
use super::connection::Read;
use super::schema::guesses;
use super::tx::Tx;
use crate::domain::patience::Misses;
use crate::error::Error;
use diesel::prelude::*;

/// What is counted under this key.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, key_hash: &[u8]) -> Result<Option<Misses>, Error> {
    let row: Option<(i64, i64)> =
        guesses::table.find(key_hash).select((guesses::over_at, guesses::next_at)).first(db.db()).optional()?;
    Ok(row.map(|(over_at, next_at)| Misses { over_at: columns::instant(over_at), next_at: columns::instant(next_at) }))
}

/// Writes down what is counted under this key from now on.
///
/// # Errors
/// The database's.
pub fn save(tx: &mut Tx, key_hash: &[u8], misses: Misses) -> Result<(), Error> {
    let values = (guesses::over_at.eq(misses.over_at.micros()), guesses::next_at.eq(misses.next_at.micros()));
    if diesel::update(guesses::table.find(key_hash)).set(values).execute(tx.unrecorded())? == 0 {
        diesel::insert_into(guesses::table)
            .values((guesses::key_hash.eq(key_hash), values.0, values.1))
            .execute(tx.unrecorded())?;
    }
    Ok(())
}

/// Removes what is over.
///
/// # Errors
/// The database's.
pub fn forget_over(tx: &mut Tx) -> Result<(), Error> {
    let now = tx.now().micros();
    let over = guesses::table.filter(guesses::over_at.le(now)).filter(guesses::next_at.le(now));
    diesel::delete(over).execute(tx.unrecorded())?;
    Ok(())
}
