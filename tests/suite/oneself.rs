//! What journalists see of themselves: who looked, what was written down, and all of it to take away.

use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use press_registry::domain::events::EventProof;
use press_registry::domain::log::VerifierKey;
use serde_json::{Value, json};

/// Role, body and what of each look.
fn looks(list: &Value) -> Vec<[&str; 3]> {
    let items = list["items"].as_array().expect("a list");
    items.iter().map(|it| ["role", "body", "what"].map(|name| it[name].as_str().unwrap_or("-"))).collect()
}

on_both_databases! {
    fn a_journalist_sees_who_looked_at_their_record_and_in_which_capacity(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        let (person, other) = (card.text("/person_id"), app.person(&agency).text("/id"));
        let me = app.holder(&person);
        let seen = |path: &str| me.get(path).expect(200).json();
        let accesses = format!("/api/v1/people/{person}/accesses");
        let earlier = looks(&seen(&accesses)).len();

        app.registrar().get(&format!("/api/v1/people/{person}")).expect(200);
        app.provincial(HAI_PHONG).get(&card.path("credentials")).expect(200);
        app.clerk(&agency).get(&format!("{}/events", card.path("credentials"))).expect(200);
        app.clerk(&agency).get(&format!("/api/v1/agencies/{}/people", agency.id)).expect(200);
        app.registrar().get(&format!("{}/qr", card.path("credentials"))).expect(200);
        // Refused, another's, and one's own: nothing was seen, or by nobody else.
        app.official().get(&format!("/api/v1/people/{person}")).expect(403);
        app.clerk(&app.central_agency()).get(&format!("/api/v1/people/{person}")).expect(404);
        app.registrar().get(&format!("/api/v1/people/{other}")).expect(200);
        me.get(&format!("/api/v1/people/{person}")).expect(200);
        me.get(&card.path("credentials")).expect(200);

        let agency_name = app.registrar().get(&format!("/api/v1/agencies/{}", agency.id)).expect(200).text("/name");
        let list = seen(&accesses);
        assert_eq!(looks(&list)[earlier..], [
            ["registrar", "-", "record"],
            ["registrar", "Hải Phòng", "credential"],
            ["agency_clerk", &agency_name, "history"],
            ["agency_clerk", &agency_name, "list"],
            ["registrar", "-", "credential"],
        ]);
        for item in list["items"].as_array().expect("a list") {
            assert_eq!(item.as_object().expect("an object").len(), 4, "no name and no account: {item}");
        }
    }

    fn each_hour_of_looks_is_committed_to_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).path("people");
        app.registrar().get(&person).expect(200);
        app.registrar().get(&person).expect(200);
        let committed = || {
            app.registry.commit_accesses().expect("a database");
            let list = app.auditor().get("/api/v1/log/entries?type=accesses.committed").expect(200).json();
            list["items"].as_array().expect("a list").iter().map(|it| it["event"]["count"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(committed(), Vec::<Value>::new(), "the hour is not over");
        app.pass(3_600);
        assert_eq!(committed(), [json!(2)]);
        assert_eq!(committed(), [json!(2)]);
        app.registrar().get(&person).expect(200);
        app.pass(7_200);
        assert_eq!(committed(), [json!(2), json!(1)]);
    }

    fn what_happened_to_a_person_is_told_with_their_own_fields_alone(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [app.person(&agency).text("/id"), app.person(&agency).text("/id")];
        let application = app.submitted(&agency, &[&people[0], &people[1]]);
        let path = application.path("applications");
        let refusal = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác" });
        app.registrar().event(&path, &application.etag(), refusal).expect(201);
        let me = app.holder(&people[0]);
        let history = me.get(&format!("/api/v1/people/{}/events", people[0])).expect(200).json();
        let types: Vec<&str> = history["items"].as_array().expect("a list").iter().map(|it| it["type"].as_str().expect("a type")).collect();
        assert_eq!(types, ["person.registered", "application.refused"]);
        assert_eq!(history["items"][1]["reason"], "Chưa đủ hai năm công tác");
        me.get(&format!("/api/v1/people/{}/events", people[1])).expect_problem(404, "not-found");
    }

    fn all_of_it_is_taken_away_with_proofs_that_hold_offline(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let person = card.text("/person_id");
        app.registrar().get(&card.path("credentials")).expect(200);
        app.registry.publish_log().expect("a checkpoint");
        let export = app.holder(&person).get(&format!("/api/v1/people/{person}/export")).expect(200).json();
        assert_eq!((&export["person"]["id"], &export["credentials"][0]["number"]), (&json!(person), &card.json()["number"]));
        assert_eq!(export["accesses"][0]["what"], "credential");
        let events = export["events"].as_array().expect("a list");
        assert!(events.len() >= 2, "registered and issued");
        for event in events {
            let proof: EventProof = serde_json::from_value(event.clone()).expect("a proof");
            proof.check(&VerifierKey::parse(&proof.vkey).expect("a key")).expect("proven");
            assert!(proof.personal.iter().all(|shown| shown.subject == person), "nobody else's");
        }
        assert!(events.iter().any(|event| event["personal"][0]["fields"]["name"] == card.json()["name"]));
    }
}
