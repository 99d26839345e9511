//! Rows of looks at people's records. They are no changes: the log commits to them hour by hour.

use super::columns::{self, one_more};
use super::connection::{Db, Read, on_each};
use super::schema::{access_hours, accesses};
use super::tx::{Tx, Writer};
use crate::domain::accesses::{Access, Looked};
use crate::domain::ids::{AccessId, PersonId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = accesses, treat_none_as_default_value = false)]
struct Row {
    id: String,
    at: i64,
    person_id: String,
    actor_id: String,
    actor_role: String,
    actor_body: Option<String>,
    what: String,
}

impl From<&Access> for Row {
    fn from(access: &Access) -> Self {
        Self {
            id: access.id.to_string(),
            at: access.at.micros(),
            person_id: access.person.to_string(),
            actor_id: access.actor_id.clone(),
            actor_role: access.actor_role.clone(),
            actor_body: access.actor_body.clone(),
            what: access.what.as_str().to_owned(),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<Access, Error> {
        Ok(Access {
            id: columns::id(&self.id)?,
            at: columns::instant(self.at),
            person: columns::id(&self.person_id)?,
            actor_id: self.actor_id,
            actor_role: self.actor_role,
            actor_body: self.actor_body,
            what: columns::word(&self.what, &Looked::ALL, Looked::as_str)?,
        })
    }
}

/// Writes looks down.
///
/// # Errors
/// The database's.
pub fn insert(tx: &mut Tx, looks: &[Access]) -> Result<(), Error> {
    let rows: Vec<Row> = looks.iter().map(Row::from).collect();
    on_each!(tx.db(), db => diesel::insert_into(accesses::table).values(&rows).execute(db))?;
    Ok(())
}

/// Who looked at a person's record, oldest first, after `after`; one more than `limit` where there is more.
///
/// # Errors
/// The database's.
pub fn of_person(
    db: &mut impl Read,
    person: PersonId,
    after: Option<AccessId>,
    limit: usize,
) -> Result<Vec<Access>, Error> {
    let mut rows = accesses::table
        .filter(accesses::person_id.eq(person.to_string()))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(after) = after {
        rows = rows.filter(accesses::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(accesses::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The looks from one instant until before another, in the order of their ids.
///
/// # Errors
/// The database's.
pub fn between(db: &mut impl Read, from: Timestamp, to: Timestamp) -> Result<Vec<Access>, Error> {
    let rows: Vec<Row> = accesses::table
        .filter(accesses::at.ge(from.micros()).and(accesses::at.lt(to.micros())))
        .order(accesses::id)
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The oldest look since the last hour that the log commits to, if it was before `end`.
///
/// # Errors
/// The database's.
pub fn oldest_uncommitted(db: &mut impl Read, end: Timestamp) -> Result<Option<Timestamp>, Error> {
    let hour: Option<i64> =
        access_hours::table.select(access_hours::hour).order(access_hours::hour.desc()).first(db.db()).optional()?;
    let since = hour.map_or(i64::MIN, |hour| columns::instant(hour).plus_seconds(3_600).micros());
    let at: Option<i64> = accesses::table
        .filter(accesses::at.ge(since).and(accesses::at.lt(end.micros())))
        .select(accesses::at)
        .order(accesses::at)
        .first(db.db())
        .optional()?;
    Ok(at.map(columns::instant))
}

/// Notes that the log commits to this hour.
///
/// # Errors
/// The database's.
pub fn commit_hour(writer: &mut Writer, hour: Timestamp) -> Result<(), Error> {
    diesel::insert_into(access_hours::table).values(access_hours::hour.eq(hour.micros())).execute(writer.db())?;
    Ok(())
}
