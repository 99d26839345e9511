//! Offices end, and are suspended, with what they rest on.

use super::{FIRST_DAY, assigned, because, notified, now, of, state, with_card};
use crate::erasure::erased;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use crate::withdrawals::{decide, end};
use press_registry::app::offices;
use press_registry::domain::ids::{AgencyId, Id as _, OfficeId};
use press_registry::domain::successions::Outpost;
use press_registry::policy;
use press_registry::store::Tx;
use serde_json::{Value, json};

fn reporter(app: &TestApp, agency: &TestAgency) -> Answer {
    app.head(agency).post(&of(agency), &assigned(&app.person(agency).text("/id"))).expect(201)
}

/// Carries what somebody has alone over to another agency, to which they go too.
pub(super) fn carried(app: &TestApp, office: &Answer, from: &TestAgency, to: &TestAgency) {
    let whole: [AgencyId; 2] = [from.id, to.id];
    let chosen = OfficeId::parse(&office.text("/id")).expect("an id");
    let carry = move |tx: &mut Tx<'_>| {
        let (permit, succession, [from, to]) = (policy::the_program_itself(), tx.new_id(), whole);
        offices::carry_over(tx, &permit, succession, (from, to), &[Outpost { id: chosen, lead: None }])
    };
    let person = office.text("/people/0/person_id");
    let engaged = format!("UPDATE engagements SET agency_id = '{}' WHERE person_id = '{person}'", to.id);
    app.database.run(&engaged).expect("an edit");
    app.registry.store.write_blocking(carry).expect("written");
}

fn stands(client: &Client, seen: &Answer) -> [Value; 3] {
    let now = now(client, seen).json();
    ["state", "ground", "to"].map(|name| now[name].clone())
}

on_both_databases! {
    fn what_a_suspended_agency_has_comes_back_with_it_as_it_was(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        let [told, confirmed, objected, stopped] = [(); 4].map(|()| reporter(&app, &agency));
        registrar.happen("offices", &confirmed, because("confirm")).expect(201);
        registrar.happen("offices", &objected, because("object")).expect(201);
        registrar.happen("offices", &stopped, because("stop")).expect(201);
        let draft = app.clerk(&agency).post(&of(&agency), &assigned(&app.person(&agency).text("/id"))).expect(201);
        let elsewhere = reporter(&app, &other);
        let all = [&told, &confirmed, &objected, &stopped, &elsewhere];
        let states = || all.map(|it| state(&registrar, it));
        let before = ["notified", "confirmed", "objected", "stopped", "notified"];
        assert_eq!(states(), before);
        decide(&app, &agency, "suspend");
        assert_eq!(states(), ["suspended", "suspended", "suspended", "stopped", "notified"]);
        assert_eq!(stands(&registrar, &told), [json!("suspended"), json!("agency_suspended"), Value::Null]);
        registrar.happen("offices", &now(&registrar, &told), because("confirm")).expect_problem(409, "wrong-state");
        decide(&app, &agency, "reinstate");
        assert_eq!(states(), before);
        assert_eq!(stands(&registrar, &told)[1], Value::Null);
        assert_eq!(state(&app.clerk(&agency), &draft), "draft");
        // In the decision's own transaction.
        let list = app.auditor().get("/api/v1/log/entries?limit=100&from=2026-11-22T03:00:00Z").expect(200).json();
        let types: Vec<_> = list["items"].as_array().expect("a list").iter().map(|it| it["event"]["type"].clone()).collect();
        let at = types.iter().position(|it| it == "agency.suspended").expect("the decision");
        assert!(types[at + 1..=at + 3].iter().all(|it| it == "office.suspended"), "{types:?}");
    }

    fn what_rests_on_a_licence_ends_with_it(db) {
        let app = TestApp::start(db);
        for (event, ground) in [("revoke_licence", "licence_revoked"), ("close", "agency_closed")] {
            let agency = app.central_agency();
            let registrar = app.registrar();
            let (told, office) = (reporter(&app, &agency), notified(&app, &agency));
            decide(&app, &agency, "suspend");
            decide(&app, &agency, event);
            for it in [&told, &office] {
                assert_eq!(stands(&registrar, it), [json!("closed"), json!(ground), json!("2026-11-22")], "{event}");
            }
            // A new licence is a new beginning.
            if event == "revoke_licence" {
                decide(&app, &agency, "reinstate");
                assert_eq!(state(&registrar, &told), "closed");
                reporter(&app, &agency);
            }
        }
    }

    fn a_post_ends_with_the_engagement(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let (alone, office) = (reporter(&app, &agency), notified(&app, &agency));
        end(&app, &agency, &alone.text("/people/0/person_id"), 0, None);
        assert_eq!(stands(&registrar, &alone), [json!("closed"), json!("left_agency"), json!("2026-11-22")]);
        // An office goes on without its head, and its agency tells who comes after.
        app.set_time("2026-12-05T03:00:00Z");
        let registrar = app.again(&registrar);
        let head = office.text("/people/0/person_id");
        end(&app, &agency, &head, 0, None);
        let left = now(&registrar, &office);
        assert_eq!([left.text("/state"), left.text("/people/0/to")], ["notified", "2026-12-05"]);
        assert_eq!(left.json()["people"][1]["to"], Value::Null);
        assert_eq!(registrar.history("offices", &office).last().expect("an event")["type"], "office.post_ended");
        let bare = json!({ "event": "amend", "documents": [] });
        let leader = app.head(&agency);
        leader.happen("offices", &left, bare).expect_invalid(&[("/head", "missing")]);
        let successor = json!({ "event": "amend", "head": with_card(&app, &agency) });
        leader.happen("offices", &left, successor).expect(201);
    }

    fn whoever_leaves_before_the_office_begins_never_had_a_post_there(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let office = notified(&app, &agency);
        end(&app, &agency, &office.text("/people/0/person_id"), 0, None);
        let left = now(&registrar, &office);
        let people = left.json()["people"].as_array().expect("people").clone();
        assert_eq!((people.len(), &people[0]["post"]), (1, &json!("reporter")));
        assert_eq!(registrar.history("offices", &office).last().expect("an event")["type"], "office.post_ended");
    }

    fn a_post_that_was_to_end_later_ends_with_the_engagement(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, registrar) = (app.head(&agency), app.registrar());
        let office = notified(&app, &agency);
        let [leader, leaves] = ["/people/0/person_id", "/people/1/person_id"].map(|at| office.text(at));
        let confirmed = registrar.happen("offices", &office, because("confirm")).expect(201);
        let comes = app.person(&agency).text("/id");
        let change = json!({ "event": "amend", "reporters": [comes], "on": "2027-01-01" });
        head.happen("offices", &confirmed, change).expect(201);
        let shown = |at: &str| {
            app.set_time(at);
            let people = now(&app.registrar(), &office).json()["people"].clone();
            let people = people.as_array().expect("people").iter();
            let days = |it: &Value| (it["person_id"].as_str() == Some(&leaves)).then(|| it["to"].clone());
            (people.len(), people.filter_map(days).next())
        };
        assert_eq!(shown("2026-12-05T03:00:00Z"), (3, Some(json!("2026-12-31"))));
        // The last day at the agency is named before, and passes.
        end(&app, &agency, &leaves, 0, Some("2026-12-10"));
        assert_eq!(shown("2026-12-10T03:00:00Z"), (3, Some(json!("2026-12-31"))));
        app.set_time("2026-12-12T03:00:00Z");
        // The server looks by itself too.
        assert!(offices::lapse(&app.registry).expect("a database") <= 1);
        assert_eq!(offices::lapse(&app.registry).expect("a database"), 0);
        assert_eq!(shown("2026-12-12T03:00:00Z"), (3, Some(json!("2026-12-10"))));
        // Whoever was to come never does.
        end(&app, &agency, &comes, 0, None);
        assert_eq!(shown("2026-12-12T03:00:00Z").0, 2);
        assert_eq!(now(&app.registrar(), &office).text("/people/0/person_id"), leader);
    }

    fn a_reporter_who_leaves_before_another_takes_over_ends_nothing_else(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, registrar) = (app.head(&agency), app.registrar());
        let told = reporter(&app, &agency);
        let [leaves, comes] = [told.text("/people/0/person_id"), app.person(&agency).text("/id")];
        let confirmed = registrar.happen("offices", &told, because("confirm")).expect(201);
        let change = json!({ "event": "amend", "reporters": [comes], "on": "2027-01-01" });
        head.happen("offices", &confirmed, change).expect(201);
        app.set_time("2026-12-05T03:00:00Z");
        end(&app, &agency, &leaves, 0, None);
        let left = now(&app.registrar(), &told);
        let ends: Vec<_> = left.json()["people"].as_array().expect("people").iter().map(|it| it["to"].clone()).collect();
        assert_eq!((left.text("/state"), ends.contains(&json!("2026-12-05"))), ("notified".into(), true));
        // Where whoever was to take over leaves too, it is over, and they never had it.
        end(&app, &agency, &comes, 0, None);
        let over = now(&app.registrar(), &told);
        let people = over.json()["people"].as_array().expect("people").clone();
        assert_eq!((over.text("/state"), people.len()), ("closed".into(), 1));
        assert_eq!(people[0]["person_id"], *leaves);
    }

    fn an_erasure_ends_no_post_but_ones_own(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let told = reporter(&app, &agency);
        let [former, successor] = [told.text("/people/0/person_id"), app.person(&agency).text("/id")];
        let amend = json!({ "event": "amend", "reporters": [successor] });
        app.head(&agency).happen("offices", &told, amend).expect(201);
        erased(&app, &former);
        assert_eq!(stands(&registrar, &told), [json!("notified"), Value::Null, Value::Null]);
        let people = now(&registrar, &told).json()["people"].clone();
        assert_eq!((people.as_array().map(Vec::len), &people[0]["person_id"]), (Some(1), &json!(successor)));
        // A reporter who is there alone is all of it.
        erased(&app, &successor);
        assert_eq!(stands(&registrar, &told), [json!("closed"), json!("left_agency"), json!("2026-11-22")]);
    }

    fn a_post_that_rests_on_a_day_to_come_ends_after_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let alone = reporter(&app, &agency);
        end(&app, &agency, &alone.text("/people/0/person_id"), 0, Some("2026-11-23"));
        let lapse = || offices::lapse(&app.registry).expect("a database");
        app.at(DAY + 14 * 3_600 - 1);
        assert_eq!((lapse(), state(&app.registrar(), &alone).as_str()), (0, "notified"));
        app.at(DAY + 14 * 3_600);
        // The server looks by itself too.
        assert!(lapse() <= 1 && lapse() == 0);
        assert_eq!(stands(&app.registrar(), &alone), [json!("closed"), json!("left_agency"), json!("2026-11-23")]);
    }

    fn whoever_was_alone_there_ended_it_on_the_day_they_left(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let alone = reporter(&app, &agency);
        app.set_time("2026-12-10T03:00:00Z");
        end(&app, &agency, &alone.text("/people/0/person_id"), 0, Some("2026-12-05"));
        assert_eq!(stands(&app.registrar(), &alone), [json!("closed"), json!("left_agency"), json!("2026-12-05")]);
    }

    fn what_is_to_end_later_ends_before_with_what_it_rests_on(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (head, registrar) = (app.head(&agency), app.registrar());
        let [stopped, closed, left] = [(); 3].map(|()| {
            let told = reporter(&app, &agency);
            head.happen("offices", &told, json!({ "event": "close", "on": "2026-12-31" })).expect(201)
        });
        let stopped = registrar.happen("offices", &stopped, because("stop")).expect(201);
        assert_eq!(stands(&registrar, &stopped), [json!("stopped"), Value::Null, json!("2026-11-22")]);
        end(&app, &agency, &left.text("/people/0/person_id"), 0, None);
        assert_eq!(stands(&registrar, &left), [json!("closed"), json!("left_agency"), json!("2026-11-22")]);
        decide(&app, &agency, "suspend");
        assert_eq!(stands(&registrar, &closed), [json!("suspended"), json!("agency_suspended"), json!("2026-12-31")]);
        // Whoever is suspended may still say when it ends.
        let sooner = json!({ "event": "close", "on": "2026-12-30" });
        head.happen("offices", &now(&head, &closed), sooner).expect(201);
        decide(&app, &agency, "reinstate");
        assert_eq!(stands(&registrar, &closed), [json!("notified"), Value::Null, json!("2026-12-30")]);
        decide(&app, &agency, "close");
        assert_eq!(stands(&registrar, &closed), [json!("closed"), json!("agency_closed"), json!("2026-11-22")]);
    }

    fn an_objection_stands_again_with_its_reasons(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let office = notified(&app, &agency);
        let objected = registrar.happen("offices", &office, because("object")).expect(201);
        let said = || now(&registrar, &office).json()["reason"].clone();
        let objection = objected.json()["reason"].clone();
        // That it is to end one day says nothing of the objection.
        let close = json!({ "event": "close", "on": "2026-12-31", "reason": "Hết hợp đồng thuê" });
        app.head(&agency).happen("offices", &objected, close).expect(201);
        assert_eq!(said(), objection);
        decide(&app, &agency, "suspend");
        assert_eq!(said(), "QĐ 12/2026");
        decide(&app, &agency, "reinstate");
        assert_eq!((state(&registrar, &office).as_str(), said()), ("objected", objection));
        let fields = "SELECT fields AS value FROM event_personal WHERE event_idx = \
            (SELECT MAX(idx) FROM events WHERE type = 'office.resumed')";
        for fields in app.database.texts(fields) {
            assert!(fields.contains("QĐ 12/2026") && !fields.contains("Thiếu"), "{fields}");
        }
        // It goes with whoever is erased, also while it waits.
        decide(&app, &agency, "suspend");
        erased(&app, &office.text("/people/1/person_id"));
        let words = "SELECT COUNT(*) AS value FROM offices WHERE reason IS NOT NULL OR reason_before IS NOT NULL";
        assert_eq!(app.database.number(words), 0);
        decide(&app, &agency, "reinstate");
        assert_eq!((state(&registrar, &office).as_str(), said()), ("objected", Value::Null));
    }

    fn what_an_agency_has_is_carried_over_as_it_stands(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let registrar = app.registrar();
        let (goes, stays, over) = (reporter(&app, &old), reporter(&app, &old), reporter(&app, &old));
        registrar.happen("offices", &goes, because("confirm")).expect(201);
        registrar.happen("offices", &over, because("stop")).expect(201);
        carried(&app, &goes, &old, &new);
        let gone = now(&registrar, &goes);
        assert_eq!([gone.text("/agency_id"), gone.text("/state")], [new.id.to_string(), "confirmed".into()]);
        assert_eq!(gone.text("/from"), FIRST_DAY);
        decide(&app, &old, "close");
        let states = [&goes, &stays, &over].map(|it| state(&registrar, it));
        assert_eq!(states, ["confirmed", "closed", "stopped"]);
        // Whoever does not work for the new agency is there no more.
        let person = goes.text("/people/0/person_id");
        let left = format!("UPDATE engagements SET to_day = '2026-11-21' WHERE person_id = '{person}'");
        app.database.run(&left).expect("an edit");
        assert!(offices::lapse(&app.registry).expect("a database") <= 1);
        assert_eq!(stands(&registrar, &goes)[..2], [json!("closed"), json!("left_agency")]);
    }
}
