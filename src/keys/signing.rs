//! Pairs that sign with ES256 (ECDSA on P-256 with SHA-256).

use crate::domain::card_code::{Kid, low_s};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

/// A key pair. It has no `Debug`.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    pkcs8: Vec<u8>,
    kid: Kid,
    point: [u8; 65],
}

/// The library refused a key or a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningError;

impl std::fmt::Display for SigningError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the key cannot be used to sign")
    }
}

impl SigningKey {
    /// A new pair.
    ///
    /// # Errors
    /// The library cannot make one.
    pub fn generate() -> Result<Self, SigningError> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| SigningError)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| SigningError)?;
        Self::from_pkcs8(pkcs8.as_ref())
    }

    /// Reads a pair from its PKCS#8 DER.
    ///
    /// # Errors
    /// It is none of P-256.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, SigningError> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der).map_err(|_| SigningError)?;
        let point: [u8; 65] = pair.public_key().as_ref().try_into().map_err(|_| SigningError)?;
        let (x, y) = coordinates(&point).ok_or(SigningError)?;
        Ok(Self { pair, pkcs8: der.to_vec(), kid: Kid::of_jwk(&x, &y), point })
    }

    /// The key's name: the first 4 bytes of its RFC 7638 thumbprint.
    pub const fn kid(&self) -> Kid {
        self.kid
    }

    /// The public key as an uncompressed point.
    pub const fn point(&self) -> &[u8; 65] {
        &self.point
    }

    /// PKCS#8 DER, to be kept secret.
    pub fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Signs a message: r ‖ s, with the lower of both possible s.
    ///
    /// # Errors
    /// The library cannot sign.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], SigningError> {
        let signature = self.pair.sign(&SystemRandom::new(), message).map_err(|_| SigningError)?;
        signature.as_ref().try_into().map(low_s).map_err(|_| SigningError)
    }
}

/// The coordinates of an uncompressed point (SEC 1 §2.3.3).
pub fn coordinates(point: &[u8; 65]) -> Option<([u8; 32], [u8; 32])> {
    let (marker, rest) = point.split_first()?;
    let (x, y) = rest.split_at_checked(32)?;
    (*marker == 4).then_some((x.try_into().ok()?, y.try_into().ok()?))
}
