//! What an auditor narrows the log to: province and case, alone and together with the rest.

use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

const ENTRIES: &str = "/api/v1/log/entries";

/// The entries of a list, part by part in parts of three.
fn entries(auditor: &Client, query: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), Some(format!("{ENTRIES}?{query}&limit=3")));
    while let Some(path) = next {
        let part = auditor.get(&path).expect(200).json();
        all.extend(part["items"].as_array().expect("a list").iter().cloned());
        next = part["next_cursor"].as_str().map(|cursor| format!("{ENTRIES}?{query}&limit=3&cursor={cursor}"));
    }
    let places: Vec<_> = all.iter().map(|entry| entry["index"].as_i64().expect("a place")).collect();
    assert!(places.is_sorted_by(|one, other| one < other), "in order, each once: {places:?}");
    all
}

fn types(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["event"]["type"].as_str().expect("a type")).collect()
}

/// A case about a card's holder, with a report, decided in this province.
fn case(app: &TestApp, unit: &str, code: &str) -> (Answer, Answer) {
    let agency = app.local_agency_of(code);
    let card = app.issued_in(&agency, Some(unit), &app.person(&agency).text("/id"));
    let form = json!({ "province": code, "place": "Bến xe", "occurred_at": "2026-11-21T01:00:00Z", "narrative": "x" });
    app.anonymous().post("/api/v1/misuse-reports", &form).expect(201);
    let report = app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0);
    let form = json!({
        "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"),
        "kind": "LENT_CARD", "reports": [report],
    });
    let registrar = app.provincial(unit);
    let opened = registrar.post("/api/v1/cases", &form).expect(201);
    let told = registrar.happen("cases", &opened, json!({ "event": "notify", "means": "in_person" })).expect(201);
    (told, card)
}

on_both_databases! {
    fn a_province_is_found_by_its_code_of_today(db) {
        let app = TestApp::start(db);
        let (here, _) = case(&app, HAI_PHONG, "31");
        let (there, _) = case(&app, HA_NOI, "01");
        app.central_agency();
        let auditor = app.auditor();
        let found = entries(&auditor, "province=31");
        for entry in &found {
            assert_eq!(entry["event"]["object"]["province"], HAI_PHONG, "{entry}");
        }
        // From the agency to the case: whatever happened there, by whomever.
        for kind in ["agency.created", "person.registered", "application.endorsed", "credential.issued",
            "status_list.changed", "report.received", "report.attached", "case.opened", "case.notified"] {
            assert_eq!(types(&found).iter().filter(|it| **it == kind).count(), 1, "{kind}");
        }
        let both = entries(&auditor, "province=01&type=case.opened&role=registrar&body=H%C3%A0%20N%E1%BB%99i");
        assert_eq!(both.len(), 1);
        assert_eq!(both[0]["event"]["object"]["id"], there.text("/id"));
        assert!(entries(&auditor, "province=01&body=H%E1%BA%A3i%20Ph%C3%B2ng").is_empty());
        assert!(entries(&auditor, "province=31&to=2026-11-22T03:00:00Z").is_empty());
        let everywhere = entries(&auditor, "from=2026-11-22T03:00:00Z");
        let central = everywhere.iter().filter(|entry| entry["event"]["object"].get("province").is_none());
        assert!(types(&central.cloned().collect::<Vec<_>>()).contains(&"agency.created"), "the ministry's is in none");
        drop(here);
    }

    fn what_ends_by_itself_is_of_the_province_too(db) {
        let app = TestApp::start(db);
        let (told, _) = case(&app, HAI_PHONG, "31");
        let suspend = json!({ "event": "attach", "suspend_days": 5, "reason": "x" });
        app.provincial(HAI_PHONG).happen("cases", &told, suspend).expect(201);
        app.pass(7 * 86_400);
        press_registry::app::cases::lapse(&app.registry).expect("lapsed");
        let auditor = app.auditor();
        let ended = entries(&auditor, "province=31&role=program");
        assert!(types(&ended).starts_with(&["credential.reinstated", "case.interim_ended"]), "{:?}", types(&ended));
    }

    fn a_case_is_found_with_its_reports_and_its_card(db) {
        let app = TestApp::start(db);
        let (told, card) = case(&app, HAI_PHONG, "31");
        case(&app, HAI_PHONG, "31");
        let auditor = app.auditor();
        let id = told.text("/id");
        let found = entries(&auditor, &format!("case={id}"));
        assert_eq!(types(&found), ["credential.issued", "report.received", "report.attached", "case.opened", "case.notified"]);
        assert_eq!(found[0]["event"]["object"]["id"], card.text("/id"));
        let narrowed = entries(&auditor, &format!("case={id}&province=31&role=registrar&type=case.notified"));
        assert_eq!(types(&narrowed), ["case.notified"]);
        assert!(entries(&auditor, &format!("case={id}&province=01")).is_empty());
        let index = found[3]["index"].as_i64().expect("a place");
        assert_eq!(entries(&auditor, &format!("case={id}&type=case.opened"))[0]["index"], index);
        for entry in found {
            assert!(entry["event"].get("summary").is_none() && entry["event"]["personal"][0]["fields"].is_null());
        }
    }

    fn filters_take_nothing_else(db) {
        let app = TestApp::start(db);
        let auditor = app.auditor();
        for (query, pointer, code) in [
            ("province=99", "query:province", "unknown_province"),
            ("province=31-2025", "query:province", "unknown_province"),
            ("province=%27%20OR%201=1--", "query:province", "unknown_province"),
            ("province=", "query:province", "not_a_word"),
            ("province=3%00", "query:province", "not_a_word"),
            ("case=x", "query:case", "not_an_id"),
            ("case=", "query:case", "not_an_id"),
            ("case=01890a5d-ac96-774b-bcce-b302099a8057", "query:case", "unknown_case"),
            ("case=01890A5D-AC96-774B-BCCE-B302099A8057", "query:case", "not_an_id"),
            ("type=a&type=b", "query:type", "duplicate_field"),
        ] {
            auditor.get(&format!("{ENTRIES}?{query}")).expect_invalid(&[(pointer, code)]);
        }
        for harmless in ["type=%27%3B%20DROP%20TABLE%20events%3B--", "body=%25", "role=%5C", "body=%F0%9F%A6%9A"] {
            assert!(entries(&auditor, harmless).is_empty(), "{harmless}");
        }
        app.registrar().get(&format!("{ENTRIES}?province=99")).expect_problem(403, "forbidden");
    }
}
