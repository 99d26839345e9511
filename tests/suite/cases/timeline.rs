//! Each step of a case with before and after.

use super::{Scene, asked, revoke};
use crate::support::app::{HA_NOI, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

/// Type, state before and state after of each step.
fn steps(list: &Value) -> Vec<[String; 3]> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    list["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| ["type", "before", "after"].map(|name| text(&it[name])))
        .collect()
}

on_both_databases! {
    fn each_step_is_told_with_what_was_before_and_after(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let decided = scene.along(&[asked("notify"), asked("answer"), revoke(), asked("confirm")]);
        let path = format!("{}/timeline", decided.path("cases"));
        let purpose = "?purpose=Thanh%20tra%20qu%C3%BD%204";
        let told = app.auditor().get(&format!("{path}{purpose}")).expect(200).json();
        let expected = [
            ["credential.issued", "-", "-"],
            ["case.opened", "-", "opened"],
            ["case.notified", "opened", "notified"],
            ["case.answered", "notified", "answered"],
            ["case.decided", "answered", "decided"],
            ["credential.revoked", "active", "revoked"],
            ["case.confirmed", "decided", "decided"],
        ];
        assert_eq!(steps(&told), expected.map(|step| step.map(str::to_owned)));
        let step = &told["items"][4];
        assert_eq!((&step["actor"]["role"], &step["actor"]["body"]), (&json!("registrar"), &json!("Hải Phòng")));
        assert_eq!(step["at"], "2026-11-22T03:00:00Z");
        let entry = app.auditor().get(&format!("/api/v1/log/entries/{}", step["index"])).expect(200).json();
        assert_eq!(entry["event"]["type"], "case.decided");
        let changed = |name: &str| step["changed"].as_array().expect("a list").iter().find(|it| it["name"] == name).cloned();
        assert_eq!(changed("measure").expect("told"), json!({ "name": "measure", "before": null, "after": "revoke" }));
        assert_eq!(changed("reason").expect("told")["before"], "Theo hồ sơ", "the words of the reply");
        assert_eq!(scene.opener.get(&path).expect(200).json(), told, "the registrar of the case sees the same");
        // Part by part, each step knows what went before it.
        let mut parts = Vec::new();
        let mut next = Some(format!("{path}{purpose}&limit=2"));
        while let Some(part) = next {
            let list = app.auditor().get(&part).expect(200).json();
            parts.extend(list["items"].as_array().expect("a list").iter().cloned());
            next = list["next_cursor"].as_str().map(|cursor| format!("{path}{purpose}&limit=2&cursor={cursor}"));
        }
        assert_eq!(json!(parts), told["items"]);
    }

    fn the_timeline_is_for_registrars_of_the_case_and_auditors_who_say_why(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let told = scene.along(&[asked("notify")]);
        let path = format!("{}/timeline", told.path("cases"));
        for client in [&scene.holder, &scene.head, &app.official(), &app.admin()] {
            client.get(&path).expect_problem(403, "forbidden");
        }
        app.provincial(HA_NOI).get(&path).expect_problem(404, "not-found");
        let auditor = app.auditor();
        let long = "a".repeat(201);
        for (purpose, code) in
            [("", "missing"), ("?purpose=x", "too_short"), ("?purpose=", "empty"), (&*format!("?purpose={long}"), "too_long")]
        {
            auditor.get(&format!("{path}{purpose}")).expect_invalid(&[("query:purpose", code)]);
        }
        auditor.get("/api/v1/cases/01890a5d-ac96-774b-bcce-b302099a8057/timeline").expect_problem(404, "not-found");
    }
}
