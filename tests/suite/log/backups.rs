//! A database that was put back to an earlier day, or altered, is noticed and said, and nothing is signed any more.

use super::forgeries::{put_back, save};
use super::{findings, grow};
use crate::support::registry::TestRegistry;
use crate::support::{Engine, on_both_databases};
use press_registry::app::log::audit::Finding;

on_both_databases! {
    fn an_old_backup_put_back_is_noticed_and_nothing_is_signed(node: TestRegistry) {
        grow(&node, 10);
        node.publish_log().expect("a checkpoint");
        save(&node);
        grow(&node, 30);
        let signed = node.publish_log().expect("a checkpoint").checkpoint.size;
        // As it was 30 entries ago, with the checkpoint of that day.
        put_back(&node);
        let refused = node.publish_log().expect_err("smaller than what was signed").to_string();
        assert!(refused.contains(&format!("{signed} were signed: entries are missing")), "{refused}");
        assert!(refused.contains("restore --new-log"), "{refused}");
        assert!(findings(&node).contains(&Finding::Missing { signed, found: signed - 30 }));
        // Nor once as many others have been written.
        grow(&node, 60);
        let refused = node.publish_log().expect_err("another tree").to_string();
        assert!(refused.contains("are not those that were signed"), "{refused}");
    }

    fn a_node_that_knows_nothing_yet_takes_the_databases_word_and_keeps_it(node: TestRegistry) {
        grow(&node, 10);
        node.publish_log().expect("a checkpoint");
        let other = node.another_node();
        let theirs = other.publish_log().expect("a checkpoint");
        let kept = std::fs::read_to_string(other.data_dir().join("log").join("checkpoint")).expect("a kept checkpoint");
        assert_eq!(kept, theirs.note);
    }

    fn a_checkpoint_that_is_not_the_tiles_is_not_built_upon(node: TestRegistry) {
        grow(&node, 10);
        node.publish_log().expect("a checkpoint");
        let tile = match node.database().engine {
            Engine::Sqlite => "zeroblob(length(hashes))",
            Engine::Postgres => "decode(repeat('00', length(hashes)), 'hex')",
        };
        node.database().run(&format!("UPDATE log_tiles SET hashes = {tile}")).expect("an edit");
        grow(&node, 1);
        let refused = node.publish_log().expect_err("other tiles").to_string();
        assert!(refused.contains("log verify"), "{refused}");
    }

    fn a_database_that_calls_itself_another_log_is_not_signed(node: TestRegistry) {
        grow(&node, 10);
        node.publish_log().expect("a checkpoint");
        let another = "UPDATE logs SET origin = 'another.example', size = 0, checkpoint = NULL; DELETE FROM log_tiles";
        super::forgeries::without_triggers(&node, &[another]);
        grow(&node, 1);
        let refused = node.publish_log().expect_err("another log").to_string();
        assert!(refused.contains("another log's"), "{refused}");
        assert!(findings(&node).iter().any(|it| matches!(it, Finding::CheckpointAltered(_))));
    }
}
