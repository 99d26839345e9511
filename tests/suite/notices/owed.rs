//! Whom to tell of what: cards and letters that are revoked or suspended outside a case, applications that are given back,
//! offices that follow their agency, collaborators' cards that expire.

use super::{NOTICES, path, tells, text, told, words};
use crate::support::answer::Answer;
use crate::support::app::{Client, HA_NOI, HAI_PHONG, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::{duties, offices};
use serde_json::{Value, json};

/// Everything is told now, once: by this run, or by the server's own before it.
fn tell(app: &TestApp) {
    duties::tell(&app.registry).expect("a run");
    assert_eq!(duties::tell(&app.registry).expect("a run"), 0, "once");
}

/// The newest notice to this client, of this duty.
fn last(client: &Client, duty: &str) -> Value {
    told(client).into_iter().rev().find(|notice| notice["duty"] == duty).expect("a notice of this duty")
}

fn happens(by: &Client, card: &Answer, event: &str, ground: &str) {
    let now = by.get(&card.path("credentials")).expect(200);
    by.happen("credentials", &now, json!({ "event": event, "reason": "Theo QĐ 12/2026", "ground": ground }))
        .expect(201);
}

fn decide(app: &TestApp, agency: &TestAgency, event: &str) {
    let registrar = app.registrar();
    let seen = registrar.get(&format!("/api/v1/agencies/{}", agency.id)).expect(200);
    registrar.happen("agencies", &seen, json!({ "event": event, "reason": "Theo QĐ 34/2026" })).expect(201);
}

/// A card of a collaborator.
fn collaborators_card(app: &TestApp, agency: &TestAgency, person: &str) -> Answer {
    let form = json!({ "kind": "collaborator_card", "basis": "first", "people": [person] });
    let draft = app.clerk(agency).post("/api/v1/applications", &form).expect(201);
    let handed_in = app.head(agency).happen("applications", &draft, json!({ "event": "submit" })).expect(201);
    let decided = app.registrar().happen("applications", &handed_in, json!({ "event": "approve" })).expect(201);
    app.registrar().get(&format!("/api/v1/credentials/{}", decided.text("/credentials/0/id"))).expect(200)
}

fn office(app: &TestApp, agency: &TestAgency, kind: &str, head: Option<&str>) -> Answer {
    let reporter = app.person(agency).text("/id");
    let form = json!({
        "kind": kind, "province": "31", "from": "2026-12-02", "address": head.map(|_| "Số 1 phố Ví Dụ"), "head": head,
        "reporters": [reporter], "documents": head.map_or(json!([]), |_| json!(["notice", "licence_copy"])),
    });
    app.head(agency).post(&format!("/api/v1/agencies/{}/offices", agency.id), &form).expect(201)
}

on_both_databases! {
    fn holder_and_agency_are_told_that_a_press_card_is_suspended_and_revoked(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let (holder, head, registrar) = (app.holder(&card.text("/person_id")), app.head(&agency), app.registrar());
        let times = |client: &Client, duty: &str| words(client).iter().filter(|it| it.contains(duty)).count();
        tell(&app);
        assert_eq!(times(&holder, "credential"), 0);
        happens(&registrar, &card, "suspend", "inquiry");
        tell(&app);
        for client in [&holder, &head] {
            let notice = last(client, "credential_suspended");
            assert_eq!((&notice["credential_id"], &notice["means"]), (&json!(card.text("/id")), &json!("account")));
            tells(&text(client, &notice), &[
                "tạm dừng hiệu lực", "suspended", "Thẻ nhà báo số", &card.text("/number"), "Theo QĐ 12/2026",
                "khiếu nại trong 90 ngày", "complain within 90 days",
            ]);
        }
        // Suspended once more, it is told of once more.
        happens(&registrar, &card, "reinstate", "cleared");
        tell(&app);
        assert_eq!(times(&holder, "credential_suspended"), 1);
        happens(&registrar, &card, "suspend", "inquiry");
        tell(&app);
        assert_eq!(times(&holder, "credential_suspended"), 2);
        happens(&registrar, &card, "revoke", "prosecution");
        tell(&app);
        for client in [&holder, &head] {
            let paper = text(client, &last(client, "credential_withdrawn"));
            tells(&paper, &["Thông báo giấy tờ hết hiệu lực", &card.text("/number"), "Theo QĐ 12/2026", "khiếu nại trong 90 ngày"]);
        }
        app.head(&app.central_agency()).get(&path(&last(&holder, "credential_withdrawn"))).expect_problem(404, "not-found");
    }

    fn whose_press_card_was_taken_is_written_to_where_nothing_reaches_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let letter = app.head(&agency).post("/api/v1/letters", &app.letter_form(&card.text("/person_id"))).expect(201);
        let registrar = app.registrar();
        for it in [&card, &letter] {
            happens(&registrar, it, "revoke", "error");
        }
        tell(&app);
        // The letter's agency tells the holder.
        let waiting = registrar.get(&format!("{NOTICES}?to_deliver=true")).expect(200).json()["items"].clone();
        assert_eq!((waiting.as_array().map(Vec::len), &waiting[0]["recipient"]), (Some(1), &json!("holder")), "{waiting}");
        assert_eq!(waiting[0]["credential_id"], *card.text("/id"));
    }

    fn a_letter_that_stops_with_its_agency_is_told_of(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let (holder, head) = (app.holder(&person), app.head(&agency));
        let letter = head.post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        decide(&app, &agency, "suspend");
        tell(&app);
        let notice = last(&holder, "credential_suspended");
        assert_eq!(notice["credential_id"], *letter.text("/id"));
        tells(&text(&holder, &notice), &["Giấy giới thiệu số", "Theo QĐ 34/2026", "không được dùng"]);
        assert_eq!(words(&head), ["agency credential_suspended account"]);
    }

    fn an_agency_is_told_that_its_application_was_given_back(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency);
        let (holder, head) = (app.holder(&person.text("/id")), app.head(&agency));
        let application = app.submitted(&agency, &[&person.text("/id")]);
        let back = json!({ "event": "return", "reason": "Thiếu bản sao bằng tốt nghiệp" });
        app.registrar().happen("applications", &application, back).expect(201);
        assert_eq!(words(&head), ["agency application_returned account"]);
        let notice = last(&head, "application_returned");
        assert_eq!(notice["application_id"], *application.text("/id"));
        tells(&text(&head, &notice), &[
            "Thông báo trả lại hồ sơ", "Trả lại: 1 người", "Given back: 1", &person.text("/full_name"),
            "Thiếu bản sao bằng tốt nghiệp", "nộp lại hồ sơ",
        ]);
        assert_eq!(told(&holder), [] as [Value; 0], "nothing is decided about anybody");
    }

    fn a_collaborators_card_that_expires_soon_is_told_of(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.collaborator(&agency).text("/id");
        let holder = app.holder(&person);
        let card = collaborators_card(&app, &agency, &person);
        let expiring = |holder: &Client| words(holder).iter().filter(|it| it.contains("card_expiring")).count();
        app.set_time("2027-07-23T16:59:59Z");
        tell(&app);
        assert_eq!(expiring(&app.again(&holder)), 0);
        app.set_time("2027-07-23T17:00:00Z");
        tell(&app);
        let holder = app.again(&holder);
        tells(&text(&holder, &last(&holder, "card_expiring")), &["Thông báo thẻ sắp hết hạn", &card.text("/number"), "21/11/2027"]);
    }

    fn an_agency_is_told_what_becomes_of_its_offices(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let leader = app.issued_card(&agency).text("/person_id");
        let led = office(&app, &agency, "representative_office", Some(&leader));
        let alone = office(&app, &agency, "assigned_reporter", None);
        let head = app.head(&agency);
        let of = |duty: &str| -> Vec<Value> {
            let all = told(&head).into_iter().filter(|it| it["duty"] == duty);
            all.map(|it| it["office_id"].clone()).collect()
        };
        decide(&app, &agency, "suspend");
        assert_eq!(of("office_suspended"), [led.text("/id"), alone.text("/id")]);
        tells(&text(&head, &last(&head, "office_suspended")), &["tạm dừng", "suspended", "Hải Phòng", "Theo QĐ 34/2026"]);
        decide(&app, &agency, "reinstate");
        // Whoever leads one leaves, and whoever is alone.
        for person in [&leader, &alone.text("/people/0/person_id")] {
            let clerk = app.clerk(&agency);
            let person = clerk.get(&format!("/api/v1/people/{person}")).expect(200);
            let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
            clerk.event(&engagement, &person.etag(), json!({ "event": "end", "reason": "Nghỉ hưu" })).expect(201);
        }
        assert_eq!((of("office_headless"), of("office_ended")), (vec![json!(led.text("/id"))], vec![json!(alone.text("/id"))]));
        tells(&text(&head, &last(&head, "office_ended")), &["chấm dứt hoạt động", "has ended", "Nghỉ hưu"]);
        let headless = told(&head).into_iter().find(|it| it["duty"] == "office_headless").expect("a notice");
        let paper = text(&head, &headless);
        tells(&paper, &["không có người đứng đầu", "Số 1 phố Ví Dụ", "người đứng đầu mới"]);
        assert!(!paper.contains("Nghỉ hưu"), "why somebody left is told to no other: {paper}");
        decide(&app, &agency, "revoke_licence");
        assert_eq!(of("office_ended").len(), 2);
        // In the transaction of what made it due.
        let own = app.registrar().history("offices", &led);
        let types: Vec<_> = own.iter().filter_map(|event| event["type"].as_str()).collect();
        assert_eq!(types, ["office.notified", "office.suspended", "office.resumed", "office.post_ended", "office.closed"]);
        // The province in which it is delivers it.
        let notice = last(&head, "office_ended");
        app.provincial(HAI_PHONG).get(&path(&notice)).expect(200);
        app.provincial(HA_NOI).get(&path(&notice)).expect_problem(404, "not-found");
    }

    fn an_office_whose_leader_left_on_a_day_named_before_is_told_of_too(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let leader = app.issued_card(&agency).text("/person_id");
        office(&app, &agency, "representative_office", Some(&leader));
        let (head, clerk) = (app.head(&agency), app.clerk(&agency));
        let person = clerk.get(&format!("/api/v1/people/{leader}")).expect(200);
        let engagement = format!("{}/engagements/{}", person.path("people"), person.text("/engagements/0/id"));
        clerk.event(&engagement, &person.etag(), json!({ "event": "end", "reason": "Nghỉ hưu", "to": "2026-11-23" })).expect(201);
        let headless = |head: &Client| words(head).iter().filter(|it| it.contains("office_headless")).count();
        assert_eq!(headless(&head), 0);
        app.set_time("2026-11-23T17:00:00Z");
        offices::lapse(&app.registry).expect("a run");
        assert_eq!(headless(&app.again(&head)), 1);
    }
}
