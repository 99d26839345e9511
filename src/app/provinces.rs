//! Provinces, as anybody may read them.

use crate::domain::problem::FieldProblem;
use crate::domain::provinces::ProvinceId;
use crate::error::Error;
use crate::store::{Tx, provinces};

/// The unit that has this code today.
///
/// # Errors
/// The database's; the inner one is the field's: `unknown_province`.
pub fn in_force(tx: &mut Tx, code: &str) -> Result<Result<ProvinceId, FieldProblem>, Error> {
    let today = tx.now().day();
    let unit = provinces::by_code(tx, code, today)?;
    Ok(unit.map(|unit| unit.id).ok_or_else(|| FieldProblem::new("unknown_province", "no province has this code today")))
}
