//! Who may see an application and ask for which event.

use super::{APPLICATIONS, application_in, asked, done};
use crate::support::app::{HA_NOI, HAI_PHONG, TestApp};
use crate::support::on_both_databases;

on_both_databases! {
    fn each_event_is_its_own_roles(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency());
        let application = application_in(&app, &agency, "submitted");
        let holder = application.text("/people/0/person_id");
        let clients = [
            app.admin(),
            app.registrar(),
            app.provincial(HAI_PHONG),
            app.provincial(HA_NOI),
            app.head(&agency),
            app.clerk(&agency),
            app.head(&other),
            app.official(),
            app.auditor(),
            app.holder(&holder),
        ];
        // With a stale ETag, who may do it is told so (412) and nothing happens.
        for (event, statuses) in [
            ("submit", [403, 403, 403, 403, 412, 403, 404, 403, 403, 403]),
            ("endorse", [403, 403, 412, 404, 403, 403, 403, 403, 403, 403]),
            ("return", [403, 412, 412, 404, 403, 403, 403, 403, 403, 403]),
            ("approve", [403, 412, 403, 403, 403, 403, 403, 403, 403, 403]),
            ("refuse", [403, 412, 403, 403, 403, 403, 403, 403, 403, 403]),
            ("withdraw", [403, 403, 403, 403, 412, 412, 404, 403, 403, 403]),
        ] {
            let told = clients
                .each_ref()
                .map(|client| client.event(&application.path("applications"), "\"0\"", asked(event)).status);
            assert_eq!(told, statuses, "{event}");
        }
        let reads = clients.each_ref().map(|client| client.get(&application.path("applications")).status);
        assert_eq!(reads, [403, 200, 200, 404, 200, 200, 404, 403, 403, 403]);
    }

    fn a_draft_is_its_agencys_own(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let draft = application_in(&app, &agency, "draft");
        for reader in [app.registrar(), app.provincial(HAI_PHONG)] {
            reader.get(&draft.path("applications")).expect_problem(404, "not-found");
            reader.get(&format!("{}/events", draft.path("applications"))).expect_problem(404, "not-found");
            assert_eq!(reader.list(APPLICATIONS, "/id"), Vec::<String>::new());
        }
        assert_eq!(app.clerk(&agency).list(APPLICATIONS, "/id"), [draft.text("/id")]);
        done(&app, &agency, &draft, "submit");
        assert_eq!(app.provincial(HAI_PHONG).list(APPLICATIONS, "/id"), [draft.text("/id")]);
        assert_eq!(app.provincial(HA_NOI).list(APPLICATIONS, "/id"), Vec::<String>::new());
    }

    fn lists_are_narrowed_to_a_state_and_come_in_parts(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let next = |state: &str| {
            // A list is in the order of the clock, which stands still unless it is moved.
            app.pass(1);
            application_in(&app, &agency, state).text("/id")
        };
        let submitted: Vec<_> = (0..3).map(|_| next("submitted")).collect();
        next("withdrawn");
        let registrar = app.registrar();
        assert_eq!(registrar.list(&format!("{APPLICATIONS}?state=submitted&limit=2"), "/id"), submitted);
        assert_eq!(registrar.list(&format!("{APPLICATIONS}?limit=1"), "/id").len(), 4);
        registrar.get(&format!("{APPLICATIONS}?state=lost")).expect_invalid(&[("query:state", "unknown_state")]);
    }
}
