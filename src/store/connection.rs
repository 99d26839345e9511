//! Connections: one enum over both databases, chosen by the URL's scheme.

use crate::error::Error;
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _};
use diesel::r2d2::{ManageConnection, R2D2Connection as _};
use diesel::{Connection as _, PgConnection, QueryResult, SqliteConnection};
use std::fmt;
use std::time::Duration;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// PostgreSQL, through libpq.
    Postgres(PgConnection),
    /// The embedded SQLite.
    Sqlite(SqliteConnection),
}

/// Runs the same typed query against the concrete connection, for what `MultiConnection` lacks: inserting many rows.
macro_rules! on_each {
    ($db:expr, $name:ident => $body:expr) => {
        match $db {
            $crate::store::connection::Db::Postgres($name) => $body,
            $crate::store::connection::Db::Sqlite($name) => $body,
        }
    };
}
pub(super) use on_each;

/// Where the database is: `sqlite:PATH` or `postgres://…`. It may hold a password and is not shown.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file.
    Sqlite(String),
    /// A libpq connection URL.
    Postgres(String),
}

impl DatabaseUrl {
    /// Reads a URL. A PostgreSQL host that is not this machine is refused unless its URL asks for TLS
    /// (`sslmode=require` or stricter) or `allow_plain` is set.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn parse(raw: &str, allow_plain: bool) -> Result<Self, String> {
        if let Some(path) = raw.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err("the database URL `sqlite:` needs a path, like sqlite:registry.db".into()),
                path => Ok(Self::Sqlite(path.to_owned())),
            };
        }
        if !raw.starts_with("postgres://") && !raw.starts_with("postgresql://") {
            return Err("the database URL begins with sqlite: or postgres://".into());
        }
        if !allow_plain && !is_this_machine(raw) && !asks_for_tls(raw) {
            return Err("this PostgreSQL host is not this machine and its URL does not ask for TLS: add \
                        ?sslmode=verify-full (and build with the feature postgres-tls), or pass \
                        --allow-plain-postgres if the network itself is private"
                .into());
        }
        Ok(Self::Postgres(raw.to_owned()))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{path}"),
            Self::Postgres(_) => f.write_str("postgres://…"),
        }
    }
}

fn is_this_machine(url: &str) -> bool {
    let authority = url.split_once("://").map_or("", |(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host_port.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host_port.split(':').next().unwrap_or_default(),
    };
    // libpq lets parameters override the host, the last of them winning: every one must be this machine.
    let parameters = url.split_once('?').map_or("", |(_, query)| query).split('&');
    let named = parameters.filter_map(|p| p.strip_prefix("host=").or_else(|| p.strip_prefix("hostaddr=")));
    let socket = |host: &str| host.is_empty() || host.starts_with('/') || host.to_ascii_lowercase().starts_with("%2f");
    let is_local = |host: &str| socket(host) || matches!(host, "localhost" | "127.0.0.1" | "::1");
    named.chain([host]).flat_map(|hosts| hosts.split(',')).all(is_local)
}

fn asks_for_tls(url: &str) -> bool {
    ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full"].iter().any(|mode| url.contains(mode))
}

/// Opens connections and prepares them.
pub(super) struct Manager(DatabaseUrl);

impl Manager {
    pub(super) const fn new(url: DatabaseUrl) -> Self {
        Self(url)
    }

    /// Not the enum's own `establish`: it tries each database in turn and hides the real error.
    pub(super) fn open(&self) -> Result<Db, diesel::r2d2::Error> {
        use diesel::r2d2::Error::{ConnectionError, QueryError};
        match &self.0 {
            DatabaseUrl::Postgres(url) => {
                let mut db = PgConnection::establish(url).map_err(ConnectionError)?;
                // A node that hangs in the middle of a change must not stop the others for ever.
                db.batch_execute("SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'")
                    .map_err(QueryError)?;
                Ok(Db::Postgres(db))
            }
            DatabaseUrl::Sqlite(path) => {
                let mut db = SqliteConnection::establish(path).map_err(ConnectionError)?;
                // The busy timeout comes first: it guards the pragmas after it. FULL: durable before the answer.
                db.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;",
                )
                .map_err(QueryError)?;
                Ok(Db::Sqlite(db))
            }
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Db;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Db, Self::Error> {
        self.open()
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), Self::Error> {
        db.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || db.is_broken()
    }
}

pub(super) type Pool = diesel::r2d2::Pool<Manager>;

pub(super) fn pool(manager: Manager, size: u32) -> Result<Pool, diesel::r2d2::PoolError> {
    // A broken connection is noticed when it is given back; testing each one beforehand would cost a round trip.
    diesel::r2d2::Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(5))
        .build(manager)
}

/// Begins a transaction that takes the lock at once.
///
/// SQLite: a deferred transaction that reads first fails with "database is locked" when another writes meanwhile.
/// PostgreSQL: READ COMMITTED loses updates silently; REPEATABLE READ refuses them. `LOCK TABLE` takes no snapshot,
/// so whoever waited sees what the one before wrote.
pub(super) fn begin_write(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "BEGIN IMMEDIATE"),
        Db::Postgres(db) => {
            AnsiTransactionManager::begin_transaction_sql(db, "BEGIN ISOLATION LEVEL REPEATABLE READ")?;
            db.batch_execute("LOCK TABLE log_head IN EXCLUSIVE MODE")
        }
    }
}

/// The advisory lock of upgrades. Arbitrary, but the same in every version of this program.
const UPGRADE_LOCK: i64 = 7_237_472;

/// Waits until no other node changes the schema.
///
/// SQLite: one transaction over all steps. PostgreSQL: a lock of the session, because each step
/// has a transaction of its own.
pub(super) fn begin_upgrade(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "BEGIN IMMEDIATE"),
        Db::Postgres(db) => db.batch_execute(&format!("SELECT pg_advisory_lock({UPGRADE_LOCK})")),
    }
}

/// Ends what [`begin_upgrade`] began.
pub(super) fn end_upgrade(db: &mut Db, keep: bool) -> QueryResult<()> {
    match db {
        Db::Sqlite(_) if keep => commit(db),
        Db::Sqlite(_) => roll_back(db),
        Db::Postgres(db) => db.batch_execute(&format!("SELECT pg_advisory_unlock({UPGRADE_LOCK})")),
    }
}

/// Begins a transaction that only reads, on one snapshot.
pub(super) fn begin_snapshot(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, "BEGIN"),
        Db::Postgres(db) => {
            AnsiTransactionManager::begin_transaction_sql(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
    }
}

/// Whether the database gave up waiting for another's lock. Diesel names no kind for either engine's message.
pub(super) fn is_busy(error: &diesel::result::Error) -> bool {
    use diesel::result::{DatabaseErrorKind::Unknown, Error::DatabaseError};
    match error {
        DatabaseError(Unknown, told) => {
            matches!(told.message(), "database is locked" | "canceling statement due to lock timeout")
        }
        _ => false,
    }
}

type Transactions = <Db as diesel::Connection>::TransactionManager;

/// Where a change begins inside a transaction. There is one such place at a time, and diesel's own manager, which
/// would keep a stack of them, is not told: it then needs one round trip for each change and not two.
pub(super) fn set_savepoint(db: &mut Db) -> QueryResult<()> {
    db.batch_execute("SAVEPOINT change")
}

/// Keeps what was written since the savepoint; the next change begins here.
pub(super) fn move_savepoint(db: &mut Db) -> QueryResult<()> {
    db.batch_execute("RELEASE SAVEPOINT change; SAVEPOINT change")
}

/// Takes back what was written since the savepoint; the next change begins there again.
pub(super) fn back_to_savepoint(db: &mut Db) -> QueryResult<()> {
    db.batch_execute("ROLLBACK TO SAVEPOINT change")
}

/// Commits the transaction.
pub(super) fn commit(db: &mut Db) -> QueryResult<()> {
    Transactions::commit_transaction(db)
}

/// Takes back the transaction.
pub(super) fn roll_back(db: &mut Db) -> QueryResult<()> {
    match Transactions::rollback_transaction(db) {
        // A failed COMMIT has already rolled back.
        Err(diesel::result::Error::NotInTransaction) => Ok(()),
        other => other,
    }
}

pub(super) fn end_snapshot(db: &mut Db) -> Result<(), Error> {
    commit(db).map_err(Error::from)
}

/// Whatever queries can be run on: a reader, or a transaction that also writes.
pub trait Read {
    /// The connection, for the queries of `store`.
    fn db(&mut self) -> &mut Db;
}

/// A connection to read from.
pub struct Reader<'a>(&'a mut Db);

impl<'a> Reader<'a> {
    pub(super) const fn new(db: &'a mut Db) -> Self {
        Self(db)
    }
}

impl Read for Reader<'_> {
    fn db(&mut self) -> &mut Db {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_foreign_postgres_needs_tls() {
        for local in [
            "postgres://u@localhost/x",
            "postgres://u:p@127.0.0.1:5432/x",
            "postgres://u@[::1]:5432/x",
            "postgres:///x?host=/tmp/socket",
            "postgres://u@%2Ftmp%2Fsocket/x",
        ] {
            assert!(DatabaseUrl::parse(local, false).is_ok(), "{local}");
        }
        for foreign in [
            "postgres://u@db.example/x",
            "postgres://u@localhost@db.example/x",
            "postgres:///x?host=db.example",
            "postgres:///x?host=/tmp&host=db.example",
            "postgres://localhost/x?hostaddr=192.0.2.1",
        ] {
            assert!(DatabaseUrl::parse(foreign, false).is_err(), "{foreign}");
            assert!(DatabaseUrl::parse(foreign, true).is_ok(), "{foreign}");
        }
        assert!(DatabaseUrl::parse("postgres://u@db.example/x?sslmode=verify-full", false).is_ok());
    }

    #[test]
    fn a_url_is_of_a_known_scheme() {
        assert!(DatabaseUrl::parse("mysql://x", true).is_err());
        assert!(DatabaseUrl::parse("sqlite:", true).is_err());
        assert_eq!(DatabaseUrl::parse("sqlite:///tmp/x.db", true), Ok(DatabaseUrl::Sqlite("/tmp/x.db".into())));
        assert_eq!(DatabaseUrl::parse("sqlite:x.db", true), Ok(DatabaseUrl::Sqlite("x.db".into())));
    }
}
