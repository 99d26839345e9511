//! Whatever a row or a file can be told is told in both languages.

use press_registry::domain::imports::{AGENCIES, PEOPLE, STATE_CARDS, vietnamese};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where rows and files are judged.
const SOURCES: [&str; 12] = [
    "src/tables/mod.rs",
    "src/tables/text.rs",
    "src/tables/workbook.rs",
    "src/domain/imports/columns.rs",
    "src/domain/imports/people.rs",
    "src/domain/imports/state_cards.rs",
    "src/app/imports/agencies.rs",
    "src/app/imports/source.rs",
    "src/app/imports/state_cards.rs",
    "src/domain/people.rs",
    "src/domain/state_cards.rs",
    "src/domain/text.rs",
];
/// How something is said to be wrong there.
const SAYING: [&str; 6] = ["FieldProblem::new(", "cell_error(", "wrong(", "rejected(", "problem(", "too_many("];

/// The codes that a source names where it says that something is wrong: words in quotes that are no column.
fn codes(source: &str) -> BTreeSet<&str> {
    let columns: Vec<&str> = [PEOPLE, AGENCIES, STATE_CARDS].into_iter().flatten().map(|column| column.name).collect();
    let is_code = |word: &&str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    let judging = source.split("#[cfg(test)]").next().unwrap_or_default();
    let said = SAYING.into_iter().flat_map(|saying| judging.split(saying).skip(1));
    // The code is the first word in quotes, or the second behind a column.
    let words = said.flat_map(|after| after.split('"').skip(1).step_by(2).take(2));
    words.filter(is_code).filter(|word| !columns.contains(word)).collect()
}

#[test]
fn every_code_has_a_sentence_in_vietnamese() {
    let mut all = BTreeSet::new();
    for source in SOURCES {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(source)).expect("a source");
        all.extend(codes(&text).into_iter().map(str::to_owned));
    }
    let known =
        ["differs", "before_birth", "line_too_long", "no_header", "unknown_column", "unknown_kind", "beyond_term"];
    assert!(known.into_iter().all(|code| all.contains(code)), "the sources are read: {all:?}");
    let english = "row 1: at most 2";
    let untold: Vec<&String> = all.iter().filter(|code| vietnamese(code, english) == english).collect();
    assert!(untold.is_empty(), "only in English: {untold:?}");
    println!("{} codes", all.len());
}
