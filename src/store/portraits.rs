//! Rows of portraits; the pictures themselves are files.

use super::columns;
use super::connection::Read;
use super::schema::{credentials, portraits};
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
