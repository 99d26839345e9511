//! Press cards of before the registry beside applications for ours: the rules that hold for ours hold for them.

use super::{APPLICATIONS, asked, done, form};
use crate::lookups::{look_up, state_cards};
use crate::state_cards::seen;
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

/// Somebody of the staff who holds a card of before with this number, which is good for years.
fn holder(app: &TestApp, agency: &TestAgency, number: &str) -> Answer {
    let person = app.person(agency);
    state_cards(app, agency, &[(number, &person.text("/full_name"), "2026-01-02", "")]);
    person
}

fn lost(app: &TestApp, agency: &TestAgency, number: &str) {
    let clerk = app.clerk(agency);
    let event = json!({ "event": "report_lost", "reason": "Mất túi trên tàu", "ground": "lost" });
    clerk.happen("state-cards", &seen(&clerk, number), event).expect(201);
}

fn draft(app: &TestApp, agency: &TestAgency, basis: &str, person: &str) -> Answer {
    app.clerk(agency).post(APPLICATIONS, &form("press_card", basis, &[person]))
}

/// A reissue with the number of the police.
fn confirmed(person: &str) -> Value {
    let mut reissue = form("press_card", "reissue", &[person]);
    reissue["police_references"] = json!({ person: "Số 12/CAP-2026" });
    reissue
}

/// The same human being on another agency's own record.
fn again(app: &TestApp, person: &Answer, agency: &TestAgency) -> String {
    let record = app.registrar().get(&person.path("people")).expect(200);
    let mut entry = app.person_form();
    for field in ["national_id", "full_name"] {
        entry[field] = record.text(&format!("/{field}")).into();
    }
    app.entered(agency, &entry).text("/id")
}

on_both_databases! {
    fn a_lost_card_of_before_is_granted_anew_once_the_police_confirmed_the_loss(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = holder(&app, &agency, "IBT00001");
        let (id, name) = (person.text("/id"), person.text("/full_name"));
        lost(&app, &agency, "IBT00001");
        for basis in ["first", "renewal", "exchange"] {
            draft(&app, &agency, basis, &id).expect_invalid(&[("/people/0", "lost")]);
        }
        let head = app.head(&agency);
        let drafted = draft(&app, &agency, "reissue", &id).expect(201);
        let pointer = format!("/police_references/{id}");
        head.happen("applications", &drafted, asked("submit")).expect_invalid(&[(&pointer, "police_reference_required")]);
        let with = json!({ "event": "submit", "police_references": { &id: "Số 12/CAP-2026" } });
        let submitted = head.happen("applications", &drafted, with).expect(201);
        let approved = done(&app, &agency, &submitted, "approve");
        let official = app.official();
        assert_eq!(look_up(&official, &approved.text("/credentials/0/number"), &name), "valid");
        assert_eq!(look_up(&official, "IBT00001", &name), "not_valid");
        // That loss was made good: ours is renewed like any other.
        draft(&app, &agency, "renewal", &id).expect(201);
    }

    fn a_loss_that_is_told_after_the_draft_is_asked_about_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = holder(&app, &agency, "IBT00001").text("/id");
        let drafted = draft(&app, &agency, "renewal", &person).expect(201);
        lost(&app, &agency, "IBT00001");
        app.head(&agency).happen("applications", &drafted, asked("submit")).expect_invalid(&[("/people/0", "lost")]);
        for (number, basis) in [("IBT00002", "renewal"), ("IBT00003", "reissue")] {
            let person = holder(&app, &agency, number).text("/id");
            let submitted = done(&app, &agency, &draft(&app, &agency, basis, &person).expect(201), "submit");
            lost(&app, &agency, number);
            let refused = app.registrar().happen("applications", &submitted, asked("approve"));
            match basis {
                "renewal" => refused.expect_problem(409, "wrong-state"),
                _ => refused.expect_invalid(&[(&format!("/police_references/{person}"), "police_reference_required")]),
            };
        }
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM credentials"), 0);
    }

    fn nobody_has_a_first_card_beside_one_of_before(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let person = holder(&app, &agency, "IBT00001");
        let id = person.text("/id");
        draft(&app, &agency, "first", &id).expect_invalid(&[("/people/0", "already_holds")]);
        // Another agency cannot know of it; the ministry does.
        let elsewhere = again(&app, &person, &other);
        let submitted = done(&app, &other, &draft(&app, &other, "first", &elsewhere).expect(201), "submit");
        let refused = app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
        assert!(refused.text("/detail").contains("IBT00001"), "{}", refused.body_text());
        // Collaborators' cards are no press cards.
        let collaborator = app.collaborator(&agency);
        state_cards(&app, &agency, &[("IBT00002", &collaborator.text("/full_name"), "2026-01-02", "")]);
        let first = form("collaborator_card", "first", &[&collaborator.text("/id")]);
        let drafted = app.clerk(&agency).post(APPLICATIONS, &first).expect(201);
        done(&app, &agency, &done(&app, &agency, &drafted, "submit"), "approve");
        // It is renewed; and one whose term is over is none.
        let renewed = done(&app, &agency, &draft(&app, &agency, "renewal", &id).expect(201), "submit");
        done(&app, &agency, &renewed, "approve");
        let late = app.person(&agency);
        state_cards(&app, &agency, &[("IBT00003", &late.text("/full_name"), "2021-05-01", "")]);
        app.issued_to(&agency, &late.text("/id"));
    }

    fn a_card_of_before_that_was_lost_at_another_agency_is_no_way_round_the_police(db) {
        let app = TestApp::start(db);
        let (former, next) = (app.central_agency(), app.central_agency());
        let person = holder(&app, &former, "IBT00001");
        lost(&app, &former, "IBT00001");
        let moved = again(&app, &person, &next);
        for basis in ["first", "exchange", "reissue"] {
            let submitted = done(&app, &next, &draft(&app, &next, basis, &moved).expect(201), "submit");
            app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
            done(&app, &next, &submitted, "withdraw");
        }
        let drafted = app.clerk(&next).post(APPLICATIONS, &confirmed(&moved)).expect(201);
        done(&app, &next, &done(&app, &next, &drafted, "submit"), "approve");
        // With the new card that loss is made good also where the old one was lost.
        draft(&app, &former, "exchange", &person.text("/id")).expect(201);
    }
}
