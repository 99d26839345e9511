//! Cases of misuse: opened, told, answered, decided by somebody else, appealed against, closed.

mod accesses;
mod erased;
mod established;
mod evidence;
mod finding;
mod flow;
mod notices;
mod overdue;
mod papers;
mod parties;
mod referral;
mod states;
mod timeline;
mod times;

use crate::support::answer::Answer;
use crate::support::app::{Client, HAI_PHONG, TestAgency, TestApp};
use serde_json::{Value, json};

const CASES: &str = "/api/v1/cases";

/// A card of a local agency's reporter, and everybody who has a part in a case about it.
struct Scene<'a> {
    app: &'a TestApp,
    agency: TestAgency,
    card: Answer,
    holder: Client,
    head: Client,
    /// Opens and handles.
    opener: Client,
    /// Decides.
    decider: Client,
    /// Confirms.
    second: Client,
    /// Hears the appeal.
    appeals: Client,
}

impl<'a> Scene<'a> {
    fn new(app: &'a TestApp) -> Self {
        let agency = app.local_agency();
        let card = app.issued_in(&agency, Some(HAI_PHONG), &app.person(&agency).text("/id"));
        Self {
            app,
            card: card.clone(),
            holder: app.holder(&card.text("/person_id")),
            head: app.head(&agency),
            agency,
            opener: app.provincial(HAI_PHONG),
            decider: app.provincial(HAI_PHONG),
            second: app.registrar(),
            appeals: app.registrar(),
        }
    }

    /// What is written to open a case about the card.
    fn form(&self) -> Value {
        json!({
            "subject": "holder",
            "person_id": self.card.text("/person_id"),
            "credential_id": self.card.text("/id"),
            "kind": "LENT_CARD",
            "province": "31",
            "place": "Phường Hồng Bàng",
            "summary": "Một người khác xuất trình thẻ này.",
        })
    }

    fn opened(&self) -> Answer {
        self.opener.post(CASES, &self.form()).expect(201)
    }

    /// Does an event as somebody who may.
    fn doer(&self, event: &str) -> &Client {
        match event {
            "answer" | "appeal" => &self.holder,
            "decide" => &self.decider,
            "confirm" => &self.second,
            "uphold" | "overturn" => &self.appeals,
            _ => &self.opener,
        }
    }

    fn happen(&self, seen: &Answer, body: Value) -> Answer {
        self.doer(body["event"].as_str().expect("an event")).happen("cases", seen, body)
    }

    /// Brings a case about the card along this way.
    fn along(&self, way: &[Value]) -> Answer {
        way.iter().fold(self.opened(), |seen, body| {
            let done = self.happen(&seen, body.clone());
            assert!(matches!(done.status, 201 | 202), "{body}: {}", done.body_text());
            done
        })
    }

    fn card_state(&self) -> String {
        let card = self.app.registrar().get(&self.card.path("credentials")).expect(200);
        card.text("/state")
    }
}

/// What an event needs, and nothing more.
fn asked(event: &str) -> Value {
    match event {
        "notify" => json!({ "event": "notify", "means": "account" }),
        "attach" => json!({ "event": "attach", "kind": "LENT_CARD" }),
        "decide" => json!({ "event": "decide", "outcome": "substantiated", "reason": "Đủ căn cứ" }),
        "refer" => json!({ "event": "refer", "to": "police", "reason": "Có dấu hiệu tội phạm" }),
        "confirm" | "close" => json!({ "event": event }),
        _ => json!({ "event": event, "reason": "Theo hồ sơ" }),
    }
}

fn revoke() -> Value {
    json!({ "event": "decide", "outcome": "substantiated", "measure": "revoke", "reason": "Cho mượn thẻ, có người làm chứng" })
}
