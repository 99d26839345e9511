//! ES256 as card codes use it: names of keys, public keys, and the one accepted form of a signature.

use super::sha256_prefix;
use crate::domain::problem::FieldProblem;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use std::fmt;

/// The name of a key: the first 4 bytes of its RFC 7638 SHA-256 thumbprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid([u8; 4]);

impl Kid {
    /// The name of the P-256 key with these coordinates.
    pub fn of_jwk(x: &[u8; 32], y: &[u8; 32]) -> Self {
        // RFC 7638 §3: the required members only, in lexicographic order, without white space.
        let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
        let jwk = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Self(sha256_prefix(jwk.as_bytes()))
    }

    /// From the bytes in a code.
    pub const fn from_bytes(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The bytes in a code.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// Reads 8 hex digits.
    ///
    /// # Errors
    /// `not_a_kid`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let bytes = HEXLOWER_PERMISSIVE.decode(raw.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| FieldProblem::new("not_a_kid", "8 hex digits"))
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// A P-256 public key, checked to be on the curve and ready to verify with.
#[derive(Clone, Debug)]
pub struct PublicKey(ParsedPublicKey);

impl PublicKey {
    /// The key with these coordinates, unless they are no point of the curve.
    pub fn new(x: &[u8; 32], y: &[u8; 32]) -> Option<Self> {
        const UNCOMPRESSED: u8 = 4;
        let point = [&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat();
        ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).ok().map(Self)
    }

    /// Whether this is an ES256 signature (r ‖ s) of the message by this key, whichever the sign of s.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

type Scalar = [u8; 32];

/// The order of P-256 (SEC 2, §2.4.2).
const ORDER: Scalar = *b"\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
    \xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51";

/// Half of the order, rounded down.
const HALF_ORDER: Scalar = *b"\x7F\xFF\xFF\xFF\x80\x00\x00\x00\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
    \xDE\x73\x7D\x56\xD3\x8B\xCF\x42\x79\xDC\xE5\x61\x7E\x31\x92\xA8";

/// Whether s is in the lower half of its range: with (r, s) also (r, −s) verifies, and only one form is accepted.
pub fn is_low_s(signature: &[u8; 64]) -> bool {
    // Big-endian numbers of one length compare like their bytes.
    signature[32..] <= HALF_ORDER[..]
}

/// The accepted form of a signature: s, or the order less s where that is lower.
#[must_use]
pub fn low_s(mut signature: [u8; 64]) -> [u8; 64] {
    if !is_low_s(&signature) {
        let mut borrow = false;
        for (s, order) in signature[32..].iter_mut().zip(ORDER).rev() {
            let (difference, under) = order.overflowing_sub(*s);
            let (difference, under_too) = difference.overflowing_sub(u8::from(borrow));
            (*s, borrow) = (difference, under || under_too);
        }
    }
    signature
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_s(s: Scalar) -> [u8; 64] {
        let mut signature = [7; 64];
        signature[32..].copy_from_slice(&s);
        signature
    }

    #[test]
    fn half_the_order_is_the_highest_low_s() {
        let mut above = HALF_ORDER;
        above[31] += 1;
        assert!(is_low_s(&with_s(HALF_ORDER)));
        assert!(!is_low_s(&with_s(above)));
        // The order is odd: the order less (half + 1) is half.
        assert_eq!(low_s(with_s(above)), with_s(HALF_ORDER));
        assert_eq!(low_s(with_s(HALF_ORDER)), with_s(HALF_ORDER));
    }

    #[test]
    fn the_highest_s_becomes_one() {
        let mut highest = ORDER;
        highest[31] -= 1;
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(low_s(with_s(highest)), with_s(one));
    }

    #[test]
    fn a_kid_is_the_thumbprint_of_the_public_key() {
        // The key of RFC 7515 A.3; its whole thumbprint is oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U.
        let coordinate = |text: &str| -> [u8; 32] {
            BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url").try_into().expect("32 bytes")
        };
        let x = coordinate("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU");
        let y = coordinate("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        assert_eq!(Kid::of_jwk(&x, &y).to_string(), "a0a232c2");
        assert!(PublicKey::new(&x, &y).is_some());
        assert!(PublicKey::new(&y, &x).is_none());
    }

    #[test]
    fn a_kid_is_eight_hex_digits() {
        assert_eq!(Kid::parse("00ffA0a1"), Ok(Kid([0, 0xFF, 0xA0, 0xA1])));
        for raw in ["", "00ffa0", "00ffa0a1a2", "00ffa0ag"] {
            assert!(Kid::parse(raw).is_err(), "{raw}");
        }
    }
}
