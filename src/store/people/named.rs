//! The names of people, and nothing else of them.

use crate::domain::ids::PersonId;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::people;
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
