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

/// The names that these people bear: on record, and in the records that theirs took in.
///
/// # Errors
/// The database's.
pub fn names_borne(db: &mut impl Read, ids: &[PersonId]) -> Result<HashMap<PersonId, Vec<String>>, Error> {
    let mut borne: HashMap<PersonId, Vec<String>> = HashMap::new();
    for (person, name) in names_of(db, ids)? {
        borne.insert(person, vec![name]);
    }
    let mut whose: HashMap<String, PersonId> = ids.iter().map(|id| (id.to_string(), *id)).collect();
    while !whose.is_empty() {
        let taken_in: Vec<(String, Option<String>, String)> = people::table
            .filter(people::merged_into.eq_any(whose.keys().collect::<Vec<_>>()))
            .filter(people::erased_at.is_null())
            .select((people::id, people::merged_into, people::full_name))
            .load(db.db())?;
        let mut last = HashMap::new();
        for (id, into, name) in taken_in {
            if let Some(person) = into.and_then(|into| whose.get(&into)) {
                borne.entry(*person).or_default().push(name);
                last.insert(id, *person);
            }
        }
        whose = last;
    }
    Ok(borne)
}
