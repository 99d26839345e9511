//! Cards in use: the first complete path, and everything that may happen to a card after it.

use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::pictures::qr;
use serde_json::{Value, json};

const CREDENTIALS: &str = "/api/v1/credentials";
const STATES: [&str; 6] = ["active", "suspended", "revoked", "lost", "returned", "replaced"];
const EVENTS: [&str; 6] = ["suspend", "reinstate", "revoke", "replace", "report_lost", "return"];

/// Written down a second time, apart from the domain's table.
fn lawful(state: &str, event: &str) -> Option<&'static str> {
    Some(match (state, event) {
        ("active", "suspend") => "suspended",
        ("suspended", "reinstate") => "active",
        ("active" | "suspended" | "lost", "revoke") => "revoked",
        ("active" | "lost", "replace") => "replaced",
        ("active" | "suspended", "report_lost") => "lost",
        ("active" | "suspended" | "lost", "return") => "returned",
        _ => return None,
    })
}

/// Somebody who may ask for this event at all.
fn doer(app: &TestApp, agency: &TestAgency, event: &str) -> Client {
    match event {
        "return" => app.clerk(agency),
        "report_lost" => app.head(agency),
        _ => app.registrar(),
    }
}

fn asked(event: &str) -> Value {
    json!({ "event": event, "reason": "QĐ 12/2026" })
}

fn done(app: &TestApp, agency: &TestAgency, seen: &Answer, event: &str) -> Answer {
    doer(app, agency, event).happen("credentials", seen, asked(event)).expect(201)
}

fn card_in(app: &TestApp, agency: &TestAgency, state: &str) -> Answer {
    let card = app.issued_card(agency);
    match state {
        "active" => card,
        "suspended" => done(app, agency, &card, "suspend"),
        "revoked" => done(app, agency, &card, "revoke"),
        "lost" => done(app, agency, &card, "report_lost"),
        "returned" => done(app, agency, &card, "return"),
        _ => done(app, agency, &card, "replace"),
    }
}

/// A card of a local agency.
fn local_card(app: &TestApp, agency: &TestAgency) -> Answer {
    let submitted = app.submitted(agency, &[&app.person(agency).text("/id")]);
    let endorsed =
        app.provincial(HAI_PHONG).happen("applications", &submitted, json!({ "event": "endorse" })).expect(201);
    let approved = app.registrar().happen("applications", &endorsed, json!({ "event": "approve" })).expect(201);
    app.registrar().get(&format!("{CREDENTIALS}/{}", approved.text("/credentials/0/id"))).expect(200)
}

on_both_databases! {
    fn an_agency_registers_a_journalist_a_card_is_issued_and_anyone_verifies_it(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        for code in ["/code", "/typed_code"] {
            let checked = app.anonymous().verify(&card.text(code));
            assert_eq!(checked.text("/verdict"), "valid");
            for field in ["number", "name", "agency", "kind", "valid_from", "valid_until"] {
                assert_eq!(checked.text(&format!("/card/{field}")), card.text(&format!("/{field}")));
            }
        }
    }

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

    fn nothing_is_decided_without_reasons_and_known_grounds(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let event = |body: Value| registrar.happen("credentials", &card, body);
        event(json!({ "event": "suspend" })).expect_invalid(&[("/reason", "missing")]);
        event(json!({ "event": "suspend", "reason": " ", "ground": "whim" }))
            .expect_invalid(&[("/reason", "empty"), ("/ground", "unknown_ground")]);
        event(json!({ "event": "suspend", "reason": "x".repeat(501) })).expect_invalid(&[("/reason", "too_long")]);
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

    fn a_card_expires_by_its_dates_and_nothing_is_written(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let events = || app.database.texts("SELECT id AS value FROM events").len();
        // 2026-11-22T03:00Z to 2031-11-21T17:00Z: five years with one leap day, less ten hours.
        let end = (5 * 365 + 1) * DAY - 10 * 3_600;
        app.at(end - 1);
        let registrar = app.again(&registrar);
        let before = registrar.get(&card.path("credentials")).expect(200);
        assert_eq!((before.text("/state"), before.etag()), ("active".into(), card.etag()));
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
        let written = events();
        app.at(end);
        let after = registrar.get(&card.path("credentials")).expect(200);
        assert_eq!(after.text("/state"), "expired");
        assert_ne!(after.etag(), card.etag(), "what is shown has changed");
        for code in ["/code", "/typed_code"] {
            assert_eq!(app.verdict(&card.text(code)), ("not_valid".into(), Some("expired".into())));
        }
        assert_eq!(app.database.texts("SELECT state AS value FROM credentials"), ["active"]);
        assert_eq!(events(), written);
        // Whoever read it as active decided on something else.
        registrar.happen("credentials", &card, asked("suspend")).expect_problem(412, "precondition-failed");
        registrar.happen("credentials", &after, asked("replace")).expect_problem(409, "wrong-state");
        let revoked = registrar.happen("credentials", &after, asked("revoke")).expect(201);
        assert_eq!(revoked.text("/state"), "revoked");
        assert_eq!(app.verdict(&card.text("/code")).1.as_deref(), Some("expired"), "its dates need no list");
    }

    fn a_replacement_carries_what_is_on_record_now_until_the_same_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let card = app.issued_to(&agency, &person.text("/id"));
        app.at(30 * DAY);
        let change = json!({ "full_name": "Trần Thị Cam" });
        app.clerk(&agency).patch(&person.path("people"), &person.etag(), &change).expect(200);
        let registrar = app.registrar();
        let replaced = registrar.happen("credentials", &card, asked("replace")).expect(201);
        assert_eq!(replaced.text("/name"), card.text("/name"), "what was printed stays");
        let new = registrar.get(&format!("{CREDENTIALS}/{}", replaced.text("/replaced_by"))).expect(200);
        assert_eq!((new.text("/state"), new.text("/name")), ("active".into(), "Trần Thị Cam".into()));
        assert_eq!(new.text("/valid_until"), card.text("/valid_until"));
        assert_eq!(new.text("/valid_from"), "2026-12-21T17:00:00Z");
        for field in ["/number", "/status_index", "/code", "/typed_code"] {
            assert_ne!(new.text(field), card.text(field), "{field}");
        }
        assert_eq!(app.verdict(&card.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
        assert_eq!(app.verdict(&new.text("/code")).0, "valid");
    }

    fn a_replacement_is_refused_where_it_could_not_be_printed_or_held(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, leaving) = (app.person(&agency), app.person(&agency));
        let (card, other) = (app.issued_to(&agency, &person.text("/id")), app.issued_to(&agency, &leaving.text("/id")));
        let clerk = app.clerk(&agency);
        let long = json!({ "full_name": "ễ".repeat(120) });
        clerk.patch(&person.path("people"), &person.etag(), &long).expect(200);
        let engagement = format!("{}/engagements/{}", leaving.path("people"), leaving.text("/engagements/0/id"));
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-21" });
        clerk.event(&engagement, &leaving.etag(), end).expect(201);
        for card in [card, other] {
            app.registrar().happen("credentials", &card, asked("replace")).expect_problem(409, "wrong-state");
            assert_eq!(app.verdict(&card.text("/code")).0, "valid", "nothing was done by half");
        }
        assert_eq!(app.registrar().list(CREDENTIALS, "/number").len(), 2);
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

    fn lists_are_narrowed_by_filters_and_never_widened(db) {
        let app = TestApp::start(db);
        let (local, central) = (app.local_agency(), app.central_agency());
        let first = local_card(&app, &local);
        app.pass(1);
        let second = app.issued_card(&central);
        let person = second.text("/person_id");
        app.pass(1);
        let letter = app.head(&central).post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        let numbers = |cards: &[&Answer]| cards.iter().map(|card| card.text("/number")).collect::<Vec<_>>();
        let registrar = app.registrar();
        let list = |client: &Client, filter: &str| client.list(&format!("{CREDENTIALS}?limit=1{filter}"), "/number");
        assert_eq!(list(&registrar, ""), numbers(&[&first, &second, &letter]));
        assert_eq!(list(&registrar, "&kind=introduction_letter"), numbers(&[&letter]));
        assert_eq!(list(&registrar, &format!("&agency_id={}", local.id)), numbers(&[&first]));
        assert_eq!(list(&registrar, &format!("&person_id={person}")), numbers(&[&second, &letter]));
        assert_eq!(list(&registrar, &format!("&person_id={person}&kind=press_card")), numbers(&[&second]));
        let head = app.head(&central);
        assert_eq!(list(&head, ""), numbers(&[&second, &letter]));
        assert_eq!(list(&head, &format!("&agency_id={}", local.id)), numbers(&[]));
        assert_eq!(list(&app.provincial(HAI_PHONG), ""), numbers(&[&first]));
        assert_eq!(list(&app.provincial(HA_NOI), ""), numbers(&[]));
        let holder = app.holder(&person);
        assert_eq!(list(&holder, ""), numbers(&[&second, &letter]));
        assert_eq!(list(&holder, &format!("&person_id={}", first.text("/person_id"))), numbers(&[]));
        for (filter, told) in [
            ("kind=passport", ("query:kind", "unknown_kind")),
            ("person_id=x", ("query:person_id", "not_an_id")),
            ("state=active", ("query:state", "unknown_parameter")),
        ] {
            registrar.get(&format!("{CREDENTIALS}?{filter}")).expect_invalid(&[told]);
        }
    }

    fn a_qr_holds_the_code_in_every_format(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let (client, path) = (app.registrar(), format!("{}/qr", card.path("credentials")));
        let with = |accept: &str| client.get_with(&path, &[("accept", accept)]).expect(200);
        let media_type = |answer: &Answer| answer.header("content-type").unwrap_or_default().to_owned();
        let svg = with("*/*");
        assert_eq!(media_type(&svg), "image/svg+xml");
        assert!(svg.body_text().starts_with("<svg"));
        let png = with("image/png");
        assert_eq!(media_type(&png), "image/png");
        assert_eq!(qr::read(&png.body).expect("a QR"), card.text("/code"));
        let text = with("text/plain");
        assert!(media_type(&text).starts_with("text/plain"));
        assert_eq!(text.body_text(), card.text("/code"));
        for (format, body) in [("svg", &svg), ("png", &png), ("text", &text)] {
            // The parameter overrides the header.
            let asked =
                client.get_with(&format!("{path}?format={format}"), &[("accept", "application/pdf")]).expect(200);
            assert_eq!((&asked.body, asked.etag()), (&body.body, body.etag()));
            let etag = asked.etag();
            let known = client.get_with(&format!("{path}?format={format}"), &[("if-none-match", &etag)]).expect(304);
            assert_eq!(known.body, b"");
        }
        client.get_with(&path, &[("accept", "application/pdf")]).expect_problem(406, "not-acceptable");
        client.get(&format!("{path}?format=gif")).expect_problem(406, "not-acceptable");
        client.get(&format!("{path}?size=9")).expect_invalid(&[("query:size", "unknown_parameter")]);
        let stranger = app.head(&app.central_agency());
        stranger.get(&format!("{path}?format=gif")).expect_problem(404, "not-found");
    }
}
