//! Numbers that cards of before have are not given again.

use super::{Counted, NAME, card};
use crate::lookups::state_cards;
use crate::support::app::TestApp;
use crate::support::{Engine, on_both_databases};
use press_registry::domain::printed::CredentialKind;
use press_registry::store::state_cards::free_number;

on_both_databases! {
    fn the_first_number_after_twenty_thousand_cards_is_found_in_two_queries(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        card(&app, &agency, "000001");
        let (six, text) = match app.database.engine {
            Engine::Sqlite => ("printf('%06d', n)", "CAST(n AS TEXT)"),
            Engine::Postgres => ("lpad(n::text, 6, '0')", "n::text"),
        };
        let many = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000) \
             INSERT INTO state_cards (id, number, number_key, name, name_key, agency_id, issued, valid_until, state, version, \
             created_at, series, running) SELECT 'card ' || {text}, {six}, {six}, 'Lê An', 'le an', '{}', '2026-01-02', \
             '2031-01-01', 'active', 1, 0, 'press_card', n FROM numbers",
            agency.id
        );
        app.database.run(&many).expect("cards");
        let mut db = Counted { db: app.database.connect(), queries: 0 };
        for (kind, from, free, most) in [
            (CredentialKind::PressCard, 1, 20_001, 2),
            (CredentialKind::PressCard, 19_999, 20_001, 2),
            (CredentialKind::PressCard, 20_001, 20_001, 1),
            (CredentialKind::CollaboratorCard, 1, 1, 1),
        ] {
            db.queries = 0;
            assert_eq!(free_number(&mut db, kind, from).expect("a number"), free);
            assert!(db.queries <= most, "{} queries from {from}", db.queries);
        }
        // Between two runs of taken numbers the free one is found, and the counter goes on from what was given.
        app.database.run("DELETE FROM state_cards WHERE number = '000007'").expect("one less");
        for number in ["000007", "020001", "020002"] {
            assert_eq!(app.issued_card(&agency).text("/number"), number);
        }
    }

    fn cards_that_were_entered_before_have_their_running_number_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let numbers = ["000123", "OOO-I24", "1000000", "GT-000007", "CTV0000L0", "2", "0000125", "IBT00123", "GT-7", "CTV"];
        state_cards(&app, &agency, &numbers.map(|number| (number, NAME, "2026-01-02", "")));
        let query = "SELECT number || '=' || COALESCE(series, '') || COALESCE(CAST(running AS TEXT), '') AS value \
                     FROM state_cards ORDER BY id";
        let places = app.database.texts(query);
        assert_eq!(places.iter().filter(|place| !place.ends_with('=')).count(), 5, "{places:?}");
        app.database.run("UPDATE state_cards SET series = NULL, running = NULL").expect("an edit");
        let step = app.database.engine.migration("2026-11-28-000300_state_card_events/up.sql");
        let updates: Vec<&str> = step.split(';').map(str::trim).filter(|it| it.starts_with("UPDATE")).collect();
        assert_eq!(updates.len(), 3);
        for update in updates {
            app.database.run(update).expect("a part of the migration");
        }
        assert_eq!(app.database.texts(query), places);
    }
}
