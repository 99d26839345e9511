//! Letters of introduction: written by an agency's head for one errand, good at once and for days.

use crate::support::app::{BEGINNING, TestApp};
use crate::support::fixtures::{DAY, nfd};
use crate::support::on_both_databases;
use serde_json::{Value, json};

const LETTERS: &str = "/api/v1/letters";

on_both_databases! {
    fn a_letter_is_good_at_once_and_says_what_it_is_for(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.collaborator(&agency).text("/id");
        let form = app.letter_form(&person);
        let letter = app.head(&agency).post(LETTERS, &form).expect(201);
        assert_eq!(letter.header("location"), Some(letter.path("credentials").as_str()));
        let told = ["/kind", "/number", "/state"].map(|pointer| letter.text(pointer));
        assert_eq!(told, ["introduction_letter", "GT-000001", "active"]);
        for field in ["place", "unit_visited", "work", "valid_from", "valid_until", "person_id"] {
            assert_eq!(letter.json()[field], form[field], "{field}");
        }
        let read = app.registrar().get(&letter.path("credentials")).expect(200);
        assert_eq!((read.json(), read.etag()), (letter.json(), letter.etag()));
        for code in ["/code", "/typed_code"] {
            let checked = app.anonymous().verify(&letter.text(code));
            assert_eq!(checked.text("/verdict"), "valid");
            assert!(checked.text("/text/en").starts_with("Valid letter"), "{}", checked.text("/text/en"));
            for field in ["place", "unit_visited", "work", "valid_from", "valid_until"] {
                assert_eq!(checked.json()["card"][field], form[field], "{field}");
            }
        }
        // Lists of letters stand apart from lists of cards.
        assert!(letter.json()["status_index"].as_u64().expect("a number") >= 1_024 << 17);
    }

    fn a_card_has_no_errand(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let checked = app.anonymous().verify(&card.text("/code")).json();
        for field in ["place", "unit_visited", "work"] {
            assert_eq!((card.json().get(field), checked["card"].get(field)), (None, None));
        }
    }

    fn a_head_answers_for_each_letter(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let form = app.letter_form(&person);
        for client in [app.clerk(&agency), app.registrar(), app.holder(&person), app.official(), app.admin()] {
            client.post(LETTERS, &form).expect_problem(403, "forbidden");
        }
        let other = app.head(&app.central_agency());
        other.post(LETTERS, &form).expect_invalid(&[("/person_id", "unknown_person")]);
    }

    fn nothing_is_issued_before_an_engagement_begins(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form = app.person_form();
        form["engagement"]["from"] = "2026-11-23".into();
        let person = app.entered(&agency, &form);
        let person = person.text("/id");
        let letter = || app.head(&agency).post(LETTERS, &app.letter_form(&person));
        letter().expect_invalid(&[("/person_id", "not_yet_at_work")]);
        // It may be asked for beforehand.
        let submitted = app.submitted(&agency, &[&person]);
        // Whoever has just begun lacks the two years that the law asks for.
        let decision = json!({ "event": "approve", "reason": "điều động theo quyết định" });
        let approve = || app.registrar().happen("applications", &submitted, decision.clone());
        approve().expect_invalid(&[("/people/0", "unknown_person")]);
        // 23 November begins in Việt Nam at 17:00 UTC.
        app.at(14 * 3_600);
        letter().expect(201);
        approve().expect(201);
    }

    fn every_mistake_of_a_form_is_told_at_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let mistaken = json!({
            "person_id": "x",
            "place": " ",
            "unit_visited": "a\u{202E}b",
            "work": "x".repeat(201),
            "valid_from": "today",
            "valid_until": "2026-11-30",
        });
        head.post(LETTERS, &mistaken).expect_invalid(&[
            ("/person_id", "not_an_id"),
            ("/place", "empty"),
            ("/unit_visited", "control_character"),
            ("/work", "too_long"),
            ("/valid_from", "not_a_time"),
            ("/valid_until", "not_a_time"),
        ]);
        let mut form = app.letter_form(&app.person(&agency).text("/id"));
        (form["place"], form["unit_visited"], form["work"]) =
            ("x".repeat(60).into(), "y".repeat(60).into(), "z".repeat(81).into());
        head.post(LETTERS, &form).expect_invalid(&[("/work", "too_long")]);
        form["work"] = "z".repeat(80).into();
        head.post(LETTERS, &form).expect(201);
        form.as_object_mut().expect("an object").remove("work");
        head.post(LETTERS, &form).expect_invalid(&[("/work", "missing")]);
    }

    fn a_letter_is_for_thirty_days_at_most_and_not_for_the_past(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, person) = (app.head(&agency), app.person(&agency).text("/id"));
        let post = |from: &str, until: &str| {
            let mut form = app.letter_form(&person);
            (form["valid_from"], form["valid_until"]) = (from.into(), until.into());
            head.post(LETTERS, &form)
        };
        for (from, until, told) in [
            ("2026-11-22T03:00:00Z", "2026-12-22T03:00:01Z", "too_long"),
            ("2026-11-22T03:00:00Z", "2026-11-22T03:00:00Z", "ends_before_it_begins"),
            ("2026-11-22T04:00:00Z", "2026-11-22T03:30:00Z", "ends_before_it_begins"),
            ("2026-11-22T04:00:00.1Z", "2026-11-22T04:00:00.9Z", "ends_before_it_begins"),
            ("2026-11-20T03:00:00Z", "2026-11-22T03:00:00Z", "in_the_past"),
        ] {
            post(from, until).expect_invalid(&[("/valid_until", told)]);
        }
        let longest = post("2026-11-22T10:00:00+07:00", "2026-12-22T10:00:00+07:00").expect(201);
        assert_eq!(
            (longest.text("/valid_from"), longest.text("/valid_until")),
            (BEGINNING.into(), "2026-12-22T03:00:00Z".into())
        );
        // One that began earlier today is for an errand that has begun.
        post("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z").expect(201);
    }

    fn a_letter_for_tomorrow_is_not_yet_valid_then_valid_then_expired(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let mut form = app.letter_form(&app.person(&agency).text("/id"));
        form["valid_from"] = "2026-11-23T03:00:00Z".into();
        let letter = app.head(&agency).post(LETTERS, &form).expect(201);
        let mut etags = vec![];
        for (at, state, verdict) in [
            (0, "not_yet_valid", ("not_valid", Some("not_yet_valid"))),
            (DAY - 1, "not_yet_valid", ("not_valid", Some("not_yet_valid"))),
            (DAY, "active", ("valid", None)),
            (3 * DAY - 1, "active", ("valid", None)),
            (3 * DAY, "expired", ("not_valid", Some("expired"))),
        ] {
            app.at(at);
            let read = app.again(&registrar).get(&letter.path("credentials")).expect(200);
            assert_eq!(read.text("/state"), state);
            etags.push(read.etag());
            let told = app.verdict(&letter.text("/code"));
            assert_eq!((told.0.as_str(), told.1.as_deref()), verdict);
        }
        etags.dedup();
        assert_eq!(etags.len(), 3);
    }

    fn a_letter_is_withdrawn_and_replaced_like_a_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let letter = app.head(&agency).post(LETTERS, &app.letter_form(&app.person(&agency).text("/id"))).expect(201);
        let registrar = app.registrar();
        let event = |event: &str| json!({ "event": event, "reason": "x" });
        let replaced = registrar.happen("credentials", &letter, event("replace")).expect(201);
        let new = registrar.get(&format!("/api/v1/credentials/{}", replaced.text("/replaced_by"))).expect(200);
        for field in ["place", "unit_visited", "work", "valid_until"] {
            assert_eq!(new.json()[field], letter.json()[field]);
        }
        assert_eq!(new.text("/number"), "GT-000002");
        assert_eq!(app.verdict(&letter.text("/code")).1.as_deref(), Some("withdrawn"));
        registrar.happen("credentials", &new, event("suspend")).expect(201);
        assert_eq!(app.verdict(&new.text("/code")).1.as_deref(), Some("withdrawn"));
    }

    fn words_are_kept_in_one_form(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut form = app.letter_form(&app.person(&agency).text("/id"));
        let place: Value = nfd("  Xã  Vĩnh Bảo").into();
        form["place"] = place;
        let letter = app.head(&agency).post(LETTERS, &form).expect(201);
        assert_eq!(letter.text("/place"), "Xã Vĩnh Bảo");
        assert_eq!(app.anonymous().verify(&letter.text("/code")).text("/card/place"), "Xã Vĩnh Bảo");
    }
}
