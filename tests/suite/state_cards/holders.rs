//! Whose a card of before is: by its name at its agency, through other names, other agencies and erasures.

use super::{CARDS, Counted, NAME, event, seen};
use crate::agencies::successions::{carried_out, merger, parted};
use crate::erasure::erased;
use crate::lookups::{look_up, state_cards};
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::domain::ids::{Id as _, PersonId};
use press_registry::domain::printed::CardNumber;
use press_registry::store::eligibility::cards_of_before;
use press_registry::store::state_cards as rows;
use serde_json::json;
use std::collections::BTreeSet;

/// Whose a card of before is known to be.
fn holder_of(app: &TestApp, number: &str) -> Option<String> {
    let key = CardNumber::parse(number).expect("a number").key();
    let holder = app.registry.store.read(|db| {
        let card = rows::by_number_key(db, &key)?.expect("a card");
        rows::holder(db, &card)
    });
    holder.expect("a database").map(|id| id.to_string())
}

/// Enters another name of somebody.
fn rename(app: &TestApp, agency: &TestAgency, person: &str, name: &str) -> Answer {
    let (clerk, path) = (app.clerk(agency), format!("/api/v1/people/{person}"));
    let known = clerk.get(&path).expect(200);
    clerk.patch(&path, &known.etag(), &json!({ "full_name": name })).expect(200)
}

on_both_databases! {
    fn a_holder_reports_the_card_lost_that_is_known_to_be_theirs(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [person, colleague] = [(); 2].map(|()| app.person(&agency));
        let [name, other] = [&person, &colleague].map(|it| it.text("/full_name"));
        state_cards(&app, &agency, &[("IBT00001", &name, "2026-01-02", ""), ("IBT00002", &other, "2026-01-02", "")]);
        let holder = app.holder(&person.text("/id"));
        assert_eq!(holder.list(CARDS, "/number"), ["IBT00001"]);
        let own = seen(&holder, "IBT00001");
        let foreign = seen(&app.registrar(), "IBT00002");
        holder.get(&foreign.path("state-cards")).expect_problem(404, "not-found");
        holder.happen("state-cards", &foreign, event("report_lost", "lost")).expect_problem(404, "not-found");
        holder.happen("state-cards", &own, event("return", "damaged")).expect_problem(403, "forbidden");
        holder.happen("state-cards", &own, json!({ "event": "burn" })).expect_invalid(&[
            ("/event", "unknown_event"),
            ("/reason", "missing"),
        ]);
        let lost = holder.happen("state-cards", &own, event("report_lost", "lost")).expect(201);
        assert_eq!((lost.text("/state"), holder.history("state-cards", &own).len()), ("lost".into(), 2));
        assert_eq!(look_up(&app.official(), "IBT00001", &name), "not_valid");
        // Of two of one name it is nobody's that is known.
        app.named(&agency, &other);
        let colleague = app.holder(&colleague.text("/id"));
        assert_eq!(colleague.list(CARDS, "/number"), [""; 0]);
        colleague.get(&foreign.path("state-cards")).expect_problem(404, "not-found");
    }

    fn a_card_goes_over_to_the_agency_that_took_over_its_holder(db) {
        let app = TestApp::start(db);
        let [old, new, other] = [(); 3].map(|()| app.central_agency());
        let person = app.person(&old);
        let name = person.text("/full_name");
        state_cards(&app, &old, &[("IBT00001", &name, "2026-01-02", ""), ("IBT00002", NAME, "2026-01-02", "")]);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let clerk = app.clerk(&new);
        // Of whoever went over; of nobody's card whose holder is not on record.
        assert_eq!(clerk.list(CARDS, "/number"), ["IBT00001"]);
        assert_eq!(app.clerk(&other).list(CARDS, "/number"), [""; 0]);
        let card = seen(&clerk, "IBT00001");
        clerk.get(&seen(&app.registrar(), "IBT00002").path("state-cards")).expect_problem(404, "not-found");
        clerk.happen("state-cards", &card, event("report_lost", "lost")).expect(201);
    }

    fn a_namesake_at_the_other_part_of_an_agency_is_somebody_else(db) {
        let app = TestApp::start(db);
        let [old, part] = [(); 2].map(|()| app.central_agency());
        let (stays, goes) = (app.person(&old), app.person(&old));
        let name = stays.text("/full_name");
        app.named(&part, &name);
        state_cards(&app, &old, &[("IBT00001", &name, "2026-01-02", "")]);
        carried_out(&app, "splits", &parted(&old, &part, &[&goes.text("/id")]));
        let clerk = app.clerk(&part);
        assert_eq!(clerk.list(CARDS, "/number"), [""; 0]);
        let card = seen(&app.clerk(&old), "IBT00001");
        clerk.get(&card.path("state-cards")).expect_problem(404, "not-found");
        clerk.happen("state-cards", &card, event("report_lost", "lost")).expect_problem(404, "not-found");
    }

    fn a_card_stays_its_holders_whose_name_has_changed(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let (id, name) = (person.text("/id"), person.text("/full_name"));
        state_cards(&app, &agency, &[("IBT00001", &name, "2026-01-02", "")]);
        let renamed = rename(&app, &agency, &id, "Lê Thị Sầu Riêng");
        let holder = app.holder(&id);
        assert_eq!(holder.list(CARDS, "/number"), ["IBT00001"]);
        look_up(&app.official(), "IBT00001", &name);
        assert!(holder.list(&format!("/api/v1/people/{id}/accesses"), "/what").contains(&"lookup".to_owned()));
        assert_eq!(holder_of(&app, "IBT00001"), Some(id.clone()));
        // Nor is it a newcomer's who is called so.
        let namesake = app.named(&agency, &name).text("/id");
        assert_eq!(holder_of(&app, "IBT00001"), None, "it may be either's");
        rename(&app, &agency, &namesake, "Lê Thị Chôm Chôm");
        assert_eq!(holder_of(&app, "IBT00001"), None, "it may be either's still");
        // It goes over with whoever bore its name.
        let other = app.central_agency();
        carried_out(&app, "mergers", &merger(&[&agency], &other));
        let clerk = app.clerk(&other);
        assert_eq!(clerk.list(CARDS, "/number"), ["IBT00001"]);
        clerk.happen("state-cards", &seen(&clerk, "IBT00001"), event("report_lost", "lost")).expect(201);
        assert_eq!(renamed.text("/full_name"), "Lê Thị Sầu Riêng");
    }

    fn the_name_goes_off_the_card_of_whoever_was_renamed_and_is_erased(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let (id, name) = (person.text("/id"), person.text("/full_name"));
        state_cards(&app, &agency, &[("IBT00001", &name, "2021-05-01", "")]);
        rename(&app, &agency, &id, "Lê Thị Sầu Riêng");
        erased(&app, &id);
        assert_eq!(app.database.texts("SELECT name || name_key AS value FROM state_cards"), [""]);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM former_names"), 0);
        let fields = "SELECT fields AS value FROM event_personal WHERE fields IS NOT NULL";
        assert!(!app.database.texts(fields).iter().any(|it| it.contains(&name)), "also in the log");
    }

    fn a_card_of_one_of_two_namesakes_is_not_the_others_once_one_is_erased(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let one = app.person(&agency);
        let name = one.text("/full_name");
        let other = app.named(&agency, &name).text("/id");
        state_cards(&app, &agency, &[("IBT00001", &name, "2021-05-01", "")]);
        erased(&app, &other);
        assert_eq!(holder_of(&app, "IBT00001"), None, "it may have been either's");
        let holder = app.holder(&one.text("/id"));
        assert_eq!(holder.list(CARDS, "/number"), [""; 0]);
        look_up(&app.official(), "IBT00001", &name);
        assert!(!holder.list(&format!("/api/v1/people/{}/accesses", one.text("/id")), "/what").contains(&"lookup".to_owned()));
        // What was entered since is plain.
        state_cards(&app, &agency, &[("IBT00002", &name, "2021-06-01", "")]);
        assert_eq!(holder_of(&app, "IBT00002"), Some(one.text("/id")));
        // With the last who bears it the name goes off both.
        erased(&app, &one.text("/id"));
        assert_eq!(app.database.texts("SELECT name || name_key AS value FROM state_cards"), ["", ""]);
    }

    fn whose_cards_they_are_is_asked_of_many_as_of_one(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [(); 6].map(|()| app.person(&agency));
        let mut file = Vec::new();
        for (at, person) in people.iter().enumerate() {
            file.push((format!("IBT0000{at}"), person.text("/full_name")));
        }
        let rows: Vec<_> = file.iter().map(|(number, name)| (number.as_str(), name.as_str(), "2026-01-02", "")).collect();
        state_cards(&app, &agency, &rows);
        rename(&app, &agency, &people[5].text("/id"), "Lê Thị Sầu Riêng");
        let ids = people.each_ref().map(|it| PersonId::parse(&it.text("/id")).expect("an id"));
        let mut db = Counted { db: app.database.connect(), queries: 0 };
        let mut asked = |people: &[PersonId]| {
            db.queries = 0;
            let cards = cards_of_before(&mut db, people).expect("cards");
            assert_eq!(cards.iter().map(|card| card.person).collect::<BTreeSet<_>>(), people.iter().copied().collect());
            db.queries
        };
        let of_one = asked(&ids[5..]);
        assert_eq!(asked(&ids), of_one);
    }

    fn a_look_at_a_card_of_before_is_told_to_its_holder(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let (id, name) = (person.text("/id"), person.text("/full_name"));
        state_cards(&app, &agency, &[("IBT00001", &name, "2026-01-02", "")]);
        let registrar = app.registrar();
        let card = seen(&registrar, "IBT00001");
        registrar.history("state-cards", &card);
        let what = app.holder(&id).list(&format!("/api/v1/people/{id}/accesses?limit=100"), "/what");
        assert_eq!(what, ["list", "credential", "history"]);
        // Once it is handed in, nothing of it keeps its holder from being erased; and then nobody sees it.
        let card = registrar.happen("state-cards", &card, event("return", "left_agency")).expect(201);
        erased(&app, &id);
        registrar.get(&card.path("state-cards")).expect_problem(404, "not-found");
        assert_eq!(registrar.list(CARDS, "/number"), [""; 0]);
        let reasons = "SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%Biên bản%'";
        assert_eq!(app.database.number(reasons), 0, "nor why it was handed in");
    }
}
