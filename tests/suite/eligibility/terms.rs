//! How long a card is valid, by the law of the day on which it is granted.

use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::clock::Clock;
use press_registry::domain::time::Timestamp;
use serde_json::json;

/// Somebody who has worked for the agency since before the first term.
fn veteran(app: &TestApp, agency: &TestAgency) -> String {
    let mut form = app.person_form();
    form["engagement"]["from"] = "2013-01-02".into();
    app.entered(agency, &form).text("/id")
}

on_both_databases! {
    fn a_card_is_valid_as_long_as_the_law_of_its_day_of_grant_says(db) {
        let beginning = Timestamp::parse("2015-12-31T16:59:59Z").expect("a time");
        let app = TestApp::start_by(db, Clock::manual(beginning));
        let agency = app.central_agency();
        let waiting = app.submitted(&agency, &[&veteran(&app, &agency)]);
        let approve = || app.registrar().happen("applications", &waiting, json!({ "event": "approve" }));
        let refused = approve().expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("No term"), "of a card granted in 2015 nothing is known");
        // Midnight in Việt Nam is 17:00 UTC.
        for (granted, until) in [
            ("2015-12-31T17:00:00Z", "2020-12-31T17:00:00Z"),
            ("2020-12-31T16:59:59Z", "2020-12-31T17:00:00Z"),
            ("2020-12-31T17:00:00Z", "2026-03-31T17:00:00Z"),
            ("2025-12-31T16:59:59Z", "2026-03-31T17:00:00Z"),
            ("2025-12-31T17:00:00Z", "2030-12-31T17:00:00Z"),
        ] {
            app.set_time(granted);
            let card = app.issued_to(&agency, &veteran(&app, &agency));
            assert_eq!(card.text("/valid_until"), until, "granted at {granted}");
        }
    }

    fn cards_of_the_second_term_are_good_until_the_end_of_march_2026(db) {
        let app = TestApp::start_by(db, Clock::manual(Timestamp::parse("2024-05-02T01:00:00Z").expect("a time")));
        let agency = app.central_agency();
        let code = app.issued_to(&agency, &veteran(&app, &agency)).text("/code");
        app.set_time("2026-03-31T16:59:59Z");
        assert_eq!(app.verdict(&code).0, "valid");
        app.set_time("2026-03-31T17:00:00Z");
        assert_eq!(app.verdict(&code), ("not_valid".into(), Some("expired".into())));
    }
}
