//! The names of people, and nothing else of them.

use crate::domain::ids::PersonId;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::{Read, on_each};
use crate::store::schema::{former_names, people};
use crate::store::tx::Writer;
use diesel::prelude::*;
use std::collections::HashMap;

/// The names of these people; also of a record that another took in, but of nobody who was erased.
///
/// # Errors
/// The database's.
pub fn names_of(db: &mut impl Read, ids: &[PersonId]) -> Result<HashMap<PersonId, String>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, String)> = people::table
        .filter(people::id.eq_any(ids))
        .filter(people::erased_at.is_null())
        .select((people::id, people::full_name))
        .load(db.db())?;
    rows.into_iter().map(|(id, name)| Ok((columns::id(&id)?, name))).collect()
}

/// Keeps that somebody bore this name until now, as names are compared.
///
/// # Errors
/// The database's.
pub(in crate::store) fn keep_former(writer: &mut Writer, person: &str, key: &str) -> QueryResult<()> {
    use former_names::{name_key, person_id};
    let row = (person_id.eq(person), name_key.eq(key));
    on_each!(writer.db(), db => diesel::insert_into(former_names::table).values(row).on_conflict_do_nothing().execute(db))?;
    Ok(())
}
