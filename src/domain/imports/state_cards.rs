//! A row as a press card of before the registry.

use super::super::state_cards::{StateCardFields, StateCardForm};
use super::super::time::Day;
use super::dates::as_written_in_forms;
use super::{CellError, Columns, Row, cells};

/// The card that a row tells of.
///
/// # Errors
/// Every problem of every cell, and `too_many_cells`.
pub fn read_state_card(columns: &Columns, row: &Row, today: Day) -> Result<StateCardFields, Vec<CellError>> {
    let cell = |name| columns.cell(&row.cells, name);
    let until = columns.optional(&row.cells, "valid_until");
    let form = StateCardForm {
        number: cell("number").to_owned(),
        name: cell("name").to_owned(),
        issued: as_written_in_forms(cell("issued")).into_owned(),
        valid_until: until.map(|cell| as_written_in_forms(cell).into_owned()),
    };
    cells::read(columns, row, form.parse(today))
}
