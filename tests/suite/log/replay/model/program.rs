//! What the log tells of accounts, and of what the program does by itself.

use super::{Model, word};
use press_registry::domain::events::Recorded;
use press_registry::domain::time::Timestamp;

impl Model {
    pub(super) fn user(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        match &*event.kind {
            "user.created" => {
                self.put("users", id, &[&word(facts, "role"), "active", &word(facts, "agency"), "", "0"]);
                self.holders.push((id.to_owned(), word(facts, "person")));
            }
            "user.changed" => {
                let state = word(facts, "state");
                self.count_epochs(id, if state == "disabled" { 2 } else { 0 });
                self.set("users", id, 1, state);
            }
            "user.carried" => {
                self.set("users", id, 2, word(facts, "agency"));
                self.carried(facts, 5);
            }
            "user.reset" => {
                self.count_epochs(id, 2);
                self.set("users", id, 3, "");
            }
            "user.password_changed" => {
                let had_one = self.of("users").get(id).is_some_and(|row| row[3] == "password");
                self.count_epochs(id, if had_one { 1 } else { 0 });
                self.set("users", id, 3, "password");
            }
            other => panic!("an event that no replay knows: {other}"),
        }
    }

    /// Of an account's devices: those before are former, or strangers.
    fn count_epochs(&mut self, user: &str, many: i64) {
        let row = self.of("users").get_mut(user).expect("an account");
        row[4] = (row[4].parse::<i64>().expect("a number") + many).to_string();
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
