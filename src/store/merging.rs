//! One record takes another in: whatever hangs on the other is the first one's from then on. What was written down about
//! the other in the log, and who looked at it, stays under its own id.

use super::columns;
use super::connection::Read;
use super::eligibility::place;
use super::schema::{
    application_people, applications, cases, credentials, eligibility, engagements, people, portraits,
};
use super::tx::Writer;
use super::{duplicates, search};
use crate::domain::applications::ApplicationState;
use crate::domain::ids::{ApplicationId, PersonId};
use crate::error::Error;
use crate::keys::Sealing;
use diesel::prelude::*;

/// What hangs on a record, by ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belongings {
    /// Where they work or worked.
    pub engagements: Vec<String>,
    /// Their cards and letters.
    pub credentials: Vec<String>,
    /// Applications that they are in.
    pub applications: Vec<String>,
    /// Cases about them.
    pub cases: Vec<String>,
    /// Their pictures.
    pub portraits: Vec<String>,
}

/// What hangs on a record and is moved. An application that both are in keeps both.
///
/// # Errors
/// The database's.
pub fn belongings(db: &mut impl Read, gone: PersonId, keep: PersonId) -> Result<Belongings, Error> {
    let (gone, keep) = (gone.to_string(), keep.to_string());
    let shared = application_people::table
        .filter(application_people::person_id.eq(&keep))
        .select(application_people::application_id);
    let shared: Vec<String> = shared.load(db.db())?;
    Ok(Belongings {
        engagements: engagements::table
            .filter(engagements::person_id.eq(&gone))
            .order(engagements::id)
            .select(engagements::id)
            .load(db.db())?,
        credentials: credentials::table
            .filter(credentials::person_id.eq(&gone))
            .order(credentials::id)
            .select(credentials::id)
            .load(db.db())?,
        applications: application_people::table
            .filter(application_people::person_id.eq(&gone))
            .filter(application_people::application_id.ne_all(shared))
            .order(application_people::application_id)
            .select(application_people::application_id)
            .load(db.db())?,
        cases: cases::table.filter(cases::person_id.eq(&gone)).order(cases::id).select(cases::id).load(db.db())?,
        portraits: portraits::table
            .filter(portraits::person_id.eq(&gone))
            .order(portraits::id)
            .select(portraits::id)
            .load(db.db())?,
    })
}

/// An application under way that both people are in.
///
/// # Errors
/// The database's.
pub fn shared_application(db: &mut impl Read, one: PersonId, other: PersonId) -> Result<Option<ApplicationId>, Error> {
    use ApplicationState::{Draft, Endorsed, Returned, Submitted};
    let under_way = [Draft, Submitted, Endorsed, Returned].map(ApplicationState::as_str);
    let of_one = application_people::table
        .filter(application_people::person_id.eq(one.to_string()))
        .select(application_people::application_id);
    let id: Option<String> = application_people::table
        .inner_join(applications::table)
        .filter(application_people::person_id.eq(other.to_string()))
        .filter(application_people::application_id.eq_any(of_one.load::<String>(db.db())?))
        .filter(applications::state.eq_any(under_way))
        .select(application_people::application_id)
        .first(db.db())
        .optional()?;
    columns::optional_id(id.as_deref())
}

/// Moves it all, and marks the record as taken in.
///
/// # Errors
/// The database's; what is sealed does not open.
pub fn take_in(
    writer: &mut Writer,
    sealing: &Sealing,
    gone: PersonId,
    keep: PersonId,
    moved: &Belongings,
) -> Result<(), Error> {
    let (from, to) = (gone.to_string(), keep.to_string());
    diesel::update(engagements::table.filter(engagements::person_id.eq(&from)))
        .set(engagements::person_id.eq(&to))
        .execute(writer.db())?;
    diesel::update(credentials::table.filter(credentials::person_id.eq(&from)))
        .set((credentials::person_id.eq(&to), credentials::version.eq(credentials::version + 1)))
        .execute(writer.db())?;
    let proposed = application_people::table
        .filter(application_people::person_id.eq(&from))
        .filter(application_people::application_id.eq_any(&moved.applications));
    diesel::update(proposed).set(application_people::person_id.eq(&to)).execute(writer.db())?;
    assessments(writer, sealing, &from, &to, &moved.applications)?;
    diesel::update(cases::table.filter(cases::person_id.eq(&from)))
        .set((cases::person_id.eq(&to), cases::version.eq(cases::version + 1)))
        .execute(writer.db())?;
    diesel::update(portraits::table.filter(portraits::person_id.eq(&from)))
        .set(portraits::person_id.eq(&to))
        .execute(writer.db())?;
    diesel::update(people::table.find(&from))
        .set((people::merged_into.eq(&to), people::version.eq(people::version + 1)))
        .execute(writer.db())?;
    duplicates::forget_open(writer, gone)?;
    duplicates::renew(writer, &[keep])?;
    search::renew(writer, gone)?;
    search::renew(writer, keep)?;
    Ok(())
}

/// What was known of the person in an application is sealed for its own place: it is opened there, and sealed for the new.
fn assessments(
    writer: &mut Writer,
    sealing: &Sealing,
    from: &str,
    to: &str,
    applications: &[String],
) -> Result<(), Error> {
    use eligibility::{application_id, person_id, sealed, table};
    let of_gone = table.filter(person_id.eq(from)).filter(application_id.eq_any(applications));
    let rows: Vec<(String, Vec<u8>)> = of_gone.select((application_id, sealed)).load(writer.db())?;
    for (application, value) in rows {
        let plain = sealing.open(&value, &place(&application, from))?;
        diesel::update(table.find((&application, from)))
            .set((person_id.eq(to), sealed.eq(sealing.seal(&plain, &place(&application, to))?)))
            .execute(writer.db())?;
    }
    Ok(())
}
