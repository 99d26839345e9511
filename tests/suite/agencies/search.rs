//! Agencies are found as people write them.

use super::{AGENCIES, full_form};
use crate::support::app::TestApp;
use crate::support::fixtures::nfd;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
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
        assert_eq!(found("hoà%"), found("hoà"), "nothing in a query is a wildcard");
        assert_eq!(found("lao động"), Vec::<String>::new());
    }

    fn agencies_are_ranked_by_how_well_they_answer(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for name in ["Báo Hoàng Mai", "Báo Hoa Học Trò", "Báo Hoà Bình", "Báo An Hòa", "Báo Mai"] {
            registrar.post(AGENCIES, &json!({ "name": name, "kind": "bao", "level": "central" })).expect(201);
        }
        let found = |query: &str| registrar.list(&format!("{AGENCIES}?limit=2&query={query}"), "/name");
        assert_eq!(found("ho%C3%A0"), ["Báo An Hòa", "Báo Hoà Bình", "Báo Hoa Học Trò", "Báo Hoàng Mai"]);
        assert_eq!(found("mai+bao"), ["Báo Hoàng Mai", "Báo Mai"]);
        assert_eq!(found("oa"), Vec::<String>::new(), "a word is found by its beginning");
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
}
