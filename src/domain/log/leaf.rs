//! Leaves: that something was written down, in which hour, and a commitment to what. No more is public.

use super::{Hash, leaf_hash, sha256};
use crate::domain::time::Timestamp;
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Bytes of a salt: nobody guesses what a commitment hides by trying.
pub const SALT_BYTES: usize = 32;
/// Random bytes that go before what is committed to.
pub type Salt = [u8; SALT_BYTES];
/// SHA-256 over a salt and an RFC 8785 document.
pub type Commitment = Hash;

/// What kind of thing a leaf stands for: all that the public learns, lest the log tell what happened to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafKind {
    /// A change of the registry's records.
    Event,
    /// A change of the bits of a status list.
    StatusList,
    /// A change of keys.
    Key,
}

impl LeafKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Event, Self::StatusList, Self::Key];

    /// As written in the leaf.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::StatusList => "status_list",
            Self::Key => "key",
        }
    }
}

/// A leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    kind: LeafKind,
    hour: Timestamp,
    commitment: Commitment,
}

/// The form of a leaf: members in the order of RFC 8785.
#[derive(Serialize, Deserialize)]
struct Form {
    commitment: String,
    time: String,
    #[serde(rename = "type")]
    kind: String,
    v: u8,
}

impl Leaf {
    /// A leaf of something that happened at `at`, of which only the whole hour is told.
    pub const fn new(kind: LeafKind, at: Timestamp, commitment: Commitment) -> Self {
        Self { kind, hour: at.hour(), commitment }
    }

    /// Reads a leaf; what was read is written again and must give the same bytes.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let form: Form = serde_json::from_slice(bytes).ok()?;
        let leaf = Self {
            kind: LeafKind::ALL.into_iter().find(|kind| kind.as_str() == form.kind)?,
            hour: Timestamp::parse(&form.time).ok()?.hour(),
            commitment: BASE64URL_NOPAD.decode(form.commitment.as_bytes()).ok()?.try_into().ok()?,
        };
        (leaf.bytes() == bytes).then_some(leaf)
    }

    /// RFC 8785 JSON: `{"commitment":"…","time":"YYYY-MM-DDTHH:00:00Z","type":"…","v":1}`.
    pub fn bytes(&self) -> Vec<u8> {
        let commitment = BASE64URL_NOPAD.encode(&self.commitment);
        let (time, kind) = (self.hour, self.kind.as_str());
        format!(r#"{{"commitment":"{commitment}","time":"{time}","type":"{kind}","v":1}}"#).into_bytes()
    }

    /// Its hash in the tree.
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.bytes())
    }

    /// What kind of thing it stands for.
    pub const fn kind(&self) -> LeafKind {
        self.kind
    }

    /// The whole hour.
    pub const fn hour(&self) -> Timestamp {
        self.hour
    }

    /// What it commits to.
    pub const fn commitment(&self) -> &Commitment {
        &self.commitment
    }
}

/// The bytes of a JSON document that everybody writes alike (RFC 8785).
///
/// # Errors
/// A number that is no integer under 2⁵³: such are not written down.
pub fn canonical(document: &Value) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(document)
}

/// The commitment to a document: it binds to the bytes and, as long as the salt is not known, tells nothing of them.
pub fn commitment(salt: &Salt, canonical: &[u8]) -> Commitment {
    sha256(&[salt, canonical])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leaf_has_one_form() {
        let leaf =
            Leaf::new(LeafKind::StatusList, Timestamp::parse("2026-03-02T01:59:59.9Z").expect("a time"), [7; 32]);
        let text = r#"{"commitment":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","time":"2026-03-02T01:00:00Z","type":"status_list","v":1}"#;
        assert_eq!(leaf.bytes(), text.as_bytes());
        assert_eq!(canonical(&serde_json::from_str(text).expect("JSON")).expect("integers"), text.as_bytes());
        assert_eq!(Leaf::parse(text.as_bytes()), Some(leaf));
        for (from, to) in [
            ("01:00:00Z", "01:00:01Z"),
            ("status_list", "other"),
            ("\"v\":1", "\"v\":2"),
            ("{", "{ "),
            ("BwcH", "BwcH="),
        ] {
            assert_eq!(Leaf::parse(text.replacen(from, to, 1).as_bytes()), None, "{to}");
        }
    }
}
