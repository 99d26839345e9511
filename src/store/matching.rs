//! What claims are compared with: the whole of it, because a slip may be in any letter. A registry has some tens of
//! thousands of people; each row is two or three short texts.

use super::columns;
use super::connection::{Db, Read};
use super::schema::{case_reports, cases, credentials, people, report_details};
use crate::domain::ids::PersonId;
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;

/// A credential as printed.
#[derive(Queryable)]
pub struct PrintedCredential {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The name on it.
    pub name: String,
    /// The agency on it.
    pub agency_name: String,
    /// Whose it is.
    pub person: String,
}

/// A person's names.
#[derive(Queryable)]
pub struct Names {
    /// Whose.
    pub id: String,
    /// In full.
    pub full_name: String,
    /// As an author.
    pub pen_name: Option<String>,
}

/// What somebody claimed in a case or in one of its reports.
#[derive(Queryable)]
pub struct EarlierClaim {
    /// In which case.
    pub case: String,
    /// The name.
    pub name: Option<String>,
    /// The agency.
    pub agency: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// The number of what was shown.
    pub number: Option<String>,
}

/// Case, name, agency and number of a report.
type Reported = (String, Option<String>, Option<String>, Option<String>);

/// Every credential.
///
/// # Errors
/// The database's.
pub fn credentials(db: &mut impl Read) -> Result<Vec<PrintedCredential>, Error> {
    let columns =
        (credentials::id, credentials::number, credentials::name, credentials::agency_name, credentials::person_id);
    Ok(credentials::table.filter(credentials::name.ne("")).select(columns).load(db.db())?)
}

/// Everybody.
///
/// # Errors
/// The database's.
pub fn people(db: &mut impl Read) -> Result<Vec<Names>, Error> {
    let on_record = people::table.filter(super::people::on_record());
    Ok(on_record.select((people::id, people::full_name, people::pen_name)).load(db.db())?)
}

/// What these records are called, also those that were taken in.
///
/// # Errors
/// The database's.
pub fn names_of(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<Names>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let of_ids = people::table.filter(people::id.eq_any(ids));
    Ok(of_ids.select((people::id, people::full_name, people::pen_name)).load(db.db())?)
}

/// What was claimed in every case within `range`.
///
/// # Errors
/// The database's.
pub fn claims(db: &mut impl Read, range: &Range) -> Result<Vec<EarlierClaim>, Error> {
    let mut rows = cases::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    let mut reported = case_reports::table
        .inner_join(cases::table)
        .inner_join(report_details::table.on(report_details::report_id.eq(case_reports::report_id)))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    match range {
        Range::Everything => {}
        Range::Province(province) => {
            rows = rows.filter(cases::venue_id.eq_any(columns::units(province)));
            reported = reported.filter(cases::venue_id.eq_any(columns::units(province)));
        }
        Range::Agency(_) | Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    }
    let columns = (cases::id, cases::claimed_name, cases::claimed_agency, cases::claimed_phone, cases::claimed_number);
    let mut claims: Vec<EarlierClaim> = rows.select(columns).load(db.db())?;
    let told: Vec<Reported> = reported
        .select((
            case_reports::case_id,
            report_details::claimed_name,
            report_details::claimed_agency,
            report_details::number,
        ))
        .load(db.db())?;
    claims.extend(told.into_iter().map(|(case, name, agency, number)| EarlierClaim {
        case,
        name,
        agency,
        phone: None,
        number,
    }));
    Ok(claims)
}
