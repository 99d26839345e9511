//! Provinces in time: a record keeps the unit that it was made in, and is found where that unit is today.

use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::agencies;
use press_registry::domain::agencies::AgencyForm;
use press_registry::domain::ids::{AgencyId, Id as _};
use press_registry::domain::provinces::ProvinceId;
use press_registry::policy;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Bắc Ninh since July 2025: made of Bắc Giang, whose code it took, and the former Bắc Ninh.
const BAC_NINH: &str = "24-2025";
const BAC_GIANG: &str = "24";
const FORMER_BAC_NINH: &str = "27";
/// Neither of them.
const THAI_NGUYEN: &str = "19-2025";

/// An agency entered while a unit existed that has ended since.
fn agency_in(app: &TestApp, unit: &str) -> TestAgency {
    let n = app.serial();
    let form = AgencyForm {
        name: format!("Báo Cũ {n}"),
        short_name: Some(format!("Báo Cũ {n}")),
        kind: "bao".into(),
        level: "local".into(),
        ..AgencyForm::default()
    };
    let fields = form.parse(ProvinceId::parse(unit).map(Some)).expect("an agency");
    let permit = policy::the_program_itself().in_province(fields.level.province());
    let enter = move |tx: &mut press_registry::store::Tx<'_>| agencies::enter(tx, &permit, fields.clone());
    let agency = app.registry.store.write_blocking(enter).expect("an agency");
    TestAgency { id: AgencyId::parse(&agency.id.to_string()).expect("an id"), etag: "\"1\"".into() }
}

/// A report of an act, by the code of then: its id.
fn report(app: &TestApp, code: &str, day: &str) -> String {
    let form = json!({
        "province": code, "place": "Bến xe", "occurred_at": format!("{day}T01:00:00Z"), "narrative": "Đưa thẻ giả.",
    });
    app.anonymous().post("/api/v1/misuse-reports", &form).expect(201);
    app.database.texts("SELECT id AS value FROM reports ORDER BY log_index DESC").remove(0)
}

fn ids(client: &Client, path: &str) -> Vec<String> {
    client.list(path, "/id")
}

fn case(client: &Client, code: Option<&str>, day: &str) -> Answer {
    let form = json!({
        "subject": "unknown", "kind": "THREAT", "province": code, "occurred_at": format!("{day}T01:00:00Z"), "summary": "x",
    });
    client.post("/api/v1/cases", &form)
}

on_both_databases! {
    fn a_registrar_of_today_reaches_what_the_former_units_recorded(db) {
        let app = TestApp::start(db);
        let (agency, other) = (agency_in(&app, BAC_GIANG), agency_in(&app, THAI_NGUYEN));
        let (here, away) = (app.provincial(BAC_NINH), app.provincial(THAI_NGUYEN));
        let person = app.person(&agency);
        let card = app.issued_in(&agency, Some(BAC_NINH), &person.text("/id"));
        let seen = [person.path("people"), card.path("credentials")];
        for path in &seen {
            here.get(path).expect(200);
            away.get(path).expect_problem(404, "not-found");
        }
        assert_eq!(ids(&here, "/api/v1/credentials?limit=1"), [card.text("/id")]);
        assert_eq!(ids(&away, "/api/v1/credentials"), [] as [&str; 0]);
        assert_eq!(ids(&here, "/api/v1/applications").len(), 1);
        // What is written there goes on belonging to the unit that it was entered in.
        let renamed = json!({ "name": "Báo Bắc Giang" });
        let path = format!("/api/v1/agencies/{}", agency.id);
        let now = here.patch(&path, &agency.etag, &renamed).expect(200);
        assert_eq!(now.text("/province"), "24");
        away.patch(&path, &now.etag(), &renamed).expect_problem(404, "not-found");
        here.patch(&format!("/api/v1/agencies/{}", other.id), &other.etag, &renamed).expect_problem(404, "not-found");
        let unit = format!("SELECT province_id AS value FROM agencies WHERE id = '{}'", agency.id);
        assert_eq!(app.database.texts(&unit), [BAC_GIANG]);
        // A former unit's own registrar keeps to it.
        let former = app.provincial(BAC_GIANG);
        former.get(&seen[0]).expect(200);
        former.get(&report_path(&report(&app, "24", "2026-11-01"))).expect_problem(404, "not-found");
    }

    fn units_that_share_a_code_are_told_apart(db) {
        let app = TestApp::start(db);
        let (registrar, admin) = (app.registrar(), app.admin());
        let unit = |client: &Client, path: &str| {
            let seen = client.get(path).expect(200);
            [seen.text("/province"), seen.text("/province_id")]
        };
        for (id, code) in [(BAC_GIANG, "24"), (BAC_NINH, "24"), (FORMER_BAC_NINH, "27")] {
            let agency = agency_in(&app, id);
            assert_eq!(unit(&registrar, &format!("/api/v1/agencies/{}", agency.id)), [code, id]);
            let person = app.person(&agency).text("/id");
            let form = json!({ "kind": "assigned_reporter", "province": "24", "from": "2026-12-02", "reporters": [person] });
            let office = app.head(&agency).post(&format!("/api/v1/agencies/{}/offices", agency.id), &form).expect(201);
            assert_eq!(unit(&registrar, &office.path("offices")), ["24", BAC_NINH]);
            let user = app.provincial(id).user.expect("an account");
            assert_eq!(unit(&admin, &format!("/api/v1/users/{user}")), [code, id]);
        }
        for (code, day, id) in [("24", "2025-06-30", BAC_GIANG), ("24", "2025-07-01", BAC_NINH)] {
            assert_eq!(unit(&registrar, &report_path(&report(&app, code, day))), [code, id]);
            let opened = case(&registrar, Some(code), day).expect(201);
            assert_eq!(unit(&registrar, &opened.path("cases")), [code, id]);
            let history = registrar.history("cases", &opened);
            assert_eq!((&history[0]["province"], &history[0]["province_id"]), (&json!(code), &json!(id)));
        }
    }

    fn the_code_of_the_unit_that_an_agency_was_entered_in_stands_for_it(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for (id, code, other) in [(BAC_GIANG, "24", "19"), (FORMER_BAC_NINH, "27", "24"), ("10", "10", "15")] {
            let agency = agency_in(&app, id);
            let path = format!("/api/v1/agencies/{}", agency.id);
            let sent = |etag: &str, code: &str| registrar.patch(&path, etag, &json!({ "province": code, "source": "QĐ 1" }));
            let same = sent(&agency.etag, code).expect(200);
            assert_eq!([same.text("/province"), same.text("/province_id")], [code, id]);
            let moved = sent(&same.etag(), other).expect(200);
            assert_eq!(moved.text("/province_id"), format!("{other}-2025"));
            sent(&moved.etag(), "99").expect_invalid(&[("/province", "unknown_province")]);
        }
    }

    fn the_province_of_today_finds_records_of_its_predecessors(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let in_unit = [BAC_GIANG, FORMER_BAC_NINH, BAC_NINH, THAI_NGUYEN].map(|unit| agency_in(&app, unit).id.to_string());
        assert_eq!(ids(&registrar, "/api/v1/agencies?province=24&limit=2"), in_unit[..3]);
        assert_eq!(ids(&registrar, "/api/v1/agencies?province=24&query=bao+cu"), in_unit[..3]);
        assert_eq!(ids(&registrar, "/api/v1/agencies?province=19&query=bao+cu"), in_unit[3..]);
        registrar.get("/api/v1/agencies?province=27").expect_invalid(&[("query:province", "unknown_province")]);

        let told = [("24", "2025-06-01"), ("27", "2025-06-01"), ("24", "2026-06-01"), ("19", "2026-06-01")];
        let reports = told.map(|(code, day)| report(&app, code, day));
        assert_eq!(ids(&registrar, "/api/v1/misuse-reports?province=24&limit=1"), reports[..3]);
        assert_eq!(ids(&app.provincial(BAC_NINH), "/api/v1/misuse-reports"), reports[..3]);
        for id in &reports[..3] {
            app.provincial(BAC_NINH).get(&report_path(id)).expect(200);
            app.provincial(THAI_NGUYEN).get(&report_path(id)).expect_problem(404, "not-found");
        }

        let cases = told.map(|(code, day)| case(&registrar, Some(code), day).expect(201).text("/id"));
        assert_eq!(ids(&registrar, "/api/v1/cases?province=24&limit=1"), cases[..3]);
        assert_eq!(ids(&app.provincial(BAC_NINH), "/api/v1/cases"), cases[..3]);
        assert_eq!(ids(&app.provincial(BAC_NINH), "/api/v1/cases?province=19"), [] as [&str; 0]);
        registrar.get("/api/v1/cases?province=00").expect_invalid(&[("query:province", "unknown_province")]);

        // In the order of the log, part by part.
        let entries = "/api/v1/log/entries?province=24&type=report.received&limit=1";
        assert_eq!(app.auditor().list(entries, "/event/object/id"), reports[..3]);
        let of_one = format!("/api/v1/log/entries?province=24&case={}", cases[0]);
        assert_eq!(app.auditor().list(&of_one, "/event/type"), ["case.opened"]);
    }

    fn an_act_is_recorded_in_the_unit_of_its_day(db) {
        let app = TestApp::start(db);
        let here = app.provincial(BAC_NINH);
        for (code, day, unit) in [("24", "2025-06-30", BAC_GIANG), ("24", "2025-07-01", BAC_NINH)] {
            let opened = case(&here, Some(code), day).expect(201);
            let units = format!("SELECT province_id || ' ' || venue_id AS value FROM cases WHERE id = '{}'", opened.text("/id"));
            assert_eq!(app.database.texts(&units), [format!("{unit} {BAC_NINH}")]);
        }
        case(&here, Some("27"), "2025-07-01").expect_invalid(&[("/province", "unknown_province")]);
        // Its own unit where nothing is said, if that existed; else somebody has to say which it was.
        assert_eq!(case(&here, None, "2026-01-02").expect(201).text("/province"), "24");
        case(&here, None, "2025-06-30").expect_invalid(&[("/province", "missing")]);
    }

    fn the_form_asks_for_the_name_of_that_day(db) {
        let app = TestApp::start(db);
        let sent = |unit: &str, day: &str| {
            let form = format!("key=&kind=THREAT&narrative=x&province={unit}&place=x&occurred_at={day}T09%3A30");
            let form = form.replace("key=", &format!("key=00000000-0000-4000-8000-{:012}", app.serial()));
            let headers = [("content-type", "application/x-www-form-urlencoded")];
            app.anonymous().send("POST", "/report", &headers, Some(form.as_bytes())).body_text();
            app.database.texts("SELECT province_id AS value FROM reports ORDER BY log_index DESC").first().cloned()
        };
        let page = app.anonymous().get("/report?lang=en").expect(200).body_text();
        for option in ["<option value=\"24-2025\">Bắc Ninh<", "<option value=\"24\">Bắc Giang (until 30/06/2025)<"] {
            assert!(page.contains(option), "{option}");
        }
        assert_eq!(sent(BAC_NINH, "2025-06-01"), None, "there was no such unit yet");
        assert_eq!(sent(BAC_GIANG, "2025-06-01").as_deref(), Some(BAC_GIANG));
        assert_eq!(sent(BAC_NINH, "2026-06-01").as_deref(), Some(BAC_NINH));
    }

    fn each_of_the_eight_codes_that_were_given_anew_means_the_unit_of_the_day(db) {
        let app = TestApp::start(db);
        let named = |day: &str| {
            let list = app.anonymous().get(&format!("/api/v1/provinces?on={day}")).expect(200).json();
            let units = list["items"].as_array().expect("a list").iter();
            let text = |it: &Value, field: &str| it[field].as_str().expect("a text").to_owned();
            units.map(|it| (text(it, "code"), (text(it, "id"), text(it, "name")))).collect::<BTreeMap<_, _>>()
        };
        let (before, after) = (named("2024-12-31"), named("2025-07-01"));
        let other_name = |(code, (_, name)): &(&String, &(String, String))| after.get(*code).is_some_and(|it| it.1 != *name);
        let codes: Vec<_> = before.iter().filter(other_name).map(|(code, _)| code.as_str()).collect();
        assert_eq!(codes, ["15", "24", "44", "46", "52", "80", "82", "91"]);
        for code in codes {
            let of_the_day = |day: &str| app.registrar().get(&report_path(&report(&app, code, day))).expect(200).text("/province_id");
            assert_eq!([of_the_day("2024-12-31"), of_the_day("2025-07-01")], [&before, &after].map(|units| units[code].0.clone()));
        }
    }

    fn the_units_of_a_day_are_listed_with_what_they_were_and_became(db) {
        let app = TestApp::start(db);
        let list = |query: &str| {
            let list = app.anonymous().get(&format!("/api/v1/provinces{query}")).expect(200).json();
            list["items"].as_array().expect("a list").clone()
        };
        let unit = |items: &[Value], id: &str| items.iter().find(|it| it["id"] == id).cloned().unwrap_or_default();
        let (all, before, after) = (list(""), list("?on=2025-06-30"), list("?on=2025-07-01"));
        assert_eq!((all.len(), before.len(), after.len()), (87, 63, 34));
        assert_eq!(unit(&after, BAC_NINH)["predecessors"], json!(["24", "27"]));
        assert_eq!(unit(&after, BAC_NINH)["successor"], Value::Null);
        assert_eq!((unit(&before, BAC_GIANG)["successor"].as_str(), unit(&before, BAC_NINH)), (Some(BAC_NINH), Value::Null));
        assert_eq!(unit(&before, "01"), unit(&after, "01"));
        for (query, pointer, code) in [
            ("?on=2025", "query:on", "not_a_date"),
            ("?on=2025-06-31", "query:on", "not_a_date"),
            ("?at=2025-06-30", "query:at", "unknown_parameter"),
        ] {
            app.anonymous().get(&format!("/api/v1/provinces{query}")).expect_invalid(&[(pointer, code)]);
        }
    }
}

fn report_path(id: &str) -> String {
    format!("/api/v1/misuse-reports/{id}")
}
