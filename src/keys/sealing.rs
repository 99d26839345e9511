//! Encryption at rest and lookup by keyed hash.

use crate::entropy::Entropy;
use crate::error::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use std::sync::{Arc, PoisonError, RwLock};

/// Seals with AES-256-GCM (NIST SP 800-38D) under random nonces, bound to where the value belongs, and hashes with
/// HMAC-SHA256. A sealed value is: nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes). It does not say of which key it is:
/// one key opens it, and while keys are changed, both are tried.
pub struct Sealing {
    ciphers: RwLock<Arc<Ciphers>>,
    lookup: hmac::Key,
}

/// The first seals; each opens what it sealed.
struct Ciphers(LessSafeKey, Vec<LessSafeKey>);

impl Ciphers {
    fn all(&self) -> impl Iterator<Item = &LessSafeKey> {
        std::iter::once(&self.0).chain(&self.1)
    }
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, Unspecified> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key)?))
}

impl Sealing {
    /// From two secrets of 32 bytes.
    ///
    /// # Errors
    /// The cipher refuses its key.
    pub fn new(sealing: &[u8; 32], lookup: &[u8; 32]) -> Result<Self, Unspecified> {
        let ciphers = RwLock::new(Arc::new(Ciphers(cipher(sealing)?, Vec::new())));
        Ok(Self { ciphers, lookup: hmac::Key::new(hmac::HMAC_SHA256, lookup) })
    }

    /// Takes up other keys: the first seals from now on, and all of them open.
    ///
    /// # Errors
    /// The cipher refuses one.
    pub fn take_up(&self, first: &[u8; 32], others: &[[u8; 32]]) -> Result<(), Unspecified> {
        let ciphers = Ciphers(cipher(first)?, others.iter().map(cipher).collect::<Result<_, _>>()?);
        *self.ciphers.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ciphers);
        Ok(())
    }

    fn ciphers(&self) -> Arc<Ciphers> {
        Arc::clone(&self.ciphers.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Seals `plain` for one place; it opens nowhere else.
    ///
    /// # Errors
    /// The cipher's.
    pub fn seal(&self, plain: &[u8], place: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE_LEN] = Entropy::System.bytes();
        let mut sealed = plain.to_vec();
        self.ciphers()
            .0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(place), &mut sealed)
            .map_err(|_| Error::internal("sealing failed"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// It was sealed with another key, for another place, or altered.
    pub fn open(&self, sealed: &[u8], place: &[u8]) -> Result<Vec<u8>, Error> {
        let ciphers = self.ciphers();
        let opened = ciphers.all().find_map(|cipher| open_with(cipher, sealed, place));
        opened.ok_or_else(|| Error::internal("a sealed value does not open with any key at this place"))
    }

    /// The same value under the key that seals now; nothing where it is under that already.
    ///
    /// # Errors
    /// As [`Sealing::open`].
    pub fn reseal(&self, sealed: &[u8], place: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if open_with(&self.ciphers().0, sealed, place).is_some() {
            return Ok(None);
        }
        self.seal(&self.open(sealed, place)?, place).map(Some)
    }

    /// The keyed hash that finds a value without telling it.
    pub fn hash(&self, plain: &[u8]) -> Vec<u8> {
        hmac::sign(&self.lookup, plain).as_ref().to_vec()
    }
}

fn open_with(cipher: &LessSafeKey, sealed: &[u8], place: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut plain = ciphertext.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = cipher.open_in_place(nonce, Aad::from(place), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(plain)
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
    fn keys_are_changed_without_losing_what_is_sealed() {
        let sealing = Sealing::new(&[1; 32], &[2; 32]).expect("a key");
        let before = sealing.seal(b"999090000001", b"person a").expect("sealed");
        let hash = sealing.hash(b"999090000001");
        sealing.take_up(&[3; 32], &[[1; 32]]).expect("keys");
        assert_eq!(sealing.open(&before, b"person a").expect("opened"), b"999090000001");
        let after = sealing.reseal(&before, b"person a").expect("opened").expect("it was under the old key");
        assert!(sealing.reseal(&after, b"person a").expect("opened").is_none(), "only once");
        assert!(sealing.reseal(&before, b"person b").is_err());
        sealing.take_up(&[3; 32], &[]).expect("a key");
        assert_eq!(sealing.open(&after, b"person a").expect("opened"), b"999090000001");
        assert!(sealing.open(&before, b"person a").is_err(), "the old key is gone");
        assert_eq!(sealing.hash(b"999090000001"), hash, "what is found by its hash is found as before");
    }

    #[test]
    fn the_hash_needs_the_key() {
        let one = Sealing::new(&[1; 32], &[2; 32]).expect("a key");
        let other = Sealing::new(&[1; 32], &[3; 32]).expect("a key");
        assert_eq!(one.hash(b"x"), one.hash(b"x"));
        assert_ne!(one.hash(b"x"), other.hash(b"x"));
    }
}
