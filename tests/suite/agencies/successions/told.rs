//! What goes with the people: offices, which the plan shows, and notices to those whose agency is another one now.

use super::{carried_out, merger, parted, planned, sent};
use crate::notices::{text, told};
use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::on_both_databases;
use crate::support::smtp::MailServer;
use press_registry::app::{mails, returns};
use press_registry::mail::MailSettings;
use serde_json::{Value, json};
use std::time::Duration;

/// The notices of mergers among these.
fn of_mergers(all: Vec<Value>) -> Vec<Value> {
    all.into_iter().filter(|it| it["duty"] == "carried_over").collect()
}

on_both_databases! {
    fn offices_are_counted_and_named_in_the_plan(db) {
        let app = TestApp::start(db);
        let (whole, part) = (app.central_agency(), app.central_agency());
        let [goes, stays] = [(); 2].map(|()| app.person(&whole).text("/id"));
        let head = app.head(&whole);
        let follows = |person: &str| {
            let form = json!({ "kind": "assigned_reporter", "province": "31", "from": "2026-12-02", "reporters": [person] });
            head.post(&format!("/api/v1/agencies/{}/offices", whole.id), &form).expect(201)
        };
        let (away, _home) = (follows(&goes), follows(&stays));
        let registrar = app.registrar();
        let form = parted(&whole, &part, &[&goes]);
        let plan = planned(&registrar, "splits", &form).expect(200);
        assert_eq!(plan.json()["shares"][0]["offices"], 1, "the one that follows whoever goes");
        // One ends and another begins: the numbers are those that were shown.
        head.happen("offices", &away, json!({ "event": "close" })).expect(201);
        assert_eq!(planned(&registrar, "splits", &form).expect(200).json()["shares"][0]["offices"], 0);
        let again = follows(&goes);
        let now = planned(&registrar, "splits", &form).expect(200);
        assert_eq!(now.json()["shares"], plan.json()["shares"]);
        sent(&registrar, "splits", &plan.etag(), &form).expect_problem(412, "precondition-failed");
        let done = sent(&registrar, "splits", &now.etag(), &form).expect(201);
        assert_eq!(done.json()["shares"], now.json()["shares"]);
        let theirs = app.head(&part).list("/api/v1/offices", "/id");
        assert_eq!(theirs, [again.text("/id")]);
        // It is kept, and told to those who decide on mergers.
        let kept = app.registrar().get(&format!("{}/{}", super::SUCCESSIONS, done.text("/id"))).expect(200);
        assert_eq!(kept.json()["shares"][0]["offices"], 1);
    }

    fn whoever_goes_over_is_told_once_with_their_cards(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.local_agency(), app.local_agency());
        let card = app.issued_in(&old, Some(HAI_PHONG), &app.person(&old).text("/id"));
        let (holder, head) = (app.holder(&card.text("/person_id")), app.head(&old));
        let letter = head.post("/api/v1/letters", &app.letter_form(&card.text("/person_id"))).expect(201);
        let withdrawn = head.post("/api/v1/letters", &app.letter_form(&card.text("/person_id"))).expect(201);
        let revoke = json!({ "event": "revoke", "reason": "Viết nhầm", "ground": "error" });
        app.registrar().happen("credentials", &withdrawn, revoke).expect(201);
        // Somebody who has left, whose card is not handed in; and somebody whom nothing reaches.
        let gone = app.issued_in(&old, Some(HAI_PHONG), &app.person(&old).text("/id"));
        let former = app.holder(&gone.text("/person_id"));
        let person = app.clerk(&old).get(&format!("/api/v1/people/{}", gone.text("/person_id"))).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        let end = json!({ "event": "end", "reason": "Hết hợp đồng", "to": "2026-11-01" });
        app.clerk(&old).event(&engagement, &person.etag(), end).expect(201);
        app.person(&old);
        let names = [&old, &new].map(|it| app.registrar().get(&format!("/api/v1/agencies/{}", it.id)).expect(200).text("/name"));
        let done = carried_out(&app, "mergers", &merger(&[&old], &new));
        for client in [&holder, &former] {
            let [notice] = <[Value; 1]>::try_from(of_mergers(told(client))).expect("one notice");
            let word = |name: &str| notice[name].as_str().unwrap_or_default().to_owned();
            assert_eq!(["recipient", "means", "succession_id"].map(word), ["holder", "account", &done.text("/id")]);
            assert!(notice["served_at"].is_string());
            let paper = text(client, &notice);
            for fact in [&*names[0], &*names[1], "22/11/2026", "Quyết định 1/QĐ-TU", "sáp nhập hoặc chia tách", "merged or split"] {
                assert!(paper.contains(fact), "{fact} is not in {paper}");
            }
        }
        let paper = text(&holder, &of_mergers(told(&holder))[0]);
        let says = |number: &str| paper.contains(number);
        assert!(says(&card.text("/number")) && says(&letter.text("/number")), "{paper}");
        assert!(!says(&withdrawn.text("/number")) && !says(&gone.text("/number")), "{paper}");
        // The paper goes on saying what was so then.
        let seen = app.registrar().get(&card.path("credentials")).expect(200);
        app.registrar().happen("credentials", &seen, json!({ "event": "revoke", "reason": "x", "ground": "error" })).expect(201);
        assert!(text(&holder, &of_mergers(told(&holder))[0]).contains(&card.text("/number")));
        // Their own entry of the log tells of it, and names the notice.
        let at = format!("SELECT events.type || ' ' || events.object_id AS value FROM events JOIN notices ON log_index = idx WHERE person_id = '{}' AND duty = 'carried_over'", card.text("/person_id"));
        assert_eq!(app.database.texts(&at), [format!("engagement.carried {}", card.text("/person_id"))]);
        let of_former = at.replace(&card.text("/person_id"), &gone.text("/person_id"));
        assert_eq!(app.database.texts(&of_former), [format!("credential.carried {}", gone.text("/id"))]);
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices WHERE duty = 'carried_over'"), 3, "two people and the agency");
        // The agency is told in the account that came over with its head; nobody else reads a person's notice.
        let [notice] = <[Value; 1]>::try_from(of_mergers(told(&head))).expect("one notice");
        assert_eq!((&notice["recipient"], &notice["means"]), (&json!("agency"), &json!("account")));
        let paper = text(&head, &notice);
        assert!(paper.contains(&names[0]) && paper.contains("2 thẻ nhà báo") && paper.contains("2 people"), "{paper}");
        let own = of_mergers(told(&holder)).remove(0);
        let path = format!("/api/v1/notices/{}", own["id"].as_str().expect("an id"));
        for other in [&former, &head, &app.head(&app.central_agency()), &app.official()] {
            assert!([403, 404].contains(&other.get(&path).status));
        }
    }

    fn whoever_left_before_owes_their_card_by_the_same_law_afterwards(db) {
        let app = TestApp::start(db);
        let (old, new) = (app.local_agency(), app.local_agency());
        let [asked, unasked] = [(); 2].map(|()| app.issued_in(&old, Some(HAI_PHONG), &app.person(&old).text("/id")));
        let leaves = |card: &crate::support::answer::Answer| {
            let person = app.clerk(&old).get(&format!("/api/v1/people/{}", card.text("/person_id"))).expect(200);
            let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
            let end = json!({ "event": "end", "reason": "Hết hợp đồng", "to": "2026-06-30" });
            app.clerk(&old).event(&engagement, &person.etag(), end).expect(201);
        };
        leaves(&asked);
        returns::keep(&app.registry).expect("a run");
        leaves(&unasked);
        let queue = || app.registrar().get("/api/v1/credentials/to-return").expect(200).json()["items"].clone();
        let words = |entry: &Value| ["reason", "since", "due_at", "source"].map(|name| entry[name].clone());
        let told = json!(["left_agency", "2026-06-30T17:00:00Z", "2026-07-15T17:00:00Z", "L2016 Đ28.5"]);
        assert_eq!(json!(words(&queue()[0])), told);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        let is_as_before = || queue().as_array().expect("items").iter().all(|it| json!(words(it)) == told && it["overdue"] == true);
        assert!(is_as_before(), "{}", queue());
        assert_eq!(queue()[0]["notices"][0]["duty"], "card_to_return", "it was asked for before");
        returns::keep(&app.registry).expect("a run");
        assert!(is_as_before() && queue()[1]["notices"][0]["duty"] == "card_to_return", "{}", queue());
    }

    fn whoever_has_no_account_is_told_by_e_mail(db) {
        let Some(mail) = MailServer::start() else { return };
        let settings = MailSettings {
            url: format!("smtp://127.0.0.1:{}", mail.port),
            from: "Hệ thống đăng ký <notices@the.example>".to_owned(),
            every: Duration::from_secs(86_400),
        };
        let app = TestApp::start_with_mail(db, settings);
        let (old, new) = (app.central_agency(), app.central_agency());
        let mut form = app.person_form();
        form.as_object_mut().expect("a form").remove("email");
        app.entered(&old, &form);
        for _ in 0..3 {
            app.person(&old);
        }
        app.head(&old);
        carried_out(&app, "mergers", &merger(&[&old], &new));
        // Three people whose address is known, and the agency's head.
        assert_eq!(mails::deliver(&app.registry).expect("delivered"), 4);
        let letters = mail.taken();
        let with_paper = letters.iter().filter(|letter| letter["files"] != json!([])).count();
        assert_eq!((letters.len(), with_paper), (4, 3));
        let means = app.database.texts("SELECT recipient || ' ' || means AS value FROM notices ORDER BY recipient, id");
        assert_eq!(means, ["agency account", "holder email", "holder email", "holder email"]);
    }
}
