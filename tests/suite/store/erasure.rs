//! What an erasure asks of the writer: that nothing of its batch escapes it, and that the write-ahead log forgets too.

use super::batches::together;
use crate::support::{Engine, OnEngine as _, on_both_databases, registry::TestRegistry};
use press_registry::{
    app::{
        Registry,
        erasure::{self, Happened},
        gate::{Etag, Gate},
        log::audit,
    },
    domain::{
        accounts::Caller,
        erasure::ErasureForm,
        events::{Event, EventKind, Object, Recorded},
        ids::PersonId,
    },
    error::Error,
    policy,
    store::{Tx, events, people},
};
use serde_json::json;
use std::{fs, sync::Arc, sync::mpsc};

fn happen(tx: &mut Tx, registry: &Registry, caller: &Caller, person: PersonId, event: &str) -> Result<bool, Error> {
    let version = people::find(tx, &registry.secrets.sealing, person)?.expect("on record").version;
    let gate = Gate::new(Some(Etag::of_version(version).quoted()));
    let reason = (event == "erase").then(|| "Theo đơn".to_owned());
    let form = ErasureForm { event: event.to_owned(), reason };
    Ok(matches!(erasure::happen(tx, registry, caller, person, &gate, Ok(form))?, Happened::Erased(_)))
}

/// Somebody whose erasure waits for a second registrar.
fn pending(node: &TestRegistry) -> PersonId {
    let person = node.reporter(&node.central_agency()).id;
    let first = node.registrar();
    node.write(move |tx, registry| happen(tx, registry, &first, person, "erase")).expect("asked for");
    person
}

on_both_databases! {
    fn what_is_written_about_somebody_in_the_same_batch_does_not_escape(node: TestRegistry) {
        let person = pending(&node);
        let (registry, second) = (Arc::clone(&node.registry), node.registrar());
        let confirm = {
            let second = second.clone();
            move |tx: &mut Tx| happen(tx, &registry, &second, person, "confirm").map(i64::from)
        };
        let answers = together(&node.store, vec![
            Box::new(move |tx: &mut Tx| {
                let event = Event::new(EventKind::PersonChanged, Object::Person(person));
                let event = event.about(person, json!({ "reason": "cùng một lúc" }));
                tx.record(&policy::the_program_itself(), event, |writer| Ok(writer.log_index()))
            }),
            Box::new(confirm),
        ]);
        assert!(matches!(answers[..], [Ok(_), Err(Error::Overloaded)]), "come again: {answers:?}");
        assert!(node.write(move |tx, registry| happen(tx, registry, &second, person, "confirm")).expect("erased"));
        let left = node.store.read(|db| events::list(db, &events::Filter::default(), None, 100)).expect("a database");
        let about = |event: &&Recorded| event.personal.iter().any(|one| one.subject == person.into());
        let left: Vec<_> = left.iter().filter(about).collect();
        assert!(left.len() >= 3 && left.iter().all(|event| event.personal.iter().all(|one| one.fields.is_none())));
        assert_eq!(audit::audit(&node.store, &node.log, &mut |_, _| ()).expect("an audit").findings, []);
    }
}

#[test]
fn the_write_ahead_log_forgets_as_soon_as_nobody_reads_in_it() {
    let Some(node) = TestRegistry::on(Engine::Sqlite) else { return };
    let person = pending(&node);
    let log = || fs::read(format!("{}-wal", node.database().path())).unwrap_or_default();
    let name = "Trần Thị Bưởi".as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    assert!(holds(&log()), "the search sees what was entered just now");
    let ((reads, is_reading), (release, released)) = (mpsc::channel(), mpsc::channel());
    std::thread::scope(|scope| {
        let store = node.store.clone();
        let reader = scope.spawn(move || {
            store.read_consistently(|db| {
                events::count(db)?;
                reads.send(()).expect("the test waits");
                released.recv().map_err(Error::internal)
            })
        });
        is_reading.recv().expect("it reads");
        let second = node.registrar();
        assert!(node.write(move |tx, registry| happen(tx, registry, &second, person, "confirm")).expect("erased"));
        assert!(holds(&log()), "somebody still reads what was there before");
        release.send(()).expect("the reader waits");
        reader.join().expect("no panic").expect("a database");
    });
    // As when the erasure's own leaf is signed.
    node.publish_log().expect("a checkpoint");
    assert!(!holds(&log()));
}
