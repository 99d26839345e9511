//! How alike two names, numbers or telephones are: for suggestions to a person, who judges. Nothing follows from it.
//!
//! Names are compared without diacritics, case and order; numbers as eyes and scanners mix up their characters.

use super::text;

/// How a claim and what is on record go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same.
    Same,
    /// The same but for what is easily taken for each other: O and 0, B and 8; words in another order.
    MixedUp,
    /// Nearly the same: a slip or two.
    Similar,
}

impl Likeness {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::MixedUp => "mixed_up",
            Self::Similar => "similar",
        }
    }
}

/// Share of characters that may differ in names that are still called similar, in percent.
const SLIPS_PERCENT: usize = 20;
/// Characters under which one slip makes another number.
const MIN_NUMBER_CHARS: usize = 5;

/// What scanners and eyes take for each other, as one character. Upper case goes in.
const fn as_read(c: char) -> char {
    match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' | 'J' => '1',
        'Z' => '2',
        'A' => '4',
        'S' => '5',
        'G' => '6',
        'T' => '7',
        'B' => '8',
        other => other,
    }
}

fn plain_number(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// How alike the numbers of two cards are.
pub fn of_numbers(claimed: &str, known: &str) -> Option<Likeness> {
    let (claimed, known) = (plain_number(claimed), plain_number(known));
    if claimed.is_empty() || known.is_empty() {
        return None;
    }
    let read = |number: &str| number.chars().map(as_read).collect::<String>();
    if claimed == known {
        Some(Likeness::Same)
    } else if read(&claimed) == read(&known) {
        Some(Likeness::MixedUp)
    } else {
        let is_long = claimed.len().min(known.len()) >= MIN_NUMBER_CHARS;
        (is_long && strsim::damerau_levenshtein(&read(&claimed), &read(&known)) == 1).then_some(Likeness::Similar)
    }
}

/// How alike two names of people or of agencies are. Scanned letters are read as letters: `Nguy3n` is no word.
pub fn of_names(claimed: &str, known: &str) -> Option<Likeness> {
    let (claimed, known) = (letters(claimed), letters(known));
    if claimed.is_empty() || known.is_empty() {
        return None;
    }
    if claimed == known {
        return Some(Likeness::Same);
    }
    let (claimed, known) = (sorted(&claimed), sorted(&known));
    if claimed == known {
        return Some(Likeness::MixedUp);
    }
    let longer = claimed.chars().count().max(known.chars().count());
    let slips = strsim::damerau_levenshtein(&claimed, &known);
    (slips * 100 <= longer * SLIPS_PERCENT).then_some(Likeness::Similar)
}

/// A folded name, with the digits that scanners make of letters turned back.
fn letters(raw: &str) -> String {
    let folded = text::fold(raw);
    if !folded.chars().any(char::is_alphabetic) {
        return folded;
    }
    folded
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '6' => 'g',
            '8' => 'b',
            other => other,
        })
        .collect()
}

fn sorted(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

/// How alike two telephone numbers are; `+84` and `0` begin the same numbers.
pub fn of_phones(claimed: &str, known: &str) -> Option<Likeness> {
    let (claimed, known) = (national(claimed), national(known));
    let is_long = claimed.len().min(known.len()) >= 9;
    match strsim::damerau_levenshtein(&claimed, &known) {
        0 if is_long => Some(Likeness::Same),
        1 if is_long => Some(Likeness::Similar),
        _ => None,
    }
}

fn national(raw: &str) -> String {
    let digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    let abroad = raw.trim_start().starts_with('+') || digits.starts_with("0084") || digits.len() > 10;
    let digits = digits.trim_start_matches('0');
    match digits.strip_prefix("84").filter(|_| abroad) {
        Some(rest) => format!("0{rest}"),
        None => format!("0{digits}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Likeness::{MixedUp, Same, Similar};

    #[test]
    fn numbers_are_compared_as_eyes_and_scanners_read_them() {
        for (claimed, known, expected) in [
            ("000123", "000123", Some(Same)),
            ("ctv 000123", "CTV-000123", Some(Same)),
            ("OOO123", "000123", Some(MixedUp)),
            ("00O1Z3", "000123", Some(MixedUp)),
            ("CTV-0001B3", "CTV-000183", Some(MixedUp)),
            ("l00123", "100123", Some(MixedUp)),
            ("000132", "000123", Some(Similar)),
            ("00123", "000123", Some(Similar)),
            ("000145", "000123", None),
            ("123", "124", None),
            ("", "000123", None),
        ] {
            assert_eq!(of_numbers(claimed, known), expected, "{claimed} {known}");
        }
    }

    #[test]
    fn names_are_compared_without_marks_order_and_slips() {
        for (claimed, known, expected) in [
            ("NGUYEN VAN HOA", "Nguyễn Văn Hoà", Some(Same)),
            ("Nguy3n Văn H0à", "Nguyễn Văn Hòa", Some(Same)),
            ("Hòa Nguyễn Văn", "Nguyễn Văn Hòa", Some(MixedUp)),
            ("Nguyễn Văn Hoàng", "Nguyễn Văn Hoàn", Some(Similar)),
            ("Nguyen Vna Hoa", "Nguyễn Văn Hòa", Some(Similar)),
            ("Báo Ví Dụ", "Báo Vi Dụ", Some(Same)),
            ("Trần Thị Bưởi", "Nguyễn Văn Hòa", None),
            ("An", "Ân", Some(Same)),
            ("An", "Am", None),
            ("", "", None),
        ] {
            assert_eq!(of_names(claimed, known), expected, "{claimed} {known}");
        }
    }

    #[test]
    fn telephones_are_compared_with_and_without_the_countrys_number() {
        for (claimed, known, expected) in [
            ("0912 345 678", "+84 912 345 678", Some(Same)),
            ("84912345678", "0912345678", Some(Same)),
            ("0912.345.679", "0912345678", Some(Similar)),
            ("0912345612", "0912345678", None),
            ("113", "113", None),
        ] {
            assert_eq!(of_phones(claimed, known), expected, "{claimed} {known}");
        }
    }
}
