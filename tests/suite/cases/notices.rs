//! Who was told what, how, and when it arrived.

use super::parties::reported;
use super::{CASES, Scene, asked, revoke};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use serde_json::json;

/// Recipient, duty and means of each notice of a case.
fn told(client: &Client, case: &Answer) -> Vec<String> {
    let list = client.get(&format!("{}/notices", case.path("cases"))).expect(200).json();
    let items = list["items"].as_array().expect("items").iter();
    let word = |item: &serde_json::Value, name: &str| item[name].as_str().unwrap_or("-").to_owned();
    items.map(|it| format!("{} {} {}", word(it, "recipient"), word(it, "duty"), word(it, "means"))).collect()
}

fn notice(client: &Client, case: &Answer, at: usize) -> Answer {
    let id = client.list(&format!("{}/notices", case.path("cases")), "/id").remove(at);
    client.get(&format!("/api/v1/notices/{id}")).expect(200)
}

on_both_databases! {
    fn every_duty_to_tell_is_a_notice(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let mut form = scene.form();
        let official = app.official();
        form["reports"] = json!([reported(&app, &official, json!({}))]);
        let opened = scene.opener.post(CASES, &form).expect(201);
        assert_eq!(told(&scene.opener, &opened), [] as [&str; 0]);
        let mut seen = opened;
        let suspended = json!({ "event": "notify", "means": "account", "suspend_days": 7 });
        for event in [suspended, asked("answer"), revoke(), asked("confirm"), asked("appeal"), asked("uphold"), asked("close")] {
            seen = scene.happen(&seen, event);
        }
        assert_eq!(seen.text("/state"), "closed");
        let all = [
            "subject opening account",
            "agency opening account",
            "subject suspension account",
            "agency suspension account",
            "subject decision account",
            "agency decision account",
            "subject appeal_decision account",
            "agency appeal_decision account",
            "reporter end account",
        ];
        for client in [&scene.opener, &scene.holder, &scene.head] {
            assert_eq!(told(client, &seen), all);
        }
        let own = notice(&scene.opener, &seen, 8).text("/id");
        official.get(&format!("/api/v1/notices/{own}")).expect(200);
        let others = notice(&scene.opener, &seen, 0).text("/id");
        official.get(&format!("/api/v1/notices/{others}")).expect_problem(404, "not-found");
        app.auditor().get(&format!("/api/v1/notices/{others}")).expect_invalid(&[("query:purpose", "missing")]);
    }

    fn deadlines_run_from_when_a_notice_arrived(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let posted = scene.along(&[json!({ "event": "notify", "means": "post" })]);
        let sent = notice(&scene.opener, &posted, 0);
        assert_eq!((sent.text("/means"), sent.json().get("served_at")), ("post".into(), None));
        let happen = |notice: &Answer, body| scene.opener.happen("notices", notice, body);
        let arrived = |at: &str| json!({ "event": "serve", "served_at": at });
        happen(&sent, arrived("2026-11-21T00:00:00Z")).expect_invalid(&[("/served_at", "out_of_range")]);
        happen(&sent, json!({ "event": "burn" })).expect_invalid(&[("/event", "unknown_event")]);
        let served = happen(&sent, json!({ "event": "serve" })).expect(201);
        assert_eq!(served.text("/served_at"), "2026-11-22T03:00:00Z");
        happen(&served, json!({ "event": "serve" })).expect_problem(409, "wrong-state");
        happen(&served, json!({ "event": "send", "means": "post" })).expect_problem(409, "wrong-state");
        happen(&sent, json!({ "event": "serve" })).expect_problem(412, "precondition-failed");
        // Fifteen working days; 24 November is a public holiday.
        let case = scene.opener.get(&posted.path("cases")).expect(200);
        assert_eq!((case.text("/notice"), case.text("/reply_by")), ("served".into(), "2026-12-14T17:00:00Z".into()));
        assert_ne!(case.etag(), posted.etag());
        let history = scene.opener.history("cases", &case);
        assert_eq!(history.last().expect("an event")["type"], "notice.served");
    }

    fn whoever_has_no_account_is_written_to_and_may_appeal_from_when_it_arrives(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let form = json!({
            "subject": "body", "body": "Công ty Ví Dụ", "kind": "SEIZURE", "province": "31", "summary": "Giữ máy ảnh.",
        });
        let opened = registrar.post(CASES, &form).expect(201);
        let handed = registrar.happen("cases", &opened, json!({ "event": "notify", "means": "in_person" })).expect(201);
        let answered = registrar.happen("cases", &handed, asked("answer")).expect(201);
        let decided = app.registrar().happen("cases", &answered, asked("decide")).expect(201);
        assert_eq!(told(&registrar, &decided), ["subject opening in_person", "subject decision -"]);
        assert_eq!(decided.json()["decision"].get("appeal_until"), None);
        let owed = notice(&registrar, &decided, 1);
        registrar.happen("notices", &owed, json!({ "event": "serve" })).expect_problem(409, "wrong-state");
        registrar.happen("notices", &owed, json!({ "event": "send" })).expect_invalid(&[("/means", "missing")]);
        let account = json!({ "event": "send", "means": "account" });
        registrar.happen("notices", &owed, account).expect_invalid(&[("/means", "no_account")]);
        let sent = registrar.happen("notices", &owed, json!({ "event": "send", "means": "post" })).expect(201);
        app.pass(60);
        registrar.happen("notices", &sent, json!({ "event": "serve" })).expect(201);
        let case = registrar.get(&decided.path("cases")).expect(200);
        assert_eq!(case.json()["decision"]["appeal_until"], "2027-02-20T17:00:00Z");
    }
}
