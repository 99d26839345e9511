//! Posts in offices go with the record that has them: into another, and back.

use super::duplicates::{happen, merge, pair};
use super::splits::{again, away, split};
use crate::agencies::successions::{carried_out, merger};
use crate::erasure::{erased, returned, told};
use crate::offices::{now, of, office, resident};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use press_registry::app::offices as posts;
use serde_json::{Value, json};

/// State, and who is there first.
fn stands(client: &Client, seen: &Answer) -> [String; 2] {
    let now = now(client, seen);
    [now.text("/state"), now.text("/people/0/person_id")]
}

fn lapse(app: &TestApp) -> usize {
    posts::lapse(&app.registry).expect("a database")
}

on_both_databases! {
    fn a_resident_reporter_stays_through_a_merge_and_a_split(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let card = app.issued_to(&other, &there.text("/id"));
        let registrar = app.registrar();
        let alone = app.head(&other).post(&of(&other), &resident(&there.text("/id"))).expect(201);
        let led = app.head(&other).post(&of(&other), &office(&there.text("/id"), &[])).expect(201);
        let ended = away(&app, &other, &there.text("/id"));
        app.head(&other).happen("offices", &ended, json!({ "event": "withdraw" })).expect(201);
        let before = [&alone, &led, &ended].map(|it| now(&registrar, it).json()["people"].clone());

        happen(&registrar, &found, merge(&here)).expect(201);
        assert_eq!(lapse(&app), 0, "whoever works there is there");
        for (it, state) in [(&alone, "notified"), (&led, "notified"), (&ended, "withdrawn")] {
            assert_eq!(stands(&registrar, it), [state.to_owned(), here.text("/id")]);
            assert_ne!(now(&registrar, it).etag(), it.etag(), "another record is in it");
        }
        let shown = now(&registrar, &alone);
        assert_eq!(shown.text("/people/0/press_card"), card.text("/number"));
        let confirm = json!({ "event": "confirm" });
        registrar.happen("offices", &alone, confirm.clone()).expect_problem(412, "precondition-failed");
        let merged = registrar.happen("offices", &shown, confirm).expect(201);
        // Its agency goes on with it as with any.
        let papers = json!({ "event": "amend", "documents": ["staff_list"] });
        app.head(&other).happen("offices", &now(&registrar, &led), papers).expect(201);

        happen(&registrar, &again(&app, &found), split()).expect(201);
        assert_eq!(lapse(&app), 0);
        for (it, state) in [(&alone, "confirmed"), (&led, "notified"), (&ended, "withdrawn")] {
            assert_eq!(stands(&registrar, it), [state.to_owned(), there.text("/id")]);
        }
        assert_ne!(now(&registrar, &alone).etag(), merged.etag());
        assert_eq!([&alone, &led, &ended].map(|it| now(&registrar, it).json()["people"].clone()), before);
        let mut ids = [&alone, &led, &ended].map(|it| it.text("/id"));
        ids.sort();
        for kind in ["person.merged", "person.split"] {
            let facts = app.database.texts(&format!("SELECT data AS value FROM events WHERE type = '{kind}'")).remove(0);
            let facts: Value = serde_json::from_str(&facts).expect("JSON");
            assert_eq!(facts["offices"], json!(ids), "{kind}");
        }
    }

    fn a_post_that_was_begun_since_goes_with_the_work_it_rests_on(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let registrar = app.registrar();
        happen(&registrar, &found, merge(&here)).expect(201);
        let (of_one, of_other) = (away(&app, &one, &here.text("/id")), away(&app, &other, &here.text("/id")));
        happen(&registrar, &again(&app, &found), split()).expect(201);
        assert_eq!(lapse(&app), 0);
        assert_eq!(stands(&registrar, &of_one), ["notified".to_owned(), here.text("/id")]);
        assert_eq!(stands(&registrar, &of_other), ["notified".to_owned(), there.text("/id")]);
    }

    fn in_one_office_one_human_being_has_one_post(db) {
        let app = TestApp::start(db);
        let (one, other, third) = (app.central_agency(), app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        carried_out(&app, "mergers", &merger(&[&one, &other], &third));
        let card = app.issued_to(&third, &there.text("/id"));
        let both = office(&there.text("/id"), &[&here.text("/id")]);
        let both = app.head(&third).post(&of(&third), &both).expect(201);
        let refused = |keep: &Answer| {
            let refused = happen(&app.registrar(), &again(&app, &found), merge(keep)).expect_problem(409, "wrong-state");
            assert!(refused.text("/detail").contains(&both.text("/id")), "{}", refused.body_text());
        };
        refused(&here);
        refused(&there);
        // Both have begun.
        app.at(30 * 24 * 3_600);
        let (registrar, head) = (app.registrar(), app.head(&third));
        head.happen("offices", &now(&registrar, &both), json!({ "event": "amend", "reporters": [] })).expect(201);
        // The one who is there goes into the record that was: that is no place for a post.
        refused(&here);
        happen(&registrar, &again(&app, &found), merge(&there)).expect(201);
        assert_eq!((lapse(&app), stands(&registrar, &both)), (0, ["notified".to_owned(), there.text("/id")]));
        // Whoever is erased leaves no post, of either record.
        returned(&app, &app.clerk(&third), &card.text("/id"));
        erased(&app, &there.text("/id"));
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM office_posts"), 0);
        let listed = told(&app).remove(0);
        assert_eq!((&listed["offices"], &listed["absorbed"]), (&json!([both.text("/id")]), &json!([here.text("/id")])));
    }

    fn a_paper_goes_with_its_application(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let draft = app.draft(&other, &[&there.text("/id")]);
        super::splits::paper(&app, &other, &draft, &there.text("/id"));
        let registrar = app.registrar();
        let papers = || app.database.texts("SELECT person_id AS value FROM application_documents ORDER BY number");
        happen(&registrar, &found, merge(&here)).expect(201);
        assert_eq!(papers(), [here.text("/id")]);
        super::splits::paper(&app, &other, &draft, &here.text("/id"));
        happen(&registrar, &again(&app, &found), split()).expect(201);
        assert_eq!(papers(), [there.text("/id"), there.text("/id")]);
        // So the other's papers stay when one is erased, and go when the other is.
        erased(&app, &here.text("/id"));
        assert_eq!(papers().len(), 2);
        erased(&app, &there.text("/id"));
        assert_eq!(papers(), [""; 0]);
    }
}
