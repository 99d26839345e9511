//! Why somebody decided something, in their own words.

use super::problem::FieldProblem;
use super::text;

/// Reasons of a decision: 1–500 characters, which may stand on several lines. They are about a person more often than
/// not, so they go among the personal fields of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// # Errors
    /// `empty`, `too_long` or `control_character`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        text::lines(raw, 500).map(Self)
    }

    /// Reasons that must be given.
    ///
    /// # Errors
    /// `missing`; as [`Reason::parse`].
    pub fn required(raw: Option<&str>) -> Result<Self, FieldProblem> {
        raw.map_or_else(|| Err(FieldProblem::new("missing", "no decision without reasons")), Self::parse)
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_decided_without_reasons() {
        let code = |raw: Option<&str>| Reason::required(raw).map(|reason| reason.0).map_err(|problem| problem.code);
        assert_eq!(code(None), Err("missing"));
        assert_eq!(code(Some(" \n")), Err("empty"));
        assert_eq!(code(Some(&"x".repeat(501))), Err("too_long"));
        assert_eq!(code(Some(" QĐ 12/2026:\r\ntạm đình chỉ ")), Ok("QĐ 12/2026:\ntạm đình chỉ".into()));
    }
}
