//! Who sees and does what: the agency, the province in which it is, and nobody else.

use super::{OFFICES, assigned, because, notified, now, of, office, with};
use crate::lookups::state_cards;
use crate::support::app::{HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn a_province_sees_and_decides_on_what_is_in_it(db) {
        let app = TestApp::start(db);
        // The agency is of Hà Nội, its reporter in Hải Phòng.
        let agency = app.local_agency_of("01");
        let (home, away) = (app.provincial(HA_NOI), app.provincial(HAI_PHONG));
        let form = assigned(&app.person(&agency).text("/id"));
        let told = app.head(&agency).post(&of(&agency), &form).expect(201);
        let elsewhere = with(assigned(&app.person(&agency).text("/id")), "province", "01");
        let at_home = app.head(&agency).post(&of(&agency), &elsewhere).expect(201);
        for (registrar, own, others) in [(&away, &told, &at_home), (&home, &at_home, &told)] {
            registrar.get(&own.path("offices")).expect(200);
            registrar.get(&others.path("offices")).expect_problem(404, "not-found");
            registrar.happen("offices", others, because("object")).expect_problem(404, "not-found");
            for path in [OFFICES.to_owned(), of(&agency)] {
                assert_eq!(registrar.list(&path, "/id"), [own.text("/id")]);
            }
        }
        assert_eq!(app.registrar().list(&of(&agency), "/id").len(), 2);
        away.happen("offices", &told, json!({ "event": "confirm" })).expect(201);
        app.registrar().happen("offices", &at_home, because("stop")).expect(201);
        // A registrar writes down what came to the province, and to no other.
        let paper = with(assigned(&app.person(&agency).text("/id")), "notified_on", "2026-11-20");
        home.post(&of(&agency), &paper).expect_problem(404, "not-found");
        away.post(&of(&agency), &paper).expect(201);
        let nowhere = with(paper, "province", "99");
        away.post(&of(&agency), &nowhere).expect_invalid(&[("/province", "unknown_province")]);
    }

    fn an_agency_sees_its_own_and_others_do_not(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let told = notified(&app, &agency);
        for client in [app.head(&agency), app.clerk(&agency)] {
            client.get(&told.path("offices")).expect(200);
            assert_eq!(client.list(OFFICES, "/id"), [told.text("/id")]);
        }
        for client in [app.head(&other), app.clerk(&other)] {
            client.get(&told.path("offices")).expect_problem(404, "not-found");
            client.get(&format!("{}/events", told.path("offices"))).expect_problem(404, "not-found");
            client.get(&of(&agency)).expect_problem(404, "not-found");
            client.post(&of(&agency), &assigned("x")).expect_problem(404, "not-found");
            assert_eq!(client.list(OFFICES, "/id"), [] as [&str; 0]);
        }
        for client in [app.admin(), app.official(), app.auditor(), app.holder(&told.text("/people/0/person_id"))] {
            client.get(&told.path("offices")).expect_problem(403, "forbidden");
            client.get(OFFICES).expect_problem(403, "forbidden");
        }
        app.clerk(&agency).happen("offices", &told, because("close")).expect_problem(403, "forbidden");
        app.head(&agency).happen("offices", &told, because("confirm")).expect_problem(403, "forbidden");
    }

    fn a_list_is_narrowed_to_a_kind_a_state_an_agency_and_a_province(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let office = notified(&app, &agency);
        let reporter = app.head(&other).post(&of(&other), &assigned(&app.person(&other).text("/id"))).expect(201);
        let registrar = app.registrar();
        registrar.happen("offices", &reporter, because("object")).expect(201);
        let ids = |query: &str| registrar.list(&format!("{OFFICES}?limit=1&{query}"), "/id");
        assert_eq!(ids("province=31"), [office.text("/id"), reporter.text("/id")]);
        assert_eq!(ids("province=01"), [] as [&str; 0]);
        assert_eq!(ids("state=objected"), [reporter.text("/id")]);
        assert_eq!(ids("kind=representative_office"), [office.text("/id")]);
        assert_eq!(ids(&format!("agency_id={}", other.id)), [reporter.text("/id")]);
        for (query, pointer, code) in [
            ("province=99", "query:province", "unknown_province"),
            ("state=open", "query:state", "unknown_state"),
            ("kind=house", "query:kind", "unknown_kind"),
            ("agency_id=x", "query:agency_id", "not_an_id"),
            ("name=x", "query:name", "unknown_parameter"),
        ] {
            registrar.get(&format!("{OFFICES}?{query}")).expect_invalid(&[(pointer, code)]);
        }
        registrar.get(&format!("{}?agency_id={}", of(&agency), agency.id))
            .expect_invalid(&[("query:agency_id", "unknown_parameter")]);
    }

    fn the_registrar_of_the_place_knows_who_is_there(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let leader = app.issued_card(&agency);
        let [reporter, of_before] = [(); 2].map(|()| app.person(&agency));
        // A card of before the registry, and one that is over.
        let (name, other) = (of_before.text("/full_name"), reporter.text("/full_name"));
        state_cards(&app, &agency, &[("IBT00123", &name, "2026-01-02", ""), ("IBT00124", &other, "2021-05-01", "")]);
        let form = office(&leader.text("/person_id"), &[&reporter.text("/id"), &of_before.text("/id")]);
        let told = app.head(&agency).post(&of(&agency), &form).expect(201);
        let registrar = app.provincial(HAI_PHONG);
        registrar.get(&reporter.path("people")).expect_problem(404, "not-found");
        let shown = |people: &Value| {
            let people = people.as_array().expect("people").iter();
            people.map(|it| ["name", "press_card", "post"].map(|name| it[name].clone())).collect::<Vec<_>>()
        };
        let mut expected = [
            [leader.json()["name"].clone(), leader.json()["number"].clone(), json!("head")],
            [json!(other), Value::Null, json!("reporter")],
            [json!(name), json!("IBT00123"), json!("reporter")],
        ];
        // By given name: here the last word is a number, and is compared as a word.
        expected[1..].sort_by_key(|it| it[0].to_string());
        let seen = now(&registrar, &told);
        let listed = registrar.get(OFFICES).expect(200).json()["items"][0]["people"].clone();
        let of_agency = registrar.get(&of(&agency)).expect(200).json()["items"][0]["people"].clone();
        for people in [&told.json()["people"], &seen.json()["people"], &listed, &of_agency] {
            assert_eq!(shown(people), expected);
        }
        // They are told who learnt of them, from the lists too.
        let holder = app.holder(&reporter.text("/id"));
        let looks = holder.list(&format!("/api/v1/people/{}/accesses", reporter.text("/id")), "/what");
        let of_registrar = ["office", "list", "list"];
        assert_eq!(looks[looks.len() - 3..], of_registrar, "{looks:?}");
        // Whoever confirms has seen who is there: another card, another tag.
        let lost = json!({ "event": "report_lost", "reason": "Mất trên xe" });
        app.registrar().happen("credentials", &leader, lost).expect(201);
        registrar.happen("offices", &seen, json!({ "event": "confirm" })).expect_problem(412, "precondition-failed");
        let without = now(&registrar, &told);
        assert_eq!(shown(&without.json()["people"])[0], [leader.json()["name"].clone(), Value::Null, json!("head")]);
        registrar.happen("offices", &without, json!({ "event": "confirm" })).expect(201);
    }

    fn whoever_looks_is_known_to_those_who_work_there(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let told = notified(&app, &agency);
        let person = told.text("/people/1/person_id");
        app.provincial(HAI_PHONG).get(&told.path("offices")).expect(200);
        let holder = app.holder(&person);
        let looks = holder.list(&format!("/api/v1/people/{person}/accesses"), "/what");
        assert_eq!(looks, ["office"]);
        // They see what happened to them there.
        let events = holder.get(&format!("/api/v1/people/{person}/events?limit=100")).expect(200);
        assert!(events.body_text().contains("office.notified"), "{}", events.body_text());
    }
}
