//! The card code, version 1: a COSE_Sign1 over CWT claims, in a QR text that is also a link.
//!
//! Byte by byte in `api-docs/card-code.md`. One rule covers every question of form: what was read is written again and
//! must give the same bytes. Other lengths, orders, duplicates or trailing bytes therefore never pass, without a check
//! of their own. Signing needs randomness and is done elsewhere: [`to_be_signed`] says what to sign, [`low_s`] and
//! [`Envelope`] put the code together. Old versions stay readable for as long as cards of them exist.

mod claims;
mod envelope;
mod key;
mod link;

pub use claims::{Claims, Entitlement, Unreadable};
pub(super) use envelope::sig_structure;
pub use envelope::{Envelope, to_be_signed};
pub use key::{Kid, PublicKey, is_low_s, low_s};
pub use link::{Link, MAX_TEXT_CHARS, host, moved, text};

/// Bytes of SHA-256 of a payload that stand for a card in an honest set.
pub const HONEST_DIGEST_BYTES: usize = 10;

/// What stands for a card in the honest set of a compromised key.
pub type HonestDigest = [u8; HONEST_DIGEST_BYTES];

/// What stands for the card with this payload in the honest set of its key.
pub fn honest_digest(payload: &[u8]) -> HonestDigest {
    sha256_prefix(payload)
}

/// The first `N` bytes of SHA-256.
pub(super) fn sha256_prefix<const N: usize>(data: &[u8]) -> [u8; N] {
    const { assert!(N <= 32, "SHA-256 has 32 bytes") };
    let whole = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data);
    let mut prefix = [0; N];
    prefix.iter_mut().zip(whole.as_ref()).for_each(|(to, from)| *to = *from);
    prefix
}
