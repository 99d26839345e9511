//! An account that nobody ever opened reaches nobody; and what was sent and has not arrived is in a list.

use super::{NOTICES, told};
use crate::accounts::opened;
use crate::support::app::{HA_NOI, TestAgency, TestApp};
use crate::support::on_both_databases;
use press_registry::app::returns;
use serde_json::{Value, json};

fn refused(app: &TestApp, agency: &TestAgency, person: &str) {
    let application = app.submitted(agency, &[person]);
    let refuse = json!({ "event": "refuse", "reason": "Chưa đủ hai năm công tác" });
    app.registrar().happen("applications", &application, refuse).expect(201);
}

/// How the notices to people stand, in order.
fn stand(app: &TestApp) -> Vec<String> {
    let of = "SELECT COALESCE(means, '-') || CASE WHEN served_at IS NULL THEN '' ELSE ' served' END AS value \
              FROM notices WHERE recipient IN ('holder', 'subject') ORDER BY id";
    app.database.texts(of)
}

on_both_databases! {
    fn whoever_never_opened_their_account_is_not_told_there(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let person = app.person(&agency).text("/id");
        let admin = app.admin();
        let invited = admin.post(&format!("/api/v1/people/{person}/invite"), &json!({})).expect(201);
        refused(&app, &agency, &person);
        // The code still holds, and nobody ever came with one.
        assert_eq!(stand(&app), ["-"]);
        let registrar = app.registrar();
        let waiting = registrar.list(&format!("{NOTICES}?to_deliver=true"), "/recipient");
        assert!(waiting.contains(&"holder".to_owned()), "{waiting:?}");
        let notice = app.database.texts("SELECT id AS value FROM notices WHERE recipient = 'holder'").remove(0);
        let seen = registrar.get(&format!("{NOTICES}/{notice}")).expect(200);
        let by_account = json!({ "event": "send", "means": "account" });
        registrar.happen("notices", &seen, by_account.clone()).expect_invalid(&[("/means", "no_account")]);
        let holder = opened(&app, &invited);
        refused(&app, &agency, &person);
        assert_eq!(stand(&app), ["-", "account served"]);
        // What was owed before may be shown there now.
        registrar.happen("notices", &seen, by_account).expect(201);
        assert_eq!(told(&holder).len(), 2);
        // A code that is not used in time opens nothing any more.
        admin.send("POST", &format!("/api/v1/users/{}/reset", invited.text("/id")), &[], None).expect(201);
        refused(&app, &agency, &person);
        assert_eq!(stand(&app)[2..], ["account served"], "they asked for it");
        app.pass(72 * 3_600);
        refused(&app, &agency, &person);
        assert_eq!(stand(&app)[3..], ["-"]);
    }

    fn no_time_to_hand_a_card_in_runs_from_an_account_that_nobody_opened(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        let person = card.text("/person_id");
        app.admin().post(&format!("/api/v1/people/{person}/invite"), &json!({})).expect(201);
        // Nor does it reach the agency, whose head was not there yet.
        app.database.run("UPDATE users SET password_hash = NULL WHERE role = 'agency_head'").expect("a statement");
        let clerk = app.clerk(&agency);
        let seen = clerk.get(&format!("/api/v1/people/{person}")).expect(200);
        let engagement = format!("{}/engagements/{}", seen.path("people"), seen.text("/engagements/0/id"));
        clerk.event(&engagement, &seen.etag(), json!({ "event": "end", "reason": "Hết hợp đồng", "to": "2026-11-21" })).expect(201);
        returns::keep(&app.registry).expect("a run");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices WHERE duty = 'card_to_return' AND served_at IS NOT NULL"), 0);
        app.set_time("2027-03-01T03:00:00Z");
        returns::keep(&app.registry).expect("a run");
        assert_eq!(app.database.number("SELECT COUNT(*) AS value FROM notices WHERE duty = 'revocation_proposed'"), 0);
    }

    fn no_time_to_reply_runs_from_an_account_that_nobody_opened(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let card = app.issued_card(&agency);
        app.admin().post(&format!("/api/v1/people/{}/invite", card.text("/person_id")), &json!({})).expect(201);
        let form = json!({
            "subject": "holder", "person_id": card.text("/person_id"), "credential_id": card.text("/id"), "province": "01",
            "kind": "LENT_CARD", "summary": "Thẻ được dùng vào việc khác.",
        });
        let registrar = app.registrar();
        let case = registrar.post("/api/v1/cases", &form).expect(201);
        let notify = |means: &str| json!({ "event": "notify", "means": means });
        registrar.happen("cases", &case, notify("account")).expect_invalid(&[("/means", "no_account")]);
        let case = registrar.happen("cases", &case, notify("post")).expect(201);
        assert_eq!((case.text("/notice"), case.json().get("reply_by")), ("sent".into(), None));
    }

    fn what_was_sent_and_has_not_arrived_is_in_a_list(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let people = [(); 2].map(|()| app.person(&agency).text("/id"));
        app.head(&agency);
        people.iter().for_each(|person| refused(&app, &agency, person));
        let registrar = app.registrar();
        let unserved = format!("{NOTICES}?unserved=true");
        let [first, second] = <[String; 2]>::try_from(registrar.list(&format!("{NOTICES}?to_deliver=true"), "/id")).expect("two notices");
        assert_eq!(registrar.list(&unserved, "/id"), [] as [&str; 0]);
        for id in [&first, &second] {
            let seen = registrar.get(&format!("{NOTICES}/{id}")).expect(200);
            registrar.happen("notices", &seen, json!({ "event": "send", "means": "post" })).expect(201);
        }
        assert_eq!(registrar.list(&unserved, "/id"), [first.as_str(), second.as_str()]);
        assert_eq!(registrar.list(&format!("{unserved}&limit=1"), "/id"), [first.as_str(), second.as_str()], "in parts");
        assert_eq!(app.provincial(HA_NOI).list(&unserved, "/id"), [] as [&str; 0]);
        let seen = registrar.get(&format!("{NOTICES}/{first}")).expect(200);
        registrar.happen("notices", &seen, json!({ "event": "serve" })).expect(201);
        assert_eq!(registrar.list(&unserved, "/id"), [second.as_str()]);
        for other in [app.head(&agency), app.auditor(), app.holder(&people[0])] {
            other.get(&unserved).expect_problem(403, "forbidden");
        }
        registrar.get(&format!("{unserved}&to_deliver=true")).expect_invalid(&[("query:unserved", "not_with_to_deliver")]);
        let nothing: Vec<Value> = told(&registrar);
        assert_eq!(nothing, [] as [Value; 0], "they are not to the registrar");
    }
}
