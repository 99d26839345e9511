//! When papers of an application go: with whom they are about, and a year after the end.

use super::{add, again, papers, rows};
use crate::applications::APPLICATIONS;
use crate::erasure::{self, erased, returned};
use crate::retention::last_run;
use crate::support::app::TestApp;
use crate::support::fixtures::{DAY, pdf};
use crate::support::{on_both_databases, sha256_hex};
use serde_json::json;

on_both_databases! {
    fn papers_go_with_the_person_they_are_about_and_shared_ones_with_the_last(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let (first, last) = (app.person(&agency).text("/id"), app.person(&agency).text("/id"));
        let draft = app.draft(&agency, &[&first, &last]);
        add(&clerk, &draft, &format!("kind=degree&person={first}"), &pdf("theirs")).expect(201);
        add(&clerk, &draft, &format!("kind=degree&person={last}"), &pdf("another's")).expect(201);
        add(&clerk, &draft, "kind=decision", &pdf("of both")).expect(201);
        let sent = app.head(&agency).happen("applications", &again(&clerk, &draft), json!({ "event": "submit" })).expect(201);
        // One is given a card and one is not: both are needed until they are erased.
        let approve = json!({ "event": "approve", "people": [first] });
        let sent = app.registrar().happen("applications", &sent, approve).expect(201);
        let card = sent.text("/credentials/0/id");
        let seen = app.registrar().get(&sent.path("applications")).expect(200);
        let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm" });
        app.registrar().happen("applications", &seen, refuse).expect(201);
        returned(&app, &clerk, &card);
        let left = || {
            app.database.texts("SELECT COALESCE(person_id, '') AS value FROM application_documents ORDER BY number")
        };
        let gone = erased(&app, &first);
        assert_eq!(gone.json()["shared_papers"], json!([draft.text("/id")]), "whoever erases is told");
        assert_eq!((left(), app.objects()), (vec![last.clone(), String::new()], 2), "the other needs what is of both");
        let path = format!("{}/{}", papers(&draft), sha256_hex(&pdf("of both")));
        assert_eq!(app.registrar().get(&path).expect(200).body, pdf("of both"));
        let gone = erased(&app, &last);
        assert_eq!(gone.json()["shared_papers"], json!([]));
        assert_eq!((left(), app.objects()), (vec![], 0), "the files are gone, too");
        let numbers = |of: &[u8]| json!(of.iter().map(|n| format!("{}/{n}", draft.text("/id"))).collect::<Vec<_>>());
        let told = erasure::told(&app);
        assert_eq!(told.iter().map(|it| &it["documents"]).collect::<Vec<_>>(), [&numbers(&[1]), &numbers(&[2, 3])]);
    }

    fn papers_are_forgotten_a_year_after_the_end(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let kept = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        add(&clerk, &kept, "kind=other", &pdf("in hand")).expect(201);
        app.head(&agency).happen("applications", &again(&clerk, &kept), json!({ "event": "submit" })).expect(201);
        // Left lying: neither sent nor taken back.
        let left = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        add(&clerk, &left, "kind=other", &pdf("of a draft")).expect(201);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        add(&clerk, &draft, "kind=other", &pdf("x")).expect(201);
        let sent = app.head(&agency).happen("applications", &again(&clerk, &draft), json!({ "event": "submit" })).expect(201);
        app.registrar().happen("applications", &sent, json!({ "event": "approve" })).expect(201);
        app.pass(364 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!((app.objects(), rows(&app)), (3, 3));
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!((app.objects(), rows(&app)), (1, 1), "what is in hand stays");
        let told = last_run(&app);
        assert_eq!(told["documents"], json!([&left, &draft].map(|it| format!("{}/1", it.text("/id")))));
        assert_eq!(app.registrar().get(&papers(&draft)).expect(200).json()["items"], json!([]));
    }

    fn a_paper_goes_with_whoever_was_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let (bad, waits) = (app.person(&agency).text("/id"), app.person(&agency).text("/id"));
        let draft = app.draft(&agency, &[&bad, &waits]);
        add(&clerk, &draft, &format!("kind=degree&person={bad}"), &pdf("bad")).expect(201);
        add(&clerk, &draft, &format!("kind=degree&person={waits}"), &pdf("waits")).expect(201);
        let sent = app.head(&agency).happen("applications", &again(&clerk, &draft), json!({ "event": "submit" })).expect(201);
        let refuse = json!({ "event": "refuse", "reason": "x", "people": [bad] });
        app.registrar().happen("applications", &sent, refuse).expect(201);
        app.pass(367 * DAY);
        app.registry.forget().expect("a run");
        let left = app.database.texts("SELECT person_id AS value FROM application_documents");
        assert_eq!(left, [waits], "the application is still in hand");
        assert_eq!(app.objects(), 1);
        assert!(again(&app.registrar(), &sent).path("applications").starts_with(APPLICATIONS));
    }

    fn a_file_that_no_row_names_is_removed_and_one_that_is_named_stays(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let draft = app.draft(&agency, &[&app.person(&agency).text("/id")]);
        add(&clerk, &draft, "kind=other", &pdf("x")).expect(201);
        add(&clerk, &draft, "kind=other", &pdf("y")).expect(201);
        app.database.run("DELETE FROM application_documents WHERE number = 2").expect("an edit");
        app.pass(2 * DAY);
        app.registry.forget().expect("a run");
        assert_eq!(app.objects(), 1);
        let path = format!("{}/{}", papers(&draft), sha256_hex(&pdf("x")));
        clerk.get(&path).expect(200);
    }
}
