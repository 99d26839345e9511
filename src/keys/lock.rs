//! The lock on key files: with a passphrase they are nothing to whoever copies the folder, a backup or the disk.
//!
//! A locked file is `locked:` and hex of salt (16 bytes) ‖ what [`Sealing`] makes of the text, bound to the file's
//! name. The keys of that are made from the passphrase with Argon2id, as slowly as those of people's passwords.

use super::{KeyFileError, Sealing};
use crate::entropy::Entropy;
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::HEXLOWER;
use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How a locked file begins.
const LOCKED: &str = "locked:";
const SALT_BYTES: usize = 16;
type Salt = [u8; SALT_BYTES];
/// What a guess costs: as much as one of a password (m = 46 MiB, t = 2, p = 1).
const ARGON2_MEMORY_KIB: u32 = 47_104;
const ARGON2_PASSES: u32 = 2;
const ARGON2_LANES: u32 = 1;
/// Fewest bytes of a passphrase: as many as a password has characters.
const MIN_PASSPHRASE_BYTES: usize = 15;

/// Locks and unlocks the texts of key files. It has no `Debug`.
pub struct KeyLock {
    passphrase: Vec<u8>,
    /// Of the files that this lock makes.
    salt: Salt,
    /// Each salt's keys, made once: that takes its time.
    made: Mutex<HashMap<Salt, Arc<Sealing>>>,
}

impl KeyLock {
    /// With the passphrase in a file, less the end of its last line. It may as well be random bytes.
    ///
    /// # Errors
    /// The file cannot be read, others may read it, or the passphrase is short.
    pub fn read(file: &Path) -> Result<Self, KeyFileError> {
        let io = |error| KeyFileError::Io(file.to_owned(), error);
        if fs::metadata(file).map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::ExposedPassphrase(file.to_owned()));
        }
        let mut passphrase = fs::read(file).map_err(io)?;
        while passphrase.last().is_some_and(|end| matches!(end, b'\r' | b'\n')) {
            passphrase.pop();
        }
        match passphrase.len() {
            0..MIN_PASSPHRASE_BYTES => Err(KeyFileError::ShortPassphrase(file.to_owned(), MIN_PASSPHRASE_BYTES)),
            _ => Ok(Self { passphrase, salt: Entropy::System.bytes(), made: Mutex::default() }),
        }
    }

    /// Whether this is the text of a locked file.
    pub(super) fn is_locked(text: &str) -> bool {
        text.starts_with(LOCKED)
    }

    /// What is written into the file of this name in the place of `text`.
    pub(super) fn lock(&self, name: &str, text: &str) -> Result<String, KeyFileError> {
        let sealed = self.sealing(self.salt)?.seal(text.as_bytes(), name.as_bytes());
        let sealed = sealed.map_err(|error| KeyFileError::Unusable(error.to_string()))?;
        Ok(format!("{LOCKED}{}", HEXLOWER.encode(&[&self.salt[..], &sealed].concat())))
    }

    /// The text of the locked file of this name; `None` with another passphrase, and if it was altered or moved.
    pub(super) fn unlock(&self, name: &str, locked: &str) -> Result<Option<String>, KeyFileError> {
        let bytes = locked.strip_prefix(LOCKED).and_then(|hex| HEXLOWER.decode(hex.trim().as_bytes()).ok());
        let Some((salt, sealed)) = bytes.as_deref().and_then(<[u8]>::split_first_chunk) else { return Ok(None) };
        let opened = self.sealing(*salt)?.open(sealed, name.as_bytes());
        Ok(opened.ok().and_then(|text| String::from_utf8(text).ok()))
    }

    fn sealing(&self, salt: Salt) -> Result<Arc<Sealing>, KeyFileError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = made.get(&salt) {
            return Ok(Arc::clone(known));
        }
        let unusable = |why: String| KeyFileError::Unusable(why);
        let cost = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES, None);
        let cost = cost.map_err(|error| unusable(error.to_string()))?;
        let mut key = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
            .hash_password_into(&self.passphrase, &salt, &mut key)
            .map_err(|error| unusable(error.to_string()))?;
        // Nothing is looked up by what is sealed here.
        let sealing = Arc::new(Sealing::new(&key, &[0; 32]).map_err(|error| unusable(error.to_string()))?);
        made.insert(salt, Arc::clone(&sealing));
        Ok(sealing)
    }
}
