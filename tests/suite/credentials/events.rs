//! What may happen to a card, asked for by whom, and with what consequence for those who check it.

use super::{EVENTS, STATES, asked, card_in, doer, done, lawful, local_card};
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn nothing_happens_to_a_card_that_is_not_listed_and_only_an_active_one_is_good(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        for state in STATES {
            let card = card_in(&app, &agency, state);
            assert_eq!(card.text("/state"), state);
            let public = app.verdict(&card.text("/code"));
            assert_eq!(public.0, if state == "active" { "valid" } else { "not_valid" }, "{state}");
            assert_eq!(public.1.as_deref(), (state != "active").then_some("withdrawn"));
            for event in EVENTS {
                match lawful(state, event) {
                    Some(to) => {
                        let done = done(&app, &agency, &card_in(&app, &agency, state), event);
                        assert_eq!(done.text("/state"), to, "{event} of {state}");
                    }
                    None => {
                        let refused = doer(&app, &agency, event).happen("credentials", &card, asked(event));
                        refused.expect_problem(409, "wrong-state");
                        let read = app.registrar().get(&card.path("credentials")).expect(200);
                        assert_eq!(read.etag(), card.etag(), "{event} of {state}");
                    }
                }
            }
        }
    }

    fn each_event_is_its_own_roles(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency());
        let card = local_card(&app, &agency);
        let stranger = app.person(&other).text("/id");
        let clients = [
            app.admin(),
            app.registrar(),
            app.provincial(HAI_PHONG),
            app.provincial(HA_NOI),
            app.head(&agency),
            app.clerk(&agency),
            app.head(&other),
            app.official(),
            app.auditor(),
            app.holder(&card.text("/person_id")),
            app.holder(&stranger),
        ];
        let decisions = [403, 412, 412, 404, 403, 403, 403, 403, 403, 403, 403];
        // With a stale ETag, who may do it is told so (412) and nothing happens.
        for (event, statuses) in [
            ("suspend", decisions),
            ("reinstate", decisions),
            ("revoke", decisions),
            ("replace", decisions),
            ("report_lost", [403, 412, 412, 404, 412, 412, 404, 403, 403, 412, 404]),
            ("return", [403, 403, 403, 403, 412, 412, 404, 403, 403, 403, 403]),
        ] {
            let told =
                clients.each_ref().map(|client| client.event(&card.path("credentials"), "\"0\"", asked(event)).status);
            assert_eq!(told, statuses, "{event}");
        }
        for path in ["", "/events", "/qr"] {
            let told =
                clients.each_ref().map(|client| client.get(&format!("{}{path}", card.path("credentials"))).status);
            assert_eq!(told, [403, 200, 200, 404, 200, 200, 404, 403, 403, 200, 404], "{path}");
        }
    }

    fn a_suspended_card_is_withdrawn_at_once_and_good_again_when_reinstated(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let suspend = json!({ "event": "suspend", "reason": "x", "ground": "inquiry" });
        let suspended = registrar.happen("credentials", &card, suspend).expect(201);
        assert_eq!((suspended.text("/state"), suspended.text("/ground")), ("suspended".into(), "inquiry".into()));
        for code in ["/code", "/typed_code"] {
            assert_eq!(app.verdict(&card.text(code)), ("not_valid".into(), Some("withdrawn".into())));
        }
        let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": "cleared" });
        let active = registrar.happen("credentials", &suspended, reinstate).expect(201);
        assert_eq!((active.text("/state"), active.text("/ground")), ("active".into(), "cleared".into()));
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
    }

    fn a_lost_card_is_withdrawn_at_once_whoever_reports_it(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        for reporter in 0..4 {
            let card = local_card(&app, &agency);
            let reporter = match reporter {
                0 => app.holder(&card.text("/person_id")),
                1 => app.clerk(&agency),
                2 => app.provincial(HAI_PHONG),
                _ => app.registrar(),
            };
            let report = json!({ "event": "report_lost", "reason": "rơi trên đường", "ground": "lost" });
            reporter.happen("credentials", &card, report).expect(201);
            assert_eq!(app.verdict(&card.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
        }
    }

    fn misuse_is_found_by_a_case_and_not_by_an_event(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "misuse" });
        app.registrar().happen("credentials", &card, revoke).expect_problem(409, "wrong-state");
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
    }

    fn a_revoked_card_comes_back_only_when_a_prosecution_ended(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        let revoked = registrar.happen("credentials", &card, revoke).expect(201);
        for ground in [Value::Null, "cleared".into(), "error".into(), "prosecution".into()] {
            let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": ground });
            registrar.happen("credentials", &revoked, reinstate).expect_problem(409, "wrong-state");
        }
        let reinstate = json!({ "event": "reinstate", "reason": "đình chỉ vụ án", "ground": "prosecution_ended" });
        registrar.happen("credentials", &revoked, reinstate).expect(201);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
    }

    fn a_lost_card_that_was_revoked_is_lost_again_when_it_is_reinstated(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let lost = registrar.happen("credentials", &card, asked("report_lost")).expect(201);
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        let revoked = registrar.happen("credentials", &lost, revoke).expect(201);
        let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": "prosecution_ended" });
        let back = registrar.happen("credentials", &revoked, reinstate).expect(201);
        assert_eq!(back.text("/state"), "lost");
        assert_eq!(app.verdict(&card.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
    }

    fn a_revoked_card_does_not_come_back_beside_a_newer_one(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let registrar = app.registrar();
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        let revoked = registrar.happen("credentials", &card, revoke).expect(201);
        let newer = app.issued_to(&agency, &card.text("/person_id"));
        let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": "prosecution_ended" });
        registrar.happen("credentials", &revoked, reinstate.clone()).expect_problem(409, "wrong-state");
        registrar.happen("credentials", &newer, asked("revoke")).expect(201);
        registrar.happen("credentials", &revoked, reinstate).expect(201);
    }

    fn nobody_is_told_the_number_of_a_card_that_they_may_not_see(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency_of("01"));
        let form = app.person_form();
        let enter = |agency: &TestAgency| app.entered(agency, &form).text("/id");
        let card = app.issued_in(&agency, Some(HAI_PHONG), &enter(&agency));
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "prosecution" });
        let revoked = app.registrar().happen("credentials", &card, revoke).expect(201);
        let newer = app.issued_in(&other, Some(HA_NOI), &enter(&other)).text("/number");
        let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": "prosecution_ended" });
        let told = |client: &Client| {
            let refused = client.happen("credentials", &revoked, reinstate.clone());
            refused.expect_problem(409, "wrong-state").text("/detail")
        };
        assert!(told(&app.registrar()).contains(&newer));
        let told = told(&app.provincial(HAI_PHONG));
        assert!(told.contains("another card") && !told.contains(&newer), "{told}");
    }

    fn nothing_is_decided_without_reasons_and_known_grounds(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let event = |body: Value| registrar.happen("credentials", &card, body);
        event(json!({ "event": "suspend" })).expect_invalid(&[("/reason", "missing")]);
        event(json!({ "event": "suspend", "reason": " ", "ground": "whim" }))
            .expect_invalid(&[("/reason", "empty"), ("/ground", "unknown_ground")]);
        event(json!({ "event": "suspend", "reason": "x".repeat(501) })).expect_invalid(&[("/reason", "too_long")]);
        event(json!({ "event": "revoke", "reason": "x" })).expect_invalid(&[("/ground", "missing")]);
        event(json!({ "event": "revoke", "ground": "whim" })).expect_invalid(&[("/reason", "missing"), ("/ground", "unknown_ground")]);
        event(json!({ "event": "burn", "reason": "x" })).expect_invalid(&[("/event", "unknown_event")]);
        event(json!({ "event": "suspend", "reason": "x", "until": "x" }))
            .expect_invalid(&[("/until", "unknown_field")]);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
    }

    fn an_event_happens_only_to_the_version_that_was_read(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let path = format!("{}/events", card.path("credentials"));
        registrar.post(&path, &asked("suspend")).expect_problem(428, "precondition-required");
        registrar.happen("credentials", &card, asked("suspend")).expect(201);
        registrar.happen("credentials", &card, asked("revoke")).expect_problem(412, "precondition-failed");
        assert_eq!(registrar.get(&card.path("credentials")).expect(200).text("/state"), "suspended");
    }

    fn the_history_says_who_did_what_when_and_why(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = local_card(&app, &agency);
        app.pass(60);
        let suspend = json!({ "event": "suspend", "reason": "chờ xác minh", "ground": "inquiry" });
        let seen = app.provincial(HAI_PHONG).happen("credentials", &card, suspend).expect(201);
        app.pass(60);
        let holder = app.holder(&card.text("/person_id"));
        let lost = json!({ "event": "report_lost", "reason": "bị mất cắp", "ground": "stolen" });
        holder.happen("credentials", &seen, lost).expect(201);
        let history = holder.history("credentials", &card);
        let told: Vec<_> = history
            .iter()
            .map(|it| {
                json!([it["type"], it["at"], it["actor"]["role"], it["from"], it["to"], it["ground"], it["reason"]])
            })
            .collect();
        assert_eq!(
            told,
            [
                json!(["credential.issued", "2026-11-22T03:00:00Z", "registrar", null, null, null, null]),
                json!([
                    "credential.suspended",
                    "2026-11-22T03:01:00Z",
                    "registrar",
                    "active",
                    "suspended",
                    "inquiry",
                    "chờ xác minh"
                ]),
                json!([
                    "credential.reported_lost",
                    "2026-11-22T03:02:00Z",
                    "holder",
                    "suspended",
                    "lost",
                    "stolen",
                    "bị mất cắp"
                ]),
            ]
        );
    }
}
