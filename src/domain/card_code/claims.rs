//! The inner form of a card code: CWT claims (RFC 8392) about one credential.

use crate::domain::{
    cbor::Writer,
    printed::{CardNumber, CredentialKind, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity},
    problem::FieldProblem,
    time::Timestamp,
};
use minicbor::{Decoder, bytes::ByteSlice};

/// The version written here.
const VERSION: u64 = 1;
/// Claim keys: `exp` and `nbf` (RFC 8392 §4), and the registry's own, from the range for private use.
const EXPIRES: u64 = 4;
const NOT_BEFORE: u64 = 5;
const CARD: i64 = -65_537;

/// What a credential entitles to. Only a letter says where and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entitlement {
    /// A press card.
    PressCard,
    /// A letter of introduction.
    IntroductionLetter(LetterScope),
    /// A collaborator card.
    CollaboratorCard,
}

impl Entitlement {
    /// Joins a kind with what only a letter has.
    ///
    /// # Errors
    /// `missing_scope` or `unexpected_scope`.
    pub fn new(kind: CredentialKind, scope: Option<LetterScope>) -> Result<Self, FieldProblem> {
        match (kind, scope) {
            (CredentialKind::PressCard, None) => Ok(Self::PressCard),
            (CredentialKind::IntroductionLetter, Some(scope)) => Ok(Self::IntroductionLetter(scope)),
            (CredentialKind::CollaboratorCard, None) => Ok(Self::CollaboratorCard),
            (CredentialKind::IntroductionLetter, None) => {
                Err(FieldProblem::new("missing_scope", "a letter says place, unit and work"))
            }
            (CredentialKind::PressCard | CredentialKind::CollaboratorCard, Some(_)) => {
                Err(FieldProblem::new("unexpected_scope", "only a letter says place, unit and work"))
            }
        }
    }

    /// What kind of credential it is.
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::PressCard => CredentialKind::PressCard,
            Self::IntroductionLetter(_) => CredentialKind::IntroductionLetter,
            Self::CollaboratorCard => CredentialKind::CollaboratorCard,
        }
    }

    /// Where and for what, if it is a letter.
    pub const fn scope(&self) -> Option<&LetterScope> {
        match self {
            Self::IntroductionLetter(scope) => Some(scope),
            Self::PressCard | Self::CollaboratorCard => None,
        }
    }
}

/// What a card code says of a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// What it is and what it entitles to.
    pub entitlement: Entitlement,
    /// Where its bit is in the status lists.
    pub status_index: StatusIndex,
    /// Its number as printed.
    pub number: CardNumber,
    /// Its holder's name as printed.
    pub name: PrintedName,
    /// The short name of the agency.
    pub agency: ShortName,
    /// Which portrait is on it, if one is.
    pub photo_digest: Option<PhotoDigest>,
    /// From when until when it is valid.
    pub validity: Validity,
}

/// Why a payload under a good signature gives no claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Of a version that this program does not know.
    NewerVersion,
    /// Not written as version 1 is.
    WrongShape,
}

impl Claims {
    /// Reads a payload, if it is written exactly as [`Claims::payload`] writes it.
    ///
    /// # Errors
    /// [`Unreadable::NewerVersion`] whatever else another version holds; else [`Unreadable::WrongShape`].
    pub fn parse(payload: &[u8]) -> Result<Self, Unreadable> {
        match find_version(payload) {
            Some(Version::One) => {
                read(payload).filter(|claims| claims.payload() == payload).ok_or(Unreadable::WrongShape)
            }
            Some(Version::Other) => Err(Unreadable::NewerVersion),
            None => Err(Unreadable::WrongShape),
        }
    }

    /// The CBOR that is signed: labels in the order of their bytes, shortest heads, definite lengths.
    pub fn payload(&self) -> Vec<u8> {
        let mut cbor = Writer::with_capacity(192);
        cbor.map(3);
        cbor.uint(EXPIRES).int(self.validity.expires().seconds());
        cbor.uint(NOT_BEFORE).int(self.validity.not_before().seconds());
        cbor.int(CARD).array(8).uint(VERSION);
        cbor.uint(self.entitlement.kind().code()).uint(self.status_index.as_u32().into());
        cbor.text(self.number.as_str()).text(self.name.as_str()).text(self.agency.as_str());
        match &self.photo_digest {
            Some(digest) => cbor.bytes(digest.as_bytes()),
            None => cbor.null(),
        };
        match self.entitlement.scope() {
            Some(scope) => cbor.array(3).text(scope.place()).text(scope.unit_visited()).text(scope.work()),
            None => cbor.null(),
        };
        cbor.finish()
    }
}

enum Version {
    One,
    Other,
}

/// The version of a payload. It is looked for before anything else is judged, because another version may differ in
/// all else: only that it is a map with an array under [`CARD`], whose first item is an integer, holds for all.
fn find_version(payload: &[u8]) -> Option<Version> {
    let mut items = Decoder::new(payload);
    for _ in 0..items.map().ok()?? {
        let label = items.probe().i64();
        items.skip().ok()?;
        if label.is_ok_and(|label| label == CARD) {
            // An empty array is followed by something that is not in it.
            items.array().ok()?.filter(|items| *items > 0)?;
            let version = items.int().ok()?;
            return Some(if version == VERSION.into() { Version::One } else { Version::Other });
        }
        items.skip().ok()?;
    }
    None
}

/// Reads what version 1 holds, loosely: labels, counts and forms are proven by writing it again.
fn read(payload: &[u8]) -> Option<Claims> {
    let mut items = Decoder::new(payload);
    items.map().ok()?;
    items.skip().ok()?;
    let expires = seconds(items.i64().ok()?)?;
    items.skip().ok()?;
    let not_before = seconds(items.i64().ok()?)?;
    items.skip().ok()?;
    items.array().ok()?;
    items.skip().ok()?;
    let kind = CredentialKind::from_code(items.u64().ok()?)?;
    let status_index = StatusIndex::from_u32(items.u32().ok()?);
    let number = CardNumber::parse(items.str().ok()?).ok()?;
    let name = PrintedName::parse(items.str().ok()?).ok()?;
    let agency = ShortName::parse(items.str().ok()?).ok()?;
    let photo_digest = match items.decode::<Option<&ByteSlice>>().ok()? {
        Some(bytes) => Some(PhotoDigest::from_bytes((**bytes).try_into().ok()?)),
        None => None,
    };
    let scope = match items.decode::<Option<[&str; 3]>>().ok()? {
        Some([place, unit_visited, work]) => Some(LetterScope::parse(place, unit_visited, work).ok()?),
        None => None,
    };
    Some(Claims {
        entitlement: Entitlement::new(kind, scope).ok()?,
        status_index,
        number,
        name,
        agency,
        photo_digest,
        validity: Validity::new(not_before, expires).ok()?,
    })
}

/// An instant that is exactly these seconds; `None` where [`Timestamp`] would saturate.
fn seconds(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp::from_seconds(seconds)).filter(|at| at.seconds() == seconds)
}
