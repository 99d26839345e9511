//! What is decided on an agency, and how it is told.

use super::{AGENCIES, EVENTS, STATES, agency_in, full_form, lawful};
use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn nothing_happens_to_an_agency_that_the_law_does_not_list(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for state in STATES {
            let agency = agency_in(&app, &registrar, state);
            assert_eq!(agency.text("/state"), state);
            for event in EVENTS {
                let asked = json!({ "event": event, "reason": "QĐ 12/2026" });
                let Some(to) = lawful(state, event) else {
                    registrar.happen("agencies", &agency, asked).expect_problem(409, "wrong-state");
                    let read = registrar.get(&agency.path("agencies")).expect(200);
                    assert_eq!((read.json(), read.etag()), (agency.json(), agency.etag()), "{event} of {state}");
                    continue;
                };
                let done = registrar.happen("agencies", &agency_in(&app, &registrar, state), asked).expect(201);
                assert_eq!(done.text("/state"), to, "{event} of {state}");
                let read = registrar.get(&done.path("agencies")).expect(200);
                assert_eq!((read.json(), read.etag()), (done.json(), done.etag()));
            }
        }
    }

    fn nothing_is_decided_without_a_known_event_and_reasons(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let agency = agency_in(&app, &registrar, "active");
        let decide = |body: Value| registrar.happen("agencies", &agency, body);
        decide(json!({ "event": "sell", "reason": " " }))
            .expect_invalid(&[("/event", "unknown_event"), ("/reason", "empty")]);
        decide(json!({ "event": "close" })).expect_invalid(&[("/reason", "missing")]);
        decide(json!({ "event": "close", "reason": "x".repeat(501) })).expect_invalid(&[("/reason", "too_long")]);
        decide(json!({ "event": "close", "reason": "a\u{200B}b" })).expect_invalid(&[("/reason", "control_character")]);
    }

    fn the_history_says_who_did_what_when_and_why(db) {
        let app = TestApp::start(db);
        let provincial = app.provincial(HAI_PHONG);
        let agency = provincial.post(AGENCIES, &full_form()).expect(201);
        app.pass(60);
        let changed =
            provincial.patch(&agency.path("agencies"), &agency.etag(), &json!({ "source": null })).expect(200);
        app.pass(60);
        let decision = json!({ "event": "suspend", "reason": "QĐ 12/2026:\ntạm đình chỉ" });
        app.registrar().happen("agencies", &changed, decision).expect(201);
        let history = app.clerk(&app.central_agency()).history("agencies", &agency);
        let told: Vec<_> = history.iter().map(|it| json!([it["type"], it["at"], it["actor"]["role"]])).collect();
        assert_eq!(
            told,
            [
                json!(["agency.created", "2026-11-22T03:00:00Z", "registrar"]),
                json!(["agency.changed", "2026-11-22T03:01:00Z", "registrar"]),
                json!(["agency.suspended", "2026-11-22T03:02:00Z", "registrar"]),
            ]
        );
        assert_eq!(history[0]["short_name"], "Ví Dụ");
        assert_eq!(history[1]["changed"], json!({ "source": null }), "what changed, and nothing else");
        let facts = (&history[2]["from"], &history[2]["to"], &history[2]["reason"]);
        assert_eq!(facts, (&json!("active"), &json!("suspended"), &json!("QĐ 12/2026:\ntạm đình chỉ")));
        assert!(history.windows(2).all(|pair| pair[0]["index"].as_i64() < pair[1]["index"].as_i64()));
    }

    fn an_agency_that_is_not_at_work_enters_nobody_and_proposes_nobody(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let card = app.issued_card(&agency);
        let path = format!("{AGENCIES}/{}", agency.id);
        let registrar = app.registrar();
        registrar.event(&path, &agency.etag, json!({ "event": "suspend", "reason": "x" })).expect(201);
        let clerk = app.clerk(&agency);
        clerk.post(&format!("{path}/people"), &app.person_form()).expect_problem(409, "wrong-state");
        let form = json!({ "kind": "press_card", "basis": "first", "people": [person] });
        clerk.post("/api/v1/applications", &form).expect_problem(409, "wrong-state");
        app.head(&agency).post("/api/v1/letters", &app.letter_form(&person)).expect_problem(409, "wrong-state");
        assert_eq!(app.verdict(&card.text("/code")).0, "valid", "cards are decided on one by one");
    }
}
