//! Whose card of before is to be handed in: through other names, other records and other work.

use super::{NONE, asked, event, happen, held, on_return, only};
use crate::agencies::successions::{carried_out, merger};
use crate::erasure::erased;
use crate::lookups::state_cards;
use crate::people::duplicates::{happen as merged, merge, pair};
use crate::people::splits::split;
use crate::returns::{keep, leave, queue, told};
use crate::state_cards::seen;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use crate::withdrawals::decide;
use serde_json::{Value, json};

on_both_databases! {
    fn a_card_that_nobody_is_known_to_hold_is_in_no_queue(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        state_cards(&app, &agency, &[("IBT00009", "Lê Thị Không Ai", "2026-01-02", "")]);
        let unknown = seen(&app.registrar(), "IBT00009");
        let (person, card) = asked(&app, &agency, "IBT00001");
        assert_eq!(only(&app.registrar(), "")["state_card"]["number"], "IBT00001");
        // A namesake comes to the agency: nobody can tell any more.
        app.named(&agency, &card.text("/name"));
        assert_eq!(queue(&app.registrar(), ""), NONE);
        keep(&app);
        let registrar = app.registrar();
        assert_eq!(registrar.history("state-cards", &card).pop().expect("an event")["type"], "state_card.return_settled");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM card_returns"), 0);
        decide(&app, &agency, "revoke_licence");
        keep(&app);
        assert_eq!(queue(&registrar, ""), NONE);
        assert!(registrar.get(&format!("/api/v1/people/{person}")).expect(200).text("/full_name") == card.text("/name"));
        // Of whom nobody could be asked here, the registrar answers that they were.
        happen(&registrar, &unknown, event("revoke", "not_returned")).expect(201);
    }

    fn nobody_is_to_hand_in_the_card_of_somebody_erased(db) {
        let app = TestApp::start(db);
        let (person, _) = asked(&app, &app.central_agency(), "IBT00001");
        // As long as it is valid nobody is erased.
        app.database.run("UPDATE state_cards SET valid_until = '2026-11-20'").expect("a card that ran out");
        erased(&app, &person);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM card_returns"), 0);
        assert_eq!(queue(&app.registrar(), ""), NONE);
    }

    fn whoever_comes_back_keeps_a_card_of_before_and_whoever_works_elsewhere_does_not(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let [(back, card), (gone, _)] = ["IBT00001", "IBT00002"].map(|number| asked(&app, &agency, number));
        let again = |agency: &TestAgency, person: &str| {
            let begun = format!(
                "INSERT INTO engagements (id, person_id, agency_id, kind, post, from_day) SELECT '{}', person_id, '{}', kind, post, \
                 '2026-11-22' FROM engagements WHERE person_id = '{person}'",
                format_args!("019aaaaa-0000-7000-8000-{:012}", app.serial()), agency.id
            );
            app.database.run(&begun).expect("work");
        };
        again(&agency, &back);
        again(&other, &gone);
        assert_eq!(only(&app.registrar(), "")["state_card"]["number"], "IBT00002");
        keep(&app);
        let registrar = app.registrar();
        assert_eq!(registrar.history("state-cards", &card).pop().expect("an event")["type"], "state_card.return_settled");
        let entry = only(&registrar, "");
        assert_eq!((&entry["agency_id"], &entry["due_at"]), (&json!(agency.id.to_string()), &json!("2026-12-14T17:00:00Z")));
        // What was said of that duty is not said of the next.
        app.set_time("2026-11-27T03:00:00Z");
        app.database.run(&format!("UPDATE engagements SET to_day = '2026-11-25' WHERE person_id = '{back}' AND to_day IS NULL")).expect("an end");
        keep(&app);
        let entries = queue(&app.registrar(), "");
        assert_eq!((&entries[0]["since"], told(&entries[0])), (&json!("2026-11-25T17:00:00Z"), ["agency card_to_return", "holder card_to_return"].map(String::from).to_vec()));
    }

    fn whose_name_has_changed_or_whose_record_was_taken_in_is_asked_for_the_card(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let (person, _) = held(&app, &agency, "IBT00001");
        let clerk = app.clerk(&agency);
        let path = format!("/api/v1/people/{person}");
        let known = clerk.get(&path).expect(200);
        clerk.patch(&path, &known.etag(), &json!({ "full_name": "Lê Thị Sầu Riêng" })).expect(200);
        keep(&app);
        assert_eq!(queue(&clerk, ""), NONE, "at work under another name");
        leave(&app, &agency, &person, "2026-11-21");
        keep(&app);
        let entry = only(&clerk, "");
        assert_eq!((&entry["person_id"], told(&entry).len()), (&json!(person), 2));
        // A record that is called otherwise, and took in the one whose name is on the card.
        let other = app.central_agency();
        let [stays, gone] = taken_in(&app, &agency, &other, "IBT00002");
        keep(&app);
        assert_eq!(queue(&app.clerk(&other), ""), NONE, "at work on another record");
        leave(&app, &other, &stays.text("/id"), "2026-11-21");
        keep(&app);
        let entry = only(&app.clerk(&other), "");
        assert_eq!((&entry["person_id"], &entry["state_card"]["name"]), (&json!(stays.text("/id")), &json!(gone.text("/full_name"))));
        assert_eq!(told(&entry), ["agency card_to_return", "holder card_to_return"]);
    }

    fn an_agency_that_took_people_over_finds_their_cards_by_the_names_of_records_that_theirs_took_in(db) {
        let app = TestApp::start(db);
        let [one, old, new] = [(); 3].map(|()| app.central_agency());
        let [stays, _] = taken_in(&app, &one, &old, "IBT00001");
        // Somebody else's, whose name nobody of theirs ever had.
        state_cards(&app, &old, &[("IBT00002", "Lê Thị Không Ai", "2026-01-02", "")]);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let clerk = app.clerk(&new);
        assert_eq!(clerk.list("/api/v1/state-cards", "/number"), ["IBT00001"]);
        assert_eq!(app.clerk(&one).list("/api/v1/state-cards", "/number"), [""; 0]);
        app.set_time("2026-11-27T03:00:00Z");
        leave(&app, &new, &stays.text("/id"), "2026-11-26");
        keep(&app);
        let entry = only(&app.again(&clerk), "");
        assert_eq!((&entry["person_id"], &entry["agency_id"]), (&json!(stays.text("/id")), &json!(new.id.to_string())));
    }

    fn what_was_decided_on_a_card_while_two_records_were_one_goes_back_with_a_split(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        state_cards(&app, &other, &[("IBT00001", &there.text("/full_name"), "2026-01-02", "")]);
        let card = seen(&app.registrar(), "IBT00001");
        leave(&app, &other, &there.text("/id"), "2026-11-21");
        keep(&app);
        merged(&app.registrar(), &found, merge(&here)).expect(201);
        let asked = json!({ "event": "request", "reason": "Đã gọi điện" });
        on_return(&app.clerk(&other), &card, asked).expect(201);
        app.set_time("2027-03-01T03:00:00Z");
        keep(&app);
        let registrar = app.registrar();
        on_return(&registrar, &card, json!({ "event": "set_aside", "reason": "Đang điều trị" })).expect(201);
        let reasons = |of: &Client, person: &Answer| {
            let path = format!("{}/events?limit=100", person.path("people"));
            let all = of.get(&path).expect(200).json();
            let of_card = |it: &&Value| it["type"].as_str().is_some_and(|name| name.starts_with("state_card."));
            let told = all["items"].as_array().expect("events").iter().filter(of_card);
            told.filter_map(|it| it["reason"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let own = app.holder(&here.text("/id"));
        assert_eq!(reasons(&own, &here), ["Đã gọi điện", "Đang điều trị"], "one human being");
        merged(&registrar, &found, split()).expect(201);
        let theirs = app.holder(&there.text("/id"));
        assert_eq!((reasons(&own, &here).len(), reasons(&theirs, &there).len()), (0, 2));
    }
}

/// A record that took another in, whose work and card of before are at the other agency: both as they were before.
fn taken_in(app: &TestApp, one: &TestAgency, other: &TestAgency, number: &str) -> [Answer; 2] {
    let mut form = app.person_form();
    let gone = app.entered(other, &form);
    state_cards(app, other, &[(number, &gone.text("/full_name"), "2026-01-02", "")]);
    form["full_name"] = "Lê Thị Măng Cụt".into();
    let stays = app.entered(one, &form);
    leave(app, one, &stays.text("/id"), "2026-11-20");
    let registrar = app.registrar();
    let found = registrar.list("/api/v1/duplicates?limit=100", "/id").pop().expect("a pair");
    let found = registrar.get(&format!("/api/v1/duplicates/{found}")).expect(200);
    merged(&registrar, &found, merge(&stays)).expect(201);
    app.holder(&stays.text("/id"));
    [stays, gone]
}
