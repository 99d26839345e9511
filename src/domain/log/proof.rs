//! Proofs that a leaf is in the log, to be checked without the log (C2SP `tlog-proof`).

use super::{Checkpoint, Hash, Unproven, VerifierKey, leaf_hash, root_by_path};
use data_encoding::BASE64;
use std::fmt;

const HEADING: &str = "c2sp.org/tlog-proof@v1";

/// The path from a leaf to the root of a signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The leaf's place.
    pub index: u64,
    /// The path, from the leaf upwards.
    pub path: Vec<Hash>,
    /// The checkpoint as a signed note.
    pub note: String,
}

impl Proof {
    /// Reads a proof.
    pub fn parse(text: &str) -> Option<Self> {
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.lines();
        (lines.next()? == HEADING).then_some(())?;
        let index = lines.next()?.strip_prefix("index ")?;
        let path = lines.map(|line| BASE64.decode(line.as_bytes()).ok()?.try_into().ok());
        Some(Self {
            index: index.parse().ok().filter(|parsed: &u64| parsed.to_string() == index)?,
            path: path.collect::<Option<_>>()?,
            note: note.to_owned(),
        })
    }

    /// Whether `leaf` is in the log of `key` where this proof says; gives the checkpoint that says so.
    ///
    /// # Errors
    /// The checkpoint is not signed, or the path does not lead from this leaf to its root.
    pub fn check(&self, leaf: &[u8], key: &VerifierKey) -> Result<Checkpoint, Unproven> {
        let checkpoint = Checkpoint::open(&self.note, key)?;
        match root_by_path(self.index, checkpoint.size, &leaf_hash(leaf), &self.path) {
            Some(root) if root == checkpoint.root => Ok(checkpoint),
            _ => Err(Unproven::OtherRoot),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADING}\nindex {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", BASE64.encode(hash)))?;
        write!(f, "\n{}", self.note)
    }
}
