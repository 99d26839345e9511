//! The typed code printed beside the QR, for those who cannot scan: `000123-7K3M-Q0ZX-9A4B`.
//!
//! Its last twelve characters are a keyed check of which card the number belongs to, derived and never stored. Only
//! the registry can check them, and says so first; a code that matches is then judged as its card code would be.

use super::{
    card_code::Kid,
    printed::{CardNumber, StatusIndex},
};
use aws_lc_rs::{constant_time, hmac};
use std::fmt;

/// Characters that may be typed: 16 of a number, 12 of the check, and some spaces and hyphens between.
const MAX_CHARS: usize = 40;
const CHECK_CHARS: usize = 12;
/// The letters of what a person reads out or types, Crockford's base32: no I, L, O, U.
pub const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const BITS_PER_CHAR: usize = 5;

/// The key of the checks. It has no [`fmt::Debug`], so that it cannot reach a log.
pub struct TypedKey(hmac::Key);

impl TypedKey {
    /// From 32 random bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The check of a card: the first 60 bits of HMAC-SHA-256 over kid ‖ status index.
    pub fn check(&self, kid: Kid, index: StatusIndex) -> Check {
        let mut message = [0; 8];
        message[..4].copy_from_slice(kid.as_bytes());
        message[4..].copy_from_slice(&index.as_u32().to_be_bytes());
        let tag = hmac::sign(&self.0, &message);
        Check(tag.as_ref().iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte)) >> 4)
    }
}

/// Sixty bits that only the registry can derive. Compared in constant time and only by [`Check::matches`].
#[derive(Clone, Copy)]
pub struct Check(u64);

impl Check {
    /// Whether both are the same, in a time that does not tell how much of them is.
    pub fn matches(self, other: Self) -> bool {
        constant_time::verify_slices_are_equal(&self.0.to_be_bytes(), &other.0.to_be_bytes()).is_ok()
    }

    fn parse(folded: &[u8]) -> Option<Self> {
        folded
            .iter()
            .try_fold(0, |bits, c| {
                let digit = CROCKFORD.iter().position(|known| known == c)?;
                Some(bits << BITS_PER_CHAR | u64::try_from(digit).ok()?)
            })
            .map(Self)
    }
}

/// As printed: `7K3M-Q0ZX-9A4B`.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, shift) in (0..CHECK_CHARS).zip((0..60).step_by(BITS_PER_CHAR).rev()) {
            let hyphen = if at == 4 || at == 8 { "-" } else { "" };
            let digit = CROCKFORD[(self.0 >> shift) as usize & 31];
            write!(f, "{hyphen}{}", char::from(digit))?;
        }
        Ok(())
    }
}

/// What a person typed: the key of a number, and the check.
#[derive(Clone)]
pub struct TypedCode {
    /// To be found among [`CardNumber::key`]s.
    pub number_key: String,
    /// To be compared with [`TypedKey::check`] of the card found.
    pub check: Check,
}

impl TypedCode {
    /// Reads a typed text; `None` if it cannot be one and is to be judged as the text of a QR.
    ///
    /// A `#` or over 40 characters make it a QR text. The number may hold hyphens of its own, so nothing is split at
    /// them: of what is left without hyphens and spaces, the last twelve characters are the check.
    pub fn parse(text: &str) -> Option<Self> {
        if text.chars().nth(MAX_CHARS).is_some() {
            return None;
        }
        let folded = fold(text);
        let (number_key, check) = folded.as_bytes().split_last_chunk::<CHECK_CHARS>()?;
        let check = Check::parse(check)?;
        let is_number =
            (1..=CardNumber::MAX_BYTES).contains(&number_key.len()) && number_key.iter().all(u8::is_ascii_alphanumeric);
        let number_key = is_number.then(|| number_key.iter().copied().map(char::from).collect())?;
        Some(Self { number_key, check })
    }
}

/// The code as printed beside the QR.
pub fn printed(number: &CardNumber, check: Check) -> String {
    format!("{}-{check}", number.as_str())
}

/// The form in which typed texts and numbers are compared: upper case, no spaces, no hyphens or dashes (phones and
/// copied PDFs put longer ones), O as 0, I and L as 1.
pub fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            upper => upper,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> TypedKey {
        TypedKey::new(&[7; 32])
    }

    fn number(raw: &str) -> CardNumber {
        CardNumber::parse(raw).expect("a number")
    }

    #[test]
    fn people_may_type_it_their_way() {
        let check = Check::parse(b"7K3MQ0ZX9A4B").expect("Crockford base32");
        assert_eq!(printed(&number("NB-000123"), check), "NB-000123-7K3M-Q0ZX-9A4B");
        for typed in [
            "NB-000123-7K3M-Q0ZX-9A4B",
            "NB 000123 7k3m q0zx 9a4b",
            "nb000123 7K3MQOZX9A4B",
            "nb-OOOI23-7k3m-qozx-9a4b",
            "NB–000123‑7K3M—Q0ZX−9A4B\n",
        ] {
            let read = TypedCode::parse(typed).expect(typed);
            assert_eq!(read.number_key, number("NB-000123").key(), "{typed}");
            assert!(read.check.matches(check), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_typed_code_is_left_to_the_other_reader() {
        for text in [
            "",
            "7K3M-Q0ZX-9A4B",
            "NB-000123-7K3M-Q0ZX-9A4U",
            "NB#000123-7K3M-Q0ZX-9A4B",
            "HTTPS://H/V#ABC",
            "Đ-000123-7K3M-Q0ZX-9A4B",
            "ABCDEFGHJKMNPQRST-7K3M-Q0ZX-9A4B",
            "NB-000123-7K3M-Q0ZX-9A4B                  ",
        ] {
            assert!(TypedCode::parse(text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn every_bit_of_key_kid_and_index_counts() {
        let (kid, index) = (Kid::from_bytes([1, 2, 3, 4]), StatusIndex::from_u32(5));
        let check = key().check(kid, index);
        assert!(check.matches(key().check(kid, index)));
        assert!(!check.matches(TypedKey::new(&[8; 32]).check(kid, index)));
        assert!(!check.matches(key().check(Kid::from_bytes([1, 2, 3, 5]), index)));
        assert!(!check.matches(key().check(kid, StatusIndex::from_u32(6))));
        // Written down once from another implementation of HMAC.
        assert_eq!(check.to_string(), "HR62-MXW2-HNB7");
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(raw in "[A-Z0-9-]{0,15}[A-Z0-9]", kid: [u8; 4], index: u32) {
            let check = key().check(Kid::from_bytes(kid), StatusIndex::from_u32(index));
            let number = number(&raw);
            let read = TypedCode::parse(&printed(&number, check)).expect("a typed code");
            prop_assert_eq!(read.number_key, number.key());
            prop_assert!(read.check.matches(check));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = TypedCode::parse(&text);
        }
    }
}
