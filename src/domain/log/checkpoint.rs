//! Checkpoints: the size and root of the tree, signed (C2SP `tlog-checkpoint` in a `signed-note`).

use super::{Hash, sha256};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use data_encoding::{BASE64, HEXLOWER};
use std::fmt;

/// The kind of signature that Ed25519 is, in a signed note.
const ED25519_KIND: u8 = 1;

/// What a log says of itself at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// Leaves in the tree.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// The text that is signed.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, BASE64.encode(&self.root))
    }
}

/// Why a checkpoint or a proof is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unproven {
    /// It is no checkpoint in a signed note.
    NotANote,
    /// It is of another log.
    OtherOrigin,
    /// No signature of the log's key is under it, or a wrong one.
    BadSignature,
    /// The path does not lead from the leaf to the root.
    OtherRoot,
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANote => "it is no checkpoint in a signed note",
            Self::OtherOrigin => "the checkpoint is another log's",
            Self::BadSignature => "the log's key did not sign this checkpoint",
            Self::OtherRoot => "the leaf does not lead to the root of the checkpoint",
        })
    }
}

impl Checkpoint {
    /// Reads a text as it is signed. Lines after the third are extensions, of which we know none.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint = Self {
            origin: origin.to_owned(),
            size: size.parse().ok().filter(|parsed: &u64| parsed.to_string() == size)?,
            root: BASE64.decode(root.as_bytes()).ok()?.try_into().ok()?,
        };
        (!origin.is_empty()).then_some(checkpoint)
    }

    /// The signed note: the text and the signature of the log's key over it.
    pub fn note(&self, key: &VerifierKey, signature: &[u8; 64]) -> String {
        let signed = BASE64.encode(&[&key.id()[..], signature].concat());
        format!("{self}\n\u{2014} {} {signed}\n", key.name)
    }

    /// Reads a signed note, if this key signed it.
    ///
    /// # Errors
    /// [`Unproven`].
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, Unproven> {
        // The text ends with the last empty line; signatures of others (witnesses) may stand beside ours.
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(Unproven::NotANote)?;
        let text = format!("{text}\n");
        let checkpoint = Self::parse(&text).ok_or(Unproven::NotANote)?;
        if checkpoint.origin != key.name {
            return Err(Unproven::OtherOrigin);
        }
        let ours = signatures.lines().filter_map(|line| {
            let (name, signed) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
            let signed = BASE64.decode(signed.as_bytes()).ok()?;
            let (id, signature) = signed.split_at_checked(4)?;
            (name == key.name && id == key.id()).then(|| signature.to_vec())
        });
        let mut ours = ours.peekable();
        let is_signed = ours.peek().is_some() && ours.all(|signature| key.verifies(text.as_bytes(), &signature));
        if is_signed { Ok(checkpoint) } else { Err(Unproven::BadSignature) }
    }
}

/// A log's public key with the log's name: `NAME+HASH+KEY`, as a signed note's verifiers take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    public: [u8; 32],
}

impl VerifierKey {
    /// The key of the log of this name.
    pub const fn new(name: String, public: [u8; 32]) -> Self {
        Self { name, public }
    }

    /// Reads `NAME+HASH+KEY`; `None` when the hash is not the key's.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once('+')?;
        let (_, key) = rest.split_once('+')?;
        let bytes = BASE64.decode(key.as_bytes()).ok()?;
        let (kind, public) = bytes.split_first()?;
        let parsed = Self { name: name.to_owned(), public: public.try_into().ok()? };
        (*kind == ED25519_KIND && parsed.to_string() == text).then_some(parsed)
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first four bytes of SHA-256 of the name, a line feed and the key.
    fn id(&self) -> [u8; 4] {
        let [a, b, c, d, ..] = sha256(&[self.name.as_bytes(), b"\n", &[ED25519_KIND], &self.public]);
        [a, b, c, d]
    }

    fn verifies(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(text, signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519_KIND], &self.public[..]].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id()), BASE64.encode(&key))
    }
}
