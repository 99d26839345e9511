//! On which day a province was told: of what is said now, and not of what was said before.

use super::{because, of, office, resident, with, with_card};
use crate::support::answer::Answer;
use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn nobody_begins_by_a_notice_that_was_given_of_something_else(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, registrar) = (app.head(&agency), app.provincial(HAI_PHONG));
        let [first, second, third] = [(); 3].map(|()| with_card(&app, &agency));
        let told = head.post(&of(&agency), &resident(&first)).expect(201);
        let confirmed = registrar.happen("offices", &told, json!({ "event": "confirm" })).expect(201);
        // Of papers, ten days ago, the province is told; of another reporter it is not.
        let papers = json!({ "event": "amend", "documents": ["notice"] });
        let papers = head.happen("offices", &confirmed, papers).expect(201);
        app.pass(10 * DAY);
        let (head, registrar) = (app.again(&head), app.again(&registrar));
        let another = |on: &str| json!({ "event": "amend", "reporters": [second], "on": on });
        for on in ["2026-12-02", "2026-12-11"] {
            head.happen("offices", &papers, another(on)).expect_invalid(&[("/on", "too_soon")]);
        }
        let changed = head.happen("offices", &papers, another("2027-01-31")).expect(201);
        let told_of = |it: &Answer| it.json()["change"].clone();
        assert_eq!(told_of(&changed), json!({ "notified_on": "2026-12-02", "on": "2027-01-31" }));
        // Another day is told of when it is said, and so is a third reporter; papers leave all that as it is.
        app.pass(DAY);
        let (head, registrar) = (app.again(&head), app.again(&registrar));
        let on = |day: &str| json!({ "event": "amend", "on": day });
        head.happen("offices", &changed, on("2026-12-12")).expect_invalid(&[("/on", "too_soon")]);
        let objected = registrar.happen("offices", &changed, because("object")).expect(201);
        let mended = head.happen("offices", &objected, json!({ "event": "amend", "documents": [] })).expect(201);
        assert_eq!(told_of(&mended), told_of(&changed));
        let sooner = head.happen("offices", &mended, on("2026-12-13")).expect(201);
        assert_eq!(told_of(&sooner), json!({ "notified_on": "2026-12-03", "on": "2026-12-13" }));
        app.pass(DAY);
        let head = app.again(&head);
        let instead = |day: &str| with(on(day), "reporters", json!([third]));
        head.happen("offices", &sooner, instead("2026-12-13")).expect_invalid(&[("/on", "too_soon")]);
        let instead = head.happen("offices", &sooner, instead("2026-12-14")).expect(201);
        assert_eq!(told_of(&instead), json!({ "notified_on": "2026-12-04", "on": "2026-12-14" }));
        // Whoever was to come and never did is not there; whoever leaves does so with the change.
        let people = instead.json()["people"].as_array().expect("people").clone();
        let mut days: Vec<_> = people.iter().map(|it| (it["from"].as_str(), it["to"].as_str())).collect();
        days.sort_unstable();
        assert_eq!(days, [(None, Some("2026-12-13")), (Some("2026-12-14"), None)]);
        assert!(!instead.body_text().contains(&second), "{}", instead.body_text());
    }

    fn a_first_notice_of_another_reporter_or_another_day_is_a_notice_of_its_own(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let head = app.head(&agency);
        let [first, second] = [(); 2].map(|()| with_card(&app, &agency));
        let told = head.post(&of(&agency), &resident(&first)).expect(201);
        app.pass(5 * DAY);
        let head = app.again(&head);
        let too_soon = [("/from", "too_soon")];
        let another = json!({ "event": "amend", "reporters": [second] });
        head.happen("offices", &told, another.clone()).expect_invalid(&too_soon);
        head.happen("offices", &told, json!({ "event": "amend", "from": "2026-12-06" })).expect_invalid(&too_soon);
        let papers = head.happen("offices", &told, json!({ "event": "amend", "documents": ["notice"] })).expect(201);
        assert_eq!(papers.text("/notified_on"), "2026-11-22");
        let later = head.happen("offices", &papers, with(another, "from", "2026-12-07")).expect(201);
        assert_eq!([later.text("/notified_on"), later.text("/from")], ["2026-11-27", "2026-12-07"]);
        assert_eq!(later.json()["people"].as_array().map(Vec::len), Some(1), "nobody was there before");
        // Of whoever else works in an office that has not begun the law asks nothing.
        let office = head.post(&of(&agency), &with(office(&first, &[]), "from", "2026-12-07")).expect(201);
        app.pass(DAY);
        let joins = json!({ "event": "amend", "reporters": [app.person(&agency).text("/id")] });
        let joined = app.again(&head).happen("offices", &office, joins).expect(201);
        assert_eq!(joined.text("/notified_on"), "2026-11-27");
    }

    fn a_change_whose_day_has_come_is_followed_by_the_next_and_not_mended(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, registrar) = (app.head(&agency), app.provincial(HAI_PHONG));
        let told = head.post(&of(&agency), &office(&with_card(&app, &agency), &[&app.person(&agency).text("/id")]));
        let told = told.expect(201);
        let leaves = told.text("/people/1/person_id");
        let confirmed = registrar.happen("offices", &told, json!({ "event": "confirm" })).expect(201);
        let change = json!({ "event": "amend", "reporters": [app.person(&agency).text("/id")], "on": "2026-12-20" });
        let changed = head.happen("offices", &confirmed, change).expect(201);
        app.pass(30 * DAY);
        let moved = json!({ "event": "amend", "address": "Số 2 phố Ví Dụ" });
        let moved = app.again(&head).happen("offices", &changed, moved).expect(201);
        assert_eq!(moved.json()["change"], json!({ "notified_on": "2026-12-22", "on": "2026-12-22" }));
        let people = moved.json()["people"].as_array().expect("people").clone();
        let left = people.iter().find(|it| it["person_id"] == *leaves).expect("a former reporter");
        assert_eq!(left["to"], "2026-12-19", "who left with the first change left then");
        assert_eq!(people.iter().filter(|it| it["from"] == "2026-12-20").count(), 1);
    }
}
