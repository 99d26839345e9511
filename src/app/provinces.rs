//! Provinces: codes as people write them, units as records hold them.

use crate::data;
use crate::domain::problem::FieldProblem;
use crate::domain::provinces::{Province, ProvinceId, Territory};
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::{Read, Reader, Tx, provinces};

/// How somebody says in which unit something happened.
#[derive(Clone, Debug)]
pub enum Said {
    /// By the code that it had on that day.
    Code(String),
    /// By its own id, chosen from a list of names.
    Unit(String),
}

impl Default for Said {
    fn default() -> Self {
        Self::Code(String::new())
    }
}

impl Said {
    /// The unit that is meant, on the record's own day, or what is wrong with it.
    ///
    /// # Errors
    /// The database's.
    pub fn on(&self, db: &mut impl Read, day: Day) -> Result<Result<ProvinceId, FieldProblem>, Error> {
        match self {
            Self::Code(code) => of_day(db, code, day),
            Self::Unit(id) => of_id(db, id, day),
        }
    }
}

/// A unit, and what it is made of.
pub struct Listed {
    /// The unit.
    pub unit: Province,
    /// Those that became part of it, by code.
    pub predecessors: Vec<ProvinceId>,
}

/// Every unit there is or was, or those of one day. Anybody may see them.
///
/// # Errors
/// The database's.
pub fn list(db: &mut Reader, on: Option<Day>) -> Result<Vec<Listed>, Error> {
    let units = provinces::list(db)?;
    let part_of = |whole: &Province| {
        let parts = units.iter().filter(|unit| unit.successor.as_ref() == Some(&whole.id));
        parts.map(|unit| unit.id.clone()).collect()
    };
    let wanted = units.iter().filter(|unit| on.is_none_or(|day| unit.in_force(day)));
    Ok(wanted.map(|unit| Listed { predecessors: part_of(unit), unit: unit.clone() }).collect())
}

/// The unit that has this code today, or what is wrong with the code.
///
/// # Errors
/// The database's.
pub fn in_force(tx: &mut Tx, code: &str) -> Result<Result<ProvinceId, FieldProblem>, Error> {
    let today = tx.now().day();
    of_day(tx, code, today)
}

/// The unit that had this code on `day`, or what is wrong with the code.
///
/// # Errors
/// The database's.
pub fn of_day(db: &mut impl Read, code: &str, day: Day) -> Result<Result<ProvinceId, FieldProblem>, Error> {
    // What is no code is not asked for: PostgreSQL refuses some texts.
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit());
    let unit = if is_code { provinces::by_code(db, code, day)? } else { None };
    Ok(unit.map(|unit| unit.id).ok_or_else(|| {
        FieldProblem::new("unknown_province", "the code of a province on that day, like 01; see GET /api/v1/provinces")
    }))
}

fn of_id(db: &mut impl Read, id: &str, day: Day) -> Result<Result<ProvinceId, FieldProblem>, Error> {
    let found = match ProvinceId::parse(id) {
        Ok(id) => provinces::find(db, &id)?.filter(|unit| unit.in_force(day)),
        Err(_) => None,
    };
    let problem = || FieldProblem::new("unknown_province", "a province by the name that it had on that day");
    Ok(found.map(|unit| unit.id).ok_or_else(problem))
}

/// Where `?province=` looks: the unit that has this code today, and those that became part of it.
///
/// # Errors
/// 422: a misspelt one must not look like one where nothing happened.
pub fn wanted(db: &mut impl Read, code: Option<&str>, today: Day) -> Result<Option<Territory>, Error> {
    let Some(code) = code else { return Ok(None) };
    let unit = of_day(db, code, today)?.map_err(|problem| Error::field("query:province", problem))?;
    Ok(Some(data::territory(&unit)))
}

/// The code of a unit: its id begins with it, so that showing a record costs no second query.
pub fn code(unit: &ProvinceId) -> &str {
    unit.as_str().split_once('-').map_or(unit.as_str(), |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data;

    #[test]
    fn the_id_of_every_unit_begins_with_its_code() {
        for row in data::provinces() {
            assert_eq!(code(&row.id), row.code);
        }
    }
}
