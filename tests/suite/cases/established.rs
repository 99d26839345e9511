//! What is counted in public: only what was found for good.

use super::{Scene, asked, revoke};
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::{Value, json};

fn decide(kind: &str, more: Value) -> Value {
    let mut decide = asked("decide");
    decide["kind"] = kind.into();
    decide.as_object_mut().expect("a form").extend(more.as_object().cloned().unwrap_or_default());
    decide
}

on_both_databases! {
    fn only_what_can_no_longer_be_overturned_is_counted(db) {
        let app = TestApp::start(db);
        let (opener, decider) = (app.registrar(), app.registrar());
        let kinds = ["LENT_CARD", "OTHERS_CARD", "EXPIRED_CARD", "ALTERED_CARD", "EXTORTION", "ABUSE_HARASSMENT", "IMPERSONATION"];
        // Nine of each, so that a tenth shows.
        for kind in kinds {
            for _ in 0..9 {
                let form = json!({ "subject": "unknown", "kind": kind, "province": "31", "summary": "x" });
                let opened = opener.post(super::CASES, &form).expect(201);
                let told = json!({ "event": "notify", "means": "not_possible", "reason": "x" });
                let told = opener.happen("cases", &opened, told).expect(201);
                decider.happen("cases", &told, asked("decide")).expect(201);
            }
        }
        let scene = || Scene::new(&app);
        let heard = [asked("notify"), asked("answer")];
        let way = |more: &[Value]| [&heard[..], more].concat();
        scene().along(&way(&[decide(kinds[0], json!({}))]));
        scene().along(&way(&[decide(kinds[1], json!({})), asked("appeal"), asked("uphold")]));
        scene().along(&way(&[decide(kinds[2], json!({})), asked("appeal")]));
        scene().along(&way(&[decide(kinds[3], json!({})), asked("appeal"), asked("overturn")]));
        scene().along(&way(&[decide(kinds[4], revoke())]));
        scene().along(&way(&[decide(kinds[5], json!({ "outcome": "unfounded" }))]));
        // Decided so late that there is time to appeal still.
        app.set_time("2027-09-01T00:00:00Z");
        let late = Scene::new(&app);
        let mut form = late.form();
        form["occurred_at"] = "2026-11-20T00:00:00Z".into();
        let opened = late.opener.post(super::CASES, &form).expect(201);
        let told = late.happen(&opened, asked("notify")).expect(201);
        let answered = late.happen(&told, asked("answer")).expect(201);
        late.happen(&answered, decide(kinds[6], json!({}))).expect(201);
        app.set_time("2027-10-01T00:00:00Z");
        let table = app.anonymous().get("/api/v1/statistics/misuse?year=2026&by=kind").expect(200).json();
        let cells = table["cells"].as_array().expect("cells").iter();
        let mut shown: Vec<_> = cells.filter(|cell| !cell["count"].is_null()).map(|cell| (cell["key"].clone(), cell["count"].clone())).collect();
        shown.sort_by_key(|cell| cell.0.to_string());
        assert_eq!(shown, [(json!(kinds[0]), json!(10)), (json!(kinds[1]), json!(10))]);
    }
}
