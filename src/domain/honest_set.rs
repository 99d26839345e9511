//! The honest set of a compromised key: what was really issued under it, so that its cards keep their verdict and what
//! a thief signs is told from them.

use super::card_code::{HONEST_DIGEST_BYTES, HonestDigest, Kid};
use super::cbor::Writer;
use super::issuer::KnownIssuer;
use super::signed_list::{self, Form, ISSUED_AT, ListName, SUBJECT, Unbelieved, Unsigned};
use super::time::Timestamp;
use std::collections::BTreeSet;

/// What an honest set is, in its header and where it is served.
pub const MEDIA_TYPE: &str = "application/cwt";
/// The most bytes of a token: some 1.6 million cards.
pub const MAX_BYTES: usize = 16 << 20;
const FORM: Form = Form { media_type: MEDIA_TYPE, max_bytes: MAX_BYTES };

/// The registry's own claim, from the range for private use beside that of the card code: all digests, one after the
/// other.
const DIGESTS: i64 = -65_538;

/// What was really issued under a compromised key. It does not grow old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HonestSet {
    /// The key.
    pub kid: Kid,
    /// When it was signed: `iat`.
    pub issued_at: Timestamp,
    /// What stands for each card.
    pub digests: BTreeSet<HonestDigest>,
}

impl HonestSet {
    /// The set of this key, of this moment.
    pub const fn new(kid: Kid, digests: BTreeSet<HonestDigest>, now: Timestamp) -> Self {
        Self { kid, issued_at: Timestamp::from_seconds(now.seconds()), digests }
    }

    /// What is to be signed by the key named `signer`, for the registry at this address.
    pub fn unsigned(&self, public_url: &str, signer: Kid) -> Unsigned {
        let digests: Vec<u8> = self.digests.iter().flatten().copied().collect();
        let mut claims = Writer::with_capacity(digests.len() + 128);
        claims.map(3);
        claims.int(SUBJECT).text(&ListName::Honest(self.kid).address(public_url));
        claims.int(ISSUED_AT).int(self.issued_at.seconds());
        claims.int(DIGESTS).bytes(&digests);
        Unsigned::new(signer, MEDIA_TYPE, claims.finish())
    }

    /// Reads a set that a status key of this issuer signed, and that key's name.
    ///
    /// # Errors
    /// [`Unbelieved`]: nothing of it is to be used.
    pub fn read(token: &[u8], issuer: &KnownIssuer) -> Result<(Self, Kid), Unbelieved> {
        signed_list::read(token, &FORM, issuer, |name, claims| {
            let ListName::Honest(kid) = name else { return None };
            let (digests, rest) = claims.find(DIGESTS)?.bytes().ok()?.as_chunks::<HONEST_DIGEST_BYTES>();
            let is_sorted = digests.is_sorted_by(|one, next| one < next);
            let issued_at = claims.instant(ISSUED_AT)?;
            (rest.is_empty() && is_sorted).then(|| Self { kid, issued_at, digests: digests.iter().copied().collect() })
        })
    }
}
