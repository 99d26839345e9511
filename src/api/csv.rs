//! Cells of tables that people open with a spreadsheet.

pub(super) use crate::domain::text::no_formula as cell;
