//! The tamper-evident log: what its bytes are.
//!
//! A Merkle tree after RFC 6962 over leaves that tell the public nothing; tiles, checkpoints and proofs after the C2SP
//! documents `tlog-tiles`, `tlog-checkpoint`, `signed-note` and `tlog-proof`. Who writes and signs them is elsewhere.

mod checkpoint;
mod leaf;
mod proof;
mod tail;
mod tile;
mod tree;

pub use checkpoint::{Checkpoint, Unproven, VerifierKey};
pub use leaf::{Commitment, Leaf, LeafKind, SALT_BYTES, Salt, canonical, commitment};
pub use proof::Proof;
pub use tail::{Grown, Tail};
pub use tile::{TILE_WIDTH, Tile, TileAddress, entries};
pub use tree::{Hash, Nodes, empty_root, inclusion_path, leaf_hash, root, root_by_path};

/// SHA-256.
pub fn digest(bytes: &[u8]) -> Hash {
    sha256(&[bytes])
}

/// SHA-256 of what comes part by part.
pub struct Hasher(aws_lc_rs::digest::Context);

impl Hasher {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self(aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256))
    }

    /// Takes the next part.
    pub fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The hash of all parts, one after the other.
    pub fn finish(self) -> Hash {
        let mut hash = [0; 32];
        hash.iter_mut().zip(self.0.finish().as_ref()).for_each(|(to, from)| *to = *from);
        hash
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

/// SHA-256 of these parts, one after the other.
fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finish()
}
