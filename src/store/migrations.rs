//! The schema's steps, one folder for each database with the same names. Released steps are never edited.

use super::connection::{self, Db};
use super::{provinces, search};
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;
use std::fmt;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Why the schema cannot be used.
#[derive(Debug)]
pub enum MigrationError {
    /// A newer program has changed it.
    Newer {
        /// The steps this program does not know.
        unknown: Vec<String>,
    },
    /// A step failed.
    Failed(String),
}

impl fmt::Display for MigrationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { unknown } => write!(
                f,
                "the database was made by a newer version of this program (it has the steps {}): install that version, \
                 or restore a backup from before the upgrade; nothing was changed",
                unknown.join(", ")
            ),
            Self::Failed(why) => write!(f, "the database could not be brought up to this version: {why}"),
        }
    }
}

impl std::error::Error for MigrationError {}

fn failed(error: impl fmt::Display) -> MigrationError {
    MigrationError::Failed(error.to_string())
}

/// Applies what is missing, enters the provinces that are not there, and fills the index of names if it is new. Nodes that start together take turns.
pub(super) fn bring_up(db: &mut Db) -> Result<usize, MigrationError> {
    connection::begin_upgrade(db).map_err(failed)?;
    let applied = match db {
        Db::Sqlite(db) => pending(db, SQLITE),
        Db::Postgres(db) => pending(db, POSTGRES),
    };
    let applied = applied
        .and_then(|applied| provinces::load(db).and_then(|()| search::fill(db)).map(|()| applied).map_err(failed));
    let ended = connection::end_upgrade(db, applied.is_ok());
    // Why it failed says more than that it could not even be taken back.
    let applied = applied?;
    ended.map(|()| applied).map_err(failed)
}

fn pending<D: diesel::backend::Backend>(
    db: &mut impl MigrationHarness<D>,
    source: EmbeddedMigrations,
) -> Result<usize, MigrationError> {
    let known: Vec<Box<dyn Migration<D>>> = source.migrations().map_err(failed)?;
    let known: BTreeSet<_> = known.iter().map(|step| step.name().version().as_owned()).collect();
    let unknown: Vec<String> = db
        .applied_migrations()
        .map_err(failed)?
        .into_iter()
        .filter(|step: &MigrationVersion<'static>| !known.contains(step))
        .map(|step| step.to_string())
        .collect();
    if !unknown.is_empty() {
        return Err(MigrationError::Newer { unknown });
    }
    db.run_pending_migrations(source).map(|applied| applied.len()).map_err(failed)
}

pub(super) fn revert_all(db: &mut Db) -> Result<(), MigrationError> {
    match db {
        Db::Sqlite(db) => db.revert_all_migrations(SQLITE).map(drop).map_err(failed),
        Db::Postgres(db) => db.revert_all_migrations(POSTGRES).map(drop).map_err(failed),
    }
}
