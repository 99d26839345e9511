//! Rows of signed lists, and the bits they are made from. They say nothing that is not in other tables.

use super::connection::{Read, on_each};
use super::schema::{credentials, signed_lists, status_lists};
use super::tx::Tx;
use crate::domain::credentials::CredentialState;
use crate::domain::printed::StatusIndex;
use crate::domain::signed_list::ListName;
use crate::domain::status_list::Bits;
use crate::error::Error;
use diesel::prelude::*;

/// A list as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRow {
    /// Which.
    pub name: ListName,
    /// Counted up with each signature.
    pub version: i64,
    /// The exact bytes.
    pub token: Vec<u8>,
}

fn stored(name: &str) -> Result<ListName, Error> {
    ListName::parse(name).ok_or_else(|| Error::internal(format!("`{name}` is no name of a signed list")))
}

/// The newest version of each list.
///
/// # Errors
/// The database's.
pub fn versions(db: &mut impl Read) -> Result<Vec<(ListName, i64)>, Error> {
    let rows: Vec<(String, i64)> = signed_lists::table
        .order(signed_lists::name)
        .select((signed_lists::name, signed_lists::version))
        .load(db.db())?;
    rows.into_iter().map(|(name, version)| Ok((stored(&name)?, version))).collect()
}

/// A list.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, name: ListName) -> Result<Option<SignedRow>, Error> {
    let row: Option<(i64, Vec<u8>)> = on_each!(db.db(), db => {
        signed_lists::table.find(name.to_string()).select((signed_lists::version, signed_lists::token)).first(db)
    })
    .optional()?;
    Ok(row.map(|(version, token)| SignedRow { name, version, token }))
}

/// Keeps a list that was signed in the place of its version before, if that is still the newest; version 1 is the first.
///
/// # Errors
/// `Overloaded` when another node was first; the database's.
pub fn keep(tx: &mut Tx, row: &SignedRow) -> Result<(), Error> {
    let kept = if row.version == 1 {
        let values = (
            signed_lists::name.eq(row.name.to_string()),
            signed_lists::version.eq(row.version),
            signed_lists::token.eq(&row.token),
        );
        diesel::insert_into(signed_lists::table).values(values).execute(tx.db())?
    } else {
        let before = signed_lists::table.find(row.name.to_string()).filter(signed_lists::version.eq(row.version - 1));
        let values = (signed_lists::version.eq(row.version), signed_lists::token.eq(&row.token));
        diesel::update(before).set(values).execute(tx.db())?
    };
    if kept == 0 { Err(Error::Overloaded) } else { Ok(()) }
}

/// Every status list that was opened, in order.
///
/// # Errors
/// The database's.
pub fn opened(db: &mut impl Read) -> Result<Vec<u32>, Error> {
    let lists: Vec<i32> = status_lists::table.order(status_lists::list).select(status_lists::list).load(db.db())?;
    lists.into_iter().map(|list| u32::try_from(list).map_err(Error::internal)).collect()
}

/// The bits of a status list as they are now.
///
/// # Errors
/// The database's.
pub fn bits(db: &mut impl Read, list: u32) -> Result<Bits, Error> {
    let first = i64::from(list) * i64::from(StatusIndex::SLOTS);
    let good = CredentialState::ALL.into_iter().filter(|state| !state.is_withdrawn()).map(CredentialState::as_str);
    let indexes: Vec<i64> = credentials::table
        .filter(credentials::status_index.ge(first))
        .filter(credentials::status_index.lt(first + i64::from(StatusIndex::SLOTS)))
        .filter(credentials::state.eq_any(good.collect::<Vec<_>>()))
        .select(credentials::status_index)
        .load(db.db())?;
    let mut bits = Bits::all_set();
    for index in indexes {
        bits.put(u32::try_from(index - first).map_err(Error::internal)?, false);
    }
    Ok(bits)
}
