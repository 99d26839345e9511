//! What an approval issues, and what gives way to it.

use super::{APPLICATIONS, asked, done, form, numbers, outcomes};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::json;

on_both_databases! {
    fn cards_are_issued_together_or_not_at_all(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let (first, second, third) = (app.person(&agency), app.person(&agency), app.person(&agency));
        let ids = [first.text("/id"), second.text("/id"), third.text("/id")];
        let submitted = app.submitted(&agency, &[&ids[0], &ids[1], &ids[2]]);
        let seen = || app.registrar().get(&submitted.path("applications")).expect(200);
        let unchanged = || {
            assert_eq!(outcomes(&seen()), ["pending"; 3]);
            assert_eq!(app.database.number("SELECT version AS value FROM applications"), 2);
            assert_eq!(numbers(&app), Vec::<String>::new());
            assert_eq!(
                app.database.texts("SELECT type AS value FROM events WHERE type LIKE 'credential.%'"),
                Vec::<String>::new()
            );
        };
        // A name of 120 characters is a name, but does not fit a card.
        let long = json!({ "full_name": "ễ".repeat(120) });
        let long = clerk.patch(&second.path("people"), &second.etag(), &long).expect(200);
        // Whoever decides has seen by which names.
        let unseen = app.registrar().happen("applications", &submitted, asked("approve"));
        unseen.expect_problem(412, "precondition-failed");
        let refused = app.registrar().happen("applications", &seen(), asked("approve"));
        refused.expect_invalid(&[("/people/1", "name_too_long")]);
        unchanged();
        let short = json!({ "full_name": "Trần Thị Cam" });
        clerk.patch(&second.path("people"), &long.etag(), &short).expect(200);
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-21" });
        let engagement = format!("{}/engagements/{}", third.path("people"), third.text("/engagements/0/id"));
        clerk.event(&engagement, &third.etag(), end).expect(201);
        let refused = app.registrar().happen("applications", &seen(), asked("approve"));
        refused.expect_invalid(&[("/people/2", "unknown_person")]);
        unchanged();
        let approve = json!({ "event": "approve", "people": [ids[1], ids[0]] });
        app.registrar().happen("applications", &seen(), approve).expect(201);
        assert_eq!(numbers(&app), ["000001", "000002"], "no number was lost");
    }

    fn a_card_is_issued_to_whoever_still_works_in_the_capacity_that_it_is_for(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        for (kind, other) in [("press_card", "collaborator"), ("collaborator_card", "staff")] {
            let person = if kind == "press_card" { app.person(&agency) } else { app.collaborator(&agency) };
            let clerk = app.clerk(&agency);
            let draft = clerk.post(APPLICATIONS, &form(kind, "first", &[&person.text("/id")])).expect(201);
            let submitted = done(&app, &agency, &draft, "submit");
            let engagements = format!("{}/engagements", person.path("people"));
            let path = format!("{engagements}/{}", person.text("/engagements/0/id"));
            let end = json!({ "event": "end", "reason": "Đổi hợp đồng", "to": "2026-11-21" });
            let ended = clerk.event(&path, &person.etag(), end).expect(201);
            let approve = || {
                let seen = app.registrar().get(&submitted.path("applications")).expect(200);
                app.registrar().happen("applications", &seen, asked("approve"))
            };
            approve().expect_invalid(&[("/people/0", "unknown_person")]);
            let begin = json!({ "kind": other, "post": "Phóng viên", "from": "2026-11-22" });
            clerk.post_with(&engagements, &[("if-match", &ended.etag())], &begin).expect(201);
            approve().expect_invalid(&[("/people/0", "wrong_engagement")]);
            let reasons = json!({ "event": "approve", "reason": "Đã xem xét" });
            let refused = app.registrar().happen("applications", &submitted, reasons);
            refused.expect_invalid(&[("/people/0", "wrong_engagement")]);
        }
        assert_eq!(numbers(&app), Vec::<String>::new());
    }

    fn cards_begin_on_the_day_of_the_grant_in_viet_nam_and_last_five_years(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        // 22 November, 23:59:59 in Việt Nam, and one second later.
        app.at(14 * 3_600 - 1);
        let before = app.issued_card(&agency);
        app.at(14 * 3_600);
        let after = app.issued_card(&agency);
        let dates = |card: &Answer| (card.text("/valid_from"), card.text("/valid_until"));
        assert_eq!(dates(&before), ("2026-11-21T17:00:00Z".into(), "2031-11-21T17:00:00Z".into()));
        assert_eq!(dates(&after), ("2026-11-22T17:00:00Z".into(), "2031-11-22T17:00:00Z".into()));
        assert_eq!((before.text("/number"), after.text("/number")), ("000001".into(), "000002".into()));
        let issuer = app.anonymous().get("/.well-known/press-registry/issuer").expect(200).json();
        let keys = issuer["keys"].as_array().expect("keys");
        let active = keys.iter().find(|key| key["use"] == "card" && key["state"] == "active").expect("a key");
        assert_eq!(after.text("/kid"), active["kid"].as_str().expect("a kid"));
        assert_ne!(before.json()["status_index"], after.json()["status_index"]);
        assert_eq!(app.verdict(&before.text("/code")).0, "valid");
    }

    fn a_collaborators_card_has_a_number_of_its_own_and_lasts_a_year(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.collaborator(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("collaborator_card", "first", &[&person])).expect(201);
        let approved = done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
        let card = &approved.json()["credentials"][0];
        assert_eq!((&card["kind"], &card["number"]), (&json!("collaborator_card"), &json!("CTV-000001")));
        assert_eq!(card["valid_until"], "2027-11-21T17:00:00Z");
        assert_eq!(app.verdict(card["code"].as_str().expect("a code")).0, "valid");
    }

    fn a_new_card_takes_the_place_of_the_old_one(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        for (basis, ground) in [("renewal", "renewed"), ("exchange", "agency_changed"), ("reissue", "damaged")] {
            let old = app.issued_card(&agency);
            app.pass(60);
            let renewal = form("press_card", basis, &[&old.text("/person_id")]);
            let draft = app.clerk(&agency).post(APPLICATIONS, &renewal).expect(201);
            let approved = done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
            let new = approved.json()["credentials"][0].clone();
            let replaced = app.registrar().get(&old.path("credentials")).expect(200);
            let told = ["/state", "/ground", "/replaced_by"].map(|pointer| replaced.text(pointer));
            assert_eq!(told, ["replaced", ground, new["id"].as_str().expect("an id")]);
            assert_eq!(app.verdict(&old.text("/code")), ("not_valid".into(), Some("withdrawn".into())));
            assert_eq!(app.verdict(new["code"].as_str().expect("a code")).0, "valid");
            assert_ne!(new["number"], old.text("/number").as_str(), "a number is given once");
        }
    }

    fn a_human_being_has_one_press_card_whichever_agency_proposed_it(db) {
        let app = TestApp::start(db);
        let (former, next) = (app.central_agency(), app.central_agency());
        let person = app.person_form();
        let enter = |agency: &TestAgency| app.entered(agency, &person).text("/id");
        let old = app.issued_to(&former, &enter(&former));
        let moved = enter(&next);
        let apply = |basis: &str| {
            let draft = app.clerk(&next).post(APPLICATIONS, &form("press_card", basis, &[&moved])).expect(201);
            done(&app, &next, &draft, "submit")
        };
        // The new agency cannot know of the card; the ministry does.
        let first = apply("first");
        app.registrar().happen("applications", &first, asked("approve")).expect_problem(409, "wrong-state");
        done(&app, &next, &first, "withdraw");
        let approved = done(&app, &next, &apply("exchange"), "approve");
        assert_eq!(app.verdict(&old.text("/code")).1.as_deref(), Some("withdrawn"));
        assert_eq!(app.verdict(&approved.text("/credentials/0/code")).0, "valid");
        let replaced = app.head(&former).get(&old.path("credentials")).expect(200);
        assert_eq!((replaced.text("/state"), replaced.text("/ground")), ("replaced".into(), "agency_changed".into()));
    }

    fn a_human_being_has_one_collaborators_card_of_an_agency_on_however_many_records(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let mut person = app.person_form();
        person["engagement"]["kind"] = "collaborator".into();
        let enter_from = |agency: &TestAgency, from: &str| {
            let mut person = person.clone();
            person["engagement"]["from"] = from.into();
            app.entered(agency, &person)
        };
        let enter = |agency: &TestAgency| enter_from(agency, "2020-01-02");
        let apply = |agency: &TestAgency, id: &str, basis: &str| {
            let draft = app.clerk(agency).post(APPLICATIONS, &form("collaborator_card", basis, &[id])).expect(201);
            done(&app, agency, &draft, "submit")
        };
        let first = enter(&agency);
        let old = done(&app, &agency, &apply(&agency, &first.text("/id"), "first"), "approve").text("/credentials/0/id");
        let old = format!("/api/v1/credentials/{old}");
        // Leaves, which ends the card, and is entered once more: the same record, engaged again.
        let engagement = format!("{}/engagements/{}", first.path("people"), first.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &first.etag(), json!({ "event": "end", "reason": "x" })).expect(201);
        app.pass(86_400);
        let again = enter_from(&agency, "2026-11-23").text("/id");
        assert_eq!(again, first.text("/id"));
        let new = done(&app, &agency, &apply(&agency, &again, "first"), "approve").text("/credentials/0/id");
        let new = format!("/api/v1/credentials/{new}");
        let registrar = app.registrar();
        let event = |path: &str, event: &str, ground: &str| {
            let asked = json!({ "event": event, "reason": "x", "ground": ground });
            registrar.event(path, &registrar.get(path).expect(200).etag(), asked)
        };
        event(&old, "reinstate", "prosecution_ended").expect_problem(409, "wrong-state");
        // Another agency's is another card, unless the one is suspended.
        let elsewhere = enter(&other).text("/id");
        let there = apply(&other, &elsewhere, "first");
        event(&new, "suspend", "inquiry").expect(201);
        app.registrar().happen("applications", &there, asked("approve")).expect_problem(409, "wrong-state");
        event(&new, "reinstate", "cleared").expect(201);
        done(&app, &other, &there, "approve");
        assert_eq!(registrar.get(&new).expect(200).text("/state"), "active");
        done(&app, &agency, &apply(&agency, &again, "renewal"), "approve");
        assert_eq!(registrar.get(&new).expect(200).text("/state"), "replaced");
        assert_eq!(registrar.get(&old).expect(200).text("/state"), "revoked");
    }
}
