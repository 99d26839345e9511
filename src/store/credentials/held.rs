//! What people hold that dates have not ended.

use super::{Row, shown};
use crate::domain::credentials::{Credential, CredentialState};
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::printed::CredentialKind;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::{credentials, people};
use diesel::prelude::*;
use std::collections::HashSet;

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
    let rows: Vec<Row> = credentials::table
        .filter(credentials::person_id.eq(person.to_string()))
        .filter(shown())
        .filter(credentials::kind.eq(kind.as_str()))
        .filter(credentials::valid_until.gt(now.micros()))
        .order(credentials::id)
        .select(Row::as_select())
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// A press card that somebody holds, and what is printed on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PressCard {
    /// Who.
    pub person: PersonId,
    /// Which agency proposed it, or succeeded that one.
    pub agency: AgencyId,
    /// Its number.
    pub number: String,
    /// The name on it.
    pub name: String,
    /// Whether it is good.
    pub is_active: bool,
}

/// The press cards of these people that dates have not ended, oldest first.
///
/// # Errors
/// The database's.
pub fn press_cards_of(db: &mut impl Read, people: &[PersonId], now: Timestamp) -> Result<Vec<PressCard>, Error> {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, String, String, String, String)> = credentials::table
        .filter(credentials::person_id.eq_any(people))
        .filter(credentials::kind.eq(CredentialKind::PressCard.as_str()))
        .filter(credentials::valid_from.le(now.micros()).and(credentials::valid_until.gt(now.micros())))
        .filter(shown())
        .order(credentials::id)
        .select((
            credentials::person_id,
            credentials::agency_id,
            credentials::number,
            credentials::name,
            credentials::state,
        ))
        .load(db.db())?;
    rows.into_iter()
        .map(|(person, agency, number, name, state)| {
            let is_active = state == CredentialState::Active.as_str();
            Ok(PressCard { person: columns::id(&person)?, agency: columns::id(&agency)?, number, name, is_active })
        })
        .collect()
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

/// Whose cards of this kind an agency proposed that are in force and end before `until`: the first to end first.
///
/// # Errors
/// The database's.
pub fn holders_until(
    db: &mut impl Read,
    agency: AgencyId,
    kind: CredentialKind,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<PersonId>, Error> {
    let ids: Vec<String> = credentials::table
        .filter(credentials::agency_id.eq(agency.to_string()))
        .filter(credentials::kind.eq(kind.as_str()))
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_until.gt(now.micros()).and(credentials::valid_until.le(until.micros())))
        .filter(shown())
        .order((credentials::valid_until, credentials::id))
        .select(credentials::person_id)
        .load(db.db())?;
    let mut seen = HashSet::new();
    ids.iter().filter(|id| seen.insert(id.as_str())).map(|id| columns::id(id)).collect()
}
