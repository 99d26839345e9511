//! A row as a press agency.

use super::super::agencies::{AgencyFields, AgencyForm};
use super::super::problem::FieldProblem;
use super::super::provinces::ProvinceId;
use super::{CellError, Columns, Row, cells};

/// The agency that a row tells of. `unit` finds the province that a cell names.
///
/// # Errors
/// Every problem of every cell, and `too_many_cells`.
pub fn read_agency(
    columns: &Columns,
    row: &Row,
    unit: impl FnOnce(&str) -> Result<ProvinceId, FieldProblem>,
) -> Result<AgencyFields, Vec<CellError>> {
    let cell = |name| columns.cell(&row.cells, name);
    let optional = |name| columns.optional(&row.cells, name).map(str::to_owned);
    let form = AgencyForm {
        name: cell("name").to_owned(),
        short_name: optional("short_name"),
        kind: cell("kind").to_owned(),
        press_types: None,
        level: cell("level").to_owned(),
        governing_body: optional("governing_body"),
        website: optional("website"),
        source: optional("source"),
    };
    let province = columns.optional(&row.cells, "province").map(unit).transpose();
    cells::read(columns, row, form.parse(province))
}
