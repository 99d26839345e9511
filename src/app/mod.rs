//! One plain, synchronous function for each thing a user can do: it asks `policy`, lets `domain` decide, and tells
//! `store`. `&mut Tx` in a signature means: inside a write transaction.
//!
//! Every function that changes something checks in the same order: may this role do such a thing, to this one; was
//! this request answered before; does the caller know the newest version; is the form well made; is it possible now.

pub mod accesses;
pub mod accounts;
pub mod agencies;
pub mod applications;
pub mod backup;
pub mod cards;
pub mod cases;
pub mod credentials;
pub mod documents;
pub mod duplicates;
pub mod duties;
pub mod erasure;
pub mod evidence;
pub mod findings;
pub mod gate;
mod honest_sets;
pub mod imports;
mod issuance;
pub mod keyring;
pub mod keys;
pub mod leaders;
pub mod letters;
pub mod licences;
pub mod log;
pub mod lookups;
pub mod mails;
pub mod misses;
pub mod misuse;
pub mod notices;
pub mod objects;
pub mod offices;
pub mod page;
pub mod passwords;
pub mod people;
pub mod portraits;
pub mod provinces;
pub mod published;
pub mod reports;
pub mod retention;
pub mod returns;
pub mod sessions;
pub mod state_cards;
pub mod statistics;
pub mod status_lists;
pub mod successions;
pub mod verifications;
pub mod withdrawals;

use crate::clock::Clock;
use crate::domain::card_code::host;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::files::Files;
use crate::keys::{KeyDirectory, KeyFileError, KeyLock, Secrets};
use crate::mail::{MailSettings, Mailer};
use crate::store::{DatabaseUrl, OpenError, Store};
use evidence::Incoming;
use keyring::{KeyRing, Loaded};
use log::LogKeeper;
use misses::MissCounter;
use passwords::Hasher;
use reports::limits::{Intake, Limits};
use sessions::CallerCache;
use status_lists::StatusLists;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Semaphore;

/// The folder of the data directory with portraits, evidence and documents.
pub const FILES: &str = "files";
/// Uploads decoded at once: each may need some 300 MB.
const PICTURES_AT_ONCE: usize = 2;

/// How this registry is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where its database is.
    pub database: DatabaseUrl,
    /// Where its keys and files are.
    pub data_dir: PathBuf,
    /// The file with the passphrase that locks the keys there; they are not locked where this is not set.
    pub key_passphrase_file: Option<PathBuf>,
    /// Scheme, host and port that cards carry, like `https://the.example`, without a slash at the end.
    pub public_url: String,
    /// The hotline on every verdict.
    pub phone: String,
    /// The demo says so on everything it shows.
    pub demo: bool,
    /// How reports without a name are taken in.
    pub intake: Intake,
    /// Where e-mail is handed over; nothing is sent where this is not set.
    pub mail: Option<MailSettings>,
}

/// A registry at work: everything that the functions of `app` need besides a transaction.
pub struct Registry {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// How it is set up.
    pub settings: Settings,
    /// Secrets.
    pub secrets: Secrets,
    /// Pictures, sealed.
    pub files: Files,
    /// Passwords.
    pub hasher: Hasher,
    /// What keeps the log.
    pub log: LogKeeper,
    /// The signed lists that are served.
    pub lists: StatusLists,
    /// Who reported without a name in the last hour.
    pub report_limits: Limits,
    /// Who tried what cannot be guessed.
    pub misses: MissCounter,
    /// What this node has told today.
    pub told_on: duties::ToldOn,
    /// What sends e-mail.
    pub mailer: Option<Mailer>,
    /// Room in memory for files that are coming in.
    pub incoming: Incoming,
    picture_slots: Semaphore,
    callers: Arc<CallerCache>,
    key_files: KeyDirectory,
    seals_with_what_is_over: AtomicBool,
    ring: RwLock<Arc<KeyRing>>,
}

/// Why a registry cannot start. Each is a sentence that says what to do.
#[derive(Debug)]
pub enum StartError {
    /// The database.
    Store(OpenError),
    /// The keys.
    Keys(KeyFileError),
    /// Anything else.
    Other(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Keys(error) => error.fmt(f),
            Self::Other(error) => f.write_str(error),
        }
    }
}

impl std::error::Error for StartError {}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        Self::Store(error)
    }
}

impl From<KeyFileError> for StartError {
    fn from(error: KeyFileError) -> Self {
        Self::Keys(error)
    }
}

impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl Registry {
    /// Opens the database, brings its schema up to this program, and takes up its keys; one is made for each
    /// purpose that the database has never known, which are all of them on an empty one. Its address stands in the
    /// issuer document from now on, for it is printed on cards; that of the first time also names the log for ever.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let registry = Self::open_aside(settings, clock, entropy)?;
        registry.compare_records()?;
        log::begin(&registry.store, host(&registry.settings.public_url).unwrap_or_default())?;
        keys::note_host(&registry.store, &registry.settings)?;
        registry.refresh()?;
        Ok(registry)
    }

    /// [`Registry::open`] beside a server, for a command that prints no cards: the address it was given counts for nothing.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open_aside(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let (registry, unusable) = Self::take_up(settings, clock, entropy)?;
        unusable.map_or(Ok(registry), |error| Err(error.into()))
    }

    /// [`Registry::open_aside`] although the file of a key that signs may be missing: for commands that mend that.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open_to_mend_keys(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        Self::take_up(settings, clock, entropy).map(|(registry, _)| registry)
    }

    fn take_up(settings: Settings, clock: Clock, entropy: Entropy) -> Result<(Self, Option<KeyFileError>), StartError> {
        let store = Store::open(&settings.database, clock.clone(), entropy.clone())?;
        let key_files = match &settings.key_passphrase_file {
            Some(file) => KeyDirectory::of(&settings.data_dir).locked_with(KeyLock::read(file)?),
            None => KeyDirectory::of(&settings.data_dir),
        };
        key_files.put_in_order()?;
        let secrets = keys::take_up(&store, &key_files, &entropy)?;
        let files = Files::open(&settings.data_dir.join(FILES))?;
        let Loaded { ring, unusable } = KeyRing::load(&store, &key_files, &settings, &secrets.log, clock.now())?;
        let log = LogKeeper::new(Arc::clone(&secrets.log), &settings.data_dir);
        let report_limits = Limits::new(&entropy);
        let host = host(&settings.public_url).unwrap_or_default();
        let mailer =
            settings.mail.as_ref().map(|mail| Mailer::new(mail, host)).transpose().map_err(StartError::Other)?;
        let registry = Self {
            store,
            clock,
            entropy,
            settings,
            secrets,
            files,
            hasher: Hasher::new(),
            log,
            lists: StatusLists::default(),
            report_limits,
            misses: MissCounter::default(),
            told_on: duties::ToldOn::default(),
            mailer,
            incoming: Incoming::new(),
            picture_slots: Semaphore::new(PICTURES_AT_ONCE),
            callers: Arc::new(CallerCache::new()),
            key_files,
            seals_with_what_is_over: AtomicBool::new(false),
            ring: RwLock::new(Arc::new(ring)),
        };
        Ok((registry, unusable))
    }

    /// The keys and the issuer document of this moment.
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether the database answers, and this node seals with a key that is in use.
    ///
    /// # Errors
    /// The database's; the file of the key that seals is not here.
    pub fn is_ready(&self) -> Result<(), Error> {
        if self.seals_with_what_is_over.load(Ordering::Relaxed) {
            return Err(Error::internal("this node has not the file of the key that seals: copy it from another node"));
        }
        self.store.ping()
    }

    /// Takes over what other nodes and the command line changed: states of cards, signed lists, keys. Blocks; the server
    /// calls it twice a second.
    ///
    /// # Errors
    /// The database cannot be read, or a new key's file is not here. In the latter case all is taken over, so that
    /// cards of the new key are known as ours; only signing has to wait for the file.
    pub fn refresh(&self) -> Result<(), StartError> {
        self.catch_up()?;
        let (ring, lists, now) = (self.ring(), self.lists.numbers(), self.clock.now());
        let newer = ring.newer(lists, &self.store, &self.key_files, &self.settings, &self.secrets.log, now)?;
        let Some(Loaded { ring, unusable }) = newer else { return Ok(()) };
        let taken_up = keys::sealing::take_up(&self.secrets.sealing, ring.rows(), &self.key_files);
        let seals_with_what_is_over =
            taken_up.is_err() && !keys::sealing::reads_the_first(ring.rows(), &self.key_files);
        self.seals_with_what_is_over.store(seals_with_what_is_over, Ordering::Relaxed);
        let (ring, unusable) = match taken_up {
            Ok(()) => (ring, unusable),
            Err(error) => (ring.lacking_a_file(), Some(error)),
        };
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        self.lists.look_again();
        unusable.map_or(Ok(()), |error| Err(error.into()))
    }
}
