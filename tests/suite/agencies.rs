//! Agencies: entered and kept by registrars, found without marks, decided on with reasons.

use crate::support::answer::Answer;
use crate::support::app::{BEGINNING, Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::fixtures::nfd;
use crate::support::on_both_databases;
use serde_json::{Value, json};

const AGENCIES: &str = "/api/v1/agencies";
const STATES: [&str; 4] = ["active", "suspended", "licence_revoked", "closed"];
const EVENTS: [&str; 4] = ["suspend", "reinstate", "revoke_licence", "close"];

/// Written down a second time, apart from the domain's table.
fn lawful(state: &str, event: &str) -> Option<&'static str> {
    Some(match (state, event) {
        ("active", "suspend") => "suspended",
        ("suspended" | "licence_revoked", "reinstate") => "active",
        ("active" | "suspended", "revoke_licence") => "licence_revoked",
        ("active" | "suspended" | "licence_revoked", "close") => "closed",
        _ => return None,
    })
}

/// A new agency, brought into this state.
fn agency_in(app: &TestApp, registrar: &Client, state: &str) -> Answer {
    let n = app.serial();
    let form = json!({ "name": format!("Báo Nháp {n}"), "kind": "bao", "level": "central" });
    let agency = registrar.post(AGENCIES, &form).expect(201);
    let decide = |event: &str| registrar.happen("agencies", &agency, json!({ "event": event, "reason": "QĐ 1" }));
    match state {
        "active" => agency,
        "suspended" => decide("suspend").expect(201),
        "licence_revoked" => decide("revoke_licence").expect(201),
        _ => decide("close").expect(201),
    }
}

fn full_form() -> Value {
    json!({
        "name": "Báo và Phát thanh, Truyền hình Ví Dụ",
        "short_name": "Ví Dụ",
        "kind": "bao_va_ptth",
        "level": "local",
        "governing_body": "Ủy ban nhân dân thành phố Hải Phòng",
        "province": "31",
        "website": "https://vidu.example",
        "source": "Danh sách năm 2026",
    })
}

on_both_databases! {
    fn an_agency_is_read_back_as_it_was_entered(db) {
        let app = TestApp::start(db);
        let entered = app.registrar().post(AGENCIES, &full_form()).expect(201);
        assert_eq!(entered.header("location"), Some(entered.path("agencies").as_str()));
        let mut expected = full_form();
        expected["id"] = entered.text("/id").into();
        expected["state"] = "active".into();
        expected["created_at"] = BEGINNING.into();
        assert_eq!(entered.json(), expected);
        let read = app.auditor().get(&entered.path("agencies")).expect(200);
        assert_eq!((read.json(), read.etag()), (expected, entered.etag()));
    }

    fn words_are_kept_in_one_form(db) {
        let app = TestApp::start(db);
        let mut form = full_form();
        form["name"] = nfd("  Báo   Ví Dụ ").into();
        form["short_name"] = nfd("Ví Dụ").into();
        let entered = app.registrar().post(AGENCIES, &form).expect(201);
        assert_eq!((entered.text("/name"), entered.text("/short_name")), ("Báo Ví Dụ".into(), "Ví Dụ".into()));
    }

    fn every_mistake_of_a_form_is_told_at_once(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let mistaken = json!({
            "name": " ",
            "short_name": "x".repeat(41),
            "kind": "blog",
            "level": "regional",
            "governing_body": "a\u{202E}b",
            "website": "javascript:alert(1)",
            "source": "",
        });
        let told = [
            ("/name", "empty"),
            ("/short_name", "too_long"),
            ("/kind", "unknown_kind"),
            ("/level", "unknown_level"),
            ("/governing_body", "control_character"),
            ("/website", "not_an_address"),
            ("/source", "empty"),
        ];
        registrar.post(AGENCIES, &mistaken).expect_invalid(&told);
        let agency = registrar.post(AGENCIES, &full_form()).expect(201);
        let mut change = mistaken;
        change["province"] = Value::Null;
        registrar.patch(&agency.path("agencies"), &agency.etag(), &change).expect_invalid(&told);
        assert_eq!(registrar.get(&agency.path("agencies")).expect(200).etag(), agency.etag(), "nothing was changed");
    }

    fn a_field_that_does_not_fit_the_form_is_named(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let with = |name: &str, value: Value| {
            let mut form = full_form();
            form[name] = value;
            registrar.post(AGENCIES, &form)
        };
        with("nickname", "x".into()).expect_invalid(&[("/nickname", "unknown_field")]);
        with("name", 5.into()).expect_invalid(&[("/name", "wrong_type")]);
        with("name", "x".repeat(201).into()).expect_invalid(&[("/name", "too_long")]);
        with("website", format!("https://{}", "x".repeat(200)).into())
            .expect_invalid(&[("/website", "not_an_address")]);
        with("source", "x".repeat(501).into()).expect_invalid(&[("/source", "too_long")]);
        let mut form = full_form();
        form.as_object_mut().expect("an object").remove("kind");
        registrar.post(AGENCIES, &form).expect_invalid(&[("/kind", "missing")]);
    }

    fn a_local_agency_belongs_to_a_province_of_today_and_a_central_one_to_none(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for (level, province, told) in [
            ("local", Value::Null, "missing"),
            ("local", "99".into(), "unknown_province"),
            ("local", "Hải Phòng".into(), "unknown_province"),
            // Vĩnh Phúc, part of Phú Thọ since July 2025.
            ("local", "26".into(), "unknown_province"),
            // The unit's own id is ours; callers name units by their codes.
            ("local", HAI_PHONG.into(), "unknown_province"),
            ("central", "01".into(), "not_for_central"),
        ] {
            let mut form = full_form();
            form["level"] = level.into();
            form["province"] = province;
            registrar.post(AGENCIES, &form).expect_invalid(&[("/province", told)]);
        }
    }

    fn a_short_name_is_had_by_one_agency_in_whatever_form_it_is_sent(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        registrar.post(AGENCIES, &full_form()).expect(201);
        let mut form = full_form();
        form["short_name"] = nfd("Ví Dụ").into();
        registrar.post(AGENCIES, &form).expect_invalid(&[("/short_name", "taken")]);
        form["short_name"] = Value::Null;
        let first = registrar.post(AGENCIES, &form).expect(201);
        registrar.post(AGENCIES, &form).expect(201);
        let taken = json!({ "short_name": "Ví Dụ" });
        registrar.patch(&first.path("agencies"), &first.etag(), &taken).expect_invalid(&[("/short_name", "taken")]);
        let own = registrar.patch(&first.path("agencies"), &first.etag(), &json!({ "short_name": "Khác" })).expect(200);
        registrar.patch(&own.path("agencies"), &own.etag(), &json!({ "short_name": "Khác" })).expect(200);
    }

    fn a_change_touches_what_it_names_and_a_null_clears(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let mut now = registrar.post(AGENCIES, &full_form()).expect(201);
        let mut expected = now.json();
        for change in [
            json!({ "name": "Báo Mới" }),
            json!({ "short_name": null }),
            json!({ "short_name": "Mới", "kind": "bao" }),
            json!({ "governing_body": null, "website": null, "source": null }),
            json!({ "level": "central", "province": null }),
            json!({ "level": "local", "province": "01" }),
            json!({ "website": "http://moi.example/x" }),
        ] {
            let changed = registrar.patch(&now.path("agencies"), &now.etag(), &change).expect(200);
            let fields = change.as_object().expect("an object").clone();
            expected.as_object_mut().expect("an object").extend(fields);
            assert_eq!(changed.json(), expected, "{change}");
            assert_ne!(changed.etag(), now.etag());
            let read = registrar.get(&now.path("agencies")).expect(200);
            assert_eq!((read.json(), read.etag()), (changed.json(), changed.etag()));
            now = changed;
        }
        for (field, value) in [("name", Value::Null), ("kind", Value::Null), ("level", Value::Null)] {
            let refused = registrar.patch(&now.path("agencies"), &now.etag(), &json!({ field: value }));
            refused.expect_invalid(&[(format!("/{field}").as_str(), "wrong_type")]);
        }
    }

    fn a_change_is_made_only_to_the_version_that_was_read(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let read = registrar.post(AGENCIES, &full_form()).expect(201);
        let path = read.path("agencies");
        let change = json!({ "name": "Báo Mới" });
        let headers = [("content-type", "application/json")];
        registrar
            .send("PATCH", &path, &headers, Some(change.to_string().as_bytes()))
            .expect_problem(428, "precondition-required");
        registrar.patch(&path, "*", &change).expect_problem(412, "precondition-failed");
        registrar.patch(&path, &format!("W/{}", read.etag()), &change).expect_problem(412, "precondition-failed");
        registrar.patch(&path, &read.etag(), &change).expect(200);
        registrar.patch(&path, &read.etag(), &json!({ "name": "Báo Cũ" })).expect_problem(412, "precondition-failed");
        registrar
            .happen("agencies", &read, json!({ "event": "close", "reason": "x" }))
            .expect_problem(412, "precondition-failed");
        assert_eq!(registrar.get(&path).expect(200).text("/name"), "Báo Mới");
    }

    fn nothing_happens_to_an_agency_that_the_law_does_not_list(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for state in STATES {
            let agency = agency_in(&app, &registrar, state);
            assert_eq!(agency.text("/state"), state);
            for event in EVENTS {
                let asked = json!({ "event": event, "reason": "QĐ 12/2026" });
                let Some(to) = lawful(state, event) else {
                    registrar.happen("agencies", &agency, asked).expect_problem(409, "wrong-state");
                    let read = registrar.get(&agency.path("agencies")).expect(200);
                    assert_eq!((read.json(), read.etag()), (agency.json(), agency.etag()), "{event} of {state}");
                    continue;
                };
                let done = registrar.happen("agencies", &agency_in(&app, &registrar, state), asked).expect(201);
                assert_eq!(done.text("/state"), to, "{event} of {state}");
                let read = registrar.get(&done.path("agencies")).expect(200);
                assert_eq!((read.json(), read.etag()), (done.json(), done.etag()));
            }
        }
    }

    fn nothing_is_decided_without_a_known_event_and_reasons(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let agency = agency_in(&app, &registrar, "active");
        let decide = |body: Value| registrar.happen("agencies", &agency, body);
        decide(json!({ "event": "sell", "reason": " " }))
            .expect_invalid(&[("/event", "unknown_event"), ("/reason", "empty")]);
        decide(json!({ "event": "close" })).expect_invalid(&[("/reason", "missing")]);
        decide(json!({ "event": "close", "reason": "x".repeat(501) })).expect_invalid(&[("/reason", "too_long")]);
        decide(json!({ "event": "close", "reason": "a\u{200B}b" })).expect_invalid(&[("/reason", "control_character")]);
    }

    fn the_history_says_who_did_what_when_and_why(db) {
        let app = TestApp::start(db);
        let provincial = app.provincial(HAI_PHONG);
        let agency = provincial.post(AGENCIES, &full_form()).expect(201);
        app.pass(60);
        let changed =
            provincial.patch(&agency.path("agencies"), &agency.etag(), &json!({ "source": null })).expect(200);
        app.pass(60);
        let decision = json!({ "event": "suspend", "reason": "QĐ 12/2026:\ntạm đình chỉ" });
        app.registrar().happen("agencies", &changed, decision).expect(201);
        let history = app.clerk(&app.central_agency()).history("agencies", &agency);
        let told: Vec<_> = history.iter().map(|it| json!([it["type"], it["at"], it["actor"]["role"]])).collect();
        assert_eq!(
            told,
            [
                json!(["agency.created", "2026-11-22T03:00:00Z", "registrar"]),
                json!(["agency.changed", "2026-11-22T03:01:00Z", "registrar"]),
                json!(["agency.suspended", "2026-11-22T03:02:00Z", "registrar"]),
            ]
        );
        assert_eq!(history[0]["short_name"], "Ví Dụ");
        assert_eq!(history[1]["changed"], json!({ "source": null }), "what changed, and nothing else");
        let facts = (&history[2]["from"], &history[2]["to"], &history[2]["reason"]);
        assert_eq!(facts, (&json!("active"), &json!("suspended"), &json!("QĐ 12/2026:\ntạm đình chỉ")));
        assert!(history.windows(2).all(|pair| pair[0]["index"].as_i64() < pair[1]["index"].as_i64()));
    }

    fn an_agency_is_found_without_marks_in_either_form_and_case(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for (name, short_name) in
            [("Báo Đại Đoàn Kết", "Đại Đoàn Kết"), ("Báo Kinh tế & Đô thị", "KTĐT"), ("Tạp chí Hoà Bình", "Hòa Bình")]
        {
            let form = json!({ "name": name, "short_name": short_name, "kind": "bao", "level": "central" });
            registrar.post(AGENCIES, &form).expect(201);
        }
        let found = |query: &str| {
            let encoded: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
            registrar.list(&format!("{AGENCIES}?query={encoded}"), "/name")
        };
        for query in ["dai doan", "ĐẠI ĐOÀN", "đoàn đại", &nfd("Đại Đoàn Kết"), "Dai_Doan%"] {
            assert_eq!(found(query), ["Báo Đại Đoàn Kết"], "{query}");
        }
        for query in ["hoa binh", "hòa", "hoà", &nfd("Hoà")] {
            assert_eq!(found(query), ["Tạp chí Hoà Bình"], "{query}");
        }
        assert_eq!(found("ktdt"), ["Báo Kinh tế & Đô thị"], "by its short name");
        assert_eq!(found("bao").len(), 2);
        assert_eq!(found("%"), found("_"), "nothing in a query is a wildcard");
        assert_eq!(found("lao động"), Vec::<String>::new());
    }

    fn a_changed_agency_is_found_by_its_new_name_only(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let agency = registrar.post(AGENCIES, &full_form()).expect(201);
        let change = json!({ "name": "Báo Mới", "short_name": null });
        registrar.patch(&agency.path("agencies"), &agency.etag(), &change).expect(200);
        let found = |query: &str| registrar.list(&format!("{AGENCIES}?query={query}"), "/name");
        assert_eq!((found("moi"), found("vidu")), (vec!["Báo Mới".to_owned()], vec![]));
    }

    fn a_provincial_registrar_enters_and_keeps_the_local_agencies_of_the_province(db) {
        let app = TestApp::start(db);
        let provincial = app.provincial(HAI_PHONG);
        let own = provincial.post(AGENCIES, &full_form()).expect(201);
        let mut elsewhere = full_form();
        (elsewhere["province"], elsewhere["short_name"]) = ("01".into(), "Khác".into());
        let central = json!({ "name": "Báo Trung ương", "kind": "bao", "level": "central" });
        for foreign in [&elsewhere, &central] {
            provincial.post(AGENCIES, foreign).expect_problem(404, "not-found");
            let entered = app.registrar().post(AGENCIES, foreign).expect(201);
            let change = json!({ "source": "x" });
            provincial.patch(&entered.path("agencies"), &entered.etag(), &change).expect_problem(404, "not-found");
        }
        // It cannot be given away either.
        for away in [json!({ "province": "01" }), json!({ "level": "central", "province": null })] {
            provincial.patch(&own.path("agencies"), &own.etag(), &away).expect_problem(404, "not-found");
        }
        let changed = provincial.patch(&own.path("agencies"), &own.etag(), &json!({ "source": "x" })).expect(200);
        app.provincial(HA_NOI)
            .patch(&own.path("agencies"), &changed.etag(), &json!({ "source": "y" }))
            .expect_problem(404, "not-found");
        let decision = json!({ "event": "suspend", "reason": "x" });
        provincial.happen("agencies", &changed, decision).expect_problem(403, "forbidden");
    }

    fn an_agency_that_is_not_at_work_enters_nobody_and_proposes_nobody(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let card = app.issued_card(&agency);
        let path = format!("{AGENCIES}/{}", agency.id);
        let registrar = app.registrar();
        registrar.event(&path, &agency.etag, json!({ "event": "suspend", "reason": "x" })).expect(201);
        let clerk = app.clerk(&agency);
        clerk.post(&format!("{path}/people"), &app.person_form()).expect_problem(409, "wrong-state");
        let form = json!({ "kind": "press_card", "basis": "first", "people": [person] });
        clerk.post("/api/v1/applications", &form).expect_problem(409, "wrong-state");
        app.head(&agency).post("/api/v1/letters", &app.letter_form(&person)).expect_problem(409, "wrong-state");
        assert_eq!(app.verdict(&card.text("/code")).0, "valid", "cards are decided on one by one");
    }
}
