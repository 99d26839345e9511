//! Press cards of before the registry: what becomes of them is written down, and our numbers pass theirs over.

mod holders;
mod numbers;

use crate::lookups::{look_up, state_cards};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::domain::events::{EventKind, Object};
use press_registry::domain::ids::UserId;
use press_registry::store::{Db, Read};
use serde_json::{Value, json};

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

    fn is_doing(&self, _: &Object, _: &[EventKind], _: UserId) -> bool {
        false
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
}
