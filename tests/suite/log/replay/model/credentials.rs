//! What the log tells of credentials, of cards to be handed in, and of cards of before.

use super::{Model, word};
use press_registry::domain::events::Recorded;
use press_registry::domain::time::Timestamp;

impl Model {
    pub(super) fn credential(&mut self, event: &Recorded) {
        let (id, facts, index) = (&*event.object_id, &event.data, event.index.to_string());
        if event.kind == "credential.issued" {
            self.put("credentials", id, &[&word(facts, "kind"), &word(facts, "agency"), "active", "", "", &index]);
            return;
        }
        if self.returned(event) {
            return;
        }
        if event.kind == "credential.carried" {
            self.owed(event);
            return self.set("credentials", id, 1, word(facts, "agency"));
        }
        self.set("credentials", id, 2, word(facts, "to"));
        self.set("credentials", id, 3, word(facts, "ground"));
        if facts["replaced_by"].is_string() {
            self.set("credentials", id, 4, word(facts, "replaced_by"));
        }
        self.set("credentials", id, 5, index);
        if !["active", "suspended"].contains(&&*word(facts, "to")) {
            self.of("card_returns").remove(id);
        }
    }

    /// What is done about a card that is to be handed in; whether it was that.
    pub(super) fn returned(&mut self, event: &Recorded) -> bool {
        let (id, at) = (&*event.object_id, event.at.micros().to_string());
        let (noun, verb) = event.kind.split_once('.').expect("a noun and a verb");
        match verb {
            "return_asked" => {
                let due = Timestamp::parse(&word(&event.data, "due_at")).expect("an instant").micros().to_string();
                let of_before = if noun == "state_card" { id } else { "" };
                self.put("card_returns", id, &[of_before, &word(&event.data, "reason"), &due, "", "", "", ""]);
            }
            "return_requested" => self.set("card_returns", id, 3, at),
            "return_overdue" => self.set("card_returns", id, 4, at),
            "revocation_proposed" => self.set("card_returns", id, 5, at),
            "revocation_set_aside" => {
                self.set("card_returns", id, 5, "");
                self.set("card_returns", id, 6, at);
            }
            "return_settled" => drop(self.of("card_returns").remove(id)),
            _ => return false,
        }
        self.owed(event);
        true
    }

    pub(super) fn state_card(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        if self.returned(event) {
            return;
        }
        if event.kind != "state_card.entered" {
            if word(facts, "to") != "active" {
                self.of("card_returns").remove(id);
            }
            self.set("state_cards", id, 3, word(facts, "to"));
            return self.set("state_cards", id, 4, word(facts, "ground"));
        }
        // Of somebody who was erased since, not even the name is told.
        let name = event.personal.iter().find_map(|one| one.fields.as_ref()).map(|(_, fields)| word(fields, "name"));
        let row = [word(facts, "agency"), word(facts, "valid_until"), name.unwrap_or_default(), "active".into()];
        self.of("state_cards").insert(id.to_owned(), [&row[..], &[String::new()]].concat());
    }
}
