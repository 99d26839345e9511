//! Provinces: reference data that the program brings along, the same in every registry.

use super::columns;
use super::connection::{Db, Read};
use super::schema::provinces;
use crate::data;
use crate::domain::provinces::{Province, ProvinceId, ProvinceKind};
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
    fn of(province: &Province) -> Self {
        Self {
            id: province.id.as_str().to_owned(),
            code: province.code.clone(),
            name: province.name.clone(),
            kind: province.kind.as_str().to_owned(),
            successor: province.successor.as_ref().map(|id| id.as_str().to_owned()),
            valid_from: province.valid_from.map(Day::date),
            valid_to: province.valid_to.map(Day::date),
        }
    }

    fn into_domain(self) -> Result<Province, Error> {
        let province = |raw: &str| columns::stored(ProvinceId::parse(raw));
        Ok(Province {
            id: province(&self.id)?,
            code: self.code,
            name: self.name,
            kind: columns::stored(ProvinceKind::parse(&self.kind))?,
            successor: self.successor.as_deref().map(province).transpose()?,
            valid_from: self.valid_from.map(columns::day),
            valid_to: self.valid_to.map(columns::day),
        })
    }
}

/// Enters the provinces that are not there yet.
pub(super) fn load(db: &mut Db) -> QueryResult<()> {
    let known: Vec<String> = provinces::table.select(provinces::id).load(db)?;
    let missing = data::provinces().iter().filter(|unit| !known.iter().any(|id| id == unit.id.as_str()));
    // Successors first: they are referred to.
    let (referring, others): (Vec<_>, Vec<_>) = missing.partition(|unit| unit.successor.is_some());
    db.transaction(|db| {
        for unit in others.into_iter().chain(referring) {
            diesel::insert_into(provinces::table).values(Row::of(unit)).execute(db)?;
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

/// The unit with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: &ProvinceId) -> Result<Option<Province>, Error> {
    let row: Option<Row> = provinces::table.find(id.as_str()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
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

/// The name of a unit.
///
/// # Errors
/// The database's, also where there is no such unit: records name none.
pub fn name_of(db: &mut impl Read, id: &ProvinceId) -> Result<String, Error> {
    let name: Option<String> = provinces::table.find(id.as_str()).select(provinces::name).first(db.db()).optional()?;
    name.ok_or_else(|| Error::internal("a unit that is not on the list of provinces"))
}
