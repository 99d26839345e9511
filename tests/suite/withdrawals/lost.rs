//! What is lost, handed in or suspended for a reason of its own while its agency is out of work.

use super::{decide, decision, stands, told, valid};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::json;

/// What befell a letter before its agency was suspended and meanwhile, and how it stands after a decision on the agency.
#[derive(Debug)]
struct Course {
    before: &'static [&'static str],
    meanwhile: &'static [&'static str],
    /// State and ground once the agency is at work again.
    at_work_again: (&'static str, &'static str),
    /// The same once its licence is revoked instead.
    licence_revoked: (&'static str, &'static str),
    /// Whether a suspension waits for a registrar still.
    waits: bool,
}

const fn course(
    before: &'static [&'static str],
    meanwhile: &'static [&'static str],
    at_work_again: (&'static str, &'static str),
    licence_revoked: (&'static str, &'static str),
    waits: bool,
) -> Course {
    Course { before, meanwhile, at_work_again, licence_revoked, waits }
}

const LOST: (&str, &str) = ("lost", "lost");
const RETURNED: (&str, &str) = ("returned", "left_agency");
const DOUBTED: (&str, &str) = ("suspended", "inquiry");
const REVOKED: (&str, &str) = ("revoked", "discipline");
const WITH_AGENCY: (&str, &str) = ("revoked", "licence_revoked");

const COURSES: &[Course] = &[
    course(&[], &[], ("active", "agency_reinstated"), WITH_AGENCY, false),
    course(&[], &["report_lost"], LOST, LOST, false),
    course(&[], &["return"], RETURNED, RETURNED, false),
    course(&[], &["report_lost", "return"], RETURNED, RETURNED, false),
    course(&[], &["suspend"], DOUBTED, WITH_AGENCY, true),
    course(&[], &["suspend", "report_lost"], LOST, LOST, true),
    course(&[], &["suspend", "return"], RETURNED, RETURNED, true),
    course(&[], &["revoke"], REVOKED, REVOKED, false),
    course(&["report_lost"], &[], LOST, LOST, false),
    course(&["report_lost"], &["return"], RETURNED, RETURNED, false),
    course(&["return"], &[], RETURNED, RETURNED, false),
    course(&["suspend"], &[], DOUBTED, WITH_AGENCY, true),
    course(&["suspend"], &["report_lost"], LOST, LOST, true),
    course(&["suspend"], &["return"], RETURNED, RETURNED, true),
    course(&["suspend", "report_lost"], &[], LOST, LOST, true),
    course(&["revoke"], &[], REVOKED, REVOKED, false),
];

/// Lets these events happen to a credential.
fn befall(app: &TestApp, agency: &TestAgency, credential: &Answer, events: &[&str]) {
    for event in events {
        let ground = match *event {
            "report_lost" => "lost",
            "return" => "left_agency",
            "suspend" => "inquiry",
            _ => "discipline",
        };
        let client = if *event == "return" { app.clerk(agency) } else { app.registrar() };
        let now = client.get(&credential.path("credentials")).expect(200);
        client.happen("credentials", &now, json!({ "event": event, "reason": "x", "ground": ground })).expect(201);
    }
}

on_both_databases! {
    fn what_was_lost_or_handed_in_stays_so_whatever_becomes_of_the_agency(db) {
        let app = TestApp::start(db);
        for decision in ["reinstate", "revoke_licence"] {
            let agency = app.central_agency();
            let writer = app.person(&agency).text("/id");
            let issue = || app.head(&agency).post("/api/v1/letters", &app.letter_form(&writer)).expect(201);
            let letters: Vec<Answer> = COURSES.iter().map(|_| issue()).collect();
            for (letter, course) in letters.iter().zip(COURSES) {
                befall(&app, &agency, letter, course.before);
            }
            decide(&app, &agency, "suspend");
            for (letter, course) in letters.iter().zip(COURSES) {
                befall(&app, &agency, letter, course.meanwhile);
            }
            decide(&app, &agency, decision);
            for (letter, course) in letters.iter().zip(COURSES) {
                let (state, ground) = if decision == "reinstate" { course.at_work_again } else { course.licence_revoked };
                assert_eq!(stands(&app, letter), (state.into(), ground.into()), "{course:?} {decision}");
                let verdict = app.verdict(&letter.text("/code")).0;
                assert_eq!(verdict, valid(state == "active"), "{course:?} {decision}");
            }
            if decision == "revoke_licence" {
                // Nothing of it comes back with the agency: another may be written.
                decide(&app, &agency, "reinstate");
            }
            for (letter, course) in letters.iter().zip(COURSES) {
                let state = stands(&app, letter).0;
                let now = app.registrar().get(&letter.path("credentials")).expect(200);
                let reinstate = json!({ "event": "reinstate", "reason": "x", "ground": "cleared" });
                let answer = app.registrar().happen("credentials", &now, reinstate);
                let waits = course.waits && state != "revoked";
                assert_eq!(answer.status, if waits { 201 } else { 409 }, "{course:?} {decision}");
                let expected = if waits && state == "suspended" { "active" } else { &state };
                assert_eq!(stands(&app, letter).0, expected, "{course:?} {decision}");
                if expected == "lost" {
                    let now = app.registrar().get(&letter.path("credentials")).expect(200);
                    let replace = json!({ "event": "replace", "reason": "x", "ground": "lost" });
                    app.registrar().happen("credentials", &now, replace).expect(201);
                }
            }
        }
    }

    fn what_was_lost_under_a_suspension_by_a_case_stays_lost_when_that_ends(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.collaborator_card(&agency, &app.collaborator(&agency).text("/id"));
        let answered = told(&app, &app.registrar(), &card).0;
        befall(&app, &agency, &card, &["report_lost"]);
        decide(&app, &agency, "revoke_licence");
        app.registrar().happen("cases", &answered, decision("none")).expect(201);
        assert_eq!(stands(&app, &card), ("lost".into(), "cleared".into()));
    }
}
