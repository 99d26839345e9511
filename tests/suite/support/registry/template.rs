//! Databases that begin migrated: the work is done once for each engine and copied, which is several times quicker.

use super::super::{Engine, Kept, TestDatabase, postgres};
use press_registry::store::{DatabaseUrl, Store};
use std::{env, fs, sync::OnceLock};
use tempfile::TempDir;

impl TestDatabase {
    /// A new database with the schema of this program, or `None` where this kind is not asked for or not to be had.
    pub(crate) fn migrated(engine: Engine) -> Option<Self> {
        if !engine.is_wanted() {
            return None;
        }
        let (url, kept) = match engine {
            Engine::Sqlite => {
                let folder = folder();
                let path = folder.path().join("registry.db");
                fs::write(&path, sqlite_template()).expect("a copy");
                (format!("sqlite:{}", path.display()), Kept::Folder(folder))
            }
            Engine::Postgres => {
                let database = postgres_copy()?;
                (database.url().to_owned(), Kept::Server(database))
            }
        };
        Some(Self { engine, url, _kept: kept })
    }
}

/// The bytes of a migrated file. Its last connection has put the write-ahead log into it.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = folder();
        let path = folder.path().join("template.db");
        migrate(&format!("sqlite:{}", path.display()));
        fs::read(path).expect("a database")
    })
}

fn postgres_copy() -> Option<postgres::Database> {
    static TEMPLATE: OnceLock<Option<postgres::Database>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        // Nothing drops what is static. A private cluster goes with everything in it; on a server that was given, a
        // template would stay behind.
        let is_private = env::var_os("TEST_POSTGRES_URL").is_none();
        is_private.then(fresh_postgres).flatten()
    });
    match template {
        Some(template) => postgres::database_from(template.name()),
        None => fresh_postgres(),
    }
}

fn fresh_postgres() -> Option<postgres::Database> {
    let database = postgres::database()?;
    migrate(database.url());
    Some(database)
}

fn migrate(url: &str) {
    Store::migrate(&DatabaseUrl::parse(url, true).expect("a database's URL")).expect("a migrated database");
}

fn folder() -> TempDir {
    TempDir::with_prefix("press-registry-sqlite.").expect("a temporary folder")
}
