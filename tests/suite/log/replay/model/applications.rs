//! What the log tells of applications and their papers.

use super::{Model, list, word};
use press_registry::domain::events::Recorded;
use serde_json::Value;

impl Model {
    pub(super) fn application(&mut self, event: &Recorded) {
        self.owed(event);
        let (id, facts) = (&*event.object_id, &event.data);
        let people = list(facts, "people");
        let step = event.kind.trim_start_matches("application.");
        match step {
            "carried" => {
                assert!(self.of("applications").contains_key(id));
                return self.carried(facts, 4);
            }
            "document_added" | "document_removed" => return self.document("application_documents", event),
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

    /// A paper came or went, of an application or an office.
    pub(super) fn document(&mut self, table: &'static str, event: &Recorded) {
        let facts = &event.data;
        let paper = format!("{}/{}", event.object_id, facts["number"]);
        if event.kind.ends_with(".document_removed") {
            return drop(self.of(table).remove(&paper));
        }
        let [kind, person, media_type, sha256] =
            ["kind", "person", "media_type", "sha256"].map(|name| word(facts, name));
        let bytes = facts["bytes"].to_string();
        self.put(table, paper, &[&kind, &person, &media_type, &bytes, &sha256]);
    }

    /// Papers that went with whoever was erased, or were over.
    pub(super) fn without_papers(&mut self, facts: &Value) {
        for paper in list(facts, "documents") {
            self.of("application_documents").remove(&paper);
            self.of("office_documents").remove(&paper);
        }
    }
}
