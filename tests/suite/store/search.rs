//! The index of names: the same on both databases, true to a plain search, and made again where it is missing.

use crate::support::registry::TestRegistry;
use crate::support::{Engine, OnEngine as _, TestDatabase, on_both_databases};
use press_registry::app::imports::{Source, take_in_state_cards};
use press_registry::app::people::{self, NewPersonForm};
use press_registry::demo;
use press_registry::domain::agencies::Agency;
use press_registry::domain::ids::PersonId;
use press_registry::domain::imports::{Mode, Order, STATE_CARDS};
use press_registry::domain::people::{EngagementForm, PersonForm};
use press_registry::domain::search::{Fit, Place, Query};
use press_registry::domain::spelling::Word;
use press_registry::policy;
use press_registry::store::{Store, search};
use std::collections::{BTreeMap, HashSet};
use unicode_normalization::UnicodeNormalization as _;

/// People enough for every kind of page.
const PEOPLE: usize = 400;

/// Enters invented people at an agency.
fn fill(node: &TestRegistry) -> (Agency, BTreeMap<PersonId, String>) {
    let agency = node.central_agency();
    let (id, state) = (agency.id, agency.state);
    let entered = node.write(move |tx, registry| {
        let mut entered = BTreeMap::new();
        for it in demo::names::people(5).take(PEOPLE) {
            let person = PersonForm {
                full_name: it.full_name.clone(),
                pen_name: it.pen_name.clone(),
                birth_date: it.birth_date.to_string(),
                national_id: it.national_id,
                email: None,
            };
            let engagement = EngagementForm { kind: "staff".into(), post: it.post.into(), from: "2020-01-02".into() };
            let form = NewPersonForm { person, engagement };
            let person = people::enter(tx, registry, &policy::the_program_itself(), id, state, &form)?;
            entered.insert(person.id, format!("{} {}", it.full_name, it.pen_name.unwrap_or_default()));
        }
        Ok(entered)
    });
    (agency, entered.expect("people"))
}

/// All whom a query finds, read in pages of `limit`.
fn found(node: &TestRegistry, agency: &Agency, query: &Query, limit: usize) -> Vec<Place> {
    let today = node.clock.now().day();
    let mut all: Vec<Place> = Vec::new();
    loop {
        let page = node.store.read(|db| search::find(db, agency.id, today, query, all.last(), limit));
        let mut page = page.expect("a page");
        let is_last = page.len() <= limit;
        page.truncate(limit);
        all.extend(page);
        if is_last {
            return all;
        }
    }
}

fn parsed(query: &str) -> Query {
    Query::parse(query).expect("a query")
}

/// Names in full, parts of them in any order, beginnings, and each in other spellings.
fn queries() -> Vec<String> {
    let mut queries: Vec<String> =
        ["n", "đ", "ng", "nguyễn", "nguyên", "thi van", "x", "hoà", "anh nguyen", "t n", "n th", "đ n", "vă nguyê"]
            .map(Into::into)
            .into();
    for (nth, person) in demo::names::people(6).take(60).enumerate() {
        let words: Vec<&str> = person.full_name.split(' ').collect();
        let (first, last) = (words[0], words[words.len() - 1]);
        let cut: String = last.chars().take(2).collect();
        queries.push(match nth % 4 {
            0 => person.full_name.clone(),
            1 => format!("{last} {first}"),
            2 => format!("{first} {cut}"),
            _ => Word::all_of(last).iter().map(Word::folded).collect(),
        });
    }
    queries
}

on_both_databases! {
    fn a_search_finds_who_answers_each_once_and_the_best_first(node: TestRegistry) {
        let (agency, names) = fill(&node);
        assert_eq!(found(&node, &agency, &Query::default(), 37).len(), PEOPLE);
        for raw in queries() {
            let query = parsed(&raw);
            let places = found(&node, &agency, &query, 7);
            let expected: BTreeMap<PersonId, Fit> =
                names.iter().filter_map(|(id, name)| Some((*id, query.fit(&Word::all_of(name))?))).collect();
            let actual: BTreeMap<PersonId, Fit> = places.iter().map(|place| (place.person, place.fit)).collect();
            assert_eq!(actual, expected, "{raw}");
            assert_eq!(actual.len(), places.len(), "nobody twice: {raw}");
            assert!(places.is_sorted_by_key(|place| (place.fit, place.entry.clone())), "{raw}");
            // On large pages all who answer are few.
            assert_eq!(found(&node, &agency, &query, 100), places, "whatever the pages: {raw}");
            for other in [raw.to_uppercase(), raw.nfd().collect(), raw.replace(' ', " - ")] {
                assert_eq!(found(&node, &agency, &parsed(&other), 100), places, "{other}");
            }
        }
    }

    fn an_index_that_is_not_there_yet_is_made_when_the_schema_is_brought_up(node: TestRegistry) {
        fill(&node);
        let rows = || node.database().texts(
            "SELECT agency_id || entry || person_id || COALESCE(CAST(until AS TEXT), '') AS value \
             FROM people_words ORDER BY 1",
        );
        let before = rows();
        assert!(before.len() > 5 * PEOPLE);
        node.database().run("DELETE FROM people_words").expect("no index");
        Store::migrate(&node.settings.database).expect("as a start does");
        assert_eq!(rows(), before);
    }

    fn what_was_made_of_names_with_an_eth_is_made_anew(node: TestRegistry) {
        let agency = node.central_agency();
        let (id, state) = (agency.id, agency.state);
        let person = PersonForm {
            full_name: "\u{D0}ặng \u{189}ức".into(),
            birth_date: "1990-05-06".into(),
            national_id: "001090000001".into(),
            ..PersonForm::default()
        };
        let engagement = EngagementForm { kind: "staff".into(), post: "Phóng viên".into(), from: "2020-01-02".into() };
        let form = NewPersonForm { person, engagement };
        let permit = policy::the_program_itself();
        let entered = node.write(move |tx, registry| people::enter(tx, registry, &permit, id, state, &form));
        let person = entered.expect("a person").id;
        for query in ["đặng", "dang duc", "\u{F0}ức"] {
            let places = found(&node, &agency, &parsed(query), 10);
            assert_eq!(places.iter().map(|it| it.person).collect::<Vec<_>>(), [person], "{query}");
        }
        let cards = format!("number,name,agency,issued\n00001,\u{D0}ặng An,{},2026-01-02\n", agency.fields.name);
        let cards = Source::open(cards.into_bytes(), STATE_CARDS).expect("a table");
        let order = Order { dry_run: false, mode: Mode::All };
        let taken = take_in_state_cards(&node.registry, cards, order, |_| {}).expect("a database");
        assert_eq!(taken.counts.registered, 1);
        let made = |database: &TestDatabase| {
            [
                "SELECT entry AS value FROM people_words ORDER BY entry",
                "SELECT name_key AS value FROM people",
                "SELECT name_key AS value FROM state_cards",
                "SELECT search AS value FROM agencies",
            ]
            .map(|query| database.texts(query))
        };
        let before = made(node.database());
        // As the program of before made it.
        for edit in [
            "DELETE FROM people_words WHERE entry LIKE '+d%'",
            "UPDATE people SET name_key = replace(name_key, 'd{', 'ð')",
            "UPDATE state_cards SET name_key = replace(name_key, 'd{', 'ð')",
            "UPDATE agencies SET search = search || ' ð'",
            "DELETE FROM __diesel_schema_migrations WHERE version = '20261129000210'",
        ] {
            node.database().run(edit).expect("an edit");
        }
        let node = node.stop().start();
        let [words, keys, of_cards, agencies] = made(node.database());
        let [words_before, keys_before, of_cards_before, agencies_before] = before;
        assert_eq!((words, keys, of_cards), (words_before, keys_before, of_cards_before));
        assert_eq!(agencies, [format!("{} d", agencies_before[0])]);
    }
}

#[test]
fn both_databases_give_the_same_people_in_the_same_order() {
    let (Some(sqlite), Some(postgres)) = (TestRegistry::on(Engine::Sqlite), TestRegistry::on(Engine::Postgres)) else {
        return;
    };
    let of_both = [&sqlite, &postgres].map(|node| {
        let (agency, _) = fill(node);
        let all = queries().into_iter().map(|raw| parsed(&raw)).chain([Query::default()]);
        all.map(|query| found(node, &agency, &query, 20)).collect::<Vec<_>>()
    });
    assert!(of_both[0].iter().map(Vec::len).sum::<usize>() > PEOPLE);
    assert_eq!(of_both[0], of_both[1]);
}

/// The second source: the Unicode consortium's rules for Vietnamese (CLDR), as PostgreSQL's ICU has them.
#[test]
fn words_are_in_the_order_that_unicode_gives_for_vietnamese() {
    let Some(db) = TestDatabase::empty(Engine::Postgres) else { return };
    if db.number("SELECT COUNT(*) AS value FROM pg_collation WHERE collname = 'vi-x-icu'") == 0 {
        return;
    }
    let mut words: HashSet<String> = HashSet::new();
    for vowel in ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "oa", "uy", "ươ"] {
        for tone in ["", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"] {
            for (begin, end) in [("", ""), ("d", ""), ("đ", "n"), ("h", "ng"), ("th", "n"), ("t", "nh"), ("ngh", "")] {
                words.insert(format!("{begin}{vowel}{tone}{end}").nfc().collect());
            }
        }
    }
    for person in demo::names::people(7).take(500) {
        words.extend(person.full_name.to_lowercase().split([' ', '\'']).map(str::to_owned));
    }
    let mut ours: Vec<String> = words.into_iter().collect();
    ours.sort_by_key(|word| Word::all_of(word).iter().map(Word::key).collect::<String>());
    let list = ours.iter().map(|word| format!("('{word}')")).collect::<Vec<_>>().join(", ");
    let theirs = db.texts(&format!(
        "SELECT word COLLATE \"C\" AS value FROM (VALUES {list}) AS words (word) ORDER BY word COLLATE \"vi-x-icu\""
    ));
    assert!(theirs.len() > 600);
    assert_eq!(ours, theirs);
}
