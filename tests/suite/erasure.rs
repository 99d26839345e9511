//! A person is erased on the word of two registrars: nothing of them is left, and all of everybody else.

pub(crate) mod again;
pub(crate) mod bytes;
mod events;
mod log;
mod tables;

use crate::support::answer::Answer;
use crate::support::app::{Client, TestApp};
use press_registry::app::log::audit::{self, Finding};
use serde_json::{Value, json};

/// What a registrar writes to ask for an erasure.
fn erase() -> Value {
    json!({ "event": "erase", "reason": "Theo đơn của người được ghi nhận" })
}

fn confirm() -> Value {
    json!({ "event": "confirm" })
}

/// A person's record as this client sees it.
fn record(client: &Client, person: &str) -> Answer {
    client.get(&format!("/api/v1/people/{person}")).expect(200)
}

/// Has a person erased by two registrars of the ministry.
pub(crate) fn erased(app: &TestApp, person: &str) -> Answer {
    let (first, second) = (app.registrar(), app.registrar());
    let pending = first.happen("people", &record(&first, person), erase()).expect(202);
    second.happen("people", &pending, confirm()).expect(201)
}

/// What each erasure told, in order.
pub(crate) fn told(app: &TestApp) -> Vec<Value> {
    let facts = app.database.texts("SELECT data AS value FROM events WHERE type = 'person.erased' ORDER BY idx");
    facts.iter().map(|facts| serde_json::from_str(facts).expect("JSON")).collect()
}

/// What an audit finds.
fn findings(app: &TestApp) -> Vec<Finding> {
    audit::audit(&app.registry.store, &app.registry.log, &mut |_, _| ()).expect("an audit").findings
}

/// Hands a credential in.
pub(crate) fn returned(app: &TestApp, clerk: &Client, credential: &str) {
    let seen = app.registrar().get(&format!("/api/v1/credentials/{credential}")).expect(200);
    let hand_in = json!({ "event": "return", "ground": "left_agency", "reason": "Nghỉ việc" });
    clerk.happen("credentials", &seen, hand_in).expect(201);
}
