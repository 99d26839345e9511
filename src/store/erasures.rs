//! Rows of erasures: asked for, and carried out.

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::schema::{agencies, engagements, erasures, people};
use super::tx::Writer;
use crate::domain::erasure::{Pending, Place, Waiting};
use crate::domain::ids::{PersonId, UserId};
use crate::domain::provinces::ProvinceId;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;

/// An erasure that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Whose.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// The province of the registrar who confirmed it, if that was not the ministry's.
    pub province: Option<ProvinceId>,
    /// Its place in the log.
    pub log_index: i64,
}

/// Person, when erased, province, place in the log.
type Row = (String, Option<i64>, Option<String>, Option<i64>);

/// Person, name, who asked, when, why.
type WaitingRow = (String, String, Option<String>, i64, Option<String>);

/// The erasure of a person that waits for its second registrar.
///
/// # Errors
/// The database's.
pub fn pending(db: &mut impl Read, person: PersonId) -> Result<Option<Pending>, Error> {
    let row: Option<(Option<String>, i64, Option<String>)> = erasures::table
        .find(person.to_string())
        .filter(erasures::log_index.is_null())
        .select((erasures::requested_by, erasures::requested_at, erasures::reason))
        .first(db.db())
        .optional()?;
    row.map(|(by, at, reason)| asked(by, at, reason)).transpose()
}

/// The erasures that wait for their second registrar, in the order in which they were asked for: of those who work within
/// `range` on `today`; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn waiting(
    db: &mut impl Read,
    range: &Range,
    today: Day,
    after: Option<Place>,
    limit: usize,
) -> Result<Vec<Waiting>, Error> {
    let mut rows = erasures::table
        .inner_join(people::table)
        .filter(erasures::log_index.is_null())
        .select((
            erasures::person_id,
            people::full_name,
            erasures::requested_by,
            erasures::requested_at,
            erasures::reason,
        ))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Province(province) => {
            let at_work = engagements::table
                .inner_join(agencies::table)
                .filter(agencies::province_id.eq_any(columns::units(province)))
                .filter(engagements::to_day.is_null().or(engagements::to_day.ge(today.date()).assume_not_null()))
                .select(engagements::person_id);
            rows.filter(erasures::person_id.eq_any(at_work))
        }
        Range::Agency(_) | Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(Place { asked_at, person }) = after {
        let at_once = erasures::requested_at.eq(asked_at.micros()).and(erasures::person_id.gt(person.to_string()));
        rows = rows.filter(erasures::requested_at.gt(asked_at.micros()).or(at_once));
    }
    let rows: Vec<WaitingRow> =
        rows.order((erasures::requested_at, erasures::person_id)).limit(one_more(limit)).load(db.db())?;
    let of_row = |(person, full_name, by, at, reason): WaitingRow| {
        Ok(Waiting { person: columns::id(&person)?, full_name, pending: asked(by, at, reason)? })
    };
    rows.into_iter().map(of_row).collect()
}

fn asked(by: Option<String>, at: i64, reason: Option<String>) -> Result<Pending, Error> {
    let requested_by: UserId = columns::optional_id(by.as_deref())?.ok_or_else(|| Error::internal("nobody asked"))?;
    Ok(Pending { requested_by, requested_at: columns::instant(at), reason: reason.unwrap_or_default() })
}

/// Notes that a registrar asks for a person's erasure.
///
/// # Errors
/// The database's.
pub fn request(writer: &mut Writer, person: PersonId, it: &Pending) -> Result<(), Error> {
    diesel::insert_into(erasures::table)
        .values((
            erasures::person_id.eq(person.to_string()),
            erasures::requested_by.eq(it.requested_by.to_string()),
            erasures::requested_at.eq(it.requested_at.micros()),
            erasures::reason.eq(&it.reason),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// Forgets that it was asked for.
///
/// # Errors
/// The database's.
pub fn withdraw(writer: &mut Writer, person: PersonId) -> Result<(), Error> {
    let pending = erasures::table.find(person.to_string()).filter(erasures::log_index.is_null());
    diesel::delete(pending).execute(writer.db())?;
    Ok(())
}

/// Notes that a person is erased, and forgets why it was asked for.
///
/// # Errors
/// The database's.
pub fn carry_out(writer: &mut Writer, it: &Done) -> Result<(), Error> {
    let (id, province) = (it.person.to_string(), it.province.as_ref().map(|province| province.as_str().to_owned()));
    let done = (
        erasures::reason.eq(None::<String>),
        erasures::province_id.eq(&province),
        erasures::log_index.eq(Some(it.log_index)),
    );
    if diesel::update(erasures::table.find(&id)).set(done.clone()).execute(writer.db())? == 0 {
        diesel::insert_into(erasures::table)
            .values((erasures::person_id.eq(&id), erasures::requested_at.eq(it.at.micros()), done))
            .execute(writer.db())?;
    }
    diesel::update(people::table.find(&id)).set(people::erased_at.eq(it.at.micros())).execute(writer.db())?;
    Ok(())
}

/// The erasure of this person, if it was carried out.
///
/// # Errors
/// The database's.
pub fn done(db: &mut impl Read, person: PersonId) -> Result<Option<Done>, Error> {
    Ok(all_done(db, Some(person))?.pop())
}

/// Every erasure that was carried out, of this person or of anybody.
///
/// # Errors
/// The database's.
pub fn all_done(db: &mut impl Read, person: Option<PersonId>) -> Result<Vec<Done>, Error> {
    let mut rows = erasures::table
        .inner_join(people::table)
        .filter(people::erased_at.is_not_null())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(person) = person {
        rows = rows.filter(erasures::person_id.eq(person.to_string()));
    }
    let rows: Vec<Row> = rows
        .order(erasures::person_id)
        .select((erasures::person_id, people::erased_at, erasures::province_id, erasures::log_index))
        .load(db.db())?;
    let done = |(person, at, province, index): Row| {
        Ok(Done {
            person: columns::id(&person)?,
            at: columns::instant(at.unwrap_or_default()),
            province: province.map(|raw| columns::stored(ProvinceId::parse(&raw))).transpose()?,
            log_index: index.ok_or_else(|| Error::internal("an erasure without its entry"))?,
        })
    };
    rows.into_iter().map(done).collect()
}
