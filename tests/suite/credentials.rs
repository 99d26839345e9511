//! Cards in use: the first complete path, and everything that may happen to a card after it.

mod events;
mod life;
mod reading;

use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestAgency, TestApp};
use serde_json::{Value, json};

const CREDENTIALS: &str = "/api/v1/credentials";
const STATES: [&str; 6] = ["active", "suspended", "revoked", "lost", "returned", "replaced"];
const EVENTS: [&str; 6] = ["suspend", "reinstate", "revoke", "replace", "report_lost", "return"];

/// Written down a second time, apart from the domain's table.
fn lawful(state: &str, event: &str) -> Option<&'static str> {
    Some(match (state, event) {
        ("active", "suspend") => "suspended",
        ("suspended", "reinstate") => "active",
        ("active" | "suspended" | "lost", "revoke") => "revoked",
        ("active" | "lost", "replace") => "replaced",
        ("active" | "suspended", "report_lost") => "lost",
        ("active" | "suspended" | "lost", "return") => "returned",
        _ => return None,
    })
}

/// Somebody who may ask for this event at all.
fn doer(app: &TestApp, agency: &TestAgency, event: &str) -> Client {
    match event {
        "return" => app.clerk(agency),
        "report_lost" => app.head(agency),
        _ => app.registrar(),
    }
}

fn asked(event: &str) -> Value {
    json!({ "event": event, "reason": "QĐ 12/2026", "ground": (event == "revoke").then_some("prosecution") })
}

fn done(app: &TestApp, agency: &TestAgency, seen: &Answer, event: &str) -> Answer {
    doer(app, agency, event).happen("credentials", seen, asked(event)).expect(201)
}

fn card_in(app: &TestApp, agency: &TestAgency, state: &str) -> Answer {
    let card = app.issued_card(agency);
    match state {
        "active" => card,
        "suspended" => done(app, agency, &card, "suspend"),
        "revoked" => done(app, agency, &card, "revoke"),
        "lost" => done(app, agency, &card, "report_lost"),
        "returned" => done(app, agency, &card, "return"),
        _ => done(app, agency, &card, "replace"),
    }
}

/// A card of a local agency.
fn local_card(app: &TestApp, agency: &TestAgency) -> Answer {
    let submitted = app.submitted(agency, &[&app.person(agency).text("/id")]);
    let endorsed =
        app.provincial(HAI_PHONG).happen("applications", &submitted, json!({ "event": "endorse" })).expect(201);
    let approved = app.registrar().happen("applications", &endorsed, json!({ "event": "approve" })).expect(201);
    app.registrar().get(&format!("{CREDENTIALS}/{}", approved.text("/credentials/0/id"))).expect(200)
}
