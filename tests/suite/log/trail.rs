//! The log for auditors.

use crate::support::app::TestApp;
use crate::support::on_both_databases;
use press_registry::domain::events::EventProof;
use press_registry::domain::log::VerifierKey;
use serde_json::Value;

fn types(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().expect("a list");
    items.iter().map(|item| item["event"]["type"].as_str().expect("a type")).collect()
}

on_both_databases! {
    fn an_auditor_finds_what_was_done_by_whom_and_when(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.pass(3_600);
        let card = app.issued_card(&agency);
        let auditor = app.auditor();
        let issued = auditor.get("/api/v1/log/entries?type=credential.issued").expect(200).json();
        assert_eq!(types(&issued), ["credential.issued"]);
        let event = &issued["items"][0]["event"];
        assert_eq!((&event["object"]["id"], &event["actor"]["role"]), (&card.json()["id"], &"registrar".into()));
        assert_eq!(event["time"], "2026-11-22T04:00:00Z");
        assert!(event["personal"][0]["digest"].is_string() && event.get("name").is_none(), "no personal fields: {event}");

        let by_registrars = auditor.get("/api/v1/log/entries?role=registrar&to=2026-11-22T04:00:00Z").expect(200).json();
        assert_eq!(types(&by_registrars), ["agency.created"]);
        let later = auditor.get("/api/v1/log/entries?from=2026-11-22T04:00:00Z&limit=100").expect(200).json();
        assert!(!types(&later).contains(&"agency.created") && types(&later).contains(&"application.approved"));
        let never = auditor.get("/api/v1/log/entries?from=2099-01-01T00:00:00Z").expect(200).json();
        assert_eq!(types(&never), Vec::<&str>::new());
        let nobody = auditor.get("/api/v1/log/entries?body=Kh%C3%B4ng%20ai").expect(200).json();
        assert_eq!(types(&nobody), Vec::<&str>::new());
    }

    fn the_whole_log_is_read_part_by_part_without_gap_or_repetition(db) {
        let app = TestApp::start(db);
        app.issued_card(&app.central_agency());
        let auditor = app.auditor();
        let (mut seen, mut next) = (Vec::new(), Some("/api/v1/log/entries?limit=3".to_owned()));
        while let Some(path) = next {
            let part = auditor.get(&path).expect(200).json();
            let items = part["items"].as_array().expect("a list");
            assert!(items.len() <= 3);
            seen.extend(items.iter().map(|item| item["index"].as_i64().expect("a place")));
            next = part["next_cursor"].as_str().map(|cursor| format!("/api/v1/log/entries?limit=3&cursor={cursor}"));
        }
        let count = app.registry.store.read(|db| press_registry::store::events::count(db)).expect("a count");
        assert_eq!(seen, (0..count).collect::<Vec<_>>());
    }

    fn an_entry_comes_with_a_proof_that_holds_offline(db) {
        let app = TestApp::start(db);
        app.issued_card(&app.central_agency());
        app.registry.publish_log().expect("a checkpoint");
        let auditor = app.auditor();
        let issued = auditor.get("/api/v1/log/entries?type=credential.issued").expect(200).json();
        let entry = auditor.get(&format!("/api/v1/log/entries/{}", issued["items"][0]["index"])).expect(200).json();
        assert_eq!(entry["event"], issued["items"][0]["event"]);
        let proof: EventProof = serde_json::from_value(entry["proof"].clone()).expect("a proof");
        assert_eq!(proof.event, entry["event"]);
        assert!(proof.personal.is_empty(), "an auditor needs a purpose to see these");
        let (index, _) = proof.check(&VerifierKey::parse(&proof.vkey).expect("a key")).expect("proven");
        assert_eq!(Some(index), entry["index"].as_u64());
    }

    fn what_is_asked_for_wrongly_is_said(db) {
        let app = TestApp::start(db);
        let auditor = app.auditor();
        for (query, pointer, code) in [
            ("from=yesterday", "query:from", "not_a_time"),
            ("to=2026", "query:to", "not_a_time"),
            ("type=", "query:type", "not_a_word"),
            ("body=%00", "query:body", "not_a_word"),
            ("colour=red", "query:colour", "unknown_parameter"),
        ] {
            auditor.get(&format!("/api/v1/log/entries?{query}")).expect_invalid(&[(pointer, code)]);
        }
        for index in ["-1", "x", "00", "+1", "99999999", "0x1", "9223372036854775808"] {
            auditor.get(&format!("/api/v1/log/entries/{index}")).expect_problem(404, "not-found");
        }
    }
}
