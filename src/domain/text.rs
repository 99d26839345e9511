//! Words that people write: one Unicode form, no hidden characters, and a folded form to search by.

use super::problem::FieldProblem;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Characters that change how a line reads without being seen: bidirectional controls (Unicode TR #36),
/// zero-width marks, line separators and the byte-order mark.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{00AD}')
}

/// One line in NFC with single inner spaces and none at its ends, of `1..=max_chars` characters.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn line(raw: &str, max_chars: usize) -> Result<String, FieldProblem> {
    if raw.chars().any(is_hidden) {
        return Err(FieldProblem::new("control_character", "no control, bidirectional or invisible characters"));
    }
    let words: Vec<&str> = raw.split_whitespace().collect();
    measured(words.join(" ").nfc().collect(), max_chars)
}

/// Text of several lines in NFC, of `1..=max_chars` characters; `\r\n` becomes `\n`.
///
/// # Errors
/// `empty`, `too_long` or `control_character`.
pub fn lines(raw: &str, max_chars: usize) -> Result<String, FieldProblem> {
    let unix = raw.replace("\r\n", "\n");
    if unix.chars().any(|c| c != '\n' && c != '\t' && is_hidden(c)) {
        return Err(FieldProblem::new("control_character", "no control, bidirectional or invisible characters"));
    }
    measured(unix.trim().nfc().collect(), max_chars)
}

fn measured(text: String, max_chars: usize) -> Result<String, FieldProblem> {
    match text.chars().count() {
        0 => Err(FieldProblem::new("empty", "must not be empty")),
        n if n > max_chars => Err(FieldProblem::new("too_long", format!("at most {max_chars} characters"))),
        _ => Ok(text),
    }
}

/// A text as somebody typed or pasted it at a form or a command line, without the white space around it. White space
/// alone stays as it is: something was sent, and it is to be told what that is.
pub fn pasted(raw: &str) -> &str {
    let text = raw.trim();
    if text.is_empty() { raw } else { text }
}

/// Letters that look like đ or Đ, in lower case: in texts that came from Windows-1258 ð stands for it, and on some
/// keyboards ɖ.
pub(super) const STROKED_D: [char; 3] = ['đ', '\u{F0}', '\u{256}'];

/// The form to search by: lower case, no diacritics, đ as d, other signs as single spaces.
///
/// The same for NFC and NFD, and for the tone on either vowel (hòa, hoà), because marks are gone.
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            c if STROKED_D.contains(&c) => 'd',
            c if c.is_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What spreadsheets take for the beginning of a formula, or look behind.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before it.
pub fn no_formula(text: &str) -> Cow<'_, str> {
    match text.starts_with(FORMULA) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// What [`no_formula`] wrote, as it was before.
pub fn formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_name_become_one() {
        let nfd: String = "Nguyễn Thị Phượng".nfd().collect();
        assert_eq!(line(&nfd, 50).expect("a name"), "Nguyễn Thị Phượng");
        assert_eq!(line("  Lê   An ", 50).expect("a name"), "Lê An");
    }

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for raw in ["a\u{202E}b", "a\u{0}b", "a\u{200B}b", "a\nb", "a\u{FEFF}"] {
            assert_eq!(line(raw, 50).map_err(|p| p.code), Err("control_character"), "{raw:?}");
        }
        assert_eq!(lines("một\r\nhai", 50).expect("two lines"), "một\nhai");
    }

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        assert!(line(&"ễ".repeat(50), 50).is_ok());
        assert_eq!(line(&"ễ".repeat(51), 50).map_err(|p| p.code), Err("too_long"));
        assert_eq!(line("   ", 50).map_err(|p| p.code), Err("empty"));
    }

    #[test]
    fn folding_forgets_marks_case_and_form() {
        let nfd: String = "ĐẶNG Hoà".nfd().collect();
        assert_eq!(fold(&nfd), "dang hoa");
        assert_eq!(fold("Đặng  Hòa"), "dang hoa");
        for eth in ["\u{D0}ặng \u{F0}", "\u{189}ặng \u{256}"] {
            assert_eq!(fold(eth), "dang d", "{eth}");
        }
        assert_eq!(fold("Báo Kinh tế & Đô thị"), "bao kinh te do thi");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")"] {
            assert_eq!(no_formula(formula), format!("'{formula}"));
            assert_eq!(super::formula(&no_formula(formula)), formula);
        }
        for text in ["", "Hải Phòng", "1-1", "a=b", "'=1"] {
            assert_eq!(no_formula(text), text);
        }
        for text in ["", "'", "'a", "''=1"] {
            assert_eq!(formula(text), text);
        }
    }
}
