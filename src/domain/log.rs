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

/// SHA-256 of these parts, one after the other.
fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    hash
}
