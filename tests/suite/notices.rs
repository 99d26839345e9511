//! Notices of applications, cards and letters: whom they reach, what they say, and when they arrived.

mod carried;
mod owed;
mod unopened;

use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::smtp::MailServer;
use crate::support::{Engine, on_both_databases};
use press_registry::app::{duties, mails};
use press_registry::mail::MailSettings;
use serde_json::{Value, json};
use std::time::Duration;

const NOTICES: &str = "/api/v1/notices";

/// The notices to this client as JSON.
pub(crate) fn told(client: &Client) -> Vec<Value> {
    client.get(&format!("{NOTICES}?limit=100")).expect(200).json()["items"].as_array().expect("items").clone()
}

/// Recipient, duty and means of each.
fn words(client: &Client) -> Vec<String> {
    let word = |item: &Value, name: &str| item[name].as_str().unwrap_or("-").to_owned();
    told(client)
        .iter()
        .map(|it| format!("{} {} {}", word(it, "recipient"), word(it, "duty"), word(it, "means")))
        .collect()
}

fn path(notice: &Value) -> String {
    format!("{NOTICES}/{}", notice["id"].as_str().expect("an id"))
}

/// The text of a notice's PDF with single spaces.
pub(crate) fn text(client: &Client, notice: &Value) -> String {
    let pdf = client.get(&format!("{}?format=pdf", path(notice))).expect(200);
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    if let Ok(folder) = std::env::var("PRESS_REGISTRY_KEEP_PAPERS") {
        let name = format!("{folder}/{}.pdf", notice["duty"].as_str().expect("a duty"));
        std::fs::write(name, &pdf.body).expect("a file");
    }
    let text = pdf_extract::extract_text_from_mem(&pdf.body).expect("a PDF that others can read");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn tells(text: &str, facts: &[&str]) {
    for fact in facts {
        assert!(text.contains(fact), "{fact:?} is not in {text:?}");
    }
}

/// An application of two people, of whom the second is refused; then the first is approved.
fn decided(app: &TestApp, agency: &TestAgency) -> [Answer; 2] {
    let people = [app.person(agency), app.person(agency)];
    let application = app.submitted(agency, &[&people[0].text("/id"), &people[1].text("/id")]);
    let registrar = app.registrar();
    let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác", "people": [people[1].text("/id")] });
    let application = registrar.happen("applications", &application, refuse).expect(201);
    registrar.happen("applications", &application, json!({ "event": "approve" })).expect(201);
    people
}

/// Two letters that were withdrawn, of which nobody was told yet, nor is but by the test itself.
fn withdrawn(app: &mut TestApp) -> [Answer; 2] {
    let agency = app.central_agency();
    let head = app.head(&agency);
    let letters =
        [(); 2].map(|()| head.post("/api/v1/letters", &app.letter_form(&app.person(&agency).text("/id"))).expect(201));
    app.stop();
    app.database.run("UPDATE credentials SET state = 'revoked', ground = 'error'").expect("a statement");
    letters
}

fn settings(port: u16) -> MailSettings {
    MailSettings {
        url: format!("smtp://127.0.0.1:{port}"),
        from: "Hệ thống đăng ký <notices@the.example>".to_owned(),
        every: Duration::from_secs(86_400),
    }
}

on_both_databases! {
    fn agency_and_holder_are_told_what_became_of_an_application(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [granted, refused] = [app.person(&agency), app.person(&agency)];
        let holders = [&granted, &refused].map(|person| app.holder(&person.text("/id")));
        let application = app.submitted(&agency, &[&granted.text("/id"), &refused.text("/id")]);
        let registrar = app.registrar();
        let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác", "people": [refused.text("/id")] });
        let application = registrar.happen("applications", &application, refuse).expect(201);
        let approved = registrar.happen("applications", &application, json!({ "event": "approve" })).expect(201);
        let number = registrar.get(&format!("/api/v1/credentials/{}", approved.text("/credentials/0/id"))).expect(200).text("/number");

        let head = app.head(&agency);
        assert_eq!(words(&head), ["agency application_decided account"; 2]);
        for holder in &holders {
            assert_eq!(words(holder), ["holder application_decided account"]);
        }
        let [first, second] = <[Value; 2]>::try_from(told(&head)).expect("two notices");
        assert_eq!(first["application_id"], *approved.text("/id"));
        assert_eq!((&first["served_at"], first.get("case_id")), (&first["created_at"], None));
        tells(&text(&head, &first), &[
            "Thông báo kết quả hồ sơ", "Từ chối: 1 người", "Refused: 1", &refused.text("/full_name"),
            "Chưa đủ hai năm công tác", "khiếu nại trong 90 ngày", "complain within 90 days",
        ]);
        let second = text(&head, &second);
        tells(&second, &["Duyệt: 1 người", &granted.text("/full_name"), &format!("Thẻ nhà báo số {number}"), "21/11/2031"]);
        assert!(!second.contains("Chưa đủ hai năm"), "each decision has its own reasons");
        let own = told(&holders[1]).remove(0);
        let paper = text(&holders[1], &own);
        tells(&paper, &["Đề nghị cấp thẻ cho ông/bà", "Từ chối", "Chưa đủ hai năm công tác", &refused.text("/full_name")]);
        assert!(!paper.contains(&granted.text("/full_name")), "nobody is told of others");

        // Whom it is not to learns nothing of it; who keeps the register may read it.
        let foreign = app.head(&app.central_agency());
        for other in [&holders[0], &foreign, &app.official(), &app.provincial(HA_NOI), &app.admin(), &head] {
            other.get(&path(&own)).expect_problem(404, "not-found");
            other.get(&format!("{}?format=pdf", path(&own))).expect_problem(404, "not-found");
        }
        for other in [&holders[0], &foreign] {
            other.get(&path(&first)).expect_problem(404, "not-found");
        }
        registrar.get(&path(&own)).expect(200);
        app.clerk(&agency).get(&path(&first)).expect(200);
        app.auditor().get(&path(&own)).expect_invalid(&[("query:purpose", "missing")]);
        app.auditor().get(&format!("{}?purpose=Thanh%20tra%20qu%C3%BD%204", path(&own))).expect(200);
        // Whose it is sees that it was looked at.
        let looks = holders[1].list(&format!("/api/v1/people/{}/accesses?limit=100", refused.text("/id")), "/what");
        // Once on the paper to the agency, which names everybody.
        assert_eq!(looks.iter().filter(|what| *what == "notice").count(), 3, "{looks:?}");
    }

    fn whoever_is_named_on_an_agencys_paper_sees_that_it_was_read(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let [granted, refused] = decided(&app, &agency).map(|person| person.text("/id"));
        let head = app.head(&agency);
        let letter = head.post("/api/v1/letters", &app.letter_form(&granted)).expect(201);
        let registrar = app.registrar();
        let revoke = json!({ "event": "revoke", "reason": "Viết nhầm nơi đến", "ground": "error" });
        registrar.happen("credentials", &letter, revoke).expect(201);
        duties::tell(&app.registry).expect("a run");
        let holders = [&granted, &refused].map(|person| (app.holder(person), person.clone()));
        let looks = || holders.each_ref().map(|(holder, person)| {
            let all = holder.list(&format!("/api/v1/people/{person}/accesses?limit=100"), "/what");
            all.iter().filter(|what| *what == "notice").count()
        });
        let notices = told(&head);
        for (at, expected) in [[0, 1], [1, 1], [2, 1]].into_iter().enumerate() {
            // Its lines name nobody.
            registrar.get(&path(&notices[at])).expect(200);
            text(&registrar, &notices[at]);
            assert_eq!(looks(), expected, "{}", notices[at]);
        }
    }

    fn a_local_agencys_notices_are_its_provinces_to_deliver(db) {
        let app = TestApp::start(db);
        let agency = app.local_agency();
        app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        let notice = told(&app.head(&agency)).remove(0);
        let own = app.provincial(HAI_PHONG);
        own.get(&path(&notice)).expect(200);
        app.provincial(HA_NOI).get(&path(&notice)).expect_problem(404, "not-found");
        // It arrived in the account: nothing is left to do.
        let seen = own.get(&path(&notice)).expect(200);
        own.happen("notices", &seen, json!({ "event": "send", "means": "post" })).expect_problem(409, "wrong-state");
    }

    fn whoever_has_no_account_is_written_to(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let application = app.submitted(&agency, &[&app.person(&agency).text("/id")]);
        app.database.run("UPDATE users SET state = 'disabled' WHERE role = 'agency_head'").expect("a statement");
        let registrar = app.registrar();
        registrar.happen("applications", &application, json!({ "event": "approve" })).expect(201);
        // No e-mail is sent from here, so that the holder is not reached; the agency's notice waits to be posted.
        let [waiting] = <[Value; 1]>::try_from(told(&app.clerk(&agency))).expect("one notice");
        assert_eq!((waiting.get("means"), waiting.get("sent_at")), (None, None));
        // Registrars find it among those that they are to deliver.
        let to_deliver = format!("{NOTICES}?to_deliver=true");
        assert_eq!(registrar.list(&to_deliver, "/id"), [waiting["id"].as_str().expect("an id")]);
        assert_eq!(app.provincial(HA_NOI).list(&to_deliver, "/id"), [] as [&str; 0]);
        app.clerk(&agency).get(&to_deliver).expect_problem(403, "forbidden");
        app.auditor().get(&to_deliver).expect_problem(403, "forbidden");
        assert_eq!(registrar.list(NOTICES, "/id"), [] as [&str; 0], "it is not to them");
        let seen = registrar.get(&path(&waiting)).expect(200);
        let send = |means: &str| json!({ "event": "send", "means": means });
        registrar.happen("notices", &seen, send("account")).expect_invalid(&[("/means", "no_account")]);
        registrar.happen("notices", &seen, send("email")).expect_invalid(&[("/means", "no_email")]);
        app.clerk(&agency).happen("notices", &seen, send("post")).expect_problem(403, "forbidden");
        app.provincial(HA_NOI).happen("notices", &seen, send("post")).expect_problem(404, "not-found");
        let sent = registrar.happen("notices", &seen, send("post")).expect(201);
        assert_eq!(registrar.list(&to_deliver, "/id"), [] as [&str; 0]);
        let unserved = format!("{NOTICES}?unserved=true");
        assert_eq!(registrar.list(&unserved, "/id"), [sent.text("/id")]);
        assert_eq!((sent.text("/means"), sent.json().get("served_at")), ("post".into(), None));
        app.pass(60);
        let served = registrar.happen("notices", &sent, json!({ "event": "serve" })).expect(201);
        assert_eq!(served.text("/served_at"), "2026-11-22T03:01:00Z");
        assert_eq!(registrar.list(&unserved, "/id"), [] as [&str; 0]);
        let history = registrar.history("applications", &application);
        let types: Vec<_> = history.iter().filter_map(|event| event["type"].as_str()).collect();
        assert_eq!(types[types.len() - 3..], ["application.approved", "notice.sent", "notice.served"]);
    }

    fn whoever_was_refused_is_written_to_where_nothing_reaches_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        app.head(&agency);
        let [granted, refused] = decided(&app, &agency).map(|person| person.text("/id"));
        let registrar = app.registrar();
        let [waiting] = <[Value; 1]>::try_from(registrar.get(&format!("{NOTICES}?to_deliver=true")).expect(200).json()["items"].as_array().expect("items").clone()).expect("one notice");
        assert_eq!((&waiting["recipient"], waiting.get("sent_at")), (&json!("holder"), None));
        let to = "SELECT person_id AS value FROM notices WHERE recipient = 'holder'";
        assert_eq!(app.database.texts(to), [refused.as_str()], "and not {granted}");
        tells(&text(&registrar, &waiting), &["Từ chối", "Chưa đủ hai năm công tác"]);
        let seen = registrar.get(&path(&waiting)).expect(200);
        registrar.happen("notices", &seen, json!({ "event": "send", "means": "post" })).expect(201);
    }

    fn an_e_mail_takes_the_notice_to_whoever_has_no_account(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port));
        let agency = app.central_agency();
        decided(&app, &agency);
        app.head(&agency);
        // Two decisions, each told to the agency and to one person.
        assert_eq!(mails::deliver(&app.registry).expect("delivered"), 4);
        let letters = mail.taken();
        let with_paper: Vec<&Value> = letters.iter().filter(|letter| letter["files"] != json!([])).collect();
        assert_eq!((letters.len(), with_paper.len()), (4, 2));
        for letter in with_paper {
            let to = letter["envelope"][0].as_str().expect("a recipient");
            assert!(to.starts_with("buoi"), "{to}");
            assert!(!letter["text"].to_string().contains("Chưa đủ"), "the text tells nothing");
        }
        let means = app.database.texts("SELECT recipient || ' ' || means AS value FROM notices ORDER BY id");
        assert_eq!(means.iter().filter(|it| *it == "holder email").count(), 2, "{means:?}");
        // That a server took it does not mean that it was read.
        let served = "SELECT COUNT(*) AS value FROM notices WHERE recipient = 'holder' AND served_at IS NOT NULL";
        assert_eq!(app.database.number(served), 0);
    }

    fn a_withdrawn_letter_is_told_once_with_its_reasons(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let (holder, head) = (app.holder(&person), app.head(&agency));
        let letter = head.post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        duties::tell(&app.registry).expect("a run");
        assert_eq!(told(&holder).len(), 0);
        let revoke = json!({ "event": "revoke", "reason": "Viết nhầm nơi đến", "ground": "error" });
        app.registrar().happen("credentials", &letter, revoke).expect(201);
        duties::tell(&app.registry).expect("a run");
        assert_eq!(duties::tell(&app.registry).expect("a run"), 0);
        assert_eq!(words(&holder), ["holder credential_withdrawn account"]);
        assert_eq!(words(&head), ["agency credential_withdrawn account"]);
        let notice = told(&holder).remove(0);
        assert_eq!(notice["credential_id"], *letter.text("/id"));
        tells(&text(&holder, &notice), &[
            "Thông báo giấy tờ hết hiệu lực", "Giấy giới thiệu số", &letter.text("/number"), "Viết nhầm nơi đến",
        ]);
        let last = app.registrar().history("credentials", &letter).pop().expect("an event");
        assert_eq!((&last["type"], &last["actor"]["role"]), (&json!("notice.owed"), &json!("program")));
    }

    fn a_letter_that_is_withdrawn_again_is_told_of_again(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let head = app.head(&agency);
        let letter = head.post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        let registrar = app.registrar();
        let happens = |event: &str, ground: &str| {
            let now = registrar.get(&letter.path("credentials")).expect(200);
            registrar.happen("credentials", &now, json!({ "event": event, "reason": "QĐ 12/2026", "ground": ground })).expect(201);
            duties::tell(&app.registry).expect("a run");
            duties::tell(&app.registry).expect("a run");
        };
        for (event, ground, times) in [("revoke", "prosecution", 1), ("reinstate", "prosecution_ended", 1), ("revoke", "error", 2)] {
            happens(event, ground);
            assert_eq!(words(&head), vec!["agency credential_withdrawn account"; times], "{event}");
        }
    }

    fn one_that_cannot_be_told_of_holds_up_no_other(db) {
        let mut app = TestApp::start(db);
        let [first, second] = withdrawn(&mut app);
        let ground = |ground: &str| {
            let changed = format!("UPDATE credentials SET ground = '{ground}' WHERE id = '{}'", first.text("/id"));
            app.database.run(&changed).expect("a statement");
        };
        ground("nonsense");
        assert_eq!(duties::tell(&app.registry).expect("a run"), 1);
        let told = || app.database.texts("SELECT object_id AS value FROM notices ORDER BY id");
        assert_eq!(told(), [second.text("/id")]);
        ground("error");
        assert_eq!(duties::tell(&app.registry).expect("a run"), 1);
        assert_eq!(told(), [second.text("/id"), first.text("/id")]);
    }

    fn nobody_is_told_that_what_came_back_meanwhile_is_withdrawn(db) {
        let mut app = TestApp::start(db);
        let [first, second] = withdrawn(&mut app);
        // The second comes back when the first is told of, after both were found.
        let back = format!("UPDATE credentials SET state = 'active' WHERE id = '{}'", second.text("/id"));
        let statements = match app.database.engine {
            Engine::Sqlite => vec![format!("CREATE TRIGGER back AFTER INSERT ON notices BEGIN {back}; END")],
            Engine::Postgres => vec![
                format!("CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {back}; RETURN NULL; END $$"),
                "CREATE TRIGGER back AFTER INSERT ON notices FOR EACH ROW EXECUTE FUNCTION back()".to_owned(),
            ],
        };
        for statement in statements {
            app.database.run(&statement).expect("a trigger");
        }
        assert_eq!(duties::tell(&app.registry).expect("a run"), 1);
        assert_eq!(app.database.texts("SELECT object_id AS value FROM notices ORDER BY id"), [first.text("/id")]);
    }

    fn a_card_that_expires_within_a_hundred_and_twenty_days_is_told_of_once(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let gone = app.issued_card(&agency);
        let holder = app.holder(&card.text("/person_id"));
        let expiring = |client: &Client| words(client).iter().filter(|it| it.contains("card_expiring")).count();
        // It is over with 21 November 2031, and a hundred and twenty days before that is 24 July.
        app.set_time("2031-07-23T16:59:59Z");
        let person = app.clerk(&agency).get(&format!("/api/v1/people/{}", gone.text("/person_id"))).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        app.clerk(&agency).event(&engagement, &person.etag(), json!({ "event": "end", "reason": "Hết hợp đồng", "to": "2031-07-01" })).expect(201);
        duties::tell(&app.registry).expect("a run");
        assert_eq!(expiring(&app.again(&holder)), 0);
        app.set_time("2031-07-23T17:00:00Z");
        duties::tell(&app.registry).expect("a run");
        let holder = app.again(&holder);
        assert_eq!(expiring(&holder), 1);
        // Whoever left has nothing to renew.
        let of_gone = format!("SELECT COUNT(*) AS value FROM notices WHERE duty = 'card_expiring' AND object_id = '{}'", gone.text("/id"));
        assert_eq!(app.database.number(&of_gone), 0);
        let notice = told(&holder).pop().expect("a notice");
        tells(&text(&holder, &notice), &["Thông báo thẻ sắp hết hạn", &card.text("/number"), "21/11/2031", "Liên hệ cơ quan báo chí"]);
        app.set_time("2031-07-25T17:00:00Z");
        assert_eq!(duties::tell(&app.registry).expect("a run"), 0);
        assert_eq!(expiring(&app.again(&holder)), 1);
    }

    fn what_was_told_of_a_refusal_is_forgotten_with_it(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let holder = app.holder(&person);
        let application = app.submitted(&agency, &[&person]);
        let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác" });
        app.registrar().happen("applications", &application, refuse).expect(201);
        assert_eq!(told(&holder).len(), 1);
        app.set_time("2027-12-01T03:00:00Z");
        app.registry.forget().expect("a run");
        assert_eq!(told(&app.again(&holder)).len(), 0);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices"), 0);
    }
}
