//! Rows of licences, which are entered and never changed, and which of them replaced which.

use super::columns::{self, at_most};
use super::connection::{Read, insert_all};
use super::schema::{agencies, licence_replacements, licences};
use super::tx::Writer;
use crate::domain::agencies::{AgencyState, Licence, LicenceFields};
use crate::domain::ids::{AgencyId, LicenceId};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable, Insertable)]
#[diesel(table_name = licences)]
struct Row {
    id: String,
    agency_id: String,
    number: String,
    issued_on: NaiveDate,
    issuer: String,
    valid_until: Option<NaiveDate>,
    purpose: Option<String>,
    circulation_area: Option<String>,
    created_at: i64,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = licence_replacements, treat_none_as_default_value = false)]
struct Replacement {
    replaced_id: String,
    licence_id: String,
    from_day: NaiveDate,
}

/// The licences of an agency in the order in which they were entered.
///
/// # Errors
/// The database's.
pub fn of_agency(db: &mut impl Read, agency: AgencyId) -> Result<Vec<Licence>, Error> {
    let rows: Vec<Row> =
        licences::table.filter(licences::agency_id.eq(agency.to_string())).order(licences::id).load(db.db())?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let replacements: Vec<Replacement> = licence_replacements::table
        .filter(licence_replacements::replaced_id.eq_any(ids))
        .order(licence_replacements::replaced_id)
        .load(db.db())?;
    let mut replaces = HashMap::<String, Vec<LicenceId>>::new();
    let mut replaced_by = HashMap::<String, (LicenceId, Day)>::new();
    for Replacement { replaced_id, licence_id, from_day } in replacements {
        replaced_by.insert(replaced_id.clone(), (columns::id(&licence_id)?, columns::day(from_day)));
        replaces.entry(licence_id).or_default().push(columns::id(&replaced_id)?);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Licence {
                id: columns::id(&row.id)?,
                agency,
                replaced_by: replaced_by.remove(&row.id),
                fields: LicenceFields {
                    replaces: replaces.remove(&row.id).unwrap_or_default(),
                    number: row.number,
                    issued_on: columns::day(row.issued_on),
                    issuer: row.issuer,
                    valid_until: row.valid_until.map(columns::day),
                    purpose: row.purpose,
                    circulation_area: row.circulation_area,
                },
                created_at: columns::instant(row.created_at),
            })
        })
        .collect()
}

/// Enters a licence, and what it replaces from its first day on.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Licence) -> Result<(), Error> {
    let LicenceFields { number, issued_on, issuer, valid_until, purpose, circulation_area, replaces } = &it.fields;
    let row = Row {
        id: it.id.to_string(),
        agency_id: it.agency.to_string(),
        number: number.clone(),
        issued_on: issued_on.date(),
        issuer: issuer.clone(),
        valid_until: valid_until.map(Day::date),
        purpose: purpose.clone(),
        circulation_area: circulation_area.clone(),
        created_at: it.created_at.micros(),
    };
    diesel::insert_into(licences::table).values(row).execute(writer.db())?;
    let replaced = replaces.iter().map(|replaced| Replacement {
        replaced_id: replaced.to_string(),
        licence_id: it.id.to_string(),
        from_day: issued_on.date(),
    });
    let replaced: Vec<Replacement> = replaced.collect();
    insert_all!(writer.db(), licence_replacements::table, replaced);
    Ok(())
}

/// Agencies at work that have a licence whose last day is past, in the order of their ids, after `after`.
///
/// # Errors
/// The database's.
pub fn with_one_expired(
    db: &mut impl Read,
    now: Timestamp,
    after: Option<AgencyId>,
    limit: usize,
) -> Result<Vec<AgencyId>, Error> {
    let expired = licences::table.filter(licences::valid_until.lt(now.day().date())).select(licences::agency_id);
    let ids: Vec<String> = agencies::table
        .filter(agencies::state.eq(AgencyState::Active.as_str()))
        .filter(agencies::id.eq_any(expired))
        .filter(agencies::id.gt(after.map_or_else(String::new, |after| after.to_string())))
        .order(agencies::id)
        .limit(at_most(limit))
        .select(agencies::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}
