//! Engagements in time: whoever comes back is the same record, at the same agency.

use super::{engagement_of, people_of};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::app::imports::{Source, Task};
use press_registry::domain::imports::{Counts, Mode, Order, PEOPLE, RowError, vietnamese};
use serde_json::{Value, json};
use std::sync::Arc;

/// Somebody whose engagement ended yesterday.
fn gone(app: &TestApp, agency: &TestAgency) -> Answer {
    let person = app.person(agency);
    let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
    let ended = app.clerk(agency).event(&engagement_of(&person), &person.etag(), end).expect(201);
    app.pass(DAY);
    ended
}

fn engagements(path: &str) -> String {
    format!("{path}/engagements")
}

fn from(day: &str) -> Value {
    json!({ "kind": "staff", "post": "Biên tập viên", "from": day })
}

/// Kind, first and last day of each engagement.
fn told(person: &Answer) -> Vec<String> {
    let json = person.json();
    let list = json["engagements"].as_array().expect("engagements").iter();
    list.map(|it| format!("{} {} {}", it["kind"], it["from"], it["to"]).replace('"', "")).collect()
}

fn taken_in(app: &TestApp, agency: &TestAgency, rows: &str, dry_run: bool) -> (Counts, Vec<(String, String)>) {
    let file = format!("full_name,birth_date,national_id,kind,post,from,email\n{rows}").into_bytes();
    let source = Source::open(file, PEOPLE).expect("a table");
    let order = Order { dry_run, mode: Mode::Rows };
    let ended = Task::of_command(Arc::clone(&app.registry), source, agency.id, order).run(|_| {});
    let ended = ended.expect("a database");
    for RowError { error, .. } in &ended.errors {
        assert_ne!(vietnamese(&error.code, &error.detail), error.detail, "in both languages");
    }
    (ended.counts, ended.errors.into_iter().map(|it| (it.error.column, it.error.code)).collect())
}

on_both_databases! {
    fn whoever_comes_back_is_the_same_record(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = gone(&app, &agency);
        let path = person.path("people");
        let clerk = app.clerk(&agency);
        clerk.get(&path).expect_problem(404, "not-found");
        // Whoever kept the version that was answered last engages them again by id.
        let post = |etag: &str, form: &Value| clerk.post_with(&engagements(&path), &[("if-match", etag)], form);
        let again = post(&person.etag(), &from("2026-11-23")).expect(201);
        assert_eq!(again.text("/id"), person.text("/id"));
        assert_eq!(told(&again), ["staff 2020-01-02 2026-11-22", "staff 2026-11-23 null"]);
        assert_eq!(again.header("location"), Some(&*path));
        assert_eq!(clerk.get(&path).expect(200).etag(), again.etag());
        assert_eq!(clerk.list(&people_of(&agency), "/id"), [person.text("/id")]);
        post(&person.etag(), &from("2026-11-23")).expect_problem(412, "precondition-failed");
        let event = "SELECT data AS value FROM events WHERE type = 'engagement.begun'";
        let told = app.database.texts(event).remove(0);
        assert!(told.contains(&again.text("/engagements/1/id")) && !told.contains("Biên tập viên"), "{told}");
    }

    fn whoever_is_entered_again_is_the_same_record_with_what_is_said_now(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = gone(&app, &agency);
        let clerk = app.clerk(&agency);
        let mut form = app.person_form();
        form["national_id"] = person.text("/national_id").into();
        form["engagement"] = from("2026-11-22");
        clerk.post(&people_of(&agency), &form).expect_invalid(&[("/engagement/from", "overlaps")]);
        form["engagement"] = from("2026-11-23");
        let again = clerk.post(&people_of(&agency), &form).expect(201);
        assert_eq!(again.text("/id"), person.text("/id"));
        assert_eq!(again.text("/full_name"), form["full_name"]);
        assert_eq!(told(&again).len(), 2);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM people"), 1);
        // The list knows the new name and not the old one.
        let word = |name: &str| name.rsplit(' ').next().expect("a word").to_owned();
        let found = |name: &str| clerk.list(&format!("{}?query={}", people_of(&agency), word(name)), "/id");
        assert_eq!(found(&again.text("/full_name")), [person.text("/id")]);
        assert_eq!(found(&person.text("/full_name")), [""; 0]);
        clerk.post(&people_of(&agency), &form).expect_invalid(&[("/national_id", "already_registered")]);
    }

    fn a_file_engages_again_whoever_left(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = gone(&app, &agency);
        let row = |day: &str| format!("Trần Thị Bưởi,1990-05-06,{},staff,Phóng viên,{day},\n", person.text("/national_id"));
        // The file of before: told by row, and never a second record.
        let (counts, errors) = taken_in(&app, &agency, &row("2020-01-02"), false);
        assert_eq!((counts.rejected, errors), (1, vec![("from".into(), "overlaps".into())]));
        for (dry_run, entered, unchanged) in [(true, 0, 0), (false, 1, 0), (false, 0, 1)] {
            let (counts, errors) = taken_in(&app, &agency, &row("2026-11-23"), dry_run);
            assert_eq!(errors, [], "dry run: {dry_run}");
            assert_eq!((counts.accepted, counts.registered, counts.unchanged), (1, entered, unchanged));
        }
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM people"), 1);
        let seen = app.clerk(&agency).get(&person.path("people")).expect(200);
        assert_eq!((seen.text("/id"), told(&seen).len()), (person.text("/id"), 2));
        assert_eq!(seen.text("/full_name"), "Trần Thị Bưởi");
    }

    fn the_number_of_somebody_who_left_makes_nobody_else_of_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let clerk = app.clerk(&agency);
        let person = clerk.get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
        let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
        clerk.event(&engagement_of(&person), &person.etag(), end).expect(201);
        app.pass(DAY);
        let clerk = app.again(&clerk);
        // A file whose numbers are one row off.
        let row = format!("Lê An,1985-02-03,{},staff,Phóng viên,2026-11-23,an@test.example", person.text("/national_id"));
        let differs = [("full_name", "differs"), ("birth_date", "differs")];
        for dry_run in [true, false] {
            let (counts, errors) = taken_in(&app, &agency, &row, dry_run);
            let told: Vec<_> = errors.iter().map(|(column, code)| (&**column, &**code)).collect();
            assert_eq!((counts.rejected, &told[..]), (1, &differs[..]));
        }
        let mut form = app.person_form();
        form["national_id"] = person.text("/national_id").into();
        form["engagement"] = from("2026-11-23");
        (form["full_name"], form["birth_date"]) = ("Lê An".into(), "1985-02-03".into());
        clerk.post(&people_of(&agency), &form).expect_invalid(&[("/full_name", "differs"), ("/birth_date", "differs")]);
        let seen = app.registrar().get(&person.path("people")).expect(200);
        for field in ["/full_name", "/birth_date", "/email"] {
            assert_eq!(seen.text(field), person.text(field), "{field}");
        }
        // A date of birth that was written down wrong, or another name, may be mended on the way in.
        form["full_name"] = person.text("/full_name").into();
        assert_eq!(clerk.post(&people_of(&agency), &form).expect(201).text("/birth_date"), "1985-02-03");
    }

    fn a_former_employer_writes_over_nothing_that_another_keeps(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let id = crate::people::shared(&app, &[&agency, &other]);
        let path = format!("/api/v1/people/{id}");
        let clerk = app.clerk(&agency);
        let seen = clerk.get(&path).expect(200);
        let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
        clerk.event(&engagement_of(&seen), &seen.etag(), end).expect(201);
        app.pass(DAY);
        let kept = app.clerk(&other).get(&path).expect(200);
        let mut form = app.person_form();
        form["national_id"] = kept.text("/national_id").into();
        form["birth_date"] = "1991-05-06".into();
        form["engagement"] = from("2026-11-23");
        let clerk = app.clerk(&agency);
        let enter = |form: &Value| clerk.post(&people_of(&agency), form);
        enter(&form).expect_invalid(&[("/full_name", "differs"), ("/birth_date", "differs")]);
        let row = format!("Lê An,1990-05-06,{},staff,Phóng viên,2026-11-23,", kept.text("/national_id"));
        let (counts, errors) = taken_in(&app, &agency, &row, false);
        assert_eq!((counts.rejected, errors), (1, vec![("full_name".into(), "differs".into())]));
        (form["full_name"], form["birth_date"]) = (kept.text("/full_name").to_uppercase().into(), "1990-05-06".into());
        (form["pen_name"], form["email"]) = ("Măng Cụt".into(), "khac@test.example".into());
        assert_eq!(enter(&form).expect(201).text("/id"), id);
        let now = app.clerk(&other).get(&path).expect(200);
        for field in ["/full_name", "/birth_date", "/email", "/national_id"] {
            assert_eq!(now.text(field), kept.text(field), "{field}");
        }
        assert_eq!(now.json()["pen_name"], kept.json()["pen_name"]);
        let open = format!("SELECT COUNT(*) AS value FROM engagements WHERE person_id = '{id}' AND to_day IS NULL");
        assert_eq!(app.database.number(&open), 2);
    }

    fn nobody_works_before_they_are_born(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let mut form = app.person_form();
        (form["birth_date"], form["engagement"]) = ("1990-05-06".into(), from("1990-05-05"));
        clerk.post(&people_of(&agency), &form).expect_invalid(&[("/engagement/from", "before_birth")]);
        form["engagement"] = from("2020-01-02");
        let person = clerk.post(&people_of(&agency), &form).expect(201);
        let end = json!({ "event": "end", "reason": "Hết hợp đồng" });
        let ended = clerk.event(&engagement_of(&person), &person.etag(), end).expect(201);
        let headers = [("if-match", &*ended.etag())];
        let again = clerk.post_with(&engagements(&person.path("people")), &headers, &from("1990-05-05"));
        again.expect_invalid(&[("/from", "before_birth")]);
    }

    fn nobody_works_for_one_agency_twice_at_a_time(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let person = app.collaborator(&agency);
        let path = person.path("people");
        let post = |etag: &str, form: &Value| clerk.post_with(&engagements(&path), &[("if-match", etag)], form);
        post(&person.etag(), &from("2026-12-01")).expect_invalid(&[("/from", "overlaps")]);
        let end = json!({ "event": "end", "reason": "Vào biên chế", "to": "2026-11-30" });
        let ended = clerk.event(&engagement_of(&person), &person.etag(), end).expect(201);
        post(&ended.etag(), &from("2026-11-30")).expect_invalid(&[("/from", "overlaps")]);
        post(&ended.etag(), &json!({ "kind": "x", "post": "", "from": "1" })).expect_invalid(&[
            ("/kind", "unknown_kind"),
            ("/post", "empty"),
            ("/from", "not_a_date"),
        ]);
        let staff = post(&ended.etag(), &from("2026-12-01")).expect(201);
        assert_eq!(told(&staff), ["collaborator 2020-01-02 2026-11-30", "staff 2026-12-01 null"]);
        // Until that day there is no press card in it.
        let form = json!({ "kind": "press_card", "basis": "first", "people": [person.text("/id")] });
        clerk.post("/api/v1/applications", &form).expect_invalid(&[("/people/0", "wrong_engagement")]);
    }

    fn an_agency_engages_its_own_people_only(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let person = gone(&app, &agency);
        let path = engagements(&person.path("people"));
        let post = |by: &crate::support::app::Client| by.post_with(&path, &[("if-match", &person.etag())], &from("2026-11-23"));
        post(&app.clerk(&other)).expect_problem(404, "not-found");
        post(&app.registrar()).expect_problem(403, "forbidden");
        app.clerk(&agency).post(&path, &from("2026-11-23")).expect_problem(428, "precondition-required");
        // A second record of before this rule stands in the way of a second one at work.
        let twin = app.person(&agency);
        let same = format!("UPDATE people SET national_id_hash = (SELECT national_id_hash FROM people WHERE id = '{}') WHERE id = '{}'",
            person.text("/id"), twin.text("/id"));
        app.database.run(&same).expect("an edit");
        post(&app.clerk(&agency)).expect_problem(409, "wrong-state");
        app.registrar().event(&format!("/api/v1/agencies/{}", agency.id), &agency.etag, json!({ "event": "suspend", "reason": "x" })).expect(201);
        post(&app.clerk(&agency)).expect_problem(409, "wrong-state");
    }
}
