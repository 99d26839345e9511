//! Rows of e-mails that tell of notices: an outbox that several nodes empty together.
//!
//! Who takes one up, and when it is tried again, is no record of the registry and has no event; how it ended is, and has
//! one.

use super::columns;
use super::connection::{Read, insert_all};
use super::schema::notice_mails;
use super::tx::{Tx, Writer};
use crate::domain::ids::NoticeId;
use crate::domain::notices::{Mail, MailState};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;

fn read(state: &str, ended_at: Option<i64>) -> Result<Mail, Error> {
    let state = columns::word(state, MailState::ALL, MailState::as_str)?;
    Ok(Mail { state, ended_at: ended_at.map(columns::instant) })
}

/// How the e-mails of these notices stand; those that have none are not there.
///
/// # Errors
/// The database's.
pub(super) fn of_notices(db: &mut impl Read, ids: &[&str]) -> Result<HashMap<String, Mail>, Error> {
    let rows: Vec<(String, String, Option<i64>)> = notice_mails::table
        .filter(notice_mails::notice_id.eq_any(ids))
        .select((notice_mails::notice_id, notice_mails::state, notice_mails::ended_at))
        .load(db.db())?;
    rows.into_iter().map(|(id, state, ended_at)| Ok((id, read(&state, ended_at)?))).collect()
}

/// The notices whose e-mails are to be tried at `now`, the longest waiting first.
///
/// # Errors
/// The database's.
pub fn due(db: &mut impl Read, now: Timestamp, limit: i64) -> Result<Vec<NoticeId>, Error> {
    let ids: Vec<String> = notice_mails::table
        .filter(notice_mails::state.eq(MailState::Waiting.as_str()))
        .filter(notice_mails::next_try_at.le(now.micros()))
        .order((notice_mails::next_try_at, notice_mails::notice_id))
        .select(notice_mails::notice_id)
        .limit(limit)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}

/// Takes up an e-mail that is to be tried now, so that no other node does before `until`; gives how often it was tried
/// before, or `None` where another was first.
///
/// # Errors
/// The database's.
pub fn claim(tx: &mut Tx, id: NoticeId, until: Timestamp) -> Result<Option<i64>, Error> {
    let now = tx.now().micros();
    let tries: Option<i64> = notice_mails::table
        .find(id.to_string())
        .filter(notice_mails::state.eq(MailState::Waiting.as_str()))
        .filter(notice_mails::next_try_at.le(now))
        .select(notice_mails::tries)
        .first(tx.db())
        .optional()?;
    let Some(tries) = tries else { return Ok(None) };
    set_next(tx, id, tries + 1, until)?;
    Ok(Some(tries))
}

/// Puts an e-mail off that was tried in vain.
///
/// # Errors
/// The database's.
pub fn put_off(tx: &mut Tx, id: NoticeId, tries: i64, next: Timestamp) -> Result<(), Error> {
    set_next(tx, id, tries, next)
}

fn set_next(tx: &mut Tx, id: NoticeId, tries: i64, next: Timestamp) -> Result<(), Error> {
    let target = notice_mails::table.find(id.to_string());
    diesel::update(target)
        .set((notice_mails::tries.eq(tries), notice_mails::next_try_at.eq(next.micros())))
        .execute(tx.unrecorded())?;
    Ok(())
}

/// Enters an e-mail that is to be sent at once; one that was there goes out again.
///
/// # Errors
/// The database's.
pub fn enter(writer: &mut Writer, id: NoticeId, at: Timestamp) -> Result<(), Error> {
    let row = (
        notice_mails::state.eq(MailState::Waiting.as_str()),
        notice_mails::tries.eq(0_i64),
        notice_mails::next_try_at.eq(at.micros()),
        notice_mails::ended_at.eq(None::<i64>),
    );
    if diesel::update(notice_mails::table.find(id.to_string())).set(row).execute(writer.db())? == 0 {
        diesel::insert_into(notice_mails::table)
            .values((notice_mails::notice_id.eq(id.to_string()), row))
            .execute(writer.db())?;
    }
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = notice_mails, treat_none_as_default_value = false)]
struct NewRow {
    notice_id: String,
    state: &'static str,
    tries: i64,
    next_try_at: i64,
    ended_at: Option<i64>,
}

/// Enters the e-mails of notices that are new themselves, to be sent at once.
///
/// # Errors
/// The database's.
pub fn enter_new(writer: &mut Writer, ids: &[NoticeId], at: Timestamp) -> Result<(), Error> {
    let row = |id: &NoticeId| NewRow {
        notice_id: id.to_string(),
        state: MailState::Waiting.as_str(),
        tries: 0,
        next_try_at: at.micros(),
        ended_at: None,
    };
    let rows: Vec<NewRow> = ids.iter().map(row).collect();
    insert_all!(writer.db(), notice_mails::table, rows);
    Ok(())
}

/// Writes down how an e-mail ended.
///
/// # Errors
/// The database's.
pub fn end(writer: &mut Writer, id: NoticeId, state: MailState, at: Timestamp) -> Result<(), Error> {
    diesel::update(notice_mails::table.find(id.to_string()))
        .set((notice_mails::state.eq(state.as_str()), notice_mails::ended_at.eq(at.micros())))
        .execute(writer.db())?;
    Ok(())
}
