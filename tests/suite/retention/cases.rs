//! Cases that came to nothing: their words are forgotten with their reports.

use super::{forgotten, last_run};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use press_registry::app::log::audit;
use serde_json::json;

const BEFORE_90_DAYS: &str = "2027-02-19T16:59:59Z";
const AFTER_90_DAYS: &str = "2027-02-19T17:00:00Z";

/// A case with words, a claim and a file.
fn opened(client: &Client) -> Answer {
    let form = json!({
        "subject": "claimed", "claimed_name": "Lê Văn Cáo", "summary": "Bị nói là đòi tiền", "place": "Bến xe",
        "kind": "IMPERSONATION", "province": "31",
    });
    let case = client.post("/api/v1/cases", &form).expect(201);
    let evidence = format!("{}/evidence", case.path("cases"));
    client.send("POST", &evidence, &[("content-type", "application/pdf")], Some(b"%PDF-1.4\n")).expect(201);
    client.get(&case.path("cases")).expect(200)
}

/// A case that was decided like this and closed.
fn closed(opener: &Client, decider: &Client, outcome: &str) -> Answer {
    let impossible = json!({ "event": "notify", "means": "not_possible", "reason": "Không rõ là ai" });
    let told = opener.happen("cases", &opened(opener), impossible).expect(201);
    let decision = json!({ "event": "decide", "outcome": outcome, "reason": "Theo lời khai của ông Cáo" });
    let decided = decider.happen("cases", &told, decision).expect(201);
    opener.happen("cases", &decided, json!({ "event": "close" })).expect(201)
}

/// How much is left of what was said in a case: words in its row, fields of the log, files.
fn left(app: &TestApp, case: &Answer) -> [i64; 3] {
    let id = case.text("/id");
    let count = |from: String| app.database.number(&format!("SELECT COUNT(*) AS value FROM {from}"));
    [
        count(format!("cases WHERE id = '{id}' AND summary IS NOT NULL AND claimed_name IS NOT NULL")),
        count(format!("event_personal WHERE subject = '{id}' AND fields IS NOT NULL")).min(1),
        count(format!("case_evidence WHERE case_id = '{id}'")),
    ]
}

on_both_databases! {
    fn what_was_said_in_a_case_that_came_to_nothing_is_forgotten_ninety_days_after_its_end(db) {
        let app = TestApp::start(db);
        let (registrar, other) = (app.registrar(), app.registrar());
        let dismiss = json!({ "event": "dismiss", "reason": "Không rõ" });
        let dismissed = registrar.happen("cases", &opened(&registrar), dismiss).expect(201);
        let unfounded = closed(&registrar, &other, "unfounded");
        let kept = [closed(&registrar, &other, "substantiated"), opened(&registrar)];
        assert_eq!((forgotten(&app, BEFORE_90_DAYS, "unfounded_cases"), app.objects()), (0, 4));
        assert_eq!([&dismissed, &unfounded].map(|it| left(&app, it)), [[1; 3]; 2]);

        assert_eq!((forgotten(&app, AFTER_90_DAYS, "unfounded_cases"), app.objects()), (2, 2));
        assert_eq!([&dismissed, &unfounded].map(|it| left(&app, it)), [[0; 3]; 2]);
        assert_eq!(last_run(&app)["cases"], json!([dismissed.text("/id"), unfounded.text("/id")]));
        let seen = app.registrar().get(&unfounded.path("cases")).expect(200).json();
        assert_eq!((&seen["state"], &seen["decision"]["outcome"]), (&json!("closed"), &json!("unfounded")));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM case_decisions WHERE reasons = ''"), 1);

        assert_eq!(forgotten(&app, "2030-01-01T00:00:00Z", "unfounded_cases"), 0, "once, and of no other");
        assert_eq!(kept.each_ref().map(|it| left(&app, it)), [[1; 3]; 2]);
        let audit = audit::audit(&app.registry.store, &app.registry.log, &mut |_, _| ()).expect("an audit");
        assert_eq!(audit.findings, []);
    }

    fn a_run_forgets_looks_in_parts(db) {
        let app = TestApp::start(db);
        let person = app.person(&app.central_agency()).path("people");
        app.registrar().get(&person).expect(200);
        let numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700)";
        let columns = "at, person_id, actor_id, actor_role, actor_body, what, case_id, report_id, purpose";
        let copies = format!("INSERT INTO accesses (id, {columns}) {numbers} SELECT id || i, {columns} FROM accesses, n");
        app.database.forge(&[&copies]);
        app.set_time("2031-11-21T17:00:00Z");
        app.registry.forget().expect("a run");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM accesses"), 0);
        let told = "SELECT data AS value FROM events WHERE type = 'retention.run' ORDER BY idx";
        let runs: Vec<serde_json::Value> =
            app.database.texts(told).iter().map(|it| serde_json::from_str(it).expect("JSON")).collect();
        let counts: Vec<_> = runs.iter().map(|run| run["forgotten"]["accesses"].as_i64()).collect();
        assert_eq!(counts, [Some(500), Some(201)]);
    }
}
