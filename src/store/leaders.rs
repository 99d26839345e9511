//! Rows of who leads an agency, or led it.

use super::columns;
use super::connection::Read;
use super::schema::{agency_leaders, engagements};
use super::tx::Writer;
use crate::domain::agencies::{Leader, LeaderFields, LeadingPost};
use crate::domain::ids::{AgencyId, LeaderId, PersonId};
use crate::domain::time::Day;
use crate::error::Error;
use chrono::NaiveDate;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = agency_leaders)]
struct Row {
    id: String,
    agency_id: String,
    person_id: String,
    post: String,
    title: Option<String>,
    from_day: NaiveDate,
    to_day: Option<NaiveDate>,
    created_at: i64,
}

impl Row {
    fn into_domain(self) -> Result<Leader, Error> {
        Ok(Leader {
            id: columns::id(&self.id)?,
            agency: columns::id(&self.agency_id)?,
            fields: LeaderFields {
                person: columns::id(&self.person_id)?,
                post: columns::stored(LeadingPost::parse(&self.post))?,
                title: self.title,
                from: columns::day(self.from_day),
            },
            to: self.to_day.map(columns::day),
            created_at: columns::instant(self.created_at),
        })
    }
}

/// Everybody who leads an agency or led it, in the order of their first days.
///
/// # Errors
/// The database's.
pub fn of_agency(db: &mut impl Read, agency: AgencyId) -> Result<Vec<Leader>, Error> {
    let rows: Vec<Row> = agency_leaders::table
        .filter(agency_leaders::agency_id.eq(agency.to_string()))
        .order((agency_leaders::from_day, agency_leaders::id))
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Enters a leader.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Leader) -> Result<(), Error> {
    let LeaderFields { person, post, title, from } = &it.fields;
    let row = Row {
        id: it.id.to_string(),
        agency_id: it.agency.to_string(),
        person_id: person.to_string(),
        post: post.as_str().to_owned(),
        title: title.clone(),
        from_day: from.date(),
        to_day: it.to.map(Day::date),
        created_at: it.created_at.micros(),
    };
    diesel::insert_into(agency_leaders::table).values(row).execute(writer.db())?;
    Ok(())
}

/// Writes a last day.
///
/// # Errors
/// The database's.
pub fn end(writer: &mut Writer, id: LeaderId, last: Day) -> Result<(), Error> {
    let row = agency_leaders::table.find(id.to_string());
    diesel::update(row).set(agency_leaders::to_day.eq(Some(last.date()))).execute(writer.db())?;
    Ok(())
}

/// Removes one that was entered by mistake.
///
/// # Errors
/// The database's.
pub fn remove(writer: &mut Writer, id: LeaderId) -> Result<(), Error> {
    diesel::delete(agency_leaders::table.find(id.to_string())).execute(writer.db())?;
    Ok(())
}

/// Who leads an agency on record for which they do not work any more on `today`.
///
/// # Errors
/// The database's.
pub fn without_engagement(db: &mut impl Read, today: Day) -> Result<Vec<(PersonId, AgencyId)>, Error> {
    let open = engagements::to_day.is_null().or(engagements::to_day.ge(today.date()).assume_not_null());
    let works = engagements::table
        .filter(engagements::person_id.eq(agency_leaders::person_id))
        .filter(engagements::agency_id.eq(agency_leaders::agency_id))
        .filter(open);
    let rows: Vec<(String, String)> = agency_leaders::table
        .filter(agency_leaders::to_day.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(works)))
        .order((agency_leaders::agency_id, agency_leaders::id))
        .select((agency_leaders::person_id, agency_leaders::agency_id))
        .load(db.db())?;
    rows.iter().map(|(person, agency)| Ok((columns::id(person)?, columns::id(agency)?))).collect()
}

/// Removes what says that somebody led an agency.
///
/// # Errors
/// The database's.
pub fn forget(writer: &mut Writer, person: PersonId) -> Result<(), Error> {
    let theirs = agency_leaders::table.filter(agency_leaders::person_id.eq(person.to_string()));
    diesel::delete(theirs).execute(writer.db())?;
    Ok(())
}
