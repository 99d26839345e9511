//! Whatever was answered outlives the process that answered, however that one ends.

use super::{
    count, count_up, length_of_whole_log,
    node::{COUNTER, Node},
};
use crate::log::{assert_no_fork, findings};
use crate::support::{Engine, full_campaign, on_both_databases, registry::TestRegistry};

/// Processes killed: a handful, or many with `PRESS_REGISTRY_FULL_CAMPAIGN=1`.
fn rounds() -> usize {
    if full_campaign() { 200 } else { 5 }
}

on_both_databases! {
    fn what_was_answered_outlives_a_killed_process(node: TestRegistry) {
        // It comes back each time, with what it had kept itself of the log.
        let data_dir = Node::folder(&node);
        let mut signed = Vec::new();
        for round in 0..rounds() {
            // Each dies at another moment: after 1, 14, 27 … answers, with seven changes on their way.
            let mut other = Node::start(&node, data_dir.path(), 8, usize::MAX);
            let mut answered: Vec<i64> = (0..=round % 20 * 13).map_while(|_| other.next_answer()).collect();
            let last = other.kill();
            answered.extend(last.answers);
            signed.extend(last.signed);
            let newest = answered.iter().max().copied().expect("it was at work");
            let kept = count(node.database(), COUNTER);
            assert!(kept >= newest, "round {round}: {newest} was answered, {kept} is there");
            assert_eq!(kept, events_of_counter(&node), "round {round}: each number has its event");
            let length = length_of_whole_log(node.database());
            assert_eq!(node.database().number(LEAVES_OF_EVENTS), length, "round {round}: each event has its leaf");
            let next = node.store.write_blocking(|tx| count_up(tx, COUNTER)).expect("the others go on");
            assert_eq!(next, kept + 1);
            node.publish_log().expect("the others sign on");
        }
        assert_eq!(findings(&node), []);
        assert_no_fork(&node, &signed);
        if node.database().engine == Engine::Sqlite {
            assert_eq!(node.database().texts("SELECT integrity_check AS value FROM pragma_integrity_check"), ["ok"]);
        }
    }
}

const LEAVES_OF_EVENTS: &str = "SELECT COUNT(*) AS value FROM log_leaves JOIN events ON events.idx = log_leaves.idx";

fn events_of_counter(node: &TestRegistry) -> i64 {
    node.database().number(&format!("SELECT COUNT(*) AS value FROM events WHERE object_id = '{COUNTER}'"))
}
