//! The database edited by hand in 200 ways, triggers removed first: each is found, and the right entry named.

use super::{findings, grow};
use crate::support::registry::TestRegistry;
use crate::support::{Engine, on_both_databases};
use press_registry::app::log::audit::Finding;

/// Runs statements with all triggers and foreign keys off, as somebody who owns the database can.
pub(crate) fn without_triggers(node: &TestRegistry, statements: &[&str]) {
    node.database().forge(statements);
}

/// The tables of the log, in an order in which they can be filled.
const TABLES: [&str; 6] = ["logs", "log_head", "log_leaves", "log_tiles", "events", "event_personal"];

/// Keeps a copy of every table of the log.
pub(crate) fn save(node: &TestRegistry) {
    let copies = TABLES.map(|table| format!("CREATE TABLE saved_{table} AS SELECT * FROM {table}"));
    without_triggers(node, &copies.each_ref().map(String::as_str));
}

/// Puts every table of the log back as it was.
pub(crate) fn put_back(node: &TestRegistry) {
    let back = TABLES.map(|table| format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM saved_{table}"));
    without_triggers(node, &back.each_ref().map(String::as_str));
}

/// A forgery: what it does to the database, and which finding must be among those told.
struct Forgery {
    edit: String,
    named: Finding,
}

/// How a text, a number and bytes are changed.
fn edits(engine: Engine, at: i64) -> Vec<Forgery> {
    let bytes = |column: &str| match engine {
        // One bit of the last byte.
        Engine::Sqlite => format!(
            "{column} = unhex(substr(hex({column}), 1, 2 * length({column}) - 1) || \
             CASE substr(hex({column}), 2 * length({column})) WHEN '0' THEN '1' ELSE '0' END)"
        ),
        Engine::Postgres => {
            format!("{column} = set_byte({column}, length({column}) - 1, get_byte({column}, length({column}) - 1) # 1)")
        }
    };
    let event = |set: String| Forgery {
        edit: format!("UPDATE events SET {set} WHERE idx = {at}"),
        named: Finding::EventAltered(at),
    };
    let leaf = |set: String, named| Forgery { edit: format!("UPDATE log_leaves SET {set} WHERE idx = {at}"), named };
    let fields = |edit: &str| Forgery { edit: edit.replace("{at}", &at.to_string()), named: Finding::EventAltered(at) };
    let mut forgeries = vec![
        event("id = '01890a5d-ac96-774b-bcce-b302099a8057'".into()),
        event("type = 'agency.closed'".into()),
        event("at = at + 1".into()),
        event("at = at - 3600000000".into()),
        event("actor_id = '01890a5d-ac96-774b-bcce-b302099a8057'".into()),
        event("actor_role = 'registrar'".into()),
        event("actor_body = 'Bộ'".into()),
        event("object_kind = 'agency'".into()),
        event("object_id = object_id || 'x'".into()),
        event("province_id = '01'".into()),
        event("data = '{}'".into()),
        event("data = replace(data, '{', '{ ')".into()),
        event("data = 'no JSON'".into()),
        event("data = replace(data, '{', '{\"type\":\"x\",')".into()),
        event(bytes("salt")),
        leaf("type = 'key'".into(), Finding::OtherRoot { size: 0 }),
        leaf("type = 'nonsense'".into(), Finding::LeafAltered(at)),
        leaf("hour = hour + 3600000000".into(), Finding::EventAltered(at)),
        leaf("hour = hour + 1".into(), Finding::LeafAltered(at)),
        leaf(bytes("commitment"), Finding::EventAltered(at)),
        Forgery { edit: format!("DELETE FROM events WHERE idx = {at}"), named: Finding::EventRemoved(at) },
        Forgery { edit: format!("DELETE FROM log_leaves WHERE idx = {at}"), named: Finding::LeafRemoved(at) },
        Forgery {
            edit: format!("DELETE FROM log_leaves WHERE idx = {at}; DELETE FROM events WHERE idx = {at}"),
            named: Finding::LeafRemoved(at),
        },
        Forgery {
            edit: "INSERT INTO log_leaves SELECT 100000, type, hour, commitment FROM log_leaves WHERE idx = 5".into(),
            named: Finding::Inserted(100_000),
        },
        fields(
            "INSERT INTO event_personal SELECT {at}, '01890a5d-ac96-774b-bcce-b302099a8057', digest, NULL, NULL \
             FROM event_personal WHERE fields IS NOT NULL LIMIT 1",
        ),
    ];
    forgeries.push(Forgery {
        edit: format!("UPDATE event_personal SET salt = NULL, fields = NULL WHERE event_idx = {at}"),
        named: Finding::FieldsRemoved(at),
    });
    // Entries that the tests write have personal fields where they should: see `note`.
    forgeries.extend(
        [
            "UPDATE event_personal SET fields = '{}' WHERE event_idx = {at}".to_owned(),
            "UPDATE event_personal SET fields = replace(fields, 'Thị', 'Văn') WHERE event_idx = {at}".to_owned(),
            "UPDATE event_personal SET fields = replace(fields, ':', ': ') WHERE event_idx = {at}".to_owned(),
            "UPDATE event_personal SET subject = '01890a5d-ac96-774b-bcce-b302099a8057' WHERE event_idx = {at}"
                .to_owned(),
            format!("UPDATE event_personal SET {} WHERE event_idx = {{at}}", bytes("digest")),
            format!("UPDATE event_personal SET {} WHERE event_idx = {{at}}", bytes("salt")),
            "DELETE FROM event_personal WHERE event_idx = {at}".to_owned(),
        ]
        .iter()
        .map(|edit| fields(edit)),
    );
    forgeries
}

on_both_databases! {
    fn each_of_two_hundred_forgeries_is_found_and_named(node: TestRegistry) {
        grow(&node, 600);
        node.publish_log().expect("a checkpoint");
        assert_eq!(findings(&node), []);
        let first = node.database().number("SELECT MIN(event_idx) AS value FROM event_personal WHERE event_idx > 20");
        let mut tried = 0;
        save(&node);
        // In the first tile, across its seam and in the last one that is not full; each of these places has fields.
        for at in (0..7).map(|step| first + 87 * step) {
            for forgery in edits(node.database().engine, at) {
                without_triggers(&node, &[&forgery.edit]);
                let found = findings(&node);
                let is_named = match &forgery.named {
                    Finding::OtherRoot { .. } => found.iter().any(|it| matches!(it, Finding::OtherRoot { .. })),
                    named => found.contains(named),
                };
                assert!(is_named, "{}: {found:?}", forgery.edit);
                put_back(&node);
                tried += 1;
            }
        }
        assert_eq!(findings(&node), [], "all was put back");
        assert!(tried >= 200, "{tried}");
    }
}
