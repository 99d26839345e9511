//! Applications: drafted, handed in, endorsed and decided by different people, and cards issued in one step.

mod cards;
mod cards_of_before;
mod documents;
mod flow;
mod forms;
mod reach;
mod renewals;

use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestAgency, TestApp};
use serde_json::{Value, json};

const APPLICATIONS: &str = "/api/v1/applications";
const STATES: [&str; 7] = ["draft", "submitted", "endorsed", "returned", "approved", "refused", "withdrawn"];
const EVENTS: [&str; 6] = ["submit", "endorse", "return", "approve", "refuse", "withdraw"];

/// What may happen to a local agency's application, written down a second time: whatever a registrar asks of a draft
/// is 404, because drafts are the agency's own; whatever else is not listed is 409.
fn lawful(state: &str, event: &str) -> Result<&'static str, u16> {
    match (state, event) {
        ("draft" | "returned", "submit") => Ok("submitted"),
        ("submitted", "endorse") => Ok("endorsed"),
        ("submitted" | "endorsed", "return") => Ok("returned"),
        // Only what the province has endorsed is approved.
        ("endorsed", "approve") => Ok("approved"),
        ("submitted" | "endorsed", "refuse") => Ok("refused"),
        ("draft" | "submitted" | "endorsed" | "returned", "withdraw") => Ok("withdrawn"),
        ("draft", "endorse" | "return" | "approve" | "refuse") => Err(404),
        _ => Err(409),
    }
}

/// Somebody who may ask for this event at all.
fn doer(app: &TestApp, agency: &TestAgency, event: &str) -> Client {
    match event {
        "submit" => app.head(agency),
        "withdraw" => app.clerk(agency),
        "endorse" => app.provincial(HAI_PHONG),
        _ => app.registrar(),
    }
}

fn asked(event: &str) -> Value {
    match event {
        "return" | "refuse" => json!({ "event": event, "reason": "thiếu giấy tờ" }),
        _ => json!({ "event": event }),
    }
}

fn done(app: &TestApp, agency: &TestAgency, seen: &Answer, event: &str) -> Answer {
    doer(app, agency, event).happen("applications", seen, asked(event)).expect(201)
}

/// An application of a local agency for one new person, brought into this state.
fn application_in(app: &TestApp, agency: &TestAgency, state: &str) -> Answer {
    let draft = app.draft(agency, &[&app.person(agency).text("/id")]);
    let way: &[&str] = match state {
        "draft" => &[],
        "submitted" => &["submit"],
        "endorsed" => &["submit", "endorse"],
        "returned" => &["submit", "return"],
        "approved" => &["submit", "endorse", "approve"],
        "refused" => &["submit", "refuse"],
        _ => &["submit", "withdraw"],
    };
    way.iter().fold(draft, |seen, event| done(app, agency, &seen, event))
}

fn outcomes(application: &Answer) -> Vec<String> {
    let json = application.json();
    let people = json["people"].as_array().expect("people").iter();
    people.map(|person| person["outcome"].as_str().expect("an outcome").to_owned()).collect()
}

fn form(kind: &str, basis: &str, people: &[&str]) -> Value {
    json!({ "kind": kind, "basis": basis, "people": people })
}

/// The numbers of all cards.
fn numbers(app: &TestApp) -> Vec<String> {
    let mut numbers = app.registrar().list("/api/v1/credentials", "/number");
    numbers.sort();
    numbers
}
