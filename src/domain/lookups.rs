//! Lookups: whether a card with a number and a name is valid. Exact, one at a time, and nothing else is told.

use super::accesses::purpose;
use super::issuer::Words;
use super::problem::{FieldError, FieldProblem, Problems};
use super::text;
use super::typed_code;

/// Characters of a number as somebody reads it off a card, with spaces and hyphens.
const NUMBER_CHARS: usize = 40;

/// What is told of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// There is such a card, and it is valid.
    Valid,
    /// There is such a card; it has expired, or was withdrawn.
    NotValid,
    /// No card has this number and this name.
    NoMatch,
}

impl Worth {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Valid, Self::NotValid, Self::NoMatch];

    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotValid => "not_valid",
            Self::NoMatch => "no_match",
        }
    }

    /// The same in words, and what to do next.
    pub fn words(self) -> Words {
        let (vi, en) = match self {
            Self::Valid => (
                "Thẻ hợp lệ. So khuôn mặt và họ tên với người xuất trình.",
                "Valid card. Compare face and name with the person.",
            ),
            Self::NotValid => {
                ("Thẻ không còn hiệu lực. Không dùng thẻ này để làm việc.", "No longer valid. Do not accept this card.")
            }
            Self::NoMatch => (
                "Không có thẻ nào mang số và họ tên này. Đọc lại số và họ tên trên thẻ. Điều này không có nghĩa người xuất \
                 trình không phải là nhà báo.",
                "No card has this number and name. Read both off the card once more. This does not mean the person is no \
                 journalist.",
            ),
        };
        Words::new(vi, en)
    }
}

/// What a number is found by, as somebody reads it off a card.
///
/// # Errors
/// As [`text::line`].
pub fn number_key(raw: &str) -> Result<String, FieldProblem> {
    text::line(raw, NUMBER_CHARS).map(|number| typed_code::fold(&number))
}

/// A lookup as a form has it: words not yet trusted.
#[derive(Clone, Default)]
pub struct LookupForm {
    /// The number on the card.
    pub number: String,
    /// The name on it.
    pub name: String,
    /// What it is looked up for.
    pub purpose: String,
}

/// A well-formed lookup. It has no `Debug`.
pub struct Lookup {
    /// As numbers are found by.
    pub number_key: String,
    /// The name, in NFC.
    pub name: String,
    /// What it is looked up for.
    pub purpose: String,
}

impl LookupForm {
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<Lookup, Vec<FieldError>> {
        let mut problems = Problems::new();
        let number = problems.take("/number", number_key(&self.number));
        let name = problems.take("/name", text::line(&self.name, 120));
        let purpose = problems.take("/purpose", purpose(&self.purpose));
        problems.finish(|| Some(Lookup { number_key: number?, name: name?, purpose: purpose? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_says_a_number_a_name_and_what_for() {
        let form = |number: &str, name: &str, purpose: &str| {
            let form = LookupForm { number: number.into(), name: name.into(), purpose: purpose.into() };
            let codes =
                |errors: Vec<FieldError>| errors.into_iter().map(|it| (it.pointer, it.code)).collect::<Vec<_>>();
            form.parse().map(|it| it.number_key).map_err(codes)
        };
        assert_eq!(form("nb – 000I23", "Lê An", "Kiểm tra tại cổng"), Ok("NB000123".into()));
        let wrong = form("", "a\u{202E}b", "123456789").expect_err("three mistakes");
        let wrong: Vec<_> = wrong.iter().map(|(at, code)| (at.as_str(), *code)).collect();
        assert_eq!(wrong, [("/number", "empty"), ("/name", "control_character"), ("/purpose", "too_short")]);
        let long = form(&"1".repeat(41), "Lê An", &"x".repeat(201)).expect_err("two mistakes");
        assert_eq!(long.iter().map(|(_, code)| *code).collect::<Vec<_>>(), ["too_long", "too_long"]);
    }

    #[test]
    fn each_answer_has_its_word_in_both_languages() {
        for worth in Worth::ALL {
            assert_ne!(worth.words().vi, worth.words().en, "{}", worth.as_str());
        }
    }
}
