//! What the log tells of applications and their papers.

use super::{Model, list, word};
use press_registry::domain::events::Recorded;

impl Model {
    pub(super) fn application(&mut self, event: &Recorded) {
        self.owed(event);
        let (id, facts) = (&*event.object_id, &event.data);
        let people = list(facts, "people");
        let step = event.kind.trim_start_matches("application.");
        let paper = format!("{id}/{}", facts["number"]);
        match step {
            "carried" => {
                assert!(self.of("applications").contains_key(id));
                return self.carried(facts, 4);
            }
            "document_added" => {
                let [kind, person, media_type, sha256] =
                    ["kind", "person", "media_type", "sha256"].map(|name| word(facts, name));
                let bytes = facts["bytes"].to_string();
                return self.put("application_documents", paper, &[&kind, &person, &media_type, &bytes, &sha256]);
            }
            "document_removed" => return drop(self.of("application_documents").remove(&paper)),
            _ => {}
        }
        if step == "drafted" {
            let by = event.actor_id.clone().unwrap_or_default();
            self.put("applications", id, &[&word(facts, "kind"), &word(facts, "basis"), "draft", &by]);
        } else {
            self.set("applications", id, 2, word(facts, "state"));
        }
        let outcome = match step {
            "drafted" | "submitted" => "pending",
            // Taken back is given back.
            "withdrawn" => "returned",
            outcome => outcome,
        };
        for person in people {
            self.put("application_people", format!("{id}/{person}"), &[outcome]);
        }
    }
}
