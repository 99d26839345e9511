//! Press cards that are to be handed in: by when, who is told, and what follows where they are not.

mod of_before;

use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::{Engine, on_both_databases};
use diesel::connection::SimpleConnection as _;
use press_registry::app::returns;
use serde_json::{Value, json};
use std::sync::mpsc::channel;
use std::time::Duration;

const TO_RETURN: &str = "/api/v1/credentials/to-return";

/// Lets whoever has this card leave on a day.
fn leaves(app: &TestApp, agency: &TestAgency, card: &Answer, to: &str) {
    leave(app, agency, &card.text("/person_id"), to);
}

/// Lets somebody leave on a day.
fn leave(app: &TestApp, agency: &TestAgency, person: &str, to: &str) {
    let clerk = app.clerk(agency);
    let person = clerk.get(&format!("/api/v1/people/{person}")).expect(200);
    let record = person.json();
    let mut engagements = record["engagements"].as_array().expect("engagements").iter();
    let open = engagements.find(|it| it["to"].is_null()).expect("work that goes on");
    let engagement = format!("{}/engagements/{}", person.path("people"), open["id"].as_str().expect("an id"));
    let form = json!({ "event": "end", "reason": "Hết hợp đồng", "to": to });
    clerk.event(&engagement, &person.etag(), form).expect(201);
}

fn keep(app: &TestApp) {
    returns::keep(&app.registry).expect("a run");
}

/// What stands in the queue, with this filter.
fn queue(client: &Client, filter: &str) -> Vec<Value> {
    client.get(&format!("{TO_RETURN}?{filter}")).expect(200).json()["items"].as_array().expect("items").clone()
}

/// Recipient and duty of whoever was told of an entry.
fn told(entry: &Value) -> Vec<String> {
    let notices = entry["notices"].as_array().expect("notices").iter();
    notices
        .map(|it| format!("{} {}", it["recipient"].as_str().unwrap_or("?"), it["duty"].as_str().unwrap_or("?")))
        .collect()
}

/// A card of a local agency whose holder has an account and left on the day before the beginning, asked for at the beginning.
fn asked(app: &TestApp, agency: &TestAgency) -> Answer {
    let card = app.issued_in(agency, Some(HAI_PHONG), &app.person(agency).text("/id"));
    app.holder(&card.text("/person_id"));
    leaves(app, agency, &card, "2026-11-21");
    keep(app);
    card
}

fn event(client: &Client, card: &Answer, body: Value) -> Answer {
    let seen = client.get(&card.path("credentials")).expect(200);
    client.event(&format!("{}/return", card.path("credentials")), &seen.etag(), body)
}

on_both_databases! {
    fn a_card_is_due_within_fifteen_working_days_and_its_holder_is_reminded(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = asked(&app, &agency);
        let registrar = app.provincial(HAI_PHONG);
        let [entry] = <[Value; 1]>::try_from(queue(&registrar, "")).expect("one card");
        assert_eq!(entry["reason"], "left_agency");
        assert_eq!((&entry["since"], &entry["due_at"]), (&json!("2026-11-21T17:00:00Z"), &json!("2026-12-14T17:00:00Z")));
        assert_eq!((&entry["source"], &entry["overdue"]), (&json!("NĐ237 Đ7.3"), &json!(false)));
        assert_eq!(told(&entry), ["agency card_to_return", "holder card_to_return"]);
        assert_eq!(queue(&registrar, "overdue=true"), [] as [Value; 0]);
        registrar.get(&format!("{TO_RETURN}?overdue=yes")).expect_invalid(&[("query:overdue", "not_a_boolean")]);
        // The paper says why, and by when.
        let notice = entry["notices"][1]["id"].as_str().expect("an id");
        let pdf = app.registrar().get(&format!("/api/v1/notices/{notice}?format=pdf")).expect(200);
        let text = pdf_extract::extract_text_from_mem(&pdf.body).expect("a PDF that others can read");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in ["Thông báo nộp lại thẻ nhà báo", "Không còn làm việc tại cơ quan", "14/12/2026", &card.text("/number")] {
            assert!(text.contains(said), "{said:?} is not in {text:?}");
        }
        // Asked once, however often anybody looks.
        keep(&app);
        assert_eq!(told(&queue(&registrar, "")[0]).len(), 2);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid", "nothing is revoked by itself");

        app.set_time("2026-12-14T17:00:00Z");
        keep(&app);
        let registrar = app.again(&registrar);
        let [late] = <[Value; 1]>::try_from(queue(&registrar, "overdue=true")).expect("one card");
        assert_eq!((&late["overdue"], &late["reminded_at"]), (&json!(true), &json!("2026-12-14T17:00:00Z")));
        assert_eq!(told(&late)[2..], ["agency return_overdue", "holder return_overdue"]);
        // Handed in, it is out of the queue, and nobody is told any more.
        let clerk = app.clerk(&agency);
        let seen = clerk.get(&card.path("credentials")).expect(200);
        let handed_in = json!({ "event": "return", "reason": "Nộp lại", "ground": "left_agency" });
        clerk.happen("credentials", &seen, handed_in).expect(201);
        app.set_time("2027-03-01T03:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.again(&registrar), ""), [] as [Value; 0]);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices WHERE duty = 'revocation_proposed'"), 0);
    }

    fn whoever_left_before_july_2026_had_fifteen_days(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        leaves(&app, &agency, &card, "2026-06-30");
        keep(&app);
        let entry = queue(&app.registrar(), "overdue=true").remove(0);
        assert_eq!((&entry["due_at"], &entry["source"]), (&json!("2026-07-15T17:00:00Z"), &json!("L2016 Đ28.5")));
        // Nobody is told that it is too late in the moment in which they are asked.
        keep(&app);
        assert_eq!((told(&queue(&app.registrar(), "")[0]), entry.get("reminded_at")), (vec!["agency card_to_return".to_owned()], None));
        app.set_time("2026-11-22T17:00:00Z");
        keep(&app);
        assert_eq!(told(&queue(&app.registrar(), "")[0]), ["agency card_to_return", "agency return_overdue"]);
    }

    fn a_card_not_handed_in_thirty_days_after_the_request_is_laid_before_a_registrar(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = asked(&app, &agency);
        let registrar = app.registrar();
        let revoke = json!({ "event": "revoke", "reason": "Không nộp lại thẻ", "ground": "not_returned" });
        registrar.happen("credentials", &card, revoke.clone()).expect_problem(409, "wrong-state");
        // It arrived on 22 November; thirty days are over with 22 December.
        app.set_time("2026-12-22T16:59:59Z");
        keep(&app);
        assert_eq!(queue(&app.again(&registrar), "proposed=true"), [] as [Value; 0]);
        app.set_time("2026-12-22T17:00:00Z");
        keep(&app);
        keep(&app);
        let registrar = app.again(&registrar);
        let [entry] = <[Value; 1]>::try_from(queue(&registrar, "proposed=true")).expect("one card");
        assert_eq!(entry["proposed_at"], "2026-12-22T17:00:00Z");
        assert_eq!(told(&entry)[4..], ["agency revocation_proposed", "holder revocation_proposed"]);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid", "a registrar decides");
        assert_eq!(queue(&app.provincial(HA_NOI), "proposed=true"), [] as [Value; 0]);
        let revoked = registrar.happen("credentials", &registrar.get(&card.path("credentials")).expect(200), revoke).expect(201);
        assert_eq!((revoked.text("/state"), revoked.text("/ground")), ("revoked".into(), "not_returned".into()));
        assert_eq!(queue(&registrar, ""), [] as [Value; 0]);
        let types: Vec<String> = registrar.history("credentials", &card).iter().map(|it| it["type"].as_str().expect("a type").to_owned()).collect();
        assert_eq!(types[1..], [
            "credential.return_asked", "credential.return_overdue", "credential.revocation_proposed", "credential.revoked",
        ]);
    }

    fn a_registrar_may_set_the_proposal_aside_for_reasons(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = asked(&app, &agency);
        let aside = json!({ "event": "set_aside", "reason": "Đang điều trị ở nước ngoài" });
        event(&app.registrar(), &card, aside.clone()).expect_problem(409, "wrong-state");
        app.set_time("2027-01-04T03:00:00Z");
        keep(&app);
        let registrar = app.provincial(HAI_PHONG);
        event(&registrar, &card, json!({ "event": "set_aside" })).expect_invalid(&[("/reason", "missing")]);
        event(&registrar, &card, json!({ "event": "burn" })).expect_invalid(&[("/event", "unknown_event")]);
        event(&app.head(&agency), &card, aside.clone()).expect_problem(403, "forbidden");
        let entry = event(&registrar, &card, aside).expect(201);
        assert_eq!((entry.json().get("proposed_at"), entry.text("/set_aside_at")), (None, "2027-01-04T03:00:00Z".into()));
        keep(&app);
        assert_eq!(queue(&registrar, "proposed=true"), [] as [Value; 0]);
        // Thirty days later it is proposed again.
        app.set_time("2027-02-03T17:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.again(&registrar), "proposed=true").len(), 1);
    }

    fn an_agencys_own_request_counts_where_nobody_was_reached(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        app.database.run("UPDATE users SET state = 'disabled' WHERE role = 'agency_head'").expect("a statement");
        let request = json!({ "event": "request" });
        event(&app.clerk(&agency), &card, request.clone()).expect_problem(409, "wrong-state");
        leaves(&app, &agency, &card, "2026-11-21");
        keep(&app);
        app.set_time("2027-06-01T03:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "proposed=true"), [] as [Value; 0], "nobody was asked");
        let entry = event(&app.clerk(&agency), &card, request.clone()).expect(201);
        assert_eq!(entry.text("/requested_at"), "2027-06-01T03:00:00Z");
        event(&app.clerk(&agency), &card, request.clone()).expect_problem(409, "wrong-state");
        event(&app.registrar(), &card, request).expect_problem(403, "forbidden");
        app.set_time("2027-07-01T17:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "proposed=true").len(), 1);
    }

    fn whoever_works_for_the_agency_again_need_not_hand_the_card_in(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let card = asked(&app, &agency);
        app.database.run("UPDATE engagements SET to_day = NULL").expect("a statement");
        keep(&app);
        assert_eq!(queue(&app.registrar(), ""), [] as [Value; 0]);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM card_returns"), 0);
        let last = app.registrar().history("credentials", &card).pop().expect("an event");
        assert_eq!(last["type"], "credential.return_settled");
        // What was said of that duty is not said of the next.
        app.set_time("2026-11-27T03:00:00Z");
        leaves(&app, &agency, &card, "2026-11-25");
        keep(&app);
        assert_eq!(told(&queue(&app.registrar(), "")[0]), ["agency card_to_return", "holder card_to_return"]);
    }

    fn a_card_that_need_not_be_handed_in_any_more_is_not_revoked_for_that(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let [rehired, lost] = [asked(&app, &agency), asked(&app, &agency)];
        app.set_time("2027-01-04T03:00:00Z");
        keep(&app);
        let registrar = app.registrar();
        assert_eq!(queue(&registrar, "proposed=true").len(), 2);
        let again = format!("UPDATE engagements SET to_day = NULL WHERE person_id = '{}'", rehired.text("/person_id"));
        app.database.run(&again).expect("a statement");
        let report = json!({ "event": "report_lost", "reason": "Mất trên đường", "ground": "lost" });
        let seen = registrar.get(&lost.path("credentials")).expect(200);
        app.clerk(&agency).happen("credentials", &seen, report).expect(201);
        for card in [&rehired, &lost] {
            let revoke = json!({ "event": "revoke", "reason": "Không nộp lại thẻ", "ground": "not_returned" });
            let seen = registrar.get(&card.path("credentials")).expect(200);
            registrar.happen("credentials", &seen, revoke).expect_problem(409, "wrong-state");
        }
    }

    fn nothing_is_written_for_a_card_whose_time_still_runs(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        asked(&app, &agency);
        app.set_time("2026-12-15T03:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "overdue=true").len(), 1);
        // As long as somebody else writes, whoever wants to write waits.
        let mut other = app.database.connect();
        other.batch_execute(match app.database.engine {
            Engine::Sqlite => "BEGIN IMMEDIATE",
            Engine::Postgres => "BEGIN; LOCK TABLE log_head IN ACCESS EXCLUSIVE MODE",
        }).expect("a lock");
        std::thread::scope(|scope| {
            let (done, ended) = channel();
            let registry = &app.registry;
            scope.spawn(move || done.send(returns::keep(registry).is_ok()));
            let ended = ended.recv_timeout(Duration::from_secs(4));
            other.batch_execute("ROLLBACK").expect("an end");
            assert_eq!(ended, Ok(true), "nothing is due");
        });
    }

    fn the_queue_says_what_was_told_when_the_card_was_asked_for(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.issued_card(&agency);
        let registrar = app.registrar();
        let decide = |registrar: &Client, event: &str| {
            let now = registrar.get(&format!("/api/v1/agencies/{}", agency.id)).expect(200);
            registrar.happen("agencies", &now, json!({ "event": event, "reason": "QĐ 12/2026" })).expect(201);
        };
        decide(&registrar, "revoke_licence");
        keep(&app);
        app.set_time("2026-12-15T03:00:00Z");
        let registrar = app.again(&registrar);
        decide(&registrar, "close");
        keep(&app);
        let [entry] = <[Value; 1]>::try_from(queue(&registrar, "overdue=true")).expect("one card");
        assert_eq!((&entry["reason"], &entry["since"]), (&json!("licence_revoked"), &json!("2026-11-22T03:00:00Z")));
        assert_eq!((&entry["due_at"], &entry["source"]), (&json!("2026-12-14T17:00:00Z"), &json!("NĐ237 Đ7.3")));
        assert_eq!((&entry["overdue"], told(&entry)), (&json!(true), ["agency card_to_return", "agency return_overdue"].map(String::from).to_vec()));
    }

    fn nobody_is_late_from_the_start_of_whom_no_last_day_is_on_record(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.central_agency(), app.central_agency());
        app.issued_card(&agency);
        app.set_time("2027-03-01T03:00:00Z");
        // As where a record was split, and the work stays with the other one.
        app.database.run(&format!("UPDATE engagements SET agency_id = '{}'", other.id)).expect("a statement");
        keep(&app);
        let entry = queue(&app.registrar(), "").remove(0);
        assert_eq!((&entry["since"], &entry["due_at"]), (&json!("2027-03-01T03:00:00Z"), &json!("2027-03-22T17:00:00Z")));
        assert_eq!((&entry["overdue"], told(&entry).len()), (&json!(false), 1));
    }

    fn a_proposal_does_not_outlive_a_revocation_that_is_undone(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        let [asked_before, left_meanwhile] = [asked(&app, &agency), app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"))];
        app.set_time("2027-01-04T03:00:00Z");
        keep(&app);
        let registrar = app.registrar();
        assert_eq!(queue(&registrar, "proposed=true").len(), 1);
        let notice = queue(&registrar, "")[0]["notices"][0]["id"].as_str().expect("an id").to_owned();
        let decide = |registrar: &Client, card: &Answer, event: &str, ground: &str| {
            let seen = registrar.get(&card.path("credentials")).expect(200);
            registrar.happen("credentials", &seen, json!({ "event": event, "reason": "QĐ 3", "ground": ground }))
        };
        for card in [&asked_before, &left_meanwhile] {
            decide(&registrar, card, "revoke", "prosecution").expect(201);
        }
        leaves(&app, &agency, &left_meanwhile, "2027-01-03");
        keep(&app);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM card_returns"), 0);
        // The paper goes on saying by when.
        let pdf = registrar.get(&format!("/api/v1/notices/{notice}?format=pdf")).expect(200);
        let text = pdf_extract::extract_text_from_mem(&pdf.body).expect("a PDF that others can read");
        assert!(text.contains("14/12/2026"), "{text}");

        app.set_time("2029-01-04T03:00:00Z");
        let registrar = app.again(&registrar);
        for card in [&asked_before, &left_meanwhile] {
            decide(&registrar, card, "reinstate", "prosecution_ended").expect(201);
            decide(&registrar, card, "revoke", "not_returned").expect_problem(409, "wrong-state");
        }
        keep(&app);
        keep(&app);
        for entry in queue(&registrar, "") {
            assert_eq!((&entry["since"], &entry["due_at"]), (&json!("2029-01-04T03:00:00Z"), &json!("2029-01-25T17:00:00Z")));
            assert_eq!((&entry["overdue"], entry.get("proposed_at")), (&json!(false), None));
            assert_eq!(told(&entry)[0], "agency card_to_return");
            assert!(told(&entry).iter().all(|it| it.ends_with("card_to_return")), "{entry}");
        }
        assert_eq!(queue(&registrar, "").len(), 2);
        // Thirty days after it was asked for anew.
        app.set_time("2029-02-05T17:00:00Z");
        keep(&app);
        let registrar = app.again(&registrar);
        assert_eq!(queue(&registrar, "proposed=true").len(), 2);
        decide(&registrar, &asked_before, "revoke", "not_returned").expect(201);
    }

    fn no_time_runs_while_an_agency_is_only_suspended_and_one_runs_from_its_end(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let registrar = app.registrar();
        let decide = |event: &str| {
            let now = registrar.get(&format!("/api/v1/agencies/{}", agency.id)).expect(200);
            registrar.happen("agencies", &now, json!({ "event": event, "reason": "QĐ 12/2026" })).expect(201);
        };
        decide("suspend");
        keep(&app);
        let entry = queue(&registrar, "").remove(0);
        assert_eq!((entry["reason"].as_str(), entry.get("due_at"), told(&entry).len()), (Some("agency_suspended"), None, 0));
        decide("revoke_licence");
        keep(&app);
        let entry = queue(&registrar, "").remove(0);
        assert_eq!((entry["reason"].as_str(), entry["due_at"].as_str()), (Some("licence_revoked"), Some("2026-12-14T17:00:00Z")));
        assert_eq!(told(&entry), ["agency card_to_return"]);
        assert_eq!(app.verdict(&card.text("/code")).0, "valid");
    }
}
