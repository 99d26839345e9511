//! Key files: made once, mode 0600, never overwritten.

use super::{
    KeyLock, PairUse, Secret, SigningKey, is_key_file, later_sealing_file, pair_file, secret_file, whole_file,
};
use crate::domain::card_code::Kid;
use crate::entropy::Entropy;
use data_encoding::HEXLOWER;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a key cannot be used. Each is a sentence that says what to do.
#[derive(Debug)]
pub enum KeyFileError {
    /// The file of a secret is not there.
    Missing(PathBuf),
    /// The file of a pair is not there.
    MissingPair(PathBuf, PairUse),
    /// Others than the owner may read it.
    Exposed(PathBuf),
    /// It is locked, and there is no passphrase to open it with.
    Locked(PathBuf),
    /// It is locked with another passphrase, or was altered.
    DoesNotOpen(PathBuf),
    /// Others than the owner may read the file with the passphrase.
    ExposedPassphrase(PathBuf),
    /// The passphrase has fewer bytes than this.
    ShortPassphrase(PathBuf, usize),
    /// It is not a key, or not the one the database knows.
    NotThatKey(PathBuf),
    /// It cannot be read or written.
    Io(PathBuf, std::io::Error),
    /// The library refuses it.
    Unusable(String),
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(
                f,
                "the key file {} is missing, but the database knows this key: copy the `keys` folder of a node that \
                 has it, or point --data-dir at the right folder; nothing can take its place",
                path.display()
            ),
            Self::MissingPair(path, pair) => write!(
                f,
                "the key file {} is missing, but the database knows this key: copy the `keys` folder of a node that \
                 has it, or point --data-dir at the right folder; where it is lost, make a new key with `keys rotate \
                 --use {}`",
                path.display(),
                pair.as_str()
            ),
            Self::Exposed(path) => write!(
                f,
                "the key file {} can be read by others: run `chmod 600 {}` and, if it was ever exposed, rotate it",
                path.display(),
                path.display()
            ),
            Self::Locked(path) => write!(
                f,
                "the key file {} is locked: name the file with its passphrase in --key-passphrase-file",
                path.display()
            ),
            Self::DoesNotOpen(path) => write!(
                f,
                "the key file {} does not open with the passphrase in --key-passphrase-file: name the file with the \
                 right one, or bring back an unaltered copy",
                path.display()
            ),
            Self::ExposedPassphrase(path) => write!(
                f,
                "the passphrase of the keys in {} can be read by others: run `chmod 600 {}`",
                path.display(),
                path.display()
            ),
            Self::ShortPassphrase(path, least) => write!(
                f,
                "the passphrase of the keys in {} is too short: at least {least} bytes, as from `openssl rand -hex 32`",
                path.display()
            ),
            Self::NotThatKey(path) => write!(
                f,
                "the key file {} is not the key that this database knows: point --data-dir at the right folder",
                path.display()
            ),
            Self::Io(path, error) => write!(f, "the key file {} cannot be used: {error}", path.display()),
            Self::Unusable(why) => write!(f, "a key cannot be used: {why}"),
        }
    }
}

impl std::error::Error for KeyFileError {}

/// `DATA_DIR/keys`.
#[derive(Clone)]
pub struct KeyDirectory {
    folder: PathBuf,
    lock: Option<Arc<KeyLock>>,
}

impl KeyDirectory {
    /// The folder of a data directory.
    pub fn of(data_dir: &Path) -> Self {
        Self { folder: data_dir.join("keys"), lock: None }
    }

    /// The same with a lock: files are written locked, and locked ones can be read.
    #[must_use]
    pub fn locked_with(self, lock: KeyLock) -> Self {
        Self { lock: Some(Arc::new(lock)), ..self }
    }

    /// For a start: removes what processes that were killed left half-way, which may be keys in plain text, and locks
    /// every file that is there and not locked yet, where there is a lock.
    ///
    /// # Errors
    /// A file cannot be read, written or removed.
    pub fn put_in_order(&self) -> Result<(), KeyFileError> {
        let io = |error| KeyFileError::Io(self.folder.clone(), error);
        if !self.folder.is_dir() {
            return Ok(());
        }
        whole_file::remove_leftovers(&self.folder, is_key_file).map_err(io)?;
        if self.lock.is_none() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.folder).map_err(io)? {
            let name = entry.map_err(io)?.file_name();
            let Some(name) = name.to_str().filter(|name| is_key_file(name)) else { continue };
            let text = self.read_as_it_is(name)?;
            if !KeyLock::is_locked(&text) {
                let locked = self.at_rest(name, text.trim())?;
                whole_file::replace(&self.folder, name, &locked)
                    .map_err(|error| KeyFileError::Io(self.folder.join(name), error))?;
            }
        }
        Ok(())
    }

    /// Makes a new pair and its file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create_pair(&self, pair: PairUse) -> Result<SigningKey, KeyFileError> {
        let key = SigningKey::generate().map_err(|error| KeyFileError::Unusable(error.to_string()))?;
        self.write_new(&pair_file(pair, key.kid()), &HEXLOWER.encode(key.pkcs8()))?;
        Ok(key)
    }

    /// Reads a pair.
    ///
    /// # Errors
    /// The file is missing, exposed or another key's.
    pub fn pair(&self, pair: PairUse, kid: Kid) -> Result<SigningKey, KeyFileError> {
        let name = pair_file(pair, kid);
        let wrong = || KeyFileError::NotThatKey(self.folder.join(&name));
        let text = self.read(&name).map_err(|error| match error {
            KeyFileError::Missing(path) => KeyFileError::MissingPair(path, pair),
            error => error,
        })?;
        let der = HEXLOWER.decode(text.trim().as_bytes()).map_err(|_| wrong())?;
        let key = SigningKey::from_pkcs8(&der).map_err(|_| wrong())?;
        (key.kid() == kid).then_some(key).ok_or_else(wrong)
    }

    /// Makes a secret and its file, or takes over the file of a first start that was cut short.
    ///
    /// # Errors
    /// The file cannot be written or read.
    pub fn create_secret(&self, secret: Secret, entropy: &Entropy) -> Result<[u8; 32], KeyFileError> {
        let bytes: [u8; 32] = entropy.bytes();
        match self.write_new(&secret_file(secret), &HEXLOWER.encode(&bytes)) {
            Ok(()) => Ok(bytes),
            Err(KeyFileError::Io(_, error)) if error.kind() == ErrorKind::AlreadyExists => self.secret(secret),
            Err(error) => Err(error),
        }
    }

    /// Reads a secret.
    ///
    /// # Errors
    /// The file is missing, exposed or no secret.
    pub fn secret(&self, secret: Secret) -> Result<[u8; 32], KeyFileError> {
        self.secret_in(&secret_file(secret))
    }

    fn secret_in(&self, name: &str) -> Result<[u8; 32], KeyFileError> {
        HEXLOWER
            .decode(self.read(name)?.trim().as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| KeyFileError::NotThatKey(self.folder.join(name)))
    }

    /// Reads a secret and makes sure that it is the one of this id.
    ///
    /// # Errors
    /// As [`KeyDirectory::secret`], or it is another.
    pub fn known_secret(&self, secret: Secret, id: &str) -> Result<[u8; 32], KeyFileError> {
        let bytes = self.secret(secret)?;
        match secret.id(&bytes) == id {
            true => Ok(bytes),
            false => Err(KeyFileError::NotThatKey(self.folder.join(secret_file(secret)))),
        }
    }

    /// Makes another key that seals, and its file; gives its id.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn create_sealing_key(&self, entropy: &Entropy) -> Result<String, KeyFileError> {
        let bytes: [u8; 32] = entropy.bytes();
        let id = Secret::Sealing.id(&bytes);
        self.write_new(&later_sealing_file(&id), &HEXLOWER.encode(&bytes))?;
        Ok(id)
    }

    /// A key that seals and took the place of the first, in a file of its own.
    ///
    /// # Errors
    /// The file is missing, exposed or no secret, or it is another.
    pub fn later_sealing_key(&self, id: &str) -> Result<[u8; 32], KeyFileError> {
        let name = later_sealing_file(id);
        let bytes = self.secret_in(&name)?;
        match Secret::Sealing.id(&bytes) == id {
            true => Ok(bytes),
            false => Err(KeyFileError::NotThatKey(self.folder.join(name))),
        }
    }

    fn read(&self, name: &str) -> Result<String, KeyFileError> {
        let text = self.read_as_it_is(name)?;
        if !KeyLock::is_locked(&text) {
            return Ok(text);
        }
        let path = || self.folder.join(name);
        let lock = self.lock.as_ref().ok_or_else(|| KeyFileError::Locked(path()))?;
        lock.unlock(name, &text)?.ok_or_else(|| KeyFileError::DoesNotOpen(path()))
    }

    fn read_as_it_is(&self, name: &str) -> Result<String, KeyFileError> {
        let path = self.folder.join(name);
        let metadata = match fs::metadata(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(KeyFileError::Missing(path)),
            Err(error) => return Err(KeyFileError::Io(path, error)),
            Ok(metadata) => metadata,
        };
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::Exposed(path));
        }
        fs::read_to_string(&path).map_err(|error| KeyFileError::Io(path, error))
    }

    /// As it may lie on a disk: locked where there is a lock.
    fn at_rest(&self, name: &str, text: &str) -> Result<String, KeyFileError> {
        match &self.lock {
            Some(lock) => lock.lock(name, text),
            None => Ok(text.to_owned()),
        }
    }

    fn write_new(&self, name: &str, text: &str) -> Result<(), KeyFileError> {
        let text = self.at_rest(name, text)?;
        whole_file::write_new(&self.folder, name, &text)
            .map_err(|error| KeyFileError::Io(self.folder.join(name), error))
    }
}
