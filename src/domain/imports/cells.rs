//! What a row's form was refused for, told of its cells.

use super::super::problem::FieldError;
use super::super::text;
use super::{CellError, Columns, Row};

/// Longer than any field takes: no more of a cell is looked at.
pub(super) const LONGEST_CELL: usize = 1_000;

/// What was read of a row.
///
/// # Errors
/// Every problem of every cell, as a form would be told, and `too_many_cells`.
pub(super) fn read<T>(columns: &Columns, row: &Row, parsed: Result<T, Vec<FieldError>>) -> Result<T, Vec<CellError>> {
    let overflows = columns.overflows(&row.cells);
    let mut errors: Vec<CellError> = match parsed {
        Ok(read) if !overflows => return Ok(read),
        Ok(_) => Vec::new(),
        Err(errors) => of_form(errors),
    };
    // What nobody sees is told as that, wherever it stands.
    for error in &mut errors {
        let seen: String = columns.cell(&row.cells, &error.column).chars().take(LONGEST_CELL).collect();
        if let Err(problem) = text::line(&seen, LONGEST_CELL)
            && problem.code == "control_character"
        {
            (error.code, error.detail) = (problem.code.to_owned(), problem.detail);
        }
    }
    if overflows {
        errors.push(cell_error("", "too_many_cells", "there are more cells than columns"));
    }
    Err(errors)
}

/// What a form is told of its fields, of the cells that stand for them.
pub(super) fn of_form(errors: Vec<FieldError>) -> Vec<CellError> {
    let of_cell =
        |error: FieldError| cell_error(error.pointer.rsplit('/').next().unwrap_or_default(), error.code, error.detail);
    errors.into_iter().map(of_cell).collect()
}

pub(super) fn cell_error(column: &str, code: &str, detail: impl Into<String>) -> CellError {
    CellError { column: column.to_owned(), code: code.to_owned(), detail: detail.into() }
}
