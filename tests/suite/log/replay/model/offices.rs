//! What the log tells of offices.

use super::{Model, word};
use press_registry::domain::events::Recorded;
use press_registry::domain::time::Timestamp;

impl Model {
    pub(super) fn office(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        if event.kind.starts_with("office.document_") {
            return self.document("office_documents", event);
        }
        let row = ["agency", "kind", "province", "state", "to", "ground"].map(|name| word(facts, name));
        let change = ["notified_on", "on"].map(|name| word(&facts["change"], name));
        let row: Vec<&str> = row.iter().chain(&change).map(String::as_str).collect();
        self.put("offices", id, &row);
        if facts["succession"].is_string() {
            self.carried(facts, 6);
        }
        self.drop_below("office_posts", id);
        for one in facts["people"].as_array().into_iter().flatten() {
            let row = [word(one, "post"), word(one, "from")];
            self.put("office_posts", format!("{id}/{}", word(one, "id")), &row.each_ref().map(String::as_str));
        }
    }

    /// Somebody was erased who had a post here: where they were alone, it ended with them.
    pub(super) fn vacated(&mut self, office: &str, person: &str, at: Timestamp) {
        if self.of("office_posts").remove(&format!("{office}/{person}")).is_none() {
            return;
        }
        let row = self.of("offices").get_mut(office).unwrap_or_else(|| panic!("{office} was never told of"));
        if row[1].ends_with("_reporter") && !["closed", "stopped", "withdrawn"].contains(&&*row[3]) {
            row[3] = if row[3] == "draft" { "withdrawn" } else { "closed" }.into();
            (row[4], row[5]) = (at.day().to_string(), "left_agency".into());
        }
    }
}
