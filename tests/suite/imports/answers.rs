//! What is asked of a file, and what is answered.

use super::{HEADER, address, assert_both_languages, counts, csv, errors, good, people, send};
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn a_file_is_judged_and_then_entered(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let file = csv((1..=3).map(good));
        let judged = send(&clerk, &agency, "?dry_run=true", &file).expect(200);
        assert_eq!((counts(&judged), judged.json()["dry_run"].clone()), ([3, 3, 0, 0, 0], json!(true)));
        assert_eq!(people(&clerk, &agency), Vec::<String>::new(), "a dry run enters nobody");
        let entered = send(&app.head(&agency), &agency, "", &file).expect(200);
        assert_eq!((counts(&entered), errors(&entered)), ([3, 3, 0, 0, 3], vec![]));
        assert_eq!(people(&clerk, &agency), ["Trần Thị Bưởi 1", "Trần Thị Bưởi 2", "Trần Thị Bưởi 3"]);
        let told = clerk.get(&entered.text("/href")).expect(200);
        assert_eq!(told.json(), entered.json());
        let registered = "SELECT COUNT(*) AS value FROM events WHERE type = 'person.registered'";
        assert_eq!(app.database.number(registered), 3, "each of them stands in the log");
        let actors = "SELECT DISTINCT actor_role AS value FROM events WHERE type = 'person.registered'";
        assert_eq!(app.database.texts(actors), ["agency_head"]);
    }

    fn the_same_file_twice_enters_nobody_twice(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        send(&clerk, &agency, "", csv((1..=3).map(good))).expect(200);
        for parameters in ["?dry_run=true", "?mode=rows", "?mode=all"] {
            let again = send(&clerk, &agency, parameters, csv((1..=3).map(good))).expect(200);
            assert_eq!(counts(&again), [3, 3, 3, 0, 0], "{parameters}");
        }
        let longer = send(&clerk, &agency, "", csv((1..=5).map(good))).expect(200);
        assert_eq!(counts(&longer), [5, 5, 3, 0, 2]);
        let other = csv([good(1).replace("Phóng viên", "Biên tập viên")]);
        let differs = send(&clerk, &agency, "", other).expect(200);
        assert_eq!(errors(&differs), [(2, "national_id".into(), "already_registered".into())]);
        assert_eq!(people(&clerk, &agency).len(), 5);
    }

    fn an_agency_finds_its_own_files_again_newest_first(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let clerk = app.clerk(&agency);
        let bad = csv([good(1), good(2).replace("1990-05-06", "1990-02-30")]);
        let first = send(&clerk, &agency, "?mode=rows", &bad).expect(200);
        let second = send(&app.head(&agency), &agency, "?dry_run=true", csv([good(3)])).expect(200);
        send(&app.clerk(&other), &other, "", csv([good(4)])).expect(200);
        let ids = |query: &str| clerk.list(&format!("/api/v1/imports{query}"), "/id");
        assert_eq!(ids(""), [second.text("/id"), first.text("/id")], "and nobody else's");
        assert_eq!((ids("?state=done").len(), ids("?state=failed").len()), (2, 0));
        let shown = clerk.get("/api/v1/imports").expect(200).json()["items"][1].clone();
        for field in ["href", "state", "dry_run", "mode", "rows", "rows_done", "accepted", "rejected", "registered", "rejected_href"] {
            assert_eq!(shown[field], first.json()[field], "{field}");
        }
        assert_eq!((shown["rejected"].as_i64(), shown.get("errors")), (Some(1), None));
        let part = clerk.get("/api/v1/imports?limit=1").expect(200);
        assert_eq!(part.text("/items/0/id"), second.text("/id"));
        let next = clerk.get(&format!("/api/v1/imports?limit=1&cursor={}", part.text("/next_cursor"))).expect(200);
        assert_eq!((next.text("/items/0/id"), next.json()["next_cursor"].is_null()), (first.text("/id"), true));
        clerk.get("/api/v1/imports?state=x").expect_invalid(&[("query:state", "unknown_state")]);
        app.registrar().get("/api/v1/imports").expect_problem(403, "forbidden");
    }

    fn somebody_whom_another_agency_knows_is_entered_as_by_a_form(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        send(&app.clerk(&other), &other, "", csv([good(1)])).expect(200);
        let entered = send(&app.clerk(&agency), &agency, "", csv([good(1)])).expect(200);
        assert_eq!(counts(&entered), [1, 1, 0, 0, 1]);
    }

    fn all_or_each_row_by_itself(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let file = csv([good(1), good(2).replace("1990-05-06", "1990-02-30"), good(3)]);
        let bad = vec![(3, "birth_date".to_owned(), "not_a_date".to_owned())];
        for (parameters, entered) in [("?dry_run=true", 0), ("?dry_run=true&mode=rows", 0), ("", 0), ("?mode=rows", 2)] {
            let answer = send(&clerk, &agency, parameters, &file).expect(200);
            assert_eq!((counts(&answer), errors(&answer)), ([3, 2, 0, 1, entered], bad.clone()), "{parameters}");
            assert_eq!(people(&clerk, &agency).len(), usize::try_from(entered).expect("few"), "{parameters}");
        }
    }

    fn every_mistake_is_told_by_row_and_column_in_both_languages(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let rows = [
            format!("{},,2026-11-23,12345,owner,,01-02-2020,nobody", "x".repeat(121)),
            "Trần\u{202E}Bưởi,\u{200B},1990-05-06,00\u{0}1,staff\u{2066},a\u{7}b,2020-01-02,".to_owned(),
            good(1),
            format!("{},,,", good(1)),
            format!("{},x", good(2)),
        ];
        // A NUL makes it no text at all, so that one is left out of the file.
        let file = csv(rows.map(|row| row.replace('\u{0}', "\u{1}")));
        let answer = send(&app.clerk(&agency), &agency, "?dry_run=true", file).expect(200);
        let told = errors(&answer);
        let told: Vec<_> = told.iter().map(|(row, column, code)| (*row, column.as_str(), code.as_str())).collect();
        assert_eq!(
            told,
            [
                (2, "full_name", "too_long"),
                (2, "birth_date", "in_the_future"),
                (2, "national_id", "not_a_national_id"),
                (2, "email", "not_an_email"),
                (2, "kind", "unknown_kind"),
                (2, "post", "empty"),
                (2, "from", "not_a_date"),
                (3, "full_name", "control_character"),
                (3, "pen_name", "control_character"),
                (3, "national_id", "control_character"),
                (3, "kind", "control_character"),
                (3, "post", "control_character"),
                (5, "national_id", "doubled_row"),
                (6, "", "too_many_cells"),
            ]
        );
        let first = &answer.json()["errors"][0];
        assert_eq!((&first["detail"], &first["detail_vi"]), (&json!("at most 120 characters"), &json!("dài tối đa 120 ký tự")));
        assert_both_languages(&answer);
        let kind = answer.json()["errors"][4]["detail_vi"].clone();
        assert_eq!(kind, json!("phải là một trong các từ: staff (biên chế), collaborator (cộng tác viên)"));
    }

    fn rejected_rows_are_given_back_with_their_errors_and_no_formula(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let bad = good(2).replace("1990-05-06", "hôm qua").replace(",,", ",@baongan,");
        let answer = send(&clerk, &agency, "?mode=rows", csv([good(1), bad])).expect(200);
        let rejected = clerk.get(&format!("{}?format=csv", answer.text("/rejected_href"))).expect(200);
        assert_eq!(rejected.header("content-disposition"), Some("attachment; filename=\"rejected.csv\""));
        let text = rejected.body_text();
        let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').lines().collect();
        let head = format!("{HEADER},row,codes,errors_vi,errors_en");
        assert_eq!((lines.len(), lines[0]), (2, head.as_str()));
        assert!(lines[1].starts_with("Trần Thị Bưởi 2,'@baongan,hôm qua,000001000002,staff,Phóng viên,"), "{}", lines[1]);
        assert!(lines[1].contains(",3,birth_date: not_a_date,\"birth_date: phải là ngày có thật"), "{}", lines[1]);
        clerk.get(&format!("{}?format=pdf", answer.text("/rejected_href"))).expect_problem(406, "not-acceptable");
        // Only what is wrong is mended: what was set before a formula is no part of a name.
        let mended = text.replace("hôm qua", "06/05/1990");
        assert_eq!(counts(&send(&clerk, &agency, "", mended).expect(200)), [1, 1, 0, 0, 1]);
        let pen_names = "SELECT pen_name AS value FROM people WHERE pen_name IS NOT NULL";
        assert_eq!(app.database.texts(pen_names), ["@baongan"]);
        // What stood in good rows is kept nowhere but on record.
        let objects = app.registry.files.list("imports").expect("a folder").1;
        assert_eq!(objects.len(), 1, "{objects:?}");
        let good = send(&clerk, &agency, "?dry_run=true", csv([good(9)])).expect(200);
        assert_eq!(good.json().get("rejected_href"), None);
        clerk.get(&format!("{}/rejected", good.text("/href"))).expect_problem(404, "not-found");
    }

    fn what_is_asked_for_is_asked_for_clearly(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        for (parameters, pointer, code) in [
            ("?mode=some", "query:mode", "unknown_mode"),
            ("?dry_run=1", "query:dry_run", "not_a_boolean"),
            ("?dryrun=true", "query:dryrun", "unknown_parameter"),
        ] {
            send(&clerk, &agency, parameters, csv([good(1)])).expect_invalid(&[(pointer, code)]);
        }
        let json = [("content-type", "application/json")];
        let path = address(&agency, "");
        clerk.send("POST", &path, &json, Some(b"{}")).expect_problem(415, "unsupported-media-type");
        let large = vec![b'x'; 20 * 1024 * 1024 + 1];
        send(&clerk, &agency, "", large).expect_problem(413, "too-large");
        assert_eq!(app.registry.files.list("imports").expect("a folder").1, Vec::<String>::new(), "nothing is kept");
    }

    fn a_request_that_is_repeated_is_answered_alike(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let headers = [("content-type", "text/csv"), ("idempotency-key", "one")];
        let send = |parameters: &str, file: String| {
            clerk.send("POST", &address(&agency, parameters), &headers, Some(file.as_bytes()))
        };
        let first = send("", csv([good(1)])).expect(200);
        assert_eq!(counts(&first), [1, 1, 0, 0, 1]);
        assert_eq!(send("", csv([good(1)])).expect(200).body, first.body);
        send("?mode=rows", csv([good(1)])).expect_problem(422, "idempotency-key-reused");
        send("", csv([good(2)])).expect_problem(422, "idempotency-key-reused");
    }

    fn nobody_is_entered_for_an_agency_that_is_not_at_work(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let path = format!("/api/v1/agencies/{}", agency.id);
        let suspend = json!({ "event": "suspend", "reason": "QĐ 12" });
        app.registrar().event(&path, &agency.etag, suspend).expect(201);
        for parameters in ["", "?dry_run=true"] {
            send(&app.clerk(&agency), &agency, parameters, csv([good(1)])).expect_problem(409, "wrong-state");
        }
    }
}
