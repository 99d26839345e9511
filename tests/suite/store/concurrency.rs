//! Many write at once: nobody is turned away, and nothing that was answered is lost.

use super::{count, count_in_threads, count_up, length_of_whole_log, node::Node};
use crate::support::{on_both_databases, registry::TestRegistry};
use press_registry::{
    app::{
        gate::{Etag, Gate},
        people::{self, PersonPatch},
    },
    domain::{accounts::Caller, events::Object, ids::PersonId},
    store::{events, people as rows},
};
use std::sync::atomic::{AtomicBool, Ordering};

const THREADS: usize = 8;
const TIMES: usize = 100;
const ALL: i64 = 800;
/// The reader threads of one node together use every connection there is for reading.
const READERS: usize = 8;

on_both_databases! {
    fn no_change_is_lost_and_none_is_turned_away(node: TestRegistry) {
        let agency = node.central_agency();
        let (person, clerk) = (node.reporter(&agency), node.clerk_of(agency.id));
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (node, clerk, id) = (&node, &clerk, person.id);
                scope.spawn(move || {
                    for time in 0..TIMES {
                        rename(node, clerk, id, &format!("Bút danh {thread} {time}"));
                    }
                });
            }
        });
        let after = node.store.read(|db| rows::find(db, &node.secrets.sealing, person.id)).expect("readable");
        assert_eq!(after.map(|person| person.version), Some(1 + ALL));
        let changes = "SELECT COUNT(*) AS value FROM events WHERE type = 'person.changed'";
        assert_eq!(node.database().number(changes), ALL);
        length_of_whole_log(node.database());
    }

    fn readers_are_never_turned_away_and_see_whole_states(node: TestRegistry) {
        let before = length_of_whole_log(node.database());
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..READERS {
                scope.spawn(|| {
                    let mut last = 0;
                    while !done.load(Ordering::SeqCst) {
                        let (head, events) = node.store.read_consistently(|db| {
                            let object = Object::Host("numbers".to_owned());
                            let counted = events::of_object(db, &object, None, 2 * THREADS * TIMES)?;
                            Ok((events::count(db)?, before + i64::try_from(counted.len()).expect("few")))
                        })
                        .expect("readable");
                        assert_eq!(events, head, "half a commit was seen");
                        assert!(head >= last, "a reader went back in time");
                        last = head;
                    }
                });
            }
            let answers = count_in_threads(&node.store, "numbers", THREADS, TIMES);
            done.store(true, Ordering::SeqCst);
            assert_eq!(answers, (1..=ALL).collect::<Vec<_>>());
        });
    }

    fn two_nodes_on_one_database_lose_nothing(node: TestRegistry) {
        let other = node.another_node();
        let mut answers = std::thread::scope(|scope| {
            let here = scope.spawn(|| count_in_threads(&node.store, "numbers", THREADS / 2, TIMES));
            let there = count_in_threads(&other.store, "numbers", THREADS / 2, TIMES);
            [here.join().expect("no panic"), there].concat()
        });
        answers.sort_unstable();
        assert_eq!(answers, (1..=ALL).collect::<Vec<_>>());
        length_of_whole_log(node.database());
    }

    fn two_processes_on_one_database_lose_nothing(node: TestRegistry) {
        let data_dir = Node::folder(&node);
        let before = length_of_whole_log(node.database());
        let mut other = Node::start(&node, data_dir.path(), THREADS, TIMES);
        // Both are at it at the same time.
        let first = other.next_answer().expect("the other process works");
        let here = count_in_threads(&node.store, super::node::COUNTER, THREADS, TIMES);
        let mut answers = [vec![first], other.until_it_ends().answers, here].concat();
        answers.sort_unstable();
        assert_eq!(answers, (1..=2 * ALL).collect::<Vec<_>>());
        assert_eq!(length_of_whole_log(node.database()), before + 2 * ALL);
    }

    fn a_change_sees_what_was_answered_before(node: TestRegistry) {
        let other = node.another_node();
        for n in 0..20 {
            let store = if n % 2 == 0 { &node.store } else { &other.store };
            assert_eq!(store.write_blocking(|tx| count_up(tx, "turns")).expect("a number"), n + 1);
            assert_eq!(count(node.database(), "turns"), n + 1);
        }
    }
}

/// Reads a record and writes it changed, as a client does who always knows the newest version.
fn rename(node: &TestRegistry, clerk: &Caller, id: PersonId, pen_name: &str) {
    let (clerk, pen_name) = (clerk.clone(), pen_name.to_owned());
    node.write(move |tx, registry| {
        let newest = rows::find(tx, &registry.secrets.sealing, id)?.expect("on record");
        let gate = Gate::new(Some(Etag::of_version(newest.version).quoted()));
        let patch = PersonPatch { pen_name: Some(Some(pen_name.clone())), ..PersonPatch::default() };
        people::change(tx, registry, &clerk, id, &gate, || Ok(patch))
    })
    .expect("changed");
}
