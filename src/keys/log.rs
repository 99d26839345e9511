//! The key of the log: Ed25519 (RFC 8032), whose signature over a text is always the same.

use crate::domain::log::{Checkpoint, VerifierKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

/// Signs checkpoints. It has no `Debug`.
pub struct LogKey {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl LogKey {
    /// From its 32 secret bytes; `None` when the library refuses them.
    pub fn new(seed: &[u8; 32]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
        let public = pair.public_key().as_ref().try_into().ok()?;
        Some(Self { pair, public })
    }

    /// The public key under a log's name.
    pub fn verifier(&self, origin: &str) -> VerifierKey {
        VerifierKey::new(origin.to_owned(), self.public)
    }

    /// Signs a checkpoint: a signed note.
    pub fn sign(&self, checkpoint: &Checkpoint) -> String {
        let signature = self.pair.sign(checkpoint.to_string().as_bytes());
        let mut bytes = [0; 64];
        bytes.iter_mut().zip(signature.as_ref()).for_each(|(to, from)| *to = *from);
        checkpoint.note(&self.verifier(&checkpoint.origin), &bytes)
    }
}
