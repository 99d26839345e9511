//! The page's own modules, in a real browser, say what the registry says: of every vector, and of thousands of codes that
//! are wrong in every way.

mod words;

use super::{
    TABLE,
    campaign::{self, Case},
    file::{Expected, Held, VectorFile},
    signed::World,
    situations,
};
use crate::browser::{
    driver::Browser,
    site::{Site, module},
};
use press_registry::domain::{issuer::Words, time::Timestamp, verdict::judge};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PHONE: &str = "1900 0000";
/// As many as one script may take at once.
const CHUNK: usize = 500;

/// What a browser says of a text.
#[derive(Debug, PartialEq, Deserialize)]
struct Said {
    expect: Expected,
    words: Vec<Words>,
}

impl Said {
    /// What the registry itself says.
    fn by_the_registry(case: &Case, held: &Held) -> Self {
        let judgement = judge(&case.text, Timestamp::from_seconds(case.now), held);
        Self { expect: Expected::from(&judgement), words: words::of(&judgement) }
    }
}

/// Has every case judged by the registry and by the browser, and compares. Gives how often each verdict was given, or
/// `None` without a browser.
fn agree(worlds: &[World], cases: &[Case]) -> Option<BTreeMap<(String, Option<String>), usize>> {
    let held: Vec<Held> = worlds.iter().map(World::held).collect();
    let browser = Browser::start("vi")?;
    let site = Site::start(|asked| module(&asked.path));
    browser.open(&format!("{}/blank", site.base));
    let known: Vec<Value> = worlds.iter().map(World::as_json).collect();
    let names = browser.run("return (await import('/harness.js')).know(a)", &[known.into()]);
    assert_eq!(names, Value::Array(worlds.iter().map(World::names).collect()), "the same is believed on both sides");
    let mut counts = BTreeMap::new();
    for chunk in cases.chunks(CHUNK) {
        let asked: Vec<Value> =
            chunk.iter().map(|it| json!({ "text": it.text, "now": it.now, "world": it.situation })).collect();
        let said = browser.run("return (await import('/harness.js')).judgeAll(a, b)", &[asked.into(), PHONE.into()]);
        let said: Vec<Said> = serde_json::from_value(said).expect("an answer for each");
        assert_eq!(said.len(), chunk.len());
        for (case, said) in chunk.iter().zip(said) {
            assert_eq!(said, Said::by_the_registry(case, &held[case.situation]), "{}: {}", case.name, case.text);
            *counts.entry((said.expect.verdict, said.expect.reason)).or_default() += 1;
        }
    }
    Some(counts)
}

#[test]
fn every_vector_is_judged_alike_in_the_browser() {
    let file = VectorFile::read();
    let (mut worlds, mut names, mut cases) = (Vec::new(), Vec::new(), Vec::new());
    for vector in &file.vectors {
        let name = (&vector.issuer, &vector.status_lists, &vector.honest_sets);
        let world = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            worlds.push(World::of(&file, vector));
            names.push(name);
            names.len() - 1
        });
        let now = Timestamp::parse(&vector.now).expect("a time").seconds();
        cases.push(Case { name: vector.name.clone(), text: vector.text.clone(), now, situation: world });
    }
    agree(&worlds, &cases);
}

#[test]
fn thousands_of_bad_codes_are_judged_alike_in_the_browser() {
    let situations = situations::all();
    let mut cases = campaign::cases(situations.len());
    cases.extend(campaign::at_the_registry(&cases));
    let worlds: Vec<World> = situations.into_iter().map(|it| it.world).collect();
    let Some(counts) = agree(&worlds, &cases) else { return };
    println!("{counts:#?}");
    let seen: BTreeSet<(&str, Option<&str>)> =
        counts.keys().map(|(verdict, reason)| (verdict.as_str(), reason.as_deref())).collect();
    assert_eq!(seen, BTreeSet::from(TABLE), "every row of the table");
}
