//! In which form a file of rows comes, and its rejected rows go back.

use super::super::problem::FieldProblem;

/// The form of a file of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Text.
    Csv,
    /// A workbook.
    Xlsx,
}

impl FileFormat {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Csv, Self::Xlsx];

    /// As asked for and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// # Errors
    /// `unknown_format`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|format| format.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_format", "`csv` or `xlsx`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_one_of_two_words() {
        assert_eq!(FileFormat::ALL.map(|format| FileFormat::parse(format.as_str())), FileFormat::ALL.map(Ok));
        assert_eq!(FileFormat::parse("ods").map_err(|problem| problem.code), Err("unknown_format"));
    }
}
