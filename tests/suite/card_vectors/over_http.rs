//! `POST /api/v1/verifications` says of every vector and of every generated code what page and command line say who hold
//! what the registry knows at that moment.
//!
//! Of §5's table it can say every row but [`NEVER`]: those are of verifiers who hold copies, which may be missing or old.

use super::{
    TABLE, campaign,
    file::{Expected, Held, VectorFile},
    situations::{self, CARDS, COPIES, OWN, Who, honest_payloads, own},
    world::{self, LAST_SLOT, NOW, TestKey, WITHDRAWN_SLOT},
};
use crate::support::{Engine, TestDatabase, app::TestApp, on_both_databases};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use press_registry::{
    clock::Clock,
    domain::{
        card_code::MAX_TEXT_CHARS,
        issuer::{IssuerDocument, KeyState, KeyUse},
        printed::StatusIndex,
        time::Timestamp,
        typed_code::TypedCode,
        verdict::judge,
    },
};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What the registry never says, and why: it is its own issuer.
const NEVER: [(&str, Option<&str>, &str); 3] = [
    ("cannot_confirm", Some("unknown_key"), "it knows all its keys of this moment"),
    ("cannot_confirm", Some("no_honest_set"), "it knows all that it issued under each of its keys"),
    ("cannot_confirm", Some("clock"), "what it knows is of its own clock, whatever that shows"),
];
/// What it says of cards in lists that were never opened, and of no others: what it knows is never stale.
const OF_NO_LIST: (&str, Option<&str>) = ("cannot_confirm", Some("no_fresh_list"));

/// A registry that knows the keys, the hosts and the cards of another, as if all had been its own.
struct Stage {
    app: TestApp,
    own: BTreeMap<i64, Held>,
}

impl Stage {
    fn set(db: TestDatabase) -> Self {
        let mut app = TestApp::start_by(db, Clock::manual(Timestamp::from_seconds(NOW)));
        let model = app.issued_card(&app.central_agency()).text("/id");
        know(&app, &world::issuer());
        CARDS.iter().enumerate().for_each(|(nth, card)| issue(&app, &model, nth, *card));
        // Its slot is as good as never issued.
        let withdraw = format!("UPDATE credentials SET state = 'revoked' WHERE id = '{model}'");
        assert_eq!(app.database.run(&withdraw), Ok(1));
        app.restart();
        Self { app, own: BTreeMap::new() }
    }

    /// Sets the registry's clock, which its document follows at once.
    fn at(&self, now: i64) {
        self.app.registry.clock.set(Timestamp::from_seconds(now));
        self.app.registry.refresh().expect("refreshed");
    }

    /// Checks that the registry says of a text, by a clock that shows this, what is said by whoever holds what it knows;
    /// gives that, or `None` for a text that it takes for something else than a QR's.
    #[track_caller]
    fn check(&mut self, now: i64, text: &str, name: &str) -> Option<Expected> {
        let held = self.own.entry(now).or_insert_with(|| own(now).held());
        let answer = self.app.anonymous().post("/api/v1/verifications", &json!({ "code": text }));
        if !(1..=MAX_TEXT_CHARS).contains(&text.chars().count()) {
            answer.expect_problem(422, "invalid");
            return None;
        }
        let said: Expected = serde_json::from_value(answer.expect(200).json()).expect("a verdict");
        if TypedCode::parse(text).is_some() {
            assert_eq!((said.verdict.as_str(), said.reason.as_deref()), ("not_ours", Some("no_match")), "{name}");
            return None;
        }
        let expected = Expected::from(&judge(text, Timestamp::from_seconds(now), held));
        assert_eq!(said, expected, "{name}: {text}");
        Some(said)
    }
}

/// Bytes as the database takes them.
fn bytes(app: &TestApp, bytes: &[u8]) -> String {
    let hex = HEXLOWER.encode(bytes);
    match app.database.engine {
        Engine::Postgres => format!("'\\x{hex}'"),
        Engine::Sqlite => format!("x'{hex}'"),
    }
}

/// Lets a registry know the keys and hosts of another, as if they had been its own and were no longer in use.
fn know(app: &TestApp, issuer: &IssuerDocument) {
    for key in &issuer.keys {
        let purpose = match key.key_use {
            KeyUse::Card => "card",
            KeyUse::Status => "status",
            KeyUse::Other => continue,
        };
        let number = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        let point = bytes(app, &[vec![4], number(&key.x), number(&key.y)].concat());
        let state = match key.state {
            KeyState::Active | KeyState::Retired => KeyState::Retired,
            KeyState::Compromised => KeyState::Compromised,
        };
        let values = format!("'{}', '{purpose}', {point}, '{}', 1, 2", key.kid, state.as_str());
        let columns = "id, purpose, public_key, state, not_before, not_after";
        assert_eq!(app.database.run(&format!("INSERT INTO keys ({columns}) VALUES ({values})")), Ok(1));
    }
    for host in &issuer.hosts {
        let insert = format!("INSERT INTO hosts (host, first_used_at) VALUES ('{host}', 1)");
        assert_eq!(app.database.run(&insert), Ok(1));
    }
}

/// Another card like the model, in this slot and state; honest ones are of the key that was compromised since.
fn issue(app: &TestApp, model: &str, nth: usize, (list, slot, state): (u32, u32, &str)) {
    let honest = match (list, slot) {
        (0, 5) => Some(&honest_payloads()[0]).cloned(),
        (0, WITHDRAWN_SLOT) => Some(&honest_payloads()[1]).cloned(),
        (_, 0..=LAST_SLOT) => None,
        (_, _) => panic!("no such slot"),
    };
    let (kid, code) = match honest {
        Some(payload) => {
            let key = TestKey::named("compromised");
            (format!("'{}'", key.kid), bytes(app, &key.code(&payload)))
        }
        None => ("kid".to_owned(), "code".to_owned()),
    };
    let index = StatusIndex::new(list, slot).expect("in range").as_u32();
    let kept = "kind, person_id, agency_id, application_id, name, agency_name, valid_from, valid_until, \
                left_suspended, log_index, version, issued_at";
    let insert = format!(
        "INSERT INTO credentials (id, number, number_key, kid, status_index, state, code, {kept})
         SELECT '01900000-0000-7000-8000-{nth:012}', 'X-{nth}', 'X{nth}', {kid}, {index}, '{state}', {code}, {kept}
         FROM credentials WHERE id = '{model}'"
    );
    assert_eq!(app.database.run(&insert), Ok(1));
}

fn row(said: &Expected) -> (String, Option<String>) {
    (said.verdict.clone(), said.reason.clone())
}

/// Checks that of the table all was said that can be.
fn assert_all_said(said: &BTreeSet<(String, Option<String>)>) {
    let said: BTreeSet<_> = said.iter().map(|(verdict, reason)| (verdict.as_str(), reason.as_deref())).collect();
    let mut rows = BTreeSet::from(TABLE);
    for (verdict, reason, why) in NEVER {
        assert!(rows.remove(&(verdict, reason)), "{why}");
    }
    assert_eq!(said, rows);
}

on_both_databases! {
    fn the_api_says_of_every_vector_what_it_says_but_for_what_is_told_of_copies(db) {
        let mut stage = Stage::set(db);
        let (file, mut said, mut others) = (VectorFile::read(), BTreeSet::new(), 0);
        for vector in &file.vectors {
            let now = Timestamp::parse(&vector.now).expect("a time").seconds();
            stage.at(now);
            let Some(answer) = stage.check(now, &vector.text, &vector.name) else {
                others += 1;
                continue;
            };
            let (expect, name) = (&vector.expect, &vector.name);
            let asked = (expect.verdict.as_str(), expect.reason.as_deref());
            let is_of_copies = asked == OF_NO_LIST || NEVER.iter().any(|(verdict, reason, _)| (*verdict, *reason) == asked);
            if !is_of_copies {
                assert_eq!(row(&answer), row(expect), "{name}");
                assert_eq!((&answer.warning, &answer.card), (&expect.warning, &expect.card), "{name}");
            }
            assert_eq!(answer.list_age_seconds.filter(|age| *age > 0), None, "{name}");
            said.insert(row(&answer));
        }
        assert_all_said(&said);
        assert_eq!(others, 2, "one is empty, and one longer than a symbol can hold");
    }

    fn the_api_says_of_bad_codes_what_page_and_command_line_say(db) {
        let mut stage = Stage::set(db);
        let situations = situations::all();
        let own = situations.iter().map(|it| it.who == Who::PageCommandAndApi).collect::<Vec<_>>();
        assert!(own[OWN] && !own[COPIES..].contains(&true), "no other situation can be a registry's own");
        let cases = campaign::cases(situations.len());
        let mut said = BTreeSet::new();
        // As page and command line are asked too; and by every clock that the cases show.
        let at_once = campaign::at_the_registry(&cases);
        let mut by_clock: BTreeMap<i64, Vec<_>> = BTreeMap::new();
        for case in at_once.iter().chain(cases.iter().filter(|it| it.now != NOW)) {
            by_clock.entry(case.now).or_default().push(case);
        }
        for (now, cases) in by_clock {
            stage.at(now);
            for case in cases {
                said.extend(stage.check(now, &case.text, &case.name).as_ref().map(row));
            }
        }
        assert_all_said(&said);
    }
}
