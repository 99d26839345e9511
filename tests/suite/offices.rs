//! Offices and reporters in provinces: noticed by the agency, confirmed or objected to by the province, and ended with
//! what they rest on.

mod documents;
mod flow;
mod following;
mod law;
mod notices;
mod reach;
mod telling;

use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use serde_json::{Value, json};

const OFFICES: &str = "/api/v1/offices";
/// Ten days after the beginning of every test.
const FIRST_DAY: &str = "2026-12-02";

pub(crate) fn of(agency: &TestAgency) -> String {
    format!("/api/v1/agencies/{}/offices", agency.id)
}

/// A reporter who follows Hải Phòng: of whom the law asks nothing.
fn assigned(person: &str) -> Value {
    json!({ "kind": "assigned_reporter", "province": "31", "from": FIRST_DAY, "reporters": [person] })
}

/// A reporter who resides in Hải Phòng without an office.
pub(crate) fn resident(person: &str) -> Value {
    json!({ "kind": "resident_reporter", "province": "31", "from": FIRST_DAY, "reporters": [person] })
}

/// An office in Hải Phòng.
pub(crate) fn office(head: &str, reporters: &[&str]) -> Value {
    json!({
        "kind": "representative_office", "province": "31", "from": FIRST_DAY, "address": "Số 1 phố Ví Dụ", "head": head,
        "reporters": reporters, "documents": ["notice", "licence_copy"],
    })
}

fn because(event: &str) -> Value {
    json!({ "event": event, "reason": "Thiếu quyết định cử phóng viên" })
}

/// What a client is shown of an office now.
pub(crate) fn now(client: &Client, seen: &Answer) -> Answer {
    client.get(&seen.path("offices")).expect(200)
}

fn state(client: &Client, seen: &Answer) -> String {
    now(client, seen).text("/state")
}

/// Somebody of the staff who holds a press card.
fn with_card(app: &TestApp, agency: &TestAgency) -> String {
    app.issued_card(agency).text("/person_id")
}

/// An office with a head and a reporter, notified.
fn notified(app: &TestApp, agency: &TestAgency) -> Answer {
    notified_by(app, agency, &with_card(app, agency))
}

/// The same, with this head.
fn notified_by(app: &TestApp, agency: &TestAgency, head: &str) -> Answer {
    let reporter = app.person(agency).text("/id");
    app.head(agency).post(&of(agency), &office(head, &[&reporter])).expect(201)
}

fn with(mut form: Value, name: &str, value: impl Into<Value>) -> Value {
    form[name] = value.into();
    form
}
