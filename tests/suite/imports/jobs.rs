//! Files too large to be answered at once.

use super::{address, assert_nothing_is_halved, counts, csv, errors, good, people, registered, send};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::registry::TestRegistry;
use crate::support::{on_both_databases, within};
use press_registry::app::imports::{self, Progress, Source, Task};
use press_registry::domain::imports::{Mode, Order, PEOPLE};
use serde_json::json;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// More than are answered at once.
const MANY: usize = 1_001;

/// The import once it has come to an end.
pub(super) fn ended(client: &Client, href: &str) -> Answer {
    within(Duration::from_secs(180), || {
        let seen = client.get(href).expect(200);
        let (done, rows) = (&seen.json()["rows_done"], &seen.json()["rows"]);
        assert!(done.as_i64() <= rows.as_i64(), "{done} of {rows}");
        let is_over = !matches!(seen.text("/state").as_str(), "queued" | "running");
        is_over.then_some(seen)
    })
}

on_both_databases! {
    fn a_large_file_is_a_job_that_can_be_followed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let file = csv((1..=MANY).map(good));
        let headers = [("content-type", "text/csv"), ("idempotency-key", "one")];
        let post = || clerk.send("POST", &address(&agency, ""), &headers, Some(file.as_bytes())).expect(202);
        let taken = post();
        assert_eq!((taken.text("/state"), taken.text("/rows")), ("queued".into(), MANY.to_string()));
        assert_eq!(taken.header("location"), Some(taken.text("/href").as_str()));
        assert_eq!(post().body, taken.body, "a repetition is the same import");
        let done = ended(&clerk, &taken.text("/href"));
        let all = i64::try_from(MANY).expect("few");
        assert_eq!((done.text("/state"), counts(&done)), ("done".into(), [all, all, 0, 0, all]));
        assert_eq!(done.text("/rows_done"), MANY.to_string());
        assert_nothing_is_halved(&app.database);
        let again = ended(&clerk, &send(&clerk, &agency, "", &file).expect(202).text("/href"));
        assert_eq!(counts(&again), [all, all, all, 0, 0]);
        assert_eq!(app.registry.files.list("imports").expect("a folder").1, Vec::<String>::new(), "no file stays");
    }

    fn a_job_tells_its_errors_when_it_is_done(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let file = csv((1..=MANY).map(|n| if n % 500 == 7 { good(n).replace("staff", "x") } else { good(n) }));
        let all = i64::try_from(MANY).expect("few");
        for (parameters, entered) in [("?dry_run=true&mode=rows", 0), ("?mode=all", 0), ("?mode=rows", all - 2)] {
            let done = ended(&clerk, &send(&clerk, &agency, parameters, &file).expect(202).text("/href"));
            assert_eq!(counts(&done), [all, all - 2, 0, 2, entered], "{parameters}");
            let kind = |row| (row, "kind".to_owned(), "unknown_kind".to_owned());
            assert_eq!(errors(&done), [kind(8), kind(508)], "{parameters}");
            let rejected = clerk.get(&done.text("/rejected_href")).expect(200).body_text();
            assert_eq!(rejected.lines().count(), 3, "{parameters}");
            assert_eq!(registered(&app.database), entered, "{parameters}");
        }
    }

    fn whoever_may_not_do_it_any_more_enters_nobody(db) {
        let mut app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let admin = app.admin();
        // Nobody is at work while it comes in.
        app.stop();
        let registry = Arc::clone(&app.registry);
        app.restart();
        drop(registry);
        let clerk = app.again(&clerk);
        let taken = send(&clerk, &agency, "?mode=rows", csv((1..=20_000).map(good))).expect(202);
        let path = format!("/api/v1/users/{}", clerk.user.expect("an account"));
        let admin = app.again(&admin);
        let etag = admin.get(&path).expect(200).etag();
        admin.patch(&path, &etag, &json!({ "state": "disabled" })).expect(200);
        let head = app.head(&agency);
        let failed = ended(&head, &taken.text("/href"));
        assert_eq!((failed.text("/state"), failed.text("/failure")), ("failed".into(), "unauthenticated".into()));
        assert!(registered(&app.database) < 20_000);
        assert_nothing_is_halved(&app.database);
        assert_eq!(app.registry.files.list("imports").expect("a folder").1, Vec::<String>::new());
        assert!(people(&head, &agency).len() <= 100);
    }

    fn an_import_that_a_node_left_is_taken_over_and_not_before(db) {
        let mut app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let done = send(&clerk, &agency, "?mode=rows", csv([good(1), good(2), good(2)])).expect(200);
        // As a node leaves it that ends after the first row was written.
        app.stop();
        let id = done.text("/id");
        app.database.run("DELETE FROM import_errors").expect("an edit");
        let source = csv([good(1), good(2), good(2)]);
        app.registry.files.put(&app.registry.secrets.sealing, "imports/left", source.as_bytes()).expect("a file");
        app.database
            .run(&format!(
                "UPDATE imports SET state = 'running', rows_done = 2, last_row = 3, accepted = 2, rejected = 0, \
                 registered = 2, object = 'imports/left' WHERE id = '{id}'"
            ))
            .expect("an edit");
        assert_eq!(imports::work(&app.registry).expect("a database"), 0, "somebody is believed to be at it");
        app.pass(11);
        assert_eq!(imports::work(&app.registry).expect("a database"), 1);
        app.restart();
        let ended = app.again(&clerk).get(&done.text("/href")).expect(200);
        assert_eq!((counts(&ended), errors(&ended)), (counts(&done), errors(&done)), "as if nothing had happened");
        assert_eq!(errors(&ended), [(4, "national_id".into(), "doubled_row".into())]);
    }

    fn whoever_follows_a_job_is_told_that_all_of_it_is_being_entered(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let done = send(&clerk, &agency, "?mode=all", csv((1..=3).map(good))).expect(200);
        assert_eq!(done.json()["entering"], json!(false), "it is over");
        // As a node leaves it between judging and the end.
        let until = app.registry.clock.now().plus_seconds(60).micros();
        for (mode, dry_run, rows_done, rejected, entering) in [
            ("all", "FALSE", 3, 0, true),
            ("all", "FALSE", 2, 0, false),
            ("all", "FALSE", 3, 1, false),
            ("all", "TRUE", 3, 0, false),
            ("rows", "FALSE", 3, 0, false),
        ] {
            let at_work = format!(
                "UPDATE imports SET state = 'running', leased_until = {until}, mode = '{mode}', dry_run = {dry_run}, \
                 rows_done = {rows_done}, rejected = {rejected}"
            );
            app.database.run(&at_work).expect("an edit");
            let seen = clerk.get(&done.text("/href")).expect(200);
            assert_eq!(seen.json()["entering"], json!(entering), "{mode} {dry_run} {rows_done} {rejected}");
        }
    }

    fn whoever_waits_hears_of_rows_that_are_entered_together(node: TestRegistry) {
        let agency = node.central_agency();
        let heard = |mode: Mode, dry_run: bool| {
            let source = Source::open(csv((1..=MANY).map(good)).into_bytes(), PEOPLE).expect("a table");
            let (told, hears) = mpsc::channel();
            let task = Task::of_command(Arc::clone(&node.registry), source, agency.id, Order { dry_run, mode });
            let ended = task.run(move |progress| told.send(progress).expect("somebody hears")).expect("a database");
            assert_eq!(ended.counts.rejected, 0);
            hears.try_iter().collect::<Vec<_>>()
        };
        let judged = [500, 1_000, 1_001].map(Progress::Judged);
        assert_eq!(heard(Mode::All, true), judged);
        assert_eq!(heard(Mode::All, false), [judged, [500, 1_000, 1_001].map(Progress::Entered)].concat());
        assert_eq!(heard(Mode::Rows, false), judged, "all are there");
    }

    fn an_agency_has_five_files_at_work_and_no_more(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let done = send(&clerk, &agency, "?dry_run=true", csv([good(1)])).expect(200);
        for _ in 0..4 {
            send(&clerk, &agency, "?dry_run=true", csv([good(1)])).expect(200);
        }
        // As if nodes were at them.
        let until = app.registry.clock.now().plus_seconds(60).micros();
        let at_work = format!("UPDATE imports SET state = 'running', leased_until = {until}");
        app.database.run(&at_work).expect("an edit");
        send(&clerk, &agency, "", csv([good(1)])).expect_problem(409, "wrong-state");
        let other = app.central_agency();
        send(&app.clerk(&other), &other, "", csv([good(1)])).expect(200);
        let end = format!("UPDATE imports SET state = 'done' WHERE id = '{}'", done.text("/id"));
        app.database.run(&end).expect("an edit");
        send(&clerk, &agency, "", csv([good(1)])).expect(200);
    }

    fn imports_are_forgotten_after_a_week(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let answer = send(&app.clerk(&agency), &agency, "", csv([good(1).replace("staff", "x")])).expect(200);
        let there = || app.database.number("SELECT COUNT(*) AS value FROM imports");
        app.set_time("2026-11-28T16:59:59Z");
        app.registry.forget().expect("a database");
        assert_eq!(there(), 1);
        app.set_time("2026-11-28T17:00:00Z");
        app.registry.forget().expect("a database");
        assert_eq!((there(), app.database.number("SELECT COUNT(*) AS value FROM import_errors")), (0, 0));
        assert_eq!(app.registry.files.list("imports").expect("a folder").1, Vec::<String>::new());
        app.clerk(&agency).get(&answer.text("/href")).expect_problem(404, "not-found");
    }
}
