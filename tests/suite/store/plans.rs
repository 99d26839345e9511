//! What is asked of every row of one table is looked up in another, and never by reading all of that.

use crate::support::TestDatabase;
use crate::support::registry::TestRegistry;
use crate::support::{Engine, OnEngine as _};
use diesel::{QueryableByName, RunQueryDsl as _, sql_types::Text};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

fn plan(db: &TestDatabase, query: &str) -> String {
    let asked = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}"));
    let lines: Vec<Line> = asked.load(&mut db.connect()).expect("a plan");
    lines.into_iter().map(|line| line.detail).collect::<Vec<_>>().join("\n")
}

/// PostgreSQL reads the small tables of a test whole, and hashes what is asked of every row of a large one.
#[test]
fn pictures_and_notices_are_looked_up() {
    let Some(node) = TestRegistry::on(Engine::Sqlite) else { return };
    for (query, index) in [
        ("SELECT 1 FROM credentials WHERE portrait_id = 'x' AND valid_until >= 0", "credentials_of_portrait"),
        ("SELECT 1 FROM people WHERE portrait_id = 'x'", "people_of_portrait"),
        ("SELECT id FROM portraits WHERE person_id = 'x'", "portraits_of_person"),
        ("SELECT id FROM notices WHERE account_id = 'x' AND id > '' ORDER BY id LIMIT 51", "notices_to_account"),
        ("SELECT id FROM notices WHERE agency_id = 'x' AND id > '' ORDER BY id LIMIT 51", "notices_of_agency"),
        ("SELECT id FROM notices WHERE served_at IS NULL AND id > '' ORDER BY id LIMIT 51", "notices_to_be_served"),
    ] {
        let plan = plan(node.database(), query);
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
    }
}
