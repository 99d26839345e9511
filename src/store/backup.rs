//! Copies of the embedded database, taken while it serves.

use super::connection::{Db, Manager};
use super::url::DatabaseUrl;
use super::{OpenError, Store};
use crate::error::Error;
use diesel::connection::SimpleConnection as _;
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::path::Path;

impl Store {
    /// Writes a copy of the embedded database, as it is at one moment, to a new file. Whoever reads and writes
    /// meanwhile does not wait. Blocks.
    ///
    /// # Errors
    /// `WrongState` for a database that is a server's; the database's.
    pub fn copy_to(&self, file: &Path) -> Result<(), Error> {
        let Some(file) = file.to_str() else { return Err(Error::internal("a path that is not text")) };
        super::lend(&self.pool, |db| match db {
            Db::Sqlite(db) => {
                diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(file).execute(db)?;
                Ok(())
            }
            Db::Postgres(_) => Err(Error::WrongState {
                detail: "PostgreSQL is backed up with its own tools (pg_dump, or base backup and archived WAL); then \
                         copy DATA_DIR/files."
                    .into(),
            }),
        })
    }

    /// Keeps every other process from the database in this file until what is given is dropped, and makes sure that
    /// the file is all of it: what is still in its write-ahead log is moved there.
    ///
    /// # Errors
    /// Somebody uses it, or it is no database.
    pub fn claim(file: &Path) -> Result<Claim, OpenError> {
        let unreachable = |why: &dyn std::fmt::Display| OpenError::Unreachable(why.to_string());
        let url = DatabaseUrl::Sqlite(file.to_str().ok_or_else(|| unreachable(&"its path is not text"))?.to_owned());
        let opened = Manager::new(url).open().map_err(|error| unreachable(&error))?;
        let Db::Sqlite(mut db) = opened else { return Err(unreachable(&"it is a server's")) };
        // In this mode the lock is that of the whole file, which every other connection shares as long as it is open.
        // The last connection that is closed takes the write-ahead log away. One that is being closed has a second for it.
        db.batch_execute(
            "PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; COMMIT; \
             PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .map_err(|_| unreachable(&format!("{} is in use: stop the server first", file.display())))?;
        Ok(Claim(db))
    }
}

/// A database file that nobody else can use.
pub struct Claim(#[expect(dead_code, reason = "held for its lock")] SqliteConnection);
