//! By when a card of before is to be handed in, who is told, and what follows.

use super::{NONE, asked, event, happen, held, on_return, only, request};
use crate::lookups::state_cards;
use crate::returns::{keep, leave, queue, told};
use crate::state_cards::seen;
use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use serde_json::{Value, json};

on_both_databases! {
    fn a_card_of_before_is_due_and_its_holder_reminded_as_of_ours(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let (person, card) = held(&app, &agency, "IBT00001");
        keep(&app);
        assert_eq!(queue(&app.registrar(), ""), NONE, "its holder is at work");
        leave(&app, &agency, &person, "2026-11-21");
        // It stands there from the moment in which its holder has left, before anybody was asked.
        let registrar = app.provincial(HAI_PHONG);
        let entry = only(&registrar, "");
        assert_eq!((&entry["reason"], told(&entry).len()), (&json!("left_agency"), 0));
        keep(&app);
        keep(&app);
        let entry = only(&registrar, "");
        assert_eq!((&entry["kind"], entry.get("credential")), (&json!("state_card"), None));
        assert_eq!(entry["state_card"], card.json(), "as it is read by itself");
        assert_eq!((&entry["person_id"], &entry["agency_id"]), (&json!(person), &json!(agency.id.to_string())));
        assert_eq!((&entry["since"], &entry["due_at"]), (&json!("2026-11-21T17:00:00Z"), &json!("2026-12-14T17:00:00Z")));
        assert_eq!((&entry["source"], &entry["overdue"]), (&json!("NĐ237 Đ7.3"), &json!(false)));
        assert_eq!(told(&entry), ["agency card_to_return", "holder card_to_return"]);
        assert_eq!(entry["notices"][1]["state_card_id"], card.json()["id"]);
        // The paper names it and says by when.
        let notice = entry["notices"][1]["id"].as_str().expect("an id");
        let pdf = app.registrar().get(&format!("/api/v1/notices/{notice}?format=pdf")).expect(200);
        let text = pdf_extract::extract_text_from_mem(&pdf.body).expect("a PDF that others can read");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["Thông báo nộp lại thẻ nhà báo", "Không còn làm việc tại cơ quan", "14/12/2026", "IBT00001"] {
            assert!(text.contains(said), "{said:?} is not in {text:?}");
        }

        app.set_time("2026-12-14T17:00:00Z");
        keep(&app);
        let registrar = app.again(&registrar);
        let late = only(&registrar, "overdue=true");
        assert_eq!((&late["overdue"], &late["reminded_at"]), (&json!(true), &json!("2026-12-14T17:00:00Z")));
        assert_eq!(told(&late)[2..], ["agency return_overdue", "holder return_overdue"]);
        happen(&app.clerk(&agency), &card, event("return", "left_agency")).expect(201);
        app.set_time("2027-03-01T03:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.again(&registrar), ""), NONE);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM card_returns"), 0);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices WHERE duty = 'revocation_proposed'"), 0);
    }

    fn a_card_of_before_leaves_the_queue_once_it_is_lost_or_revoked_and_is_asked_for_anew_where_it_comes_back(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [(_, lost), (_, revoked)] = ["IBT00001", "IBT00002"].map(|number| asked(&app, &agency, number));
        let registrar = app.registrar();
        assert_eq!(queue(&registrar, "").len(), 2);
        happen(&app.clerk(&agency), &lost, event("report_lost", "lost")).expect(201);
        happen(&registrar, &revoked, event("revoke", "prosecution")).expect(201);
        assert_eq!(queue(&registrar, ""), NONE);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM card_returns"), 0);
        app.set_time("2029-01-04T03:00:00Z");
        let registrar = app.again(&registrar);
        happen(&registrar, &revoked, event("reinstate", "prosecution_ended")).expect(201);
        keep(&app);
        let entry = only(&registrar, "");
        assert_eq!((&entry["since"], &entry["due_at"]), (&json!("2029-01-04T03:00:00Z"), &json!("2029-01-25T17:00:00Z")));
        assert_eq!(told(&entry), ["agency card_to_return", "holder card_to_return"]);
    }

    fn a_card_of_before_that_is_not_handed_in_is_laid_before_a_registrar(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let [(_, card), (_, spared)] = ["IBT00001", "IBT00002"].map(|number| asked(&app, &agency, number));
        let registrar = app.registrar();
        let (revoke, aside) = (event("revoke", "not_returned"), json!({ "event": "set_aside", "reason": "Đang điều trị" }));
        happen(&registrar, &card, revoke.clone()).expect_problem(409, "wrong-state");
        on_return(&registrar, &card, aside.clone()).expect_problem(409, "wrong-state");
        app.set_time("2026-12-22T16:59:59Z");
        keep(&app);
        assert_eq!(queue(&app.again(&registrar), "proposed=true"), NONE);
        app.set_time("2026-12-22T17:00:00Z");
        keep(&app);
        keep(&app);
        let registrar = app.again(&registrar);
        let [entry, _] = <[Value; 2]>::try_from(queue(&registrar, "proposed=true")).expect("two cards");
        assert_eq!(entry["proposed_at"], "2026-12-22T17:00:00Z");
        assert_eq!(told(&entry)[4..], ["agency revocation_proposed", "holder revocation_proposed"]);
        assert_eq!(seen(&registrar, "IBT00001").text("/state"), "active", "a registrar decides");
        on_return(&registrar, &spared, json!({ "event": "set_aside" })).expect_invalid(&[("/reason", "missing")]);
        let kept = on_return(&app.provincial(HAI_PHONG), &spared, aside).expect(201);
        assert_eq!((kept.json().get("proposed_at"), kept.text("/set_aside_at")), (None, "2026-12-22T17:00:00Z".into()));
        assert_eq!(kept.etag(), registrar.get(&spared.path("state-cards")).expect(200).etag());
        let revoked = happen(&registrar, &card, revoke.clone()).expect(201);
        assert_eq!((revoked.text("/state"), revoked.text("/ground")), ("revoked".into(), "not_returned".into()));
        assert_eq!(queue(&registrar, "proposed=true"), NONE);
        happen(&registrar, &spared, revoke).expect_problem(409, "wrong-state");
        let types: Vec<String> = registrar.history("state-cards", &card).iter().map(|it| it["type"].as_str().expect("a type").to_owned()).collect();
        assert_eq!(types[1..], [
            "state_card.return_asked", "state_card.return_overdue", "state_card.revocation_proposed", "state_card.revoked",
        ]);
        let last = registrar.history("state-cards", &spared).pop().expect("an event");
        assert_eq!((&last["type"], &last["reason"]), (&json!("state_card.revocation_set_aside"), &json!("Đang điều trị")));
        // Thirty days later it is proposed again.
        app.set_time("2027-01-22T17:00:00Z");
        keep(&app);
        assert_eq!(only(&app.again(&registrar), "proposed=true")["state_card"]["number"], "IBT00002");
    }

    fn an_agencys_own_request_for_a_card_of_before_counts(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let person = app.person(&agency);
        state_cards(&app, &agency, &[("IBT00001", &person.text("/full_name"), "2026-01-02", "")]);
        let card = seen(&app.registrar(), "IBT00001");
        app.database.run("UPDATE users SET state = 'disabled' WHERE role = 'agency_head'").expect("a statement");
        on_return(&app.clerk(&agency), &card, request()).expect_problem(409, "wrong-state");
        leave(&app, &agency, &person.text("/id"), "2026-11-21");
        keep(&app);
        assert_eq!(told(&only(&app.registrar(), "")), ["agency card_to_return"]);
        app.set_time("2027-06-01T03:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "proposed=true"), NONE, "nobody was asked");
        let entry = on_return(&app.clerk(&agency), &card, request()).expect(201);
        assert_eq!(entry.text("/requested_at"), "2027-06-01T03:00:00Z");
        on_return(&app.clerk(&agency), &card, request()).expect_problem(409, "wrong-state");
        on_return(&app.registrar(), &card, request()).expect_problem(403, "forbidden");
        app.set_time("2027-07-01T17:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "proposed=true").len(), 1);
    }

    fn a_card_of_before_whose_term_has_run_out_is_not_asked_for_any_more(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        state_cards(&app, &agency, &[("IBT00001", &person.text("/full_name"), "2026-01-02", "2026-12-10")]);
        let (card, person) = (seen(&app.registrar(), "IBT00001"), person.text("/id"));
        app.holder(&person);
        leave(&app, &agency, &person, "2026-11-21");
        keep(&app);
        on_return(&app.clerk(&agency), &card, request()).expect(201);
        app.set_time("2026-12-10T16:59:59Z");
        assert_eq!(told(&only(&app.registrar(), "")), ["agency card_to_return", "holder card_to_return"]);
        app.set_time("2026-12-10T17:00:00Z");
        let registrar = app.registrar();
        assert_eq!(queue(&registrar, ""), NONE);
        app.set_time("2027-03-01T03:00:00Z");
        keep(&app);
        let registrar = app.again(&registrar);
        for filter in ["", "overdue=true", "proposed=true"] {
            assert_eq!(queue(&registrar, filter), NONE, "{filter}");
        }
        assert_eq!(app.database.texts("SELECT DISTINCT duty AS value FROM notices"), ["card_to_return"]);
        happen(&registrar, &card, event("revoke", "not_returned")).expect_problem(409, "wrong-state");
    }
}
