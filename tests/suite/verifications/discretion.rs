//! What is told to whom, and that nothing is kept.

use super::{VERIFICATIONS, row_counts};
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn officials_and_registrars_are_told_the_state_and_nobody_else(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let tellable = [app.official(), app.registrar(), app.provincial(crate::support::app::HA_NOI)];
        let others = [app.anonymous(), app.auditor(), app.clerk(&agency), app.head(&agency), app.admin()];
        for (event, state) in
            [("suspend", "suspended"), ("revoke", "revoked"), ("report_lost", "lost"), ("replace", "replaced")]
        {
            let card = app.issued_card(&agency);
            let valid = tellable[0].verify(&card.text("/code")).json();
            assert_eq!(valid.get("state"), None, "nothing is behind a valid card");
            let ground = (event == "revoke").then_some("error");
            app.registrar().happen("credentials", &card, json!({ "event": event, "reason": "x", "ground": ground })).expect(201);
            let holder = app.holder(&card.text("/person_id"));
            for code in ["/code", "/typed_code"] {
                for client in &tellable {
                    assert_eq!(client.verify(&card.text(code)).text("/state"), state);
                }
                for client in others.iter().chain([&holder]) {
                    assert_eq!(client.verify(&card.text(code)).json().get("state"), None);
                }
            }
        }
        let codes: Vec<String> = app.registrar().list("/api/v1/credentials", "/code");
        let public: std::collections::BTreeSet<_> =
            codes.iter().map(|code| app.verdict(code)).filter(|told| told.0 != "valid").collect();
        assert_eq!(public.len(), 1, "to the public they all look alike");
    }

    fn a_token_that_is_no_good_is_said_so(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let official = app.official();
        let body = json!({ "code": card.text("/code") });
        for token in ["x", "Bearer", "Bearer x.y.z", "Basic dTpw"] {
            app.anonymous()
                .post_with(VERIFICATIONS, &[("authorization", token)], &body)
                .expect_problem(401, "unauthenticated");
        }
        app.pass(601);
        official.post(VERIFICATIONS, &body).expect_problem(401, "unauthenticated");
        app.anonymous().post(VERIFICATIONS, &body).expect(200);
    }

    fn nothing_is_written_about_a_check(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency());
        let clients = [app.anonymous(), app.official(), app.auditor()];
        // What the card itself left to be signed.
        app.registry.publish_lists().expect("signed");
        let before = row_counts(&app);
        assert!(before.len() > 15 && before["credentials"] == 1, "{before:?}");
        for n in 0..100 {
            let code = match n % 4 {
                0 => card.text("/code"),
                1 => card.text("/typed_code"),
                2 => format!("00000{n}-7K3M-Q0ZX-9A4B"),
                _ => format!("HTTPS://EVIL.EXAMPLE/V#{n}"),
            };
            let key = format!("01890a5d-ac96-774b-bcce-{n:012}");
            let client = &clients[n % 3];
            client.post_with(VERIFICATIONS, &[("idempotency-key", &key)], &json!({ "code": code })).expect(200);
        }
        assert_eq!(row_counts(&app), before);
    }
}
