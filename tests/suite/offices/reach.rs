//! Who sees and does what: the agency, the province in which it is, and nobody else.

use super::{OFFICES, assigned, because, notified, of, with};
use crate::support::app::{HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::json;

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
