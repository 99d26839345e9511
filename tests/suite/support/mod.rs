//! What the tests share: a fresh database of either kind, and a way to make one promise of both.

pub(crate) mod answer;
pub(crate) mod app;
pub(crate) mod fixtures;
pub(crate) mod issuer;
pub(crate) mod postgres;
pub(crate) mod program;
pub(crate) mod registry;
pub(crate) mod set_clock;
pub(crate) mod smtp;
mod sql;
mod template;
pub(crate) mod wire;

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, fs};
use tempfile::TempDir;

/// Tests ask what is written, never whether it would survive the machine.
const FSYNC: &str = "off";

/// The two databases that the registry promises to behave alike on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    /// Bundled: always there.
    Sqlite,
    /// Only where its server is installed, or where `TEST_POSTGRES_URL` says that one runs.
    Postgres,
}

impl Engine {
    /// Where its migrations are: a folder for each.
    pub(crate) fn migrations(self) -> PathBuf {
        let folder = match self {
            Self::Sqlite => "migrations/sqlite",
            Self::Postgres => "migrations/postgres",
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
    }

    /// A file of them, as `2026-11-28-000300_state_card_events/up.sql`.
    pub(crate) fn migration(self, file: &str) -> String {
        fs::read_to_string(self.migrations().join(file)).expect("a migration")
    }

    /// Whether `TEST_DATABASE` (`sqlite` or `postgres`; both when unset) asks for this one.
    fn is_wanted(self) -> bool {
        match env::var("TEST_DATABASE").as_deref() {
            Ok("sqlite") => self == Self::Sqlite,
            Ok("postgres") => self == Self::Postgres,
            Ok(other) => panic!("TEST_DATABASE is sqlite or postgres, not {other:?}"),
            Err(_) => true,
        }
    }
}

/// A new database of one test, gone when this is dropped.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    /// Which kind it is, for the rare test whose promise differs.
    pub(crate) engine: Engine,
    /// What the setting `DATABASE_URL` takes: `sqlite:PATH` or `postgres://…`.
    pub(crate) url: String,
    _kept: Kept,
}

/// Whether the slow campaigns run in full: `PRESS_REGISTRY_FULL_CAMPAIGN=1`.
pub(crate) fn full_campaign() -> bool {
    std::env::var("PRESS_REGISTRY_FULL_CAMPAIGN").is_ok_and(|set| set == "1")
}

/// What `look` finds, which is asked again and again until it finds something: at most for so long.
#[track_caller]
pub(crate) fn within<T>(time: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < time, "not within {time:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A new folder of one test, gone when this is dropped. It is in memory where there is as much room as PostgreSQL asks for,
/// unless `TMPDIR` says where: a test flushes hundreds of files, for which it would wait longer than it works.
pub(crate) fn folder(what: &str) -> TempDir {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    let place = PLACE.get_or_init(|| match env::var_os("TMPDIR") {
        None if megabytes_in_memory() >= 6_000 => {
            remove_what_nobody_uses();
            MEMORY.into()
        }
        _ => env::temp_dir(),
    });
    let name = format!("press-registry-{what}.{}.", process::id());
    TempDir::with_prefix_in(name, place).expect("a temporary folder")
}

/// Removes the folders of runs that were killed: a disk has room for them, memory has not.
fn remove_what_nobody_uses() {
    for entry in fs::read_dir(MEMORY).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process = name.strip_prefix("press-registry-").and_then(|rest| rest.split('.').rev().nth(1));
        let process = process.and_then(|id| id.parse::<u32>().ok());
        if process.is_some_and(|id| !Path::new("/proc").join(id.to_string()).exists()) {
            // Another run may remove it, too.
            let _gone = fs::remove_dir_all(entry.path());
        }
    }
}

/// Where files are kept in memory.
const MEMORY: &str = "/dev/shm";

/// How much room there is, or none where that cannot be told.
fn megabytes_in_memory() -> u64 {
    let told = Command::new("df").args(["--output=avail", "--block-size=1M", MEMORY]).output();
    let told = told.map(|told| String::from_utf8_lossy(&told.stdout).into_owned()).unwrap_or_default();
    told.lines().last().and_then(|room| room.trim().parse().ok()).unwrap_or(0)
}

/// The SHA-256 of bytes in lower-case hex, as sums of files are shown.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}

/// What has to live as long as the database; dropping it removes the database.
#[derive(Debug)]
#[expect(dead_code, reason = "held only to be dropped")]
enum Kept {
    Folder(TempDir),
    Server(postgres::Database),
}

impl TestDatabase {
    /// A new database with the schema of this program, or `None` where this kind is not asked for or not to be had.
    pub(crate) fn create(engine: Engine) -> Option<Self> {
        Self::begun(engine, template::fill, template::postgres)
    }

    /// A new database in which nothing is, not even tables.
    pub(crate) fn empty(engine: Engine) -> Option<Self> {
        Self::begun(engine, |_| (), postgres::database)
    }

    fn begun(
        engine: Engine,
        fill: impl FnOnce(&Path),
        server: impl FnOnce() -> Option<postgres::Database>,
    ) -> Option<Self> {
        if !engine.is_wanted() {
            return None;
        }
        let (url, kept) = match engine {
            Engine::Sqlite => {
                let folder = folder("sqlite");
                let path = folder.path().join("registry.db");
                fill(&path);
                (format!("sqlite:{}", path.display()), Kept::Folder(folder))
            }
            Engine::Postgres => {
                let database = server()?;
                (database.url().to_owned(), Kept::Server(database))
            }
        };
        Some(Self { engine, url, _kept: kept })
    }
}

/// What a test on both databases can be given.
pub(crate) trait OnEngine: Sized {
    /// A new one on this engine, or `None` where the engine is not asked for or not to be had.
    fn on(engine: Engine) -> Option<Self>;
}

impl OnEngine for TestDatabase {
    fn on(engine: Engine) -> Option<Self> {
        Self::create(engine)
    }
}

/// A database in which nothing is, for tests of how a registry begins.
pub(crate) struct Empty(pub(crate) TestDatabase);

impl OnEngine for Empty {
    fn on(engine: Engine) -> Option<Self> {
        TestDatabase::empty(engine).map(Self)
    }
}

/// Makes two tests of each function, `name::sqlite` and `name::postgres`; each gets a [`TestDatabase`] of its own, or
/// whatever else it names that is [`OnEngine`].
///
/// ```ignore
/// on_both_databases! {
///     fn a_number_is_given_once(db) { … }
///     fn a_card_is_issued(node: TestRegistry) { … }
///     fn migrations_are_applied_once(db: Empty) { … }
///     async fn a_lost_card_is_withdrawn_at_once(db) { … }
/// }
/// ```
macro_rules! on_both_databases {
    () => {};
    ($(#[$meta:meta])* fn $name:ident($db:ident) $body:block $($rest:tt)*) => {
        $crate::support::on_both_databases! {
            $(#[$meta])*
            fn $name($db: $crate::support::TestDatabase) $body
            $($rest)*
        }
    };
    ($(#[$meta:meta])* fn $name:ident($db:ident: $given:ty) $body:block $($rest:tt)*) => {
        $(#[$meta])*
        fn $name($db: $given) $body

        mod $name {
            #[test]
            fn sqlite() {
                $crate::support::OnEngine::on($crate::support::Engine::Sqlite).map(super::$name);
            }

            #[test]
            fn postgres() {
                $crate::support::OnEngine::on($crate::support::Engine::Postgres).map(super::$name);
            }
        }

        $crate::support::on_both_databases! { $($rest)* }
    };
    ($(#[$meta:meta])* async fn $name:ident($db:ident $(: $given:ty)?) $body:block $($rest:tt)*) => {
        $crate::support::on_both_databases! {
            $(#[$meta])*
            fn $name($db $(: $given)?) { actix_web::rt::System::new().block_on(async move $body) }
            $($rest)*
        }
    };
}
pub(crate) use on_both_databases;

mod tests {
    use super::{Empty, Engine, TestDatabase};
    use diesel::{Connection as _, PgConnection, QueryResult, RunQueryDsl as _, SqliteConnection, sql_types::Text};

    #[derive(diesel::QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }

    /// Writes a row and reads it back; fails where the table is already there.
    fn first_row(db: &TestDatabase) -> QueryResult<String> {
        macro_rules! round_trip {
            ($connection:expr) => {{
                let mut connection = $connection.expect("a connection");
                diesel::sql_query("CREATE TABLE people (name TEXT NOT NULL)").execute(&mut connection)?;
                diesel::sql_query("INSERT INTO people VALUES ('Nguyễn Thị Phượng')").execute(&mut connection)?;
                diesel::sql_query("SELECT name FROM people").get_result::<Row>(&mut connection).map(|row| row.name)
            }};
        }
        match db.engine {
            Engine::Sqlite => {
                let path = db.url.strip_prefix("sqlite:").expect("the scheme");
                round_trip!(SqliteConnection::establish(path))
            }
            Engine::Postgres => round_trip!(PgConnection::establish(&db.url)),
        }
    }

    on_both_databases! {
        fn an_empty_database_is_empty_and_keeps_what_is_written(db: Empty) {
            assert_eq!(first_row(&db.0).as_deref(), Ok("Nguyễn Thị Phượng"));
            let another = TestDatabase::empty(db.0.engine).expect("as the first one");
            assert_eq!(first_row(&another).as_deref(), Ok("Nguyễn Thị Phượng"));
        }

        async fn an_asynchronous_test_gets_one_too(db: Empty) {
            let row = actix_web::rt::task::spawn_blocking(move || first_row(&db.0)).await.expect("no panic");
            assert_eq!(row.as_deref(), Ok("Nguyễn Thị Phượng"));
        }
    }
}
