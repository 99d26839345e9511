//! Notices go with what they tell of: to the agency that took over, and to the record that took another in.

use super::{NOTICES, path, settings, tells, text, told, words};
use crate::agencies::successions::{carried_out, merger};
use crate::people::duplicates::{happen, merge, pair};
use crate::people::splits::split;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use crate::support::on_both_databases;
use crate::support::smtp::MailServer;
use press_registry::app::{mails, returns};
use serde_json::{Value, json};

fn refused(app: &TestApp, application: &Answer) {
    let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác" });
    app.registrar().happen("applications", application, refuse).expect(201);
}

/// Looks at notices that somebody sees of themselves.
fn looks(holder: &Client, person: &str) -> usize {
    let all = holder.list(&format!("/api/v1/people/{person}/accesses?limit=100"), "/what");
    all.iter().filter(|what| *what == "notice").count()
}

on_both_databases! {
    fn a_successor_reads_what_was_told_of_the_cards_that_it_has_now(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let card = app.issued_card(&old);
        let clerk = app.clerk(&old);
        let person = clerk.get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        clerk.event(&engagement, &person.etag(), json!({ "event": "end", "reason": "Hết hợp đồng", "to": "2026-11-21" })).expect(201);
        returns::keep(&app.registry).expect("a run");
        let (before, after) = (app.head(&old), app.head(&new));
        let queue = |client: &Client| client.get("/api/v1/credentials/to-return").expect(200).json()["items"].clone();
        let notice = queue(&before)[0]["notices"][0].clone();
        assert_eq!(notice["duty"], "card_to_return");
        after.get(&path(&notice)).expect_problem(404, "not-found");
        let seen = before.get(&path(&notice)).expect(200);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        assert_eq!(queue(&after)[0]["notices"][0]["id"], notice["id"], "it is in the queue");
        let now = after.get(&path(&notice)).expect(200);
        assert_ne!(now.etag(), seen.etag(), "it is another agency's affair");
        assert!(words(&after).iter().any(|it| it.starts_with("agency card_to_return")));
        tells(&text(&after, &notice), &[&card.text("/number")]);
        app.head(&app.central_agency()).get(&path(&notice)).expect_problem(404, "not-found");
    }

    fn what_an_agency_that_ended_was_not_reached_with_is_its_successors(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.central_agency(), app.central_agency());
        let application = app.submitted(&old, &[&app.person(&old).text("/id")]);
        app.database.run("UPDATE users SET state = 'disabled' WHERE role = 'agency_head'").expect("a statement");
        refused(&app, &application);
        let to_agency = || app.database.texts("SELECT agency_id AS value FROM notices WHERE recipient = 'agency' AND duty = 'application_decided'");
        assert_eq!(to_agency(), [old.id.to_string()]);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        assert_eq!(to_agency(), [new.id.to_string()]);
        let registrar = app.registrar();
        let names = [&old, &new].map(|it| registrar.get(&format!("/api/v1/agencies/{}", it.id)).expect(200).text("/name"));
        let waiting = registrar.get(&format!("{NOTICES}?to_deliver=true")).expect(200).json()["items"].clone();
        let waiting = waiting.as_array().expect("items").iter().find(|it| it["duty"] == "application_decided" && it["recipient"] == "agency");
        let paper = text(&registrar, waiting.expect("it waits"));
        assert!(paper.contains(&names[1]) && !paper.contains(&names[0]), "{paper}");
        assert_eq!(words(&app.head(&new)).iter().filter(|it| it.contains("application_decided")).count(), 1);
    }

    fn a_journalist_finds_what_was_told_to_a_record_that_theirs_took_in(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        let (keep, gone) = (here.text("/id"), there.text("/id"));
        let holder = app.holder(&gone);
        refused(&app, &app.submitted(&other, &[&gone]));
        let [notice] = <[Value; 1]>::try_from(told(&holder)).expect("one notice");
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        // The account went over with the record.
        let holder = app.again(&holder);
        assert_eq!(holder.get("/api/v1/me").expect(200).text("/person_id"), keep);
        assert_eq!(told(&holder).len(), 1);
        let paper = text(&holder, &notice);
        tells(&paper, &[&here.text("/full_name"), "Chưa đủ hai năm công tác"]);
        assert!(!paper.contains("đã xóa"), "{paper}");
        let exported = holder.get(&format!("/api/v1/people/{keep}/export")).expect(200).json();
        assert_eq!(exported["notices"][0]["id"], notice["id"]);
        let by_agency = told(&app.head(&other)).into_iter().next().expect("a notice");
        assert!(!text(&app.registrar(), &by_agency).contains("đã xóa"));
        // What they read themselves is no look; what others read is.
        let before = looks(&holder, &keep);
        text(&app.registrar(), &notice);
        assert_eq!(looks(&holder, &keep), before + 1);
        app.holder(&app.person(&one).text("/id")).get(&path(&notice)).expect_problem(404, "not-found");
        // Undone, it is the other's again, and nobody's else.
        let pair = app.registrar().get(&found.path("duplicates")).expect(200);
        happen(&app.registrar(), &pair, split()).expect(201);
        let holder = app.again(&holder);
        assert_eq!((holder.get("/api/v1/me").expect(200).text("/person_id"), told(&holder).len()), (gone, 1));
        assert_eq!(told(&app.holder(&keep)), [] as [Value; 0]);
    }

    fn what_was_told_of_a_refusal_is_forgotten_though_the_record_was_taken_in(db) {
        let app = TestApp::start(db);
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        app.holder(&there.text("/id"));
        refused(&app, &app.submitted(&other, &[&there.text("/id")]));
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices"), 2);
        app.set_time("2027-12-01T03:00:00Z");
        app.registry.forget().expect("a run");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices"), 0);
    }

    fn an_e_mail_reaches_whoever_is_on_another_record_by_now(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port));
        let (one, other) = (app.central_agency(), app.central_agency());
        let (here, there, found) = pair(&app, &one, &other);
        refused(&app, &app.submitted(&other, &[&there.text("/id")]));
        happen(&app.registrar(), &found, merge(&here)).expect(201);
        mails::deliver(&app.registry).expect("delivered");
        let states = "SELECT notice_mails.state AS value FROM notice_mails JOIN notices ON notices.id = notice_id WHERE recipient = 'holder'";
        assert_eq!(app.database.texts(states), ["sent"]);
    }
}
