//! Rows of portraits; the pictures themselves are files.

use super::columns;
use super::connection::Read;
use super::schema::{credentials, people, portraits};
use super::tx::Writer;
use crate::domain::credentials::CredentialState;
use crate::domain::ids::{PersonId, PortraitId};
use crate::domain::printed::PhotoDigest;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// A portrait on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portrait {
    /// Its id, which names its files.
    pub id: PortraitId,
    /// Whose it is.
    pub person: PersonId,
    /// The digest of its public picture.
    pub digest: PhotoDigest,
}

/// The portrait with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: PortraitId) -> Result<Option<Portrait>, Error> {
    let row: Option<(String, String, String)> = portraits::table
        .find(id.to_string())
        .select((portraits::id, portraits::person_id, portraits::digest))
        .first(db.db())
        .optional()?;
    row.map(into_domain).transpose()
}

/// The portrait with this digest.
///
/// # Errors
/// The database's.
pub fn by_digest(db: &mut impl Read, digest: PhotoDigest) -> Result<Option<Portrait>, Error> {
    let row: Option<(String, String, String)> = portraits::table
        .filter(portraits::digest.eq(digest.to_string()))
        .select((portraits::id, portraits::person_id, portraits::digest))
        .first(db.db())
        .optional()?;
    row.map(into_domain).transpose()
}

fn into_domain((id, person, digest): (String, String, String)) -> Result<Portrait, Error> {
    Ok(Portrait {
        id: columns::id(&id)?,
        person: columns::id(&person)?,
        digest: columns::stored(PhotoDigest::parse(&digest))?,
    })
}

/// The portrait that anybody may see: the one in a credential valid at `now` that carries this digest.
///
/// # Errors
/// The database's.
pub fn publicly_shown(db: &mut impl Read, digest: PhotoDigest, now: Timestamp) -> Result<Option<PortraitId>, Error> {
    let id: Option<Option<String>> = credentials::table
        .filter(credentials::photo_digest.eq(digest.to_string()))
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_from.le(now.micros()))
        .filter(credentials::valid_until.gt(now.micros()))
        .select(credentials::portrait_id)
        .order(credentials::id)
        .first(db.db())
        .optional()?;
    columns::optional_id(id.flatten().as_deref())
}

/// Enters a portrait.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, portrait: &Portrait, now: Timestamp) -> Result<(), Error> {
    diesel::insert_into(portraits::table)
        .values((
            portraits::id.eq(portrait.id.to_string()),
            portraits::person_id.eq(portrait.person.to_string()),
            portraits::digest.eq(portrait.digest.to_string()),
            portraits::created_at.eq(now.micros()),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// The portraits that are a person's.
///
/// # Errors
/// The database's.
pub fn of_person(db: &mut impl Read, person: PersonId) -> Result<Vec<PortraitId>, Error> {
    let ids: Vec<String> = portraits::table
        .filter(portraits::person_id.eq(person.to_string()))
        .order(portraits::id)
        .select(portraits::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}

/// Whether there is a portrait with this id.
///
/// # Errors
/// The database's.
pub fn exists(db: &mut impl Read, id: PortraitId) -> Result<bool, Error> {
    Ok(diesel::select(diesel::dsl::exists(portraits::table.find(id.to_string()))).get_result(db.db())?)
}

/// Removes a portrait that a person is done with: from records, credentials and for good; or, where another record of
/// the same human being uses the same picture, from this one only. Says whether its files are nobody's any more.
///
/// # Errors
/// The database's.
pub fn remove(writer: &mut Writer, id: PortraitId, person: PersonId) -> Result<bool, Error> {
    let (portrait, person) = (id.to_string(), person.to_string());
    let nothing = (credentials::portrait_id.eq(None::<String>), credentials::photo_digest.eq(None::<String>));
    let on_cards = credentials::table.filter(credentials::portrait_id.eq(&portrait));
    diesel::update(on_cards.filter(credentials::person_id.eq(&person))).set(nothing).execute(writer.db())?;
    diesel::update(people::table.find(&person).filter(people::portrait_id.eq(&portrait)))
        .set((people::portrait_id.eq(None::<String>), people::version.eq(people::version + 1)))
        .execute(writer.db())?;
    let user: Option<String> =
        people::table.filter(people::portrait_id.eq(&portrait)).select(people::id).first(writer.db()).optional()?;
    let user = match user {
        Some(user) => Some(user),
        None => on_cards.select(credentials::person_id).first(writer.db()).optional()?,
    };
    match user {
        Some(user) => {
            let target = portraits::table.find(&portrait);
            diesel::update(target).set(portraits::person_id.eq(user)).execute(writer.db())?;
            Ok(false)
        }
        None => {
            diesel::delete(portraits::table.find(&portrait)).execute(writer.db())?;
            Ok(true)
        }
    }
}
