//! Handing in: what is needed, what is answered, and what is kept where.

use super::{KEY, PERSONAL, REPORTS, least_form, newest_id, of_receipt, reported, whole_form};
use crate::support::app::TestApp;
use crate::support::{Engine, TestDatabase, on_both_databases};
use press_registry::domain::events::EventProof;
use press_registry::domain::log::VerifierKey;
use serde_json::{Value, json};
use std::fs;

fn changed(field: &str, value: Value) -> Value {
    let mut form = whole_form();
    form[field] = value;
    form
}

/// Every byte of the database's files, or every row as text.
fn everything(database: &TestDatabase) -> Vec<u8> {
    match database.engine {
        Engine::Sqlite => {
            let files = ["", "-wal"].map(|end| fs::read(format!("{}{end}", database.path())).unwrap_or_default());
            files.concat()
        }
        Engine::Postgres => {
            let rows = |table: &String| database.texts(&format!("SELECT t::text AS value FROM {table} t")).concat();
            database.tables().iter().map(rows).collect::<String>().into_bytes()
        }
    }
}

on_both_databases! {
    fn anybody_reports_and_follows_by_receipt(db) {
        let app = TestApp::start(db);
        let anybody = app.anonymous();
        let before = app.registry.store.read(|db| press_registry::store::events::count(db)).expect("a count");
        let answer = reported(&anybody, &whole_form());
        assert_eq!(answer.json()["log_index"], before);
        assert_eq!(answer.header("location"), None, "headers of kept answers are not sealed");
        let receipt = answer.text("/receipt");
        assert_eq!(receipt.replace('-', "").len(), 26, "128 bits in base32");
        for typed in [receipt.clone(), receipt.to_lowercase(), receipt.replace('-', "")] {
            let followed = anybody.get(&format!("{REPORTS}/{typed}")).expect(200);
            let told = json!({ "state": "received", "text": { "vi": "Đã tiếp nhận", "en": "Received" }, "evidence": 0 });
            assert_eq!(followed.json(), told);
        }
        reported(&anybody, &least_form("01"));
    }

    fn whoever_reports_keeps_a_proof_that_it_stands_in_the_log(db) {
        let app = TestApp::start(db);
        let answer = reported(&app.anonymous(), &whole_form()).json();
        let proof: EventProof = serde_json::from_value(answer["proof"].clone()).expect("a proof");
        let (index, _) = proof.check(&VerifierKey::parse(&proof.vkey).expect("a key")).expect("proven");
        assert_eq!(Some(index), answer["log_index"].as_u64());
        assert_eq!(proof.event["type"], "report.received");
        assert_eq!(proof.personal[0].fields["narrative"], whole_form()["narrative"]);
    }

    fn the_answer_says_nothing_about_the_number_or_the_name(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let real = json!({ "number": card.text("/number"), "code": card.text("/code"), "claimed_name": card.text("/name") });
        let mut known = whole_form();
        known.as_object_mut().expect("an object").extend(real.as_object().expect("an object").clone());
        let shape = |form: &Value| {
            let answer = reported(&app.anonymous(), form);
            let mut headers: Vec<_> = answer.headers.keys().map(ToString::to_string).collect();
            headers.sort();
            let mut names: Vec<String> = answer.json().as_object().expect("an object").keys().cloned().collect();
            names.sort();
            (headers, names, answer.text("/receipt").len(), app.anonymous().get(&of_receipt(&answer)).json())
        };
        assert_eq!(shape(&known), shape(&whole_form()));
        let history = app.registrar().get(&format!("{}/events", card.path("credentials"))).expect(200);
        assert_eq!(history.json()["items"].as_array().map(Vec::len), Some(1), "the card's record is not touched");
    }

    fn each_field_is_told_of(db) {
        let app = TestApp::start(db);
        let post = |form: &Value| app.anonymous().post(REPORTS, form);
        for (field, value, code) in [
            ("kind", json!("OPINION"), "unknown_kind"),
            ("code", json!("x".repeat(4_297)), "too_long"),
            ("number", json!("x".repeat(41)), "too_long"),
            ("claimed_name", json!("a\u{202e}b"), "control_character"),
            ("claimed_agency", json!(" "), "empty"),
            ("province", json!("99"), "unknown_province"),
            ("province", json!("31-2025"), "unknown_province"),
            ("place", json!(""), "empty"),
            ("occurred_at", json!("2026-11-22T03:00:01Z"), "in_future"),
            ("occurred_at", json!("2026-11-20"), "not_a_time"),
            ("narrative", json!("x".repeat(4_001)), "too_long"),
            ("amount_demanded", json!(-1), "out_of_range"),
            ("amount_demanded", json!(9_007_199_254_740_992_i64), "out_of_range"),
            ("amount_demanded", json!(1.5), "wrong_type"),
            ("police_reference", json!("x".repeat(101)), "too_long"),
            ("opinion", json!("x"), "unknown_field"),
        ] {
            post(&changed(field, value)).expect_invalid(&[(&format!("/{field}"), code)]);
        }
        post(&changed("amount_demanded", json!(9_007_199_254_740_991_i64))).expect(201);
        let needed = ["/province", "/place", "/occurred_at", "/narrative"].map(|field| (field, "missing"));
        post(&json!({})).expect_invalid(&needed);
        let several = json!({ "province": "99", "place": "", "occurred_at": "", "narrative": "" });
        post(&several).expect_invalid(&[
            ("/province", "unknown_province"),
            ("/place", "empty"),
            ("/occurred_at", "not_a_time"),
            ("/narrative", "empty"),
        ]);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 1);
    }

    fn what_it_says_of_people_stands_apart_in_the_log(db) {
        let app = TestApp::start(db);
        let answer = reported(&app.anonymous(), &whole_form());
        let index = answer.json()["log_index"].clone();
        let event = |column: &str| {
            let sql = format!("SELECT {column} AS value FROM events WHERE idx = {index}");
            app.database.texts(&sql).remove(0)
        };
        assert_eq!((event("type"), event("actor_role")), ("report.received".into(), "anonymous".into()));
        let data: Value = serde_json::from_str(&event("data")).expect("JSON");
        assert_eq!(data, json!({ "kind": "EXTORTION", "province": "31-2025", "reporter_province": null }));
        let personal = app.database.texts(&format!("SELECT fields AS value FROM event_personal WHERE event_idx = {index}"));
        let subject = app.database.texts(&format!("SELECT subject AS value FROM event_personal WHERE event_idx = {index}"));
        assert_eq!(subject, [newest_id(&app)]);
        for field in PERSONAL {
            assert!(personal[0].contains(field), "{field}");
            assert!(!event("data").contains(field), "{field}");
        }
    }

    fn the_receipt_is_kept_nowhere(db) {
        let app = TestApp::start(db);
        let answer = app.anonymous().post_with(REPORTS, &[("idempotency-key", KEY)], &whole_form()).expect(201);
        let receipt = answer.text("/receipt");
        let kept = everything(&app.database);
        let holds = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
        assert!(holds("report.received"), "what is looked through is what is kept");
        for form in [receipt.clone(), receipt.replace('-', ""), receipt.to_lowercase()] {
            assert!(!holds(&form), "the receipt is kept");
        }
    }

    fn a_report_that_is_sent_again_is_one_report(db) {
        let app = TestApp::start(db);
        let send = |key: &str, form: &Value| app.anonymous().post_with(REPORTS, &[("idempotency-key", key)], form);
        let first = send(KEY, &whole_form()).expect(201);
        assert_eq!(send(KEY, &whole_form()).expect(201).body, first.body);
        send(KEY, &least_form("31")).expect_problem(422, "idempotency-key-reused");
        send("mine", &whole_form()).expect_invalid(&[("header:Idempotency-Key", "bad_key")]);
        // Somebody signed in has keys of their own, and of their own choice.
        let official = app.official();
        let own = official.post_with(REPORTS, &[("idempotency-key", KEY)], &least_form("31")).expect(201);
        assert_ne!(own.text("/receipt"), first.text("/receipt"));
        official.post_with(REPORTS, &[("idempotency-key", "mine")], &least_form("31")).expect(201);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM reports"), 3);
    }

    fn an_auditor_changes_nothing_and_a_token_that_is_no_good_is_said_so(db) {
        let app = TestApp::start(db);
        app.auditor().post(REPORTS, &whole_form()).expect_problem(403, "forbidden");
        app.auditor().post(REPORTS, &json!({})).expect_problem(403, "forbidden");
        let bad = app.anonymous().with_token("x.y.z");
        bad.post(REPORTS, &whole_form()).expect_problem(401, "unauthenticated");
        bad.get(&format!("{REPORTS}/x")).expect_problem(401, "unauthenticated");
    }

    fn whoever_is_signed_in_reports_in_their_own_name(db) {
        let app = TestApp::start(db);
        let official = app.official();
        reported(&official, &least_form("01"));
        let row = |column: &str| app.database.texts(&format!("SELECT {column} AS value FROM reports")).remove(0);
        assert_eq!(row("reporter_id"), official.user.expect("an account").to_string());
        assert_eq!(row("reporter_body"), "Ủy ban nhân dân phường Hồng Bàng");
        assert_eq!((row("reporter_province_id"), row("province_id")), ("31-2025".into(), "01".into()));
    }

    fn the_province_is_the_one_that_had_the_code_on_the_day_of_the_act(db) {
        let app = TestApp::start(db);
        let mut form = least_form("15");
        for (day, unit) in [("2025-06-30", "15"), ("2025-07-01", "15-2025"), ("2026-11-01", "15-2025")] {
            form["occurred_at"] = format!("{day}T01:00:00Z").into();
            reported(&app.anonymous(), &form);
            let units = app.database.texts("SELECT province_id AS value FROM reports ORDER BY log_index DESC");
            assert_eq!(units[0], unit, "{day}");
        }
        // 27 was Bắc Ninh's, and is nobody's.
        form["province"] = "27".into();
        app.anonymous().post("/api/v1/misuse-reports", &form).expect_invalid(&[("/province", "unknown_province")]);
        form["occurred_at"] = "2025-06-30T01:00:00Z".into();
        reported(&app.anonymous(), &form);
    }
}
