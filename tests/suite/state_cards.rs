//! Press cards of before the registry: what becomes of them is written down, and our numbers pass theirs over.

use crate::agencies::successions::{carried_out, merger, parted};
use crate::lookups::{look_up, state_cards};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::{Engine, on_both_databases};
use press_registry::domain::ids::{Id as _, PersonId};
use press_registry::domain::printed::{CardNumber, CredentialKind};
use press_registry::store::eligibility::cards_of_before;
use press_registry::store::{Db, Read, state_cards as rows};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const CARDS: &str = "/api/v1/state-cards";
const NAME: &str = "Trần Thị Hòa";

/// A card of before with this number, as this registrar sees it.
fn card(app: &TestApp, agency: &TestAgency, number: &str) -> Answer {
    state_cards(app, agency, &[(number, NAME, "2026-01-02", "")]);
    seen(&app.registrar(), number)
}

/// The card of before with this number, as somebody sees it.
pub(crate) fn seen(client: &Client, number: &str) -> Answer {
    let id = client.get(&format!("{CARDS}?number={number}")).expect(200).text("/items/0/id");
    client.get(&format!("{CARDS}/{id}")).expect(200)
}

fn event(event: &str, ground: &str) -> Value {
    json!({ "event": event, "reason": "Biên bản ngày 12/11/2026", "ground": ground })
}

/// Whose a card of before is known to be.
fn holder_of(app: &TestApp, number: &str) -> Option<String> {
    let mut db = Counted { db: app.database.connect(), queries: 0 };
    let key = CardNumber::parse(number).expect("a number").key();
    let card = rows::by_number_key(&mut db, &key).expect("a database").expect("a card");
    rows::holder(&mut db, &card).expect("a database").map(|id| id.to_string())
}

/// Enters another name of somebody.
fn rename(app: &TestApp, agency: &TestAgency, person: &str, name: &str) -> Answer {
    let (clerk, path) = (app.clerk(agency), format!("/api/v1/people/{person}"));
    let known = clerk.get(&path).expect(200);
    clerk.patch(&path, &known.etag(), &json!({ "full_name": name })).expect(200)
}

/// Whatever is asked through it is counted.
struct Counted {
    db: Db,
    queries: usize,
}

impl Read for Counted {
    fn db(&mut self) -> &mut Db {
        self.queries += 1;
        &mut self.db
    }
}

on_both_databases! {
    fn whoever_looks_a_card_up_is_told_what_became_of_it(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let official = app.official();
        for (number, by, what, ground, state) in [
            ("IBT00001", app.registrar(), "return", "left_agency", "returned"),
            ("IBT00002", app.provincial(HAI_PHONG), "revoke", "discipline", "revoked"),
            ("IBT00003", app.provincial(HAI_PHONG), "report_lost", "stolen", "lost"),
        ] {
            let card = card(&app, &agency, number);
            assert_eq!(card.text("/state"), "active");
            assert_eq!(look_up(&official, number, NAME), "valid");
            let done = by.happen("state-cards", &card, event(what, ground)).expect(201);
            assert_eq!((done.text("/state"), done.text("/ground")), (state.into(), ground.into()));
            assert_eq!(by.get(&card.path("state-cards")).expect(200).etag(), done.etag());
            assert_eq!(look_up(&official, number, NAME), "not_valid", "{what}");
            // Nor does anything bring it back: neither the same file once more, nor an event.
            state_cards(&app, &agency, &[(number, NAME, "2026-01-02", "")]);
            by.happen("state-cards", &done, event("reinstate", "prosecution_ended")).expect_problem(409, "wrong-state");
            assert_eq!(look_up(&official, number, NAME), "not_valid", "{what}");
            assert_eq!(by.get(&card.path("state-cards")).expect(200).body, done.body);
            let history = by.history("state-cards", &card);
            let told: Vec<_> = history.iter().map(|it| (it["type"].as_str(), it["to"].as_str())).collect();
            let kind = if what == "report_lost" { "state_card.reported_lost".into() } else { format!("state_card.{state}") };
            assert_eq!(told, [(Some("state_card.entered"), None), (Some(&*kind), Some(state))]);
            assert_eq!(history[1]["reason"], "Biên bản ngày 12/11/2026");
        }
        // Reasons are about somebody: they stand apart, and so do numbers.
        let facts = app.database.texts("SELECT data AS value FROM events WHERE type LIKE 'state_card.%'").join("\n");
        assert!(!facts.contains("Biên bản") && !facts.contains("IBT0000"), "{facts}");
    }

    fn a_card_that_was_revoked_for_a_prosecution_comes_back_with_its_end(db) {
        let app = TestApp::start(db);
        let (registrar, official) = (app.registrar(), app.official());
        let card = card(&app, &app.central_agency(), "IBT00001");
        let revoked = registrar.happen("state-cards", &card, event("revoke", "prosecution")).expect(201);
        registrar.happen("state-cards", &revoked, event("reinstate", "cleared")).expect_problem(409, "wrong-state");
        let back = registrar.happen("state-cards", &revoked, event("reinstate", "prosecution_ended")).expect(201);
        assert_eq!(back.text("/state"), "active");
        assert_eq!(look_up(&official, "IBT00001", NAME), "valid");
        // Of misuse a case decides, where its holder is heard.
        registrar.happen("state-cards", &back, event("revoke", "misuse")).expect_problem(409, "wrong-state");
        registrar.happen("state-cards", &back, event("return", "overturned")).expect_problem(409, "wrong-state");
        // What is wrong with a form, and with a version.
        registrar.happen("state-cards", &back, json!({})).expect_invalid(&[("/event", "missing")]);
        let wrong = json!({ "event": "suspend", "ground": "x" });
        let fields = [("/event", "unknown_event"), ("/reason", "missing"), ("/ground", "unknown_ground")];
        registrar.happen("state-cards", &back, wrong).expect_invalid(&fields);
        registrar.happen("state-cards", &revoked, event("return", "renewed")).expect_problem(412, "precondition-failed");
        let path = format!("{}/events", card.path("state-cards"));
        registrar.post(&path, &event("return", "renewed")).expect_problem(428, "precondition-required");
        // Its last day passes without anybody's doing, and is shown in its tag.
        app.set_time("2031-01-02T03:00:00Z");
        let registrar = app.again(&registrar);
        let expired = registrar.get(&card.path("state-cards")).expect(200);
        assert_eq!((expired.text("/state"), expired.etag() == back.etag()), ("expired".into(), false));
        registrar.happen("state-cards", &expired, event("return", "renewed")).expect(201);
    }

    fn no_card_is_revoked_without_its_ground_and_none_comes_back_that_was(db) {
        let app = TestApp::start(db);
        let registrar = app.registrar();
        let card = card(&app, &app.central_agency(), "IBT00001");
        let bare = json!({ "event": "revoke", "reason": "QĐ 12/2026" });
        registrar.happen("state-cards", &card, bare).expect_invalid(&[("/ground", "missing")]);
        // As one may have been written down before a ground was asked for.
        app.database.run("UPDATE state_cards SET state = 'revoked'").expect("an edit");
        let revoked = registrar.get(&card.path("state-cards")).expect(200);
        for ground in [json!("prosecution_ended"), Value::Null] {
            let back = json!({ "event": "reinstate", "reason": "Đình chỉ vụ án", "ground": ground });
            registrar.happen("state-cards", &revoked, back).expect_problem(409, "wrong-state");
        }
    }

    fn an_agency_reports_its_card_lost_and_hands_it_in(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        let (own, foreign) = (card(&app, &agency, "IBT00001"), card(&app, &other, "IBT00002"));
        let (clerk, head, official) = (app.clerk(&agency), app.head(&agency), app.official());
        assert_eq!(clerk.list(CARDS, "/number"), ["IBT00001"]);
        assert_eq!(clerk.list(&format!("{CARDS}?agency_id={}", other.id), "/number"), [""; 0]);
        let seen = clerk.get(&own.path("state-cards")).expect(200);
        assert_eq!((seen.body.clone(), seen.etag()), (own.body.clone(), own.etag()));
        clerk.get(&foreign.path("state-cards")).expect_problem(404, "not-found");
        for event in ["report_lost", "return"] {
            let happens = json!({ "event": event, "reason": "Mất khi tác nghiệp" });
            clerk.happen("state-cards", &foreign, happens).expect_problem(404, "not-found");
        }
        for decision in [event("revoke", "discipline"), event("reinstate", "prosecution_ended")] {
            head.happen("state-cards", &seen, decision).expect_problem(403, "forbidden");
        }
        let lost = clerk.happen("state-cards", &seen, event("report_lost", "stolen")).expect(201);
        assert_eq!((lost.text("/state"), lost.text("/ground")), ("lost".into(), "stolen".into()));
        assert_eq!(look_up(&official, "IBT00001", NAME), "not_valid");
        // It is found, and handed in; the registrar sees who wrote that down.
        let found = head.happen("state-cards", &lost, event("return", "damaged")).expect(201);
        assert_eq!(found.text("/state"), "returned");
        assert_eq!(clerk.history("state-cards", &own).len(), 3);
        let roles = "SELECT actor_role AS value FROM events WHERE type LIKE 'state_card.%' AND object_id = ";
        let roles = app.database.texts(&format!("{roles}'{}' ORDER BY idx", own.text("/id")));
        assert_eq!(roles[1..], ["agency_clerk", "agency_head"]);
        assert_eq!(look_up(&official, "IBT00002", NAME), "valid");
    }

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

    fn registrars_find_cards_of_before_within_their_reach(db) {
        let app = TestApp::start(db);
        let (local, elsewhere) = (app.local_agency(), app.local_agency_of("01"));
        let own = card(&app, &local, "IBT00001");
        card(&app, &elsewhere, "IBT-00002");
        let (registrar, provincial) = (app.registrar(), app.provincial(HAI_PHONG));
        let numbers = |client: &Client, filter: &str| client.list(&format!("{CARDS}?limit=1{filter}"), "/number");
        assert_eq!(numbers(&registrar, ""), ["IBT00001", "IBT-00002"]);
        assert_eq!(numbers(&provincial, ""), ["IBT00001"]);
        assert_eq!(numbers(&app.provincial(HA_NOI), ""), ["IBT-00002"]);
        assert_eq!(numbers(&registrar, "&number=ibt%20oooo2"), ["IBT-00002"]);
        assert_eq!(numbers(&provincial, "&number=IBT00002"), [""; 0]);
        assert_eq!(numbers(&registrar, &format!("&agency_id={}", local.id)), ["IBT00001"]);
        provincial.happen("state-cards", &own, event("return", "renewed")).expect(201);
        assert_eq!(numbers(&registrar, "&state=returned"), ["IBT00001"]);
        assert_eq!(numbers(&registrar, "&state=active"), ["IBT-00002"]);
        registrar.get(&format!("{CARDS}?state=x")).expect_invalid(&[("query:state", "unknown_state")]);
        registrar.get(&format!("{CARDS}?name=x")).expect_invalid(&[("query:name", "unknown_parameter")]);
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
        crate::erasure::erased(&app, &id);
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
        crate::erasure::erased(&app, &other);
        assert_eq!(holder_of(&app, "IBT00001"), None, "it may have been either's");
        let holder = app.holder(&one.text("/id"));
        assert_eq!(holder.list(CARDS, "/number"), [""; 0]);
        look_up(&app.official(), "IBT00001", &name);
        assert!(!holder.list(&format!("/api/v1/people/{}/accesses", one.text("/id")), "/what").contains(&"lookup".to_owned()));
        // What was entered since is plain.
        state_cards(&app, &agency, &[("IBT00002", &name, "2021-06-01", "")]);
        assert_eq!(holder_of(&app, "IBT00002"), Some(one.text("/id")));
        // With the last who bears it the name goes off both.
        crate::erasure::erased(&app, &one.text("/id"));
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
        crate::erasure::erased(&app, &id);
        registrar.get(&card.path("state-cards")).expect_problem(404, "not-found");
        assert_eq!(registrar.list(CARDS, "/number"), [""; 0]);
        let reasons = "SELECT COUNT(*) AS value FROM event_personal WHERE fields LIKE '%Biên bản%'";
        assert_eq!(app.database.number(reasons), 0, "nor why it was handed in");
    }

    fn the_first_number_after_twenty_thousand_cards_is_found_in_two_queries(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        card(&app, &agency, "000001");
        let (six, text) = match app.database.engine {
            Engine::Sqlite => ("printf('%06d', n)", "CAST(n AS TEXT)"),
            Engine::Postgres => ("lpad(n::text, 6, '0')", "n::text"),
        };
        let many = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000) \
             INSERT INTO state_cards (id, number, number_key, name, name_key, agency_id, issued, valid_until, state, version, \
             created_at, series, running) SELECT 'card ' || {text}, {six}, {six}, 'Lê An', 'le an', '{}', '2026-01-02', \
             '2031-01-01', 'active', 1, 0, 'press_card', n FROM numbers",
            agency.id
        );
        app.database.run(&many).expect("cards");
        let mut db = Counted { db: app.database.connect(), queries: 0 };
        for (kind, from, free, most) in [
            (CredentialKind::PressCard, 1, 20_001, 2),
            (CredentialKind::PressCard, 19_999, 20_001, 2),
            (CredentialKind::PressCard, 20_001, 20_001, 1),
            (CredentialKind::CollaboratorCard, 1, 1, 1),
        ] {
            db.queries = 0;
            assert_eq!(rows::free_number(&mut db, kind, from).expect("a number"), free);
            assert!(db.queries <= most, "{} queries from {from}", db.queries);
        }
        // Between two runs of taken numbers the free one is found, and the counter goes on from what was given.
        app.database.run("DELETE FROM state_cards WHERE number = '000007'").expect("one less");
        for number in ["000007", "020001", "020002"] {
            assert_eq!(app.issued_card(&agency).text("/number"), number);
        }
    }

    fn cards_that_were_entered_before_have_their_running_number_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let numbers = ["000123", "OOO-I24", "1000000", "GT-000007", "CTV0000L0", "2", "0000125", "IBT00123", "GT-7", "CTV"];
        state_cards(&app, &agency, &numbers.map(|number| (number, NAME, "2026-01-02", "")));
        let query = "SELECT number || '=' || COALESCE(series, '') || COALESCE(CAST(running AS TEXT), '') AS value \
                     FROM state_cards ORDER BY id";
        let places = app.database.texts(query);
        assert_eq!(places.iter().filter(|place| !place.ends_with('=')).count(), 5, "{places:?}");
        app.database.run("UPDATE state_cards SET series = NULL, running = NULL").expect("an edit");
        let folder = match app.database.engine {
            Engine::Sqlite => "migrations/sqlite",
            Engine::Postgres => "migrations/postgres",
        };
        let step = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join("2026-11-28-000300_state_card_events/up.sql");
        let step = fs::read_to_string(step).expect("a migration");
        let updates: Vec<&str> = step.split(';').map(str::trim).filter(|it| it.starts_with("UPDATE")).collect();
        assert_eq!(updates.len(), 3);
        for update in updates {
            app.database.run(update).expect("a part of the migration");
        }
        assert_eq!(app.database.texts(query), places);
    }
}
