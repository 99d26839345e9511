//! All SQL, and the only place that knows there are two databases.
//!
//! Reads go through [`Store::read`] and [`Store::read_consistently`]; changes go through [`Store::write`], which hands them
//! to the one writer of this node. There is no other way in: rows are written only with a [`Writer`], and a
//! [`Writer`] is had only by saying which event it is ([`Tx::record`]).

pub mod accesses;
pub mod accounts;
pub mod agencies;
pub mod applications;
pub mod audit;
mod backup;
pub mod cases;
mod columns;
mod connection;
pub mod credentials;
mod documents;
pub mod duplicates;
pub mod duties;
pub mod eligibility;
pub mod erasing;
pub mod erasures;
pub mod events;
pub mod findings;
pub mod forgetting;
pub mod guesses;
pub mod histories;
pub mod idempotency;
pub mod imports;
pub mod keys;
pub mod leaders;
mod ledger;
pub mod licences;
pub mod log;
pub mod mails;
pub mod matching;
pub mod merging;
mod migrations;
pub mod notices;
pub mod offices;
pub mod people;
mod planner;
pub mod portraits;
pub mod provinces;
pub mod reports;
pub mod resealing;
pub mod returns;
mod schema;
pub mod search;
pub mod sessions;
pub mod signed_lists;
pub mod state_cards;
pub mod statistics;
mod status_mirror;
pub mod successions;
mod tx;
mod url;
mod writer;

pub use connection::{Db, Read, Reader};
pub use migrations::MigrationError;
pub use status_mirror::StatusMirror;
pub use tx::{Tx, Writer};
pub use url::DatabaseUrl;

use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::error::Error;
use connection::{Manager, Pool};
use std::sync::Arc;
use writer::WriterThread;

/// Read connections of one node, besides those of checks.
pub const READERS: u32 = 8;
/// Connections of one node that only whoever checks a card or letter reads on: that is what is shed last.
const CHECKERS: u32 = 2;

/// An open database with its one writer.
#[derive(Clone)]
pub struct Store {
    pool: Pool,
    checks: Pool,
    writer: Arc<WriterThread>,
    mirror: Arc<StatusMirror>,
}

fn lend<T>(pool: &Pool, work: impl FnOnce(&mut Db) -> Result<T, Error>) -> Result<T, Error> {
    pool.get().map_err(|_| Error::Overloaded)?.lend(work)
}

/// What a database needs before it can be used.
#[derive(Debug)]
pub enum OpenError {
    /// It cannot be reached or opened.
    Unreachable(String),
    /// Its schema cannot be brought up to this program.
    Migration(MigrationError),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "the database cannot be opened: {why}"),
            Self::Migration(why) => why.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {}

impl Store {
    /// Brings the schema up to this program, loads the list of provinces, and opens the database.
    ///
    /// # Errors
    /// The database cannot be reached, or its schema is newer than this program.
    pub fn open(url: &DatabaseUrl, clock: Clock, entropy: Entropy) -> Result<Self, OpenError> {
        Self::migrate(url)?;
        let pool = |size| {
            connection::pool(Manager::new(url.clone()), size).map_err(|error| OpenError::Unreachable(error.to_string()))
        };
        let (pool, checks) = (pool(READERS)?, pool(CHECKERS)?);
        let mirror = Arc::new(StatusMirror::default());
        let writer = WriterThread::start(Manager::new(url.clone()), clock, entropy, Arc::clone(&mirror))
            .map_err(|error| OpenError::Unreachable(error.to_string()))?;
        let store = Self { pool, checks, writer: Arc::new(writer), mirror };
        store.refresh().map_err(|error| OpenError::Unreachable(error.to_string()))?;
        Ok(store)
    }

    /// Applies what migrations are missing; gives their number.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn migrate(url: &DatabaseUrl) -> Result<usize, OpenError> {
        let mut db = Manager::new(url.clone()).open().map_err(|error| OpenError::Unreachable(error.to_string()))?;
        migrations::bring_up(&mut db).map_err(OpenError::Migration)
    }

    /// Takes back every migration: for tests of `down`.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn revert_all(url: &DatabaseUrl) -> Result<(), OpenError> {
        let mut db = Manager::new(url.clone()).open().map_err(|error| OpenError::Unreachable(error.to_string()))?;
        migrations::revert_all(&mut db).map_err(OpenError::Migration)
    }

    /// Runs one query on a connection of its own. Blocks: call it from a blocking thread. Several queries may see
    /// several states; [`Store::read_consistently`] is for them.
    ///
    /// # Errors
    /// What `query` answers; `Overloaded` when no connection is free in time.
    pub fn read<T>(&self, query: impl FnOnce(&mut Reader) -> Result<T, Error>) -> Result<T, Error> {
        lend(&self.pool, |db| query(&mut Reader::new(db)))
    }

    /// [`Store::read`] for a check of a card or letter, which waits for nothing else that is read.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_for_check<T>(&self, query: impl FnOnce(&mut Reader) -> Result<T, Error>) -> Result<T, Error> {
        lend(&self.checks, |db| query(&mut Reader::new(db)))
    }

    /// Runs several queries on one snapshot of the database. Blocks.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub fn read_consistently<T>(&self, query: impl FnOnce(&mut Reader) -> Result<T, Error>) -> Result<T, Error> {
        lend(&self.pool, |db| {
            connection::begin_snapshot(db)?;
            let answer = query(&mut Reader::new(db));
            let ended = connection::end_snapshot(db);
            answer.and_then(|answer| ended.map(|()| answer))
        })
    }

    /// Runs `change` inside a write transaction and answers once it is durable.
    ///
    /// `change` may be run again when another node was first; it must own its inputs. Its own error takes back what
    /// it did, and nothing of other people's.
    ///
    /// # Errors
    /// What `change` answers; `Overloaded` when too much is waiting.
    pub async fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let answer = self.writer.submit(change)?;
        answer.await.unwrap_or_else(|_| Err(Error::internal("the writer stopped before it answered")))
    }

    /// [`Store::write`] for the command line and other threads that may wait.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_blocking<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx) -> Result<T, Error> + Send + 'static,
    {
        let answer = self.writer.submit(change)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(Error::internal("the writer stopped before it answered")))
    }

    /// Which credentials are withdrawn, in memory.
    pub const fn status(&self) -> &Arc<StatusMirror> {
        &self.mirror
    }

    /// Takes over what other nodes changed. Blocks.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn refresh(&self) -> Result<(), Error> {
        self.read(|db| self.mirror.catch_up(db))
    }

    /// Whether the database answers and the writer is at work. Blocks.
    ///
    /// # Errors
    /// One of them is not.
    pub fn ping(&self) -> Result<(), Error> {
        if !self.writer.is_at_work() {
            return Err(Error::internal("the writer has stopped"));
        }
        lend(&self.pool, |db| diesel::r2d2::R2D2Connection::ping(db).map_err(Error::from))
    }
}

/// A database that is busy or away asks for patience; all other errors are our own fault.
impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        match connection::is_passing(&error) {
            true => {
                // The answer does not say so: whoever runs the registry learns it here.
                tracing::warn!(%error, "the database cannot answer now");
                Self::Overloaded
            }
            false => Self::internal(error),
        }
    }
}
