//! Rows of looks at what is personal. They are no changes: the log commits to them hour by hour.

use super::columns::{self, one_more};
use super::connection::{Db, Read, on_each};
use super::schema::{access_hours, accesses, cases};
use super::tx::{Tx, Writer};
use crate::domain::accesses::{Access, Looked};
use crate::domain::cases::CaseState;
use crate::domain::ids::{AccessId, PersonId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = accesses, treat_none_as_default_value = false)]
struct Row {
    id: String,
    at: i64,
    person_id: Option<String>,
    actor_id: String,
    actor_role: String,
    actor_body: Option<String>,
    what: String,
    case_id: Option<String>,
    report_id: Option<String>,
    purpose: Option<String>,
}

impl From<&Access> for Row {
    fn from(access: &Access) -> Self {
        Self {
            id: access.id.to_string(),
            at: access.at.micros(),
            person_id: access.person.map(|id| id.to_string()),
            actor_id: access.actor_id.clone(),
            actor_role: access.actor_role.clone(),
            actor_body: access.actor_body.clone(),
            what: access.what.as_str().to_owned(),
            case_id: access.case.map(|id| id.to_string()),
            report_id: access.report.map(|id| id.to_string()),
            purpose: access.purpose.clone(),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<Access, Error> {
        Ok(Access {
            id: columns::id(&self.id)?,
            at: columns::instant(self.at),
            person: columns::optional_id(self.person_id.as_deref())?,
            case: columns::optional_id(self.case_id.as_deref())?,
            report: columns::optional_id(self.report_id.as_deref())?,
            actor_id: self.actor_id,
            actor_role: self.actor_role,
            actor_body: self.actor_body,
            what: columns::word(&self.what, Looked::ALL, Looked::as_str)?,
            purpose: self.purpose,
        })
    }
}

/// Writes looks down.
///
/// # Errors
/// The database's.
pub fn insert(tx: &mut Tx, looks: &[Access]) -> Result<(), Error> {
    let rows: Vec<Row> = looks.iter().map(Row::from).collect();
    on_each!(tx.unrecorded(), db => diesel::insert_into(accesses::table).values(&rows).execute(db))?;
    Ok(())
}

/// Who looked at these records of one person, oldest first, after `after`; one more than `limit` where there is more. A look in a
/// case is told once whoever the case is about was told of it: before that it would tell of the case. What the claims of
/// a case resembled is told once it is over, too.
///
/// # Errors
/// The database's.
pub fn of_people(
    db: &mut impl Read,
    records: &[PersonId],
    after: Option<AccessId>,
    limit: usize,
) -> Result<Vec<Access>, Error> {
    let over: Vec<&str> = CaseState::ALL.iter().filter(|state| !state.is_open()).map(|state| state.as_str()).collect();
    let told = cases::table.filter(cases::notice.eq_any(["sent", "served"])).select(cases::id.nullable());
    let over = cases::table.filter(cases::state.eq_any(over)).select(cases::id.nullable());
    let resembled = accesses::what.eq(Looked::Match.as_str()).and(accesses::case_id.eq_any(over));
    let mut rows = accesses::table
        .filter(accesses::person_id.eq_any(records.iter().map(|id| Some(id.to_string())).collect::<Vec<_>>()))
        .filter(accesses::case_id.is_null().or(accesses::case_id.eq_any(told)).or(resembled))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(after) = after {
        rows = rows.filter(accesses::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(accesses::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// At most `limit` looks from one instant until before another, by time and id, after `after`.
///
/// # Errors
/// The database's.
pub fn between(
    db: &mut impl Read,
    from: Timestamp,
    to: Timestamp,
    after: Option<&Access>,
    limit: i64,
) -> Result<Vec<Access>, Error> {
    let mut rows =
        accesses::table.filter(accesses::at.lt(to.micros())).into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match after {
        None => rows.filter(accesses::at.ge(from.micros())),
        Some(Access { at, id, .. }) => rows
            .filter(accesses::at.ge(at.micros()))
            .filter(accesses::at.gt(at.micros()).or(accesses::id.gt(id.to_string()))),
    };
    let rows: Vec<Row> = rows.order((accesses::at, accesses::id)).limit(limit).load(db.db())?;
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
