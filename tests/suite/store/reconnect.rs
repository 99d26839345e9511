//! A PostgreSQL that was restarted: whoever asks meanwhile is told to come back, and soon nobody is.

use crate::support::app::TestApp;
use crate::support::{Engine, TestDatabase};
use serde_json::json;

/// Every connection of one node and some more.
const ASKERS: usize = 16;

/// Ends every connection to this database, as a restart does.
fn cut_every_connection(app: &TestApp) {
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    app.database.run(cut).expect("they are cut");
}

#[test]
fn a_node_finds_its_way_back_to_a_database_that_was_restarted() {
    let Some(database) = TestDatabase::create(Engine::Postgres) else { return };
    let app = TestApp::start(database);
    let agency = app.central_agency();
    let registrar = app.registrar();
    let (one, list) = (format!("/api/v1/agencies/{}", agency.id), format!("/api/v1/agencies/{}/people", agency.id));
    // One query, several on one snapshot, and whether the database is there at all.
    let paths = [one.as_str(), list.as_str(), "/readyz"];
    let ask = || -> Vec<u16> {
        std::thread::scope(|scope| {
            let askers: Vec<_> = (0..ASKERS)
                .map(|nth| {
                    let registrar = registrar.clone();
                    scope.spawn(move || registrar.get(paths[nth % paths.len()]).status)
                })
                .collect();
            askers.into_iter().map(|asker| asker.join().expect("an answer")).collect()
        })
    };
    let write = || {
        let n = app.serial();
        let form = json!({ "name": format!("Tạp chí {n}"), "kind": "tap_chi", "level": "central" });
        registrar.post("/api/v1/agencies", &form).status
    };
    for _ in 0..3 {
        assert_eq!(ask(), [200; ASKERS]);
        assert_eq!(write(), 201);
        cut_every_connection(&app);
        let mut told = ask();
        told.push(write());
        // Each dead connection is met once at most: the pool has eight, and the writer one.
        while ask() != [200; ASKERS] || write() != 201 {
            told.extend(ask());
            assert!(told.len() < 20 * ASKERS, "it does not find back: {told:?}");
        }
        assert!(told.iter().all(|status| matches!(status, 200 | 201 | 503)), "{told:?}");
    }
}
