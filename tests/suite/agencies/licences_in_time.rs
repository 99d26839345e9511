//! Licences as they come and go: slips that are mended, what was there before, and what ends with an agency.

use super::AGENCIES;
use super::successions::{carried_out, merger};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::app::licences;
use serde_json::{Value, json};

fn path(agency: &TestAgency) -> String {
    format!("{AGENCIES}/{}/licences", agency.id)
}

fn licence(number: &str, issued_on: &str, more: &Value) -> Value {
    let mut form = json!({ "number": number, "issued_on": issued_on, "issuer": "Bộ Thông tin và Truyền thông" });
    form.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    form
}

fn enter(client: &Client, agency: &TestAgency, form: &Value) -> Answer {
    client.post(&path(agency), form)
}

fn decide(app: &TestApp, agency: &TestAgency, event: &str) -> Answer {
    let now = app.registrar().get(&format!("{AGENCIES}/{}", agency.id)).expect(200);
    app.registrar().happen("agencies", &now, json!({ "event": event, "reason": "QĐ 9" }))
}

fn states(app: &TestApp, agency: &TestAgency) -> Vec<String> {
    app.auditor().list(&path(agency), "/state")
}

on_both_databases! {
    fn a_slip_in_the_last_day_is_mended_by_the_same_licence_in_its_place(db) {
        let app = TestApp::start(db);
        let (agency, registrar) = (app.central_agency(), app.registrar());
        let short = licence("635/GP-BTTTT", "2020-12-31", &json!({ "valid_until": "2026-11-23" }));
        let slip = enter(&registrar, &agency, &short).expect(201).text("/id");
        app.pass(2 * DAY);
        assert!(licences::lapse(&app.registry).expect("a run") <= 1, "the server may have looked first");
        decide(&app, &agency, "reinstate").expect_problem(409, "wrong-state");
        let right = |replaces: Value| licence("635/GP-BTTTT", "2020-12-31", &json!({ "valid_until": "2030-12-31", "replaces": replaces }));
        enter(&registrar, &agency, &right(json!([]))).expect_invalid(&[("/number", "already_registered")]);
        let mended = enter(&registrar, &agency, &right(json!([slip]))).expect(201);
        assert_eq!((mended.text("/state"), &mended.json()["replaces"]), ("in_force".into(), &json!([slip])));
        decide(&app, &agency, "reinstate").expect(201);
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0);
        assert_eq!(states(&app, &agency), ["replaced", "in_force"]);
        // Nor is what was wrong in force on any day, and it is not mended twice.
        enter(&registrar, &agency, &right(json!([slip]))).expect_invalid(&[
            ("/replaces/0", "replaced_already"),
            ("/number", "already_registered"),
        ]);
        enter(&registrar, &agency, &right(json!([mended.text("/id")]))).expect(201);
        assert_eq!(states(&app, &agency), ["replaced", "replaced", "in_force"]);
    }

    fn what_was_there_before_names_what_took_its_place(db) {
        let app = TestApp::start(db);
        let (agency, registrar) = (app.central_agency(), app.registrar());
        let stranger = enter(&registrar, &app.central_agency(), &licence("5/GP", "2025-01-02", &json!({}))).expect(201);
        let now = enter(&registrar, &agency, &licence("9/GP", "2025-01-02", &json!({}))).expect(201).text("/id");
        let before = |by: &str, issued_on: &str| licence("1/GP", issued_on, &json!({ "valid_until": "2025-12-31", "replaced_by": by }));
        for (by, issued_on, code) in [
            (stranger.text("/id"), "2015-01-02", "unknown_licence"),
            ("x".into(), "2015-01-02", "not_an_id"),
            (now.clone(), "2025-01-02", "not_later"),
        ] {
            enter(&registrar, &agency, &before(&by, issued_on)).expect_invalid(&[("/replaced_by", code)]);
        }
        let old = enter(&registrar, &agency, &before(&now, "2015-01-02")).expect(201);
        assert_eq!((old.text("/state"), old.text("/replaced_by")), ("replaced".into(), now.clone()));
        let items = registrar.get(&path(&agency)).expect(200).json()["items"].clone();
        assert_eq!((&items[0]["replaces"], &items[1]["replaced_by"]), (&json!([old.text("/id")]), &json!(now)));
        let history = registrar.get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
        assert_eq!(history["items"].as_array().and_then(|items| items.last()).expect("an event")["replaced_by"], json!(now));
    }

    fn the_licence_of_the_one_agency_replaces_those_of_the_agencies_before_it(db) {
        let app = TestApp::start(db);
        let ([one, other, new, going_on], registrar) = (std::array::from_fn(|_| app.central_agency()), app.registrar());
        let ids = [&one, &other].map(|it| enter(&registrar, it, &licence("1/GP", "2016-01-02", &json!({}))).expect(201).text("/id"));
        let theirs = enter(&registrar, &going_on, &licence("1/GP", "2016-01-02", &json!({}))).expect(201).text("/id");
        let of_all = |ids: &Value| licence("2/GP", "2026-11-01", &json!({ "replaces": ids }));
        // Before the merger they are others' licences.
        enter(&registrar, &new, &of_all(&json!(ids))).expect_invalid(&[
            ("/replaces/0", "unknown_licence"),
            ("/replaces/1", "unknown_licence"),
        ]);
        carried_out(&app, "mergers", &merger(&[&one, &other], &new));
        let split = json!({
            "predecessor": going_on.id.to_string(), "parts": [{ "agency": new.id.to_string(), "people": [] }],
            "remainder": going_on.id.to_string(), "reason": "x",
        });
        carried_out(&app, "splits", &split);
        assert_eq!(states(&app, &one), ["ended"], "an agency that is closed has none in force");
        enter(&registrar, &new, &of_all(&json!([theirs]))).expect_invalid(&[("/replaces/0", "unknown_licence")]);
        let new_one = enter(&registrar, &new, &of_all(&json!(ids))).expect(201);
        assert_eq!(new_one.json()["replaces"], json!(ids));
        assert_eq!(registrar.get(&path(&new)).expect(200).json()["items"][0]["replaces"], json!(ids));
        for agency in [&one, &other] {
            let it = registrar.get(&path(agency)).expect(200).json()["items"][0].clone();
            assert_eq!((&it["state"], &it["replaced_by"]), (&json!("replaced"), &json!(new_one.text("/id"))));
        }
        enter(&registrar, &new, &licence("3/GP", "2026-11-01", &json!({ "replaces": [ids[0]] })))
            .expect_invalid(&[("/replaces/0", "replaced_already")]);
        assert_eq!(states(&app, &going_on), ["in_force"]);
    }

    fn what_was_revoked_is_shown_so_and_does_not_bring_an_agency_back(db) {
        let app = TestApp::start(db);
        let (agency, registrar) = (app.central_agency(), app.registrar());
        let now = enter(&registrar, &agency, &licence("9/GP", "2025-01-02", &json!({ "valid_until": "2035-01-01" }))).expect(201).text("/id");
        let old = licence("1/GP", "2015-01-02", &json!({ "valid_until": "2020-01-01" }));
        enter(&registrar, &agency, &old).expect(201);
        decide(&app, &agency, "revoke_licence").expect(201);
        assert_eq!(states(&app, &agency), ["revoked", "expired"]);
        let items = registrar.get(&path(&agency)).expect(200).json()["items"].clone();
        assert_eq!((&items[0]["revoked_on"], &items[1]["revoked_on"]), (&json!("2026-11-22"), &Value::Null));
        let history = registrar.get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
        let told = history["items"].as_array().and_then(|items| items.last()).expect("an event").clone();
        assert_eq!((&told["type"], &told["licences"]), (&json!("agency.licence_revoked"), &json!([now])));
        decide(&app, &agency, "reinstate").expect_problem(409, "wrong-state");
        enter(&registrar, &agency, &licence("10/GP", "2026-11-22", &json!({}))).expect(201);
        decide(&app, &agency, "reinstate").expect(201);
        assert_eq!(licences::lapse(&app.registry).expect("a run"), 0);
        decide(&app, &agency, "close").expect(201);
        assert_eq!(states(&app, &agency), ["revoked", "expired", "ended"]);
    }

    fn a_revocation_that_was_wrong_is_undone_by_the_licence_in_its_own_place(db) {
        let app = TestApp::start(db);
        let (agency, registrar) = (app.central_agency(), app.registrar());
        let form = |replaces: Value| licence("9/GP", "2025-01-02", &json!({ "replaces": replaces }));
        let first = enter(&registrar, &agency, &form(json!([]))).expect(201).text("/id");
        decide(&app, &agency, "revoke_licence").expect(201);
        enter(&registrar, &agency, &form(json!([first]))).expect(201);
        decide(&app, &agency, "reinstate").expect(201);
        assert_eq!(states(&app, &agency), ["revoked", "in_force"]);
    }

    fn a_licence_in_force_suits_the_kind_of_its_agency(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let change = |agency: &TestAgency, kind: &str| {
            let now = registrar.get(&format!("{AGENCIES}/{}", agency.id)).expect(200);
            registrar.patch(&now.path("agencies"), &now.etag(), &json!({ "kind": kind }))
        };
        let agency = app.central_agency();
        change(&agency, "trang_ttdt").expect(200);
        enter(&registrar, &agency, &licence("12/GP-TTĐT", "2025-01-02", &json!({}))).expect(201);
        let refused = change(&agency, "bao").expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("12/GP-TTĐT"), "{}", refused.body_text());
        // What it was allowed as a site is taken first; as press it needs a licence of its own.
        decide(&app, &agency, "revoke_licence").expect(201);
        change(&agency, "bao").expect(200);
        decide(&app, &agency, "reinstate").expect_problem(409, "wrong-state");
        enter(&registrar, &agency, &licence("9/GP-BVHTTDL", "2026-11-22", &json!({}))).expect(201);
        decide(&app, &agency, "reinstate").expect(201);
        change(&agency, "trang_ttdt").expect_problem(409, "wrong-state");
        change(&agency, "tap_chi").expect(200);
    }

    fn an_aggregator_site_has_nobody_in_a_province(db) {
        let app = TestApp::start(db);
        let (agency, registrar) = (app.central_agency(), app.registrar());
        let person = app.person(&agency).text("/id");
        let change = |kind: &str| {
            let now = registrar.get(&format!("{AGENCIES}/{}", agency.id)).expect(200);
            registrar.patch(&now.path("agencies"), &now.etag(), &json!({ "kind": kind }))
        };
        let follows = json!({ "kind": "assigned_reporter", "province": "31", "from": "2026-12-02", "reporters": [person] });
        let offices = format!("{AGENCIES}/{}/offices", agency.id);
        let (head, clerk) = (app.head(&agency), app.clerk(&agency));
        let notified = head.post(&offices, &follows).expect(201);
        let refused = change("trang_ttdt").expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("reporters in provinces"), "{}", refused.body_text());
        head.happen("offices", &notified, json!({ "event": "withdraw" })).expect(201);
        // What is a draft is nobody's but the agency's, and comes to nothing.
        let draft = clerk.post(&offices, &follows).expect(201);
        change("trang_ttdt").expect(200);
        for refused in [head.post(&offices, &follows), head.happen("offices", &draft, json!({ "event": "notify" }))] {
            assert!(refused.expect_problem(409, "wrong-state").text("/detail").contains("aggregator"));
        }
    }

    fn a_licence_that_runs_out_is_seen_before(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let [soon, later, renewed, without, endless, closed] = std::array::from_fn(|_| app.central_agency());
        let local = app.local_agency();
        let until = |last: &str| licence("1/GP", "2016-12-01", &json!({ "valid_until": last }));
        for (agency, last) in [(&soon, "2026-12-31"), (&later, "2027-01-01"), (&closed, "2026-12-31"), (&local, "2026-12-30")] {
            enter(&registrar, agency, &until(last)).expect(201);
        }
        let old = enter(&registrar, &renewed, &until("2026-12-31")).expect(201).text("/id");
        enter(&registrar, &renewed, &licence("2/GP", "2026-11-01", &json!({ "valid_until": "2036-10-31", "replaces": [old] }))).expect(201);
        // One that was replaced by one that ends sooner is over with that.
        let long = enter(&registrar, &without, &until("2030-12-31")).expect(201).text("/id");
        enter(&registrar, &without, &licence("2/GP", "2026-11-01", &json!({ "valid_until": "2026-12-01", "replaces": [long] }))).expect(201);
        enter(&registrar, &endless, &until("2026-12-31")).expect(201);
        enter(&registrar, &endless, &licence("2/GP", "2026-11-01", &json!({}))).expect(201);
        decide(&app, &closed, "close").expect(201);
        let ends = |client: &Client, query: &str| client.list(&format!("{AGENCIES}?limit=1&licence_ends_before=2027-01-01{query}"), "/id");
        let ids = |of: &[&TestAgency]| of.iter().map(|it| it.id.to_string()).collect::<Vec<_>>();
        assert_eq!(ends(&registrar, ""), ids(&[&soon, &without, &local]));
        assert_eq!(ends(&registrar, "&province=31"), ids(&[&local]));
        let name = registrar.get(&format!("{AGENCIES}/{}", soon.id)).expect(200).text("/name");
        let query: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(ends(&registrar, &format!("&query={query}")), ids(&[&soon]));
        assert_eq!(ends(&app.provincial(HAI_PHONG), ""), ids(&[&local]), "of the province");
        assert_eq!(ends(&app.provincial(HA_NOI), ""), Vec::<String>::new());
        assert_eq!(ends(&app.auditor(), ""), ids(&[&soon, &without, &local]));
        registrar.get(&format!("{AGENCIES}?licence_ends_before=x")).expect_invalid(&[("query:licence_ends_before", "not_a_date")]);
    }
}
