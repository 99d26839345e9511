//! Every table is decided on: whoever adds one says what becomes of it when somebody is erased.

use crate::support::{Engine, TestDatabase};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PAGE: &str = "api-docs/decisions/0021-what-erasing-a-person-destroys.md";

#[test]
fn the_decision_names_every_table() {
    let Some(db) = TestDatabase::create(Engine::Sqlite) else { return };
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE)).expect("the decision");
    let first_cells = page.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let named: BTreeSet<&str> =
        first_cells.flat_map(|cell| cell.split('`').filter(|word| word.starts_with(char::is_alphabetic))).collect();
    let there: BTreeSet<String> = db.tables().into_iter().filter(|it| !it.starts_with("__")).collect();
    assert_eq!(named, there.iter().map(String::as_str).collect());
}
