//! What the log tells of people: entered, merged, split and erased.

use super::{Model, list, word};
use press_registry::domain::events::Recorded;
use serde_json::Value;

impl Model {
    pub(super) fn person(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let own = event.personal.iter().find(|one| one.subject.to_string() == id).and_then(|one| one.fields.as_ref());
        let own = own.map(|(_, fields)| fields.clone()).unwrap_or_default();
        match &*event.kind {
            "person.registered" | "person.changed" | "engagement.begun" => {
                let portrait = self.of("people").get(id).map(|row| row[1].clone()).unwrap_or_default();
                self.put("people", id, &[&word(&own, "full_name"), &portrait, "", ""]);
                for engagement in own["engagements"].as_array().into_iter().flatten() {
                    let (key, post) = (word(engagement, "id"), word(engagement, "post"));
                    let known = self.of("engagements").get(&key).cloned();
                    let [end, agency] = match known {
                        Some(row) => [row[2].clone(), row[3].clone()],
                        None => [String::new(), word(facts, "agency")],
                    };
                    self.put("engagements", key, &[id, &post, &end, &agency]);
                }
            }
            "person.portrait_set" => {
                let portrait = word(facts, "portrait");
                self.set("people", id, 1, &*portrait);
                self.of("portraits").entry(portrait).or_insert_with(|| vec![id.to_owned()]);
            }
            "engagement.ended" => {
                let engagement = word(facts, "engagement");
                // Of somebody who was erased since, not even that they worked is told.
                if self.of("engagements").contains_key(&engagement) {
                    self.set("engagements", &engagement, 2, word(facts, "to"));
                }
            }
            "engagement.corrected" => {
                let engagement = word(facts, "engagement");
                // Likewise.
                if self.of("engagements").contains_key(&engagement) {
                    self.set("engagements", &engagement, 2, word(&own, "to"));
                }
            }
            "engagement.carried" => {
                self.owed(event);
                let engagement = word(facts, "engagement");
                // Likewise.
                if let Some(old) = self.of("engagements").get(&engagement).cloned() {
                    if facts["next"].is_string() {
                        self.put(
                            "engagements",
                            word(facts, "next"),
                            &[id, &old[1], &word(facts, "until"), &word(facts, "agency")],
                        );
                    }
                    if facts["to"].is_string() {
                        self.set("engagements", &engagement, 2, word(facts, "to"));
                    }
                }
            }
            "person.erasure_requested" => {
                let by = event.actor_id.clone().unwrap_or_default();
                self.put("erasures", id, &[&by, ""]);
            }
            "person.erasure_withdrawn" => drop(self.of("erasures").remove(id)),
            "person.erased" => self.erased(event),
            "person.merged" => self.merged(event),
            "person.split" => self.split(event),
            other => panic!("an event that no replay knows: {other}"),
        }
    }

    pub(super) fn merged(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let gone = word(facts, "absorbed");
        self.set("people", &gone, 3, id);
        self.set("people", id, 1, word(facts, "portrait"));
        self.work_goes(facts, id);
        for portrait in list(facts, "portraits") {
            self.set("portraits", &portrait, 0, id);
        }
        for application in list(facts, "applications") {
            let row = self.of("application_people").remove(&format!("{application}/{gone}")).expect("told");
            self.of("application_people").insert(format!("{application}/{id}"), row);
        }
        self.hand_over(facts, &gone, id);
        let both = if id < &*gone { [id, &*gone] } else { [&*gone, id] };
        self.put("duplicates", word(facts, "duplicate"), &[both[0], both[1], "merged"]);
    }

    pub(super) fn split(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let back = word(facts, "restored");
        self.set("people", &back, 3, "");
        self.set("people", id, 1, word(facts, "portrait"));
        self.work_goes(facts, &back);
        for portrait in list(facts, "portraits") {
            self.set("portraits", &portrait, 0, &*back);
        }
        for application in list(facts, "applications") {
            let row = self.of("application_people").remove(&format!("{application}/{id}")).expect("told");
            self.of("application_people").insert(format!("{application}/{back}"), row);
        }
        self.hand_over(facts, id, &back);
        self.set("duplicates", &word(facts, "duplicate"), 2, "dismissed");
    }

    /// Of whoever was erased since, not even that they worked is told.
    fn work_goes(&mut self, facts: &Value, to: &str) {
        for engagement in list(facts, "engagements") {
            if let Some(row) = self.of("engagements").get_mut(&engagement) {
                row[0] = to.to_owned();
            }
        }
    }

    /// Posts go over with their offices, whoever leads an agency goes on leading it, and papers about somebody go over with
    /// what they belong to.
    fn hand_over(&mut self, facts: &Value, from: &str, to: &str) {
        for leader in list(facts, "leaders") {
            // Of whoever was erased since, not even that is told.
            if let Some(row) = self.of("agency_leaders").get_mut(&leader) {
                row[1] = to.to_owned();
            }
        }
        for office in list(facts, "offices") {
            // A post that has ended is not told.
            if let Some(row) = self.of("office_posts").remove(&format!("{office}/{from}")) {
                self.of("office_posts").insert(format!("{office}/{to}"), row);
            }
        }
        for (table, of) in [("application_documents", "applications"), ("office_documents", "offices")] {
            for thing in list(facts, of) {
                let papers = self.of(table).iter_mut();
                let of_thing = papers.filter(|(key, _)| key.split('/').next() == Some(&*thing));
                of_thing.filter(|(_, row)| row[1] == from).for_each(|(_, row)| row[1] = to.to_owned());
            }
        }
    }

    pub(super) fn erased(&mut self, event: &Recorded) {
        let (id, facts, index) = (&*event.object_id, &event.data, event.index.to_string());
        let mut records = list(facts, "absorbed");
        records.push(id.to_owned());
        for record in &records {
            let into = self.of("people").get(record).map(|row| row[3].clone()).unwrap_or_default();
            self.put("people", &**record, &["", "", "erased", &into]);
            self.of("agency_leaders").retain(|_, row| row[1] != *record);
            self.of("erasures").entry(record.clone()).or_insert_with(|| vec![String::new(); 2])[1] = index.clone();
        }
        self.of("engagements").retain(|_, row| row[0] != id);
        self.of("portraits").retain(|_, row| row[0] != id);
        for told in facts["erased"].as_array().into_iter().flatten() {
            self.of("card_returns").remove(&word(told, "subject"));
        }
        for credential in list(facts, "withdrawn") {
            self.of("card_returns").remove(&credential);
            self.set("credentials", &credential, 2, "returned");
            self.set("credentials", &credential, 5, &*index);
        }
        let accounts: Vec<_> = self.holders.iter().filter(|(_, person)| records.contains(person)).cloned().collect();
        for (user, _) in accounts {
            self.set("users", &user, 1, "disabled");
            self.set("users", &user, 3, "");
        }
        for application in list(facts, "applications") {
            records
                .iter()
                .for_each(|record| drop(self.of("application_people").remove(&format!("{application}/{record}"))));
            let of_it = |key: &String| key.split('/').next() == Some(&*application);
            if !self.of("application_people").keys().any(of_it) {
                self.of("applications").remove(&application);
            }
        }
        self.without_papers(facts);
        for report in list(facts, "reports") {
            self.forgotten(&report);
        }
        for case in list(facts, "cases") {
            self.without_files(&case);
        }
        for office in list(facts, "offices") {
            records.iter().for_each(|record| self.vacated(&office, record, event.at));
        }
    }
}
