//! What is left where the step of cards of before is undone.

use super::asked;
use crate::returns::{keep, leaves, queue, told};
use crate::support::app::TestApp;
use crate::support::{Engine, on_both_databases};
use diesel::connection::SimpleConnection as _;

/// The columns that the tables have before the step and after it.
const OF_RETURNS: [&str; 9] = [
    "credential_id",
    "reason",
    "since",
    "due_at",
    "requested_at",
    "reminded_at",
    "proposed_at",
    "set_aside_at",
    "version",
];
const OF_NOTICES: [&str; 16] = [
    "id",
    "case_id",
    "object_kind",
    "object_id",
    "agency_id",
    "person_id",
    "log_index",
    "recipient",
    "account_id",
    "duty",
    "means",
    "position",
    "sent_at",
    "served_at",
    "version",
    "created_at",
];
const OF_MAILS: [&str; 5] = ["notice_id", "state", "tries", "next_try_at", "ended_at"];

on_both_databases! {
    fn without_the_step_of_cards_of_before_what_was_done_about_ours_stays(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let ours = app.issued_card(&agency);
        leaves(&app, &agency, &ours, "2026-11-21");
        let (_, before) = asked(&app, &agency, "IBT00001");
        let database = &app.database;
        let done = "UPDATE card_returns SET requested_at = 11, reminded_at = 12, proposed_at = 13, set_aside_at = 14, version = 5";
        database.run(done).expect("an edit");
        let mails = "INSERT INTO notice_mails (notice_id, state, tries, next_try_at, ended_at) SELECT id, 'sent', 3, 21, 22 FROM notices";
        database.run(mails).expect("e-mails");
        let step = |way: &str| {
            let step = database.engine.migration(&format!("2026-12-01-000100_returns_of_cards_of_before/{way}.sql"));
            let mut connection = database.connect();
            if database.engine == Engine::Sqlite {
                connection.batch_execute("PRAGMA foreign_keys = ON").expect("as the program has them");
            }
            connection.batch_execute(&format!("BEGIN; {step}; COMMIT")).expect("a step");
        };
        let whole = |table: &str, columns: &[&str], of: &str| {
            let columns = columns.iter().map(|name| format!("COALESCE(CAST({name} AS TEXT), '-')")).collect::<Vec<_>>();
            database.texts(&format!("SELECT {} AS value FROM {table} WHERE {of} ORDER BY 1", columns.join(" || ' ' || ")))
        };
        let of_ours = format!("credential_id = '{}'", ours.text("/id"));
        let mails_of_ours = "notice_id IN (SELECT id FROM notices WHERE object_kind <> 'state_card')";
        let kept = || [
            whole("card_returns", &OF_RETURNS, &of_ours),
            whole("notices", &OF_NOTICES, "object_kind <> 'state_card'"),
            whole("notice_mails", &OF_MAILS, mails_of_ours),
        ];
        let rows = |table: &str| database.texts(&format!("SELECT 'one' AS value FROM {table}")).len();
        let was = kept();
        let counts = was.each_ref().map(Vec::len);
        let all = || ["card_returns", "notices", "notice_mails"].map(rows);
        assert_eq!(all(), [counts[0] + 1, counts[1] + 2, counts[2] + 2], "those and what is of the card of before");
        assert!(!counts.contains(&0), "{counts:?}");
        for way in ["down", "up"] {
            step(way);
            assert_eq!((kept(), all()), (was.clone(), counts), "{way}");
        }
        // It is asked for again.
        keep(&app);
        let queued = queue(&app.registrar(), "");
        let entry = queued.iter().find(|it| it["state_card"]["id"] == before.json()["id"]).expect("it is there");
        assert_eq!((queued.len(), told(entry).len()), (2, 2));
    }
}
