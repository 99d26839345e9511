//! Whoever reads a case leaves a trace, with what it was read for; whom it is about sees that once they were told.

use super::parties::reported;
use super::{Scene, asked};
use crate::support::app::{Client, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

const PURPOSE: &str = "Kiểm tra thời hạn xử lý";
const STATED: &str = "purpose=Ki%E1%BB%83m%20tra%20th%E1%BB%9Di%20h%E1%BA%A1n%20x%E1%BB%AD%20l%C3%BD";

/// Role, what and purpose of each look in a case.
fn looks(holder: &Client, person: &str) -> Vec<[String; 3]> {
    let list = holder.get(&format!("/api/v1/people/{person}/accesses?limit=100")).expect(200).json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let items = list["items"].as_array().expect("a list").iter();
    let looks = items.map(|it| ["role", "what", "purpose"].map(|name| text(&it[name])));
    looks.filter(|[role, what, _]| role != "agency_clerk" && what != "credential" && what != "record").collect()
}

fn told(all: &[[&str; 3]]) -> Vec<[String; 3]> {
    all.iter().map(|look| look.map(str::to_owned)).collect()
}

on_both_databases! {
    fn the_subject_sees_who_read_the_case_and_what_for(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let report = reported(&app, &app.anonymous(), json!({}));
        let mut form = scene.form();
        form["reports"] = json!([report]);
        let opened = scene.opener.post(super::CASES, &form).expect(201);
        let (path, person) = (opened.path("cases"), scene.card.text("/person_id"));
        let before = looks(&scene.holder, &person);
        let auditor = app.auditor();
        auditor.get(&format!("{path}?{STATED}")).expect(200);
        auditor.get(&path).expect_invalid(&[("query:purpose", "missing")]);
        assert_eq!(looks(&scene.holder, &person), before, "nobody has told the subject of a case yet");

        let notified = scene.happen(&opened, asked("notify")).expect(201);
        auditor.get(&format!("{path}/timeline?{STATED}")).expect(200);
        auditor.get(&format!("{path}/events?{STATED}")).expect(200);
        auditor.get(&format!("{path}/notices?{STATED}")).expect(200);
        auditor.get(&format!("{}?{STATED}&limit=1", super::CASES)).expect(200);
        let notice = scene.opener.list(&format!("{path}/notices"), "/id").remove(0);
        auditor.get(&format!("/api/v1/notices/{notice}?{STATED}")).expect(200);
        scene.opener.get(&path).expect(200);
        scene.opener.get(&format!("{path}/matches")).expect(200);
        scene.opener.get(&format!("/api/v1/misuse-reports/{report}")).expect(200);
        scene.head.get(&path).expect(200);
        // Oneself, and whoever saw nothing.
        scene.holder.get(&path).expect(200);
        app.official().get(&path).expect_problem(404, "not-found");
        assert_eq!(looks(&scene.holder, &person)[before.len()..], told(&[
            ["auditor", "case", PURPOSE],
            ["auditor", "history", PURPOSE],
            ["auditor", "history", PURPOSE],
            ["auditor", "notice", PURPOSE],
            ["auditor", "list", PURPOSE],
            ["registrar", "notice", "-"],
            ["auditor", "notice", PURPOSE],
            ["registrar", "case", "-"],
            ["registrar", "match", "-"],
            ["registrar", "report", "-"],
            ["agency_head", "case", "-"],
        ]));
        drop(notified);
    }

    fn a_case_about_nobody_on_record_and_a_report_leave_a_trace_too(db) {
        let app = TestApp::start(db);
        let registrar = app.provincial(HAI_PHONG);
        let form = json!({ "subject": "claimed", "claimed_name": "Lê An", "province": "31", "summary": "x" });
        let opened = registrar.post(super::CASES, &form).expect(201);
        let report = reported(&app, &app.anonymous(), json!({}));
        app.auditor().get(&format!("{}?{STATED}", opened.path("cases"))).expect(200);
        registrar.get(&format!("/api/v1/misuse-reports/{report}")).expect(200);
        let rows = "SELECT actor_role || ' ' || what || ' ' || COALESCE(case_id, '-') || ' ' || COALESCE(report_id, '-') \
                    || ' ' || COALESCE(purpose, '-') AS value FROM accesses ORDER BY id";
        let expected = [
            format!("auditor case {} - {PURPOSE}", opened.text("/id")),
            format!("registrar report - {report} -"),
        ];
        assert_eq!(app.database.texts(rows), expected);
        // Whoever only follows by receipt, or is shown no more than how it stands, has read nothing personal.
        let official = app.official();
        reported(&app, &official, json!({}));
        let own = app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0);
        let form = json!({ "subject": "unknown", "reports": [own] });
        let seen = registrar.post(super::CASES, &form).expect(201);
        official.get(&seen.path("cases")).expect(200);
        official.get(super::CASES).expect(200);
        assert_eq!(app.database.texts(rows).len(), expected.len());
    }

    fn whom_a_case_is_about_does_not_see_by_who_looked_who_reported(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let official = app.official();
        let form = json!({ "province": "31", "place": "Chợ", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Cho mượn thẻ." });
        let receipt = official.post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
        let file = ("POST", format!("/api/v1/misuse-reports/{receipt}/evidence"), [("content-type", "application/pdf")]);
        official.send(file.0, &file.1, &file.2, Some(b"%PDF-1.7\n1")).expect(201);
        let report = app.database.texts("SELECT id AS value FROM reports").remove(0);
        let mut form = scene.form();
        form["reports"] = json!([report]);
        let opened = scene.opener.post(super::CASES, &form).expect(201);
        let told = scene.happen(&opened, asked("notify")).expect(201);
        scene.happen(&told, asked("dismiss")).expect(201);
        let person = scene.card.text("/person_id");
        let before = looks(&scene.holder, &person);
        let [own] = <[String; 1]>::try_from(official.list("/api/v1/notices", "/id")).expect("one notice");
        official.get(&format!("/api/v1/notices/{own}")).expect(200);
        official.get(&format!("/api/v1/notices/{own}?format=pdf")).expect(200);
        official.get(&format!("/api/v1/misuse-reports/{report}")).expect(200);
        official.get(&format!("/api/v1/misuse-reports/{report}/evidence/1")).expect(200);
        assert_eq!(looks(&scene.holder, &person), before);
        // Written down it is, in the case.
        let rows = "SELECT what AS value FROM accesses WHERE actor_role = 'official' AND person_id IS NULL AND case_id IS NOT NULL";
        assert_eq!(app.database.texts(rows).len(), 4);
        // Another's look at the same report is the subject's to see.
        scene.opener.get(&format!("/api/v1/misuse-reports/{report}")).expect(200);
        assert_eq!(looks(&scene.holder, &person).len(), before.len() + 1);
    }

    fn whoever_a_claim_resembled_is_told_once_it_tells_of_nothing(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let (person, name) = (scene.card.text("/person_id"), scene.card.text("/name"));
        let form = json!({ "subject": "claimed", "claimed_name": name, "province": "31", "summary": "x" });
        let opened = scene.opener.post(super::CASES, &form).expect(201);
        let before = looks(&scene.holder, &person);
        scene.opener.get(&format!("{}/matches", opened.path("cases"))).expect(200);
        assert_eq!(looks(&scene.holder, &person), before);
        scene.opener.happen("cases", &opened, asked("dismiss")).expect(201);
        assert_eq!(looks(&scene.holder, &person)[before.len()..], told(&[["registrar", "match", "-"]]));
    }

    fn an_hour_of_many_looks_is_committed_to_whole(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        app.registrar().get(&person.path("people")).expect(200);
        // More than are taken at a time, many of them at one instant.
        let copies = "INSERT INTO accesses SELECT id || '-' || i, at + i / 700, person_id, actor_id, actor_role, actor_body, what, \
                      NULL, NULL, NULL FROM accesses, n";
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500) ";
        app.database.run(&format!("{numbers}{copies}")).expect("looks");
        app.pass(3_600);
        // Ids of the copies are none: what is read is held against what the domain knows.
        assert!(app.registry.commit_accesses().is_err());
        app.database.run("DELETE FROM accesses WHERE id LIKE '%-%-%-%-%-%'").expect("as before");
        let ids = "INSERT INTO accesses SELECT substr(id, 1, 24) || substr('000000000000' || (100000 + i), -12), at + i / 700, \
                   person_id, actor_id, actor_role, actor_body, what, NULL, NULL, NULL FROM accesses, n";
        let ids = match app.database.engine {
            crate::support::Engine::Sqlite => ids.to_owned(),
            crate::support::Engine::Postgres => {
                ids.replace("substr('000000000000' || (100000 + i), -12)", "lpad((100000 + i)::text, 12, '0')")
            }
        };
        app.database.run(&format!("{numbers}{ids}")).expect("looks");
        app.registry.commit_accesses().expect("a database");
        let list = app.auditor().get("/api/v1/log/entries?type=accesses.committed").expect(200).json();
        assert_eq!(list["items"].as_array().expect("a list").len(), 1);
        assert_eq!(list["items"][0]["event"]["count"], 2_501);
    }
}
