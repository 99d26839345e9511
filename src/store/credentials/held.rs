//! What people hold that dates have not ended.

use super::{Row, shown};
use crate::domain::credentials::Credential;
use crate::domain::ids::PersonId;
use crate::domain::printed::CredentialKind;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::people::humans;
use crate::store::schema::{credentials, people};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// The credentials of this kind on a person's record that dates have not ended, oldest first.
///
/// # Errors
/// The database's.
pub fn unexpired_of_person(
    db: &mut impl Read,
    person: PersonId,
    kind: CredentialKind,
    now: Timestamp,
) -> Result<Vec<Credential>, Error> {
    Ok(unexpired_of_people(db, &[person], kind, now)?.remove(&person).unwrap_or_default())
}

/// [`unexpired_of_person`] of each of these people who holds any.
///
/// # Errors
/// The database's.
pub fn unexpired_of_people(
    db: &mut impl Read,
    people: &[PersonId],
    kind: CredentialKind,
    now: Timestamp,
) -> Result<HashMap<PersonId, Vec<Credential>>, Error> {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = credentials::table
        .filter(credentials::person_id.eq_any(people))
        .filter(shown())
        .filter(credentials::kind.eq(kind.as_str()))
        .filter(credentials::valid_until.gt(now.micros()))
        .order(credentials::id)
        .select(Row::as_select())
        .load(db.db())?;
    let mut held = HashMap::<PersonId, Vec<Credential>>::new();
    for row in rows {
        let credential = row.into_domain()?;
        held.entry(credential.person).or_default().push(credential);
    }
    Ok(held)
}

/// [`unexpired_of_person`] on every record of the same human being, whichever agency keeps it.
///
/// # Errors
/// The database's.
pub fn unexpired_of_human(
    db: &mut impl Read,
    person: PersonId,
    kind: CredentialKind,
    now: Timestamp,
) -> Result<Vec<Credential>, Error> {
    let hash: Option<Vec<u8>> =
        people::table.find(person.to_string()).select(people::national_id_hash).first(db.db()).optional()?;
    let hash = hash.ok_or_else(|| Error::internal("a person who is not on record"))?;
    let records = people::table.filter(people::national_id_hash.eq(hash)).select(people::id);
    let rows: Vec<Row> = credentials::table
        .filter(credentials::person_id.eq_any(records))
        .filter(shown())
        .filter(credentials::kind.eq(kind.as_str()))
        .filter(credentials::valid_until.gt(now.micros()))
        .order(credentials::id)
        .select(Row::as_select())
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Those of these people who have a credential of this kind that dates have not ended, on whichever record of the same human
/// being.
///
/// # Errors
/// The database's.
pub fn held_by_humans(
    db: &mut impl Read,
    people: &[PersonId],
    kind: CredentialKind,
    now: Timestamp,
) -> Result<HashSet<PersonId>, Error> {
    ended_after(db, people, kind, now.micros())
}

/// Those of these people who were granted a credential of this kind, on whichever record of the same human being, whatever
/// became of it.
///
/// # Errors
/// The database's.
pub fn granted_to_humans(
    db: &mut impl Read,
    people: &[PersonId],
    kind: CredentialKind,
) -> Result<HashSet<PersonId>, Error> {
    ended_after(db, people, kind, i64::MIN)
}

fn ended_after(
    db: &mut impl Read,
    people: &[PersonId],
    kind: CredentialKind,
    after: i64,
) -> Result<HashSet<PersonId>, Error> {
    let asked = humans(db, people)?;
    let holding: HashSet<Vec<u8>> = credentials::table
        .inner_join(people::table.on(people::id.eq(credentials::person_id)))
        .filter(people::national_id_hash.eq_any(asked.iter().map(|(_, hash)| hash)))
        .filter(shown())
        .filter(credentials::kind.eq(kind.as_str()))
        .filter(credentials::valid_until.gt(after))
        .select(people::national_id_hash)
        .load::<Vec<u8>>(db.db())?
        .into_iter()
        .collect();
    asked.iter().filter(|(_, hash)| holding.contains(hash)).map(|(id, _)| columns::id(id)).collect()
}
