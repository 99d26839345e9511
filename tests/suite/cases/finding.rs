//! Finding who passes for somebody else: suggestions with their reasons, links, and alerts.

use super::parties::reported;
use super::{CASES, Scene, asked};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

/// The suggestions for a case: kind, id and the reasons in short.
fn matches(client: &Client, case: &Answer) -> Vec<(String, String, Vec<String>)> {
    let found = client.get(&format!("{}/matches", case.path("cases"))).expect(200).json();
    let items = found["items"].as_array().expect("items").iter();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let reasons = |item: &Value| {
        let reasons = item["reasons"].as_array().expect("reasons").iter();
        reasons.map(|it| format!("{} {}", text(&it["what"]), text(&it["likeness"]))).collect()
    };
    items.map(|item| (text(&item["kind"]), text(&item["id"]), reasons(item))).collect()
}

fn opened(client: &Client, more: Value) -> Answer {
    let mut form = json!({ "subject": "claimed", "kind": "IMPERSONATION", "summary": "Tự xưng là phóng viên." });
    form.as_object_mut().expect("a form").extend(more.as_object().cloned().unwrap_or_default());
    client.post(CASES, &form).expect(201)
}

fn decided(app: &TestApp, case: &Answer, outcome: &str) -> Answer {
    let registrar = app.registrar();
    let impossible = json!({ "event": "notify", "means": "not_possible", "reason": "Không rõ là ai" });
    let told = registrar.happen("cases", case, impossible).expect(201);
    let decide = json!({ "event": "decide", "outcome": outcome, "reason": "Có người làm chứng" });
    app.registrar().happen("cases", &told, decide).expect(201)
}

on_both_databases! {
    fn a_misread_number_finds_its_card_and_a_bare_name_its_person(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let (number, name) = (scene.card.text("/number"), scene.card.text("/name"));
        let registrar = app.provincial(HAI_PHONG);
        let misread = number.replace('0', "O");
        let case = opened(&registrar, json!({ "claimed_number": misread }));
        let card = ("credential".to_owned(), scene.card.text("/id"), vec!["number mixed_up".to_owned()]);
        assert_eq!(matches(&registrar, &case), [card]);
        let bare = press_registry::domain::text::fold(&name).to_uppercase();
        let case = opened(&registrar, json!({ "claimed_name": bare, "claimed_agency": scene.card.text("/agency") }));
        let found = matches(&registrar, &case);
        let of_card = vec!["name same".to_owned(), "agency same".to_owned()];
        assert_eq!(found[0], ("credential".into(), scene.card.text("/id"), of_card), "the likeliest first");
        assert_eq!(found[1], ("person".into(), scene.card.text("/person_id"), vec!["name same".into()]));
        // An agency alone points at nobody.
        let case = opened(&registrar, json!({ "claimed_agency": scene.card.text("/agency") }));
        assert_eq!(matches(&registrar, &case).iter().filter(|it| it.0 != "case").count(), 0);
        assert_eq!(scene.card_state(), "active", "nothing follows from a suggestion");
    }

    fn what_reports_tell_is_matched_once_a_case_is_opened(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let typed = scene.card.text("/typed_code");
        let scanned = scene.card.text("/code");
        let registrar = app.provincial(HAI_PHONG);
        for code in [typed, scanned] {
            let report = reported(&app, &app.anonymous(), json!({ "code": code }));
            let case = opened(&registrar, json!({ "reports": [report] }));
            let found = matches(&registrar, &case);
            let card = ("credential".to_owned(), scene.card.text("/id"), vec!["number same".to_owned()]);
            assert!(found.contains(&card), "{found:?}");
        }
    }

    fn earlier_cases_are_found_by_telephone_and_by_what_their_reports_tell(db) {
        let app = TestApp::start(db);
        let registrar = app.provincial(HAI_PHONG);
        let by_phone = opened(&registrar, json!({ "claimed_name": "Lê An", "claimed_phone": "0912 345 678" }));
        let report = reported(&app, &app.anonymous(), json!({ "claimed_name": "Phạm Văn Mạo" }));
        let by_report = opened(&registrar, json!({ "reports": [report] }));
        let away = opened(&app.provincial(HA_NOI), json!({ "claimed_name": "Phạm Văn Mạo" }));
        let form = json!({ "claimed_name": "PHAM VAN MAOO", "claimed_phone": "+84912345678" });
        let case = opened(&registrar, form);
        let found = matches(&registrar, &case);
        assert_eq!(found, [
            ("case".to_owned(), by_phone.text("/id"), vec!["phone same".to_owned()]),
            ("case".to_owned(), by_report.text("/id"), vec!["name similar".to_owned()]),
        ]);
        let everywhere = matches(&app.registrar(), &case);
        assert!(everywhere.iter().any(|it| it.1 == away.text("/id")));
    }

    fn cases_of_one_person_under_several_names_are_linked(db) {
        let app = TestApp::start(db);
        let registrar = app.provincial(HAI_PHONG);
        let (one, other) = (opened(&registrar, json!({ "claimed_name": "A" })), opened(&registrar, json!({ "claimed_name": "B" })));
        let away = opened(&app.provincial(HA_NOI), json!({ "claimed_name": "C" }));
        let link = |case: &Answer, to: &str| {
            let form = json!({ "case_id": to, "reason": "Cùng số điện thoại" });
            registrar.post_with(&format!("{}/links", case.path("cases")), &[("if-match", &case.etag())], &form)
        };
        for wrong in [&away.text("/id"), &one.text("/id"), "01890a5d-ac96-774b-bcce-b302099a8057"] {
            link(&one, wrong).expect_invalid(&[("/case_id", "unknown_case")]);
        }
        let linked = link(&one, &other.text("/id")).expect(201);
        assert_eq!(linked.json()["linked"], json!([other.text("/id")]));
        let back = registrar.get(&other.path("cases")).expect(200);
        assert_eq!(back.json()["linked"], json!([one.text("/id")]));
        link(&back, &one.text("/id")).expect_problem(409, "wrong-state");
    }

    fn an_impersonation_that_was_found_is_an_alert_in_its_province(db) {
        let app = TestApp::start(db);
        let (registrar, official) = (app.provincial(HAI_PHONG), app.official());
        // Ids of one moment have no order.
        let alerts = |client: &Client| {
            let mut ids = client.list("/api/v1/alerts", "/case_id");
            ids.sort();
            ids
        };
        let report = reported(&app, &app.anonymous(), json!({ "number": "NB-999999" }));
        let case = opened(&registrar, json!({ "claimed_name": "Lê An", "reports": [report] }));
        let undecided = opened(&registrar, json!({ "claimed_name": "Chưa rõ" }));
        assert_eq!(alerts(&official), [] as [&str; 0]);
        decided(&app, &case, "substantiated");
        decided(&app, &opened(&registrar, json!({ "claimed_name": "Không có" })), "unfounded");
        decided(&app, &opened(&registrar, json!({ "claimed_name": "Khác", "kind": "EXTORTION" })), "substantiated");
        let away = opened(&app.provincial(HA_NOI), json!({ "claimed_name": "Ở xa" }));
        decided(&app, &away, "substantiated");
        assert_eq!(alerts(&official), [case.text("/id")]);
        assert_eq!(alerts(&registrar), [case.text("/id")]);
        let mut both = [case.text("/id"), away.text("/id")];
        both.sort();
        assert_eq!(alerts(&app.registrar()), both);
        let alert = official.get("/api/v1/alerts").expect(200).json()["items"][0].clone();
        let told = ["claimed_name", "claimed_number", "kind", "province"].map(|name| alert[name].clone());
        assert_eq!(told, [json!("Lê An"), json!("NB-999999"), json!("IMPERSONATION"), json!("31")]);
        let looks = "SELECT what || ' ' || case_id AS value FROM accesses WHERE actor_role = 'official'";
        assert_eq!(app.database.texts(looks), [format!("list {}", case.text("/id")), format!("list {}", case.text("/id"))]);
        // Only what was claimed: the official may not read the case itself.
        official.get(&case.path("cases")).expect_problem(404, "not-found");
        drop(undecided);
    }

    fn what_an_appeal_overturned_is_no_alert_and_what_waits_is_none_either(db) {
        let app = TestApp::start(db);
        let scene = Scene::new(&app);
        let official = app.official();
        let alerts = || official.list("/api/v1/alerts", "/case_id").len();
        let mut decide = super::revoke();
        decide["kind"] = "OTHERS_CARD".into();
        let pending = scene.along(&[asked("notify"), asked("answer"), decide]);
        assert_eq!(alerts(), 0);
        let confirmed = scene.happen(&pending, asked("confirm")).expect(201);
        assert_eq!(alerts(), 1);
        let appealed = scene.happen(&confirmed, asked("appeal")).expect(201);
        assert_eq!(alerts(), 0);
        let overturned = scene.happen(&appealed, asked("overturn")).expect(201);
        scene.happen(&overturned, asked("close")).expect(201);
        assert_eq!(alerts(), 0);
    }
}
