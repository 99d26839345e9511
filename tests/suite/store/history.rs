//! A change and its event are one; what was written down stays as it was.

use super::{batches::together, count, count_up, event, length_of_whole_log};
use crate::support::{Engine, on_both_databases, registry::TestRegistry};
use diesel::RunQueryDsl as _;
use press_registry::{
    error::Error,
    policy,
    store::{Read as _, Tx, credentials},
};

on_both_databases! {
    fn a_change_that_fails_takes_back_only_itself(node: TestRegistry) {
        let before = length_of_whole_log(node.database());
        let answers = together(&node.store, vec![
            Box::new(|tx: &mut Tx| count_up(tx, "first")),
            Box::new(|tx: &mut Tx| count_up(tx, "failed").and(Err(Error::Forbidden))),
            Box::new(|tx: &mut Tx| {
                tx.record(&policy::the_program_itself(), event("failed"), |writer| {
                    credentials::next_number(writer, "failed").and(Err(Error::NotFound))
                })
            }),
            Box::new(|tx: &mut Tx| count_up(tx, "second")),
        ]);
        let expected = matches!(answers[..], [Ok(1), Err(Error::Forbidden), Err(Error::NotFound), Ok(1)]);
        assert!(expected, "{answers:?}");
        assert_eq!(["first", "failed", "second"].map(|name| count(node.database(), name)), [1, 0, 1]);
        assert_eq!(length_of_whole_log(node.database()), before + 2);
    }

    fn a_change_that_panics_takes_back_only_itself(node: TestRegistry) {
        let before = length_of_whole_log(node.database());
        let answers = together(&node.store, vec![
            Box::new(|tx: &mut Tx| count_up(tx, "first")),
            Box::new(|tx: &mut Tx| {
                count_up(tx, "failed")?;
                panic!("a mistake in a change (expected by this test)")
            }),
            Box::new(|tx: &mut Tx| {
                tx.record(&policy::the_program_itself(), event("failed"), |writer| {
                    credentials::next_number(writer, "failed")?;
                    panic!("a mistake within a record (expected by this test)")
                })
            }),
            Box::new(|tx: &mut Tx| count_up(tx, "second")),
        ]);
        let expected = matches!(answers[..], [Ok(1), Err(Error::Internal(_)), Err(Error::Internal(_)), Ok(1)]);
        assert!(expected, "{answers:?}");
        assert_eq!(["first", "failed", "second"].map(|name| count(node.database(), name)), [1, 0, 1]);
        assert_eq!(length_of_whole_log(node.database()), before + 2);
    }

    fn a_failure_that_is_passed_over_keeps_nothing(node: TestRegistry) {
        let before = length_of_whole_log(node.database());
        let answers = together(&node.store, vec![
            Box::new(|tx: &mut Tx| count_up(tx, "first")),
            Box::new(|tx: &mut Tx| {
                let failed = tx.record(&policy::the_program_itself(), event("failed"), |writer| {
                    credentials::next_number(writer, "failed")?;
                    Err::<i64, _>(Error::NotFound)
                });
                Ok(failed.unwrap_or_default())
            }),
            Box::new(|tx: &mut Tx| {
                let refused = tx.record(&policy::the_program_itself(), event("failed"), |writer| {
                    // What no row can satisfy: PostgreSQL then refuses every further statement.
                    diesel::sql_query("UPDATE log_head SET id = 2").execute(writer.db()).map_err(Error::from)
                });
                Ok(i64::from(refused.is_ok()))
            }),
            Box::new(|tx: &mut Tx| count_up(tx, "second")),
        ]);
        let expected = matches!(answers[..], [Ok(1), Err(Error::Internal(_)), Err(Error::Internal(_)), Ok(1)]);
        assert!(expected, "{answers:?}");
        assert_eq!(["first", "failed", "second"].map(|name| count(node.database(), name)), [1, 0, 1]);
        assert_eq!(length_of_whole_log(node.database()), before + 2);
    }

    fn time_never_goes_back_even_if_the_clock_does(node: TestRegistry) {
        let at = |node: &TestRegistry| {
            node.store.write_blocking(|tx| count_up(tx, "times").map(|_| tx.now())).expect("written")
        };
        let first = at(&node);
        node.set_time("2026-12-24T00:00:00Z");
        let later = at(&node);
        assert!(later > first);
        node.set_time("2026-12-02T00:00:00Z");
        assert_eq!(at(&node), later);
        assert_eq!(at(&node.another_node()), later, "a node whose clock was never set forward");
        length_of_whole_log(node.database());
    }

    fn what_was_written_down_is_neither_changed_nor_removed(node: TestRegistry) {
        node.issued_card();
        let length = length_of_whole_log(node.database());
        let rewritten = "UPDATE events SET data = '{}'";
        let mut attempts = vec![
            rewritten,
            "UPDATE events SET idx = idx + 100",
            "DELETE FROM events",
            "UPDATE log_leaves SET hour = 0",
            "DELETE FROM log_leaves",
            "UPDATE event_personal SET fields = '{}'",
            "UPDATE event_personal SET salt = NULL, fields = NULL, subject = 'x'",
            "DELETE FROM event_personal",
        ];
        if node.database().engine == Engine::Postgres {
            attempts.extend(["TRUNCATE events CASCADE", "TRUNCATE log_leaves", "TRUNCATE event_personal"]);
        }
        for attempt in attempts {
            let refused = node.database().run(attempt).expect_err(attempt).to_string();
            assert!(refused.contains("what is written down is never changed or removed"), "{attempt}: {refused}");
        }
        assert_eq!(length_of_whole_log(node.database()), length);
    }
}
