//! What the log tells of agencies, and of what went over from one to another.

use super::{Model, list, word};
use press_registry::domain::events::Recorded;
use serde_json::Value;

impl Model {
    pub(super) fn agency(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let names = ["name", "kind", "level"];
        match &*event.kind {
            "agency.created" => {
                let [name, kind, level] = names.map(|it| word(facts, it));
                self.put("agencies", id, &["active", &name, &kind, &level]);
            }
            "agency.changed" => {
                for (at, name) in names.into_iter().enumerate() {
                    if let Some(value) = facts["changed"][name].as_str() {
                        self.set("agencies", id, at + 1, value);
                    }
                }
            }
            "agency.licensed" => {
                let [licence, number, until, purpose] =
                    ["licence", "number", "valid_until", "purpose"].map(|name| word(facts, name));
                self.put("licences", &*licence, &[id, &number, &until, &purpose, ""]);
                for replaced in list(facts, "replaces") {
                    self.put("licence_replacements", replaced, &[&licence]);
                }
                if let Some(by) = facts["replaced_by"].as_str() {
                    self.put("licence_replacements", &*licence, &[by]);
                }
            }
            "agency.took_over" => {
                let succession = word(facts, "succession");
                self.put("successions", succession.clone(), &[&word(facts, "kind"), &word(facts, "effective_on")]);
                for share in facts["from"].as_array().into_iter().flatten() {
                    let counts = ["people", "press_cards", "letters", "collaborator_cards"];
                    // Applications, accounts, offices and cases tell of themselves.
                    let told = counts.into_iter().map(|name| share[name].to_string());
                    let counts = told.chain(std::array::from_fn::<_, 4, _>(|_| "0".to_owned())).collect();
                    let key = format!("{succession}/{}/{id}", word(share, "agency"));
                    self.of("succession_shares").insert(key, counts);
                }
            }
            "agency.leader_appointed" => {
                // Of somebody who was erased since, not even that they led an agency is told.
                if let Some((_, own)) = event.personal.first().and_then(|one| one.fields.as_ref()) {
                    let row = [id, &word(own, "person"), &word(facts, "post"), &word(facts, "until")];
                    self.put("agency_leaders", word(facts, "leader"), &row);
                }
            }
            "agency.leader_removed" => drop(self.of("agency_leaders").remove(&word(facts, "leader"))),
            "agency.leader_ended" => {
                if self.of("agency_leaders").contains_key(&word(facts, "leader")) {
                    self.set("agency_leaders", &word(facts, "leader"), 3, word(facts, "until"));
                }
            }
            _ => {
                self.set("agencies", id, 0, word(facts, "to"));
                for revoked in list(facts, "licences") {
                    self.set("licences", &revoked, 4, event.at.day().to_string());
                }
            }
        }
    }

    /// One thing more went over from one agency to another.
    pub(super) fn carried(&mut self, facts: &Value, column: usize) {
        let [succession, from, to] = ["succession", "from_agency", "agency"].map(|name| word(facts, name));
        let share = format!("{succession}/{from}/{to}");
        let known: u64 = self.of("succession_shares")[&share][column].parse().expect("a count");
        self.set("succession_shares", &share, column, (known + 1).to_string());
    }
}
