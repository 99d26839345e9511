//! What the comparisons are made of: databases, the registry and its fixtures, the bare work, and the load.

pub(crate) mod background;
pub(crate) mod bare;
pub(crate) mod card;
#[path = "../../tests/suite/browser/chromium.rs"]
mod chromium;
#[path = "../../tests/suite/browser/driver.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod driver;
pub(crate) mod fixtures;
pub(crate) mod import;
pub(crate) mod in_the_browser;
#[path = "../../tests/suite/support/issuer.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod issuer;
pub(crate) mod load;
pub(crate) mod page;
#[path = "../../tests/suite/support/postgres.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod postgres;
pub(crate) mod renewals;
pub(crate) mod rounds;
pub(crate) mod scale;
pub(crate) mod search;
#[path = "../../tests/suite/browser/site.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod site;

use tempfile::TempDir;

/// What is compared are durable writes.
const FSYNC: &str = "on";

/// A new, empty database, gone when this is dropped.
pub(crate) struct TestDatabase {
    /// What the setting `DATABASE_URL` takes.
    pub(crate) url: String,
    _kept: Kept,
}

/// What has to live as long as the database.
#[expect(dead_code, reason = "held only to be dropped")]
enum Kept {
    Folder(TempDir),
    Server(postgres::Database),
}

impl TestDatabase {
    /// A file where the build is: the system's folder for temporary files may be memory, where nothing is durable.
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::with_prefix_in("bench-sqlite.", env!("CARGO_TARGET_TMPDIR")).expect("a folder");
        Self { url: format!("sqlite:{}", folder.path().join("registry.db").display()), _kept: Kept::Folder(folder) }
    }

    /// `None` where no server is to be had.
    pub(crate) fn postgres() -> Option<Self> {
        let database = postgres::database()?;
        Some(Self { url: database.url().to_owned(), _kept: Kept::Server(database) })
    }

    /// As diesel's own connections take it.
    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("sqlite:").unwrap_or(&self.url)
    }
}
