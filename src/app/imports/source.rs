//! A file whose header was read and whose rows were counted: nothing in it is a surprise any more but what its cells say.

use crate::domain::imports::{Column, Columns, FileFormat, Row, in_both_languages};
use crate::domain::problem::{FieldError, FieldProblem};
use crate::error::Error;
use crate::tables::Table;

/// A file of rows under known columns.
pub struct Source {
    table: Table,
    columns: Columns,
    rows: i64,
}

/// Why a file is refused as a whole.
pub type Refusal = Vec<FieldError>;

/// What ends a first look at a file.
struct Stop(Refusal);

impl From<FieldProblem> for Stop {
    fn from(problem: FieldProblem) -> Self {
        Self(vec![problem.at("")])
    }
}

impl Source {
    /// Reads a file through, once.
    ///
    /// # Errors
    /// What is wrong with the file as a whole, or with its header; in both languages.
    pub fn open(bytes: Vec<u8>, known: &'static [Column]) -> Result<Self, Refusal> {
        Self::read(bytes, known).map_err(|errors| errors.into_iter().map(in_both_languages).collect())
    }

    fn read(bytes: Vec<u8>, known: &'static [Column]) -> Result<Self, Refusal> {
        let table = Table::open(bytes).map_err(|problem| vec![problem.at("")])?;
        let (mut columns, mut rows) = (None, 0);
        let read = table.each_row(|row| {
            match columns {
                None => columns = Some(Columns::of(known, row.cells).map_err(Stop)?),
                Some(_) => rows += 1,
            }
            Ok::<(), Stop>(())
        });
        read.map_err(|Stop(errors)| errors)?;
        let no_header =
            || vec![FieldProblem::new("no_header", "the file is empty: its first row names its columns").at("")];
        Ok(Self { columns: columns.ok_or_else(no_header)?, table, rows })
    }

    /// Its columns.
    pub const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// In which form it came.
    pub const fn format(&self) -> FileFormat {
        self.table.format()
    }

    /// Rows besides the header.
    pub const fn rows(&self) -> i64 {
        self.rows
    }

    /// Goes through its rows in order, at most `most` at a time.
    ///
    /// # Errors
    /// What `visit` answers.
    pub fn batches(&self, most: usize, mut visit: impl FnMut(Vec<Row>) -> Result<(), Error>) -> Result<(), Error> {
        let (mut is_header, mut batch) = (true, Vec::new());
        self.table.each_row(|row| {
            if std::mem::take(&mut is_header) {
                return Ok(());
            }
            batch.push(row);
            if batch.len() < most { Ok(()) } else { visit(std::mem::take(&mut batch)) }
        })?;
        if batch.is_empty() { Ok(()) } else { visit(batch) }
    }
}
