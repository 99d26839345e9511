//! The log after an erasure: root and proofs as they were, exactly the fields that it names missing, everybody else's there.

use super::{erased, findings};
use crate::support::app::TestApp;
use crate::support::on_both_databases;
use press_registry::app::log::audit::Finding;
use press_registry::domain::events::EventProof;
use press_registry::domain::log::VerifierKey;
use serde_json::json;

on_both_databases! {
    fn root_and_old_proofs_stay_and_others_history_is_whole(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [app.person(&agency).text("/id"), app.person(&agency).text("/id")];
        let application = app.submitted(&agency, &[&people[0], &people[1]]);
        let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác" });
        app.registrar().happen("applications", &application, refuse).expect(201);
        app.registry.publish_log().expect("a checkpoint");
        let index = app.database.number("SELECT idx AS value FROM events WHERE type = 'application.refused'");
        let proof = || {
            let proven = app.registry.store.read(|db| app.registry.event_proof(db, index));
            proven.expect("a database").expect("a proof")
        };
        let holds = |proof: &EventProof| {
            proof.check(&VerifierKey::parse(&proof.vkey).expect("a key")).expect("proven")
        };
        let old = proof();
        assert_eq!((old.personal.len(), holds(&old).0), (2, u64::try_from(index).expect("a place")));
        let leaves = || app.database.texts("SELECT CAST(idx AS TEXT) || type || CAST(hour AS TEXT) AS value FROM log_leaves ORDER BY idx");
        let (before, size) = (leaves(), usize::try_from(app.database.number("SELECT size AS value FROM log_head")).expect("a size"));

        erased(&app, &people[0]);
        app.registry.publish_log().expect("a checkpoint that contains the old one");
        assert_eq!(leaves()[..size], before);
        assert_eq!(findings(&app), []);
        holds(&old);
        let new = proof();
        assert_eq!((&new.event, &new.salt, &new.leaf), (&old.event, &old.salt, &old.leaf));
        holds(&new);
        assert_eq!(new.personal, [old.personal.iter().find(|it| it.subject == people[1]).expect("theirs").clone()]);
        // As a file: `log verify --proof` reads the same.
        let file = serde_json::to_value(&new).expect("JSON");
        holds(&serde_json::from_value(file).expect("a proof"));
        let other = app.holder(&people[1]).get(&format!("/api/v1/people/{}/events", people[1])).expect(200).json();
        assert_eq!(other["items"][2]["reason"], "Chưa đủ hai năm công tác");
    }

    fn fields_that_no_erasure_names_may_not_be_missing(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [app.person(&agency).text("/id"), app.person(&agency).text("/id")];
        erased(&app, &people[0]);
        assert_eq!(findings(&app), []);
        let place = |person: &str| {
            app.database.number(&format!("SELECT MIN(event_idx) AS value FROM event_personal WHERE subject = '{person}'"))
        };
        let destroy = |person: &str| {
            format!("UPDATE event_personal SET salt = NULL, fields = NULL WHERE subject = '{person}'")
        };
        // Of somebody who was not erased; the triggers let fields be taken away.
        app.database.run(&destroy(&people[1])).expect("a statement");
        assert_eq!(findings(&app), [Finding::FieldsRemoved(place(&people[1]))]);
        // An erasure that comes later explains what is missing only if it names it.
        let third = app.person(&agency).text("/id");
        erased(&app, &third);
        assert_eq!(findings(&app), [Finding::FieldsRemoved(place(&people[1]))]);
    }

    fn an_erasure_whose_fields_are_still_there_is_found(db) {
        let app = TestApp::start(db);
        let person = app.person(&app.central_agency()).text("/id");
        app.database.forge(&[&format!("CREATE TABLE saved AS SELECT * FROM event_personal WHERE subject = '{person}'")]);
        erased(&app, &person);
        let index = app.database.number(&format!("SELECT MIN(event_idx) AS value FROM saved WHERE subject = '{person}'"));
        app.database.forge(&[
            &format!("DELETE FROM event_personal WHERE subject = '{person}' AND event_idx = {index}"),
            &format!("INSERT INTO event_personal SELECT * FROM saved WHERE event_idx = {index}"),
        ]);
        assert_eq!(findings(&app), [Finding::FieldsKept(index)]);
    }

    fn an_erasure_that_was_forged_excuses_nothing(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [app.person(&agency).text("/id"), app.person(&agency).text("/id")];
        erased(&app, &people[0]);
        let place = app.database.number(&format!("SELECT event_idx AS value FROM event_personal WHERE subject = '{}'", people[1]));
        let erasure = app.database.number("SELECT idx AS value FROM events WHERE type = 'person.erased'");
        let said = format!(r#"{{"erased":[{{"entries":[{place}],"subject":"{}"}}]}}"#, people[1]);
        app.database.forge(&[
            &format!("UPDATE event_personal SET salt = NULL, fields = NULL WHERE subject = '{}'", people[1]),
            &format!("UPDATE events SET data = '{said}' WHERE idx = {erasure}"),
        ]);
        let found = findings(&app);
        assert!(found.contains(&Finding::EventAltered(erasure)), "{found:?}");
        assert!(found.contains(&Finding::FieldsRemoved(place)), "{found:?}");
    }
}
