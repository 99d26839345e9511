//! Rows of sessions and refresh tokens. They are no records of the registry and leave no event, so they are written
//! with a plain transaction.

use super::columns;
use super::connection::Read;
use super::schema::{one_time_codes, refresh_tokens, sessions};
use super::tx::Tx;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// A sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Opened with a one-time code.
    pub must_change_password: bool,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether it was ended.
    pub ended: bool,
}

/// The session with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: SessionId) -> Result<Option<Session>, Error> {
    let row: Option<(String, String, bool, i64, Option<i64>)> = sessions::table
        .find(id.to_string())
        .select((
            sessions::id,
            sessions::user_id,
            sessions::must_change_password,
            sessions::expires_at,
            sessions::ended_at,
        ))
        .first(db.db())
        .optional()?;
    row.map(|(id, user, must_change_password, expires_at, ended_at)| {
        Ok(Session {
            id: columns::id(&id)?,
            user: columns::id(&user)?,
            must_change_password,
            expires_at: columns::instant(expires_at),
            ended: ended_at.is_some(),
        })
    })
    .transpose()
}

/// Opens a session, uses up the account's one-time code where that opened it, and forgets sessions long over.
///
/// # Errors
/// The database's.
pub fn open(tx: &mut Tx, session: &Session, refresh_hash: &[u8]) -> Result<(), Error> {
    let now = tx.now();
    if session.must_change_password {
        diesel::delete(one_time_codes::table.find(session.user.to_string())).execute(tx.unrecorded())?;
    }
    forget_over(tx, session.user, now)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(session.id.to_string()),
            sessions::user_id.eq(session.user.to_string()),
            sessions::must_change_password.eq(session.must_change_password),
            sessions::created_at.eq(now.micros()),
            sessions::expires_at.eq(session.expires_at.micros()),
        ))
        .execute(tx.unrecorded())?;
    add_refresh_token(tx, session.id, refresh_hash)
}

fn forget_over(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<(), Error> {
    let over: Vec<String> = sessions::table
        .filter(sessions::user_id.eq(user.to_string()))
        .filter(sessions::expires_at.le(now.micros()))
        .select(sessions::id)
        .load(tx.db())?;
    if over.is_empty() {
        return Ok(());
    }
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&over))).execute(tx.unrecorded())?;
    diesel::delete(sessions::table.filter(sessions::id.eq_any(&over))).execute(tx.unrecorded())?;
    Ok(())
}

/// The session of a refresh token, and whether the token was used before.
///
/// # Errors
/// The database's.
pub fn by_refresh_token(db: &mut impl Read, hash: &[u8]) -> Result<Option<(SessionId, bool)>, Error> {
    let row: Option<(String, Option<i64>)> = refresh_tokens::table
        .find(hash)
        .select((refresh_tokens::session_id, refresh_tokens::used_at))
        .first(db.db())
        .optional()?;
    row.map(|(session, used_at)| Ok((columns::id(&session)?, used_at.is_some()))).transpose()
}

/// Uses a refresh token up and enters the one that follows it.
///
/// # Errors
/// The database's.
pub fn rotate(tx: &mut Tx, session: SessionId, used: &[u8], next: &[u8]) -> Result<(), Error> {
    let now = tx.now().micros();
    diesel::update(refresh_tokens::table.find(used)).set(refresh_tokens::used_at.eq(now)).execute(tx.unrecorded())?;
    add_refresh_token(tx, session, next)
}

fn add_refresh_token(tx: &mut Tx, session: SessionId, hash: &[u8]) -> Result<(), Error> {
    diesel::insert_into(refresh_tokens::table)
        .values((refresh_tokens::token_hash.eq(hash), refresh_tokens::session_id.eq(session.to_string())))
        .execute(tx.unrecorded())?;
    Ok(())
}

/// Ends a session with all its refresh tokens.
///
/// # Errors
/// The database's.
pub fn end(tx: &mut Tx, session: SessionId) -> Result<(), Error> {
    let now = tx.now().micros();
    diesel::update(sessions::table.find(session.to_string()).filter(sessions::ended_at.is_null()))
        .set(sessions::ended_at.eq(now))
        .execute(tx.unrecorded())?;
    Ok(())
}

/// Ends every session of an account but `keep`.
///
/// # Errors
/// The database's.
pub fn end_all(tx: &mut Tx, user: UserId, keep: Option<SessionId>) -> Result<(), Error> {
    let now = tx.now().micros();
    let open: Vec<String> = sessions::table
        .filter(sessions::user_id.eq(user.to_string()))
        .filter(sessions::ended_at.is_null())
        .select(sessions::id)
        .load(tx.db())?;
    let kept = keep.map(|id| id.to_string());
    let ending = open.into_iter().filter(|id| Some(id) != kept.as_ref());
    diesel::update(sessions::table.filter(sessions::id.eq_any(ending.collect::<Vec<_>>())))
        .set(sessions::ended_at.eq(now))
        .execute(tx.unrecorded())?;
    Ok(())
}

/// The one-time code was followed by a password: the session may do everything now.
///
/// # Errors
/// The database's.
pub fn password_was_chosen(tx: &mut Tx, session: SessionId) -> Result<(), Error> {
    diesel::update(sessions::table.find(session.to_string()))
        .set(sessions::must_change_password.eq(false))
        .execute(tx.unrecorded())?;
    Ok(())
}
