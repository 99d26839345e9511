//! Every change is in the log: the tables, told once more by the log alone, are the tables as they are; and each row that
//! was written is named by an event of its own transaction.

mod life;
mod model;
mod tables;
mod touched;

use crate::support::app::TestApp;
use crate::support::on_both_databases;
use model::Model;
use tables::{FORGERIES, TOLD, UNTOLD, table_of};
use touched::Touched;

/// Where a table is not what the log tells of it: what is there, and what should be. Jobs write too: what they did between
/// the look at the log and the look at the tables is no difference.
fn differences(app: &TestApp) -> Vec<String> {
    let size = || app.database.number("SELECT size AS value FROM log_head");
    loop {
        let before = size();
        let found = compared(app);
        if size() == before {
            return found;
        }
    }
}

fn compared(app: &TestApp) -> Vec<String> {
    let told = Model::replayed(app);
    let mut found = Vec::new();
    for (table, query) in TOLD {
        let (there, told) = (tables::rows(app, query), told.rows(table));
        for (key, value) in &there {
            match told.get(key) {
                None => found.push(format!("{table}: {key} = {value}, of which the log tells nothing")),
                Some(told) if told != value => found.push(format!("{table}: {key} = {value}, told as {told}")),
                Some(_) => {}
            }
        }
        let missing = told.iter().filter(|(key, _)| !there.contains_key(*key));
        found.extend(missing.map(|(key, told)| format!("{table}: {key} = {told} is told, and is not there")));
    }
    found
}

pub(crate) fn assert_told(app: &TestApp, after: &str) {
    let found = differences(app);
    assert!(found.is_empty(), "after {after}:\n{}", found.join("\n"));
}

on_both_databases! {
    fn the_log_tells_every_table_at_any_time(db) {
        let app = TestApp::start(db);
        assert_told(&app, "the first start");
        let touched = Touched::watch(&app);
        for (stage, live) in life::STAGES {
            live(&app);
            assert_told(&app, stage);
        }
        touched.assert_named(&app);
        for (table, query) in TOLD {
            assert!(!tables::rows(&app, query).is_empty(), "the life leaves nothing in {table}: nothing is compared");
        }
        // The comparison can fail, for every table.
        for (table, _) in TOLD {
            assert!(FORGERIES.iter().any(|(forged, _)| forged == table), "nothing shows that {table} is compared");
        }
        for (table, forgery) in FORGERIES {
            let of_table = || differences(&app).iter().filter(|one| one.starts_with(&format!("{table}:"))).count();
            let before = of_table();
            app.database.forge(&[forgery]);
            assert!(of_table() > before, "nobody sees that {table} is forged");
        }
    }

    fn a_row_that_no_event_names_is_seen(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let touched = Touched::watch(&app);
        app.person(&agency);
        assert_eq!(touched.unnamed(&app), [] as [&str; 0]);
        // Between two requests, past the store.
        app.database.run("UPDATE agencies SET state = 'closed'").expect("an edit");
        app.admin();
        assert_eq!(touched.unnamed(&app), [format!("agencies: {}", agency.id)]);
    }

    fn every_table_is_told_by_the_log_or_has_a_reason(db) {
        let app = TestApp::start(db);
        let known = |table: &str| {
            let told = TOLD.iter().any(|(name, _)| table_of(name) == table);
            let untold = UNTOLD.iter().any(|(name, _)| *name == table);
            (told, untold)
        };
        let tables = app.database.tables();
        for table in &tables {
            let (told, untold) = known(table);
            assert!(told != untold, "{table}: told by the log {told}, told not to be {untold}; see TOLD and UNTOLD");
        }
        let names = TOLD.iter().map(|(name, _)| table_of(name)).chain(UNTOLD.iter().map(|(name, _)| *name));
        for name in names {
            assert!(tables.iter().any(|table| table == name), "there is no table {name}");
        }
    }
}
