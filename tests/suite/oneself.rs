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
        assert_eq!(types, ["person.registered", "application.submitted", "application.refused"]);
        assert!(history["items"][1]["unknown"].is_array(), "which conditions of the law were looked at");
        assert_eq!(history["items"][2]["reason"], "Chưa đủ hai năm công tác");
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

    fn what_is_taken_away_holds_cases_notices_and_looks_once_they_were_told(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        let person = card.text("/person_id");
        let (me, registrar) = (app.holder(&person), app.provincial(HAI_PHONG));
        let form = json!({
            "subject": "holder", "person_id": person, "credential_id": card.text("/id"), "kind": "LENT_CARD",
            "province": "31", "summary": "Một người khác xuất trình thẻ này.",
        });
        let case = registrar.post("/api/v1/cases", &form).expect(201);
        let id = case.text("/id");
        let audited = format!("/api/v1/cases/{id}?purpose=Thanh%20tra%20qu%C3%BD%204");
        app.auditor().get(&audited).expect(200);
        let export = || {
            app.registry.publish_log().expect("a checkpoint");
            me.get(&format!("/api/v1/people/{person}/export")).expect(200)
        };
        let untold = export();
        assert!(!untold.body_text().contains(&id), "nobody has told the subject of a case yet");
        assert_eq!((&untold.json()["cases"], &untold.json()["notices"]), (&json!([]), &json!([])));

        let notify = json!({ "event": "notify", "means": "account" });
        let told = registrar.happen("cases", &case, notify).expect(201);
        // Cases against oneself: read, answered, and each step seen.
        assert_eq!(me.list("/api/v1/cases", "/id"), [id.as_str()]);
        me.happen("cases", &told, json!({ "event": "answer", "reason": "Tôi không cho ai mượn." })).expect(201);
        assert_eq!(me.list(&format!("/api/v1/cases/{id}/events"), "/type"), ["case.opened", "case.notified", "case.answered"]);

        let export = export().json();
        assert_eq!((&export["cases"][0]["id"], &export["cases"][0]["statements"][0]["text"]), (&json!(id), &json!("Tôi không cho ai mượn.")));
        let notices: Vec<_> = export["notices"].as_array().expect("a list").iter().map(|it| it["duty"].clone()).collect();
        assert_eq!(notices, [json!("opening")], "one's own, not the agency's");
        let looked = export["accesses"].as_array().expect("a list").iter().find(|it| it["what"] == "case").expect("one");
        assert_eq!((&looked["role"], &looked["purpose"]), (&json!("auditor"), &json!("Thanh tra quý 4")));
        let events: Vec<EventProof> = serde_json::from_value(export["events"].clone()).expect("proofs");
        let mut answered = false;
        for proof in &events {
            proof.check(&VerifierKey::parse(&proof.vkey).expect("a key")).expect("proven");
            assert!(proof.personal.iter().all(|shown| shown.subject == person || shown.subject == id));
            answered |= proof.event["type"] == "case.answered" && proof.personal[0].fields["reason"] == "Tôi không cho ai mượn.";
        }
        assert!(answered, "the case's own entries are there with their fields");
        for other in [app.registrar(), app.auditor(), app.head(&agency)] {
            other.get(&format!("/api/v1/people/{person}/export")).expect_problem(403, "forbidden");
        }
    }

    fn a_card_that_its_holder_reports_lost_is_withdrawn_with_the_answer(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let me = app.holder(&card.text("/person_id"));
        let mine = me.get(&card.path("credentials")).expect(200);
        let another = crate::support::app::open(&app.database, &app.data_dir, &app.base);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
        let lost = json!({ "event": "report_lost", "ground": "lost", "reason": "Rơi trên xe khách" });
        assert_eq!(me.happen("credentials", &mine, lost).expect(201).text("/state"), "lost");
        // Whoever asks after the answer is told so: by code, and by the code that is typed.
        for code in ["/code", "/typed_code"] {
            assert_eq!(app.verdict(&card.text(code)), ("not_valid".into(), Some("withdrawn".into())));
        }
        // Another node takes it over when it next looks, which is twice a second.
        another.refresh().expect("taken over");
        let verdict = press_registry::app::verifications::verify(&another, &card.text("/code"), None).expect("a verdict");
        assert_eq!(verdict.judgement.reason(), Some("withdrawn"));
    }
}
