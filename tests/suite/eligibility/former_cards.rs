//! Cards of before the registry among what is known of somebody: they count like ours.

use super::asked::{approve, form, outcome, plain, said, submitted};
use crate::lookups::state_cards;
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::{Value, json};

const APPLICATIONS: &str = "/api/v1/applications";

/// A registrar writes down what happened to a card of before.
fn happens(app: &TestApp, number: &str, event: Value) {
    let registrar = app.registrar();
    let id = registrar.get(&format!("/api/v1/state-cards?number={number}")).expect(200).text("/items/0/id");
    let card = registrar.get(&format!("/api/v1/state-cards/{id}")).expect(200);
    registrar.happen("state-cards", &card, event).expect(201);
}

on_both_databases! {
    fn a_card_of_before_that_was_revoked_bars_as_one_of_ours(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let drafts = |person: &str| {
            let clerk = app.clerk(&agency);
            let draft = clerk.post(APPLICATIONS, &form("first", &[(person, plain())])).expect(201);
            clerk.happen("applications", &draft, json!({ "event": "withdraw" })).expect(201);
            said(&draft, 0, "revoked_card").expect("it is always asked")
        };
        let revoked = |number: &str, ground: &str| {
            let person = app.person(&agency);
            state_cards(&app, &agency, &[(number, &person.text("/full_name"), "2026-01-02", "")]);
            happens(&app, number, json!({ "event": "revoke", "ground": ground, "reason": "QĐ 12/2026" }));
            person.text("/id")
        };
        let (barred, not) = (revoked("IBT00001", "false_dossier"), revoked("IBT00002", "prosecution"));
        assert_eq!(drafts(&not)["outcome"], "unknown", "whether that is a violation of law is not confirmed");
        // 12 months are exceeded a day after they are reached.
        for (now, expected) in [("2027-11-22T03:00:00Z", "not_met"), ("2027-11-23T03:00:00Z", "met")] {
            app.set_time(now);
            let said = drafts(&barred);
            assert_eq!(said["outcome"], expected, "{now}");
            assert_eq!(said["source"]["en"], "Article 28(3)(e), Press Law 126/2025/QH15");
        }
    }

    fn a_card_of_before_of_another_agency_is_the_card_that_is_exchanged(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let left = app.person(&old);
        state_cards(&app, &old, &[("IBT00001", &left.text("/full_name"), "2026-01-02", "")]);
        // The same human being, on the new agency's own record.
        let mut entry = app.person_form();
        for field in ["national_id", "full_name"] {
            entry[field] = app.clerk(&old).get(&left.path("people")).expect(200).text(&format!("/{field}")).into();
        }
        entry["engagement"]["from"] = "2026-11-01".into();
        let person = app.entered(&new, &entry).text("/id");
        let draft = || submitted(&app, &new, &form("exchange", &[(&person, plain())]));
        let application = draft();
        assert_eq!(outcome(&application, 0, "exchange_in_time").as_deref(), Some("unknown"), "another agency's card");
        happens(&app, "IBT00001", json!({ "event": "return", "ground": "agency_changed", "reason": "Nộp lại" }));
        app.set_time("2027-11-25T03:00:00Z");
        let approved = approve(&app.registrar(), &application, json!({})).expect(201);
        assert_eq!(outcome(&approved, 0, "exchange_in_time").as_deref(), Some("met"));
        assert_eq!(outcome(&approved, 0, "two_years"), None, "it is no first card");
        let because = said(&approved, 0, "exchange_in_time").expect("asked")["because"]["en"].clone();
        assert_eq!(because, "Handed in on 22/11/2026, taken on on 01/11/2026");
    }
}
