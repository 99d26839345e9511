//! Mergers and splits that took effect on a day before they were written down.

use super::{AGENCIES, ONE, SIX, carried_out, merger, planned, real, sent};
use crate::notices::{text, told};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

fn enter(app: &TestApp, agency: &TestAgency, from: &str) -> Answer {
    let mut form = app.person_form();
    form["engagement"]["from"] = from.into();
    app.clerk(agency).post(&format!("{AGENCIES}/{}/people", agency.id), &form).expect(201)
}

fn leave(app: &TestApp, agency: &TestAgency, person: &Answer, last: &str) {
    let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
    app.clerk(agency)
        .event(&engagement, &person.etag(), json!({ "event": "end", "reason": "x", "to": last }))
        .expect(201);
}

/// For whom somebody works or worked, as a registrar sees it: agency, first and last day.
fn work(app: &TestApp, person: &Answer) -> Vec<(String, String, Value)> {
    let now = app.registrar().get(&person.path("people")).expect(200).json();
    let word = |it: &Value, name: &str| it[name].as_str().expect("a word").to_owned();
    let all = now["engagements"].as_array().expect("work");
    all.iter().map(|it| (word(it, "agency_id"), word(it, "from"), it["to"].clone())).collect()
}

fn since(day: &str, mut form: Value) -> Value {
    form["effective_on"] = day.into();
    form
}

on_both_databases! {
    fn six_agencies_are_one_since_july_2025_though_it_is_written_down_later(db) {
        let app = TestApp::start(db);
        let six = SIX.map(|name| real(&app, name));
        let one = real(&app, ONE);
        let paper = &six[0];
        let [stays, gone, gone_before] = [(); 3].map(|()| enter(&app, paper, "2020-01-02"));
        leave(&app, paper, &gone, "2026-03-31");
        leave(&app, paper, &gone_before, "2025-06-30");
        let (hired, about_to) = (enter(&app, paper, "2025-09-01"), enter(&app, paper, "2026-12-01"));
        let [first, former] = [(); 2].map(|()| enter(&app, paper, "2025-07-01"));
        leave(&app, paper, &former, "2026-01-31");
        let lead = json!({ "person_id": stays.text("/id"), "post": "head", "from": "2024-01-02" });
        app.registrar().post(&format!("{AGENCIES}/{}/leaders", paper.id), &lead).expect(201);
        let holder = app.holder(&stays.text("/id"));
        app.holder(&gone.text("/id"));
        let form = since("2025-07-01", merger(&six.each_ref(), &one));
        let plan = planned(&app.registrar(), "mergers", &form).expect(200);
        assert_eq!((&plan.json()["effective_on"], &plan.json()["shares"][0]["people"]), (&json!("2025-07-01"), &json!(6)));
        let today = planned(&app.registrar(), "mergers", &merger(&six.each_ref(), &one)).expect(200);
        assert_eq!(today.text("/effective_on"), "2026-11-22");
        sent(&app.registrar(), "mergers", &today.etag(), &form).expect_problem(412, "precondition-failed");
        let done = sent(&app.registrar(), "mergers", &plan.etag(), &form).expect(201);
        assert_eq!((done.text("/effective_on"), done.text("/decided_at")), ("2025-07-01".into(), "2026-11-22T03:00:00Z".into()));
        let [old, new] = [paper, &one].map(|it| it.id.to_string());
        let both = |last: Value| vec![
            (old.clone(), "2020-01-02".to_owned(), json!("2025-06-30")), (new.clone(), "2025-07-01".to_owned(), last),
        ];
        assert_eq!(work(&app, &stays), both(Value::Null));
        assert_eq!(work(&app, &gone), both(json!("2026-03-31")), "who has left since worked for the one agency, too");
        assert_eq!(work(&app, &gone_before), [(old.clone(), "2020-01-02".to_owned(), json!("2025-06-30"))]);
        let only = |from: &str, last: Value| vec![(new.clone(), from.to_owned(), last)];
        assert_eq!(work(&app, &hired), only("2025-09-01", Value::Null), "who came since never worked for what was not there");
        assert_eq!(work(&app, &first), only("2025-07-01", Value::Null));
        assert_eq!(work(&app, &former), only("2025-07-01", json!("2026-01-31")));
        assert_eq!(work(&app, &about_to), only("2026-12-01", Value::Null));
        let leaders = app.registrar().list(&format!("{AGENCIES}/{old}/leaders"), "/to");
        assert_eq!(leaders, ["2025-06-30"]);
        let [notice] = <[Value; 1]>::try_from(told(&holder).into_iter().filter(|it| it["duty"] == "carried_over").collect::<Vec<_>>()).expect("one notice");
        let says = text(&holder, &notice);
        assert!(says.contains("01/07/2025"), "{says}");
        let of_gone = format!("SELECT COUNT(*) AS value FROM notices WHERE duty = 'carried_over' AND person_id = '{}'", gone.text("/id"));
        assert_eq!(app.database.number(&of_gone), 0, "who has left since has nothing to be told");
        let people = app.registrar().list(&format!("{AGENCIES}/{new}/people"), "/id");
        assert!([&stays, &hired, &first, &about_to].iter().all(|it| people.contains(&it.text("/id"))), "{people:?}");
    }

    fn no_day_is_lost_of_who_was_entered_at_the_successor_since(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        form["engagement"]["from"] = "2020-01-02".into();
        let moved = app.clerk(&old).post(&format!("{AGENCIES}/{}/people", old.id), &form).expect(201);
        leave(&app, &old, &moved, "2026-03-31");
        form["engagement"]["from"] = "2026-04-01".into();
        app.clerk(&new).post(&format!("{AGENCIES}/{}/people", new.id), &form).expect(201);
        let registrar = app.registrar();
        let pair = registrar.list("/api/v1/duplicates", "/id").pop().expect("a pair");
        let pair = registrar.get(&format!("/api/v1/duplicates/{pair}")).expect(200);
        let merge = json!({ "event": "merge", "reason": "x", "keep": moved.text("/id") });
        registrar.happen("duplicates", &pair, merge).expect(201);
        carried_out(&app, "mergers", &since("2025-07-01", merger(&[&old], &new)));
        let [old, new] = [&old, &new].map(|it| it.id.to_string());
        assert_eq!(work(&app, &moved), [
            (old, "2020-01-02".to_owned(), json!("2025-06-30")),
            (new.clone(), "2025-07-01".to_owned(), json!("2026-03-31")),
            (new, "2026-04-01".to_owned(), Value::Null),
        ]);
    }

    fn no_day_is_lost_around_a_time_at_the_successor_that_is_over(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let both = |first: &str, [from, last]: [&str; 2]| {
            let mut form = app.person_form();
            form["engagement"]["from"] = first.into();
            let moved = app.entered(&old, &form);
            form["engagement"]["from"] = from.into();
            let there = app.entered(&new, &form);
            leave(&app, &new, &there, last);
            let registrar = app.registrar();
            let pair = registrar.list("/api/v1/duplicates", "/id").pop().expect("a pair");
            let pair = registrar.get(&format!("/api/v1/duplicates/{pair}")).expect(200);
            let merge = json!({ "event": "merge", "reason": "x", "keep": moved.text("/id") });
            registrar.happen("duplicates", &pair, merge).expect(201);
            moved
        };
        let moved = both("2020-01-02", ["2025-09-01", "2025-12-31"]);
        let since = both("2025-08-01", ["2026-02-01", "2026-02-28"]);
        let counted = |form: &Value| planned(&app.registrar(), "mergers", form).expect(200).json()["shares"][0]["people"].clone();
        let form = super::effective::since("2025-07-01", merger(&[&old], &new));
        assert_eq!(counted(&form), 2, "people, and not times");
        carried_out(&app, "mergers", &form);
        let [old, new] = [&old, &new].map(|it| it.id.to_string());
        let at = |agency: &str, from: &str, last: Value| (agency.to_owned(), from.to_owned(), last);
        assert_eq!(work(&app, &moved), [
            at(&old, "2020-01-02", json!("2025-06-30")),
            at(&new, "2025-07-01", json!("2025-08-31")),
            at(&new, "2025-09-01", json!("2025-12-31")),
            at(&new, "2026-01-01", Value::Null),
        ]);
        assert_eq!(work(&app, &since), [
            at(&new, "2025-08-01", json!("2026-01-31")),
            at(&new, "2026-02-01", json!("2026-02-28")),
            at(&new, "2026-03-01", Value::Null),
        ], "who came since never worked for what was not there");
        let people = app.registrar().list(&format!("{AGENCIES}/{new}/people"), "/id");
        assert_eq!(people.len(), 2, "both are at work there today: {people:?}");
        crate::log::replay::assert_told(&app, "a merger of people who work there already");
    }

    fn who_is_about_to_begin_begins_at_the_successor_alone(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let (about_to, since_today) = (enter(&app, &old, "2026-12-01"), enter(&app, &old, "2026-11-22"));
        let done = carried_out(&app, "mergers", &merger(&[&old], &new));
        assert_eq!(done.text("/effective_on"), "2026-11-22");
        assert_eq!(work(&app, &about_to), [(new.id.to_string(), "2026-12-01".to_owned(), Value::Null)]);
        assert_eq!(work(&app, &since_today), [(new.id.to_string(), "2026-11-22".to_owned(), Value::Null)]);
        let clerk = app.clerk(&new);
        assert_eq!(clerk.list(&format!("{AGENCIES}/{}/people", new.id), "/id").len(), 2);
    }

    fn a_day_that_what_is_on_record_speaks_against_is_refused(db) {
        let app = TestApp::start(db);
        let [old, new, third, part] = std::array::from_fn(|_| app.central_agency());
        let registrar = app.registrar();
        planned(&registrar, "mergers", &since("2026-11-23", merger(&[&old], &new))).expect_invalid(&[("/effective_on", "in_the_future")]);
        planned(&registrar, "mergers", &since("x", merger(&[&old], &new))).expect_invalid(&[("/effective_on", "not_a_date")]);
        let person = app.person(&old).text("/id");
        let lead = json!({ "person_id": person, "post": "head", "from": "2025-07-01" });
        let leader = registrar.post(&format!("{AGENCIES}/{}/leaders", old.id), &lead).expect(201);
        let obstacles = |form: &Value| planned(&registrar, "mergers", form).expect(200).json()["obstacles"].clone();
        let refused = obstacles(&since("2025-07-01", merger(&[&old], &new)));
        assert_eq!((&refused[0]["code"], &refused[0]["agency_id"]), (&json!("recorded_since"), &json!(old.id.to_string())));
        assert_eq!(obstacles(&since("2025-07-02", merger(&[&old], &new))), json!([]));
        let slip = format!("{AGENCIES}/{}/leaders/{}", old.id, leader.text("/id"));
        registrar.event(&slip, &old.etag, json!({ "event": "remove", "reason": "Nhầm" })).expect(201);
        assert_eq!(obstacles(&since("2025-07-01", merger(&[&old], &new))), json!([]));
        // What was split since was there still.
        let split = since("2026-01-02", json!({
            "predecessor": old.id.to_string(), "parts": [{ "agency": part.id.to_string(), "people": [] }],
            "remainder": old.id.to_string(), "reason": "x",
        }));
        carried_out(&app, "splits", &split);
        assert_eq!(obstacles(&since("2026-01-01", merger(&[&old], &third)))[0]["code"], "recorded_since");
        assert_eq!(obstacles(&since("2026-01-02", merger(&[&old], &third))), json!([]));
    }
}
