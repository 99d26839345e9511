//! Licences and types of press, and sites that are not press.

use super::AGENCIES;
use super::successions::merger;
use crate::support::answer::Answer;
use crate::support::app::{HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::app::licences;
use press_registry::domain::ids::{AgencyId, Id as _};
use serde_json::{Value, json};

fn path(agency: &TestAgency) -> String {
    format!("{AGENCIES}/{}/licences", agency.id)
}

fn form() -> Value {
    json!({
        "number": "635/GP-BTTTT",
        "issued_on": "2020-12-31",
        "issuer": "Bộ Thông tin và Truyền thông",
        "valid_until": "2030-12-31",
        "purpose": "Thông tin về đời sống của người dân thành phố.",
        "circulation_area": "Toàn quốc",
    })
}

fn with(changes: &Value) -> Value {
    let mut form = form();
    form.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
    form
}

fn seen(app: &TestApp, agency: &TestAgency) -> Answer {
    app.registrar().get(&format!("{AGENCIES}/{}", agency.id)).expect(200)
}

/// An aggregator site, entered with its own kind.
fn aggregator(app: &TestApp) -> TestAgency {
    let form =
        json!({ "name": "Trang Tổng Hợp Ví Dụ", "short_name": "TTĐT Ví Dụ", "kind": "trang_ttdt", "level": "central" });
    let entered = app.registrar().post(AGENCIES, &form).expect(201);
    TestAgency { id: AgencyId::parse(&entered.text("/id")).expect("an id"), etag: entered.etag() }
}

on_both_databases! {
    fn a_licence_is_read_back_as_it_stands_on_paper(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let entered = app.provincial(HAI_PHONG).post(&path(&agency), &form()).expect(201);
        let mut expected = form();
        expected["id"] = entered.text("/id").into();
        expected["state"] = "in_force".into();
        expected["replaces"] = json!([]);
        expected["replaced_by"] = Value::Null;
        expected["revoked_on"] = Value::Null;
        expected["created_at"] = "2026-11-22T03:00:00Z".into();
        assert_eq!(entered.json(), expected);
        assert_eq!(app.auditor().get(&path(&agency)).expect(200).json()["items"], json!([expected]));
        let history = app.auditor().get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
        let told = history["items"].as_array().expect("items").last().expect("an event").clone();
        assert_eq!((&told["type"], &told["number"]), (&json!("agency.licensed"), &json!("635/GP-BTTTT")));
    }

    fn one_licence_replaces_others_of_the_same_agency_once(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        let first = registrar.post(&path(&agency), &form()).expect(201).text("/id");
        let stranger = registrar.post(&path(&other), &form()).expect(201).text("/id");
        let next = |replaces: Value| with(&json!({ "number": "9/GP-BVHTTDL", "issued_on": "2026-10-01", "replaces": replaces }));
        registrar.post(&path(&agency), &next(json!([stranger]))).expect_invalid(&[("/replaces/0", "unknown_licence")]);
        registrar.post(&path(&agency), &next(json!([first, first]))).expect_invalid(&[("/replaces/1", "twice")]);
        let second = registrar.post(&path(&agency), &next(json!([first]))).expect(201).text("/id");
        let third = with(&json!({ "number": "10/GP-BVHTTDL", "replaces": [first] }));
        registrar.post(&path(&agency), &third).expect_invalid(&[("/replaces/0", "replaced_already")]);
        registrar.post(&path(&agency), &form()).expect_invalid(&[("/number", "already_registered")]);
        let items = registrar.get(&path(&agency)).expect(200).json()["items"].clone();
        assert_eq!((&items[0]["state"], &items[0]["replaced_by"]), (&json!("replaced"), &json!(second)));
        assert_eq!((&items[1]["state"], &items[1]["replaces"]), (&json!("in_force"), &json!([first])));
    }

    fn every_mistake_of_a_licence_is_told_at_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let wrong = json!({
            "number": "", "issued_on": "2026-11-23", "issuer": " ", "valid_until": "x", "purpose": "x".repeat(1_001),
            "circulation_area": "x".repeat(201), "replaces": ["x"],
        });
        app.registrar().post(&path(&agency), &wrong).expect_invalid(&[
            ("/number", "empty"),
            ("/issued_on", "in_the_future"),
            ("/issuer", "empty"),
            ("/valid_until", "not_a_date"),
            ("/purpose", "too_long"),
            ("/circulation_area", "too_long"),
            ("/replaces/0", "not_an_id"),
        ]);
        let over = with(&json!({ "valid_until": "2020-12-30" }));
        app.registrar().post(&path(&agency), &over).expect_invalid(&[("/valid_until", "ends_before_it_begins")]);
        let closed = app.central_agency();
        let close = json!({ "event": "close", "reason": "x" });
        app.registrar().event(&format!("{AGENCIES}/{}", closed.id), &closed.etag, close).expect(201);
        app.registrar().post(&path(&closed), &form()).expect_problem(409, "wrong-state");
    }

    fn the_end_of_the_last_licence_reaches_letters_and_cards_and_comes_back_with_another(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let card = app.issued_card(&agency);
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&card.text("/person_id"))).expect(201);
        let verdict = |paper: &Answer| app.verdict(&paper.text("/code")).0;
        registrar.post(&path(&agency), &with(&json!({ "valid_until": "2026-11-23" }))).expect(201);
        app.pass(DAY);
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0, "its last day is today");
        app.pass(DAY);
        assert!(licences::lapse(&app.registry).expect("a run") <= 1, "the server may have looked first");
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0, "once");
        assert_eq!(seen(&app, &agency).text("/state"), "suspended");
        assert_eq!((verdict(&letter), verdict(&card)), ("not_valid".into(), "valid".into()));
        let to_return = registrar.list("/api/v1/credentials/to-return", "/reason");
        assert_eq!(to_return, ["agency_suspended"], "the State's card waits for a registrar");
        let reinstate = || {
            let now = seen(&app, &agency);
            registrar.happen("agencies", &now, json!({ "event": "reinstate", "reason": "x" }))
        };
        reinstate().expect_problem(409, "wrong-state");
        registrar.post(&path(&agency), &with(&json!({ "number": "9/GP", "issued_on": "2026-11-24" }))).expect(201);
        reinstate().expect(201);
        assert_eq!(verdict(&letter), "valid");
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0, "another is in force");
    }

    fn the_history_of_an_agency_at_work_suspends_nobody(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let old = with(&json!({ "number": "1/GP-BTTTT", "issued_on": "2015-01-02", "valid_until": "2020-12-30" }));
        registrar.post(&path(&agency), &old).expect_invalid(&[("/valid_until", "none_in_force")]);
        let now = registrar.post(&path(&agency), &form()).expect(201);
        registrar.post(&path(&agency), &old).expect(201);
        // Nor does a slip in one that takes the place of what is in force.
        let slip = with(&json!({ "number": "9/GP-BVHTTDL", "issued_on": "2021-01-02", "valid_until": "2021-01-02",
            "replaces": [now.text("/id")] }));
        registrar.post(&path(&agency), &slip).expect_invalid(&[("/valid_until", "none_in_force")]);
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0);
        // Whoever is not at work has nothing to lose.
        let idle = app.central_agency();
        let suspend = json!({ "event": "suspend", "reason": "x" });
        registrar.event(&format!("{AGENCIES}/{}", idle.id), &idle.etag, suspend).expect(201);
        registrar.post(&path(&idle), &old).expect(201);
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0);
        // Of before this rule: what was over when it was entered is no lapse.
        app.database.run("DELETE FROM licences WHERE number = '635/GP-BTTTT'").expect("an edit");
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0);
        assert_eq!(seen(&app, &agency).text("/state"), "active");
    }

    fn the_revocation_of_a_licence_reaches_letters_and_cards(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let card = app.issued_card(&agency);
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&card.text("/person_id"))).expect(201);
        let decide = |event: &str| {
            registrar.happen("agencies", &seen(&app, &agency), json!({ "event": event, "reason": "x" })).expect(201);
            let of = |paper: &Answer| registrar.get(&paper.path("credentials")).expect(200).text("/state");
            (of(&letter), of(&card), registrar.list("/api/v1/credentials/to-return", "/reason"))
        };
        assert_eq!(decide("revoke_licence"), ("revoked".into(), "active".into(), vec!["licence_revoked".into()]));
        // With the licence no letter comes back: another is to be written.
        assert_eq!(decide("reinstate"), ("revoked".into(), "active".into(), vec![]));
        assert_eq!(decide("close"), ("revoked".into(), "active".into(), vec!["agency_closed".into()]));
    }

    fn an_agency_has_several_types_of_press(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = |types: Value| json!({ "name": "Báo Ví Dụ", "kind": "bao", "level": "central", "press_types": types });
        let entered = registrar.post(AGENCIES, &form(json!(["electronic", "print"]))).expect(201);
        assert_eq!(entered.json()["press_types"], json!(["print", "electronic"]));
        let usual = registrar.post(AGENCIES, &form(Value::Null)).expect(201);
        assert_eq!(usual.json()["press_types"], json!(["print"]), "what the kind says");
        registrar.post(AGENCIES, &form(json!(["print", "print", "blog"]))).expect_invalid(&[
            ("/press_types/1", "twice"),
            ("/press_types/2", "unknown_press_type"),
        ]);
        let change = json!({ "press_types": ["television", "radio"] });
        let changed = registrar.patch(&entered.path("agencies"), &entered.etag(), &change).expect(200);
        assert_eq!(changed.json()["press_types"], json!(["radio", "television"]));
        let history = registrar.history("agencies", &changed);
        assert_eq!(history[1]["changed"], json!({ "press_types": ["radio", "television"] }));
        let cleared = registrar.patch(&changed.path("agencies"), &changed.etag(), &json!({ "press_types": null })).expect(200);
        assert_eq!(cleared.json()["press_types"], json!(["print"]));
        let key = json!({ "name": "Đài Ví Dụ", "kind": "chu_luc_da_phuong_tien", "level": "central", "press_types": ["television"] });
        assert_eq!(registrar.post(AGENCIES, &key).expect(201).text("/kind"), "chu_luc_da_phuong_tien");
    }

    fn an_aggregator_site_is_on_the_list_and_has_no_cards_and_no_letters(db) {
        let app = TestApp::start(db);
        let site = aggregator(&app);
        let (staff, collaborator) = (app.person(&site).text("/id"), app.collaborator(&site).text("/id"));
        let clerk = app.clerk(&site);
        for (kind, person) in [("press_card", &staff), ("collaborator_card", &collaborator)] {
            let form = json!({ "kind": kind, "basis": "first", "people": [person] });
            let refused = clerk.post("/api/v1/applications", &form).expect_problem(409, "wrong-state");
            assert!(refused.text("/detail").contains("aggregator"), "{}", refused.body_text());
        }
        let refused = app.head(&site).post("/api/v1/letters", &app.letter_form(&staff));
        assert!(refused.expect_problem(409, "wrong-state").text("/detail").contains("aggregator"));
        // Its licence is of its own kind, and makes nobody press.
        let registrar = app.registrar();
        registrar.post(&path(&site), &form()).expect_invalid(&[("/number", "not_an_aggregators_licence")]);
        let licence = with(&json!({ "number": "12/GP-TTĐT" }));
        registrar.post(&path(&site), &licence).expect(201);
        registrar.post(&path(&app.central_agency()), &licence).expect_invalid(&[("/number", "not_a_press_licence")]);
        let types = json!({ "press_types": ["electronic"] });
        registrar
            .patch(&format!("{AGENCIES}/{}", site.id), &site.etag, &types)
            .expect_invalid(&[("/press_types", "not_press")]);
    }

    fn what_was_applied_for_before_is_not_granted_to_a_site_that_is_found_to_be_no_press(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let waiting = app.submitted(&agency, &[&app.person(&agency).text("/id")]);
        let card = app.issued_card(&agency);
        let registrar = app.registrar();
        let found = json!({ "kind": "trang_ttdt" });
        let change = || {
            let now = seen(&app, &agency);
            registrar.patch(&now.path("agencies"), &now.etag(), &found)
        };
        change().expect_problem(409, "wrong-state");
        app.clerk(&agency).happen("credentials", &card, json!({ "event": "return", "reason": "x" })).expect(201);
        change().expect(200);
        registrar.happen("applications", &waiting, json!({ "event": "approve" })).expect_problem(409, "wrong-state");
    }

    fn an_aggregator_site_is_merged_with_nothing(db) {
        let app = TestApp::start(db);
        let (site, agency) = (aggregator(&app), app.central_agency());
        let form = merger(&[&site], &agency);
        let plan = app.registrar().post("/api/v1/agency-mergers?dry_run=true", &form).expect(200);
        assert_eq!(plan.text("/obstacles/0/code"), "not_press");
        app.registrar()
            .post_with("/api/v1/agency-mergers", &[("if-match", &plan.etag())], &form)
            .expect_problem(409, "wrong-state");
    }
}
