//! Who sees what of a report.

use super::{PERSONAL, REPORTS, least_form, newest_id, of_receipt, reported, whole_form};
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;

fn ids(client: &Client, query: &str) -> Vec<String> {
    let json = client.get(&format!("{REPORTS}{query}")).expect(200).json();
    json["items"].as_array().expect("items").iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
}

on_both_databases! {
    fn a_receipt_that_was_never_given_is_answered_alike_whatever_it_looks_like(db) {
        let app = TestApp::start(db);
        let receipt = reported(&app.anonymous(), &whole_form()).text("/receipt");
        let id = newest_id(&app);
        let other: String = receipt.chars().rev().collect();
        let request_id = ("x-request-id", "01890a5d-ac96-774b-bcce-b302099a8058");
        let told = |client: &Client, address: &str| {
            let answer = client.get_with(&format!("{REPORTS}/{address}"), &[request_id]);
            answer.expect_problem(404, "not-found").body
        };
        let clerk = app.clerk(&app.central_agency());
        let first = told(&app.anonymous(), &other);
        for address in ["x", "0000-0000-0000-0000-0000-0000-00", &id, &receipt[1..]] {
            assert_eq!(told(&app.anonymous(), address), first, "{address}");
            // An id is an address only to those who may read reports.
            for client in [&app.admin(), &app.auditor(), &clerk] {
                assert_eq!(told(client, address), first, "{address}");
            }
        }
    }

    fn the_receipt_shows_the_state_and_nobodys_name(db) {
        let app = TestApp::start(db);
        let answer = reported(&app.official(), &whole_form());
        for client in [app.anonymous(), app.registrar(), app.auditor()] {
            let followed = client.get(&of_receipt(&answer)).expect(200).body_text();
            for field in PERSONAL.iter().chain(&["Ủy ban", "EXTORTION"]) {
                assert!(!followed.contains(field), "{field}");
            }
        }
    }

    fn registrars_and_the_official_who_reported_read_the_whole_report(db) {
        let app = TestApp::start(db);
        let official = app.official();
        reported(&official, &whole_form());
        let id = newest_id(&app);
        let path = format!("{REPORTS}/{id}");
        for client in [app.registrar(), app.provincial(HAI_PHONG), official] {
            let report = client.get(&path).expect(200);
            assert_eq!(report.etag(), "\"1\"");
            assert_eq!(report.text("/details/claimed_name"), "Nguyễn Văn Mạo");
            assert_eq!(report.text("/details/amount_demanded"), "20000000");
            assert_eq!((report.text("/kind"), report.text("/province")), ("EXTORTION".into(), "31".into()));
            assert_eq!(report.text("/body"), "Ủy ban nhân dân phường Hồng Bàng");
            assert_eq!(report.text("/occurred_at"), "2026-11-20T02:30:00Z");
        }
        for client in [app.provincial(HA_NOI), app.official()] {
            client.get(&path).expect_problem(404, "not-found");
        }
    }

    fn a_list_holds_what_is_within_reach_and_nothing_about_people(db) {
        let app = TestApp::start(db);
        let official = app.official();
        let [hai_phong, ha_noi, own] = [(app.anonymous(), "31"), (app.anonymous(), "01"), (official.clone(), "01")]
            .map(|(client, province)| {
                let mut form = whole_form();
                form["province"] = province.into();
                app.pass(1);
                reported(&client, &form);
                newest_id(&app)
            });
        let registrar = app.registrar();
        assert_eq!(ids(&registrar, ""), [hai_phong.clone(), ha_noi.clone(), own.clone()]);
        let of_hai_phong = [hai_phong.clone()];
        assert_eq!(ids(&registrar, "?province=31&state=received"), of_hai_phong);
        assert_eq!(ids(&registrar, "?state=closed"), Vec::<String>::new());
        assert_eq!(ids(&app.provincial(HAI_PHONG), ""), of_hai_phong);
        assert_eq!(ids(&app.provincial(HAI_PHONG), "?province=01"), Vec::<String>::new());
        assert_eq!(ids(&app.provincial(HA_NOI), ""), [ha_noi, own.clone()]);
        assert_eq!(ids(&official, ""), [own]);
        assert_eq!(ids(&app.official(), ""), Vec::<String>::new());
        let listed = registrar.get(REPORTS).expect(200).body_text();
        assert!(PERSONAL.iter().all(|field| !listed.contains(field)), "{listed}");
        for (query, pointer, code) in [
            ("?province=99", "query:province", "unknown_province"),
            ("?state=none", "query:state", "unknown_state"),
            ("?limit=0", "query:limit", "out_of_range"),
        ] {
            registrar.get(&format!("{REPORTS}{query}")).expect_invalid(&[(pointer, code)]);
            app.auditor().get(&format!("{REPORTS}{query}")).expect_problem(403, "forbidden");
            app.anonymous().get(&format!("{REPORTS}{query}")).expect_problem(401, "unauthenticated");
        }
    }

    fn a_long_list_comes_in_parts(db) {
        let app = TestApp::start(db);
        (0..5).for_each(|_| drop(reported(&app.anonymous(), &least_form("31"))));
        let registrar = app.registrar();
        let all = ids(&registrar, "");
        let first = registrar.get(&format!("{REPORTS}?limit=3")).expect(200);
        let rest = ids(&registrar, &format!("?limit=3&cursor={}", first.text("/next_cursor")));
        assert_eq!((all.len(), &all[3..]), (5, &rest[..]));
        let elsewhere = format!("{REPORTS}?state=received&cursor={}", first.text("/next_cursor"));
        registrar.get(&elsewhere).expect_invalid(&[("query:cursor", "bad_cursor")]);
    }

    fn what_was_erased_is_not_shown(db) {
        let app = TestApp::start(db);
        reported(&app.anonymous(), &whole_form());
        app.database.run("DELETE FROM report_details").expect("a statement");
        let report = app.registrar().get(&format!("{REPORTS}/{}", newest_id(&app))).expect(200);
        assert_eq!(report.json()["details"], serde_json::Value::Null);
    }
}
