//! Who leads an agency, in time.

use super::AGENCIES;
use super::successions::{carried_out, merger};
use crate::erasure::erased;
use crate::support::answer::Answer;
use crate::support::app::{HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

fn path(agency: &TestAgency) -> String {
    format!("{AGENCIES}/{}/leaders", agency.id)
}

fn form(person: &str, post: &str, from: &str) -> Value {
    json!({ "person_id": person, "post": post, "title": "Tổng Biên tập", "from": from })
}

fn end(app: &TestApp, agency: &TestAgency, leader: &Answer, last: &str) -> Answer {
    let now = app.registrar().get(&format!("{AGENCIES}/{}", agency.id)).expect(200);
    let end = json!({ "event": "end", "reason": "Nghỉ hưu", "to": last });
    app.registrar().event(&format!("{}/{}", path(agency), leader.text("/id")), &now.etag(), end)
}

on_both_databases! {
    fn a_report_says_who_was_head_on_a_day(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let [one, other, deputy] = std::array::from_fn(|_| app.person(&agency).text("/id"));
        let registrar = app.provincial(HAI_PHONG);
        let first = registrar.post(&path(&agency), &form(&one, "head", "2020-01-02")).expect(201);
        registrar.post(&path(&agency), &form(&deputy, "deputy", "2021-01-01")).expect(201);
        let second = form(&other, "head", "2025-07-01");
        registrar.post(&path(&agency), &second).expect_problem(409, "wrong-state");
        let ended = end(&app, &agency, &first, "2025-06-30").expect(201);
        assert_eq!(ended.text("/to"), "2025-06-30");
        end(&app, &agency, &first, "2025-06-30").expect_problem(409, "wrong-state");
        registrar.post(&path(&agency), &second).expect(201);
        let on = |day: &str| app.auditor().list(&format!("{}?post=head&on={day}", path(&agency)), "/person_id");
        assert_eq!(on("2020-01-01"), Vec::<String>::new());
        assert_eq!([on("2020-01-02"), on("2025-06-30")], [vec![one.clone()], vec![one.clone()]]);
        assert_eq!([on("2025-07-01"), on("2026-11-22")], [vec![other.clone()], vec![other.clone()]]);
        assert_eq!(app.auditor().list(&path(&agency), "/person_id"), [one.clone(), deputy, other]);
        app.auditor().get(&format!("{}?on=x", path(&agency))).expect_invalid(&[("query:on", "not_a_date")]);
        app.auditor().get(&format!("{}?post=king", path(&agency))).expect_invalid(&[("query:post", "unknown_post")]);
        let looks = app.holder(&one).get(&format!("/api/v1/people/{one}/accesses")).expect(200).json();
        assert!(looks["items"].as_array().is_some_and(|items| !items.is_empty()), "they may know who looked");
    }

    fn only_people_of_the_agency_lead_it_and_registrars_say_so(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let (person, stranger) = (app.person(&agency).text("/id"), app.person(&app.local_agency()).text("/id"));
        let good = form(&person, "head", "2026-01-02");
        for client in [app.head(&agency), app.clerk(&agency), app.official(), app.auditor()] {
            client.post(&path(&agency), &good).expect_problem(403, "forbidden");
        }
        app.provincial(HA_NOI).post(&path(&agency), &good).expect_problem(404, "not-found");
        let registrar = app.registrar();
        registrar
            .post(&path(&agency), &form(&stranger, "head", "2026-01-02"))
            .expect_invalid(&[("/person_id", "unknown_person")]);
        registrar.post(&path(&agency), &form("x", "king", "2026-11-23")).expect_invalid(&[
            ("/person_id", "not_an_id"),
            ("/post", "unknown_post"),
            ("/from", "in_the_future"),
        ]);
        let head = registrar.post(&path(&agency), &good).expect(201);
        end(&app, &agency, &head, "2026-01-01").expect_invalid(&[("/to", "before_it_began")]);
        let unknown = format!("{}/01890a5d-ac96-774b-bcce-b302099a8057", path(&agency));
        let ending = json!({ "event": "end", "reason": "x" });
        registrar.event(&unknown, &agency.etag, ending.clone()).expect_problem(404, "not-found");
        let address = format!("{}/{}", path(&agency), head.text("/id"));
        registrar.post(&format!("{address}/events"), &ending).expect_problem(428, "precondition-required");
        registrar.event(&address, "\"9\"", ending).expect_problem(412, "precondition-failed");
    }

    fn nobody_leads_an_agency_that_has_ended(db) {
        let app = TestApp::start(db);
        let (old, new, third) = (app.central_agency(), app.central_agency(), app.central_agency());
        let person = app.person(&old).text("/id");
        app.registrar().post(&path(&old), &form(&person, "head", "2026-01-02")).expect(201);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let last = |agency: &TestAgency| app.registrar().list(&path(agency), "/to");
        assert_eq!(last(&old), ["2026-11-21"], "as long as anybody worked for it");
        assert_eq!(app.registrar().list(&path(&new), "/id"), Vec::<String>::new(), "who leads it is for its governing body");
        let person = app.person(&third).text("/id");
        app.registrar().post(&path(&third), &form(&person, "head", "2026-01-02")).expect(201);
        let close = json!({ "event": "close", "reason": "x" });
        app.registrar().event(&format!("{AGENCIES}/{}", third.id), &third.etag, close).expect(201);
        assert_eq!(last(&third), ["2026-11-22"]);
        app.registrar().post(&path(&third), &form(&person, "head", "2026-11-22")).expect_problem(409, "wrong-state");
    }

    fn who_is_erased_never_led_an_agency(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        app.registrar().post(&path(&agency), &form(&person, "deputy", "2026-01-02")).expect(201);
        erased(&app, &person);
        assert_eq!(app.registrar().list(&path(&agency), "/id"), Vec::<String>::new());
        let told = app.database.texts("SELECT data AS value FROM events WHERE type = 'agency.leader_appointed'");
        assert!(!told[0].contains(&person), "nor does the log say so");
    }
}
