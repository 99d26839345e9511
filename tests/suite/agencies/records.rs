//! What is entered about an agency, and by whom.

use super::{AGENCIES, full_form};
use crate::support::app::{BEGINNING, HA_NOI, HAI_PHONG, TestApp};
use crate::support::fixtures::nfd;
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn an_agency_is_read_back_as_it_was_entered(db) {
        let app = TestApp::start(db);
        let entered = app.registrar().post(AGENCIES, &full_form()).expect(201);
        assert_eq!(entered.header("location"), Some(entered.path("agencies").as_str()));
        let mut expected = full_form();
        expected["id"] = entered.text("/id").into();
        expected["state"] = "active".into();
        expected["press_types"] = json!(["print", "radio", "television"]);
        expected["created_at"] = BEGINNING.into();
        expected["province_id"] = "31-2025".into();
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
            // PostgreSQL cannot even be asked for these.
            ("local", "\u{0}".into(), "unknown_province"),
            ("local", "3\u{0}".into(), "unknown_province"),
            ("local", "３１".into(), "unknown_province"),
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
            if change["kind"] == "bao" {
                expected["press_types"] = json!(["print"]);
            }
            if let Some(code) = fields.get("province") {
                expected["province_id"] = code.clone();
            }
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
}
