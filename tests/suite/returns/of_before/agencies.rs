//! Which agency collects a card of before: through mergers, splits and ends of agencies.

use super::{NONE, asked, event, happen, held, on_return, only, request};
use crate::agencies::successions::{carried_out, merger, parted};
use crate::lookups::state_cards;
use crate::notices::told as notices_to;
use crate::returns::{keep, leave, queue, told};
use crate::state_cards::seen;
use crate::support::app::{Client, HA_NOI, TestAgency, TestApp};
use crate::support::on_both_databases;
use crate::withdrawals::decide;
use press_registry::store::returns::unasked_of_before;
use serde_json::{Value, json};

on_both_databases! {
    fn cards_of_before_are_to_be_handed_in_where_their_agency_ends(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        held(&app, &agency, "IBT00001");
        decide(&app, &agency, "suspend");
        keep(&app);
        let entry = only(&app.registrar(), "");
        assert_eq!((entry["reason"].as_str(), entry.get("due_at"), told(&entry).len()), (Some("agency_suspended"), None, 0));
        decide(&app, &agency, "revoke_licence");
        keep(&app);
        let entry = only(&app.registrar(), "");
        assert_eq!((entry["reason"].as_str(), entry["due_at"].as_str()), (Some("licence_revoked"), Some("2026-12-14T17:00:00Z")));
        assert_eq!(told(&entry), ["agency card_to_return", "holder card_to_return"]);
        // What was told then goes on being said once the agency is closed.
        decide(&app, &agency, "close");
        keep(&app);
        assert_eq!(only(&app.registrar(), "")["reason"], "licence_revoked");
    }

    fn the_agency_that_took_a_holder_over_collects_their_card_of_before(db) {
        let app = TestApp::start(db);
        let [old, new, other] = [(); 3].map(|()| app.central_agency());
        let [(person, card), (left_before, _)] = ["IBT00001", "IBT00002"].map(|number| held(&app, &old, number));
        leave(&app, &old, &left_before, "2026-11-20");
        carried_out(&app, "mergers", &merger(&[&old], &new));
        keep(&app);
        // Whoever went over is at work; of whoever had left before, the old one was to collect it.
        let entry = only(&app.registrar(), "");
        assert_eq!((&entry["state_card"]["number"], &entry["agency_id"]), (&json!("IBT00002"), &json!(old.id.to_string())));
        assert_eq!((&entry["reason"], &entry["since"]), (&json!("left_agency"), &json!("2026-11-20T17:00:00Z")));
        // Nor is whose card it is that went over asked again and again.
        let looked_at = app.registry.store.read(|db| unasked_of_before(db, app.registry.clock.now(), None));
        assert_eq!(looked_at.expect("a database"), []);
        app.set_time("2026-11-27T03:00:00Z");
        leave(&app, &new, &person, "2026-11-26");
        keep(&app);
        let clerk = app.clerk(&new);
        let entry = only(&clerk, "");
        assert_eq!((&entry["state_card"]["number"], &entry["agency_id"]), (&json!("IBT00001"), &json!(new.id.to_string())));
        assert_eq!((&entry["reason"], &entry["since"]), (&json!("left_agency"), &json!("2026-11-26T17:00:00Z")));
        assert_eq!(queue(&clerk, &format!("agency_id={}", new.id)).len(), 1);
        assert_eq!(queue(&app.registrar(), &format!("agency_id={}", old.id)).len(), 1);
        let told = clerk.get("/api/v1/notices").expect(200).json();
        let mut told = told["items"].as_array().expect("notices").iter();
        assert!(told.any(|it| it["state_card_id"] == card.json()["id"]), "the agency is told");
        assert_eq!(queue(&app.clerk(&other), ""), NONE);
        on_return(&clerk, &card, request()).expect(201);
        happen(&clerk, &card, event("return", "left_agency")).expect(201);
        assert_eq!(queue(&clerk, ""), NONE);
    }

    fn an_agency_that_gave_a_holder_away_is_not_told_what_becomes_of_their_card(db) {
        let app = TestApp::start(db);
        let [whole, part] = [(); 2].map(|()| app.central_agency());
        let person = app.person(&whole);
        state_cards(&app, &whole, &[("IBT00001", &person.text("/full_name"), "2026-01-02", "")]);
        let (card, person) = (seen(&app.registrar(), "IBT00001"), person.text("/id"));
        let holder = app.holder(&person);
        carried_out(&app, "splits", &parted(&whole, &part, &[&person]));
        app.set_time("2026-11-27T03:00:00Z");
        leave(&app, &part, &person, "2026-11-26");
        let (issuer, collector) = (app.clerk(&whole), app.clerk(&part));
        let path = format!("{}/return", card.path("state-cards"));
        let refused = || {
            // Whatever is sent, and however the card stands.
            for tag in [card.etag(), "\"1-x\"".to_owned()] {
                issuer.event(&path, &tag, request()).expect_problem(404, "not-found");
            }
            issuer.post(&path, &request()).expect_problem(404, "not-found");
        };
        refused();
        on_return(&collector, &card, request()).expect_problem(409, "wrong-state");
        keep(&app);
        refused();
        assert_eq!(queue(&issuer, ""), NONE);
        assert_eq!(only(&collector, "")["agency_id"], json!(part.id.to_string()));
        on_return(&collector, &card, request()).expect(201);
        refused();

        app.set_time("2027-03-01T03:00:00Z");
        keep(&app);
        let aside = json!({ "event": "set_aside", "reason": "Đang điều trị" });
        on_return(&app.registrar(), &card, aside).expect(201);
        works_again(&app, &part);
        keep(&app);
        let [issuer, collector] = [&issuer, &collector].map(|client| app.again(client));
        happen(&collector, &card, event("report_lost", "lost")).expect(201);
        let of_card = |it: &Value| it["state_card_id"] == card.json()["id"];
        assert!(!notices_to(&issuer).iter().any(of_card) && notices_to(&collector).iter().any(of_card));
        let types = |client: &Client| client.list(&format!("{}/events?limit=1", card.path("state-cards")), "/type");
        assert_eq!(types(&issuer), ["state_card.entered", "state_card.reported_lost"]);
        for client in [&collector, &app.registrar(), &app.again(&holder)] {
            assert_eq!(types(client), [
                "state_card.entered", "state_card.return_asked", "state_card.return_requested", "state_card.return_overdue",
                "state_card.revocation_proposed", "state_card.revocation_set_aside", "state_card.return_settled",
                "state_card.reported_lost",
            ]);
        }
    }

    fn what_an_agency_that_ends_was_told_of_cards_of_before_stays_with_it(db) {
        let app = TestApp::start(db);
        let [old, new] = [(); 2].map(|()| app.central_agency());
        let (_, card) = asked(&app, &old, "IBT00001");
        let unsent = only(&app.registrar(), "")["notices"][0].clone();
        assert_eq!((&unsent["recipient"], unsent.get("served_at")), (&json!("agency"), None));
        carried_out(&app, "mergers", &merger(&[&old], &new));
        keep(&app);
        // The new one neither collects it nor may read it.
        let clerk = app.clerk(&new);
        clerk.get(&card.path("state-cards")).expect_problem(404, "not-found");
        assert!(!notices_to(&clerk).iter().any(|it| it["state_card_id"] == card.json()["id"]));
        let carried = "SELECT object_kind AS value FROM events WHERE type = 'notice.carried' AND object_kind = 'state_card'";
        assert_eq!(app.database.texts(carried), [""; 0]);
        // A registrar has it before them still.
        let registrar = app.registrar();
        assert_eq!(only(&registrar, "")["agency_id"], json!(old.id.to_string()));
        let stays = "SELECT agency_id AS value FROM notices WHERE object_kind = 'state_card' AND recipient = 'agency'";
        assert_eq!(app.database.texts(stays), [old.id.to_string()]);
        let id = unsent["id"].as_str().expect("an id").to_owned();
        assert!(registrar.list("/api/v1/notices?to_deliver=true", "/id").contains(&id));
    }

    fn the_end_of_a_duty_is_told_in_the_province_where_it_began(db) {
        let app = TestApp::start(db);
        let (whole, part) = (app.local_agency(), app.local_agency_of("01"));
        let (person, card) = held(&app, &whole, "IBT00001");
        carried_out(&app, "splits", &parted(&whole, &part, &[&person]));
        app.set_time("2026-11-27T03:00:00Z");
        leave(&app, &part, &person, "2026-11-26");
        keep(&app);
        on_return(&app.clerk(&part), &card, request()).expect(201);
        works_again(&app, &part);
        keep(&app);
        let told = "SELECT type || ' ' || COALESCE(province_id, '-') AS value FROM events WHERE type LIKE 'state_card.return_%' \
                    ORDER BY idx";
        let in_ha_noi = ["asked", "requested", "settled"].map(|what| format!("state_card.return_{what} {HA_NOI}"));
        assert_eq!(app.database.texts(told), in_ha_noi);
    }
}

/// Who left this agency has not.
fn works_again(app: &TestApp, agency: &TestAgency) {
    let again = format!("UPDATE engagements SET to_day = NULL WHERE agency_id = '{}'", agency.id);
    app.database.run(&again).expect("work again");
}
