//! The tables as the log tells them: every event from the first, folded into rows.

mod agencies;
mod applications;
mod cases;
mod credentials;
mod offices;
mod people;
mod program;

use super::touched::all;
use crate::support::app::TestApp;
use press_registry::domain::events::Recorded;
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
}
