//! Cases about somebody who was erased: they go on, count as before, and say nothing any more.

use super::{CASES, Scene, asked};
use crate::erasure::{erased, returned};
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use press_registry::app::cases::lapse;
use press_registry::domain::cases::Outcome;
use press_registry::domain::ids::{CaseId, Id as _};
use press_registry::store::cases;
use serde_json::{Value, json};
use std::fs;

fn suspended() -> Value {
    json!({ "event": "notify", "means": "account", "suspend_days": 7, "reason": "Thẻ đang nằm trong tay người khác" })
}

/// Erases somebody as after a restore: nothing that is open about them is asked for.
fn erased_again(app: &TestApp, person: &str) {
    let line = json!({ "erased_at": "2026-11-22T03:00:00Z", "person": person }).to_string() + "\n";
    fs::write(app.data_dir.path().join("redactions.jsonl"), line).expect("a file");
    assert_eq!(app.registry.erase_again().expect("a database"), 1);
}

/// What a case found for good, as the public counts read it.
fn final_outcome(app: &TestApp, case: &str) -> Option<Outcome> {
    let case = app.registry.store.read(|db| cases::find(db, CaseId::parse(case).expect("an id")));
    let case = case.expect("a database").expect("a case");
    case.final_finding(app.registry.clock.now()).map(|finding| finding.outcome)
}

on_both_databases! {
    fn open_cases_of_whoever_is_erased_again_hold_up_no_other(db) {
        let app = TestApp::start(db);
        let [first, dismissed, decided, last] = [(); 4].map(|()| Scene::new(&app));
        let along = |scene: &Scene<'_>| scene.along(&[suspended(), asked("answer")]);
        let [first_case, dismissed_case, decided_case, _] = [&first, &dismissed, &decided, &last].map(along);
        for scene in [&first, &dismissed, &decided] {
            erased_again(&app, &scene.card.text("/person_id"));
        }
        let now = |case: &crate::support::answer::Answer| app.registrar().get(&case.path("cases")).expect(200);
        dismissed.happen(&now(&dismissed_case), asked("dismiss")).expect(201);
        let unfounded = json!({ "event": "decide", "outcome": "unfounded", "kind": "LENT_CARD", "reason": "Theo hồ sơ" });
        decided.happen(&now(&decided_case), unfounded).expect(201);
        app.pass(8 * 86_400);
        assert_eq!(lapse(&app.registry).expect("lapsed"), 2);
        assert_eq!((last.card_state(), lapse(&app.registry).expect("looked")), ("active".into(), 0));
        let case = app.again(&first.opener).get(&first_case.path("cases")).expect(200);
        assert_eq!(case.json().get("suspended_until"), None);
    }

    fn a_case_that_cannot_be_read_holds_up_no_other(db) {
        let app = TestApp::start(db);
        let [broken, whole] = [(); 2].map(|()| Scene::new(&app));
        let case = broken.along(&[suspended()]);
        whole.along(&[suspended()]);
        let edit = format!("UPDATE cases SET interim_credential_id = 'x' WHERE id = '{}'", case.text("/id"));
        app.database.forge(&[&edit]);
        app.pass(8 * 86_400);
        assert_eq!((lapse(&app.registry).expect("lapsed"), whole.card_state()), (1, "active".into()));
    }

    fn what_was_found_about_whoever_was_erased_is_counted_still(db) {
        let app = TestApp::start(db);
        let found = [(); 2].map(|()| {
            let scene = Scene::new(&app);
            let decided = scene.along(&[asked("notify"), asked("answer"), asked("decide"), asked("close")]);
            let id = decided.text("/id");
            returned(&app, &app.clerk(&scene.agency), &scene.card.text("/id"));
            assert_eq!(final_outcome(&app, &id), None, "it may be appealed against");
            (scene, id)
        });
        let until = |id: &str| {
            app.database.number(&format!("SELECT appeal_until AS value FROM case_decisions WHERE case_id = '{id}'"))
        };
        erased(&app, &found[0].0.card.text("/person_id"));
        let at = app.registry.clock.now();
        assert_eq!((until(&found[0].1), final_outcome(&app, &found[0].1)), (at.micros(), Some(Outcome::Substantiated)));
        let over = until(&found[1].1);
        // Of the second, the time to appeal is over before the erasure.
        app.pass(100 * 86_400);
        assert!(over < app.registry.clock.now().micros());
        erased(&app, &found[1].0.card.text("/person_id"));
        assert_eq!((until(&found[1].1), final_outcome(&app, &found[1].1)), (over, Some(Outcome::Substantiated)));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM case_decisions WHERE reasons <> ''"), 0);
    }

    fn a_case_that_names_a_card_in_its_decision_or_its_suspension_alone_is_found(db) {
        let app = TestApp::start(db);
        let (agency, registrar) = (app.central_agency(), app.registrar());
        let clerk = app.clerk(&agency);
        for column in ["cases.interim_credential_id", "case_decisions.credential_id"] {
            let card = app.issued_card(&agency);
            returned(&app, &clerk, &card.text("/id"));
            let case = concluded(&registrar, &app.registrar(), json!({ "subject": "unknown", "province": "31", "summary": "Cho mượn thẻ" }));
            let (table, column) = column.split_once('.').expect("a column");
            let key = if table == "cases" { "id" } else { "case_id" };
            let set = format!("UPDATE {table} SET {column} = '{}' WHERE {key} = '{case}'", card.text("/id"));
            app.database.forge(&[&set]);
            erased(&app, &card.text("/person_id"));
            let left = registrar.get(&format!("{CASES}/{case}")).expect(200).json();
            assert_eq!(left.get("summary"), None, "{column}");
        }
    }

    fn answers_that_hold_what_was_said_of_whoever_is_erased_are_not_kept(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let card = app.issued_card(&agency);
        returned(&app, &app.clerk(&agency), &card.text("/id"));
        let claimed = |name: &str| json!({ "subject": "claimed", "claimed_name": name, "province": "31", "summary": "Tự xưng" });
        let about = registrar.post_with(CASES, &[("idempotency-key", "a")], &claimed(&card.text("/name"))).expect(201);
        let dismiss = json!({ "event": "dismiss", "reason": "Không đủ căn cứ" });
        let headers = [("idempotency-key", "b"), ("if-match", &*about.etag())];
        registrar.post_with(&format!("{}/events", about.path("cases")), &headers, &dismiss).expect(201);
        registrar.post_with(CASES, &[("idempotency-key", "c")], &claimed("Người khác hẳn")).expect(201);
        let kept = || app.database.number("SELECT COUNT(*) AS value FROM idempotency");
        assert_eq!(kept(), 3);
        erased(&app, &card.text("/person_id"));
        assert_eq!(kept(), 1, "that of another's case alone");
    }
}

/// A case of which nobody could be told, decided and closed: its id.
fn concluded(opener: &Client, decider: &Client, form: Value) -> String {
    let opened = opener.post(CASES, &form).expect(201);
    let impossible = json!({ "event": "notify", "means": "not_possible", "reason": "Không rõ là ai" });
    let told = opener.happen("cases", &opened, impossible).expect(201);
    let decision =
        json!({ "event": "decide", "outcome": "unfounded", "kind": "IMPERSONATION", "reason": "Theo hồ sơ" });
    let decided = decider.happen("cases", &told, decision).expect(201);
    opener.happen("cases", &decided, json!({ "event": "close" })).expect(201).text("/id")
}
