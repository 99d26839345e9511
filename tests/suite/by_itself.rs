//! What the running server does without being asked, and what it never does.

use crate::erasure::erased;
use crate::imports::{csv, good};
use crate::offices::{of, resident};
use crate::support::app::{HAI_PHONG, TestApp};
use crate::support::fixtures::DAY;
use crate::support::{on_both_databases, within};
use crate::withdrawals::end;
use serde_json::json;
use std::fs;
use std::time::Duration;

/// The server looks when it starts, and every ten seconds.
const WITHIN: Duration = Duration::from_secs(30);

on_both_databases! {
    fn the_server_does_what_days_bring_and_merges_nobody(db) {
        let mut app = TestApp::start(db);
        let (agency, other) = (app.local_agency(), app.local_agency());
        let (registrar, provincial, head) = (app.registrar(), app.provincial(HAI_PHONG), app.head(&agency));
        // Somebody with a press card, a letter and a post in a province leads the agency and leaves it tomorrow.
        let mut form = app.person_form();
        form["full_name"] = "Trần Thị Bưởi 7".into();
        let person = app.entered(&agency, &form).text("/id");
        let card = app.issued_in(&agency, Some(HAI_PHONG), &person).text("/id");
        head.post("/api/v1/letters", &app.letter_form(&person)).expect(201);
        head.post(&of(&agency), &resident(&person)).expect(201);
        let leader = json!({ "person_id": person, "post": "head", "from": "2024-01-02" });
        registrar.post(&format!("/api/v1/agencies/{}/leaders", agency.id), &leader).expect(201);
        end(&app, &agency, &person, 0, Some("2026-11-23"));
        // Another has their name and date of birth, in a file of an agency whose licence ends tomorrow.
        let import = format!("/api/v1/agencies/{}/people/import", other.id);
        let file = csv([good(7)]);
        app.clerk(&other).send("POST", &import, &[("content-type", "text/csv")], Some(file.as_bytes())).expect(200);
        let licence = json!({ "number": "1/GP", "issued_on": "2020-01-02", "issuer": "Bộ", "valid_until": "2026-11-23" });
        registrar.post(&format!("/api/v1/agencies/{}/licences", other.id), &licence).expect(201);
        // A case about the card, of which nobody is told until tomorrow.
        let case = json!({
            "subject": "holder", "person_id": person, "credential_id": card, "kind": "LENT_CARD", "summary": "x",
        });
        let case = provincial.post("/api/v1/cases", &case).expect(201);
        provincial.happen("cases", &case, json!({ "event": "stay", "days": 1, "reason": "Công an đề nghị" })).expect(201);
        // Somebody is erased, and the list of those who were does not name them.
        let gone = app.person(&agency).text("/id");
        erased(&app, &gone);
        app.stop();
        let redactions = app.data_dir.path().join("redactions.jsonl");
        fs::remove_file(&redactions).expect("a list");

        let told = |kind: &str| format!("SELECT COUNT(*) AS value FROM events WHERE type = '{kind}'");
        let owed = |duty: &str| format!("SELECT COUNT(*) AS value FROM notices WHERE duty = '{duty}'");
        let events = [
            "case.stay_ended", "credential.revoked", "office.closed", "agency.suspended", "agency.leader_ended",
            "accesses.committed", "retention.run",
        ];
        let to_come: Vec<String> = events.map(told).into_iter().chain(["credential_withdrawn", "card_to_return"].map(owed)).collect();
        let is_done = |app: &TestApp, query: &String| app.database.number(query) > 0;
        let is_listed = || fs::read_to_string(&redactions).is_ok_and(|list| list.contains(&gone));
        assert!(!to_come.iter().any(|query| is_done(&app, query)) && !is_listed(), "nothing of it is done yet");
        app.pass(2 * DAY);
        app.restart();
        for query in &to_come {
            println!("{query}");
            within(WITHIN, || is_done(&app, query).then_some(()));
        }
        within(WITHIN, || is_listed().then_some(()));
        let open = "SELECT COUNT(*) AS value FROM duplicates WHERE state = 'open'";
        assert_eq!((app.database.number(open), app.database.number(&told("person.merged"))), (1, 0), "a registrar decides");
    }
}
