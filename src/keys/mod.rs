//! The registry's keys: pairs that sign, and secrets. They are files of `DATA_DIR/keys`, readable by their owner
//! alone; the database knows their ids and public halves and, never, what is in the files.

mod files;
mod lock;
mod log;
mod sealing;
mod signing;
mod whole_file;

pub use files::{KeyDirectory, KeyFileError};
pub use lock::KeyLock;
pub use log::LogKey;
pub use sealing::Sealing;
pub use signing::{SigningKey, coordinates};

use crate::domain::card_code::Kid;
use crate::domain::slots::SlotOrder;
use crate::domain::typed_code::TypedKey;
use aws_lc_rs::{digest, hmac};
use std::sync::Arc;

/// A pair that signs with ES256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PairUse {
    /// Card codes.
    Card,
    /// Status lists, honest sets and the issuer document.
    Status,
    /// Access tokens.
    Session,
}

impl PairUse {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Status, Self::Session];

    /// As stored, and as the file's name begins.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Status => "status",
            Self::Session => "session",
        }
    }
}

/// A secret of 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Secret {
    /// Derives typed codes.
    Typed,
    /// Encrypts national ids, pictures and kept answers.
    Sealing,
    /// Finds national ids and repeated requests by keyed hash.
    Lookup,
    /// Orders the slots of status lists.
    Slots,
    /// Signs the cursors of lists.
    Cursor,
    /// Signs the checkpoints of the log: an Ed25519 seed.
    Log,
}

impl Secret {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Typed, Self::Sealing, Self::Lookup, Self::Slots, Self::Cursor, Self::Log];

    /// As stored, and as the file is named.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Typed => "typed",
            Self::Sealing => "sealing",
            Self::Lookup => "lookup",
            Self::Slots => "slots",
            Self::Cursor => "cursor",
            Self::Log => "log",
        }
    }

    /// The id of a secret: what the database knows of it. A digest of 32 random bytes gives nothing away.
    pub fn id(self, bytes: &[u8; 32]) -> String {
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(b"press-registry key id ");
        context.update(self.as_str().as_bytes());
        context.update(bytes);
        data_encoding::HEXLOWER.encode(context.finish().as_ref().get(..8).unwrap_or_default())
    }
}

/// The secrets, ready for use.
pub struct Secrets {
    /// Derives typed codes.
    pub typed: TypedKey,
    /// Encrypts and finds.
    pub sealing: Arc<Sealing>,
    /// Orders slots.
    pub slots: SlotOrder,
    /// Signs cursors.
    pub cursor: hmac::Key,
    /// Signs checkpoints.
    pub log: Arc<LogKey>,
}

impl Secrets {
    /// From the bytes of each secret.
    ///
    /// # Errors
    /// The cipher refuses its key.
    pub fn new(read: impl Fn(Secret) -> Result<[u8; 32], KeyFileError>) -> Result<Self, KeyFileError> {
        Ok(Self {
            typed: TypedKey::new(&read(Secret::Typed)?),
            sealing: Sealing::new(&read(Secret::Sealing)?, &read(Secret::Lookup)?)
                .map(Arc::new)
                .map_err(|error| KeyFileError::Unusable(error.to_string()))?,
            slots: SlotOrder::new(&read(Secret::Slots)?),
            cursor: hmac::Key::new(hmac::HMAC_SHA256, &read(Secret::Cursor)?),
            log: LogKey::new(&read(Secret::Log)?)
                .map(Arc::new)
                .ok_or_else(|| KeyFileError::Unusable("the library refuses it".into()))?,
        })
    }
}

/// The name of a pair's file.
fn pair_file(pair: PairUse, kid: Kid) -> String {
    format!("{}-{kid}.p8", pair.as_str())
}

/// The name of the file of a key that seals, which took the place of the first.
pub(crate) fn later_sealing_file(id: &str) -> String {
    format!("{}-{id}.key", Secret::Sealing.as_str())
}

/// The name of a secret's file.
fn secret_file(secret: Secret) -> String {
    format!("{}.key", secret.as_str())
}

/// Whether a file of this name is a pair's or a secret's.
fn is_key_file(name: &str) -> bool {
    name.ends_with(".p8") || name.ends_with(".key")
}
