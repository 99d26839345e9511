//! Renewal of all cards of an agency that expire before a day, in one application; and a card granted anew for a lost one.

use super::{APPLICATIONS, asked, done, form};
use crate::agencies::successions::{carried_out, merger};
use crate::lookups::state_cards;
use crate::state_cards::seen;
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

fn campaign(before: &str) -> Value {
    json!({ "kind": "press_card", "basis": "renewal", "expiring_before": before })
}

fn people(application: &Answer) -> Vec<String> {
    let json = application.json();
    let people = json["people"].as_array().expect("people").iter();
    people.map(|it| it["person_id"].as_str().expect("an id").to_owned()).collect()
}

/// A card of this person that was reported lost, as it stands.
fn lost(app: &TestApp, agency: &TestAgency) -> Answer {
    let card = app.issued_card(agency);
    let event = json!({ "event": "report_lost", "reason": "Mất túi trên tàu", "ground": "lost" });
    app.head(agency).happen("credentials", &card, event).expect(201)
}

on_both_databases! {
    fn the_registry_chooses_whose_cards_expire_before_a_day(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [first, suspended, gone, proposed] = [(); 4].map(|()| app.issued_card(&agency));
        app.issued_card(&app.central_agency());
        app.set_time("2026-12-24T03:00:00Z");
        let last = app.issued_card(&agency);
        let registrar = app.registrar();
        let suspend = json!({ "event": "suspend", "reason": "Xác minh", "ground": "inquiry" });
        registrar.happen("credentials", &suspended, suspend).expect(201);
        let clerk = app.clerk(&agency);
        let person = clerk.get(&format!("/api/v1/people/{}", gone.text("/person_id"))).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        clerk.event(&engagement, &person.etag(), json!({ "event": "end", "reason": "x", "to": "2026-12-01" })).expect(201);
        clerk.post(APPLICATIONS, &form("press_card", "renewal", &[&proposed.text("/person_id")])).expect(201);

        // The last day of the first cards is 21 November 2031.
        clerk.post(APPLICATIONS, &campaign("2031-11-21")).expect_invalid(&[("/expiring_before", "nobody")]);
        let draft = clerk.post(APPLICATIONS, &campaign("2031-11-22")).expect(201);
        assert_eq!((people(&draft), &draft.json()["left"]), (vec![first.text("/person_id")], &json!(0)));
        assert_eq!(clerk.get(&draft.path("applications")).expect(200).json().get("left"), None);
        // Whoever is proposed already is not chosen again.
        clerk.post(APPLICATIONS, &campaign("2031-11-22")).expect_invalid(&[("/expiring_before", "nobody")]);
        let later = clerk.post(APPLICATIONS, &campaign("2032-01-01")).expect(201);
        assert_eq!(people(&later), [last.text("/person_id")]);
        let approved = done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
        assert_eq!(approved.json()["credentials"].as_array().map(Vec::len), Some(1));
    }

    fn whoever_holds_a_card_that_ended_yesterday_is_chosen_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [late, gone, renewed, lost] = [(); 4].map(|()| app.issued_card(&agency));
        let person = app.clerk(&agency).get(&format!("/api/v1/people/{}", gone.text("/person_id"))).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        let end = json!({ "event": "end", "reason": "x", "to": "2031-11-01" });
        app.clerk(&agency).event(&engagement, &person.etag(), end).expect(201);
        let report = json!({ "event": "report_lost", "reason": "Mất túi trên tàu", "ground": "lost" });
        app.head(&agency).happen("credentials", &lost, report).expect(201);
        // The last day of all four is 21 November 2031.
        app.set_time("2031-11-22T03:00:00Z");
        app.issued_to(&agency, &renewed.text("/person_id"));
        let clerk = app.clerk(&agency);
        let draft = clerk.post(APPLICATIONS, &campaign("2031-12-01")).expect(201);
        assert_eq!((people(&draft), &draft.json()["left"]), (vec![late.text("/person_id")], &json!(0)));
        done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
        clerk.post(APPLICATIONS, &campaign("2031-12-01")).expect_invalid(&[("/expiring_before", "nobody")]);
    }

    fn whoever_holds_a_card_of_before_is_chosen_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [soon, lapsed, renewed, lost, gone, proposed, granted] = [(); 7].map(|()| app.person(&agency));
        let name = |person: &Answer| person.text("/full_name");
        let cards = [
            ("IBT00001", name(&soon), "2026-01-02", "2030-12-31"),
            ("IBT00002", name(&lapsed), "2021-05-01", ""),
            ("IBT00003", name(&renewed), "2021-05-01", ""),
            ("IBT00004", name(&renewed), "2026-01-02", ""),
            ("IBT00005", name(&lost), "2021-05-01", ""),
            ("IBT00006", name(&gone), "2021-05-01", ""),
            ("IBT00007", name(&proposed), "2026-01-02", ""),
            ("IBT00008", name(&granted), "2021-05-01", ""),
            ("IBT00009", "Lê Thị Sầu Riêng".to_owned(), "2021-05-01", ""),
        ];
        state_cards(&app, &agency, &cards.each_ref().map(|(number, name, from, to)| (*number, &**name, *from, *to)));
        app.issued_to(&agency, &granted.text("/id"));
        let ours = app.issued_card(&agency);
        let clerk = app.clerk(&agency);
        let report = json!({ "event": "report_lost", "reason": "Mất túi trên tàu" });
        clerk.happen("state-cards", &seen(&clerk, "IBT00005"), report).expect(201);
        let engagement = format!("{}/engagements/{}", gone.path("people"), gone.text("/engagements/0/id"));
        let end = json!({ "event": "end", "reason": "x", "to": "2026-11-22" });
        clerk.event(&engagement, &gone.etag(), end).expect(201);
        app.set_time("2026-11-23T03:00:00Z");
        let clerk = app.clerk(&agency);
        clerk.post(APPLICATIONS, &form("press_card", "renewal", &[&proposed.text("/id")])).expect(201);

        let chosen = |before: &str| {
            let draft = clerk.post(APPLICATIONS, &campaign(before)).expect(201);
            clerk.happen("applications", &draft, asked("withdraw")).expect(201);
            assert_eq!(draft.json()["left"], 0);
            // As they were chosen: they are shown by their names.
            let rows = "SELECT person_id AS value FROM application_people WHERE application_id =";
            app.database.texts(&format!("{rows} '{}' ORDER BY position", draft.text("/id")))
        };
        clerk.post(APPLICATIONS, &campaign("2026-03-31")).expect_invalid(&[("/expiring_before", "nobody")]);
        let [soon, lapsed, renewed, granted] = [soon, lapsed, renewed, granted].map(|it| it.text("/id"));
        assert_eq!(chosen("2026-04-01"), [&*lapsed]);
        assert_eq!(chosen("2031-01-01"), [&*lapsed, &soon]);
        assert_eq!(chosen("2031-01-02"), [&*lapsed, &soon, &renewed]);
        // Ours beside them, each in its turn, and nobody twice.
        assert_eq!(chosen("2031-11-22"), [&*lapsed, &soon, &renewed, &granted, &ours.text("/person_id")]);
        // Collaborators' cards are others.
        let mut others = campaign("2031-11-22");
        others["kind"] = "collaborator_card".into();
        clerk.post(APPLICATIONS, &others).expect_invalid(&[("/expiring_before", "nobody")]);
        // With a card of ours the one of before is done with.
        let draft = clerk.post(APPLICATIONS, &campaign("2026-04-01")).expect(201);
        done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
        assert_eq!(chosen("2031-01-01"), [&*soon]);
        // Whoever went over to another agency is renewed there.
        let other = app.central_agency();
        carried_out(&app, "mergers", &merger(&[&agency], &other));
        let draft = app.clerk(&other).post(APPLICATIONS, &campaign("2031-01-01")).expect(201);
        assert_eq!(people(&draft), [&*soon]);
    }

    fn a_day_chooses_people_of_a_renewal_alone(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let clerk = app.clerk(&agency);
        let with = |more: Value| {
            let mut form = campaign("2031-11-22");
            for (name, value) in more.as_object().expect("an object") {
                form[name] = value.clone();
            }
            clerk.post(APPLICATIONS, &form)
        };
        with(json!({ "people": [person] })).expect_invalid(&[("/people", "chosen_by_day")]);
        with(json!({ "expiring_before": "22/11/2031" })).expect_invalid(&[("/expiring_before", "not_a_date")]);
        let basis = with(json!({ "basis": "first" })).expect(422);
        assert!(basis.body_text().contains("not_for_this_basis"), "{}", basis.body_text());
        clerk.post(APPLICATIONS, &json!({ "kind": "press_card", "basis": "renewal" })).expect_invalid(&[("/people", "empty")]);
        app.registrar().post(APPLICATIONS, &campaign("2031-11-22")).expect_problem(403, "forbidden");
    }

    fn a_lost_card_is_granted_anew_once_the_police_confirmed_the_loss(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = lost(&app, &agency);
        let person = card.text("/person_id");
        let (clerk, head) = (app.clerk(&agency), app.head(&agency));
        let draft = clerk.post(APPLICATIONS, &form("press_card", "reissue", &[&person])).expect(201);
        let pointer = format!("/police_references/{person}");
        head.happen("applications", &draft, asked("submit")).expect_invalid(&[(&pointer, "police_reference_required")]);
        let with = |reference: &str| json!({ "event": "submit", "police_references": { &person: reference } });
        head.happen("applications", &draft, with("")).expect_invalid(&[(&pointer, "empty")]);
        let stranger = json!({ "event": "submit", "police_references": { "x": "1" } });
        head.happen("applications", &draft, stranger).expect_invalid(&[("/police_references/x", "unknown_person")]);
        let submitted = head.happen("applications", &draft, with("Số 12/CAP-2026")).expect(201);
        assert_eq!(submitted.text("/people/0/police_reference"), "Số 12/CAP-2026");
        let late = json!({ "event": "approve", "police_references": { &person: "Số 13" } });
        app.registrar().happen("applications", &submitted, late).expect_invalid(&[("/police_references", "not_for_this_event")]);
        let approved = app.registrar().happen("applications", &submitted, asked("approve")).expect(201);
        assert_eq!(app.verdict(&approved.text("/credentials/0/code")).0, "valid");
        let old = app.registrar().get(&card.path("credentials")).expect(200);
        assert_eq!((old.text("/state"), old.text("/ground")), ("replaced".into(), "lost".into()));
        // It is told apart from what is no person's own.
        let open = "SELECT COUNT(*) AS value FROM events WHERE data LIKE '%12/CAP%'";
        let own = "SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%12/CAP%'";
        assert_eq!((app.database.number(open), app.database.number(own)), (0, 1));
    }

    fn a_lost_card_is_granted_anew_on_no_other_basis(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = lost(&app, &agency);
        let person = card.text("/person_id");
        let clerk = app.clerk(&agency);
        for basis in ["first", "renewal", "exchange"] {
            clerk.post(APPLICATIONS, &form("press_card", basis, &[&person])).expect_invalid(&[("/people/0", "lost")]);
        }
        // Reported lost between the draft and the submission, and between that and the decision.
        let event = json!({ "event": "report_lost", "reason": "Mất túi trên tàu", "ground": "lost" });
        for basis in ["renewal", "exchange"] {
            let held = app.issued_card(&agency);
            let draft = clerk.post(APPLICATIONS, &form("press_card", basis, &[&held.text("/person_id")])).expect(201);
            app.head(&agency).happen("credentials", &held, event.clone()).expect(201);
            app.head(&agency).happen("applications", &draft, asked("submit")).expect_invalid(&[("/people/0", "lost")]);
            let held = app.issued_card(&agency);
            let draft = clerk.post(APPLICATIONS, &form("press_card", basis, &[&held.text("/person_id")])).expect(201);
            let submitted = done(&app, &agency, &draft, "submit");
            app.head(&agency).happen("credentials", &held, event.clone()).expect(201);
            app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
            assert_eq!(app.registrar().get(&held.path("credentials")).expect(200).text("/state"), "lost");
        }
        // A registrar who replaces it says nothing else of it.
        let replace = json!({ "event": "replace", "reason": "QĐ 5/2026" });
        let replaced = app.registrar().happen("credentials", &card, replace).expect(201);
        assert_eq!((replaced.text("/state"), replaced.text("/ground")), ("replaced".into(), "lost".into()));
    }

    fn a_card_that_was_lost_at_another_agency_is_no_way_round_the_police(db) {
        let app = TestApp::start(db);
        let (former, next) = (app.central_agency(), app.central_agency());
        let person = app.person_form();
        let enter = |agency: &TestAgency| app.entered(agency, &person).text("/id");
        let card = app.issued_to(&former, &enter(&former));
        let event = json!({ "event": "report_lost", "reason": "Mất túi trên tàu", "ground": "lost" });
        app.head(&former).happen("credentials", &card, event).expect(201);
        let moved = enter(&next);
        // The agency cannot know of it; the ministry does.
        for basis in ["first", "exchange", "reissue"] {
            let draft = app.clerk(&next).post(APPLICATIONS, &form("press_card", basis, &[&moved])).expect(201);
            let submitted = done(&app, &next, &draft, "submit");
            app.registrar().happen("applications", &submitted, asked("approve")).expect_problem(409, "wrong-state");
            done(&app, &next, &submitted, "withdraw");
        }
        let mut reissue = form("press_card", "reissue", &[&moved]);
        reissue["police_references"] = json!({ &moved: "Số 12/CAP-2026" });
        let draft = app.clerk(&next).post(APPLICATIONS, &reissue).expect(201);
        done(&app, &next, &done(&app, &next, &draft, "submit"), "approve");
        let old = app.registrar().get(&card.path("credentials")).expect(200);
        assert_eq!((old.text("/state"), old.text("/ground")), ("replaced".into(), "lost".into()));
    }

    fn a_loss_is_stated_of_a_reissue_alone(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let person = card.text("/person_id");
        let clerk = app.clerk(&agency);
        let mut renewal = form("press_card", "renewal", &[&person]);
        renewal["police_references"] = json!({ &person: "Số 12" });
        clerk.post(APPLICATIONS, &renewal).expect_invalid(&[("/police_references", "not_for_this_basis")]);
        // A card that is only damaged gives way to the new one, and needs no police.
        let draft = clerk.post(APPLICATIONS, &form("press_card", "reissue", &[&person])).expect(201);
        done(&app, &agency, &done(&app, &agency, &draft, "submit"), "approve");
        let old = app.registrar().get(&card.path("credentials")).expect(200);
        assert_eq!((old.text("/state"), old.text("/ground")), ("replaced".into(), "damaged".into()));
    }
}
