//! Databases that begin migrated: the work is done once for each engine and copied, which is several times quicker.

use super::folder;
use super::postgres::{Database, database, database_from};
use press_registry::store::{DatabaseUrl, Store};
use std::{env, fs, path::Path, sync::OnceLock};

/// Makes this file a migrated database.
pub(super) fn fill(path: &Path) {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let folder = folder("sqlite");
        let path = folder.path().join("template.db");
        migrate(&format!("sqlite:{}", path.display()));
        // Its last connection has put the write-ahead log into it.
        fs::read(path).expect("a database")
    });
    fs::write(path, template).expect("a copy");
}

/// A migrated database of the server.
pub(super) fn postgres() -> Option<Database> {
    static TEMPLATE: OnceLock<Option<Database>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        // Nothing drops what is static. A private cluster goes with everything in it; on a server that was given, a
        // template would stay behind.
        let is_private = env::var_os("TEST_POSTGRES_URL").is_none();
        is_private.then(migrated).flatten()
    });
    match template {
        Some(template) => database_from(template.name()),
        None => migrated(),
    }
}

fn migrated() -> Option<Database> {
    let database = database()?;
    migrate(database.url());
    Some(database)
}

fn migrate(url: &str) {
    Store::migrate(&DatabaseUrl::parse(url, true).expect("a database's URL")).expect("a migrated database");
}
