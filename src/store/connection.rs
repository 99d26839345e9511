//! Connections: one enum over both databases, chosen by the URL's scheme; and how transactions begin on each.

use super::url::DatabaseUrl;
use crate::domain::events::{EventKind, Object};
use crate::domain::ids::UserId;
use crate::error::Error;
use diesel::connection::{AnsiTransactionManager, SimpleConnection as _, TransactionManager as _};
use diesel::r2d2::{ManageConnection, R2D2Connection as _};
use diesel::result::DatabaseErrorKind;
use diesel::result::Error::DatabaseError;
use diesel::{Connection as _, PgConnection, QueryResult, RunQueryDsl as _, SqliteConnection};
use std::time::Duration;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// PostgreSQL, through libpq.
    Postgres(PgConnection),
    /// The embedded SQLite.
    Sqlite(SqliteConnection),
}

/// Runs the same typed query against the concrete connection: for what `MultiConnection` lacks, inserting many rows,
/// and for statements that run often, whose SQL `MultiConnection` writes twice each time.
macro_rules! on_each {
    ($db:expr, $name:ident => $body:expr) => {
        match $db {
            $crate::store::connection::Db::Postgres($name) => $body,
            $crate::store::connection::Db::Sqlite($name) => $body,
        }
    };
}
pub(super) use on_each;

/// Rows of one statement on SQLite: 16 columns at most, under its 32,766 parameters.
pub(super) const ROWS_PER_INSERT: usize = 2_000;

/// Ids in one statement, far below SQLite's 32,766 parameters.
pub(super) const IDS_AT_ONCE: usize = 1_000;

/// Ids in one statement that is written for the database at hand ([`on_each`]): SQLite has room for them, and PostgreSQL takes
/// any number as one parameter.
pub(super) const MANY_IDS_AT_ONCE: usize = 8_000;

/// Inserts many rows. PostgreSQL copies them: an insert of many is a new statement for each number of them, to be
/// planned each time.
macro_rules! insert_all {
    ($db:expr, $table:expr, $rows:expr) => {
        match &mut *$db {
            $crate::store::connection::Db::Sqlite(db) => {
                for rows in $rows.chunks($crate::store::connection::ROWS_PER_INSERT) {
                    diesel::insert_into($table).values(rows).execute(db)?;
                }
            }
            $crate::store::connection::Db::Postgres(db) if !$rows.is_empty() => {
                diesel::copy_from($table).from_insertable(&$rows[..]).execute(db)?;
            }
            $crate::store::connection::Db::Postgres(_) => {}
        }
    };
}
pub(super) use insert_all;

/// How long SQLite itself waits for a lock: five seconds.
const BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 5000";

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
                // The busy timeout comes first: it guards what follows. FULL: durable before the answer.
                db.batch_execute(BUSY_TIMEOUT).map_err(QueryError)?;
                db.batch_execute(
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF;",
                )
                .map_err(QueryError)?;
                Ok(Db::Sqlite(db))
            }
        }
    }
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Pooled, Self::Error> {
        Ok(Pooled { db: self.open()?, is_doubtful: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<(), Self::Error> {
        pooled.db.ping().map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        std::thread::panicking() || pooled.is_doubtful || pooled.db.is_broken()
    }
}

/// A connection that is lent and given back.
pub(super) struct Pooled {
    db: Db,
    /// Whether something went wrong on it. Diesel does not always notice that a connection is dead: a statement that
    /// fails while it is prepared leaves `is_broken` as it was.
    is_doubtful: bool,
}

impl Pooled {
    /// Works with the connection, which is not lent again after an error that may be its own.
    pub(super) fn lend<T>(&mut self, work: impl FnOnce(&mut Db) -> Result<T, Error>) -> Result<T, Error> {
        let answer = work(&mut self.db);
        self.is_doubtful = matches!(answer, Err(Error::Internal(_) | Error::Overloaded));
        answer
    }
}

pub(super) type Pool = diesel::r2d2::Pool<Manager>;

pub(super) fn pool(manager: Manager, size: u32) -> Result<Pool, diesel::r2d2::PoolError> {
    // A dead connection is noticed when it is used, and not lent again; testing each one beforehand would cost a round trip.
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
        Db::Sqlite(db) => begin_immediate(db),
        Db::Postgres(db) => {
            AnsiTransactionManager::begin_transaction_sql(db, "BEGIN ISOLATION LEVEL REPEATABLE READ")?;
            db.batch_execute("LOCK TABLE log_head IN EXCLUSIVE MODE")
        }
    }
}

/// How often the write lock is looked for: for half a minute or more.
const MOST_LOOKS: u32 = 30_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// Takes the one write lock of an SQLite file, which a process beside this one may hold.
///
/// SQLite's own way to wait looks again at growing intervals of up to 100 ms. A process that writes without a pause is
/// then hardly ever met between two of its commits, and after five seconds the answer was "database is locked". Who
/// looks every millisecond meets it soon.
fn begin_immediate(db: &mut SqliteConnection) -> QueryResult<()> {
    db.batch_execute("PRAGMA busy_timeout = 0")?;
    let mut looks = 1;
    let begun = loop {
        match AnsiTransactionManager::begin_transaction_sql(db, "BEGIN IMMEDIATE") {
            Err(DatabaseError(_, told)) if told.message() == "database is locked" && looks < MOST_LOOKS => {
                std::thread::sleep(BETWEEN_LOOKS);
                looks += 1;
            }
            begun => break begun,
        }
    };
    db.batch_execute(BUSY_TIMEOUT)?;
    begun
}

/// The advisory lock of upgrades. Arbitrary, but the same in every version of this program.
const UPGRADE_LOCK: i64 = 7_237_472;

/// Waits until no other node changes the schema.
///
/// SQLite: one transaction over all steps. PostgreSQL: a lock of the session, because each step
/// has a transaction of its own.
pub(super) fn begin_upgrade(db: &mut Db) -> QueryResult<()> {
    match db {
        Db::Sqlite(db) => begin_immediate(db),
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

/// Puts the write-ahead log into the database and leaves it empty, so that nothing erased is read off it; says whether
/// that was possible, because nobody read in it. PostgreSQL's is of the server, which recycles it by itself.
pub(super) fn empty_write_ahead_log(db: &mut Db) -> QueryResult<bool> {
    #[derive(diesel::QueryableByName)]
    struct Checkpoint {
        #[diesel(sql_type = diesel::sql_types::Integer)]
        busy: i32,
    }
    match db {
        Db::Sqlite(db) => {
            // All writers wait meanwhile: not for somebody who reads for minutes, as an audit does.
            db.batch_execute("PRAGMA busy_timeout = 20")?;
            let done: QueryResult<Checkpoint> = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(db);
            db.batch_execute(BUSY_TIMEOUT)?;
            Ok(done?.busy == 0)
        }
        Db::Postgres(_) => Ok(true),
    }
}

/// Whether it may well work in a moment: the database is busy, or was restarted.
pub(super) fn is_passing(error: &diesel::result::Error) -> bool {
    is_busy(error) || is_lost(error)
}

/// Whether the connection is gone. Which of both kinds it is depends on how far the statement came.
fn is_lost(error: &diesel::result::Error) -> bool {
    use diesel::result::DatabaseErrorKind::{ClosedConnection, UnableToSendCommand};
    matches!(error, DatabaseError(ClosedConnection | UnableToSendCommand, _))
}

/// What a connection that cannot be opened is to those who wait for one.
pub(super) fn not_opened(error: &diesel::r2d2::Error) -> diesel::result::Error {
    DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(error.to_string()))
}

/// Whether the database gave up waiting for another's lock. Diesel names no kind for either engine's message.
pub(super) fn is_busy(error: &diesel::result::Error) -> bool {
    match error {
        DatabaseError(DatabaseErrorKind::Unknown, told) => {
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

    /// Whether a change of this very batch is one of these, done to a thing by this account: events are inserted at the end.
    /// It forbids second persons, so nobody answers it by default.
    fn is_doing(&self, object: &Object, kinds: &[EventKind], user: UserId) -> bool;
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

    /// Nothing: it only reads.
    fn is_doing(&self, _: &Object, _: &[EventKind], _: UserId) -> bool {
        false
    }
}
