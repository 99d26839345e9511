//! Cards of before are in the queue as ours are, where it is known who holds them.

use super::{TO_RETURN, keep, leave, leaves, queue, told};
use crate::agencies::successions::{carried_out, merger, parted};
use crate::lookups::state_cards;
use crate::state_cards::seen;
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use crate::withdrawals::decide;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Somebody with an account, and their card of before, as the registrar sees it.
fn held(app: &TestApp, agency: &TestAgency, number: &str) -> (String, Answer) {
    let person = app.person(agency);
    state_cards(app, agency, &[(number, &person.text("/full_name"), "2026-01-02", "")]);
    app.holder(&person.text("/id"));
    (person.text("/id"), seen(&app.registrar(), number))
}

/// The same, where the holder left on the day before the beginning and was asked for it at the beginning.
fn asked(app: &TestApp, agency: &TestAgency, number: &str) -> (String, Answer) {
    let (person, card) = held(app, agency, number);
    leave(app, agency, &person, "2026-11-21");
    keep(app);
    (person, card)
}

fn event(event: &str, ground: &str) -> Value {
    json!({ "event": event, "reason": "Biên bản ngày 12/11/2026", "ground": ground })
}

/// Lets something happen to a card as it stands now.
fn happen(client: &Client, card: &Answer, body: Value) -> Answer {
    let now = client.get(&card.path("state-cards")).expect(200);
    client.happen("state-cards", &now, body)
}

/// Lets something happen to the duty to hand it in.
fn on_return(client: &Client, card: &Answer, body: Value) -> Answer {
    let now = client.get(&card.path("state-cards")).expect(200);
    client.event(&format!("{}/return", card.path("state-cards")), &now.etag(), body)
}

fn only(client: &Client, filter: &str) -> Value {
    let [entry] = <[Value; 1]>::try_from(queue(client, filter)).expect("one card");
    entry
}

const NONE: [Value; 0] = [];

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
        let request = json!({ "event": "request" });
        on_return(&app.clerk(&agency), &card, request.clone()).expect_problem(409, "wrong-state");
        leave(&app, &agency, &person.text("/id"), "2026-11-21");
        keep(&app);
        assert_eq!(told(&only(&app.registrar(), "")), ["agency card_to_return"]);
        app.set_time("2027-06-01T03:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "proposed=true"), NONE, "nobody was asked");
        let entry = on_return(&app.clerk(&agency), &card, request.clone()).expect(201);
        assert_eq!(entry.text("/requested_at"), "2027-06-01T03:00:00Z");
        on_return(&app.clerk(&agency), &card, request.clone()).expect_problem(409, "wrong-state");
        on_return(&app.registrar(), &card, request).expect_problem(403, "forbidden");
        app.set_time("2027-07-01T17:00:00Z");
        keep(&app);
        assert_eq!(queue(&app.registrar(), "proposed=true").len(), 1);
    }

    fn a_card_that_nobody_is_known_to_hold_is_in_no_queue(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        state_cards(&app, &agency, &[("IBT00009", "Lê Thị Không Ai", "2026-01-02", "")]);
        let unknown = seen(&app.registrar(), "IBT00009");
        let (person, card) = asked(&app, &agency, "IBT00001");
        assert_eq!(only(&app.registrar(), "")["state_card"]["number"], "IBT00001");
        // A namesake comes to the agency: nobody can tell any more.
        let mut namesake = app.person_form();
        namesake["full_name"] = card.text("/name").into();
        app.entered(&agency, &namesake);
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

    fn the_queue_shows_cards_of_before_to_those_alone_whom_they_concern(db) {
        let app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency_of("01"));
        let [one, colleague] = ["IBT00001", "IBT00002"].map(|number| {
            let person = app.person(&agency);
            state_cards(&app, &agency, &[(number, &person.text("/full_name"), "2026-01-02", "")]);
            person.text("/id")
        });
        leave(&app, &agency, &one, "2026-11-21");
        keep(&app);
        let card = seen(&app.registrar(), "IBT00001");
        let (person, holder) = (&one, app.holder(&one));
        for client in [&app.registrar(), &app.provincial(HAI_PHONG), &app.clerk(&agency), &app.head(&agency), &holder] {
            assert_eq!(only(client, "")["state_card"]["number"], "IBT00001");
            let narrowed = |agency: &TestAgency| queue(client, &format!("agency_id={}", agency.id)).len();
            assert_eq!((narrowed(&agency), narrowed(&other)), (1, 0));
        }
        for client in [app.provincial(HA_NOI), app.clerk(&other), app.head(&other), app.holder(&colleague)] {
            assert_eq!(queue(&client, ""), NONE);
        }
        for client in [app.official(), app.admin(), app.auditor()] {
            client.get(TO_RETURN).expect_problem(403, "forbidden");
        }
        let path = format!("{}/return", card.path("state-cards"));
        let request = json!({ "event": "request" });
        app.clerk(&other).event(&path, &card.etag(), request.clone()).expect_problem(404, "not-found");
        holder.event(&path, &card.etag(), request).expect_problem(403, "forbidden");
        // Whose it is sees that it was looked at.
        let looks = holder.list(&format!("/api/v1/people/{person}/accesses"), "/what");
        assert!(looks.contains(&"list".to_owned()), "{looks:?}");
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
        on_return(&clerk, &card, json!({ "event": "request" })).expect(201);
        happen(&clerk, &card, event("return", "left_agency")).expect(201);
        assert_eq!(queue(&clerk, ""), NONE);
    }

    fn an_agency_that_gave_a_holder_away_is_not_told_what_becomes_of_their_card(db) {
        let app = TestApp::start(db);
        let [whole, part] = [(); 2].map(|()| app.central_agency());
        let (person, card) = held(&app, &whole, "IBT00001");
        carried_out(&app, "splits", &parted(&whole, &part, &[&person]));
        app.set_time("2026-11-27T03:00:00Z");
        leave(&app, &part, &person, "2026-11-26");
        keep(&app);
        let (issuer, collector) = (app.clerk(&whole), app.clerk(&part));
        assert_eq!(queue(&issuer, ""), NONE);
        on_return(&issuer, &card, json!({ "event": "request" })).expect(404);
        assert_eq!(only(&collector, "")["agency_id"], json!(part.id.to_string()));
        on_return(&collector, &card, json!({ "event": "request" })).expect(201);
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
    }

    fn cards_of_either_kind_stand_in_one_order_and_are_listed_in_parts(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let ours = || {
            let card = app.issued_card(&agency);
            leaves(&app, &agency, &card, "2026-11-21");
            card.text("/id")
        };
        let before = |number: &str| asked(&app, &agency, number).1.text("/id");
        let all = [before("IBT00001"), ours(), before("IBT00002"), before("IBT00003"), ours(), ours()];
        keep(&app);
        let id = |entry: &Value| {
            let kind = entry["kind"].as_str().expect("a kind");
            entry[kind]["id"].as_str().expect("an id").to_owned()
        };
        let registrar = app.registrar();
        for limit in 1..=6 {
            let (mut found, mut cursor) = (Vec::new(), String::new());
            loop {
                let part = registrar.get(&format!("{TO_RETURN}?limit={limit}{cursor}")).expect(200).json();
                let items = part["items"].as_array().expect("items");
                assert!(items.len() <= limit);
                found.extend(items.iter().map(id));
                match part["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(found, all, "{limit} at a time");
        }
        // What is said of ours is what was said before there were others.
        let entry = queue(&registrar, "").swap_remove(1);
        let alone = registrar.get(&format!("/api/v1/credentials/{}", all[1])).expect(200).json();
        assert_eq!((&entry["kind"], &entry["credential"], entry.get("state_card")), (&json!("credential"), &alone, None));
        assert_eq!(entry["person_id"], alone["person_id"]);
    }

    fn without_the_step_of_cards_of_before_what_was_done_about_ours_stays(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let ours = app.issued_card(&agency);
        leaves(&app, &agency, &ours, "2026-11-21");
        let (_, before) = asked(&app, &agency, "IBT00001");
        let database = &app.database;
        let folder = match database.engine {
            Engine::Sqlite => "migrations/sqlite",
            Engine::Postgres => "migrations/postgres",
        };
        let step = |way: &str| {
            let file = format!("{folder}/2026-12-01-000100_returns_of_cards_of_before/{way}.sql");
            let step = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a step");
            database.forge(&[&step]);
        };
        let notices = "SELECT object_kind || ' ' || duty AS value FROM notices ORDER BY id";
        let told = database.texts(notices);
        assert_eq!(told.iter().filter(|it| it.starts_with("state_card")).count(), 2, "{told:?}");
        let columns = "reason || ' ' || CAST(due_at AS TEXT) || ' ' || CAST(version AS TEXT)";
        let row = database.texts(&format!("SELECT {columns} AS value FROM card_returns WHERE credential_id = '{}'", ours.text("/id")));
        step("down");
        assert_eq!(database.texts(&format!("SELECT {columns} AS value FROM card_returns")), row);
        let kept: Vec<&String> = told.iter().filter(|it| !it.starts_with("state_card")).collect();
        assert_eq!(database.texts(notices).iter().collect::<Vec<_>>(), kept);
        step("up");
        assert_eq!(database.texts("SELECT card_id AS value FROM card_returns"), [ours.text("/id")]);
        // It is asked for again.
        keep(&app);
        let queued = queue(&app.registrar(), "");
        assert_eq!((queued.len(), told_of(&queued, &before)), (2, 2));
    }
}

/// How many notices there are of a card of before.
fn told_of(queued: &[Value], card: &Answer) -> usize {
    let entry = queued.iter().find(|it| it["state_card"]["id"] == card.json()["id"]).expect("it is there");
    told(entry).len()
}
