//! What is entered about a person, and how it is changed.

use super::{HIDDEN, engagement_of, people_of};
use crate::support::answer::Answer;
use crate::support::app::{BEGINNING, Client, HAI_PHONG, TestApp};
use crate::support::fixtures::{DAY, nfd};
use crate::support::on_both_databases;
use serde_json::{Value, json};

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
        app.clerk(&agency).post(&people_of(&agency), &json!({})).expect_invalid(&[
            ("/full_name", "missing"),
            ("/birth_date", "missing"),
            ("/national_id", "missing"),
            ("/engagement", "missing"),
        ]);
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

    fn a_national_id_that_was_written_down_wrong_is_corrected_by_the_ministry_and_a_revocation_stays(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let form = app.person_form();
        let person = app.entered(&agency, &form);
        let card = app.issued_to(&agency, &person.text("/id"));
        let registrar = app.registrar();
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "discipline" });
        registrar.happen("credentials", &card, revoke).expect(201);
        let right = "999090888888";
        let seen = app.clerk(&agency).get(&person.path("people")).expect(200);
        let by_itself = app.clerk(&agency).patch(&person.path("people"), &seen.etag(), &json!({ "national_id": right }));
        let told = by_itself.expect_problem(409, "wrong-state").text("/detail");
        assert!(told.contains("registrar"), "{told}");
        // Somebody was entered anew, under the right number, past the revocation.
        let mut anew = form.clone();
        anew["national_id"] = right.into();
        let again = app.entered(&app.central_agency(), &anew);
        let correct = |number: Value, reason: &str| {
            json!({ "event": "correct_national_id", "national_id": number, "reason": reason })
        };
        let happen = |by: &Client, seen: &Answer, form: Value| by.happen("people", seen, form);
        let good = correct(right.into(), "Đã đối chiếu căn cước");
        for by in [app.clerk(&agency), app.head(&agency), app.provincial(HAI_PHONG), app.admin(), app.auditor()] {
            happen(&by, &seen, good.clone()).expect_problem(403, "forbidden");
        }
        happen(&registrar, &seen, correct(form["national_id"].clone(), "x")).expect_invalid(&[("/national_id", "unchanged")]);
        happen(&registrar, &seen, correct("12".into(), " "))
            .expect_invalid(&[("/national_id", "not_a_national_id"), ("/reason", "empty")]);
        happen(&registrar, &seen, json!({ "event": "correct_national_id" }))
            .expect_invalid(&[("/national_id", "missing"), ("/reason", "missing")]);
        let erase = json!({ "event": "erase", "reason": "x", "national_id": right });
        happen(&registrar, &seen, erase).expect_invalid(&[("/national_id", "not_for_this_event")]);
        let grounds = || registrar.list("/api/v1/duplicates", "/ground");
        assert_eq!(grounds(), ["name_and_birth_date"]);
        let mended = happen(&registrar, &seen, good.clone()).expect(201);
        assert_eq!(mended.text("/national_id"), right);
        assert_eq!(grounds(), ["national_id"], "the other record is one of the same human being");
        happen(&registrar, &seen, good).expect_problem(412, "precondition-failed");
        // The card is theirs as before, and nothing else is granted past it.
        let cards = registrar.get(&format!("/api/v1/credentials?person_id={}", person.text("/id"))).expect(200).json();
        assert_eq!((&cards["items"][0]["state"], &cards["items"][0]["id"]), (&json!("revoked"), &json!(card.text("/id"))));
        let facts = app.database.texts("SELECT data AS value FROM events WHERE type = 'person.changed'");
        assert_eq!(facts, [r#"{"changed":["national_id"]}"#]);
        let words = app.database.texts("SELECT fields AS value FROM event_personal WHERE fields IS NOT NULL").join("\n");
        assert!(words.contains("Đã đối chiếu căn cước") && !words.contains(right), "{words}");
        // The two are one by that number now, and the revocation with them.
        let pair = registrar.list("/api/v1/duplicates", "/id").remove(0);
        let pair = registrar.get(&format!("/api/v1/duplicates/{pair}")).expect(200);
        let merge = json!({ "event": "merge", "reason": "x", "keep": again.text("/id") });
        registrar.happen("duplicates", &pair, merge).expect(201);
    }

    fn whoever_holds_a_credential_keeps_their_national_id(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form = app.person_form();
        let person = app.clerk(&agency).post(&people_of(&agency), &form).expect(201);
        let change = |body: Value| {
            let now = app.clerk(&agency).get(&person.path("people")).expect(200);
            app.clerk(&agency).patch(&person.path("people"), &now.etag(), &body)
        };
        let (number, other) = (form["national_id"].take(), json!({ "national_id": "999090888888" }));
        let happen = |card: &Answer, by: &Client, event: &str| {
            by.happen("credentials", card, json!({ "event": event, "reason": "x" })).expect(201)
        };
        let refused = || {
            let told = change(other.clone()).expect_problem(409, "wrong-state");
            assert!(told.text("/detail").contains("holds a credential"), "{}", told.text("/detail"));
        };
        let card = app.issued_to(&agency, &person.text("/id"));
        refused();
        // The rest of the record may be mended, and the number sent along as it is.
        change(json!({ "pen_name": "Cam", "national_id": number })).expect(200);
        let suspended = happen(&card, &app.registrar(), "suspend");
        refused();
        let returned = happen(&suspended, &app.clerk(&agency), "return");
        refused();
        happen(&returned, &app.registrar(), "reinstate");
        change(other.clone()).expect(200);
        change(json!({ "national_id": number })).expect(200);

        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&person.text("/id"))).expect(201);
        refused();
        app.pass(3 * DAY);
        assert_eq!(app.registrar().get(&letter.path("credentials")).expect(200).text("/state"), "expired");
        change(other.clone()).expect(200);
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
            assert_eq!(found(query), ["Đặng Thị Hoà", "Đặng Văn Hòa"], "{query}");
        }
        assert_eq!(found("song da"), ["Đặng Văn Hòa"]);
        assert_eq!(found("gi"), ["Lê An"], "the beginning of a word is enough");
        assert_eq!(found("cam"), Vec::<String>::new());
    }
}
