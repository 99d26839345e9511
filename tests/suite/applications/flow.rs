//! From the draft to the decision, one event after another.

use super::{APPLICATIONS, EVENTS, STATES, application_in, asked, doer, done, form, lawful, numbers, outcomes};
use crate::support::answer::Answer;
use crate::support::app::{HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

/// The id of somebody new of this name.
fn named(app: &TestApp, agency: &TestAgency, name: &str, kind: &str) -> String {
    let mut form = app.person_form();
    (form["full_name"], form["engagement"]["kind"]) = (name.into(), kind.into());
    app.entered(agency, &form).text("/id")
}

on_both_databases! {
    fn a_central_agency_applies_and_the_ministry_issues(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("press_card", "first", &[&person])).expect(201);
        assert_eq!(draft.header("location"), Some(draft.path("applications").as_str()));
        assert_eq!(draft.text("/state"), "draft");
        let people = &draft.json()["people"];
        assert_eq!(people.as_array().map(Vec::len), Some(1));
        assert_eq!((&people[0]["person_id"], &people[0]["outcome"]), (&json!(person), &json!("pending")));
        let submitted = done(&app, &agency, &draft, "submit");
        let approved = done(&app, &agency, &submitted, "approve");
        assert_eq!((approved.text("/state"), outcomes(&approved)), ("approved".into(), vec!["approved".into()]));
        let card = &approved.json()["credentials"][0];
        assert_eq!(approved.text("/people/0/credential_id"), card["id"].as_str().expect("an id"));
        assert_eq!(card["application_id"], approved.text("/id").as_str());
        let read = app.head(&agency).get(&approved.path("applications")).expect(200);
        assert_eq!(read.etag(), approved.etag());
        assert_eq!(read.json()["people"], approved.json()["people"]);
    }

    fn a_local_agency_needs_its_provinces_endorsement(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let submitted = application_in(&app, &agency, "submitted");
        app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
        assert_eq!(numbers(&app), Vec::<String>::new());
        let endorsed = done(&app, &agency, &submitted, "endorse");
        assert_eq!((endorsed.text("/state"), outcomes(&endorsed)), ("endorsed".into(), vec!["endorsed".into()]));
        let approved = done(&app, &agency, &endorsed, "approve");
        assert_eq!(app.verdict(&approved.text("/credentials/0/code")).0, "valid");
    }

    fn nothing_happens_to_an_application_that_is_not_listed(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        for state in STATES {
            let application = application_in(&app, &agency, state);
            assert_eq!(application.text("/state"), state);
            for event in EVENTS {
                match lawful(state, event) {
                    Ok(to) => {
                        let done = done(&app, &agency, &application_in(&app, &agency, state), event);
                        assert_eq!(done.text("/state"), to, "{event} of {state}");
                    }
                    Err(status) => {
                        let slug = if status == 404 { "not-found" } else { "wrong-state" };
                        let refused = doer(&app, &agency, event).happen("applications", &application, asked(event));
                        refused.expect_problem(status, slug);
                        let read = app.head(&agency).get(&application.path("applications")).expect(200);
                        assert_eq!(read.etag(), application.etag(), "{event} of {state}");
                    }
                }
            }
        }
    }

    fn people_are_decided_on_one_by_one(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let people = ["Lê An", "Lê Ba", "Lê Chi", "Lê Dân"].map(|name| named(&app, &agency, name, "staff"));
        let people: [&str; 4] = [&people[0], &people[1], &people[2], &people[3]];
        let submitted = app.submitted(&agency, &people);
        let provincial = app.provincial(HAI_PHONG);
        let endorse = json!({ "event": "endorse", "people": [people[0], people[1], people[2]] });
        let some = provincial.happen("applications", &submitted, endorse).expect(201);
        assert_eq!(
            (some.text("/state"), outcomes(&some)),
            ("submitted".into(), ["endorsed", "endorsed", "endorsed", "pending"].map(String::from).to_vec())
        );
        let give_back = json!({ "event": "return", "people": [people[3]], "reason": "chưa đủ hai năm" });
        let rest = provincial.happen("applications", &some, give_back).expect(201);
        assert_eq!(rest.text("/state"), "endorsed", "everybody who is left is endorsed");
        assert_eq!(rest.text("/people/3/reason"), "chưa đủ hai năm");

        let registrar = app.registrar();
        let approve = |seen: &Answer, people: Value| {
            registrar.happen("applications", seen, json!({ "event": "approve", "people": people }))
        };
        approve(&rest, json!([people[0], people[3]])).expect_invalid(&[("/people/1", "not_open")]);
        approve(&rest, json!([])).expect_invalid(&[("/people", "empty")]);
        approve(&rest, json!([people[0], people[0]])).expect_invalid(&[("/people/1", "twice")]);
        let one = approve(&rest, json!([people[1]])).expect(201);
        assert_eq!(one.text("/state"), "endorsed");
        assert_eq!(one.json()["credentials"].as_array().map(Vec::len), Some(1));
        assert_eq!(one.text("/credentials/0/person_id"), people[1]);
        approve(&one, json!([people[1]])).expect_invalid(&[("/people/0", "not_open")]);
        let refuse = json!({ "event": "refuse", "people": [people[0]], "reason": "không đúng đối tượng" });
        let two = registrar.happen("applications", &one, refuse).expect(201);
        let all = registrar.happen("applications", &two, asked("approve")).expect(201);
        assert_eq!(all.text("/state"), "approved");
        assert_eq!(outcomes(&all), ["refused", "approved", "approved", "returned"]);
        assert_eq!(numbers(&app).len(), 2);
        // Who was left out may be proposed again.
        app.draft(&agency, &[people[3]]);
    }

    fn people_are_listed_by_given_name_and_errors_by_the_order_sent(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let clerk = app.clerk(&agency);
        let named = |name: &str, kind: &str| named(&app, &agency, name, kind);
        let sent = ["Vũ Đức", "Lê An", "Trần Ánh", "Lê Bình", "Đỗ Ân"].map(|name| named(name, "staff"));
        let collaborator = named("Bùi An", "collaborator");
        clerk.post(APPLICATIONS, &form("press_card", "first", &[&sent[0], &sent[1], &collaborator])).expect_invalid(&[
            ("/people/2", "wrong_engagement"),
        ]);
        let listed = |seen: &Answer| (0..5).map(|at| seen.text(&format!("/people/{at}/name"))).collect::<Vec<_>>();
        let expected = ["Lê An", "Trần Ánh", "Đỗ Ân", "Lê Bình", "Vũ Đức"];
        let draft = app.draft(&agency, &sent.each_ref().map(String::as_str));
        let submitted = done(&app, &agency, &draft, "submit");
        for seen in [&draft, &submitted, &app.registrar().get(&submitted.path("applications")).expect(200)] {
            assert_eq!(listed(seen), expected);
        }
        let part = app.registrar().get(APPLICATIONS).expect(200);
        let in_list = &part.json()["items"][0]["people"];
        assert_eq!((&in_list[0]["person_id"], in_list[0].get("name")), (&json!(sent[0]), None), "as they were proposed");
    }

    fn whoever_reads_of_collaborators_is_seen_to_do_so(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.collaborator(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("collaborator_card", "first", &[&person])).expect(201);
        let submitted = done(&app, &agency, &draft, "submit");
        app.registrar().get(&submitted.path("applications")).expect(200);
        let looks = format!("SELECT COUNT(*) AS value FROM accesses WHERE person_id = '{person}' AND actor_role = 'registrar'");
        assert_eq!(app.database.number(&looks), 1);
    }

    fn what_comes_back_is_mended_and_handed_in_again(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let returned = application_in(&app, &agency, "returned");
        assert_eq!(outcomes(&returned), ["returned"]);
        assert_eq!(returned.text("/people/0/reason"), "thiếu giấy tờ");
        let again = done(&app, &agency, &returned, "submit");
        assert_eq!((again.text("/state"), outcomes(&again)), ("submitted".into(), vec!["pending".into()]));
        assert_eq!(again.json()["people"][0].get("reason"), None);
        let approved = done(&app, &agency, &done(&app, &agency, &again, "endorse"), "approve");
        assert_eq!(approved.text("/state"), "approved");
    }

    fn a_reason_that_concerns_several_people_is_told_to_their_agency(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let people: Vec<String> = (0..3).map(|_| app.person(&agency).text("/id")).collect();
        let submitted = app.submitted(&agency, &[&people[0], &people[1], &people[2]]);
        let refuse = json!({ "event": "refuse", "reason": "chưa đủ ba năm", "people": [people[2]] });
        let seen = app.registrar().happen("applications", &submitted, refuse).expect(201);
        let returned = done(&app, &agency, &seen, "return");
        let history = app.head(&agency).history("applications", &returned);
        let reasons: Vec<_> = history.iter().map(|it| json!([it["type"], it["people"], it["reason"]])).collect();
        assert_eq!(reasons[2..], [
            json!(["application.refused", [people[2]], "chưa đủ ba năm"]),
            json!(["application.returned", people[..2], "thiếu giấy tờ"]),
        ]);
    }

    fn whoever_had_a_hand_in_it_does_not_approve(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let application = application_in(&app, &agency, "endorsed");
        let registrar = app.registrar();
        let user = registrar.user.expect("an account");
        // Somebody who changed office: no request turns a head's account into a registrar's.
        for column in ["drafted_by", "submitted_by", "endorsed_by"] {
            let before = app.database.texts(&format!("SELECT {column} AS value FROM applications")).remove(0);
            let set = |to: &str| {
                app.database.run(&format!("UPDATE applications SET {column} = '{to}'")).expect("a statement")
            };
            set(&user.to_string());
            registrar
                .happen("applications", &application, asked("approve"))
                .expect_problem(403, "second-person-required");
            set(&before);
        }
        registrar.happen("applications", &application, asked("approve")).expect(201);
    }

    fn the_history_says_who_did_what_when_and_why(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = app.person(&agency).text("/id");
        let mut seen = app.draft(&agency, &[&person]);
        for event in ["submit", "return", "submit", "endorse", "approve"] {
            app.pass(60);
            seen = done(&app, &agency, &seen, event);
        }
        let history = app.registrar().history("applications", &seen);
        let told: Vec<_> = history
            .iter()
            .map(|it| json!([it["type"], it["at"], it["actor"]["role"], it["actor"]["body"]]))
            .collect();
        let name = app.registrar().get(&format!("/api/v1/agencies/{}", agency.id)).expect(200).text("/name");
        assert_eq!(
            told,
            [
                json!(["application.drafted", "2026-11-22T03:00:00Z", "agency_clerk", name]),
                json!(["application.submitted", "2026-11-22T03:01:00Z", "agency_head", name]),
                json!(["application.returned", "2026-11-22T03:02:00Z", "registrar", null]),
                json!(["application.submitted", "2026-11-22T03:03:00Z", "agency_head", name]),
                json!(["application.endorsed", "2026-11-22T03:04:00Z", "registrar", "Hải Phòng"]),
                json!(["application.approved", "2026-11-22T03:05:00Z", "registrar", null]),
            ]
        );
        assert_eq!(history[2]["reason"], "thiếu giấy tờ");
        assert_eq!(history[3].get("reason"), None);
        assert_eq!(history[5]["credentials"], json!([seen.text("/credentials/0/id")]));
        assert!(history.iter().all(|it| it["people"] == json!([person])));
    }
}
