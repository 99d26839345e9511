//! Many cards on sheets of A4.

use super::{pages, sizes, tells};
use crate::support::app::{HA_NOI, HAI_PHONG, TestApp};
use crate::support::fixtures::DAY;
use crate::support::on_both_databases;
use serde_json::{Value, json};

const JOBS: &str = "/api/v1/print-jobs";

on_both_databases! {
    fn fronts_stand_on_one_page_and_their_backs_on_the_next(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let mut cards = vec![app.collaborator_card(&agency, &app.collaborator(&agency).text("/id"))];
        cards.extend((0..10).map(|_| app.issued_card(&agency)));
        let ids: Vec<String> = cards.iter().map(|card| card.text("/id")).collect();
        let pdf = app.head(&agency).post(JOBS, &json!({ "credentials": ids })).expect(200);
        assert_eq!((pdf.header("cache-control"), pdf.header("etag")), (Some("no-store"), None));
        let sheets = sizes(&pdf);
        assert_eq!(sheets.len(), 4, "eleven cards are two sheets of two sides");
        assert!(sheets.iter().all(|(width, height)| (width - 595.28).abs() < 0.01 && (height - 841.89).abs() < 0.01));
        let pages = pages(&pdf);
        for (nth, card) in cards.iter().enumerate() {
            let (front, back) = (&pages[nth / 10 * 2], &pages[nth / 10 * 2 + 1]);
            tells(front, &[&card.text("/name").to_uppercase(), &card.text("/number")]);
            tells(back, &[&card.text("/typed_code")]);
        }
    }

    fn only_cards_in_force_are_printed_and_each_other_is_told(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let registrar = app.registrar();
        let (good, revoked) = (app.issued_card(&agency), app.issued_card(&agency));
        let revoke = json!({ "event": "revoke", "reason": "x", "ground": "discipline" });
        registrar.happen("credentials", &revoked, revoke).expect(201);
        let letter_form = app.letter_form(&good.text("/person_id"));
        let letter = app.head(&agency).post("/api/v1/letters", &letter_form).expect(201);
        let foreign = app.issued_card(&app.central_agency());
        let head = app.head(&agency);
        let print = |ids: &[&str]| head.post(JOBS, &json!({ "credentials": ids }));
        let id = good.text("/id");
        print(&[&id, &revoked.text("/id"), &letter.text("/id"), &foreign.text("/id"), "x", &id]).expect_invalid(&[
            ("/credentials/1", "not_in_force"),
            ("/credentials/2", "not_a_card"),
            ("/credentials/3", "unknown_credential"),
            ("/credentials/4", "not_an_id"),
            ("/credentials/5", "twice"),
        ]);
        print(&["01890a5d-ac96-774b-bcce-b302099a8057"]).expect_invalid(&[("/credentials/0", "unknown_credential")]);
        print(&[&id]).expect(200);
        app.at(6 * 366 * DAY);
        let print = json!({ "credentials": [id] });
        app.again(&head).post(JOBS, &print).expect_invalid(&[("/credentials/0", "not_in_force")]);
    }

    fn a_job_has_one_to_a_hundred_cards(db) {
        let app = TestApp::start(db);
        let card = app.issued_card(&app.central_agency()).text("/id");
        let registrar = app.registrar();
        let print = |form: Value| registrar.post(JOBS, &form);
        print(json!({ "credentials": [] })).expect_invalid(&[("/credentials", "empty")]);
        print(json!({ "credentials": vec![&card; 101] })).expect_invalid(&[("/credentials", "too_many")]);
        print(json!({})).expect_invalid(&[("/credentials", "missing")]);
        registrar.post(&format!("{JOBS}?no=1"), &json!({})).expect_invalid(&[("query:no", "unknown_parameter")]);
    }

    fn a_job_holds_only_cards_that_its_caller_may_read(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        let form = json!({ "credentials": [card.text("/id")] });
        for client in [app.registrar(), app.provincial(HAI_PHONG), app.head(&agency), app.clerk(&agency)] {
            client.post(JOBS, &form).expect(200);
        }
        for client in [app.provincial(HA_NOI), app.head(&app.local_agency())] {
            client.post(JOBS, &form).expect_invalid(&[("/credentials/0", "unknown_credential")]);
        }
        for client in [app.admin(), app.official(), app.auditor(), app.holder(&card.text("/person_id"))] {
            client.post(JOBS, &form).expect_problem(403, "forbidden");
        }
    }
}
