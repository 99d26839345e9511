//! A card from its issue to its end, and what takes its place.

use super::{CREDENTIALS, asked};
use crate::support::app::TestApp;
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn an_agency_registers_a_journalist_a_card_is_issued_and_anyone_verifies_it(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        for code in ["/code", "/typed_code"] {
            let checked = app.anonymous().verify(&card.text(code));
            assert_eq!(checked.text("/verdict"), "valid");
            for field in ["number", "name", "agency", "kind", "valid_from", "valid_until"] {
                assert_eq!(checked.text(&format!("/card/{field}")), card.text(&format!("/{field}")));
            }
        }
    }

    fn a_card_expires_by_its_dates_and_nothing_is_written(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let about_it = "SELECT id AS value FROM events WHERE object_kind = 'credential'";
        let events = || app.database.texts(about_it).len();
        // 2026-11-22T03:00Z to 2031-11-21T17:00Z: five years with one leap day, less ten hours.
        let end = (5 * 365 + 1) * DAY - 10 * 3_600;
        app.at(end - 1);
        let registrar = app.again(&registrar);
        let before = registrar.get(&card.path("credentials")).expect(200);
        assert_eq!((before.text("/state"), before.etag()), ("active".into(), card.etag()));
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
        let written = events();
        app.at(end);
        let after = registrar.get(&card.path("credentials")).expect(200);
        assert_eq!(after.text("/state"), "expired");
        assert_ne!(after.etag(), card.etag(), "what is shown has changed");
        for code in ["/code", "/typed_code"] {
            assert_eq!(app.verdict(&card.text(code)), ("not_valid".into(), Some("expired".into())));
        }
        assert_eq!(app.database.texts("SELECT state AS value FROM credentials"), ["active"]);
        assert_eq!(events(), written);
        // Whoever read it as active decided on something else.
        registrar.happen("credentials", &card, asked("suspend")).expect_problem(412, "precondition-failed");
        registrar.happen("credentials", &after, asked("replace")).expect_problem(409, "wrong-state");
        let revoked = registrar.happen("credentials", &after, asked("revoke")).expect(201);
        assert_eq!(revoked.text("/state"), "revoked");
        assert_eq!(app.verdict(&card.text("/code")).1.as_deref(), Some("expired"), "its dates need no list");
    }

    fn a_replacement_carries_what_is_on_record_now_until_the_same_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let card = app.issued_to(&agency, &person.text("/id"));
        app.at(30 * DAY);
        let change = json!({ "full_name": "Trần Thị Cam" });
        app.clerk(&agency).patch(&person.path("people"), &person.etag(), &change).expect(200);
        let registrar = app.registrar();
        let replaced = registrar.happen("credentials", &card, asked("replace")).expect(201);
        assert_eq!(replaced.text("/name"), card.text("/name"), "what was printed stays");
        let new = registrar.get(&format!("{CREDENTIALS}/{}", replaced.text("/replaced_by"))).expect(200);
        assert_eq!((new.text("/state"), new.text("/name")), ("active".into(), "Trần Thị Cam".into()));
        assert_eq!(new.text("/valid_until"), card.text("/valid_until"));
        assert_eq!(new.text("/valid_from"), "2026-12-21T17:00:00Z");
        for field in ["/number", "/status_index", "/code", "/typed_code"] {
            assert_ne!(new.text(field), card.text(field), "{field}");
        }
        assert_eq!(app.verdict(&card.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
        assert_eq!(app.verdict(&new.text("/code")).0, "valid");
    }

    fn a_replacement_is_refused_where_it_could_not_be_printed_or_held(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, leaving) = (app.person(&agency), app.person(&agency));
        let (card, other) = (app.issued_to(&agency, &person.text("/id")), app.issued_to(&agency, &leaving.text("/id")));
        let clerk = app.clerk(&agency);
        let long = json!({ "full_name": "ễ".repeat(120) });
        clerk.patch(&person.path("people"), &person.etag(), &long).expect(200);
        let engagement = format!("{}/engagements/{}", leaving.path("people"), leaving.text("/engagements/0/id"));
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-21" });
        clerk.event(&engagement, &leaving.etag(), end).expect(201);
        for card in [card, other] {
            app.registrar().happen("credentials", &card, asked("replace")).expect_problem(409, "wrong-state");
            assert_eq!(app.verdict(&card.text("/code")).0, "valid", "nothing was done by half");
        }
        assert_eq!(app.registrar().list(CREDENTIALS, "/number").len(), 2);
    }
}
