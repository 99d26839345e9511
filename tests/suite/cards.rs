//! The first complete path: an agency registers a journalist, a card is issued, anyone verifies it.

use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn an_agency_registers_a_journalist_a_card_is_issued_and_anyone_verifies_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let checked = app.anonymous().post("/api/v1/verifications", &json!({ "code": card.text("/code") })).expect(200);
        assert_eq!(checked.text("/verdict"), "valid");
        assert_eq!(checked.text("/card/number"), card.text("/number"));
        assert_eq!(checked.text("/card/name"), card.text("/name"));
        let typed = app.anonymous().post("/api/v1/verifications", &json!({ "code": card.text("/typed_code") })).expect(200);
        assert_eq!(typed.text("/verdict"), "valid");
    }

    fn a_suspended_card_is_withdrawn_to_the_public_at_once_and_good_again_when_reinstated(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let registrar = app.registrar();
        let verdict = |client: &crate::support::app::Client| {
            client.post("/api/v1/verifications", &json!({ "code": card.text("/code") })).expect(200).json()
        };
        let suspended = registrar
            .event(&card.path("credentials"), &card.etag(), json!({ "event": "suspend", "reason": "reported stolen", "ground": "inquiry" }))
            .expect(201);
        assert_eq!(suspended.text("/state"), "suspended");
        let public = verdict(&app.anonymous());
        assert_eq!((&public["verdict"], &public["reason"]), (&json!("not_valid"), &json!("withdrawn")));
        assert_eq!(public.get("state"), None, "the public is not told why");
        assert_eq!(verdict(&app.official())["state"], "suspended");
        registrar
            .event(&card.path("credentials"), &suspended.etag(), json!({ "event": "reinstate", "reason": "cleared" }))
            .expect(201);
        assert_eq!(verdict(&app.anonymous())["verdict"], "valid");
    }
}
