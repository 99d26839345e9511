//! A test's own look into its database, past the store: for what the store rightly offers no way to do.

use super::{Engine, TestDatabase};
use diesel::{
    Connection as _, PgConnection, QueryResult, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::SimpleConnection as _,
    sql_types::{BigInt, Text},
};
use press_registry::store::Db;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

impl TestDatabase {
    /// A connection of the test's own.
    pub(crate) fn connect(&self) -> Db {
        match self.engine {
            Engine::Sqlite => {
                let mut db = SqliteConnection::establish(self.path()).expect("a connection");
                // As the store's own: it waits for its turn.
                db.batch_execute("PRAGMA busy_timeout = 5000").expect("a timeout");
                Db::Sqlite(db)
            }
            Engine::Postgres => Db::Postgres(PgConnection::establish(&self.url).expect("a connection")),
        }
    }

    /// The file of an SQLite database.
    pub(crate) fn path(&self) -> &str {
        self.url.strip_prefix("sqlite:").expect("only SQLite is a file")
    }

    /// Runs a statement; gives how many rows it changed.
    pub(crate) fn run(&self, statement: &str) -> QueryResult<usize> {
        diesel::sql_query(statement).execute(&mut self.connect())
    }

    /// Runs statements with all triggers and foreign keys off, as somebody who owns the database can.
    pub(crate) fn forge(&self, statements: &[&str]) {
        let batch = match self.engine {
            Engine::Sqlite => {
                let triggers = self.texts("SELECT name AS value FROM sqlite_master WHERE type = 'trigger'");
                let drops = triggers.iter().map(|name| format!("DROP TRIGGER {name};")).collect::<String>();
                format!("PRAGMA foreign_keys = OFF; {drops} {};", statements.join(";"))
            }
            Engine::Postgres => format!("SET session_replication_role = replica; {};", statements.join(";")),
        };
        self.connect().batch_execute(&batch).expect("an edit");
    }

    /// The one whole number that a query calls `value`.
    pub(crate) fn number(&self, query: &str) -> i64 {
        diesel::sql_query(query).get_result::<Number>(&mut self.connect()).expect("a number").value
    }

    /// Every text that a query calls `value`.
    pub(crate) fn texts(&self, query: &str) -> Vec<String> {
        let words: Vec<Word> = diesel::sql_query(query).load(&mut self.connect()).expect("texts");
        words.into_iter().map(|word| word.value).collect()
    }

    /// The names of its tables, in a steady order.
    pub(crate) fn tables(&self) -> Vec<String> {
        self.texts(match self.engine {
            Engine::Sqlite => {
                "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT table_name::text COLLATE \"C\" AS value FROM information_schema.tables \
                 WHERE table_schema = 'public' ORDER BY value"
            }
        })
    }
}
