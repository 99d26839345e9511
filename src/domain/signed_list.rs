//! What status lists and honest sets have in common: a CWT (RFC 8392) in a COSE_Sign1 (RFC 9052), signed by a key of
//! use `status`, whose `sub` says where it is published and so which list it is.
//!
//! Written in one form; read in any that CBOR allows, because the signature is over the bytes as they stand. Nothing
//! of a token is looked at beyond its frame before its signature is found good.

use super::card_code::{Kid, host, sig_structure};
use super::cbor::Writer;
use super::issuer::KnownIssuer;
use super::time::Timestamp;
use minicbor::Decoder;
use std::fmt;

/// COSE_Sign1 (RFC 9052, table 1).
const TAG: u64 = 18;
/// Header labels: `alg`, `kid` (RFC 9052, table 3) and `typ` (RFC 9596); the algorithm ES256 (RFC 9053, table 1).
const LABEL_ALG: i64 = 1;
const LABEL_KID: i64 = 4;
const LABEL_TYPE: i64 = 16;
const ES256: i64 = -7;
/// Claim keys (RFC 8392 §4).
pub(super) const SUBJECT: i64 = 2;
pub(super) const EXPIRES: i64 = 4;
pub(super) const ISSUED_AT: i64 = 6;
/// Where lists are published, below the registry's address.
const FOLDER: &str = "/status/";

/// Which signed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListName {
    /// The status list of this number.
    Status(u32),
    /// The honest set of this key.
    Honest(Kid),
}

impl ListName {
    /// Reads the end of an address, after `/status/`: in the one way it is written.
    pub fn parse(raw: &str) -> Option<Self> {
        let name = match raw.strip_prefix("honest/") {
            Some(kid) => Self::Honest(Kid::parse(kid).ok()?),
            None => Self::Status(raw.parse().ok()?),
        };
        (name.to_string() == raw).then_some(name)
    }

    /// Its address at a registry: what its `sub` says.
    pub fn address(self, public_url: &str) -> String {
        format!("{public_url}{FOLDER}{self}")
    }

    /// The list of this address, if that is one of these hosts'.
    pub(super) fn at(address: &str, hosts: &[String]) -> Option<Self> {
        let (registry, name) = address.rsplit_once(FOLDER)?;
        let host = host(registry)?;
        hosts.iter().any(|known| known.eq_ignore_ascii_case(host)).then(|| Self::parse(name))?
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(list) => write!(f, "{list}"),
            Self::Honest(kid) => write!(f, "honest/{kid}"),
        }
    }
}

/// Why bytes are not believed to be a list of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbelieved {
    /// They are no signed list of this kind.
    NotAList,
    /// No key signed it that may: none of use `status` has this name, or it is compromised.
    UnknownKey,
    /// The signature is of other bytes.
    BadSignature,
}

impl fmt::Display for Unbelieved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAList => "it is no status list and no honest set of this registry",
            Self::UnknownKey => "it was not signed by a key that the issuer document lists for status lists",
            Self::BadSignature => "its signature is wrong",
        })
    }
}

/// A list that waits for its signature.
pub struct Unsigned {
    protected: Vec<u8>,
    payload: Vec<u8>,
}

impl Unsigned {
    pub(super) fn new(kid: Kid, media_type: &str, payload: Vec<u8>) -> Self {
        let mut protected = Writer::with_capacity(48);
        protected.map(3);
        protected.int(LABEL_ALG).int(ES256).int(LABEL_KID).bytes(kid.as_bytes()).int(LABEL_TYPE).text(media_type);
        Self { protected: protected.finish(), payload }
    }

    /// What the key signs.
    pub fn to_be_signed(&self) -> Vec<u8> {
        sig_structure(&self.protected, &self.payload)
    }

    /// The whole token.
    pub fn signed(&self, signature: &[u8; 64]) -> Vec<u8> {
        let mut token = Writer::with_capacity(self.payload.len() + self.protected.len() + signature.len() + 16);
        token.tag(TAG).array(4).bytes(&self.protected).map(0).bytes(&self.payload).bytes(signature);
        token.finish()
    }
}

/// What tells one kind of list from another.
pub(super) struct Form {
    /// What it is called in its header.
    pub(super) media_type: &'static str,
    /// The most bytes of a token.
    pub(super) max_bytes: usize,
}

/// What `parse` makes of the name and the claims of a list of this form that a key of this issuer signed, and the key's
/// name.
pub(super) fn read<T>(
    token: &[u8],
    form: &Form,
    issuer: &KnownIssuer,
    parse: impl FnOnce(ListName, Claims<'_>) -> Option<T>,
) -> Result<(T, Kid), Unbelieved> {
    if token.len() > form.max_bytes {
        return Err(Unbelieved::NotAList);
    }
    let frame = Frame::read(token).ok_or(Unbelieved::NotAList)?;
    let kid = frame.kid(form.media_type).ok_or(Unbelieved::NotAList)?;
    let signer = issuer.status_key(kid).ok_or(Unbelieved::UnknownKey)?;
    if !signer.key.verifies(&sig_structure(frame.protected, frame.payload), frame.signature) {
        return Err(Unbelieved::BadSignature);
    }
    let claims = Claims(frame.payload);
    let list = claims.name(issuer.hosts()).and_then(|name| parse(name, claims));
    list.map(|list| (list, kid)).ok_or(Unbelieved::NotAList)
}

/// A COSE_Sign1 that is not proven yet.
struct Frame<'a> {
    protected: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8; 64],
}

impl<'a> Frame<'a> {
    fn read(token: &'a [u8]) -> Option<Self> {
        let mut items = Decoder::new(token);
        let is_framed = items.tag().ok()?.as_u64() == TAG && items.array().ok()? == Some(4);
        let protected = items.bytes().ok()?;
        // Nobody signed what is not protected: it says nothing.
        items.skip().ok()?;
        let payload = items.bytes().ok()?;
        let signature = items.bytes().ok()?.try_into().ok()?;
        (is_framed && items.position() == token.len()).then_some(Self { protected, payload, signature })
    }

    /// The key named in the header, if it is the header of a token of this media type, signed with ES256.
    fn kid(&self, media_type: &str) -> Option<Kid> {
        let header = Claims(self.protected);
        let is_es256 = header.find(LABEL_ALG)?.i64().ok()? == ES256;
        let is_of_type = header.find(LABEL_TYPE)?.str().ok()? == media_type;
        let kid = header.find(LABEL_KID)?.bytes().ok()?.try_into().ok()?;
        (is_es256 && is_of_type).then_some(Kid::from_bytes(kid))
    }
}

/// A CBOR map with integers for keys, some of which this program may not know.
pub(super) struct Claims<'a>(&'a [u8]);

impl<'a> Claims<'a> {
    /// What stands under a key.
    pub(super) fn find(&self, wanted: i64) -> Option<Decoder<'a>> {
        value_of(Decoder::new(self.0), |key| key.i64().is_ok_and(|key| key == wanted))
    }

    /// What stands under a word, in the map under a key.
    pub(super) fn find_in(&self, map: i64, wanted: &str) -> Option<Decoder<'a>> {
        value_of(self.find(map)?, |key| key.str().is_ok_and(|key| key == wanted))
    }

    /// Which list this is, if it is published on one of these hosts.
    fn name(&self, hosts: &[String]) -> Option<ListName> {
        ListName::at(self.find(SUBJECT)?.str().ok()?, hosts)
    }

    /// An instant in whole seconds.
    pub(super) fn instant(&self, key: i64) -> Option<Timestamp> {
        self.find(key)?.i64().ok().map(Timestamp::from_seconds)
    }
}

/// The value in the map that comes next whose key is the one that is looked for.
fn value_of<'a>(mut map: Decoder<'a>, is_wanted: impl Fn(&mut Decoder<'a>) -> bool) -> Option<Decoder<'a>> {
    for _ in 0..map.map().ok()?? {
        let is_found = is_wanted(&mut map.clone());
        map.skip().ok()?;
        if is_found {
            return Some(map);
        }
        map.skip().ok()?;
    }
    None
}
