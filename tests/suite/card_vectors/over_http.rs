//! The command line and the API say of every vector what the vectors say.

use super::{
    file::{Expected, ShownCard, VectorFile},
    signed::World,
    world::NOW,
};
use crate::support::{Engine, app::TestApp, on_both_databases};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use press_registry::{
    clock::Clock,
    domain::{
        card_code::MAX_TEXT_CHARS,
        issuer::{IssuerDocument, KeyState, KeyUse},
        time::Timestamp,
        typed_code::TypedCode,
        verdict::judge,
    },
};
use serde_json::json;
use std::collections::BTreeSet;

/// What is said of a text whatever lists are held: the registry's own are not those of the vectors.
const WITHOUT_LISTS: [&str; 7] =
    ["not_a_code", "unknown_key", "bad_signature", "newer_version", "forged", "not_yet_valid", "expired"];

#[test]
fn what_the_command_line_holds_is_judged_as_every_vector_says() {
    let file = VectorFile::read();
    for vector in &file.vectors {
        let now = Timestamp::parse(&vector.now).expect("a time");
        let judgement = judge(&vector.text, now, &World::of(&file, vector).held_by_the_program());
        assert_eq!(Expected::from(&judgement), vector.expect, "{}", vector.name);
    }
}

/// Lets a registry know the card keys and hosts of another, as if they had been its own and were no longer in use.
fn know(app: &mut TestApp, issuer: &IssuerDocument) {
    for key in issuer.keys.iter().filter(|key| key.key_use == KeyUse::Card) {
        let number = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        let point = HEXLOWER.encode(&[vec![4], number(&key.x), number(&key.y)].concat());
        let point = match app.database.engine {
            Engine::Postgres => format!("'\\x{point}'"),
            Engine::Sqlite => format!("x'{point}'"),
        };
        let state = match key.state {
            KeyState::Active | KeyState::Retired => KeyState::Retired,
            KeyState::Compromised => KeyState::Compromised,
        };
        let values = format!("'{}', 'card', {point}, '{}', 1, 2", key.kid, state.as_str());
        let columns = "id, purpose, public_key, state, not_before, not_after";
        assert_eq!(app.database.run(&format!("INSERT INTO keys ({columns}) VALUES ({values})")), Ok(1));
    }
    for host in &issuer.hosts {
        let insert = format!("INSERT INTO hosts (host, first_used_at) VALUES ('{host}', 1)");
        assert_eq!(app.database.run(&insert), Ok(1));
    }
    app.restart();
}

on_both_databases! {
    fn the_api_says_of_every_vector_what_needs_no_list(db) {
        let now = Timestamp::from_seconds(NOW);
        let mut app = TestApp::start_by(db, Clock::manual(now));
        let file = VectorFile::read();
        know(&mut app, &file.issuers["main"]);
        let (mut said, mut asked) = (BTreeSet::new(), 0);
        for vector in &file.vectors {
            let (expected, text) = (&vector.expect, vector.text.as_str());
            let reason = expected.reason.as_deref().filter(|it| WITHOUT_LISTS.contains(it));
            // The registry judges by its own time and document, and takes no text that no QR can hold.
            let is_of_now = vector.now == now.to_string();
            let is_taken = (1..=MAX_TEXT_CHARS).contains(&text.chars().count()) && TypedCode::parse(text).is_none();
            let Some(reason) = reason.filter(|_| is_of_now && is_taken) else { continue };
            let answer = app.anonymous().post("/api/v1/verifications", &json!({ "code": text })).expect(200).json();
            let card: Option<ShownCard> = answer.get("card").map(|it| serde_json::from_value(it.clone()).expect("a card"));
            let words = |name: &str| answer[name].as_str().map(str::to_owned);
            assert_eq!(words("verdict").as_deref(), Some(expected.verdict.as_str()), "{}", vector.name);
            assert_eq!((words("reason"), words("warning")), (expected.reason.clone(), expected.warning.clone()), "{}", vector.name);
            assert_eq!(card, expected.card, "{}", vector.name);
            said.insert(reason);
            asked += 1;
        }
        assert_eq!(said, BTreeSet::from(WITHOUT_LISTS));
        assert!(asked >= 200, "{asked} vectors were sent");
    }
}
