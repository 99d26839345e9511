//! The tree grows the same whoever grows it, in whatever steps.

use super::{findings, grow, note};
use crate::support::on_both_databases;
use crate::support::registry::TestRegistry;
use std::sync::Arc;

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
