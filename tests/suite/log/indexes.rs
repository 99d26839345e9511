//! Lists of the log are read from an index in the order of the log, whatever they are narrowed to: nothing is walked
//! through from end to end, and nothing sorted.

use crate::support::registry::TestRegistry;
use crate::support::{Engine, TestDatabase, on_both_databases};
use diesel::{QueryableByName, RunQueryDsl as _, sql_types::Text};

/// So many entries that no database would rather read them all.
const ENTRIES: i64 = 40_000;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Entries past the store: 60 types, 8 roles, 300 bodies, 34 provinces, 20 to each object.
fn fill(db: &TestDatabase) {
    let row = "'id' || i, 'type' || i % 60, i, NULL, 'role' || i % 8, CASE WHEN i % 3 > 0 THEN 'body' || i % 300 END, \
               'case', 'object' || i / 20, '{}', '', CASE WHEN i % 3 > 0 THEN 'province' || i % 34 END";
    let (first, last) = (1_000, 1_000 + ENTRIES);
    db.run(&match db.engine {
        Engine::Sqlite => format!(
            "WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) \
             INSERT INTO events SELECT i, {row} FROM n"
        ),
        Engine::Postgres => format!("INSERT INTO events SELECT i, {row} FROM generate_series({first}, {last}) AS i")
            .replace("'{}', ''", "'{}', ''::bytea"),
    })
    .expect("entries");
}

/// How a query is answered.
fn plan(db: &TestDatabase, query: &str) -> String {
    let mut connection = db.connect();
    let lines: Vec<String> = match db.engine {
        Engine::Sqlite => {
            let lines: Vec<Line> =
                diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}")).load(&mut connection).expect("a plan");
            lines.into_iter().map(|line| line.detail).collect()
        }
        Engine::Postgres => db.texts(&format!("SELECT plan_of($q${query}$q$) AS value")),
    };
    lines.join("\n")
}

on_both_databases! {
    fn no_list_is_sorted_or_walked_through(node: TestRegistry) {
        let db = node.database();
        fill(db);
        if db.engine == Engine::Postgres {
            db.run("CREATE FUNCTION plan_of(query text) RETURNS SETOF text LANGUAGE plpgsql AS \
                    $$ BEGIN RETURN QUERY EXECUTE 'EXPLAIN ' || query; END $$").expect("a function");
            db.run("ANALYZE events").expect("counted");
        }
        for (condition, index) in [
            ("type = 'type7'", "events_of_type"),
            ("type = 'never'", "events_of_type"),
            ("actor_role = 'nobody'", "events_by_role"),
            ("actor_body = 'body7'", "events_by_body"),
            ("province_id = 'province7'", "events_of_province"),
            ("province_id = 'never'", "events_of_province"),
            ("object_kind = 'case' AND object_id = 'object77'", "events_of_object"),
        ] {
            for from in ["", " AND idx >= 20000", " AND idx >= 20000 AND idx < 30000"] {
                let query = format!("SELECT * FROM events WHERE {condition}{from} ORDER BY idx LIMIT 51");
                let plan = plan(db, &query);
                for bad in ["SCAN events", "USE TEMP B-TREE", "Seq Scan"] {
                    assert!(!plan.contains(bad), "{condition}{from}: {plan}");
                }
                // PostgreSQL, which counts, may walk along the log itself where such entries are close together, and may
                // sort a handful that its index gave it.
                let rare = ["never", "nobody", "object77"].iter().any(|word| condition.contains(word));
                let is_walked = db.engine == Engine::Postgres && plan.contains("events_pkey") && !rare;
                assert!(plan.contains(index) || is_walked, "{condition}{from}: {plan}");
                assert!(!plan.contains("Sort") || plan.contains("Bitmap Index Scan"), "{condition}{from}: {plan}");
            }
        }
    }
}
