//! The JSON of an issuer document and of its signatures, member by member.

use crate::domain::{card_code::Kid, time::Timestamp};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// The document. A reader ignores members that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerDocument {
    /// The registry's name.
    pub name: Words,
    /// When this document was written.
    #[serde(with = "rfc3339")]
    pub issued_at: Timestamp,
    /// Every host ever printed in a code, without port.
    pub hosts: Vec<String>,
    /// Where people ask.
    pub contact: Contact,
    /// Every key ever used.
    pub keys: Vec<IssuerKey>,
    /// Where the status lists are.
    pub status_lists: Vec<StatusListLink>,
    /// The public log.
    pub log: LogIdentity,
    /// Logs that were continued under another origin.
    #[serde(default)]
    pub past_logs: Vec<PastLog>,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Words {
    /// One text, said twice.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
}

/// Where people ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The hotline.
    pub phone: String,
    /// A page.
    pub url: String,
}

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// Card codes.
    Card,
    /// Status lists, honest sets and issuer documents.
    Status,
    /// Something that this program does not know and leaves alone.
    #[serde(other)]
    Other,
}

/// What became of a key. Only [`KeyState::Compromised`] ever changes a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// It signs.
    Active,
    /// It signs no more; what it signed stays good.
    Retired,
    /// Somebody else may have it; only cards of its honest set stay good.
    Compromised,
}

impl KeyState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Retired, Self::Compromised];

    /// As stored and shown; the same as in the document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }
}

/// A key as a JWK (RFC 7517) with its use and state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerKey {
    /// 8 hex digits: the first 4 bytes of the RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs.
    #[serde(rename = "use")]
    pub key_use: KeyUse,
    /// `ES256`.
    pub alg: String,
    /// `EC`.
    pub kty: String,
    /// `P-256`.
    pub crv: String,
    /// Base64url.
    pub x: String,
    /// Base64url; a key of another type may have none.
    #[serde(default)]
    pub y: String,
    /// From when it signs. Bounds signing only.
    #[serde(with = "rfc3339")]
    pub not_before: Timestamp,
    /// Until when it signs. Bounds signing only.
    #[serde(with = "rfc3339")]
    pub not_after: Timestamp,
    /// What became of it.
    pub state: KeyState,
}

impl IssuerKey {
    /// An ES256 key with these coordinates; the kid follows from them.
    pub fn es256(x: &[u8; 32], y: &[u8; 32], key_use: KeyUse, state: KeyState, signs: [Timestamp; 2]) -> Self {
        let [not_before, not_after] = signs;
        Self {
            kid: Kid::of_jwk(x, y).to_string(),
            key_use,
            alg: "ES256".into(),
            kty: "EC".into(),
            crv: "P-256".into(),
            x: BASE64URL_NOPAD.encode(x),
            y: BASE64URL_NOPAD.encode(y),
            not_before,
            not_after,
            state,
        }
    }

    pub(super) fn is_es256(&self) -> bool {
        (self.alg.as_str(), self.kty.as_str(), self.crv.as_str()) == ("ES256", "EC", "P-256")
    }
}

/// Where a status list is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusListLink {
    /// Its number.
    pub n: u32,
    /// Its address.
    pub url: String,
}

/// The name and key of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogIdentity {
    /// The first line of its checkpoints.
    pub origin: String,
    /// Its key, as `NAME+HASH+KEY`.
    pub vkey: String,
}

/// A log that was continued under another origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastLog {
    /// Its name and key.
    #[serde(flatten)]
    pub identity: LogIdentity,
    /// Its last size.
    pub size: u64,
    /// Its last root, base64.
    pub root: String,
    /// Its newest checkpoint, as signed.
    pub checkpoint: String,
}

/// One signature of `issuer.sig`: by a status key, over the document's exact bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentSignature {
    /// 8 hex digits.
    pub kid: String,
    /// r ‖ s, base64url.
    pub sig: String,
}

/// Times as RFC 3339 in UTC.
mod rfc3339 {
    use super::Timestamp;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(at)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
        Timestamp::parse(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
