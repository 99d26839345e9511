//! The values printed on a card or letter and signed in its code.
//!
//! Each type has one door, and what passes it reads back from a code as the same bytes: bounds are counted in bytes of
//! UTF-8, because that is what a QR symbol has room for.

mod lines;
mod validity;

pub use lines::{LetterScope, PrintedName, ShortName};
pub use validity::Validity;

use super::{card_code::sha256_prefix, problem::FieldProblem, typed_code};
use std::fmt;

/// What a credential is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// Thẻ nhà báo: issued by the State, for years.
    PressCard,
    /// Giấy giới thiệu: issued by an agency for one errand, for days.
    IntroductionLetter,
    /// Thẻ cộng tác viên: issued to an agency's collaborator.
    CollaboratorCard,
}

impl CredentialKind {
    /// Every kind, in the order of their codes.
    pub const ALL: [Self; 3] = [Self::PressCard, Self::IntroductionLetter, Self::CollaboratorCard];

    /// The name in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PressCard => "press_card",
            Self::IntroductionLetter => "introduction_letter",
            Self::CollaboratorCard => "collaborator_card",
        }
    }

    /// Whether it is an agency's word for somebody who works for it, and stops with either. A press card is the State's.
    pub const fn rests_on_agency(self) -> bool {
        match self {
            Self::PressCard => false,
            Self::IntroductionLetter | Self::CollaboratorCard => true,
        }
    }

    /// What stands before the running number: press cards have six digits and nothing else, as the State's own have had
    /// since 2021; the other kinds are told by their letters.
    const fn prefix(self) -> &'static str {
        match self {
            Self::PressCard => "",
            Self::IntroductionLetter => "GT-",
            Self::CollaboratorCard => "CTV-",
        }
    }

    /// The number in a card code.
    pub const fn code(self) -> u64 {
        match self {
            Self::PressCard => 1,
            Self::IntroductionLetter => 2,
            Self::CollaboratorCard => 3,
        }
    }

    /// The kind with this number in a card code.
    pub fn from_code(code: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// Reads the name in JSON and in the database.
    ///
    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_kind", "press_card, introduction_letter or collaborator_card"))
    }
}

/// The number of a credential, as printed: 1–16 of `A–Z`, `0–9` and `-`, unique over all kinds and all time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CardNumber(String);

impl CardNumber {
    /// The most characters, each of one byte.
    pub const MAX_BYTES: usize = 16;

    /// # Errors
    /// `empty`, `too_long` or `bad_character`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        if !raw.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-') {
            return Err(FieldProblem::new("bad_character", "only A–Z, 0–9 and hyphens"));
        }
        match raw.len() {
            0 => Err(FieldProblem::new("empty", "must not be empty")),
            1..=Self::MAX_BYTES => Ok(Self(raw.to_owned())),
            _ => Err(FieldProblem::new("too_long", "at most 16 characters")),
        }
    }

    /// As printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form under which a number typed by a person is found; see [`typed_code::fold`].
    ///
    /// Two numbers with one key look alike to a person (`BAO-1`, `BA0I`), so the store keeps keys unique and the
    /// second is never issued.
    pub fn key(&self) -> String {
        typed_code::fold(&self.0)
    }

    /// The number of the `n`th credential of a kind.
    ///
    /// # Errors
    /// `too_long`.
    pub fn running(kind: CredentialKind, n: i64) -> Result<Self, FieldProblem> {
        Self::parse(&format!("{}{n:06}", kind.prefix()))
    }

    /// Which credential of which kind looks like this to a person: its running number must not be given again.
    pub fn place(&self) -> Option<(CredentialKind, i64)> {
        let key = self.key();
        CredentialKind::ALL.into_iter().find_map(|kind| {
            let n = key.strip_prefix(&typed_code::fold(kind.prefix()))?.parse().ok()?;
            Self::running(kind, n).is_ok_and(|number| number.key() == key).then_some((kind, n))
        })
    }
}

/// The first 8 bytes of SHA-256 of the portrait's exact bytes, written as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PhotoDigest([u8; 8]);

impl PhotoDigest {
    /// The digest of a portrait as it is served.
    pub fn of(portrait: &[u8]) -> Self {
        Self(sha256_prefix(portrait))
    }

    /// From the bytes in a card code.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The bytes in a card code.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// Reads 16 lower-case hex digits.
    ///
    /// # Errors
    /// `not_a_digest`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let bytes = data_encoding::HEXLOWER.decode(raw.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| FieldProblem::new("not_a_digest", "16 lower-case hex digits"))
    }
}

impl fmt::Display for PhotoDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// Where a credential's bit is: the number of its status list × 2¹⁷ + its slot there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusIndex(u32);

impl StatusIndex {
    /// Slots of one list: 2¹⁷.
    pub const SLOTS: u32 = 1 << 17;

    /// The index of a slot of a list, unless either is out of range.
    pub fn new(list: u32, slot: u32) -> Option<Self> {
        let index = list.checked_mul(Self::SLOTS)?.checked_add(slot)?;
        (slot < Self::SLOTS).then_some(Self(index))
    }

    /// From the number in a card code.
    pub const fn from_u32(index: u32) -> Self {
        Self(index)
    }

    /// The number in a card code.
    pub const fn as_u32(self) -> u32 {
        self.0
    }

    /// The number of the list.
    pub const fn list(self) -> u32 {
        self.0 / Self::SLOTS
    }

    /// The slot in the list.
    pub const fn slot(self) -> u32 {
        self.0 % Self::SLOTS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_refused_for_one_stable_reason() {
        assert!(CardNumber::parse("NB-000123").is_ok());
        assert!(CardNumber::parse("ABCDEFGHIJKLMNOP").is_ok());
        for (raw, code) in
            [("", "empty"), ("ABCDEFGHIJKLMNOPQ", "too_long"), ("nb-1", "bad_character"), ("Đ1", "bad_character")]
        {
            assert_eq!(CardNumber::parse(raw).map_err(|p| p.code), Err(code), "{raw}");
        }
    }

    #[test]
    fn numbers_that_look_alike_share_a_key() {
        let key = |raw| CardNumber::parse(raw).expect("a number").key();
        assert_eq!(key("BAO-1"), key("BA0I"));
        assert_eq!(key("NB-000123"), "NB000123");
    }

    #[test]
    fn what_looks_like_a_running_number_has_its_place() {
        use CredentialKind::{CollaboratorCard, IntroductionLetter, PressCard};
        let place = |raw| CardNumber::parse(raw).expect("a number").place();
        for (raw, expected) in [
            ("000123", Some((PressCard, 123))),
            ("OOO-I23", Some((PressCard, 123))),
            ("1000000", Some((PressCard, 1_000_000))),
            ("GT-000007", Some((IntroductionLetter, 7))),
            ("CTV0000L0", Some((CollaboratorCard, 10))),
            ("2", None),
            ("0000123", None),
            ("IBT00123", None),
            ("GT-7", None),
            ("CTV", None),
        ] {
            assert_eq!(place(raw), expected, "{raw}");
        }
        for kind in CredentialKind::ALL {
            for n in [1, 999_999, 1_000_000, 9_999_999_999] {
                assert_eq!(CardNumber::running(kind, n).map(|number| number.place()), Ok(Some((kind, n))));
            }
        }
        assert_eq!(CardNumber::running(PressCard, i64::MAX).map_err(|problem| problem.code), Err("too_long"));
    }

    #[test]
    fn a_status_index_is_list_and_slot() {
        let index = StatusIndex::new(1024, 5).expect("in range");
        assert_eq!((index.as_u32(), index.list(), index.slot()), (134_217_733, 1024, 5));
        assert_eq!(StatusIndex::new(32_767, StatusIndex::SLOTS - 1), Some(StatusIndex::from_u32(u32::MAX)));
        assert_eq!(StatusIndex::new(32_768, 0), None);
        assert_eq!(StatusIndex::new(0, StatusIndex::SLOTS), None);
    }

    #[test]
    fn a_photo_digest_is_sixteen_hex_digits() {
        let digest = PhotoDigest::of(b"abc");
        assert_eq!(digest.to_string(), "ba7816bf8f01cfea");
        assert_eq!(PhotoDigest::parse("ba7816bf8f01cfea"), Ok(digest));
        assert!(PhotoDigest::parse("BA7816BF8F01CFEA").is_err());
        assert!(PhotoDigest::parse("ba7816bf8f01cf").is_err());
    }
}
