//! E-mails that tell of notices, handed to a real mail server.

use crate::support::answer::Answer;
use crate::support::app::{HAI_PHONG, TestApp, open_with_mail};
use crate::support::on_both_databases;
use crate::support::smtp::MailServer;
use data_encoding::BASE64;
use press_registry::app::mails::deliver;
use press_registry::mail::MailSettings;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// Nobody but the test looks for e-mails to send.
const NEVER: Duration = Duration::from_secs(86_400);

fn settings(port: u16, every: Duration) -> MailSettings {
    MailSettings {
        url: format!("smtp://127.0.0.1:{port}"),
        from: "Hệ thống đăng ký <notices@the.example>".to_owned(),
        every,
    }
}

/// A case about a holder without an account, whose e-mail address is on record; they were told by this means.
fn told(app: &TestApp, means: &str) -> Answer {
    let agency = app.local_agency();
    let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
    // What was told of the card itself is not of these tests. The agency is told too; without an account it has no address.
    let others = "DELETE FROM notice_mails WHERE notice_id IN (SELECT id FROM notices WHERE case_id IS NULL)";
    app.database.run(others).expect("a statement");
    app.database.run("UPDATE users SET state = 'disabled' WHERE role = 'agency_head'").expect("a statement");
    let registrar = app.provincial(HAI_PHONG);
    let form = json!({
        "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"),
        "kind": "LENT_CARD", "summary": "Một người khác xuất trình thẻ này.",
    });
    let opened = registrar.post("/api/v1/cases", &form).expect(201);
    registrar.happen("cases", &opened, json!({ "event": "notify", "means": means })).expect(201)
}

/// The first notice of a case, as a registrar sees it.
fn notice(app: &TestApp, case: &Answer) -> Value {
    let registrar = app.registrar();
    let path = format!("{}/notices", case.path("cases"));
    registrar.get(&path).expect(200).json()["items"][0].clone()
}

fn events(app: &TestApp, kind: &str) -> usize {
    app.database.texts(&format!("SELECT type AS value FROM events WHERE type = '{kind}'")).len()
}

on_both_databases! {
    fn a_notice_is_told_of_by_e_mail_without_what_it_is_about(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        let case = told(&app, "post");
        assert_eq!(notice(&app, &case)["email"], "waiting");
        assert_eq!(deliver(&app.registry).expect("delivered"), 1);
        let sent = notice(&app, &case);
        assert_eq!((&sent["email"], &sent["email_at"]), (&json!("sent"), &json!("2026-11-22T03:00:00Z")));
        assert_eq!(sent["served_at"], Value::Null, "nobody knows that it was read");
        let [letter] = <[Value; 1]>::try_from(mail.taken()).expect("one letter");
        let headers = &letter["headers"];
        assert_eq!(headers["subject"], "Hệ thống đăng ký thẻ báo chí – Thông báo dành cho ông/bà / A notice for you");
        assert_eq!(headers["from"], "Hệ thống đăng ký <notices@the.example>");
        assert_eq!(headers["auto-submitted"], "auto-generated");
        assert_eq!(headers["message-id"], format!("<{}.1@127.0.0.1>", sent["id"].as_str().expect("an id")));
        let to = letter["envelope"][0].as_str().expect("a recipient");
        assert_eq!((headers["to"].as_str(), letter["envelope"].as_array().map(Vec::len)), (Some(to), Some(1)));
        assert!(to.starts_with("buoi") && to.ends_with("@test.example"), "{to}");
        let text = letter["text"].as_str().expect("a text");
        for said in [sent["id"].as_str().expect("an id"), "Có một thông báo dành cho ông/bà", "There is a notice for you", &app.base, "1900 0000"] {
            assert!(text.contains(said), "{said} is not in {text}");
        }
        let whole = letter.to_string();
        for unsaid in ["Trần", "mượn", "LENT_CARD", "xuất trình", &case.text("/id"), "Hải Phòng"] {
            assert!(!whole.contains(unsaid), "{unsaid} is in an e-mail that others may read");
        }
        assert_eq!(letter["files"], json!([]));
        assert_eq!(deliver(&app.registry).expect("looked"), 0);
        assert_eq!((mail.taken().len(), events(&app, "notice.emailed")), (1, 1));
    }

    fn where_e_mail_is_the_means_the_notice_goes_with_it(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        let case = told(&app, "email");
        assert_eq!(deliver(&app.registry).expect("delivered"), 1);
        let letter = mail.taken().remove(0);
        assert_eq!(letter["files"][0]["type"], "application/pdf");
        let id = notice(&app, &case)["id"].as_str().expect("an id").to_owned();
        assert_eq!(letter["files"][0]["name"], format!("notice-{id}.pdf"));
        let pdf = BASE64.decode(letter["files"][0]["bytes"].as_str().expect("bytes").as_bytes()).expect("base64");
        let text = pdf_extract::extract_text_from_mem(&pdf).expect("a PDF that others can read");
        assert!(text.contains("Thông báo mở hồ sơ vụ việc") && text.contains(&id));
        // Sent again by the same means, it goes out again.
        let path = format!("/api/v1/notices/{id}");
        let registrar = app.registrar();
        let again = json!({ "event": "send", "means": "email" });
        registrar.event(&path, &registrar.get(&path).expect(200).etag(), again).expect(201);
        assert_eq!(deliver(&app.registry).expect("delivered"), 1);
        let [first, second] = <[Value; 2]>::try_from(mail.taken()).expect("two letters");
        assert_ne!(first["headers"]["message-id"], second["headers"]["message-id"], "a mailbox would drop it");
    }

    fn two_nodes_send_it_once(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        for _ in 0..3 {
            told(&app, "post");
        }
        let waiting = app.database.texts("SELECT state AS value FROM notice_mails").len();
        let another = Arc::new(open_with_mail(&app.database, &app.data_dir, &app.base, settings(mail.port, NEVER)));
        let sent: usize = std::thread::scope(|scope| {
            let nodes = [&app.registry, &another, &app.registry, &another];
            let sending: Vec<_> = nodes.map(|node| scope.spawn(|| deliver(node).expect("delivered"))).into_iter().collect();
            sending.into_iter().map(|it| it.join().expect("no panic")).sum()
        });
        assert_eq!((sent, mail.taken().len()), (waiting, waiting));
        assert_eq!(waiting, 3);
    }

    fn what_is_not_taken_now_is_tried_again_later_and_later(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        let case = told(&app, "post");
        mail.refuse(Some("451 try again"));
        assert_eq!(deliver(&app.registry).expect("tried"), 0);
        assert_eq!(deliver(&app.registry).expect("looked"), 0);
        assert_eq!((mail.refused(), &notice(&app, &case)["email"]), (1, &json!("waiting")));
        for (gap, tries) in [(60, 2), (300, 3), (900, 4)] {
            app.pass(gap - 1);
            assert_eq!(deliver(&app.registry).expect("looked"), 0);
            assert_eq!(mail.refused(), tries - 1, "not yet");
            app.pass(1);
            assert_eq!(deliver(&app.registry).expect("tried"), 0);
            assert_eq!(mail.refused(), tries);
        }
        mail.refuse(None);
        app.pass(3_600);
        assert_eq!(deliver(&app.registry).expect("delivered"), 1);
        assert_eq!((mail.taken().len(), &notice(&app, &case)["email"]), (1, &json!("sent")));
    }

    fn a_server_that_is_away_is_found_again_and_one_that_stays_away_is_given_up(db) {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let app = TestApp::start_with_mail(db, settings(port, NEVER));
        let case = told(&app, "post");
        assert_eq!(deliver(&app.registry).expect("tried"), 0);
        assert_eq!(notice(&app, &case)["email"], "waiting");
        let Some(mail) = MailServer::start_on(port) else { return };
        app.pass(60);
        assert_eq!((deliver(&app.registry).expect("delivered"), mail.taken().len()), (1, 1));
        drop(mail);
        let lost = told(&app, "post");
        for gap in [0, 60, 300, 900, 3_600, 14_400, 43_200, 86_400, 86_400] {
            app.pass(gap);
            assert_eq!(notice(&app, &lost)["email"], "waiting");
            assert_eq!(deliver(&app.registry).expect("tried"), 0);
        }
        assert_eq!(notice(&app, &lost)["email"], "unreachable");
        assert_eq!(events(&app, "notice.email_failed"), 1);
    }

    fn what_is_refused_for_good_is_given_up_and_the_notice_says_so(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        let case = told(&app, "post");
        mail.refuse(Some("550 no such mailbox"));
        assert_eq!(deliver(&app.registry).expect("tried"), 0);
        assert_eq!(notice(&app, &case)["email"], "refused");
        app.pass(86_400);
        assert_eq!((deliver(&app.registry).expect("looked"), mail.refused()), (0, 1));
        // The address of whoever is told stands nowhere in the history.
        let told = app.database.texts("SELECT data AS value FROM events WHERE type = 'notice.email_failed'").remove(0);
        assert!(told.contains("refused") && !told.contains('@'), "{told}");
        // A password that the server does not take is ours to mend, and no fault of the letter.
        let second = self::told(&app, "post");
        mail.refuse(Some("535 who are you"));
        assert_eq!(deliver(&app.registry).expect("tried"), 0);
        assert_eq!(notice(&app, &second)["email"], "waiting");
    }

    fn without_a_server_or_an_address_nothing_is_sent(db) {
        let app = TestApp::start(db);
        let case = told(&app, "post");
        assert_eq!(deliver(&app.registry).expect("looked"), 0);
        assert_eq!(app.database.texts("SELECT state AS value FROM notice_mails"), [] as [&str; 0]);
        assert_eq!(notice(&app, &case).get("email"), None);
        // It is not said to be sent by what does not send it.
        let registrar = app.registrar();
        let by_email = json!({ "event": "notify", "means": "email" });
        registrar.happen("cases", &case, by_email).expect_invalid(&[("/means", "no_email")]);
    }

    fn what_has_no_address_is_not_said_to_be_sent_by_e_mail(db) {
        let app = TestApp::start_with_mail(db, settings(9, NEVER));
        let form = json!({ "subject": "claimed", "claimed_name": "Lê An", "province": "31", "summary": "x" });
        let registrar = app.registrar();
        let opened = registrar.post("/api/v1/cases", &form).expect(201);
        registrar.happen("cases", &opened, json!({ "event": "notify", "means": "email" })).expect_invalid(&[("/means", "no_email")]);
    }

    fn a_notice_whose_own_e_mail_is_lost_counts_as_not_sent(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        let (case, by_post) = (told(&app, "email"), told(&app, "post"));
        let missing = || app.auditor().list("/api/v1/log/findings?kind=notice_not_sent", "/case_id");
        mail.refuse(Some("550 no such mailbox"));
        assert_eq!(deliver(&app.registry).expect("tried"), 0);
        assert_eq!([&case, &by_post].map(|it| notice(&app, it)["email"].clone()), [json!("refused"), json!("refused")]);
        app.pass(9 * 86_400);
        // Their agencies are owed one each that nobody has written.
        let counted = || [&case, &by_post].map(|it| missing().iter().filter(|id| **id == it.text("/id")).count());
        assert_eq!(counted(), [2, 1]);
        let path = format!("/api/v1/notices/{}", notice(&app, &case)["id"].as_str().expect("an id"));
        let registrar = app.registrar();
        let posted = json!({ "event": "send", "means": "post" });
        registrar.event(&path, &registrar.get(&path).expect(200).etag(), posted).expect(201);
        assert_eq!(counted(), [1, 1]);
    }

    fn a_letter_that_cannot_be_written_holds_up_no_other(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, NEVER));
        let (broken, whole) = (told(&app, "email"), told(&app, "email"));
        let person = format!("SELECT person_id FROM cases WHERE id = '{}'", broken.text("/id"));
        let sql = format!("UPDATE people SET national_id_sealed = national_id_hash WHERE id = ({person})");
        app.database.run(&sql).expect("a statement");
        assert_eq!(deliver(&app.registry).expect("delivered"), 1);
        assert_eq!((&notice(&app, &broken)["email"], &notice(&app, &whole)["email"]), (&json!("waiting"), &json!("sent")));
        for gap in [60, 300, 900, 3_600, 14_400, 43_200, 86_400, 86_400] {
            app.pass(gap);
            assert_eq!(deliver(&app.registry).expect("tried"), 0);
        }
        assert_eq!(notice(&app, &broken)["email"], "unreachable");
    }

    fn a_mail_server_that_says_nothing_holds_nobody_up(db) {
        let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = silent.local_addr().expect("an address").port();
        let app = TestApp::start_with_mail(db, settings(port, NEVER));
        let case = told(&app, "post");
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| deliver(&app.registry));
            let (spoken_to, _) = silent.accept().expect("the registry");
            let dismissed = app.registrar().happen("cases", &case, json!({ "event": "dismiss", "reason": "x" }));
            assert_eq!(dismissed.expect(201).text("/state"), "dismissed");
            drop((spoken_to, silent));
            assert_eq!(sending.join().expect("no panic").expect("tried"), 0);
        });
    }

    fn the_server_sends_by_itself(db) {
        let Some(mail) = MailServer::start() else { return };
        let app = TestApp::start_with_mail(db, settings(mail.port, Duration::from_millis(20)));
        let case = told(&app, "post");
        let arrived = (0..500).any(|_| {
            std::thread::park_timeout(Duration::from_millis(20));
            notice(&app, &case)["email"] == "sent"
        });
        assert!(arrived, "nothing was sent within ten seconds");
    }
}
