//! The tamper-evident log: its bytes read by others' programs, and every hand laid on it found.

mod auditor;
mod backups;
mod export;
pub(crate) mod forgeries;
mod growth;
mod indexes;
mod public;
pub(crate) mod replay;
mod trail;

use crate::store::node::Signed;
use crate::support::registry::TestRegistry;
use data_encoding::BASE64;
use press_registry::app::log::audit::{self, Finding};
use press_registry::domain::events::{Event, EventKind, Object};
use press_registry::domain::log::Tail;
use press_registry::error::Error;
use press_registry::policy;
use press_registry::store::{Tx, log};
use serde_json::json;
use std::collections::HashSet;

/// Writes an event of no consequence down, with personal fields in every third.
fn note(tx: &mut Tx, n: i64) -> Result<i64, Error> {
    let mut event =
        Event::new(EventKind::HostPrinted, Object::Host(format!("host{n}.example"))).with(json!({ "n": n }));
    if n % 3 == 0 {
        event = event
            .about(tx.new_id::<press_registry::domain::ids::PersonId>(), json!({ "name": format!("Trần Thị {n}") }));
    }
    tx.record(&policy::the_program_itself(), event, |writer| Ok(writer.log_index()))
}

/// Writes so many events down, in one batch or several.
pub(crate) fn grow(node: &TestRegistry, events: i64) {
    for n in 0..events {
        // Many to a transaction: what is tested is the log, not the disk.
        if n % 500 == 0 {
            let until = (n + 500).min(events);
            node.store.write_blocking(move |tx| (n..until).try_for_each(|n| note(tx, n).map(drop))).expect("events");
        }
    }
}

/// What an audit finds.
pub(crate) fn findings(node: &TestRegistry) -> Vec<Finding> {
    audit::audit(&node.store, &node.log, &mut |_, _| ()).expect("an audit").findings
}

/// Makes sure that each of these checkpoints is one of the tree as it is now.
pub(crate) fn assert_no_fork(node: &TestRegistry, signed: &[Signed]) {
    let end = node.publish_log().expect("a checkpoint").checkpoint.size;
    let mut signed: HashSet<&Signed> = signed.iter().collect();
    let sizes: HashSet<u64> = signed.iter().map(|(size, _)| *size).collect();
    let mut tail = Tail::default();
    while tail.size() < end {
        let from = i64::try_from(tail.size()).expect("small");
        for (_, leaf) in node.store.read(|db| log::leaves(db, from, 10_000)).expect("leaves") {
            tail.append(leaf.hash());
            if sizes.contains(&tail.size()) {
                signed.remove(&(tail.size(), BASE64.encode(&tail.root())));
            }
        }
    }
    assert_eq!(signed, HashSet::new(), "each was of the one tree");
}
