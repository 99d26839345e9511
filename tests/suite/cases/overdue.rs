//! What an auditor should look at: time that ran out, and what was decided unheard.

use super::{Scene, asked};
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use press_registry::app::cases::lapse;
use serde_json::{Value, json};

const FINDINGS: &str = "/api/v1/log/findings";

/// Kind, case and the types of the entries of each finding, in parts of two.
fn findings(auditor: &Client, query: &str) -> Vec<(String, String, Vec<String>)> {
    let (mut all, mut next) = (Vec::new(), Some(format!("{FINDINGS}?limit=2{query}")));
    while let Some(path) = next {
        let part = auditor.get(&path).expect(200).json();
        all.extend(part["items"].as_array().expect("a list").iter().cloned());
        next = part["next_cursor"].as_str().map(|cursor| format!("{FINDINGS}?limit=2{query}&cursor={cursor}"));
    }
    let types = |entries: &Value| {
        let entries = entries.as_array().expect("a list").iter();
        entries
            .map(|index| auditor.get(&format!("/api/v1/log/entries/{index}")).expect(200).text("/event/type"))
            .collect()
    };
    let text = |it: &Value, name: &str| it[name].as_str().expect("a text").to_owned();
    all.iter().map(|it| (text(it, "kind"), text(it, "case_id"), types(&it["entries"]))).collect()
}

fn found(kind: &str, case: &str, entries: &[&str]) -> (String, String, Vec<String>) {
    (kind.to_owned(), case.to_owned(), entries.iter().map(|it| (*it).to_owned()).collect())
}

on_both_databases! {
    fn what_ran_out_of_time_is_found_with_its_entries(db) {
        let app = TestApp::start(db);
        let scenes = [Scene::new(&app), Scene::new(&app), Scene::new(&app), Scene::new(&app)];
        // Told, and silent.
        let silent = scenes[0].along(&[asked("notify")]).text("/id");
        // Decided without a reply, once the time for it was over; and with one.
        let unheard = scenes[1].along(&[asked("notify")]);
        let heard = scenes[2].along(&[asked("notify"), asked("answer")]);
        scenes[2].happen(&heard, asked("decide")).expect(201);
        // Suspended meanwhile, and put off.
        let mut suspend = asked("notify");
        suspend["suspend_days"] = json!(5);
        suspend["reason"] = "x".into();
        let suspended = scenes[3].along(&[json!({ "event": "stay", "days": 2, "reason": "x" }), suspend.clone()]).text("/id");
        let stayed = scenes[3].along(&[json!({ "event": "stay", "days": 2, "reason": "x" })]).text("/id");
        assert_eq!(findings(&app.auditor(), ""), []);

        app.pass(40 * 86_400);
        while lapse(&app.registry).expect("lapsed") > 0 {}
        app.again(&scenes[1].decider).happen("cases", &unheard, asked("decide")).expect(201);
        let (auditor, unheard) = (app.auditor(), unheard.text("/id"));
        let mut missed = [silent.clone(), suspended.clone()];
        missed.sort();
        let all = findings(&auditor, "");
        assert_eq!(all, [
            found("deadline_missed", &missed[0], &["case.notified"]),
            found("deadline_missed", &missed[1], &["case.notified"]),
            found("decision_without_reply", &unheard, &["case.notified", "case.decided"]),
            found("suspension_lapsed", &suspended, &["credential.suspended", "case.interim_ended"]),
            found("stay_lapsed", &stayed, &["case.stayed", "case.stay_ended"]),
        ]);
        assert_eq!(findings(&auditor, "&kind=stay_lapsed"), all[4..]);
        let first = auditor.get(&format!("{FINDINGS}?kind=stay_lapsed")).expect(200).json()["items"][0].clone();
        assert_eq!(first["text"], json!({
            "vi": "Hoãn thông báo tự hết thời hạn", "en": "A notice put off until that ended by itself",
        }));

        app.pass(141 * 86_400);
        let auditor = app.auditor();
        let old: Vec<_> = findings(&auditor, "&kind=open_too_long").into_iter().map(|it| (it.1, it.2)).collect();
        let mut open = [silent, unheard, heard.text("/id"), suspended, stayed];
        open.sort();
        assert_eq!(old, open.map(|id| (id, vec!["case.opened".to_owned()])));
    }

    fn a_notice_that_nobody_sends_is_found_after_five_working_days(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        // Nobody of that name has an account here: the registrar has to write.
        let form = json!({ "subject": "claimed", "claimed_name": "Lê An", "province": "31", "summary": "x", "kind": "EXTORTION" });
        let opened = scene.opener.post(super::CASES, &form).expect(201);
        let told = scene.happen(&opened, json!({ "event": "notify", "means": "in_person" })).expect(201);
        let answered = scene.opener.happen("cases", &told, json!({ "event": "answer", "reason": "Tôi xin lỗi" })).expect(201);
        scene.second.happen("cases", &answered, asked("decide")).expect(201);
        // Sunday, 22 November; the 24th is a public holiday: Monday the 30th is the last day.
        app.set_time("2026-11-30T16:59:59Z");
        assert_eq!(findings(&app.auditor(), ""), []);
        app.set_time("2026-11-30T17:00:00Z");
        let expected = [found("notice_not_sent", &told.text("/id"), &["case.decided"])];
        assert_eq!(findings(&app.auditor(), ""), expected);
        let registrar = app.registrar();
        let notices = registrar.get(&format!("{}/notices", told.path("cases"))).expect(200).json();
        let unsent = notices["items"].as_array().expect("a list").iter().find(|it| it.get("sent_at").is_none()).expect("one").clone();
        let notice = registrar.get(&format!("/api/v1/notices/{}", unsent["id"].as_str().expect("an id"))).expect(200);
        registrar.happen("notices", &notice, json!({ "event": "send", "means": "post" })).expect(201);
        assert_eq!(findings(&app.auditor(), ""), []);
    }

    fn findings_are_an_auditors_and_asked_for_by_kind(db) {
        let app = TestApp::start(db);
        app.registrar().get(FINDINGS).expect_problem(403, "forbidden");
        for (query, pointer, code) in [
            ("kind=guilt", "query:kind", "unknown_finding"),
            ("kind=", "query:kind", "unknown_finding"),
            ("case=x", "query:case", "unknown_parameter"),
            ("cursor=x", "query:cursor", "bad_cursor"),
        ] {
            app.auditor().get(&format!("{FINDINGS}?{query}")).expect_invalid(&[(pointer, code)]);
        }
    }
}
