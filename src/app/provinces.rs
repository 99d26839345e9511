//! Provinces: codes as people write them, units as records hold them.

use crate::domain::problem::FieldProblem;
use crate::domain::provinces::{Province, ProvinceId};
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::{Read, Reader, Tx, provinces};

/// Every unit there is or was. Anybody may see them.
///
/// # Errors
/// The database's.
pub fn list(db: &mut Reader) -> Result<Vec<Province>, Error> {
    provinces::list(db)
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
    let unit = provinces::by_code(db, code, day)?;
    Ok(unit.map(|unit| unit.id).ok_or_else(|| {
        FieldProblem::new("unknown_province", "the code of a province of today, like 01; see GET /api/v1/provinces")
    }))
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
