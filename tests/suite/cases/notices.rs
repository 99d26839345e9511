//! Who was told what, how, and when it arrived.

use super::parties::reported;
use super::{CASES, Scene, asked, revoke};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use press_registry::app::duties;
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
            assert_eq!(duties::tell(&app.registry).expect("a run"), 0, "the case tells of it");
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
        assert_eq!(told(&scene.opener, &seen), all);
        let own = notice(&scene.opener, &seen, 8).text("/id");
        // Whom it is about, and their agency, do not learn who reported.
        for client in [&scene.holder, &scene.head, &app.clerk(&scene.agency)] {
            assert_eq!(told(client, &seen), all[..8]);
            client.get(&format!("/api/v1/notices/{own}")).expect_problem(404, "not-found");
            client.get(&format!("/api/v1/notices/{own}?format=pdf")).expect_problem(404, "not-found");
        }
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
        let email = json!({ "event": "send", "means": "email" });
        registrar.happen("notices", &owed, email).expect_invalid(&[("/means", "no_email")]);
        let sent = registrar.happen("notices", &owed, json!({ "event": "send", "means": "post" })).expect(201);
        app.pass(60);
        registrar.happen("notices", &sent, json!({ "event": "serve" })).expect(201);
        let case = registrar.get(&decided.path("cases")).expect(200);
        assert_eq!(case.json()["decision"]["appeal_until"], "2027-02-20T17:00:00Z");
    }

    fn whoever_reported_in_their_own_name_reads_how_it_ended_and_no_more(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = || app.person(&agency).text("/id");
        let form = json!({ "province": "31", "place": "Chợ", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Thẻ giả." });
        let handler = app.provincial(HAI_PHONG);
        for reporter in [app.admin(), app.head(&agency), app.clerk(&agency), app.holder(&person()), app.official(), app.provincial(HA_NOI)] {
            let receipt = reporter.post("/api/v1/misuse-reports", &form).expect(201).text("/receipt");
            let report = app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0);
            let opening = json!({ "subject": "claimed", "claimed_name": "Lê An", "kind": "FORGED_CARD", "reports": [report] });
            let case = handler.post(CASES, &opening).expect(201);
            assert_eq!(reporter.list("/api/v1/notices", "/id"), [] as [&str; 0]);
            handler.happen("cases", &case, json!({ "event": "dismiss", "reason": "Không rõ" })).expect(201);
            let [own] = <[String; 1]>::try_from(reporter.list("/api/v1/notices", "/id")).expect("one notice");
            let path = format!("/api/v1/notices/{own}");
            let notice = reporter.get(&path).expect(200);
            assert_eq!((notice.text("/recipient"), notice.text("/duty")), ("reporter".into(), "dismissal".into()));
            reporter.get(&format!("{path}?format=pdf")).expect(200);
            // Nobody else of the same role reads it, and what else the case was told to others stays theirs.
            for other in [app.admin(), app.head(&agency), app.holder(&person()), app.official(), app.provincial(HA_NOI)] {
                other.get(&path).expect_problem(404, "not-found");
                assert_eq!(other.list("/api/v1/notices?limit=1", "/id"), [] as [&str; 0]);
            }
            // By receipt one sees the state alone.
            let followed = app.anonymous().get(&format!("/api/v1/misuse-reports/{receipt}")).expect(200);
            assert_eq!(followed.text("/state"), "closed");
            assert!(!followed.body_text().contains(&case.text("/id")));
        }
    }

    fn a_holder_and_an_agency_find_what_they_were_told(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        // What they were told of the application for the card is no affair of this test.
        app.database.run("DELETE FROM notices").expect("a statement");
        assert_eq!(scene.holder.list("/api/v1/notices", "/id"), [] as [&str; 0]);
        scene.along(&[asked("notify"), asked("answer"), asked("decide")]);
        assert_eq!(scene.holder.list("/api/v1/notices", "/duty"), ["opening", "decision"]);
        assert_eq!(scene.holder.list("/api/v1/notices?limit=1", "/recipient"), ["subject", "subject"]);
        assert_eq!(scene.head.list("/api/v1/notices", "/recipient"), ["agency", "agency"]);
        assert_eq!(app.head(&app.central_agency()).list("/api/v1/notices", "/id"), [] as [&str; 0]);
        app.anonymous().get("/api/v1/notices").expect_problem(401, "unauthenticated");
    }

    fn an_officials_own_body_is_not_told_of_a_case_against_it(db) {
        let app = TestApp::start(db);
        let official = app.official();
        let form = json!({ "province": "31", "place": "Chợ", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "Cản trở." });
        official.post("/api/v1/misuse-reports", &form).expect(201);
        let report = app.database.texts("SELECT id AS value FROM reports").remove(0);
        let handler = app.provincial(HAI_PHONG);
        let body = "Ủy ban nhân dân phường Hồng Bàng";
        let case = handler.post(CASES, &json!({ "subject": "body", "body": body, "reports": [report] })).expect(201);
        handler.happen("cases", &case, json!({ "event": "dismiss", "reason": "x" })).expect(201);
        let notice = handler.list(&format!("{}/notices", case.path("cases")), "/id").remove(0);
        official.get(&format!("/api/v1/notices/{notice}")).expect_problem(404, "not-found");
        assert_eq!(official.list("/api/v1/notices", "/id"), [] as [&str; 0]);
    }
}
