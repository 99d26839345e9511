//! Lists of people: in the order of their names, or as a query ranks them.

use super::people_of;
use crate::support::app::{TestAgency, TestApp};
use crate::support::fixtures::nfd;
use crate::support::on_both_databases;
use serde_json::json;

fn encoded(query: &str) -> String {
    query.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn enter(app: &TestApp, agency: &TestAgency, names: &[&str]) {
    for name in names {
        app.named(agency, name);
    }
}

/// What a clerk finds, two to a page.
fn found(app: &TestApp, agency: &TestAgency, query: &str) -> Vec<String> {
    let query = if query.is_empty() { String::new() } else { format!("&query={}", encoded(query)) };
    app.clerk(agency).list(&format!("{}?limit=2{query}", people_of(agency)), "/full_name")
}

on_both_databases! {
    fn people_are_listed_by_given_name_as_vietnamese_dictionaries_have_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let ordered = [
            "Trần Văn An", "Lê Thị Ánh", "Đỗ Ân", "Vũ Duy", "Nguyễn Đức", "Bùi Thị Hoa", "Lê Hoà", "Lê Văn Hòa", "Bùi Hoả",
            "Bùi Hoàng", "Lê Oanh", "Lê Ông", "An Yến",
        ];
        let mut entered = ordered;
        entered.reverse();
        enter(&app, &agency, &entered);
        assert_eq!(found(&app, &agency, ""), ordered);
    }

    fn what_is_typed_is_found_as_readers_expect(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        enter(&app, &agency, &[
            "Lê Hoàng", "Lê Hoá", "Trần Hoa Mai", "Lê Hoa", "Trần Hoà", "Lê Hòa", "Hoàng Thúy", "Phan Thuý Quý", "Đào Qúy",
        ]);
        let found = |query: &str| found(&app, &agency, query);
        assert_eq!(found("hoa"), [
            "Lê Hoa", "Lê Hòa", "Trần Hoà", "Lê Hoá", "Trần Hoa Mai", "Lê Hoàng", "Hoàng Thúy"
        ]);
        for query in ["hoà", "hòa", "HÒA", &nfd("hoà")] {
            assert_eq!(found(query)[..3], ["Lê Hòa", "Trần Hoà", "Lê Hoa"], "{query}");
            assert_eq!(found(query).len(), 7, "{query}");
        }
        assert_eq!(found("thuý"), ["Hoàng Thúy", "Phan Thuý Quý"]);
        assert_eq!(found("qúy"), ["Đào Qúy", "Phan Thuý Quý"]);
        assert_eq!(found("mai tr"), ["Trần Hoa Mai"]);
        assert_eq!(found("đ"), ["Đào Qúy"]);
    }

    fn a_part_begins_after_the_last_one_whoever_is_entered_meanwhile(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        enter(&app, &agency, &["Lê Chi", "Lê Giang", "Lê Giáng", "Lê Mai", "Giang Yên"]);
        for query in ["", "&query=giang"] {
            let page = |more: &str| app.clerk(&agency).get(&format!("{}?limit=2{query}{more}", people_of(&agency)));
            let first = page("").expect(200);
            let next = page(&format!("&cursor={}", first.text("/next_cursor"))).expect(200).json();
            enter(&app, &agency, &["Lê An"]);
            let again = page(&format!("&cursor={}", first.text("/next_cursor"))).expect(200).json();
            assert_eq!(again, next, "who comes before the place changes nothing after it");
            let other = format!("&query=mai&cursor={}", first.text("/next_cursor"));
            app.clerk(&agency).get(&format!("{}?limit=2{other}", people_of(&agency))).expect(422);
        }
    }

    fn what_means_nothing_to_a_search_is_said_so_at_its_field(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        enter(&app, &agency, &["Lê O'Hara", "Lê Percent"]);
        for (query, code) in [
            ("%", "empty"), ("_", "empty"), ("''", "empty"), (" ", "empty"), ("\u{202E}an", "control_character"),
            (&"x".repeat(10_000), "too_long"),
        ] {
            for path in [people_of(&agency), "/api/v1/agencies".to_owned()] {
                let refused = app.registrar().get(&format!("{path}?query={}", encoded(query))).expect(422).json();
                assert_eq!(refused["errors"], json!([{
                    "pointer": "query:query", "code": code, "detail": refused["errors"][0]["detail"]
                }]));
            }
        }
        let everybody = app.registrar().list(&format!("{}?query=", people_of(&agency)), "/full_name");
        assert_eq!(everybody, ["Lê O'Hara", "Lê Percent"], "an empty box asks for nothing");
        assert_eq!(app.registrar().list("/api/v1/agencies?query=", "/id").len(), 1);
        assert_eq!(found(&app, &agency, "o'hara%"), ["Lê O'Hara"]);
        for nobody in ["per%t", "l_", "x' OR '1'='1", "\\", "perc*"] {
            let query = format!("a{nobody}");
            assert_eq!(found(&app, &agency, &query), Vec::<String>::new(), "{query}");
        }
    }

    fn whoever_is_renamed_or_leaves_is_found_as_they_are_now(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let person = clerk.post(&people_of(&agency), &app.person_form()).expect(201);
        let change = json!({ "full_name": "Lê Thị Mới", "pen_name": "Sao Hôm" });
        let changed = clerk.patch(&person.path("people"), &person.etag(), &change).expect(200);
        for (query, there) in [("buoi", 0), ("moi", 1), ("sao", 1), ("", 1)] {
            assert_eq!(found(&app, &agency, query).len(), there, "{query}");
        }
        let end = json!({ "event": "end", "reason": "Hết hợp đồng", "to": "2026-11-21" });
        clerk.event(&super::engagement_of(&changed), &changed.etag(), end).expect(201);
        for query in ["moi", "sao", ""] {
            assert_eq!(found(&app, &agency, query), Vec::<String>::new(), "{query}");
        }
    }
}
