//! A registry at work for one test, below HTTP: a migrated database, keys, a clock that stands still, ids that repeat.
//!
//! ```ignore
//! on_both_databases! {
//!     fn a_lost_card_is_withdrawn_at_once(node: TestRegistry) {
//!         let card = node.issued_card();
//!         node.happen(&node.registrar(), &card, "revoke", "prosecution").expect("revoked");
//!         assert_eq!(node.verdict(&card), (Verdict::NotValid, Some("withdrawn")));
//!     }
//! }
//! ```

mod callers;
mod cards;
mod people;

use super::{Engine, OnEngine, TestDatabase};
use press_registry::{
    app::{Registry, Settings, StartError, reports::limits::Intake},
    clock::Clock,
    domain::time::Timestamp,
    entropy::Entropy,
    error::Error,
    store::{DatabaseUrl, Tx},
};
use std::{
    fs,
    ops::Deref,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tempfile::TempDir;

/// When every test begins: nine in the morning of a Tuesday in Việt Nam.
pub(crate) const NOW: &str = "2026-12-01T02:00:00Z";
/// The address that cards carry.
pub(crate) const PUBLIC_URL: &str = "https://the.press.example";

/// A node of a registry. It derefs to [`Registry`].
pub(crate) struct TestRegistry {
    /// The registry: dropped first, so that its writer lets go of the database before that is removed.
    pub(crate) registry: Arc<Registry>,
    data_dir: TempDir,
    shared: Arc<Shared>,
}

/// A registry that is not running.
pub(crate) struct Stopped {
    settings: Settings,
    data_dir: TempDir,
    shared: Arc<Shared>,
}

impl Stopped {
    /// As it ran.
    pub(crate) fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// Starts it again.
    pub(crate) fn start(self) -> TestRegistry {
        TestRegistry::start(self.shared, self.data_dir).expect("a registry")
    }
}

/// What the nodes of one registry have in common.
struct Shared {
    database: TestDatabase,
    clock: Clock,
    /// Gives every node ids of its own, and every account and person something that nobody else has.
    made: AtomicU64,
}

impl Shared {
    fn next(&self) -> u64 {
        self.made.fetch_add(1, Ordering::Relaxed)
    }
}

impl OnEngine for TestRegistry {
    fn on(engine: Engine) -> Option<Self> {
        TestDatabase::create(engine).map(Self::open)
    }
}

impl Deref for TestRegistry {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.registry
    }
}

impl TestRegistry {
    /// A registry on a database of its own.
    pub(crate) fn open(database: TestDatabase) -> Self {
        let clock = Clock::manual(instant(NOW));
        let shared = Arc::new(Shared { database, clock, made: AtomicU64::new(0) });
        Self::start(shared, folder()).expect("a registry")
    }

    /// Another node of this registry: the same database and clock, a copy of the `keys` folder, no files.
    pub(crate) fn another_node(&self) -> Self {
        let data_dir = folder();
        copy_keys(self.data_dir(), data_dir.path());
        self.node_in(data_dir).expect("a node")
    }

    /// A node of this registry that finds what `data_dir` holds.
    ///
    /// # Errors
    /// Whatever an operator would be told.
    pub(crate) fn node_in(&self, data_dir: TempDir) -> Result<Self, StartError> {
        Self::start(Arc::clone(&self.shared), data_dir)
    }

    fn start(shared: Arc<Shared>, data_dir: TempDir) -> Result<Self, StartError> {
        let settings = Settings {
            database: DatabaseUrl::parse(&shared.database.url, true).expect("a database's URL"),
            data_dir: data_dir.path().to_owned(),
            key_passphrase_file: None,
            public_url: PUBLIC_URL.to_owned(),
            phone: "1900 0000".to_owned(),
            demo: false,
            intake: Intake::default(),
            mail: None,
        };
        // Nodes with one seed would make the same ids.
        let entropy = Entropy::seeded(shared.next());
        let registry = Arc::new(Registry::open(settings, shared.clock.clone(), entropy)?);
        Ok(Self { registry, data_dir, shared })
    }

    /// Stops it; its database and its data stay.
    pub(crate) fn stop(self) -> Stopped {
        let settings = self.settings.clone();
        Stopped { settings, data_dir: self.data_dir, shared: self.shared }
    }

    /// The database, past the store.
    pub(crate) fn database(&self) -> &TestDatabase {
        &self.shared.database
    }

    /// Where this node's keys and files are.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// Moves the clock of every node.
    pub(crate) fn set_time(&self, at: &str) {
        self.shared.clock.set(instant(at));
    }

    /// Runs a change and waits until it is durable, as a request does.
    ///
    /// # Errors
    /// What the change answers.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        mut change: impl FnMut(&mut Tx, &Registry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let registry = Arc::clone(&self.registry);
        self.store.write_blocking(move |tx| change(tx, &registry))
    }
}

/// Copies the keys of one node's data directory to another's, as an operator does.
pub(crate) fn copy_keys(from: &Path, to: &Path) {
    let to = to.join("keys");
    fs::create_dir_all(&to).expect("a folder");
    for key in fs::read_dir(from.join("keys")).expect("a folder of keys") {
        let key = key.expect("a key");
        // Copies the mode as well.
        fs::copy(key.path(), to.join(key.file_name())).expect("a copy");
    }
}

/// An empty folder for a node's data.
pub(crate) fn folder() -> TempDir {
    super::folder("data")
}

/// An instant, from RFC 3339.
pub(crate) fn instant(raw: &str) -> Timestamp {
    Timestamp::parse(raw).expect("an instant")
}
