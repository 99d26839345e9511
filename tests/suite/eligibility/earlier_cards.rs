//! What the cards that somebody held before change: where none is found, where one was revoked, and in an exchange.

use super::asked::{APPLICATIONS, approve, form, newcomer, outcome, plain, said, submitted, with};
use crate::erasure::returned;
use crate::lookups::state_cards;
use crate::support::answer::Answer;
use crate::support::app::{TestAgency, TestApp};
use crate::support::on_both_databases;
use serde_json::json;

/// The record at another agency of whoever holds this card, at work there since this day.
fn moved(app: &TestApp, card: &Answer, to: &TestAgency, since: &str) -> String {
    let record = app.registrar().get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
    let mut entry = app.person_form();
    entry["national_id"] = record.text("/national_id").into();
    (entry["full_name"], entry["engagement"]["from"]) = (record.text("/full_name").into(), since.into());
    app.entered(to, &entry).text("/id")
}

/// Outcome and ground of what a registrar is told of the twelve months of this person's exchange.
fn exchange(app: &TestApp, agency: &TestAgency, person: &str) -> (String, String) {
    let sent = submitted(app, agency, &form("exchange", &[(person, plain())]));
    assert_eq!(outcome(&sent, 0, "exchange_in_time").as_deref(), Some("unknown"), "the agency is not told");
    let seen = app.registrar().get(&sent.path("applications")).expect(200);
    let told = said(&seen, 0, "exchange_in_time").expect("asked of an exchange");
    let text = |pointer: &str| told.pointer(pointer).and_then(|it| it.as_str()).expect("a text").to_owned();
    (text("/outcome"), text("/because/en"))
}

on_both_databases! {
    fn a_revoked_card_on_record_counts_whatever_is_stated(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let registrar = app.registrar();
        let revoke = json!({ "event": "revoke", "ground": "discipline", "reason": "QĐ 12/2026" });
        registrar.happen("credentials", &card, revoke).expect(201);
        let person = card.text("/person_id");
        // 12 months are exceeded a day after they are reached.
        for (now, expected) in [("2027-11-22T03:00:00Z", "not_met"), ("2027-11-23T03:00:00Z", "met")] {
            app.set_time(now);
            let draft = app.clerk(&agency).post(APPLICATIONS, &form("first", &[(&person, plain())])).expect(201);
            assert_eq!(outcome(&draft, 0, "revoked_card").as_deref(), Some(expected), "{now}");
            app.clerk(&agency).happen("applications", &draft, json!({ "event": "withdraw" })).expect(201);
        }
    }

    fn a_card_revoked_on_no_ground_of_the_law_is_named_though_none_is_stated(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        for ground in ["error", "prosecution"] {
            let card = app.issued_card(&agency);
            let revoke = json!({ "event": "revoke", "reason": "QĐ 12/2026", "ground": ground });
            app.registrar().happen("credentials", &card, revoke).expect(201);
            let draft = app.clerk(&agency).post(APPLICATIONS, &form("first", &[(&card.text("/person_id"), plain())]));
            let told = said(&draft.expect(201), 0, "revoked_card").expect("asked of all");
            assert_eq!(told["outcome"], "unknown", "{ground}");
            let because = "On record: a card revoked on 22/11/2026; whether for a violation of law is not on record";
            assert_eq!(told["because"]["en"], because);
        }
    }

    fn an_exchange_rests_on_the_card_of_the_other_agency(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        let person = moved(&app, &card, &new, "2027-11-20");
        let exchange = || form("exchange", &[(&person, plain())]);
        let said = |answer: &Answer| outcome(answer, 0, "exchange_in_time").expect("asked of an exchange");
        // Whoever drafts learns nothing of another agency's card.
        for _ in 0..2 {
            let draft = app.clerk(&new).post(APPLICATIONS, &exchange()).expect(201);
            assert_eq!(said(&draft), "unknown");
            app.clerk(&new).happen("applications", &draft, json!({ "event": "withdraw" })).expect(201);
            if app.verdict(&card.text("/code")).0 == "valid" {
                returned(&app, &app.clerk(&old), &card.text("/id"));
            }
        }
        app.set_time("2027-11-25T03:00:00Z");
        let application = submitted(&app, &new, &exchange());
        assert_eq!(said(&application), "unknown");
        let approved = approve(&app.registrar(), &application, json!({ "reason": "đủ điều kiện" })).expect(201);
        assert_eq!(said(&approved), "met", "taken on within twelve months of 22 November 2026");
        let renewal = app.clerk(&new).post(APPLICATIONS, &form("renewal", &[(&person, plain())])).expect(201);
        assert_eq!(outcome(&renewal, 0, "exchange_in_time"), None);
    }

    fn the_day_a_card_was_handed_in_counts_and_not_the_day_it_was_cleared(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        let registrar = app.registrar();
        let suspend = json!({ "event": "suspend", "ground": "inquiry", "reason": "Đang xác minh" });
        registrar.happen("credentials", &card, suspend).expect(201);
        returned(&app, &app.clerk(&old), &card.text("/id"));
        app.set_time("2027-10-08T03:00:00Z");
        let seen = registrar.get(&card.path("credentials")).expect(200);
        let clear = json!({ "event": "reinstate", "ground": "cleared", "reason": "Không có vi phạm" });
        assert_eq!(registrar.happen("credentials", &seen, clear).expect(201).text("/state"), "returned");
        app.set_time("2027-12-08T03:00:00Z");
        let person = moved(&app, &card, &new, "2027-12-01");
        let because = "Handed in on 22/11/2026, taken on on 01/12/2027";
        assert_eq!(exchange(&app, &new, &person), ("not_met".into(), because.into()));
    }

    fn whoever_left_and_kept_the_card_does_not_move_with_a_card_in_force(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let cards = [app.issued_card(&old), app.issued_card(&old), app.issued_card(&old)];
        for card in &cards[..2] {
            let person = app.clerk(&old).get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
            let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
            let end = json!({ "event": "end", "reason": "Nghỉ việc", "to": "2026-11-21" });
            app.clerk(&old).event(&engagement, &person.etag(), end).expect(201);
        }
        app.set_time("2028-07-25T03:00:00Z");
        for (card, since, outcome, because) in [
            (&cards[0], "2028-07-20", "unknown", "Left on 21/11/2026, the card not handed in, taken on on 20/07/2028"),
            (&cards[1], "2027-11-21", "met", "Left on 21/11/2026, the card not handed in, taken on on 21/11/2027"),
            (&cards[2], "2028-07-20", "met", "The earlier card is in force"),
        ] {
            assert_eq!(app.verdict(&card.text("/code")).0, "valid");
            let person = moved(&app, card, &new, since);
            assert_eq!(exchange(&app, &new, &person), (outcome.into(), because.into()));
        }
    }

    fn a_revoked_card_of_the_other_agency_is_said_to_be_revoked(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        app.registrar().happen("credentials", &card, json!({ "event": "revoke", "reason": "x", "ground": "error" })).expect(201);
        app.set_time("2027-02-01T03:00:00Z");
        let person = moved(&app, &card, &new, "2027-01-20");
        let because = "The earlier card was revoked on 22/11/2026";
        assert_eq!(exchange(&app, &new, &person), ("unknown".into(), because.into()));
    }

    fn whoever_renews_a_card_that_is_not_found_is_asked_what_a_first_card_asks(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.set_time("2027-01-04T03:00:00Z");
        for (basis, name) in [("renewal", "Lê Văn Chung"), ("reissue", "Lê Văn Ngân")] {
            // That no card of before is found does not say that there was none: it stops nobody.
            let person = newcomer(&app, &agency, name);
            let mut facts = plain();
            facts["course"] = "not_completed".into();
            let sent = submitted(&app, &agency, &form(basis, &[(&person, facts)]));
            let approved = approve(&app.registrar(), &sent, json!({})).expect(201);
            for answer in [sent, approved] {
                assert_eq!(with(&answer, 0, "not_met"), Vec::<String>::new());
                assert_eq!(with(&answer, 0, "unknown"), ["two_years", "first_card_details", "course"], "{basis}");
                let because = said(&answer, 0, "two_years").expect("asked")["because"].clone();
                assert_eq!(because, json!({
                    "vi": "Ghi: liên tục từ 01/06/2026; chưa ghi thẻ nào trước đây",
                    "en": "On record: since 01/06/2026; no earlier card is on record",
                }));
            }
        }
        // Of somebody for ten years at the agency there is no such doubt.
        let person = app.person(&agency).text("/id");
        let draft = app.clerk(&agency).post(APPLICATIONS, &form("renewal", &[(&person, plain())])).expect(201);
        assert_eq!(outcome(&draft, 0, "two_years").as_deref(), Some("met"));
        // Found, it is one.
        let newcomer = newcomer(&app, &agency, "Lê Văn Riêng");
        state_cards(&app, &agency, &[("IBT00123", "Lê Văn Riêng", "2026-01-02", "")]);
        for basis in ["renewal", "exchange"] {
            let sent = submitted(&app, &agency, &form(basis, &[(&newcomer, plain())]));
            let seen = app.registrar().get(&sent.path("applications")).expect(200);
            assert_eq!(outcome(&seen, 0, "two_years"), None, "{basis}");
            app.clerk(&agency).happen("applications", &sent, json!({ "event": "withdraw" })).expect(201);
        }
    }

    fn whoever_never_had_a_card_is_asked_what_a_first_card_asks(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let newcomer = newcomer(&app, &agency, "Lê Văn Riêng");
        // A card of somebody else, and one of the same name elsewhere.
        state_cards(&app, &agency, &[("IBT00123", "Lê Văn Chung", "2026-01-02", "")]);
        state_cards(&app, &app.central_agency(), &[("IBT00124", "Lê Văn Riêng", "2026-01-02", "")]);
        // Of another agency's cards whoever drafts an exchange learns nothing; the ministry asks.
        let sent = submitted(&app, &agency, &form("exchange", &[(&newcomer, plain())]));
        assert_eq!(outcome(&sent, 0, "two_years"), None);
        approve(&app.registrar(), &sent, json!({})).expect_invalid(&[("/reason", "reasons_required")]);
        let seen = app.registrar().get(&sent.path("applications")).expect(200);
        assert_eq!(with(&seen, 0, "not_met"), ["two_years"]);
    }
}
