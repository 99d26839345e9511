//! What is shown before is what is done, or nothing is done: plans, what stands in their way, and mistakes in a form.

use super::{carried_out, merger, parted, planned, sent, state_of};
use crate::agencies::AGENCIES;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn what_is_done_is_what_was_shown_or_nothing(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        app.person(&old);
        let (registrar, form) = (app.registrar(), merger(&[&old], &new));
        let plan = planned(&registrar, "mergers", &form).expect(200);
        assert_eq!(planned(&registrar, "mergers", &form).expect(200).etag(), plan.etag());
        registrar.post("/api/v1/agency-mergers", &form).expect_problem(428, "precondition-required");
        // One goes and another comes: the numbers are those that were shown.
        let one = app.person(&old);
        let shown = planned(&registrar, "mergers", &form).expect(200);
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-01" });
        let engagement = format!("{}/engagements/{}", one.path("people"), one.text("/engagements/0/id"));
        app.clerk(&old).event(&engagement, &one.etag(), end).expect(201);
        let later = app.person(&old);
        let now = planned(&registrar, "mergers", &form).expect(200);
        assert_eq!(now.json()["shares"][0]["people"], shown.json()["shares"][0]["people"]);
        for etag in [plan.etag(), shown.etag(), "\"x\"".into()] {
            sent(&registrar, "mergers", &etag, &form).expect_problem(412, "precondition-failed");
        }
        assert_eq!(state_of(&app, &old), "active");
        // Accounts come into being as people look: the plan of this moment is done.
        let now = planned(&registrar, "mergers", &form).expect(200);
        let headers = [("if-match", &*now.etag()), ("idempotency-key", "one")];
        let done = registrar.post_with("/api/v1/agency-mergers", &headers, &form).expect(201);
        let again = registrar.post_with("/api/v1/agency-mergers", &headers, &form).expect(201);
        assert_eq!(done.body, again.body, "done once");
        assert_eq!(app.head(&new).get(&later.path("people")).expect(200).json()["engagements"][1]["to"], Value::Null);
    }

    fn a_plan_is_of_what_was_asked_for_and_of_the_agencies_as_they_are(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        let [of, to] = [&old, &new].map(|it| it.id.to_string());
        let tag = |what: &str, form: &Value| planned(&registrar, what, form).expect(200).etag();
        let split = |remainder: &str| json!({
            "predecessor": of, "parts": [{ "agency": to, "people": [] }], "remainder": remainder, "reason": "x",
        });
        // Nobody and nothing goes over in any of them, and yet each does something else.
        let tags = [tag("mergers", &merger(&[&old], &new)), tag("splits", &split(&to)), tag("splits", &split(&of))];
        assert!(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2], "{tags:?}");
        registrar.patch(&format!("{AGENCIES}/{to}"), &new.etag, &json!({ "name": "Báo Khác" })).expect(200);
        assert_ne!(tag("mergers", &merger(&[&old], &new)), tags[0]);
        sent(&registrar, "mergers", &tags[0], &merger(&[&old], &new)).expect_problem(412, "precondition-failed");
    }

    fn a_plan_says_what_stands_in_the_way_and_nothing_is_done_meanwhile(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let [idle, good] = [app.central_agency(), app.central_agency()];
        let path = format!("{AGENCIES}/{}", idle.id);
        registrar.event(&path, &idle.etag, json!({ "event": "suspend", "reason": "x" })).expect(201);
        let nameless = json!({ "name": "Báo Chưa Có Tên Tắt", "kind": "bao", "level": "central" });
        let nameless = registrar.post(AGENCIES, &nameless).expect(201).text("/id");
        let form = json!({ "predecessors": [idle.id.to_string(), good.id.to_string()], "successor": nameless, "reason": "x" });
        let plan = planned(&registrar, "mergers", &form).expect(200);
        let told: Vec<Value> = plan.json()["obstacles"].as_array().expect("obstacles").clone();
        let told: Vec<_> = told.iter().map(|it| (it["code"].clone(), it["agency_id"].clone())).collect();
        assert_eq!(told, [(json!("not_at_work"), json!(idle.id.to_string())), (json!("no_short_name"), json!(nameless))]);
        sent(&registrar, "mergers", &plan.etag(), &form).expect_problem(409, "wrong-state");
        assert_eq!(state_of(&app, &good), "active");
    }

    fn an_application_for_people_of_several_parts_stands_in_the_way(db) {
        let app = TestApp::start(db);
        let (whole, part) = (app.central_agency(), app.central_agency());
        let (one, other) = (app.person(&whole).text("/id"), app.person(&whole).text("/id"));
        let draft = app.draft(&whole, &[&one, &other]);
        let form = parted(&whole, &part, &[&one]);
        let registrar = app.registrar();
        let plan = planned(&registrar, "splits", &form).expect(200);
        assert_eq!(plan.text("/obstacles/0/code"), "application_divided");
        sent(&registrar, "splits", &plan.etag(), &form).expect_problem(409, "wrong-state");
        app.clerk(&whole).happen("applications", &draft, json!({ "event": "withdraw" })).expect(201);
        carried_out(&app, "splits", &form);
    }

    fn every_mistake_of_a_form_is_told_with_its_place(db) {
        let app = TestApp::start(db);
        let (registrar, one) = (app.registrar(), app.central_agency());
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        let form = json!({ "predecessors": [nobody, one.id.to_string()], "successor": nobody, "reason": "" });
        planned(&registrar, "mergers", &form).expect_invalid(&[("/predecessors/0", "twice"), ("/reason", "empty")]);
        let form = json!({ "predecessors": [one.id.to_string()], "successor": nobody, "reason": "x" });
        planned(&registrar, "mergers", &form).expect_invalid(&[("/successor", "unknown_agency")]);
        sent(&registrar, "mergers", "\"x\"", &form).expect_invalid(&[("/successor", "unknown_agency")]);
        registrar
            .post("/api/v1/agency-mergers?dry_run=perhaps", &form)
            .expect_problem(428, "precondition-required");
        registrar
            .post_with("/api/v1/agency-mergers?dry_run=perhaps", &[("if-match", "\"x\"")], &form)
            .expect_invalid(&[("query:dry_run", "not_a_boolean")]);
        let (part, stranger) = (app.central_agency(), app.person(&app.central_agency()).text("/id"));
        let split = parted(&one, &part, &[&stranger]);
        planned(&registrar, "splits", &split).expect_invalid(&[("/parts/0/people/0", "unknown_person")]);
    }
}
