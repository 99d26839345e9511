//! One record takes another in: whatever hangs on the other is the first one's from then on. What was written down about
//! the other in the log, and who looked at it, stays under its own id. Where that was wrong, it is given back.

use super::columns;
use super::connection::{IDS_AT_ONCE, Read};
use super::eligibility::place;
use super::schema::{
    agency_leaders, application_people, applications, case_decisions, cases, credentials, eligibility, engagements,
    office_posts, offices, people, portraits,
};
use super::tx::Writer;
use super::{duplicates, search};
use crate::domain::applications::ApplicationState;
use crate::domain::cases::CaseState;
use crate::domain::ids::{ApplicationId, CaseId, OfficeId, PersonId};
use crate::domain::people::Person;
use crate::domain::time::Day;
use crate::error::Error;
use crate::keys::Sealing;
use diesel::prelude::*;
use std::collections::BTreeSet;

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
    /// Offices in which they have or had a post, alone or with others.
    pub offices: Vec<String>,
    /// Their times at the head of agencies.
    pub leaders: Vec<String>,
}

/// The ids of what is one record's in a table, all of it or what of these.
macro_rules! of_record {
    ($db:expr, $table:ident, $person:expr) => {
        $table::table
            .filter($table::person_id.eq($person))
            .order($table::id)
            .select($table::id)
            .load::<String>($db.db())?
    };
    ($db:expr, $table:ident, $person:expr, $among:expr) => {{
        let mut found = Vec::new();
        for ids in $among.chunks(IDS_AT_ONCE) {
            let theirs = $table::table.filter($table::id.eq_any(ids)).filter($table::person_id.eq($person));
            found.extend(theirs.order($table::id).select($table::id).load::<String>($db.db())?);
        }
        found
    }};
}

/// Hands what has these ids over to a record; in a new version, where it has one.
macro_rules! hand_over {
    ($writer:expr, $table:ident, $ids:expr, $to:expr $(, $version:ident)?) => {
        for ids in $ids.chunks(IDS_AT_ONCE) {
            diesel::update($table::table.filter($table::id.eq_any(ids)))
                .set(($table::person_id.eq($to), $($table::$version.eq($table::$version + 1),)?))
                .execute($writer.db())?;
        }
    };
}

/// What hangs on a record and is moved. An application that both are in keeps both, and so does an office.
///
/// # Errors
/// The database's.
pub fn belongings(db: &mut impl Read, gone: PersonId, keep: PersonId) -> Result<Belongings, Error> {
    let (gone, keep) = (gone.to_string(), keep.to_string());
    let shared = application_people::table
        .filter(application_people::person_id.eq(&keep))
        .select(application_people::application_id);
    let shared: Vec<String> = shared.load(db.db())?;
    let posted = office_posts::table.filter(office_posts::person_id.eq(&keep)).select(office_posts::office_id);
    let posted: Vec<String> = posted.load(db.db())?;
    Ok(Belongings {
        engagements: of_record!(db, engagements, &gone),
        credentials: of_record!(db, credentials, &gone),
        applications: application_people::table
            .filter(application_people::person_id.eq(&gone))
            .filter(application_people::application_id.ne_all(shared))
            .order(application_people::application_id)
            .select(application_people::application_id)
            .load(db.db())?,
        cases: of_record!(db, cases, &gone),
        portraits: of_record!(db, portraits, &gone),
        leaders: of_record!(db, agency_leaders, &gone),
        offices: office_posts::table
            .filter(office_posts::person_id.eq(&gone))
            .filter(office_posts::office_id.ne_all(posted))
            .order(office_posts::office_id)
            .select(office_posts::office_id)
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

/// An office that stands in which `gone` has a post after `day`, and `keep` has or had one.
///
/// # Errors
/// The database's.
pub fn shared_office(db: &mut impl Read, gone: PersonId, keep: PersonId, day: Day) -> Result<Option<OfficeId>, Error> {
    let of_keep = office_posts::table
        .filter(office_posts::person_id.eq(keep.to_string()))
        .select(office_posts::office_id)
        .load::<String>(db.db())?;
    let id: Option<String> = office_posts::table
        .inner_join(offices::table)
        .filter(office_posts::person_id.eq(gone.to_string()))
        .filter(office_posts::to_day.is_null().or(office_posts::to_day.gt(day.date()).assume_not_null()))
        .filter(office_posts::office_id.eq_any(of_keep))
        .filter(offices::state.eq_any(super::offices::standing_states()))
        .order(office_posts::office_id)
        .select(office_posts::office_id)
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
    new_versions(writer, &moved.applications)?;
    assessments(writer, sealing, &from, &to, &moved.applications)?;
    super::applications::hand_documents_over(writer, &from, &to, &moved.applications)?;
    posts(writer, &from, &to, &moved.offices)?;
    diesel::update(cases::table.filter(cases::person_id.eq(&from)))
        .set((cases::person_id.eq(&to), cases::version.eq(cases::version + 1)))
        .execute(writer.db())?;
    diesel::update(portraits::table.filter(portraits::person_id.eq(&from)))
        .set(portraits::person_id.eq(&to))
        .execute(writer.db())?;
    diesel::update(agency_leaders::table.filter(agency_leaders::person_id.eq(&from)))
        .set(agency_leaders::person_id.eq(&to))
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

/// What of that hangs on the record that took the other in still, and goes back with a split: what was erased, forgotten or
/// given to others since does not, nor an application of which a card came since: that is printed with what the record says.
///
/// # Errors
/// The database's.
pub fn to_give_back(db: &mut impl Read, keep: PersonId, moved: &Belongings) -> Result<Belongings, Error> {
    let keep = keep.to_string();
    let mut back = Belongings {
        engagements: of_record!(db, engagements, &keep, &moved.engagements),
        credentials: of_record!(db, credentials, &keep, &moved.credentials),
        cases: of_record!(db, cases, &keep, &moved.cases),
        portraits: of_record!(db, portraits, &keep, &moved.portraits),
        leaders: of_record!(db, agency_leaders, &keep, &moved.leaders),
        ..Belongings::default()
    };
    for ids in moved.applications.chunks(IDS_AT_ONCE) {
        let theirs: Vec<(String, Option<String>)> = application_people::table
            .filter(application_people::application_id.eq_any(ids))
            .filter(application_people::person_id.eq(&keep))
            .order(application_people::application_id)
            .select((application_people::application_id, application_people::credential_id))
            .load(db.db())?;
        let is_older = |card: &Option<String>| card.as_ref().is_none_or(|card| moved.credentials.contains(card));
        back.applications.extend(theirs.into_iter().filter(|(_, card)| is_older(card)).map(|(id, _)| id));
    }
    for ids in moved.offices.chunks(IDS_AT_ONCE) {
        let theirs =
            office_posts::table.filter(office_posts::office_id.eq_any(ids)).filter(office_posts::person_id.eq(&keep));
        let theirs = theirs.order(office_posts::office_id).select(office_posts::office_id);
        back.offices.extend(theirs.load::<String>(db.db())?);
    }
    Ok(back)
}

/// A case about a record that names cards of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingCase {
    /// The case.
    pub id: CaseId,
    /// Whether something is still to be done about it.
    pub is_open: bool,
    /// The cards that it, its suspension of before or its decision names.
    pub cards: BTreeSet<String>,
}

/// The cases about a record that name cards of it.
///
/// # Errors
/// The database's.
pub fn naming_cases(db: &mut impl Read, person: PersonId) -> Result<Vec<NamingCase>, Error> {
    type Row = (String, String, Option<String>, Option<String>, Option<String>);
    let person = person.to_string();
    let own = credentials::table.filter(credentials::person_id.eq(&person)).select(credentials::id);
    let own: BTreeSet<String> = own.load::<String>(db.db())?.into_iter().collect();
    let rows: Vec<Row> = cases::table
        .left_join(case_decisions::table)
        .filter(cases::person_id.eq(&person))
        .order(cases::id)
        .select((
            cases::id,
            cases::state,
            cases::credential_id,
            cases::interim_credential_id,
            case_decisions::credential_id.nullable(),
        ))
        .load(db.db())?;
    let naming = |(id, state, named, interim, decided): Row| {
        let cards = [named, interim, decided].into_iter().flatten().filter(|card| own.contains(card)).collect();
        let state = columns::word(&state, &CaseState::ALL, CaseState::as_str)?;
        Ok(NamingCase { id: columns::id(&id)?, is_open: state.is_open(), cards })
    };
    let all: Vec<NamingCase> = rows.into_iter().map(naming).collect::<Result<_, Error>>()?;
    Ok(all.into_iter().filter(|case| !case.cards.is_empty()).collect())
}

/// Gives it all back, and puts the record that was taken in on record again.
///
/// # Errors
/// The database's; what is sealed does not open.
pub fn give_back(
    writer: &mut Writer,
    sealing: &Sealing,
    keep: PersonId,
    restored: &Person,
    back: &Belongings,
) -> Result<(), Error> {
    let gone = restored.id;
    let (from, to) = (keep.to_string(), gone.to_string());
    hand_over!(writer, engagements, back.engagements, &to);
    hand_over!(writer, credentials, back.credentials, &to, version);
    for ids in back.applications.chunks(IDS_AT_ONCE) {
        let proposed = application_people::table
            .filter(application_people::person_id.eq(&from))
            .filter(application_people::application_id.eq_any(ids));
        diesel::update(proposed).set(application_people::person_id.eq(&to)).execute(writer.db())?;
        new_versions(writer, ids)?;
        assessments(writer, sealing, &from, &to, ids)?;
        super::applications::hand_documents_over(writer, &from, &to, ids)?;
    }
    posts(writer, &from, &to, &back.offices)?;
    hand_over!(writer, cases, back.cases, &to, version);
    hand_over!(writer, portraits, back.portraits, &to);
    hand_over!(writer, agency_leaders, back.leaders, &to);
    diesel::update(people::table.find(&to))
        .set((people::merged_into.eq(None::<String>), people::version.eq(restored.version)))
        .execute(writer.db())?;
    duplicates::renew(writer, &[keep, gone])?;
    search::renew(writer, gone)?;
    search::renew(writer, keep)?;
    Ok(())
}

/// Whoever read an application with the other record in it is not to decide on this one.
fn new_versions(writer: &mut Writer, moved: &[String]) -> Result<(), Error> {
    for ids in moved.chunks(IDS_AT_ONCE) {
        diesel::update(applications::table.filter(applications::id.eq_any(ids)))
            .set(applications::version.eq(applications::version + 1))
            .execute(writer.db())?;
    }
    Ok(())
}

/// Posts go over as they stand, and so do papers about the person. Whoever read an office with the other record in it is not
/// to decide on this one.
fn posts(writer: &mut Writer, from: &str, to: &str, moved: &[String]) -> Result<(), Error> {
    for ids in moved.chunks(IDS_AT_ONCE) {
        let theirs =
            office_posts::table.filter(office_posts::office_id.eq_any(ids)).filter(office_posts::person_id.eq(from));
        diesel::update(theirs).set(office_posts::person_id.eq(to)).execute(writer.db())?;
        super::offices::hand_documents_over(writer, from, to, ids)?;
        diesel::update(offices::table.filter(offices::id.eq_any(ids)))
            .set(offices::version.eq(offices::version + 1))
            .execute(writer.db())?;
    }
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
