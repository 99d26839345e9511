//! What the log tells of accounts, and of what the program does by itself.

use super::{Model, word};
use press_registry::domain::events::Recorded;
use press_registry::domain::time::Timestamp;

impl Model {
    pub(super) fn user(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        match &*event.kind {
            "user.created" => {
                self.put("users", id, &[&word(facts, "role"), "active", &word(facts, "agency")]);
                self.holders.push((id.to_owned(), word(facts, "person")));
            }
            "user.changed" => {
                self.set("users", id, 1, word(facts, "state"));
                if facts["person"].is_string() {
                    self.holders.retain(|(user, _)| user != id);
                    self.holders.push((id.to_owned(), word(facts, "person")));
                }
            }
            "user.carried" => {
                self.set("users", id, 2, word(facts, "agency"));
                self.carried(facts, 5);
            }
            // No more than how they sign in.
            "user.reset" | "user.password_changed" => assert!(self.of("users").contains_key(id)),
            other => panic!("an event that no replay knows: {other}"),
        }
    }

    pub(super) fn program(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        match &*event.kind {
            "key.created" => self.put("keys", id, &[&word(facts, "purpose"), "active"]),
            "key.retired" => self.set("keys", id, 1, "retired"),
            "key.compromised" => self.set("keys", id, 1, "compromised"),
            "host.printed" => self.put("hosts", id, &[]),
            "statistics.published" => self.put("published_statistics", id, &[]),
            "accesses.committed" => {
                let hour = Timestamp::parse(id).expect("an hour");
                self.put("access_hours", hour.micros().to_string(), &[]);
            }
            "status_list.changed" => {
                self.put("status_lists", id, &[]);
                for (name, bit) in [("set", "withdrawn"), ("cleared", "good")] {
                    for slot in facts[name].as_array().into_iter().flatten() {
                        self.put("credentials.status_index", format!("{id}/{slot}"), &[bit]);
                    }
                }
            }
            other => panic!("an event that no replay knows: {other}"),
        }
    }
}
