//! The issuer document: whom to trust, as published at `/.well-known/press-registry/issuer`.
//!
//! [`IssuerDocument`] is the JSON; [`KnownIssuer`] is what a verifier keeps of it, with its keys parsed once.

mod document;

pub use document::{
    Contact, DocumentSignature, IssuerDocument, IssuerKey, KeyState, KeyUse, LogIdentity, PastLog, StatusListLink,
    Words,
};

use super::{
    card_code::{Kid, PublicKey},
    time::Timestamp,
};
use data_encoding::BASE64URL_NOPAD;

/// Why an issuer document cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerProblem {
    /// Not the JSON of an issuer document.
    NotADocument,
    /// An ES256 key that is no point of the curve, or badly written.
    BadKey,
    /// A key whose name is not its thumbprint's, or two keys with one name.
    BadKid,
}

/// A key that can verify.
#[derive(Clone, Debug)]
pub struct TrustedKey {
    /// Its name.
    pub kid: Kid,
    /// What became of it.
    pub state: KeyState,
    /// What verifies.
    pub key: PublicKey,
}

/// An issuer as a verifier knows it. Whoever makes one has decided to trust the document.
#[derive(Clone, Debug)]
pub struct KnownIssuer {
    issued_at: Timestamp,
    hosts: Vec<String>,
    phone: String,
    card_keys: Vec<TrustedKey>,
    status_keys: Vec<TrustedKey>,
}

impl KnownIssuer {
    /// # Errors
    /// [`IssuerProblem`]; a document with one bad key is wholly refused, because it is not what was signed.
    pub fn from_json(document: &[u8]) -> Result<Self, IssuerProblem> {
        let document = serde_json::from_slice(document).map_err(|_| IssuerProblem::NotADocument)?;
        Self::new(&document)
    }

    /// Keeps of a document what verifying needs. Keys of other algorithms and uses are left alone.
    ///
    /// # Errors
    /// [`IssuerProblem::BadKey`] or [`IssuerProblem::BadKid`].
    pub fn new(document: &IssuerDocument) -> Result<Self, IssuerProblem> {
        let mut known = Self {
            issued_at: document.issued_at,
            hosts: document.hosts.clone(),
            phone: document.contact.phone.clone(),
            card_keys: Vec::new(),
            status_keys: Vec::new(),
        };
        for listed in document.keys.iter().filter(|key| key.is_es256()) {
            let keys = match listed.key_use {
                KeyUse::Card => &mut known.card_keys,
                KeyUse::Status => &mut known.status_keys,
                KeyUse::Other => continue,
            };
            let (x, y) = coordinate(&listed.x).zip(coordinate(&listed.y)).ok_or(IssuerProblem::BadKey)?;
            let key = PublicKey::new(&x, &y).ok_or(IssuerProblem::BadKey)?;
            let kid = Kid::of_jwk(&x, &y);
            if listed.kid != kid.to_string() || keys.iter().any(|other| other.kid == kid) {
                return Err(IssuerProblem::BadKid);
            }
            keys.push(TrustedKey { kid, state: listed.state, key });
        }
        Ok(known)
    }

    /// When the document was written.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// Every host ever printed in a code.
    pub fn hosts(&self) -> &[String] {
        &self.hosts
    }

    /// The hotline.
    pub fn phone(&self) -> &str {
        &self.phone
    }

    /// The key of this name that signs or signed card codes.
    pub fn card_key(&self, kid: Kid) -> Option<&TrustedKey> {
        self.card_keys.iter().find(|key| key.kid == kid)
    }

    /// The key of this name that may sign status lists, honest sets and issuer documents: not a compromised one.
    pub fn status_key(&self, kid: Kid) -> Option<&TrustedKey> {
        self.status_keys.iter().find(|key| key.kid == kid && key.state != KeyState::Compromised)
    }

    /// Whether a status key known here signed these exact bytes: what another document needs to take this one's place.
    pub fn vouches_for(&self, document: &[u8], signatures: &[DocumentSignature]) -> bool {
        signatures.iter().any(|signed| {
            let by = Kid::parse(&signed.kid).ok().and_then(|kid| self.status_key(kid));
            let signature = BASE64URL_NOPAD.decode(signed.sig.as_bytes()).ok().and_then(|raw| raw.try_into().ok());
            by.zip(signature).is_some_and(|(by, signature)| by.key.verifies(document, &signature))
        })
    }
}

fn coordinate(base64url: &str) -> Option<[u8; 32]> {
    BASE64URL_NOPAD.decode(base64url.as_bytes()).ok()?.try_into().ok()
}
