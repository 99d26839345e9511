//! What an application must say, and when that is looked at.

use super::{APPLICATIONS, application_in, asked, done, form, numbers};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn every_mistake_of_a_form_is_told(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let post = |body: &Value| clerk.post(APPLICATIONS, body);
        post(&form("passport", "birthday", &["x"])).expect_invalid(&[
            ("/kind", "unknown_kind"),
            ("/basis", "unknown_basis"),
            ("/people/0", "not_an_id"),
        ]);
        post(&form("introduction_letter", "first", &[]))
            .expect_invalid(&[("/kind", "unknown_kind"), ("/people", "empty")]);
        let many: Vec<String> = (0..501).map(|n| format!("01890a5d-ac96-774b-bcce-{n:012x}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        post(&form("press_card", "first", &many)).expect_invalid(&[("/people", "too_many")]);
        let (person, collaborator) = (app.person(&agency).text("/id"), app.collaborator(&agency).text("/id"));
        let stranger = app.person(&app.central_agency()).text("/id");
        post(&form("press_card", "first", &[&person, &person])).expect_invalid(&[("/people/1", "twice")]);
        post(&form("press_card", "first", &[&person, &collaborator, &stranger, many[0]])).expect_invalid(&[
            ("/people/1", "wrong_engagement"),
            ("/people/2", "unknown_person"),
            ("/people/3", "unknown_person"),
        ]);
        post(&form("collaborator_card", "first", &[&person])).expect_invalid(&[("/people/0", "wrong_engagement")]);
        assert_eq!(clerk.list(APPLICATIONS, "/id"), Vec::<String>::new());
    }

    fn a_person_is_proposed_once_at_a_time(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let draft = app.draft(&agency, &[&person]);
        let post = || app.clerk(&agency).post(APPLICATIONS, &form("press_card", "first", &[&person]));
        post().expect_invalid(&[("/people/0", "already_proposed")]);
        let submitted = done(&app, &agency, &draft, "submit");
        post().expect_invalid(&[("/people/0", "already_proposed")]);
        done(&app, &agency, &submitted, "withdraw");
        post().expect(201);
    }

    fn a_first_card_is_for_who_holds_none_and_no_card_undoes_a_suspension(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let person = card.text("/person_id");
        let post = |basis: &str| app.clerk(&agency).post(APPLICATIONS, &form("press_card", basis, &[&person]));
        post("first").expect_invalid(&[("/people/0", "already_holds")]);
        let suspend = json!({ "event": "suspend", "reason": "x", "ground": "inquiry" });
        let suspended = app.registrar().happen("credentials", &card, suspend.clone()).expect(201);
        for basis in ["first", "renewal", "exchange", "reissue"] {
            post(basis).expect_invalid(&[("/people/0", "suspended")]);
        }
        // Suspended only after the agency applied: it is found at the decision.
        let reinstated =
            app.registrar().happen("credentials", &suspended, json!({ "event": "reinstate", "reason": "x" }));
        let submitted =
            app.head(&agency).happen("applications", &post("renewal").expect(201), asked("submit")).expect(201);
        app.registrar().happen("credentials", &reinstated.expect(201), suspend).expect(201);
        app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
        assert_eq!(numbers(&app), [card.text("/number")]);
    }

    fn a_suspension_is_not_undone_by_handing_the_card_in_or_losing_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let happen = |client: &Client, card: &Answer, event: &str| {
            let ground = (event == "revoke").then_some("error");
            client.happen("credentials", card, json!({ "event": event, "reason": "x", "ground": ground }))
        };
        for (way, decision) in [
            (&["return"][..], "reinstate"),
            (&["return"], "revoke"),
            (&["report_lost"], "reinstate"),
            (&["report_lost"], "revoke"),
            (&["report_lost", "return"], "revoke"),
        ] {
            let card = app.issued_card(&agency);
            let person = card.text("/person_id");
            let post = || app.clerk(&agency).post(APPLICATIONS, &form("press_card", "renewal", &[&person]));
            let submitted = app.head(&agency).happen("applications", &post().expect(201), asked("submit")).expect(201);
            let mut gone = happen(&app.registrar(), &card, "suspend").expect(201);
            for event in way {
                gone = happen(&app.clerk(&agency), &gone, event).expect(201);
            }
            let approve = || app.registrar().happen("applications", &submitted, asked("approve"));
            approve().expect_problem(409, "wrong-state");
            done(&app, &agency, &submitted, "withdraw");
            post().expect_invalid(&[("/people/0", "suspended")]);
            // Nor by a replacement: what was suspended is decided on first, and only a registrar decides.
            happen(&app.registrar(), &gone, "replace").expect_problem(409, "wrong-state");
            happen(&app.head(&agency), &gone, decision).expect_problem(403, "forbidden");
            let decided = happen(&app.registrar(), &gone, decision).expect(201);
            let state = if decision == "revoke" { "revoked".to_owned() } else { gone.text("/state") };
            assert_eq!(decided.text("/state"), state, "{way:?}");
            assert_eq!(app.verdict(&card.text("/code")).1.as_deref(), Some("withdrawn"), "it is not good again");
            // What is lost is granted anew once the police confirmed it.
            match decided.text("/state") == "lost" {
                true => post().expect_invalid(&[("/people/0", "lost")]),
                false => post().expect(201),
            };
            if decision == "reinstate" {
                happen(&app.registrar(), &decided, "reinstate").expect_problem(409, "wrong-state");
            }
        }
    }

    fn what_is_handed_in_again_is_looked_at_again(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, leaving) = (app.person(&agency), app.person(&agency));
        let ids = [person.text("/id"), leaving.text("/id")];
        let submitted = app.submitted(&agency, &[&ids[0], &ids[1]]);
        let returned = done(&app, &agency, &submitted, "return");
        let submit = || app.head(&agency).happen("applications", &returned, asked("submit"));
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-21" });
        let engagement = format!("{}/engagements/{}", leaving.path("people"), leaving.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &leaving.etag(), end).expect(201);
        let another = app.draft(&agency, &[&ids[0]]);
        submit().expect_invalid(&[("/people/0", "already_proposed"), ("/people/1", "unknown_person")]);
        let another = done(&app, &agency, &another, "submit");
        done(&app, &agency, &another, "approve");
        submit().expect_invalid(&[("/people/0", "already_holds"), ("/people/1", "unknown_person")]);
    }

    fn events_need_what_they_need_and_take_no_more(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let application = application_in(&app, &agency, "submitted");
        let person = application.text("/people/0/person_id");
        let registrar = app.registrar();
        let event = |body: Value| registrar.happen("applications", &application, body);
        for decision in ["return", "refuse"] {
            event(json!({ "event": decision })).expect_invalid(&[("/reason", "missing")]);
            event(json!({ "event": decision, "reason": " " })).expect_invalid(&[("/reason", "empty")]);
        }
        event(json!({ "event": "refuse", "reason": "x".repeat(501), "people": ["x"] }))
            .expect_invalid(&[("/reason", "too_long"), ("/people/0", "not_an_id")]);
        event(json!({ "event": "lose" })).expect_invalid(&[("/event", "unknown_event")]);
        event(json!({ "event": "approve", "number": "1" })).expect_invalid(&[("/number", "unknown_field")]);
        let withdraw = json!({ "event": "withdraw", "people": [person] });
        app.clerk(&agency)
            .happen("applications", &application, withdraw)
            .expect_invalid(&[("/people", "not_for_this_event")]);
    }

    fn an_agency_needs_a_short_name_before_its_first_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let path = format!("/api/v1/agencies/{}", agency.id);
        let change = json!({ "short_name": null });
        app.registrar().patch(&path, &agency.etag, &change).expect(200);
        let person = app.person(&agency).text("/id");
        let post = || app.clerk(&agency).post(APPLICATIONS, &form("press_card", "first", &[&person]));
        post().expect_problem(409, "wrong-state");
    }

    fn who_left_the_agency_is_not_handed_in(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let draft = app.draft(&agency, &[&person.text("/id")]);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &person.etag(), json!({ "event": "end", "reason": "x" })).expect(201);
        app.at(DAY);
        let submit = app.head(&agency).happen("applications", &draft, asked("submit"));
        submit.expect_invalid(&[("/people/0", "unknown_person")]);
    }
}
