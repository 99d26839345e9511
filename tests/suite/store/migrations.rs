//! The schema goes up, down and up again, and is the same on both databases.

use crate::support::{Empty, Engine, TestDatabase, on_both_databases};
use press_registry::{
    clock::Clock,
    data,
    entropy::Entropy,
    store::{DatabaseUrl, Store},
};
use std::fs;

/// Where both databases note which steps were applied.
const STEPS: &str = "__diesel_schema_migrations";

on_both_databases! {
    fn an_empty_database_is_brought_up_and_then_left_alone(db: Empty) {
        let db = db.0;
        assert_eq!(db.tables(), [] as [&str; 0]);
        assert_eq!(Store::migrate(&url(&db)).expect("migrated"), steps(db.engine));
        let schema = schema(&db);
        assert_eq!(Store::migrate(&url(&db)).expect("nothing to do"), 0);
        assert_eq!(self::schema(&db), schema);
        assert_eq!(provinces(&db), data::provinces().len());
    }

    fn every_step_is_taken_back_without_a_trace_and_taken_again(db: Empty) {
        let db = db.0;
        Store::migrate(&url(&db)).expect("migrated");
        let schema = schema(&db);
        Store::revert_all(&url(&db)).expect("reverted");
        assert_eq!(db.tables(), [STEPS]);
        assert_eq!(db.texts(remains(db.engine)), [] as [&str; 0]);
        assert_eq!(Store::migrate(&url(&db)).expect("migrated again"), steps(db.engine));
        assert_eq!(self::schema(&db), schema);
    }

    fn what_a_licence_entered_anew_has_replaced_stays_replaced_without_that_step(db) {
        db.run(
            "INSERT INTO agencies (id, name, kind, level, state, search, version, created_at) \
             VALUES ('a', 'Báo', 'bao', 'central', 'active', '', 1, 0)",
        )
        .expect("an agency");
        // The third and fourth are one paper, entered anew, that took the place of two others.
        for (id, number, day) in [("1", "1/GP", "2016-01-02"), ("2", "2/GP", "2017-01-02"), ("3", "3/GP", "2020-01-02"), ("4", "3/GP", "2020-01-02")] {
            db.run(&format!(
                "INSERT INTO licences (id, agency_id, number, issued_on, issuer, created_at) \
                 VALUES ('{id}', 'a', '{number}', '{day}', 'Bộ', 0)"
            ))
            .expect("a licence");
        }
        for (replaced, by) in [("1", "3"), ("2", "4"), ("3", "4")] {
            db.run(&format!("INSERT INTO licence_replacements VALUES ('{replaced}', '{by}', '2020-01-02')")).expect("a link");
        }
        let down = db.engine.migration("2026-11-29-000300_licences_and_successions_in_time/down.sql");
        db.forge(&[&down]);
        assert_eq!(db.texts("SELECT id AS value FROM licences ORDER BY id"), ["1", "2", "4"]);
        let links = "SELECT replaced_id || ' ' || licence_id AS value FROM licence_replacements ORDER BY replaced_id";
        assert_eq!(db.texts(links), ["1 4", "2 4"]);
    }

    fn a_database_of_a_newer_program_is_refused_and_left_alone(db) {
        db.run(&format!("INSERT INTO {STEPS} (version) VALUES ('99990101000000')")).expect("a step of the future");
        // What a start would mend if it went on.
        db.run("DELETE FROM provinces WHERE id = '01'").expect("a province less");
        let before = (schema(&db), db.texts(&format!("SELECT version AS value FROM {STEPS} ORDER BY version")));
        let refused = Store::open(&url(&db), Clock::System, Entropy::System).err().expect("refused").to_string();
        assert_eq!(
            refused,
            "the database was made by a newer version of this program (it has the steps 99990101000000): install that \
             version, or restore a backup from before the upgrade; nothing was changed"
        );
        assert!(Store::migrate(&url(&db)).is_err());
        let after = (schema(&db), db.texts(&format!("SELECT version AS value FROM {STEPS} ORDER BY version")));
        assert_eq!(after, before);
        assert_eq!(provinces(&db), data::provinces().len() - 1);
    }

    fn nodes_that_start_together_take_turns(db: Empty) {
        let db = db.0;
        let applied: usize = std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..8).map(|_| scope.spawn(|| Store::migrate(&url(&db)).expect("migrated"))).collect();
            nodes.into_iter().map(|node| node.join().expect("no panic")).sum()
        });
        assert_eq!(applied, steps(db.engine), "each step once");
        assert_eq!(provinces(&db), data::provinces().len());
    }
}

#[test]
fn both_databases_have_the_same_tables_columns_and_keys() {
    let both = [Engine::Sqlite, Engine::Postgres].map(TestDatabase::create);
    let [Some(sqlite), Some(postgres)] = both else { return };
    assert_eq!(schema(&sqlite), schema(&postgres));
}

fn url(db: &TestDatabase) -> DatabaseUrl {
    DatabaseUrl::parse(&db.url, true).expect("a database's URL")
}

fn provinces(db: &TestDatabase) -> usize {
    usize::try_from(db.number("SELECT COUNT(*) AS value FROM provinces")).expect("a count")
}

/// How many steps there are: folders.
fn steps(engine: Engine) -> usize {
    fs::read_dir(engine.migrations()).expect("a folder").count()
}

/// What could stay behind besides tables.
const fn remains(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SELECT name AS value FROM sqlite_master WHERE type IN ('view', 'trigger') ORDER BY name",
        Engine::Postgres => {
            "SELECT proname::text AS value FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
             UNION ALL SELECT typname::text FROM pg_type WHERE typnamespace = 'public'::regnamespace \
             AND typname NOT LIKE '%diesel_schema_migrations'"
        }
    }
}

/// Every column with its type and whether it may be empty; every unique and other index by its columns; every
/// reference: one line each, in words that both databases share.
fn schema(db: &TestDatabase) -> Vec<String> {
    let mut lines = db.texts(match db.engine {
        Engine::Sqlite => SQLITE,
        Engine::Postgres => POSTGRES,
    });
    assert!(lines.len() > 100, "the queries see the schema");
    lines.sort();
    lines
}

const SQLITE: &str = "
    WITH tables AS (SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'
        AND name NOT LIKE 'sqlite%')
    SELECT t.name || '.' || c.name || ' ' || lower(c.type) || CASE c.\"notnull\" WHEN 1 THEN ' not null' ELSE '' END
        AS value
    FROM tables AS t, pragma_table_info(t.name) AS c
    UNION ALL
    SELECT t.name || ' ' || CASE i.\"unique\" WHEN 1 THEN 'unique' ELSE 'index' END || ' (' ||
        (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'
    FROM tables AS t, pragma_index_list(t.name) AS i
    UNION ALL
    SELECT t.name || ' unique (' || c.name || ')' FROM tables AS t, pragma_table_info(t.name) AS c
    WHERE c.pk = 1 AND lower(c.type) = 'integer' -- the number of the row itself, which needs no index
    UNION ALL
    SELECT t.name || '.' || k.\"from\" || ' references ' || k.\"table\"
    FROM tables AS t, pragma_foreign_key_list(t.name) AS k";

const POSTGRES: &str = "
    WITH tables AS (SELECT oid, relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        AND relname NOT LIKE '\\_\\_%')
    SELECT t.relname || '.' || c.attname || ' ' || CASE format_type(c.atttypid, c.atttypmod)
        WHEN 'bytea' THEN 'blob' ELSE format_type(c.atttypid, c.atttypmod) END
        || CASE WHEN c.attnotnull THEN ' not null' ELSE '' END AS value
    FROM tables AS t JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
    UNION ALL
    SELECT t.relname || ' ' || CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END || ' (' ||
        (SELECT string_agg(c.attname, ', ' ORDER BY k.at) FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, at)
            JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.attnum
            WHERE k.at <= i.indnkeyatts) || ')'
    FROM tables AS t JOIN pg_index AS i ON i.indrelid = t.oid
    UNION ALL
    SELECT t.relname || '.' || c.attname || ' references ' || k.confrelid::regclass
    FROM tables AS t JOIN pg_constraint AS k ON k.conrelid = t.oid AND k.contype = 'f'
    JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum = k.conkey[1]";
