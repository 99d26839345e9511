//! An old database is put back: whoever was erased since is erased once more.

use super::bytes::{folder_bytes, holds, life};
use super::{erased, findings, record, returned};
use crate::support::app::TestApp;
use crate::support::registry::{copy_keys, folder};
use crate::support::{Engine, TestDatabase, on_both_databases};
use press_registry::app::{Settings, backup};
use press_registry::store::DatabaseUrl;
use std::fs;

/// Keeps a copy of every table.
pub(crate) fn save(app: &TestApp) -> Vec<String> {
    let tables: Vec<String> = app.database.tables().into_iter().filter(|it| !it.starts_with("__")).collect();
    let copies: Vec<String> =
        tables.iter().map(|it| format!("CREATE TABLE saved_{it} AS SELECT * FROM {it}")).collect();
    app.database.forge(&copies.iter().map(String::as_str).collect::<Vec<_>>());
    tables
}

/// Puts them back as they were.
pub(crate) fn put_back(app: &TestApp, tables: &[String]) {
    let back: Vec<String> =
        tables.iter().map(|it| format!("DELETE FROM {it}; INSERT INTO {it} SELECT * FROM saved_{it}")).collect();
    app.database.forge(&back.iter().map(String::as_str).collect::<Vec<_>>());
    // As after `restore`: the log is begun where the backup ends.
    fs::remove_file(app.data_dir.path().join("log/checkpoint")).expect("a kept checkpoint");
}

fn entries(app: &TestApp) -> Vec<String> {
    app.database.texts("SELECT object_id AS value FROM events WHERE type = 'person.erased' ORDER BY idx")
}

#[test]
fn a_backup_from_before_an_erasure_is_restored_without_the_person() {
    let app = TestApp::start(TestDatabase::create(Engine::Sqlite).expect("it is built in"));
    let (person, words) = life(&app);
    let (outside, elsewhere) = (folder(), folder());
    let backup = outside.path().join("registry.tar");
    app.registry.back_up(&backup).expect("a backup");
    erased(&app, &person);
    copy_keys(app.data_dir.path(), elsewhere.path());
    let redactions = "redactions.jsonl";
    fs::copy(app.data_dir.path().join(redactions), elsewhere.path().join(redactions)).expect("a copy");
    let settings = Settings {
        database: DatabaseUrl::Sqlite(elsewhere.path().join("registry.db").display().to_string()),
        data_dir: elsewhere.path().to_owned(),
        ..app.registry.settings.clone()
    };
    backup::restore(&settings, &backup, None, app.registry.clock.now()).expect("restored");
    let (backed_up, restored) = (fs::read(&backup).expect("a backup"), folder_bytes(elsewhere.path()));
    assert!(words.iter().any(|word| holds(&backed_up, word)), "the backup knows them");
    for word in &words {
        assert!(!holds(&restored, word), "{word}");
    }
}

on_both_databases! {
    fn whoever_comes_back_with_an_old_database_is_erased_again(db) {
        let mut app = TestApp::start(db);
        let agency = app.central_agency();
        let (card, other) = (app.issued_card(&agency), app.person(&agency).text("/id"));
        let person = card.text("/person_id");
        let name = card.text("/name");
        app.registry.publish_log().expect("a checkpoint");
        let tables = save(&app);
        returned(&app, &app.clerk(&agency), &card.text("/id"));
        erased(&app, &person);
        let file = app.data_dir.path().join("redactions.jsonl");
        let lines = fs::read_to_string(&file).expect("a file");
        assert_eq!((lines.lines().count(), lines.contains(&person), lines.contains(&name)), (1, true, false), "{lines}");
        assert_eq!(app.registry.erase_again().expect("a database"), 0, "nobody came back");

        app.stop();
        put_back(&app, &tables);
        app.restart();
        // The card was handed in after that backup: it is in force once more.
        assert_eq!(record(&app.registrar(), &person).text("/full_name"), name);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
        assert_eq!(app.registry.erase_again().expect("a database"), 1);
        app.registrar().get(&format!("/api/v1/people/{person}")).expect_problem(404, "not-found");
        assert_eq!(app.verdict(&card.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
        assert_eq!((entries(&app), findings(&app)), (vec![person.clone()], vec![]));
        assert_eq!(app.registry.erase_again().expect("a database"), 0, "once");
        record(&app.registrar(), &other);
    }

    fn what_the_log_knows_already_is_not_written_down_twice(db) {
        let app = TestApp::start(db);
        let person = app.person(&app.central_agency()).text("/id");
        let saved = ["people", "event_personal", "erasures"];
        for table in saved {
            app.database.forge(&[&format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}")]);
        }
        erased(&app, &person);
        // The record alone, then fields alone, put back by hand.
        app.database.forge(&[
            "DELETE FROM erasures; INSERT INTO erasures SELECT * FROM saved_erasures",
            "DELETE FROM people; INSERT INTO people SELECT * FROM saved_people",
        ]);
        assert_eq!(app.registry.erase_again().expect("a database"), 1);
        app.registrar().get(&format!("/api/v1/people/{person}")).expect_problem(404, "not-found");
        app.database.forge(&[
            &format!("DELETE FROM event_personal WHERE subject = '{person}' AND event_idx IN (SELECT event_idx FROM saved_event_personal)"),
            &format!("INSERT INTO event_personal SELECT * FROM saved_event_personal WHERE subject = '{person}'"),
        ]);
        assert_ne!(findings(&app), []);
        assert_eq!(app.registry.erase_again().expect("a database"), 1);
        assert_eq!((entries(&app), findings(&app)), (vec![person], vec![]));
    }

    fn a_line_that_was_lost_is_written_again_and_one_too_many_does_nothing(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [app.person(&agency).text("/id"), app.person(&agency).text("/id")];
        erased(&app, &people[0]);
        let file = app.data_dir.path().join("redactions.jsonl");
        let whole = fs::read_to_string(&file).expect("a file");
        // Cut off in its middle, and of somebody who never was.
        for broken in [whole[..whole.len() - 20].to_owned(), String::new(), "{\"person\":\"01890a5d-ac96-774b-bcce-b302099a8057\"}\n".to_owned()] {
            fs::write(&file, &broken).expect("a file");
            assert_eq!(app.registry.erase_again().expect("a database"), 0, "{broken}");
            let mended = fs::read_to_string(&file).expect("a file");
            assert!(mended.ends_with(&whole), "{mended}");
        }
        record(&app.registrar(), &people[1]);
        assert_eq!(entries(&app), [people[0].clone()]);
    }
}
