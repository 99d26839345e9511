//! Who sees which cards of before in the queue, and in what order.

use super::{NONE, asked, only, request};
use crate::lookups::state_cards;
use crate::returns::{TO_RETURN, keep, leave, leaves, queue};
use crate::state_cards::seen;
use crate::support::app::{HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::{Engine, on_both_databases};
use press_registry::domain::search::name_key;
use serde_json::{Value, json};

on_both_databases! {
    fn the_queue_shows_cards_of_before_to_those_alone_whom_they_concern(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency_of("01"));
        let [one, colleague] = ["IBT00001", "IBT00002"].map(|number| {
            let person = app.person(&agency);
            state_cards(&app, &agency, &[(number, &person.text("/full_name"), "2026-01-02", "")]);
            person.text("/id")
        });
        leave(&app, &agency, &one, "2026-11-21");
        keep(&app);
        let card = seen(&app.registrar(), "IBT00001");
        let (person, holder) = (&one, app.holder(&one));
        for client in [&app.registrar(), &app.provincial(HAI_PHONG), &app.clerk(&agency), &app.head(&agency), &holder] {
            assert_eq!(only(client, "")["state_card"]["number"], "IBT00001");
            let narrowed = |agency: &TestAgency| queue(client, &format!("agency_id={}", agency.id)).len();
            assert_eq!((narrowed(&agency), narrowed(&other)), (1, 0));
        }
        for client in [app.provincial(HA_NOI), app.clerk(&other), app.head(&other), app.holder(&colleague)] {
            assert_eq!(queue(&client, ""), NONE);
        }
        for client in [app.official(), app.admin(), app.auditor()] {
            client.get(TO_RETURN).expect_problem(403, "forbidden");
        }
        let path = format!("{}/return", card.path("state-cards"));
        app.clerk(&other).event(&path, &card.etag(), request()).expect_problem(404, "not-found");
        holder.event(&path, &card.etag(), request()).expect_problem(403, "forbidden");
        // Whose it is sees that it was looked at.
        let looks = || {
            let all = holder.list(&format!("/api/v1/people/{person}/accesses"), "/what");
            all.iter().filter(|what| *what == "list").count()
        };
        let before = looks();
        queue(&app.registrar(), "");
        assert_eq!(looks(), before + 1);
    }

    fn cards_of_either_kind_stand_in_one_order_and_are_listed_in_parts(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let ours = || {
            let card = app.issued_card(&agency);
            leaves(&app, &agency, &card, "2026-11-21");
            card.text("/id")
        };
        let before = |number: &str| asked(&app, &agency, number).1.text("/id");
        let all = [before("IBT00001"), ours(), before("IBT00002"), before("IBT00003"), ours(), ours()];
        keep(&app);
        let id = |entry: &Value| {
            let kind = entry["kind"].as_str().expect("a kind");
            entry[kind]["id"].as_str().expect("an id").to_owned()
        };
        let registrar = app.registrar();
        for limit in 1..=6 {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let part = registrar.get(&format!("{TO_RETURN}?limit={limit}{cursor}")).expect(200).json();
                let items = part["items"].as_array().expect("items");
                assert!(items.len() <= limit);
                found.extend(items.iter().map(id));
                match part["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(found, all, "{limit} at a time");
        }
        // What is said of ours is what was said before there were others.
        let entry = queue(&registrar, "").swap_remove(1);
        let alone = registrar.get(&format!("/api/v1/credentials/{}", all[1])).expect(200).json();
        assert_eq!((&entry["kind"], &entry["credential"], entry.get("state_card")), (&json!("credential"), &alone, None));
        assert_eq!(entry["person_id"], alone["person_id"]);
    }

    fn cards_are_found_behind_hundreds_of_which_nobody_knows_whose_they_are(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        // Two of one name who left: any of the cards may be either's.
        let [_, _, person] = ["Lê An", "Lê An", "Lê Thị Sầu Riêng"].map(|name| {
            let person = app.named(&agency, name).text("/id");
            leave(&app, &agency, &person, "2026-11-21");
            person
        });
        let padded = |places: u8| match app.database.engine {
            Engine::Sqlite => format!("printf('%0{places}d', n)"),
            Engine::Postgres => format!("lpad(n::text, {places}, '0')"),
        };
        let (id, number) = (padded(12), padded(6));
        let many = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 450) \
             INSERT INTO state_cards (id, number, number_key, name, name_key, agency_id, issued, valid_until, state, version, \
             created_at, series, running) SELECT '019aaaaa-0000-7000-8000-' || {id}, {number}, {number}, 'Lê An', '{}', '{}', \
             '2026-01-02', '2031-01-01', 'active', 1, 0, 'press_card', n FROM numbers",
            name_key("Lê An"), agency.id
        );
        app.database.run(&many).expect("cards");
        // About where the first two hundred end.
        let name = "Lê Thị Sầu Riêng";
        let known = format!("UPDATE state_cards SET name = '{name}', name_key = '{}' WHERE running BETWEEN 199 AND 203", name_key(name));
        assert_eq!(app.database.run(&known), Ok(5));
        let all = ["000199", "000200", "000201", "000202", "000203"];
        for client in [app.registrar(), app.clerk(&agency)] {
            for limit in [1, 2, 5, 100] {
                assert_eq!(client.list(&format!("{TO_RETURN}?limit={limit}"), "/state_card/number"), all, "{limit} at a time");
            }
        }
        keep(&app);
        let asked = "SELECT number AS value FROM card_returns JOIN state_cards ON id = card_id ORDER BY id";
        assert_eq!(app.database.texts(asked), all);
        assert_eq!(queue(&app.registrar(), "limit=2")[0]["person_id"], json!(person));
    }
}
