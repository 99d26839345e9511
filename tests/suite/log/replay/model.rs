//! The tables as the log tells them: every event from the first, folded into rows.

use super::touched::all;
use crate::support::app::TestApp;
use press_registry::domain::events::Recorded;
use press_registry::domain::time::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;

type Rows = BTreeMap<String, Vec<String>>;

/// Rows by table and key; each a list of what is told, in the order of the table's query.
#[derive(Default)]
pub(super) struct Model {
    tables: BTreeMap<&'static str, Rows>,
    /// Which accounts are a person's.
    holders: Vec<(String, String)>,
}

/// A fact as a word; nothing where it is not there.
fn word(facts: &Value, name: &str) -> String {
    facts[name].as_str().unwrap_or_default().to_owned()
}

fn list(facts: &Value, name: &str) -> Vec<String> {
    let values = facts[name].as_array().into_iter().flatten();
    values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
}

impl Model {
    /// All that the log tells so far.
    pub(super) fn replayed(app: &TestApp) -> Self {
        let mut model = Self::default();
        for event in all(app) {
            model.tell(&event);
        }
        model
    }

    /// The rows of a table as its query gives them.
    pub(super) fn rows(&self, table: &str) -> BTreeMap<String, String> {
        let rows = self.tables.get(table).into_iter().flatten();
        rows.map(|(key, row)| (key.clone(), row.join("|"))).collect()
    }

    fn of(&mut self, table: &'static str) -> &mut Rows {
        self.tables.entry(table).or_default()
    }

    fn put(&mut self, table: &'static str, key: impl Into<String>, row: &[&str]) {
        self.of(table).insert(key.into(), row.iter().map(|&value| value.to_owned()).collect());
    }

    fn set(&mut self, table: &'static str, key: &str, column: usize, value: impl Into<String>) {
        let row = self.of(table).get_mut(key).unwrap_or_else(|| panic!("{table}: {key} was never told of"));
        row[column] = value.into();
    }

    fn set_all(&mut self, table: &'static str, is_meant: impl Fn(&[String]) -> bool, column: usize, value: &str) {
        for row in self.of(table).values_mut().filter(|row| is_meant(row)) {
            row[column] = value.to_owned();
        }
    }

    /// Drops the rows of an owner: that are theirs by key, like `owner/1`.
    fn drop_below(&mut self, table: &'static str, owner: &str) {
        self.of(table).retain(|key, _| key.split('/').next() != Some(owner));
    }

    fn tell(&mut self, event: &Recorded) {
        let noun = event.kind.split('.').next().unwrap_or_default();
        match noun {
            "agency" => self.agency(event),
            "person" | "engagement" => self.person(event),
            "retention" => self.retention(event),
            "application" => self.application(event),
            "credential" => self.credential(event),
            "state_card" => self.state_card(event),
            "duplicate" => {
                let people = list(&event.data, "people");
                self.put("duplicates", &*event.object_id, &[&people[0], &people[1], "dismissed"]);
            }
            "user" => self.user(event),
            "report" => self.report(event),
            "case" => self.case(event),
            "office" => {
                self.office(event);
                self.owed(event);
            }
            "key" | "host" | "status_list" | "statistics" | "accesses" => self.program(event),
            "notice" if event.kind == "notice.owed" => self.owed(event),
            // What made a notice due tells of it; these move it on.
            "notice" => assert!(self.of("notices").contains_key(&word(&event.data, "notice"))),
            _ => panic!("an event that no replay knows: {}", event.kind),
        }
    }

    /// The notices that an event made due: of what it happened to, or of the merger that it was a part of.
    fn owed(&mut self, event: &Recorded) {
        let of = event.data["succession"].as_str().unwrap_or(&event.object_id);
        for notice in list(&event.data, "notices") {
            self.put("notices", notice, &[of]);
        }
    }

    fn agency(&mut self, event: &Recorded) {
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
                self.put("licences", &*licence, &[id, &number, &until, &purpose]);
                for replaced in list(facts, "replaces") {
                    self.put("licence_replacements", replaced, &[&licence]);
                }
            }
            "agency.took_over" => {
                let succession = word(facts, "succession");
                self.put("successions", succession.clone(), &[&word(facts, "kind")]);
                for share in facts["from"].as_array().into_iter().flatten() {
                    let counts = [
                        "people",
                        "press_cards",
                        "letters",
                        "collaborator_cards",
                        "applications",
                        "accounts",
                        "offices",
                    ];
                    // Each case tells of itself.
                    let told = counts.into_iter().map(|name| share[name].to_string());
                    let counts = told.chain(["0".to_owned()]).collect();
                    let key = format!("{succession}/{}/{id}", word(share, "agency"));
                    self.of("succession_shares").insert(key, counts);
                }
            }
            "agency.leader_appointed" => {
                // Of somebody who was erased since, not even that they led an agency is told.
                if let Some((_, own)) = event.personal.first().and_then(|one| one.fields.as_ref()) {
                    let row = [id, &word(own, "person"), &word(facts, "post"), ""];
                    self.put("agency_leaders", word(facts, "leader"), &row);
                }
            }
            "agency.leader_ended" => {
                if self.of("agency_leaders").contains_key(&word(facts, "leader")) {
                    self.set("agency_leaders", &word(facts, "leader"), 3, word(facts, "until"));
                }
            }
            _ => {
                self.set("agencies", id, 0, word(facts, "to"));
                if let Some(last) = facts["leaders_until"].as_str() {
                    self.set_all("agency_leaders", |row| row[0] == id && row[3].is_empty(), 3, last);
                }
            }
        }
    }

    fn person(&mut self, event: &Recorded) {
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
            "engagement.carried" => {
                self.owed(event);
                let engagement = word(facts, "engagement");
                // Likewise.
                if let Some(old) = self.of("engagements").get(&engagement).cloned() {
                    if facts["next"].is_string() {
                        self.put("engagements", word(facts, "next"), &[id, &old[1], &old[2], &word(facts, "agency")]);
                    }
                    self.set("engagements", &engagement, 2, word(facts, "to"));
                }
            }
            "person.erasure_requested" => {
                let by = event.actor_id.clone().unwrap_or_default();
                self.put("erasures", id, &[&by, ""]);
            }
            "person.erasure_withdrawn" => drop(self.of("erasures").remove(id)),
            "person.erased" => self.erased(event),
            "person.merged" => self.merged(event),
            other => panic!("an event that no replay knows: {other}"),
        }
    }

    fn merged(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let gone = word(facts, "absorbed");
        self.set("people", &gone, 3, id);
        self.set("people", id, 1, word(facts, "portrait"));
        for engagement in list(facts, "engagements") {
            self.set("engagements", &engagement, 0, id);
        }
        for portrait in list(facts, "portraits") {
            self.set("portraits", &portrait, 0, id);
        }
        for application in list(facts, "applications") {
            let row = self.of("application_people").remove(&format!("{application}/{gone}")).expect("told");
            self.of("application_people").insert(format!("{application}/{id}"), row);
        }
        let both = if id < &*gone { [id, &*gone] } else { [&*gone, id] };
        self.put("duplicates", word(facts, "duplicate"), &[both[0], both[1], "merged"]);
    }

    fn erased(&mut self, event: &Recorded) {
        let (id, facts, index) = (&*event.object_id, &event.data, event.index.to_string());
        self.put("people", id, &["", "", "erased", ""]);
        self.of("engagements").retain(|_, row| row[0] != id);
        self.of("agency_leaders").retain(|_, row| row[1] != id);
        self.of("portraits").retain(|_, row| row[0] != id);
        self.of("erasures").entry(id.to_owned()).or_insert_with(|| vec![String::new(); 2])[1] = index.clone();
        for credential in list(facts, "withdrawn") {
            self.set("credentials", &credential, 2, "returned");
            self.set("credentials", &credential, 5, &*index);
        }
        let accounts: Vec<_> = self.holders.iter().filter(|(_, person)| person == id).cloned().collect();
        for (user, _) in accounts {
            self.set("users", &user, 1, "disabled");
        }
        for paper in list(facts, "documents") {
            self.of("application_documents").remove(&paper);
        }
        for report in list(facts, "reports") {
            self.forgotten(&report);
        }
        for case in list(facts, "cases") {
            self.without_files(&case);
        }
        for office in list(facts, "offices") {
            self.vacated(&office, id, event.at);
        }
    }

    fn without_files(&mut self, case: &str) {
        self.drop_below("case_evidence", case);
        self.drop_below("case_documents", case);
    }

    fn forgotten(&mut self, report: &str) {
        self.set("reports", report, 0, "closed");
        self.of("report_details").remove(report);
        self.drop_below("report_evidence", report);
    }

    fn retention(&mut self, event: &Recorded) {
        for paper in list(&event.data, "documents") {
            self.of("application_documents").remove(&paper);
        }
        for report in list(&event.data, "reports") {
            self.forgotten(&report);
        }
        for case in list(&event.data, "cases") {
            self.without_files(&case);
        }
        for application in list(&event.data, "applications") {
            let of_it = |key: &String| key.split('/').next() == Some(&application);
            self.of("application_people").retain(|key, row| !of_it(key) || row[0] != "refused");
            if !self.of("application_people").keys().any(of_it) {
                self.of("applications").remove(&application);
            }
            for notice in list(&event.data, "notices") {
                self.of("notices").remove(&notice);
            }
        }
        for portrait in list(&event.data, "portraits") {
            self.of("portraits").remove(&portrait);
            self.set_all("people", |row| row[1] == portrait, 1, "");
        }
    }

    fn office(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let row = ["agency", "kind", "province", "state", "to", "ground"].map(|name| word(facts, name));
        let change = ["notified_on", "on"].map(|name| word(&facts["change"], name));
        let row: Vec<&str> = row.iter().chain(&change).map(String::as_str).collect();
        self.put("offices", id, &row);
        self.drop_below("office_posts", id);
        for one in facts["people"].as_array().into_iter().flatten() {
            self.put("office_posts", format!("{id}/{}", word(one, "id")), &[&word(one, "post")]);
        }
    }

    /// Somebody was erased who had a post here: where they were alone, it ended with them.
    fn vacated(&mut self, office: &str, person: &str, at: Timestamp) {
        if self.of("office_posts").remove(&format!("{office}/{person}")).is_none() {
            return;
        }
        let row = self.of("offices").get_mut(office).unwrap_or_else(|| panic!("{office} was never told of"));
        if row[1].ends_with("_reporter") && !["closed", "stopped", "withdrawn"].contains(&&*row[3]) {
            row[3] = if row[3] == "draft" { "withdrawn" } else { "closed" }.into();
            (row[4], row[5]) = (at.day().to_string(), "left_agency".into());
        }
    }

    fn application(&mut self, event: &Recorded) {
        self.owed(event);
        let (id, facts) = (&*event.object_id, &event.data);
        let people = list(facts, "people");
        let step = event.kind.trim_start_matches("application.");
        let paper = format!("{id}/{}", facts["number"]);
        match step {
            "carried" => return assert!(self.of("applications").contains_key(id)),
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

    fn credential(&mut self, event: &Recorded) {
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
    }

    /// What is done about a card that is to be handed in; whether it was that.
    fn returned(&mut self, event: &Recorded) -> bool {
        let (id, at) = (&*event.object_id, event.at.micros().to_string());
        match event.kind.trim_start_matches("credential.") {
            "return_asked" => {
                let due = Timestamp::parse(&word(&event.data, "due_at")).expect("an instant").micros().to_string();
                self.put("card_returns", id, &[&word(&event.data, "reason"), &due, "", "", "", ""]);
            }
            "return_requested" => self.set("card_returns", id, 2, at),
            "return_overdue" => self.set("card_returns", id, 3, at),
            "revocation_proposed" => self.set("card_returns", id, 4, at),
            "revocation_set_aside" => {
                self.set("card_returns", id, 4, "");
                self.set("card_returns", id, 5, at);
            }
            "return_settled" => drop(self.of("card_returns").remove(id)),
            _ => return false,
        }
        self.owed(event);
        true
    }

    fn state_card(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        // Of somebody who was erased since, not even the name is told.
        let name = event.personal.iter().find_map(|one| one.fields.as_ref()).map(|(_, fields)| word(fields, "name"));
        let row = [word(facts, "agency"), word(facts, "valid_until"), name.unwrap_or_default(), "active".into()];
        self.of("state_cards").insert(id.to_owned(), row.to_vec());
    }

    fn user(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        match &*event.kind {
            "user.created" => {
                self.put("users", id, &[&word(facts, "role"), "active", &word(facts, "agency")]);
                self.holders.push((id.to_owned(), word(facts, "person")));
            }
            "user.changed" => self.set("users", id, 1, word(facts, "state")),
            "user.carried" => self.set("users", id, 2, word(facts, "agency")),
            // No more than how they sign in.
            "user.reset" | "user.password_changed" => assert!(self.of("users").contains_key(id)),
            other => panic!("an event that no replay knows: {other}"),
        }
    }

    fn report(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        match &*event.kind {
            "report.received" => {
                self.put("reports", id, &["received", &word(facts, "kind"), &word(facts, "province")]);
                self.put("report_details", id, &[]);
            }
            "report.evidence_added" => self.evidence("report_evidence", event, None),
            _ => self.set("reports", id, 0, word(facts, "to")),
        }
    }

    fn evidence(&mut self, table: &'static str, event: &Recorded, role: Option<&str>) {
        let (facts, bytes) = (&event.data, event.data["bytes"].to_string());
        let mut row = vec![word(facts, "media_type"), bytes, word(facts, "sha256")];
        row.extend(role.map(str::to_owned));
        self.of(table).insert(format!("{}/{}", event.object_id, facts["number"]), row);
    }

    fn case(&mut self, event: &Recorded) {
        let (id, facts) = (&*event.object_id, &event.data);
        let by = event.actor_id.clone().unwrap_or_default();
        if event.kind == "case.opened" {
            self.put("cases", id, &["", &word(facts, "kind")]);
        }
        if facts["to"].is_string() {
            self.set("cases", id, 0, word(facts, "to"));
        }
        for report in list(facts, "reports") {
            self.put("case_reports", format!("{id}/{report}"), &[]);
        }
        for notice in list(facts, "notices") {
            self.put("notices", notice, &[id]);
        }
        match &*event.kind {
            "case.carried" => {
                let [succession, from, to] = ["succession", "from_agency", "agency"].map(|name| word(facts, name));
                let share = format!("{succession}/{from}/{to}");
                let known: u64 = self.of("succession_shares")[&share][6].parse().expect("a count");
                self.set("succession_shares", &share, 6, (known + 1).to_string());
            }
            "case.attached" if facts["kind"].is_string() => self.set("cases", id, 1, word(facts, "kind")),
            "case.answered" | "case.appealed" => {
                let said = self.of("case_statements").keys().filter(|key| key.split('/').next() == Some(id)).count();
                let what = if event.kind == "case.appealed" { "appeal" } else { "answer" };
                self.put("case_statements", format!("{id}/{said}"), &[&event.actor_role, what]);
            }
            "case.decided" => {
                let [outcome, kind, measure] = ["outcome", "kind", "measure"].map(|name| word(facts, name));
                self.put("case_decisions", id, &[&outcome, &kind, &measure, &by, "", ""]);
            }
            "case.confirmed" => self.set("case_decisions", id, 4, by),
            "case.overturned" => self.set("case_decisions", id, 5, "overturned"),
            "case.referred" => {
                self.put("case_documents", format!("{id}/{}", word(&facts["document"], "sha256")), &[]);
            }
            "case.evidence_added" => self.evidence("case_evidence", event, Some(&event.actor_role)),
            "case.linked" => {
                let other = word(facts, "case_id");
                let (one, other) = if id < &*other { (id, &*other) } else { (&*other, id) };
                self.put("case_links", format!("{one}/{other}"), &[]);
            }
            _ => {}
        }
    }

    fn program(&mut self, event: &Recorded) {
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
