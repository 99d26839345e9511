//! Lists in parts.

use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use serde_json::json;
use std::collections::BTreeSet;

/// Enters so many things; `n` goes on from `from`.
fn enter(from: usize, count: usize, entered: &mut Vec<String>, make: impl Fn(usize) -> String) {
    entered.extend((from..from + count).map(make));
}

/// Goes through a list by parts of `limit`; `between` happens after each part.
fn walk(client: &Client, path: &str, limit: usize, mut between: impl FnMut()) -> Vec<String> {
    let mut seen = Vec::new();
    let mut next = format!("{path}?limit={limit}");
    loop {
        let part = client.get(&next).expect(200).json();
        let items = part["items"].as_array().expect("items");
        assert!(items.len() <= limit);
        seen.extend(items.iter().map(|item| item["id"].as_str().expect("an id").to_owned()));
        let Some(cursor) = part["next_cursor"].as_str() else { return seen };
        assert_eq!(items.len(), limit, "a part that is not the last is full");
        next = format!("{path}?limit={limit}&cursor={cursor}");
        between();
    }
}

/// That each of `there` was seen, and nothing twice.
fn assert_each_once(seen: &[String], there: &[String]) {
    let distinct: BTreeSet<&String> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len(), "something was seen twice");
    let missed = there.iter().filter(|id| !distinct.contains(id)).count();
    assert_eq!(missed, 0, "of {} there before", there.len());
}

on_both_databases! {
    fn each_agency_is_seen_once_while_others_are_entered(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let make = |n: usize| {
            let form = json!({ "name": format!("Báo {n}"), "short_name": format!("B{n}"), "kind": "bao", "level": "central" });
            registrar.post("/api/v1/agencies", &form).expect(201).text("/id")
        };
        let (mut there, mut later) = (Vec::new(), Vec::new());
        enter(0, 250, &mut there, make);
        let mut n = 1_000;
        let seen = walk(&registrar, "/api/v1/agencies", 40, || {
            app.pass(1);
            enter(n, 3, &mut later, make);
            n += 3;
        });
        assert_each_once(&seen, &there);
        let there = [there, later].concat();
        assert_each_once(&walk(&registrar, "/api/v1/agencies", 100, || ()), &there);
        assert_eq!(registrar.get("/api/v1/agencies").json()["items"].as_array().map(Vec::len), Some(50));
    }

    fn each_person_is_seen_once_while_others_are_entered(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (clerk, path) = (app.clerk(&agency), format!("/api/v1/agencies/{}/people", agency.id));
        let make = |_| clerk.post(&path, &app.person_form()).expect(201).text("/id");
        let (mut there, mut later) = (Vec::new(), Vec::new());
        enter(0, 250, &mut there, make);
        let seen = walk(&clerk, &path, 60, || enter(0, 2, &mut later, make));
        assert_each_once(&seen, &there);
    }

    fn a_cursor_is_good_for_its_own_list_and_cannot_be_made_up(db) {
        let app = TestApp::start(db);
        let (registrar, admin) = (app.registrar(), app.admin());
        let agencies = [app.central_agency(), app.central_agency(), app.local_agency()];
        let cursor = registrar.get("/api/v1/agencies?limit=1").expect(200).text("/next_cursor");
        let good = format!("/api/v1/agencies?limit=2&cursor={cursor}");
        assert_eq!(registrar.get(&good).expect(200).json()["items"].as_array().map(Vec::len), Some(2));
        let people = format!("/api/v1/agencies/{}/people", agencies[0].id);
        let (mut altered, middle) = (cursor.clone().into_bytes(), cursor.len() / 2);
        altered[middle] = if altered[middle] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).expect("ASCII");
        let bad = [("query:cursor", "bad_cursor")];
        for cursor in [&*altered, &cursor[1..], &cursor[..cursor.len() - 1], "x", "", &agencies[0].id.to_string(), &"A".repeat(4_000)] {
            registrar.get(&format!("/api/v1/agencies?cursor={cursor}")).expect_invalid(&bad);
        }
        registrar.get(&format!("{people}?cursor={cursor}")).expect_invalid(&bad);
        registrar.get(&format!("/api/v1/agencies?query=thu&cursor={cursor}")).expect_invalid(&bad);
        admin.get(&format!("/api/v1/users?cursor={cursor}")).expect_invalid(&bad);
        let other = TestApp::start(crate::support::TestDatabase::create(app.database.engine).expect("as the first one"));
        other.registrar().get(&good).expect_invalid(&bad);
    }

    fn a_limit_is_a_whole_number_up_to_a_hundred(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        for limit in ["0", "101", "-1", "1.5", "ten", "", "%2B5", "99999999999999999999"] {
            let path = format!("/api/v1/agencies?limit={limit}");
            registrar.get(&path).expect_invalid(&[("query:limit", "out_of_range")]);
        }
        let empty = registrar.get("/api/v1/agencies?limit=100").expect(200).json();
        assert_eq!(empty, json!({ "items": [], "next_cursor": null }));
    }
}
