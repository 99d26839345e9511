//! The page's own modules, in a real browser, say what the registry says: of every vector, and of thousands of codes
//! that are wrong in every way.

mod campaign;

use super::{
    TABLE,
    file::{Expected, Held, HonestSet, StatusList, VectorFile},
    world::TestKey,
};
use crate::browser::{
    driver::Browser,
    modules::module,
    signed::{self, List},
    site::Site,
};
use crate::support::full_campaign;
use data_encoding::{BASE64, HEXLOWER};
use press_registry::domain::{
    card_code::Kid,
    honest_set,
    issuer::{IssuerDocument, KnownIssuer, Words},
    status_list,
    time::Timestamp,
    verdict::judge,
    wording,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const PHONE: &str = "1900 0000";
/// As many as one script may take at once.
const CHUNK: usize = 500;

/// What the browser holds, as signed bytes, and what is good of it.
struct World {
    issuer: IssuerDocument,
    lists: BTreeMap<u32, StatusList>,
    sets: BTreeMap<String, HonestSet>,
    signed_lists: BTreeMap<u32, Vec<u8>>,
    signed_sets: BTreeMap<String, Vec<u8>>,
}

impl World {
    /// Everything signed as it should be.
    fn new(issuer: &IssuerDocument, lists: &BTreeMap<u32, StatusList>, sets: &BTreeMap<String, HonestSet>) -> Self {
        let key = TestKey::named("status");
        let signed_lists = lists.iter().map(|(n, list)| (*n, signed_list(&of_list(*n, list), &key)));
        let signed_sets = sets.iter().map(|(kid, set)| {
            let digests: Vec<Vec<u8>> =
                set.digests.iter().map(|it| HEXLOWER.decode(it.as_bytes()).expect("hex")).collect();
            (kid.clone(), signed_set(kid, set.iat, &digests))
        });
        Self {
            issuer: issuer.clone(),
            lists: lists.clone(),
            sets: sets.clone(),
            signed_lists: signed_lists.collect(),
            signed_sets: signed_sets.collect(),
        }
    }

    /// With these bytes for list 0, held if the registry itself reads them.
    fn with_list(mut self, token: Vec<u8>) -> Self {
        if !status_list::StatusList::read(&token, &self.known()).is_ok_and(|(it, _)| it.list == 0) {
            self.lists.remove(&0);
        }
        self.signed_lists.insert(0, token);
        self
    }

    /// With these bytes for the honest set of this key, held if the registry itself reads them.
    fn with_set(mut self, kid: Kid, token: Vec<u8>) -> Self {
        if !honest_set::HonestSet::read(&token, &self.known()).is_ok_and(|(it, _)| it.kid == kid) {
            self.sets.remove(&kid.to_string());
        }
        self.signed_sets.insert(kid.to_string(), token);
        self
    }

    fn known(&self) -> KnownIssuer {
        KnownIssuer::new(&self.issuer).expect("a good issuer document")
    }

    /// The names of the lists and of the sets that are held.
    fn names(&self) -> Value {
        let lists: Vec<String> = self.lists.keys().map(u32::to_string).collect();
        json!([lists, self.sets.keys().collect::<Vec<_>>()])
    }

    fn held(&self) -> Held {
        Held::new(&self.issuer, self.lists.clone(), self.sets.clone())
    }

    fn as_json(&self) -> Value {
        let lists: BTreeMap<String, String> =
            self.signed_lists.iter().map(|(n, it)| (n.to_string(), BASE64.encode(it))).collect();
        let sets: BTreeMap<&String, String> =
            self.signed_sets.iter().map(|(kid, it)| (kid, BASE64.encode(it))).collect();
        json!({ "issuer": serde_json::to_string(&self.issuer).expect("JSON"), "lists": lists, "sets": sets })
    }
}

fn of_list(n: u32, list: &StatusList) -> List {
    List::new(&format!("https://press.example.vn/status/{n}"), list.iat, list.exp, &list.set)
}

fn signed_list(list: &List, key: &TestKey) -> Vec<u8> {
    list.signed(key.kid.as_bytes(), |message| key.sign(message).to_vec())
}

fn signed_set(kid: &str, iat: i64, digests: &[Vec<u8>]) -> Vec<u8> {
    let key = TestKey::named("status");
    let subject = format!("https://press.example.vn/status/honest/{kid}");
    signed::honest_set(&subject, iat, digests, key.kid.as_bytes(), |message| key.sign(message).to_vec())
}

/// A text to judge.
struct Case {
    name: String,
    text: String,
    now: i64,
    world: usize,
}

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
        let age = wording::list_age(judgement.list_age_seconds);
        let words = vec![wording::headline(&judgement), wording::next_step(&judgement, PHONE), age];
        Self { expect: Expected::from(&judgement), words }
    }
}

/// Has every case judged on both sides, and compares. Gives how often each verdict was given, or `None` without a
/// browser.
fn agree(worlds: &[World], cases: &[Case]) -> Option<BTreeMap<(String, Option<String>), usize>> {
    let browser = Browser::start("vi")?;
    let site = Site::start(|asked| module(&asked.path));
    browser.open(&format!("{}/blank", site.base));
    let known: Vec<Value> = worlds.iter().map(World::as_json).collect();
    let names = browser.run("return (await import('/harness.js')).know(a)", &[known.into()]);
    assert_eq!(names, Value::Array(worlds.iter().map(World::names).collect()), "the same is believed on both sides");
    let held: Vec<Held> = worlds.iter().map(World::held).collect();
    let mut counts = BTreeMap::new();
    for chunk in cases.chunks(CHUNK) {
        let asked: Vec<Value> =
            chunk.iter().map(|it| json!({ "text": it.text, "now": it.now, "world": it.world })).collect();
        let said = browser.run("return (await import('/harness.js')).judgeAll(a, b)", &[asked.into(), PHONE.into()]);
        let said: Vec<Said> = serde_json::from_value(said).expect("an answer for each");
        assert_eq!(said.len(), chunk.len());
        for (case, said) in chunk.iter().zip(said) {
            assert_eq!(said, Said::by_the_registry(case, &held[case.world]), "{}: {}", case.name, case.text);
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
            let (issuer, lists, sets) = (&file.issuers[name.0], &file.status_lists[name.1], &file.honest_sets[name.2]);
            worlds.push(World::new(issuer, lists, sets));
            names.push(name);
            names.len() - 1
        });
        let now = Timestamp::parse(&vector.now).expect("a time").seconds();
        cases.push(Case { name: vector.name.clone(), text: vector.text.clone(), now, world });
    }
    agree(&worlds, &cases);
}

#[test]
fn thousands_of_bad_codes_are_judged_alike_in_the_browser() {
    let worlds = campaign::worlds();
    let cases = campaign::cases(if full_campaign() { 10_000 } else { 1_000 }, worlds.len());
    let Some(counts) = agree(&worlds, &cases) else { return };
    println!("{counts:#?}");
    let seen: BTreeSet<(&str, Option<&str>)> =
        counts.keys().map(|(verdict, reason)| (verdict.as_str(), reason.as_deref())).collect();
    assert_eq!(seen, BTreeSet::from(TABLE), "every row of the table");
}
