//! Rows of licences, which are entered and never changed but for their revocation, and which of them replaced which.

use super::columns::{self, at_most};
use super::connection::{Read, insert_all};
use super::schema::{agencies, licence_replacements, licences};
use super::tx::Writer;
use crate::domain::agencies::{AgencyState, Licence, LicenceFields};
use crate::domain::ids::{AgencyId, LicenceId};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use chrono::NaiveDate;
use diesel::dsl;
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
    revoked_on: Option<NaiveDate>,
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
    of_agencies(db, &[agency])
}

/// The licences of the closed among these agencies: what whoever took their place may replace.
///
/// # Errors
/// The database's.
pub fn of_closed(db: &mut impl Read, of: &[AgencyId]) -> Result<Vec<Licence>, Error> {
    let ids: Vec<String> = of.iter().map(ToString::to_string).collect();
    let closed: Vec<String> = agencies::table
        .filter(agencies::id.eq_any(ids))
        .filter(agencies::state.eq(AgencyState::Closed.as_str()))
        .select(agencies::id)
        .load(db.db())?;
    let closed = closed.iter().map(|id| columns::id(id)).collect::<Result<Vec<_>, _>>()?;
    of_agencies(db, &closed)
}

fn of_agencies(db: &mut impl Read, of: &[AgencyId]) -> Result<Vec<Licence>, Error> {
    let of: Vec<String> = of.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = licences::table.filter(licences::agency_id.eq_any(of)).order(licences::id).load(db.db())?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let is_of_them = licence_replacements::replaced_id.eq_any(&ids).or(licence_replacements::licence_id.eq_any(&ids));
    let replacements: Vec<Replacement> =
        licence_replacements::table.filter(is_of_them).order(licence_replacements::replaced_id).load(db.db())?;
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
                agency: columns::id(&row.agency_id)?,
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
                revoked_on: row.revoked_on.map(columns::day),
                created_at: columns::instant(row.created_at),
            })
        })
        .collect()
}

/// Enters a licence, what it replaces from its first day on, and what has replaced it.
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
        revoked_on: it.revoked_on.map(Day::date),
    };
    diesel::insert_into(licences::table).values(row).execute(writer.db())?;
    let replaced = replaces.iter().map(|replaced| Replacement {
        replaced_id: replaced.to_string(),
        licence_id: it.id.to_string(),
        from_day: issued_on.date(),
    });
    let has_replaced = it.replaced_by.map(|(by, from)| Replacement {
        replaced_id: it.id.to_string(),
        licence_id: by.to_string(),
        from_day: from.date(),
    });
    let replaced: Vec<Replacement> = replaced.chain(has_replaced).collect();
    insert_all!(writer.db(), licence_replacements::table, replaced);
    Ok(())
}

/// Writes the day on which licences were taken away.
///
/// # Errors
/// The database's.
pub fn revoke(writer: &mut Writer, revoked: &[LicenceId], on: Day) -> Result<(), Error> {
    if revoked.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = revoked.iter().map(ToString::to_string).collect();
    diesel::update(licences::table.filter(licences::id.eq_any(ids)))
        .set(licences::revoked_on.eq(Some(on.date())))
        .execute(writer.db())?;
    Ok(())
}

/// Agencies with a licence whose last day is before `day`.
#[dsl::auto_type(no_type_alias)]
pub(super) fn over_by(day: Day) -> _ {
    let day: NaiveDate = day.date();
    licences::table.filter(licences::valid_until.lt(day)).select(licences::agency_id)
}

/// Agencies with a licence that nothing has replaced and nobody has taken away, and that is not over before `day`.
#[dsl::auto_type(no_type_alias)]
pub(super) fn good_on(day: Day) -> _ {
    let day: NaiveDate = day.date();
    licences::table
        .filter(licences::revoked_on.is_null())
        .filter(licences::valid_until.is_null().or(licences::valid_until.ge(day).assume_not_null()))
        .filter(dsl::not(licences::id.eq_any(licence_replacements::table.select(licence_replacements::replaced_id))))
        .select(licences::agency_id)
}

/// Agencies at work that have a licence whose last day is past and none that is good, in the order of their ids, after
/// `after`.
///
/// # Errors
/// The database's.
pub fn with_one_expired(
    db: &mut impl Read,
    now: Timestamp,
    after: Option<AgencyId>,
    limit: usize,
) -> Result<Vec<AgencyId>, Error> {
    let ids: Vec<String> = agencies::table
        .filter(agencies::state.eq(AgencyState::Active.as_str()))
        .filter(agencies::id.eq_any(over_by(now.day())))
        .filter(dsl::not(agencies::id.eq_any(good_on(now.day()))))
        .filter(agencies::id.gt(after.map_or_else(String::new, |after| after.to_string())))
        .order(agencies::id)
        .limit(at_most(limit))
        .select(agencies::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}
