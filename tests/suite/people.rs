//! People: kept by the agency they work for, for as long as they work there, and by nobody else.

use crate::support::answer::Answer;
use crate::support::app::{BEGINNING, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::fixtures::{DAY, nfd};
use crate::support::on_both_databases;
use serde_json::{Value, json};

fn people_of(agency: &TestAgency) -> String {
    format!("/api/v1/agencies/{}/people", agency.id)
}

fn engagement_of(person: &Answer) -> String {
    format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"))
}

/// What nobody sees and what changes how a line is read.
const HIDDEN: [&str; 6] = ["\u{0}", "\u{1B}", "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}"];

on_both_databases! {
    fn a_person_is_read_back_as_entered(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form = app.person_form();
        form["pen_name"] = "Bưởi Hồng".into();
        let entered = app.clerk(&agency).post(&people_of(&agency), &form).expect(201);
        assert_eq!(entered.header("location"), Some(entered.path("people").as_str()));
        let mut expected = form.clone();
        expected.as_object_mut().expect("an object").remove("engagement");
        expected["id"] = entered.text("/id").into();
        expected["has_portrait"] = false.into();
        expected["created_at"] = BEGINNING.into();
        expected["engagements"] = json!([{
            "id": entered.text("/engagements/0/id"),
            "agency_id": agency.id.to_string(),
            "kind": "staff",
            "post": "Phóng viên",
            "from": "2020-01-02",
        }]);
        assert_eq!(entered.json(), expected);
        for reader in [app.head(&agency), app.registrar(), app.holder(&entered.text("/id"))] {
            let read = reader.get(&entered.path("people")).expect(200);
            assert_eq!((read.json(), read.etag()), (expected.clone(), entered.etag()));
        }
    }

    fn what_may_be_left_out_may_be_left_out(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form = app.person_form();
        form.as_object_mut().expect("an object").remove("email");
        let entered = app.clerk(&agency).post(&people_of(&agency), &form).expect(201).json();
        assert_eq!((entered.get("email"), entered.get("pen_name")), (None, None));
    }

    fn names_are_kept_in_one_form(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form = app.person_form();
        form["full_name"] = nfd("  Nguyễn  Thị Phượng ").into();
        form["pen_name"] = nfd("Phượng Vĩ").into();
        form["engagement"]["post"] = nfd("Phóng viên").into();
        let entered = app.clerk(&agency).post(&people_of(&agency), &form).expect(201);
        let told = ["/full_name", "/pen_name", "/engagements/0/post"].map(|pointer| entered.text(pointer));
        assert_eq!(told, ["Nguyễn Thị Phượng", "Phượng Vĩ", "Phóng viên"]);
    }

    fn every_mistake_of_a_form_is_told_at_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mistaken = json!({
            "full_name": " ",
            "pen_name": "x".repeat(121),
            "birth_date": "1990-02-30",
            "national_id": "12345",
            "email": "nobody",
            "engagement": { "kind": "owner", "post": "", "from": "01/02/2020" },
        });
        app.clerk(&agency).post(&people_of(&agency), &mistaken).expect_invalid(&[
            ("/full_name", "empty"),
            ("/pen_name", "too_long"),
            ("/birth_date", "not_a_date"),
            ("/national_id", "not_a_national_id"),
            ("/email", "not_an_email"),
            ("/engagement/kind", "unknown_kind"),
            ("/engagement/post", "empty"),
            ("/engagement/from", "not_a_date"),
        ]);
        app.clerk(&agency).post(&people_of(&agency), &json!({})).expect_invalid(&[("/full_name", "missing")]);
        let mut form = app.person_form();
        form["opinion"] = "x".into();
        app.clerk(&agency).post(&people_of(&agency), &form).expect_invalid(&[("/opinion", "unknown_field")]);
    }

    fn nobody_is_entered_before_working_age(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let born = |day: &str| {
            let mut form = app.person_form();
            form["birth_date"] = day.into();
            clerk.post(&people_of(&agency), &form)
        };
        born("2026-11-23").expect_invalid(&[("/birth_date", "in_the_future")]);
        born("2011-11-23").expect_invalid(&[("/birth_date", "too_young")]);
        born("2011-11-22").expect(201);
    }

    fn what_cannot_be_seen_is_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        for hidden in HIDDEN {
            let mut form = app.person_form();
            form["full_name"] = format!("Trần{hidden} Bưởi").into();
            form["pen_name"] = format!("{hidden}Bưởi").into();
            form["engagement"]["post"] = format!("Phóng viên{hidden}").into();
            clerk.post(&people_of(&agency), &form).expect_invalid(&[
                ("/full_name", "control_character"),
                ("/pen_name", "control_character"),
                ("/engagement/post", "control_character"),
            ]);
        }
    }

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

    fn a_change_touches_what_it_names_and_a_null_clears(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let mut now = app.person(&agency);
        let mut expected = now.json();
        for change in [
            json!({ "full_name": "Trần Thị Cam" }),
            json!({ "pen_name": "Cam Sành" }),
            json!({ "birth_date": "1991-01-02", "national_id": "999090999999" }),
            json!({ "pen_name": null, "email": null }),
            json!({ "email": "cam@test.example" }),
        ] {
            let changed = clerk.patch(&now.path("people"), &now.etag(), &change).expect(200);
            let fields = expected.as_object_mut().expect("an object");
            fields.extend(change.as_object().expect("an object").clone());
            fields.retain(|_, value| !value.is_null());
            assert_eq!(changed.json(), expected, "{change}");
            assert_ne!(changed.etag(), now.etag());
            now = clerk.get(&now.path("people")).expect(200);
            assert_eq!((now.json(), now.etag()), (changed.json(), changed.etag()));
        }
        let change = |body: Value| clerk.patch(&now.path("people"), &now.etag(), &body);
        change(json!({ "full_name": null })).expect_invalid(&[("/full_name", "wrong_type")]);
        change(json!({ "engagements": [] })).expect_invalid(&[("/engagements", "unknown_field")]);
        change(json!({ "full_name": "", "pen_name": "\u{202E}", "birth_date": "2020-01-01", "national_id": "x", "email": "x" }))
            .expect_invalid(&[
                ("/full_name", "empty"),
                ("/pen_name", "control_character"),
                ("/birth_date", "too_young"),
                ("/national_id", "not_a_national_id"),
                ("/email", "not_an_email"),
            ]);
        assert_eq!(clerk.get(&now.path("people")).expect(200).etag(), now.etag(), "nothing was changed");
    }

    fn a_change_is_made_only_to_the_version_that_was_read(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let read = app.person(&agency);
        let (path, change) = (read.path("people"), json!({ "pen_name": "Một" }));
        let headers = [("content-type", "application/json")];
        clerk
            .send("PATCH", &path, &headers, Some(change.to_string().as_bytes()))
            .expect_problem(428, "precondition-required");
        let end = json!({ "event": "end", "reason": "x" });
        clerk.post(&format!("{}/events", engagement_of(&read)), &end).expect_problem(428, "precondition-required");
        clerk.patch(&path, &read.etag(), &change).expect(200);
        clerk.patch(&path, &read.etag(), &json!({ "pen_name": "Hai" })).expect_problem(412, "precondition-failed");
        clerk.event(&engagement_of(&read), &read.etag(), end).expect_problem(412, "precondition-failed");
        assert_eq!(clerk.get(&path).expect(200).text("/pen_name"), "Một");
    }

    fn people_are_found_without_marks_by_name_or_pen_name(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        for (full_name, pen_name) in [("Đặng Văn Hòa", "Sông Đà"), ("Đặng Thị Hoà", "Mây"), ("Lê An", "Gió")]
        {
            let mut form = app.person_form();
            (form["full_name"], form["pen_name"]) = (full_name.into(), pen_name.into());
            app.pass(1);
            clerk.post(&people_of(&agency), &form).expect(201);
        }
        let found = |query: &str| {
            let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
            clerk.list(&format!("{}?limit=1&query={encoded}", people_of(&agency)), "/full_name")
        };
        for query in ["dang hoa", "hòa đặng", "ĐẶNG HOÀ", &nfd("Đặng")] {
            assert_eq!(found(query), ["Đặng Văn Hòa", "Đặng Thị Hoà"], "{query}");
        }
        assert_eq!(found("song da"), ["Đặng Văn Hòa"]);
        assert_eq!(found("an").len(), 3, "a part of a word is enough");
        assert_eq!(found("cam"), Vec::<String>::new());
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
        // Who comes back is entered anew.
        let mut form = app.person_form();
        form["national_id"] = person.text("/national_id").into();
        let again = clerk.post(&people_of(&agency), &form).expect(201);
        assert_ne!(again.text("/id"), person.text("/id"));
    }

    fn an_engagement_may_end_on_a_day_to_come_and_ends_once(db) {
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
        let again = json!({ "event": "end", "reason": "x" });
        clerk.event(&path, &ended.etag(), again).expect_problem(409, "wrong-state");
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
