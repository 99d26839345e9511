//! The tree grows the same whoever grows it, in whatever steps.

use super::{assert_no_fork, findings, grow, note};
use crate::store::node::Node;
use crate::support::registry::TestRegistry;
use crate::support::{full_campaign, on_both_databases};
use std::sync::Arc;

/// Threads of each process.
const THREADS: usize = 8;

/// Appends of each of two processes: some, or many with `PRESS_REGISTRY_FULL_CAMPAIGN=1`.
fn appends_of_each() -> usize {
    if full_campaign() { 50_000 } else { 2_000 }
}

on_both_databases! {
    fn two_nodes_grow_one_log(node: TestRegistry) {
        let other = node.another_node();
        for step in 1..6 {
            grow(&node, 90 * step);
            let ours = node.publish_log().expect("a checkpoint");
            grow(&other, 70);
            let theirs = other.publish_log().expect("a checkpoint");
            assert_eq!(theirs.checkpoint.size, ours.checkpoint.size + 70);
            assert_eq!(node.publish_log().expect("a checkpoint").note, theirs.note, "one log, one signature");
        }
        assert_eq!(findings(&node), []);
        assert_eq!(findings(&other), []);
    }

    fn nothing_is_signed_twice_and_nothing_is_left_out_when_both_sign_at_once(node: TestRegistry) {
        let nodes = [Arc::clone(&node.registry), Arc::clone(&node.another_node().registry)];
        std::thread::scope(|scope| {
            for registry in &nodes {
                scope.spawn(move || {
                    for n in 0..60 {
                        registry.store.write_blocking(move |tx| note(tx, n)).expect("an event");
                        registry.publish_log().expect("a checkpoint");
                    }
                });
            }
        });
        let [ours, theirs] = nodes.map(|registry| registry.publish_log().expect("a checkpoint").note.clone());
        assert_eq!(ours, theirs);
        assert_eq!(findings(&node), []);
    }

    fn two_processes_append_to_one_log(node: TestRegistry) {
        let each = appends_of_each();
        let folders = [Node::folder(&node), Node::folder(&node)];
        let before = node.publish_log().expect("a checkpoint").checkpoint.size;
        let processes = folders.each_ref().map(|folder| Node::start(&node, folder.path(), THREADS, each / THREADS));
        // Read side by side: a process that is not listened to stands still.
        let said = processes.map(|process| std::thread::spawn(move || process.until_it_ends()));
        let said = said.map(|said| said.join().expect("no panic"));
        let mut answers: Vec<i64> = said.iter().flat_map(|said| said.answers.iter().copied()).collect();
        answers.sort_unstable();
        assert!(answers.into_iter().eq(1..=i64::try_from(2 * each).expect("few")), "each number once");
        let signed: Vec<_> = said.into_iter().flat_map(|said| said.signed).collect();
        assert_no_fork(&node, &signed);
        let size = node.publish_log().expect("a checkpoint").checkpoint.size;
        assert_eq!(usize::try_from(size - before).expect("few"), 2 * each);
        assert_eq!(findings(&node), []);
    }

    fn what_is_taken_back_leaves_no_leaf(node: TestRegistry) {
        let before = node.publish_log().expect("a checkpoint").checkpoint.size;
        let failed = node.store.write_blocking(|tx| {
            note(tx, 1)?;
            Err::<(), _>(press_registry::error::Error::Forbidden)
        });
        failed.expect_err("it failed");
        node.store.write_blocking(|tx| note(tx, 2)).expect("an event");
        assert_eq!(node.publish_log().expect("a checkpoint").checkpoint.size, before + 1);
        assert_eq!(findings(&node), []);
    }
}
