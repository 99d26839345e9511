//! The receipt: what a person keeps to follow their report. Whoever has it may see the report's state and add evidence.

use crate::domain::typed_code::fold;
use data_encoding::{Encoding, Specification};
use std::fmt;
use std::sync::LazyLock;

/// 128 random bits, written in Crockford's base32.
const BYTES: usize = 16;
/// ⌈128 / 5⌉ letters, in groups of four.
const LETTERS: usize = 26;
const GROUP: usize = 4;

/// Crockford's base32 without padding; the two spare bits of the last letter are zero.
static CROCKFORD: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.encoding().expect("32 different symbols")
});

/// A receipt. Its `Debug` shows nothing, so that it cannot reach a log; only its keyed hash is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt([u8; BYTES]);

impl Receipt {
    /// From random bytes.
    pub const fn from_bytes(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Reads what a person typed: case, spaces and hyphens do not matter, O is 0, I and L are 1. `None` for what cannot
    /// be a receipt, like an id.
    pub fn parse(raw: &str) -> Option<Self> {
        let letters = fold(raw);
        let bytes = (letters.len() == LETTERS).then(|| CROCKFORD.decode(letters.as_bytes()).ok()).flatten()?;
        bytes.try_into().ok().map(Self)
    }

    /// As given to a person: `7K3M-Q0ZX-…`.
    pub fn reveal(&self) -> String {
        let letters = CROCKFORD.encode(&self.0);
        let mut groups = String::with_capacity(LETTERS + LETTERS / GROUP);
        for (at, letter) in letters.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                groups.push('-');
            }
            groups.push(letter);
        }
        groups
    }
}

/// Nothing of it.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn people_may_type_it_their_way() {
        let receipt = Receipt::from_bytes([0x08; 16]);
        let written = receipt.reveal();
        assert_eq!(written, "1040-G208-1040-G208-1040-G208-10");
        for typed in [written.to_lowercase(), written.replace('-', " "), written.replace('0', "O").replace('1', "l")] {
            assert_eq!(Receipt::parse(&typed), Some(receipt.clone()), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_a_receipt_is_none() {
        for raw in [
            "",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "1040-G208-1040-G208-1040-G208-1",
            "1040-G208-1040-G208-1040-G208-100",
            // The last letter's spare bits are not zero.
            "1040-G208-1040-G208-1040-G208-11",
            "1040-G208-1040-G208-1040-G208-1U",
            "ễ",
        ] {
            assert_eq!(Receipt::parse(raw), None, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_is_given_is_read_back(bytes: [u8; 16]) {
            let receipt = Receipt::from_bytes(bytes);
            prop_assert_eq!(Receipt::parse(&receipt.reveal()), Some(receipt));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = Receipt::parse(&text);
        }
    }
}
