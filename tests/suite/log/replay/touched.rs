//! Which rows each transaction wrote, noted by the database itself, and whether its events name them.

use super::tables::{TOLD, table_of};
use crate::support::Engine;
use crate::support::app::TestApp;
use diesel::connection::SimpleConnection as _;
use press_registry::domain::events::Recorded;
use press_registry::domain::time::Timestamp;
use press_registry::store::events::{self, Filter};
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};

/// By what an event may name a row: its own id or its owner's.
const NAMED_BY: &[(&str, &[&str])] = &[
    ("agencies", &["id"]),
    ("people", &["id", "portrait_id"]),
    ("duplicates", &["id", "one_id", "other_id"]),
    ("erasures", &["person_id"]),
    ("engagements", &["id", "person_id"]),
    ("application_documents", &["application_id", "number"]),
    ("office_documents", &["office_id", "number"]),
    ("agency_leaders", &["id", "agency_id", "person_id"]),
    ("licences", &["id", "agency_id"]),
    ("licence_replacements", &["replaced_id", "licence_id"]),
    ("successions", &["id"]),
    ("succession_shares", &["succession_id", "from_id", "to_id"]),
    ("portraits", &["id", "person_id"]),
    ("users", &["id", "person_id"]),
    ("applications", &["id"]),
    ("application_people", &["application_id", "person_id"]),
    ("credentials", &["id", "person_id", "portrait_id"]),
    ("state_cards", &["id"]),
    ("status_lists", &["list"]),
    ("keys", &["id"]),
    ("hosts", &["host"]),
    ("reports", &["id"]),
    ("report_details", &["report_id"]),
    ("report_evidence", &["report_id"]),
    ("case_evidence", &["case_id"]),
    ("case_documents", &["case_id"]),
    ("published_statistics", &["year", "dimension"]),
    ("access_hours", &["hour"]),
    ("cases", &["id"]),
    ("case_reports", &["case_id", "report_id"]),
    ("case_decisions", &["case_id"]),
    ("case_statements", &["case_id"]),
    ("case_links", &["case_id", "other_id"]),
    ("notices", &["id", "case_id", "object_id"]),
    ("card_returns", &["card_id"]),
    ("offices", &["id"]),
    ("office_posts", &["office_id", "person_id"]),
];

/// The rows that were written since [`Touched::watch`].
pub(super) struct Touched;

impl Touched {
    /// From now on the database notes each row that is written with the end of the log at that moment, which moves only
    /// at the end of a transaction.
    pub(super) fn watch(app: &TestApp) -> Self {
        let serial = match app.database.engine {
            Engine::Sqlite => "INTEGER PRIMARY KEY AUTOINCREMENT",
            Engine::Postgres => "BIGSERIAL PRIMARY KEY",
        };
        let mut batch = format!("CREATE TABLE touched (n {serial}, size BIGINT, name TEXT, named_by TEXT);");
        for (table, columns) in NAMED_BY {
            let note = |row: &str| {
                let names: Vec<_> =
                    columns.iter().map(|it| format!("COALESCE(CAST({row}.{it} AS TEXT), '')")).collect();
                let names = names.join(" || ' ' || ");
                format!("INSERT INTO touched (size, name, named_by) SELECT size, '{table}', {names} FROM log_head;")
            };
            batch.push_str(&match app.database.engine {
                // What a row was named by before: a portrait that is taken off it, for one.
                Engine::Sqlite => [("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")]
                    .map(|(on, row)| {
                        format!("CREATE TRIGGER touched_{table}_{on} AFTER {on} ON {table} BEGIN {} END;", note(row))
                    })
                    .concat(),
                Engine::Postgres => format!(
                    "CREATE FUNCTION touch_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                     IF TG_OP = 'INSERT' THEN {} ELSE {} END IF; RETURN NULL; END $$; \
                     CREATE TRIGGER touched AFTER INSERT OR UPDATE OR DELETE ON {table} \
                     FOR EACH ROW EXECUTE FUNCTION touch_{table}();",
                    note("NEW"),
                    note("OLD")
                ),
            });
        }
        app.database.connect().batch_execute(&batch).expect("triggers");
        Self
    }

    /// The rows that no event of their own transaction names. One that an event-less transaction wrote is looked for in
    /// the next one.
    #[expect(clippy::unused_self, reason = "to be had only by watching")]
    pub(super) fn unnamed(&self, app: &TestApp) -> Vec<String> {
        let events = all(app);
        let touched = app
            .database
            .texts("SELECT CAST(size AS TEXT) || ' ' || name || ' ' || named_by AS value FROM touched ORDER BY n");
        let touched: Vec<(usize, &str, &str)> = touched
            .iter()
            .map(|row| {
                let mut parts = row.splitn(3, ' ');
                let mut part = || parts.next().expect("a part");
                (part().parse().expect("a size"), part(), part())
            })
            .collect();
        let ends: BTreeSet<usize> = touched.iter().map(|(size, ..)| *size).chain([events.len()]).collect();
        let named_from = |size: usize| {
            let end = ends.range(size + 1..).next().copied().unwrap_or(size);
            events[size..end].iter().flat_map(names).collect::<HashSet<String>>()
        };
        let mut named = (usize::MAX, HashSet::new());
        let mut found = BTreeSet::new();
        for (size, table, ids) in touched {
            if named.0 != size {
                named = (size, named_from(size));
            }
            let whole = ids.replace(' ', "/");
            if !ids.split(' ').any(|id| !id.is_empty() && named.1.contains(id)) && !named.1.contains(&whole) {
                found.insert(format!("{table}: {ids}"));
            }
        }
        found.into_iter().collect()
    }

    pub(super) fn assert_named(&self, app: &TestApp) {
        let watched: BTreeSet<&str> = NAMED_BY.iter().map(|(table, _)| *table).collect();
        let told: BTreeSet<&str> = TOLD.iter().map(|(name, _)| table_of(name)).collect();
        assert_eq!(watched, told, "every table that the log tells is watched");
        for table in watched {
            let count = format!("SELECT COUNT(*) AS value FROM touched WHERE name = '{table}'");
            assert!(table == "hosts" || app.database.number(&count) > 0, "nothing is written to {table}");
        }
        let unnamed = self.unnamed(app);
        assert!(unnamed.is_empty(), "no event names\n{}", unnamed.join("\n"));
    }
}

/// Every event, from the first.
pub(super) fn all(app: &TestApp) -> Vec<Recorded> {
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let part = app.registry.store.read(|db| events::list(db, &Filter::default(), after, 1_000)).expect("events");
        match part.last() {
            Some(last) => after = Some(last.index),
            None => return events,
        }
        // One more than was asked for tells that there are more.
        events.extend(part);
    }
}

/// All that an event names.
fn names(event: &Recorded) -> Vec<String> {
    let mut found = vec![event.object_id.clone()];
    if event.object_kind == "hour" {
        let hour = Timestamp::parse(&event.object_id).expect("an hour");
        found.push(hour.micros().to_string());
    }
    words(&event.data, &mut found);
    for one in &event.personal {
        found.push(one.subject.to_string());
        if let Some((_, fields)) = &one.fields {
            words(fields, &mut found);
        }
    }
    found
}

fn words(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(word) => found.push(word.clone()),
        Value::Array(values) => values.iter().for_each(|value| words(value, found)),
        Value::Object(members) => members.values().for_each(|value| words(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
