//! Heads and deputies come and go with their work for the agency, and what was entered late or wrongly is put right.

use super::AGENCIES;
use super::successions::{carried_out, merger, parted};
use crate::erasure::erased;
use crate::log::replay;
use crate::people::duplicates::{happen, merge, pair};
use crate::people::splits::{again, split};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use press_registry::app::leaders;
use press_registry::store::leaders as rows;
use serde_json::{Value, json};

/// It is the same on both databases.
const UP: &str = include_str!("../../../migrations/sqlite/2026-11-30-000200_leaders_of_one_record/up.sql");

fn path(agency: &TestAgency) -> String {
    format!("{AGENCIES}/{}/leaders", agency.id)
}

/// Enters somebody as head or deputy.
fn lead(app: &TestApp, agency: &TestAgency, person: &Answer, post: &str, from: &str, to: Option<&str>) -> Answer {
    let form = json!({ "person_id": person.text("/id"), "post": post, "from": from, "to": to });
    app.registrar().post(&path(agency), &form)
}

fn leave(app: &TestApp, agency: &TestAgency, person: &Answer, last: &str) {
    let now = app.clerk(agency).get(&person.path("people")).expect(200);
    let engagement = format!("{}/engagements/{}", now.path("people"), now.text("/engagements/0/id"));
    let end = json!({ "event": "end", "reason": "Nghỉ hưu", "to": last });
    app.clerk(agency).event(&engagement, &now.etag(), end).expect(201);
}

fn heads_on(app: &TestApp, agency: &TestAgency, day: &str) -> Vec<String> {
    app.auditor().list(&format!("{}?post=head&on={day}", path(agency)), "/person_id")
}

fn last_days(app: &TestApp, agency: &TestAgency) -> Vec<Value> {
    let items = app.auditor().get(&path(agency)).expect(200).json()["items"].clone();
    items.as_array().expect("items").iter().map(|it| it["to"].clone()).collect()
}

on_both_databases! {
    fn who_leaves_an_agency_leads_it_no_more(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [head, deputy, next] = std::array::from_fn(|_| app.person(&agency));
        lead(&app, &agency, &head, "head", "2024-01-02", None).expect(201);
        lead(&app, &agency, &deputy, "deputy", "2024-01-02", None).expect(201);
        leave(&app, &agency, &head, "2026-10-31");
        assert_eq!(heads_on(&app, &agency, "2026-10-31"), [head.text("/id")]);
        assert_eq!(heads_on(&app, &agency, "2026-11-01"), Vec::<String>::new());
        lead(&app, &agency, &next, "head", "2026-11-01", None).expect(201);
        let history = app.auditor().get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
        let ended = history["items"].as_array().expect("items").iter().find(|it| it["type"] == "agency.leader_ended");
        assert_eq!(ended.expect("an event")["until"], "2026-10-31");
        // A last day that is named before comes by itself.
        leave(&app, &agency, &next, "2026-11-23");
        app.pass(DAY);
        assert_eq!(leaders::lapse(&app.registry).expect("a run"), 0, "the last day is today");
        app.pass(DAY);
        assert!(leaders::lapse(&app.registry).expect("a run") <= 1, "the server may have looked first");
        assert_eq!(leaders::lapse(&app.registry).expect("a run"), 0, "once");
        assert_eq!(last_days(&app, &agency), [json!("2026-10-31"), Value::Null, json!("2026-11-23")]);
    }

    fn whose_record_was_taken_in_leads_on(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let form = app.person_form();
        let [here, there] = [&agency, &other]
            .map(|it| app.clerk(it).post(&format!("{AGENCIES}/{}/people", it.id), &form).expect(201));
        lead(&app, &agency, &here, "head", "2024-01-02", None).expect(201);
        let registrar = app.registrar();
        let pair = registrar.list("/api/v1/duplicates", "/id").pop().expect("a pair");
        let pair = registrar.get(&format!("/api/v1/duplicates/{pair}")).expect(200);
        let merge = json!({ "event": "merge", "reason": "x", "keep": there.text("/id") });
        registrar.happen("duplicates", &pair, merge).expect(201);
        assert_eq!(heads_on(&app, &agency, "2026-11-22"), [there.text("/id")], "under the record that stays");
        // Of a database of before, in which they stayed under the record that was taken in.
        app.database.run(&format!("UPDATE agency_leaders SET person_id = '{}'", here.text("/id"))).expect("as it was");
        app.database.run(UP).expect("a step");
        assert_eq!(heads_on(&app, &agency, "2026-11-22"), [there.text("/id")]);
        let due = app.registry.store.read(|db| rows::without_engagement(db, app.registry.clock.now().day()));
        assert!(due.expect("a look").is_empty(), "who works for it needs no second look");
        assert_eq!(last_days(&app, &agency), [Value::Null]);
        let now = registrar.get(&there.path("people")).expect(200).json();
        let work = now["engagements"].as_array().expect("work").iter().find(|it| it["agency_id"] == json!(agency.id.to_string()));
        let engagement = format!("{}/engagements/{}", there.path("people"), work.expect("work")["id"].as_str().expect("an id"));
        let seen = app.clerk(&agency).get(&there.path("people")).expect(200);
        app.clerk(&agency).event(&engagement, &seen.etag(), json!({ "event": "end", "reason": "x", "to": "2026-11-01" })).expect(201);
        assert_eq!(last_days(&app, &agency), [json!("2026-11-01")]);
    }

    fn whoever_led_an_agency_under_two_records_is_told_apart_again(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let before = lead(&app, &other, &there, "deputy", "2024-01-02", Some("2024-12-31")).expect(201);
        let registrar = app.registrar();
        happen(&registrar, &found, merge(&here)).expect(201);
        let of = |agency: &TestAgency| app.auditor().list(&path(agency), "/person_id");
        assert_eq!(of(&other), [here.text("/id")]);
        // What began since goes with the work that it rests on.
        lead(&app, &other, &here, "head", "2025-01-01", None).expect(201);
        lead(&app, &one, &here, "head", "2025-01-01", None).expect(201);
        let facts = app.database.texts("SELECT data AS value FROM events WHERE type = 'person.merged'");
        assert!(facts[0].contains(&before.text("/id")), "{}", facts[0]);
        happen(&registrar, &again(&app, &found), split()).expect(201);
        assert_eq!((of(&one), of(&other)), (vec![here.text("/id")], vec![there.text("/id"), there.text("/id")]));
        // What is written of it is told of whose it is.
        let address = format!("{}/{}", path(&other), app.auditor().list(&path(&other), "/id")[1]);
        registrar.event(&address, &other.etag, json!({ "event": "end", "reason": "việc kia", "to": "2026-01-02" })).expect(201);
        erased(&app, &there.text("/id"));
        assert_eq!((of(&one), of(&other)), (vec![here.text("/id")], Vec::new()));
        let words = app.database.texts("SELECT fields AS value FROM event_personal WHERE fields IS NOT NULL").join("\n");
        assert!(!words.contains("việc kia"), "{words}");
        replay::assert_told(&app, "an erasure of one of two who led");
    }

    fn whoever_leads_an_agency_that_is_closed_leads_it_until_then_by_an_event_each(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        for post in ["head", "deputy"] {
            lead(&app, &agency, &app.person(&agency), post, "2024-01-02", None).expect(201);
        }
        lead(&app, &agency, &app.person(&agency), "head", "2023-01-02", Some("2023-12-31")).expect(201);
        let close = json!({ "event": "close", "reason": "QĐ giải thể" });
        app.registrar().event(&format!("{AGENCIES}/{}", agency.id), &agency.etag, close).expect(201);
        assert_eq!(last_days(&app, &agency), [json!("2023-12-31"), json!("2026-11-22"), json!("2026-11-22")]);
        let history = app.auditor().get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
        let items = history["items"].as_array().expect("items");
        let ended: Vec<_> = items.iter().filter(|it| it["type"] == "agency.leader_ended").map(|it| &it["until"]).collect();
        assert_eq!(ended, [&json!("2026-11-22"), &json!("2026-11-22")]);
        let of_them = app.database.number("SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%QĐ giải thể%'");
        assert_eq!(of_them, 2, "each is told why");
        replay::assert_told(&app, "an agency that is closed");
    }

    fn who_goes_to_another_part_leads_the_one_that_goes_on_no_more(db) {
        let app = TestApp::start(db);
        let (whole, part) = (app.central_agency(), app.central_agency());
        let (goes, stays) = (app.person(&whole), app.person(&whole));
        lead(&app, &whole, &goes, "head", "2024-01-02", None).expect(201);
        lead(&app, &whole, &stays, "deputy", "2024-01-02", None).expect(201);
        carried_out(&app, "splits", &parted(&whole, &part, &[&goes.text("/id")]));
        assert_eq!(last_days(&app, &whole), [json!("2026-11-21"), Value::Null], "as long as they worked for it");
        assert_eq!(last_days(&app, &part), Vec::<Value>::new());
    }

    fn former_heads_are_entered_in_any_order(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [present, former, first] = std::array::from_fn(|_| app.person(&agency));
        lead(&app, &agency, &present, "head", "2025-07-01", None).expect(201);
        leave(&app, &agency, &former, "2025-06-30");
        lead(&app, &agency, &former, "head", "2022-01-02", None).expect_invalid(&[("/to", "not_at_work")]);
        lead(&app, &agency, &former, "head", "2022-01-02", Some("2025-07-01")).expect_invalid(&[("/to", "not_at_work")]);
        lead(&app, &agency, &former, "head", "2019-12-31", Some("2025-06-30")).expect_invalid(&[("/from", "not_at_work")]);
        lead(&app, &agency, &former, "head", "2022-01-02", Some("2022-01-01")).expect_invalid(&[("/to", "before_it_began")]);
        lead(&app, &agency, &present, "deputy", "2022-01-02", Some("2026-11-23")).expect_invalid(&[("/to", "in_the_future")]);
        let entered = lead(&app, &agency, &former, "head", "2022-01-02", Some("2025-06-30")).expect(201);
        assert_eq!(entered.text("/to"), "2025-06-30");
        let refused = lead(&app, &agency, &first, "head", "2020-01-02", Some("2022-01-02")).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("2025-06-30"), "{}", refused.body_text());
        lead(&app, &agency, &first, "head", "2020-01-02", Some("2022-01-01")).expect(201);
        let on = ["2021-06-30", "2025-06-30", "2026-11-22"].map(|day| heads_on(&app, &agency, day));
        assert_eq!(on, [&first, &former, &present].map(|it| vec![it.text("/id")]));
    }

    fn work_at_an_agency_before_counts_for_who_led_its_successor(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let person = app.person(&old);
        lead(&app, &new, &person, "head", "2025-07-01", None).expect_invalid(&[("/person_id", "unknown_person")]);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        lead(&app, &new, &person, "head", "2025-07-01", None).expect(201);
    }

    fn what_was_entered_by_mistake_is_removed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (wrong, right) = (app.person(&agency), app.person(&agency));
        let slip = lead(&app, &agency, &wrong, "head", "2024-01-02", None).expect(201);
        let address = format!("{}/{}", path(&agency), slip.text("/id"));
        let happen = |form: Value| app.registrar().event(&address, &agency.etag, form);
        happen(json!({ "event": "remove", "reason": "x", "to": "2024-01-03" })).expect_invalid(&[("/to", "not_for_this_event")]);
        happen(json!({ "event": "remove", "reason": "" })).expect_invalid(&[("/reason", "empty")]);
        happen(json!({ "event": "end", "reason": "x", "to": "2026-01-02" })).expect(201);
        let removed = happen(json!({ "event": "remove", "reason": "Nhập nhầm người" })).expect(201);
        assert_eq!(removed.text("/id"), slip.text("/id"));
        happen(json!({ "event": "remove", "reason": "x" })).expect_problem(404, "not-found");
        assert_eq!(heads_on(&app, &agency, "2025-01-02"), Vec::<String>::new());
        lead(&app, &agency, &right, "head", "2024-01-02", None).expect(201);
        let history = app.auditor().get(&format!("{AGENCIES}/{}/events", agency.id)).expect(200).json();
        let kinds: Vec<_> = history["items"].as_array().expect("items").iter().map(|it| it["type"].as_str().expect("a type")).collect();
        assert_eq!(kinds[1..], ["agency.leader_appointed", "agency.leader_ended", "agency.leader_removed", "agency.leader_appointed"]);
    }
}
