//! Tables that people send: CSV and XLSX as rows of cells, one at a time, under limits that hold before anything is
//! unpacked or copied. And workbooks as we write them.
//!
//! What a cell means is the domain's to say. Dates of a workbook come out as `YYYY-MM-DD`, numbers as their digits.

mod book;
mod text;
mod workbook;

pub use book::Book;

use crate::domain::imports::{FileFormat, MOST_ROWS, Row};
use crate::domain::problem::FieldProblem;
use text::TextTable;
use workbook::Workbook;

/// Columns of one table.
const MOST_COLUMNS: usize = 64;
/// Characters of one cell: what spreadsheets themselves hold at most is 32,767; no field takes a fiftieth of this.
const LONGEST_CELL_BYTES: usize = 32_767;
/// All that stands in the cells of one table: 50,000 rows of some 800 bytes.
const MOST_TEXT_BYTES: usize = 40 * 1024 * 1024;

/// A table that can be read through, again and again.
pub struct Table(Kind);

enum Kind {
    Text(TextTable),
    Workbook(Workbook),
}

impl Table {
    /// Takes a file for what its first bytes say it is. An XLSX is unpacked once, to nowhere, to see how large it gets.
    ///
    /// # Errors
    /// `not_a_table`, `old_workbook`, `not_unicode`; of an XLSX also `unpacks_too_large`, `too_many_parts`,
    /// `too_many_texts`, `has_entities`.
    pub fn open(bytes: Vec<u8>) -> Result<Self, FieldProblem> {
        match *bytes.as_slice() {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Workbook::open(bytes).map(Kind::Workbook).map(Self),
            // The compound files of Excel before 2007, and of workbooks with a password.
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Err(FieldProblem::new(
                "old_workbook",
                "an XLS file, or one with a password: save it as XLSX without one, or as CSV",
            )),
            _ => TextTable::open(bytes).map(Kind::Text).map(Self),
        }
    }

    /// In which form it came.
    pub const fn format(&self) -> FileFormat {
        match self.0 {
            Kind::Text(_) => FileFormat::Csv,
            Kind::Workbook(_) => FileFormat::Xlsx,
        }
    }

    /// Goes through the rows in which anything stands, the header first, until `visit` refuses one.
    ///
    /// # Errors
    /// What `visit` answers; `not_a_table`, `no_sheet`, `line_too_long`, `too_many_rows`, `too_many_columns`,
    /// `too_much_text`, `cell_too_long`.
    pub fn each_row<E: From<FieldProblem>>(&self, mut visit: impl FnMut(Row) -> Result<(), E>) -> Result<(), E> {
        let mut room = Room { rows: MOST_ROWS + 1, text_bytes: MOST_TEXT_BYTES };
        let mut take =
            |row: Row| if row.is_blank() { Ok(()) } else { room.take(&row).map_err(E::from).and_then(|()| visit(row)) };
        match &self.0 {
            Kind::Text(table) => table.each_row(&mut take),
            Kind::Workbook(table) => table.each_row(&mut take),
        }
    }
}

/// How much more of a table is read.
struct Room {
    rows: u32,
    text_bytes: usize,
}

impl Room {
    fn take(&mut self, row: &Row) -> Result<(), FieldProblem> {
        let too_many = |code, what| Err(FieldProblem::new(code, what));
        let Some(rows) = self.rows.checked_sub(1) else {
            return too_many("too_many_rows", format!("at most {MOST_ROWS} rows besides the header: send it in parts"));
        };
        if row.cells.iter().any(|cell| cell.len() > LONGEST_CELL_BYTES) {
            return too_many(
                "cell_too_long",
                format!("row {}: at most {LONGEST_CELL_BYTES} bytes in a cell", row.number),
            );
        }
        let bytes = row.cells.iter().map(String::len).sum();
        let Some(text_bytes) = self.text_bytes.checked_sub(bytes) else {
            return too_many("too_much_text", format!("at most {MOST_TEXT_BYTES} bytes in all cells together"));
        };
        *self = Self { rows, text_bytes };
        Ok(())
    }
}

/// Said before room is made for the cells of the row.
fn too_many_columns(row: u32) -> FieldProblem {
    FieldProblem::new("too_many_columns", format!("row {row}: at most {MOST_COLUMNS} columns"))
}

/// What cannot be read as a table.
fn not_a_table(why: impl Into<String>) -> FieldProblem {
    FieldProblem::new("not_a_table", why)
}
