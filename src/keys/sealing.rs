//! Encryption at rest and lookup by keyed hash.

use crate::entropy::Entropy;
use crate::error::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;

/// Seals with AES-256-GCM (NIST SP 800-38D) under random nonces, bound to where the value belongs, and hashes with
/// HMAC-SHA256. A sealed value is: nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes).
pub struct Sealing {
    cipher: LessSafeKey,
    lookup: hmac::Key,
}

impl Sealing {
    /// From two secrets of 32 bytes.
    ///
    /// # Errors
    /// The cipher refuses its key.
    pub fn new(sealing: &[u8; 32], lookup: &[u8; 32]) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, sealing)?);
        Ok(Self { cipher, lookup: hmac::Key::new(hmac::HMAC_SHA256, lookup) })
    }

    /// Seals `plain` for one place; it opens nowhere else.
    ///
    /// # Errors
    /// The cipher's.
    pub fn seal(&self, plain: &[u8], place: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_LEN] = Entropy::System.bytes();
        let mut sealed = plain.to_vec();
        self.cipher
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// It was sealed with another key, for another place, or altered.
    pub fn open(&self, sealed: &[u8], place: &[u8]) -> Result<Vec<u8>, Error> {
        let wrong = || Error::internal("a sealed value does not open with this key at this place");
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(wrong)?;
        let mut plain = ciphertext.to_vec();
        let length = self
            .cipher
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place), &mut plain)
            .map_err(|_| wrong())?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// The keyed hash that finds a value without telling it.
    pub fn hash(&self, plain: &[u8]) -> Vec<u8> {
        hmac::sign(&self.lookup, plain).as_ref().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_where_it_belongs() {
        let sealing = Sealing::new(&[1; 32], &[2; 32]).expect("a key");
        let sealed = sealing.seal(b"999090000001", b"person a").expect("sealed");
        assert_eq!(sealing.open(&sealed, b"person a").expect("opened"), b"999090000001");
        assert!(sealing.open(&sealed, b"person b").is_err(), "moved to another row");
        let mut altered = sealed.clone();
        altered[20] ^= 1;
        assert!(sealing.open(&altered, b"person a").is_err());
        assert!(sealing.open(b"short", b"person a").is_err());
        assert_ne!(sealing.seal(b"999090000001", b"person a").expect("sealed"), sealed, "nonces differ");
    }

    #[test]
    fn the_hash_needs_the_key() {
        let one = Sealing::new(&[1; 32], &[2; 32]).expect("a key");
        let other = Sealing::new(&[1; 32], &[3; 32]).expect("a key");
        assert_eq!(one.hash(b"x"), one.hash(b"x"));
        assert_ne!(one.hash(b"x"), other.hash(b"x"));
    }
}
