//! Cells of tables that people open with a spreadsheet.

use std::borrow::Cow;

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it.
pub(super) fn cell(text: &str) -> Cow<'_, str> {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")"] {
            assert_eq!(cell(formula), format!("'{formula}"));
        }
        for text in ["", "Hải Phòng", "1-1", "a=b", "'=1"] {
            assert_eq!(cell(text), text);
        }
    }
}
