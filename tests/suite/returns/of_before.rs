//! Cards of before are in the queue as ours are, where it is known who holds them.

mod agencies;
mod duty;
mod holders;
mod lists;
mod step;

use super::{keep, leave, queue};
use crate::lookups::state_cards;
use crate::state_cards::seen;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use serde_json::{Value, json};

/// Somebody with an account, and their card of before, as the registrar sees it.
fn held(app: &TestApp, agency: &TestAgency, number: &str) -> (String, Answer) {
    let person = app.person(agency);
    state_cards(app, agency, &[(number, &person.text("/full_name"), "2026-01-02", "")]);
    app.holder(&person.text("/id"));
    (person.text("/id"), seen(&app.registrar(), number))
}

/// The same, where the holder left on the day before the beginning and was asked for it at the beginning.
fn asked(app: &TestApp, agency: &TestAgency, number: &str) -> (String, Answer) {
    let (person, card) = held(app, agency, number);
    leave(app, agency, &person, "2026-11-21");
    keep(app);
    (person, card)
}

fn event(event: &str, ground: &str) -> Value {
    json!({ "event": event, "reason": "Biên bản ngày 12/11/2026", "ground": ground })
}

/// Lets something happen to a card as it stands now.
fn happen(client: &Client, card: &Answer, body: Value) -> Answer {
    let now = client.get(&card.path("state-cards")).expect(200);
    client.happen("state-cards", &now, body)
}

/// Lets something happen to the duty to hand it in.
fn on_return(client: &Client, card: &Answer, body: Value) -> Answer {
    let now = client.get(&card.path("state-cards")).expect(200);
    client.event(&format!("{}/return", card.path("state-cards")), &now.etag(), body)
}

/// What the agency says that asked for a card.
fn request() -> Value {
    json!({ "event": "request" })
}

fn only(client: &Client, filter: &str) -> Value {
    let [entry] = <[Value; 1]>::try_from(queue(client, filter)).expect("one card");
    entry
}

const NONE: [Value; 0] = [];
