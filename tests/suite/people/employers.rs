//! Whose record it is: one agency's, for as long as the person works there.

use super::{engagement_of, people_of};
use crate::support::app::{HA_NOI, HAI_PHONG, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn an_agency_enters_a_person_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let form = app.person_form();
        let first = clerk.post(&people_of(&agency), &form).expect(201);
        clerk.post(&people_of(&agency), &form).expect_invalid(&[("/national_id", "already_registered")]);
        let second = app.person(&agency);
        let change = json!({ "national_id": form["national_id"] });
        clerk
            .patch(&second.path("people"), &second.etag(), &change)
            .expect_invalid(&[("/national_id", "already_registered")]);
        clerk.patch(&first.path("people"), &first.etag(), &change).expect(200);
    }

    fn another_agency_may_have_the_same_person_and_neither_learns_of_the_other(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.local_agency());
        let form = app.person_form();
        let here = app.clerk(&one).post(&people_of(&one), &form).expect(201);
        let there = app.clerk(&other).post(&people_of(&other), &form).expect(201);
        assert_ne!(here.text("/id"), there.text("/id"));
        assert_eq!(there.json()["engagements"].as_array().map(Vec::len), Some(1));
        app.clerk(&one).get(&there.path("people")).expect_problem(404, "not-found");
        app.clerk(&other).get(&people_of(&one)).expect_problem(404, "not-found");
        assert_eq!(app.clerk(&one).list(&people_of(&one), "/id"), [here.text("/id")]);
    }

    fn a_record_is_open_to_its_agency_its_province_the_ministry_and_its_subject(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency());
        let person = app.person(&agency);
        let path = person.path("people");
        let somebody_else = app.person(&other).text("/id");
        let watching = [app.provincial(HAI_PHONG), app.registrar(), app.holder(&person.text("/id"))];
        for reader in [app.clerk(&agency), app.head(&agency)].iter().chain(&watching) {
            reader.get(&path).expect(200);
        }
        for stranger in [app.clerk(&other), app.head(&other), app.provincial(HA_NOI), app.holder(&somebody_else)] {
            stranger.get(&path).expect_problem(404, "not-found");
        }
        for role in [app.admin(), app.official(), app.auditor()] {
            role.get(&path).expect_problem(403, "forbidden");
        }
        for reader in watching {
            reader.patch(&path, &person.etag(), &json!({ "pen_name": "x" })).expect_problem(403, "forbidden");
        }
    }

    fn an_ended_engagement_closes_the_record_to_the_agency_the_day_after(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, registrar) = (app.clerk(&agency), app.registrar());
        let person = app.person(&agency);
        let path = person.path("people");
        let holder = app.holder(&person.text("/id"));
        let ended =
            clerk.event(&engagement_of(&person), &person.etag(), json!({ "event": "end", "reason": "Hết hợp đồng" }));
        let ended = ended.expect(201);
        assert_eq!(ended.text("/engagements/0/to"), "2026-11-22", "today, where nothing else is said");
        // It is 10:00 in Việt Nam: the last second of that day is still theirs.
        app.at(14 * 3_600 - 1);
        let clerk = app.again(&clerk);
        assert_eq!(clerk.get(&path).expect(200).etag(), ended.etag());
        assert_eq!(clerk.list(&people_of(&agency), "/id"), [person.text("/id")]);
        app.at(14 * 3_600);
        clerk.get(&path).expect_problem(404, "not-found");
        clerk.patch(&path, &ended.etag(), &json!({ "pen_name": "x" })).expect_problem(404, "not-found");
        assert_eq!(clerk.list(&people_of(&agency), "/id"), Vec::<String>::new());
        let form = json!({ "kind": "press_card", "basis": "first", "people": [person.text("/id")] });
        clerk.post("/api/v1/applications", &form).expect_invalid(&[("/people/0", "unknown_person")]);
        for reader in [app.again(&registrar), app.again(&holder)] {
            reader.get(&path).expect(200);
        }
    }

    fn an_engagement_may_end_on_a_day_to_come(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let person = app.person(&agency);
        let path = engagement_of(&person);
        let end = |body: Value| clerk.event(&path, &person.etag(), body);
        end(json!({ "event": "begin", "reason": " ", "to": "31/12/2026" })).expect_invalid(&[
            ("/event", "unknown_event"),
            ("/reason", "empty"),
            ("/to", "not_a_date"),
        ]);
        end(json!({ "event": "end", "reason": "x", "to": "2020-01-01" })).expect_invalid(&[("/to", "before_it_began")]);
        let ended = end(json!({ "event": "end", "reason": "x", "to": "2026-12-31" })).expect(201);
        assert_eq!(ended.text("/engagements/0/to"), "2026-12-31");
        app.at(30 * DAY);
        app.again(&clerk).get(&person.path("people")).expect(200);
    }

    fn an_engagement_is_ended_by_its_own_agency_only(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let person = app.person(&agency);
        let another = app.person(&agency);
        let end = json!({ "event": "end", "reason": "x" });
        app.head(&other).event(&engagement_of(&person), &person.etag(), end.clone()).expect_problem(404, "not-found");
        app.registrar().event(&engagement_of(&person), &person.etag(), end.clone()).expect_problem(403, "forbidden");
        let mixed = format!("{}/engagements/{}", person.path("people"), another.text("/engagements/0/id"));
        app.head(&agency).event(&mixed, &person.etag(), end).expect_problem(404, "not-found");
    }

    fn events_keep_what_is_personal_apart_and_a_national_id_is_in_none(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let mut form = app.person_form();
        form["pen_name"] = "Bưởi Hồng".into();
        let person = clerk.post(&people_of(&agency), &form).expect(201);
        let changed =
            clerk.patch(&person.path("people"), &person.etag(), &json!({ "full_name": "Trần Thị Cam" })).expect(200);
        app.issued_to(&agency, &person.text("/id"));
        let end = json!({ "event": "end", "reason": "Xin nghỉ việc riêng" });
        clerk.event(&engagement_of(&person), &changed.etag(), end).expect(201);
        let events = app.database.texts("SELECT data AS value FROM events ORDER BY idx").join("\n");
        let personal = app.database.texts("SELECT fields AS value FROM event_personal ORDER BY event_idx").join("\n");
        let email = person.text("/email");
        for word in
            [&person.text("/full_name"), "Trần Thị Cam", "Bưởi Hồng", "1990-05-06", &email, "Xin nghỉ việc riêng"]
        {
            assert!(!events.contains(word), "{word} is among the facts");
            assert!(personal.contains(word), "{word} is not among the personal fields");
        }
        let national_id = person.text("/national_id");
        assert!(!events.contains(&national_id) && !personal.contains(&national_id));
        let subjects = app.database.texts("SELECT DISTINCT subject AS value FROM event_personal");
        assert_eq!(subjects, [person.text("/id")]);
        assert!(events.contains(r#""changed":["full_name"]"#), "which field was changed is no secret");
    }
}
