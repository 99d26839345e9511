//! Provinces: reference data that the program brings along, the same in every registry.

use super::columns;
use super::connection::{Db, Read};
use super::schema::provinces;
use crate::data;
use crate::domain::provinces::{Province, ProvinceId};
use crate::domain::time::Day;
use crate::error::Error;
use chrono::NaiveDate;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = provinces)]
struct Row {
    id: String,
    code: String,
    name: String,
    kind: String,
    successor: Option<String>,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
}

impl Row {
    fn into_domain(self) -> Result<Province, Error> {
        let province = |raw: &str| columns::stored(ProvinceId::parse(raw));
        Ok(Province {
            id: province(&self.id)?,
            code: self.code,
            name: self.name,
            kind: self.kind,
            successor: self.successor.as_deref().map(province).transpose()?,
            valid_from: self.valid_from.map(columns::day),
            valid_to: self.valid_to.map(columns::day),
        })
    }
}

/// Enters the provinces that are not there yet.
pub(super) fn load(db: &mut Db) -> QueryResult<()> {
    let known: Vec<String> = provinces::table.select(provinces::id).load(db)?;
    let mut missing: Vec<_> = data::provinces().iter().filter(|row| !known.contains(&row.id)).collect();
    // Successors first: they are referred to.
    missing.sort_by_key(|row| row.successor.is_some());
    db.transaction(|db| {
        for row in missing {
            let row = Row {
                id: row.id.clone(),
                code: row.code.clone(),
                name: row.name.clone(),
                kind: row.kind.clone(),
                successor: row.successor.clone(),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            };
            diesel::insert_into(provinces::table).values(row).execute(db)?;
        }
        Ok(())
    })
}

/// Every unit, by code and then by time.
///
/// # Errors
/// The database's.
pub fn list(db: &mut impl Read) -> Result<Vec<Province>, Error> {
    let rows: Vec<Row> = provinces::table.order((provinces::code, provinces::id)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The unit that had this code on `day`.
///
/// # Errors
/// The database's.
pub fn by_code(db: &mut impl Read, code: &str, day: Day) -> Result<Option<Province>, Error> {
    let rows: Vec<Row> = provinces::table.filter(provinces::code.eq(code)).order(provinces::id).load(db.db())?;
    let units = rows.into_iter().map(Row::into_domain).collect::<Result<Vec<_>, _>>()?;
    Ok(units.into_iter().find(|unit| unit.in_force(day)))
}

/// The code of a unit.
///
/// # Errors
/// The database's.
pub fn code_of(db: &mut impl Read, id: &ProvinceId) -> Result<Option<String>, Error> {
    Ok(provinces::table.find(id.as_str()).select(provinces::code).first(db.db()).optional()?)
}
