//! Who asks, who confirms, and what stands in the way.

use super::{confirm, erase, erased, record, returned};
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn an_erasure_waits_for_another_registrar(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = app.person(&agency).text("/id");
        let (first, second) = (app.provincial(HAI_PHONG), app.registrar());
        let before = record(&first, &person);
        assert_eq!((before.json().get("pending_second"), before.json().get("erasure")), (None, None));

        let pending = first.happen("people", &before, erase()).expect(202);
        assert_eq!(pending.json()["pending_second"], true);
        assert_eq!(pending.text("/erasure/state"), "pending_second");
        assert_eq!(pending.text("/erasure/reason"), "Theo đơn của người được ghi nhận");
        let read = record(&second, &person);
        assert_eq!((read.etag(), read.json()), (pending.etag(), pending.json()), "as it is answered");
        let of_agency = app.clerk(&agency).get(&format!("/api/v1/people/{person}")).expect(200).json();
        assert!(of_agency.get("pending_second").is_none() && of_agency.get("erasure").is_none(), "{of_agency}");

        first.happen("people", &pending, confirm()).expect_problem(403, "second-person-required");
        first.happen("people", &pending, erase()).expect_problem(409, "wrong-state");
        let gone = second.happen("people", &pending, confirm()).expect(201);
        assert_eq!((gone.text("/id"), gone.text("/state")), (person.clone(), "erased".into()));
        assert_eq!([&gone.json()["shared_papers"], &gone.json()["shared_office_papers"]], [&json!([]); 2]);
        assert_eq!(gone.json().as_object().map(|it| it.len()), Some(5), "nothing else is left");
        for client in [&first, &second, &app.clerk(&agency)] {
            client.get(&format!("/api/v1/people/{person}")).expect_problem(404, "not-found");
        }
        let again = [("if-match", "\"9\"")];
        second.post_with(&format!("/api/v1/people/{person}/events"), &again, &erase()).expect_problem(404, "not-found");
        assert_eq!(second.list(&format!("/api/v1/agencies/{}/people", agency.id), "/id"), Vec::<String>::new());
        assert_eq!(app.auditor().list("/api/v1/log/entries?limit=100&type=person.erased", "/event/object/id"), [person]);
    }

    fn what_waits_for_a_second_registrar_is_in_their_list(db) {
        let app = TestApp::start(db);
        let (local, central) = (app.local_agency(), app.central_agency());
        let [first, second, third] = [&central, &local, &central].map(|it| app.person(it));
        let (registrar, other) = (app.registrar(), app.registrar());
        let (province, away) = (app.provincial(HAI_PHONG), app.provincial(HA_NOI));
        let all = |client: &Client| client.list("/api/v1/erasures", "/person_id");
        assert_eq!(all(&registrar), [""; 0]);
        // In the order in which they are asked for, and not of people.
        let mut ids = Vec::new();
        for (by, person) in [(&registrar, &third), (&province, &second), (&registrar, &first)] {
            by.happen("people", &record(&registrar, &person.text("/id")), erase()).expect(202);
            ids.push(person.text("/id"));
            app.pass(1);
        }
        assert_eq!(all(&registrar), ids);
        assert_eq!((all(&province), all(&away)), (vec![ids[1].clone()], vec![]), "of whoever works there");
        let part = registrar.get("/api/v1/erasures?limit=2").expect(200);
        assert_eq!(part.json()["items"].as_array().map(Vec::len), Some(2));
        let next = registrar.get(&format!("/api/v1/erasures?limit=2&cursor={}", part.text("/next_cursor"))).expect(200);
        assert_eq!((next.text("/items/0/person_id"), &next.json()["next_cursor"]), (ids[2].clone(), &Value::Null));
        let shown = registrar.get("/api/v1/erasures").expect(200);
        let it = &shown.json()["items"][0];
        assert_eq!((&it["full_name"], &it["erasure"]["state"]), (&third.json()["full_name"], &json!("pending_second")));
        assert_eq!(it["erasure"]["reason"], erase()["reason"]);
        let mine = |client: &Client| {
            let items = client.get("/api/v1/erasures").expect(200).json()["items"].clone();
            items.as_array().expect("items").iter().map(|it| it["asked_by_oneself"] == true).collect::<Vec<_>>()
        };
        assert_eq!((mine(&registrar), mine(&other)), (vec![true, false, true], vec![false; 3]));
        let looks = app.holder(&ids[2]).list(&format!("/api/v1/people/{}/accesses?limit=100", ids[2]), "/what");
        assert!(looks.contains(&"list".to_owned()), "each look is written down: {looks:?}");
        // What is decided is there no more.
        other.happen("people", &record(&other, &ids[0]), confirm()).expect(201);
        other.happen("people", &record(&other, &ids[1]), json!({ "event": "keep" })).expect(201);
        assert_eq!(all(&other), [ids[2].clone()]);
        app.clerk(&local).get("/api/v1/erasures").expect_problem(403, "forbidden");
    }

    fn an_erasure_can_be_taken_back_and_asked_for_again(db) {
        let app = TestApp::start(db);
        let person = app.person(&app.central_agency()).text("/id");
        let (first, second) = (app.registrar(), app.registrar());
        let before = record(&first, &person);
        first.happen("people", &before, json!({ "event": "keep" })).expect_problem(409, "wrong-state");
        first.happen("people", &before, confirm()).expect_problem(409, "wrong-state");
        let pending = first.happen("people", &before, erase()).expect(202);
        let kept = first.happen("people", &pending, json!({ "event": "keep", "reason": "Rút đơn" })).expect(201);
        assert_eq!(kept.json(), before.json(), "as if nothing had been asked for");
        second.happen("people", &kept, confirm()).expect_problem(409, "wrong-state");
        // Whoever took it back may be the second person of another's request.
        let pending = second.happen("people", &kept, erase()).expect(202);
        first.happen("people", &pending, confirm()).expect(201);
    }

    fn what_is_asked_for_wrongly_is_said(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let seen = record(&registrar, &app.person(&app.central_agency()).text("/id"));
        let wrong = |body: Value, fields: &[(&str, &str)]| {
            registrar.happen("people", &seen, body).expect_invalid(fields);
        };
        wrong(json!({ "event": "forget" }), &[("/event", "unknown_event")]);
        wrong(json!({ "event": "erase" }), &[("/reason", "missing")]);
        wrong(json!({ "event": "erase", "reason": "x".repeat(501) }), &[("/reason", "too_long")]);
        wrong(json!({ "event": "confirm", "reason": "Đúng" }), &[("/reason", "not_for_this_event")]);
        let path = format!("{}/events", seen.path("people"));
        registrar.post(&path, &erase()).expect_problem(428, "precondition-required");
        registrar.post_with(&path, &[("if-match", "\"77\"")], &erase()).expect_problem(412, "precondition-failed");
        // Somebody has changed the record since it was read.
        let pending = registrar.happen("people", &seen, erase()).expect(202);
        app.registrar().happen("people", &seen, confirm()).expect_problem(412, "precondition-failed");
        app.registrar().happen("people", &pending, confirm()).expect(201);
    }

    fn another_provinces_registrar_finds_nobody(db) {
        let app = TestApp::start(db);
        let person = app.person(&app.local_agency()).text("/id");
        let seen = record(&app.registrar(), &person);
        let away = app.provincial(HA_NOI);
        away.happen("people", &seen, erase()).expect_problem(404, "not-found");
        let pending = app.registrar().happen("people", &seen, erase()).expect(202);
        away.happen("people", &pending, confirm()).expect_problem(404, "not-found");
        app.provincial(HAI_PHONG).happen("people", &pending, confirm()).expect(201);
    }

    fn nobody_is_erased_while_a_credential_is_in_force(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let person = card.text("/person_id");
        let (first, second, clerk) = (app.registrar(), app.registrar(), app.clerk(&agency));
        let refused = |seen: &crate::support::answer::Answer, words: &str| {
            let answer = first.happen("people", seen, erase()).expect_problem(409, "wrong-state");
            assert!(answer.text("/detail").contains(words), "{}", answer.text("/detail"));
        };
        let seen = record(&first, &person);
        refused(&seen, "in force");
        let suspend = json!({ "event": "suspend", "ground": "inquiry", "reason": "Kiểm tra" });
        first.happen("credentials", &card, suspend).expect(201);
        refused(&seen, "suspended");
        let suspended = first.get(&card.path("credentials")).expect(200);
        let reinstate = json!({ "event": "reinstate", "ground": "cleared", "reason": "Đã rõ" });
        first.happen("credentials", &suspended, reinstate).expect(201);
        returned(&app, &clerk, &card.text("/id"));
        let pending = first.happen("people", &seen, erase()).expect(202);
        // Something has come since it was asked for: a letter that begins tomorrow.
        let now = app.registry.clock.now();
        let mut letter = app.letter_form(&person);
        letter["valid_from"] = now.plus_seconds(DAY).to_string().into();
        letter["valid_until"] = now.plus_seconds(2 * DAY).to_string().into();
        app.head(&agency).post("/api/v1/letters", &letter).expect(201);
        second.happen("people", &pending, confirm()).expect_problem(409, "wrong-state");
        app.pass(2 * DAY);
        app.again(&second).happen("people", &pending, confirm()).expect(201);
        let checked = app.anonymous().verify(&card.text("/code")).json();
        assert_eq!((&checked["verdict"], &checked["reason"]), (&json!("not_valid"), &json!("withdrawn")), "its slot stays");
        app.again(&first).get(&card.path("credentials")).expect_problem(404, "not-found");
        let number = checked["card"]["number"].as_str().expect("a number");
        let given = format!("SELECT COUNT(*) AS value FROM credentials WHERE number = '{number}'");
        assert_eq!(app.database.number(&given), 1, "its number is not given again");
    }

    fn nobody_is_erased_while_a_case_that_concerns_them_is_open(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (registrar, clerk) = (app.registrar(), app.clerk(&agency));
        let about = |form: &dyn Fn(&str, &crate::support::answer::Answer) -> Value| {
            let card = app.issued_card(&agency);
            returned(&app, &clerk, &card.text("/id"));
            let person = card.text("/person_id");
            let mut form = form(&person, &card);
            form["province"] = "31".into();
            let case = registrar.post("/api/v1/cases", &form).expect(201);
            let refused = registrar.happen("people", &record(&registrar, &person), erase());
            let refused = refused.expect_problem(409, "wrong-state");
            assert!(refused.text("/detail").contains("case"), "{}", refused.text("/detail"));
            registrar.happen("cases", &case, json!({ "event": "dismiss", "reason": "Không đủ căn cứ" })).expect(201);
            erased(&app, &person);
            registrar.get(&case.path("cases")).expect(200).json()
        };
        let subject = about(&|person, _| json!({ "subject": "holder", "person_id": person, "summary": "Cho mượn thẻ" }));
        assert_eq!((&subject["state"], subject.get("summary")), (&json!("dismissed"), None));
        about(&|_, card| json!({ "subject": "unknown", "credential_id": card.text("/id"), "summary": "x" }));
        let claimed = |name: &str, value: String| json!({ "subject": "claimed", name: value, "summary": "x" });
        about(&|_, card| claimed("claimed_number", card.text("/number")));
        about(&|_, card| claimed("claimed_name", card.text("/name").to_lowercase()));
    }

    fn a_repeated_request_is_answered_and_not_repeated(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = app.person(&agency).text("/id");
        let (first, second) = (app.registrar(), app.provincial(HAI_PHONG));
        let path = format!("/api/v1/people/{person}/events");
        let send = |client: &crate::support::app::Client, etag: &str, key: &str, body: &Value| {
            client.post_with(&path, &[("if-match", etag), ("idempotency-key", key)], body)
        };
        let etag = record(&first, &person).etag();
        let pending = send(&first, &etag, "a", &erase()).expect(202);
        assert_eq!(send(&first, &etag, "a", &erase()).expect(202).body, pending.body);
        send(&first, &etag, "a", &json!({ "event": "keep" })).expect_problem(422, "idempotency-key-reused");
        let gone = send(&second, &pending.etag(), "b", &confirm()).expect(201);
        assert_eq!(send(&second, &pending.etag(), "b", &confirm()).expect(201).body, gone.body);
        // What was answered about the person before is not kept either.
        send(&first, &etag, "a", &erase()).expect_problem(404, "not-found");
        app.provincial(HAI_PHONG).post_with(&path, &[("if-match", &etag)], &confirm()).expect_problem(404, "not-found");
        assert_eq!(app.auditor().list("/api/v1/log/entries?type=person.erased", "/event/type"), ["person.erased"]);
    }
}
