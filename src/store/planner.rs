//! What PostgreSQL believes of the sizes of tables, by which it chooses how to look into them.
//!
//! It counts by itself once a minute. A list of 25,000 people is in before that, and would be looked through row by row by
//! statements that were planned when there was nobody: measured, 60 to 220 ms for 500 of them. SQLite goes by the indexes
//! alone.

use super::connection::Db;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// Tables that have become four times as large since they were counted, by their names as SQL wants them.
const GROWN: &str = "SELECT oid::regclass::text AS name FROM pg_class \
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace \
    AND pg_relation_size(oid) > 4 * current_setting('block_size')::bigint * greatest(relpages, 1)";

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Has tables counted that have grown much, so that the rest of the transaction and all others find their way. One that
/// somebody vacuums is passed over: no change waits for that.
pub(super) fn count_grown(db: &mut Db) -> QueryResult<()> {
    let Db::Postgres(db) = db else { return Ok(()) };
    let grown: Vec<Table> = diesel::sql_query(GROWN).load(db)?;
    if !grown.is_empty() {
        let names: Vec<String> = grown.into_iter().map(|table| table.name).collect();
        diesel::sql_query(format!("ANALYZE (SKIP_LOCKED) {}", names.join(", "))).execute(db)?;
    }
    Ok(())
}
