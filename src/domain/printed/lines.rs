//! The lines of words on a card or letter, bounded in bytes of UTF-8.

use crate::domain::{problem::FieldProblem, text};

/// The name printed on a card: one line in NFC, 1–80 bytes of UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrintedName(String);

impl PrintedName {
    /// # Errors
    /// `empty`, `too_long` or `control_character`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        bounded_line(raw, 80).map(Self)
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An agency's unique short name: one line in NFC, 1–40 bytes of UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortName(String);

impl ShortName {
    /// # Errors
    /// `empty`, `too_long` or `control_character`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        bounded_line(raw, 40).map(Self)
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn bounded_line(raw: &str, max_bytes: usize) -> Result<String, FieldProblem> {
    let line = text::line(raw, max_bytes)?;
    if line.len() > max_bytes {
        return Err(FieldProblem::new("too_long", format!("at most {max_bytes} bytes of UTF-8")));
    }
    Ok(line)
}

/// What a letter of introduction is for: three lines in NFC, none empty, at most 200 bytes of UTF-8 together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterScope {
    place: String,
    unit_visited: String,
    work: String,
}

impl LetterScope {
    /// The most bytes of all three together, and so of each.
    pub const MAX_BYTES: usize = 200;

    /// # Errors
    /// `empty`, `too_long` (also when the three together are) or `control_character`.
    pub fn parse(place: &str, unit_visited: &str, work: &str) -> Result<Self, FieldProblem> {
        let line = |raw| text::line(raw, Self::MAX_BYTES);
        let scope = Self { place: line(place)?, unit_visited: line(unit_visited)?, work: line(work)? };
        if scope.place.len() + scope.unit_visited.len() + scope.work.len() > Self::MAX_BYTES {
            return Err(FieldProblem::new("too_long", "place, unit and work: at most 200 bytes of UTF-8 together"));
        }
        Ok(scope)
    }

    /// Where the reporter is going.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The unit that is asked to receive the reporter.
    pub fn unit_visited(&self) -> &str {
        &self.unit_visited
    }

    /// The work to be done there.
    pub fn work(&self) -> &str {
        &self.work
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_in_bytes_not_characters() {
        let eighty = "ễ".repeat(26) + "ab"; // 26 × 3 + 2
        assert!(PrintedName::parse(&eighty).is_ok());
        assert_eq!(PrintedName::parse(&(eighty + "c")).map_err(|p| p.code), Err("too_long"));
        assert!(ShortName::parse(&"a".repeat(40)).is_ok());
        assert_eq!(ShortName::parse(&"a".repeat(41)).map_err(|p| p.code), Err("too_long"));
    }

    #[test]
    fn a_letter_has_two_hundred_bytes_for_all_three_lines() {
        let sixty = "x".repeat(60);
        assert!(LetterScope::parse(&sixty, &sixty, &"y".repeat(80)).is_ok());
        assert_eq!(LetterScope::parse(&sixty, &sixty, &"y".repeat(81)).map_err(|p| p.code), Err("too_long"));
        assert_eq!(LetterScope::parse(&sixty, "", "y").map_err(|p| p.code), Err("empty"));
    }
}
