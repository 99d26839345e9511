//! Group commit: what waits together is committed together.

use super::{count, count_up, event, length_of_whole_log};
use crate::support::{Engine, on_both_databases, registry::TestRegistry};
use diesel::{RunQueryDsl as _, sql_query};
use press_registry::{
    domain::accounts::Caller,
    domain::events::{EventKind, Object},
    error::Error,
    policy::{self, Operation},
    store::{Store, Tx, events},
};
use std::{
    fs,
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    task::{Context, Waker},
};

/// A change as the store takes it.
pub(super) type Change = Box<dyn FnMut(&mut Tx) -> Result<i64, Error> + Send>;

on_both_databases! {
    fn sixty_four_waiting_changes_are_one_commit(node: TestRegistry) {
        // Keeps the write-ahead log from being begun anew, so that its commits can be counted.
        let mut reader = node.database().connect();
        sql_query("BEGIN").execute(&mut reader).expect("a transaction");
        sql_query("SELECT COUNT(*) FROM events").execute(&mut reader).expect("a snapshot");
        let (before, length) = (commits(&node), length_of_whole_log(node.database()));

        let changes: Vec<Change> = (0..64).map(|_| -> Change { Box::new(|tx| count_up(tx, "numbers")) }).collect();
        let answers: Vec<i64> = together(&node.store, changes).into_iter().map(|it| it.expect("a number")).collect();

        assert_eq!(answers, (1..=64).collect::<Vec<_>>(), "in the order they came");
        assert_eq!(length_of_whole_log(node.database()), length + 64);
        assert_eq!(commits(&node) - before, 1);
    }

    fn only_rows_that_have_to_be_taken_back_make_the_others_run_again(node: TestRegistry) {
        for (refused_after_writing, runs) in [(false, 1), (true, 2)] {
            let ran = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&ran);
            let answers = together(&node.store, vec![
                Box::new(move |tx| {
                    counted.fetch_add(1, Ordering::Relaxed);
                    count_up(tx, "numbers")
                }),
                Box::new(move |tx| {
                    if refused_after_writing {
                        count_up(tx, "refused")?;
                    }
                    Err(Error::Forbidden)
                }),
            ]);
            assert!(matches!(answers[..], [Ok(_), Err(Error::Forbidden)]), "{answers:?}");
            assert_eq!(ran.load(Ordering::Relaxed), runs);
        }
        assert_eq!(["numbers", "refused"].map(|name| count(node.database(), name)), [2, 0]);
    }

    fn a_change_whose_caller_has_gone_away_is_done_all_the_same(node: TestRegistry) {
        let (writer, release) = busy(&node.store);
        let mut waiting = Box::pin(node.store.write(|tx| count_up(tx, "numbers")));
        submit(waiting.as_mut());
        drop(waiting);
        release.send(()).expect("the writer waits");
        writer.join().expect("no panic");
        assert_eq!(node.store.write_blocking(|tx| count_up(tx, "numbers")).expect("a number"), 2);
        assert_eq!(count(node.database(), "numbers"), 2);
    }

    fn a_connection_lost_between_two_batches_is_nobodys_error(node: TestRegistry) {
        assert_eq!(node.store.write_blocking(|tx| count_up(tx, "numbers")).expect("a number"), 1);
        if node.database().engine == Engine::Postgres {
            let others = "SELECT pg_terminate_backend(pid)::int::bigint AS value FROM pg_stat_activity \
                          WHERE datname = current_database() AND pid <> pg_backend_pid()";
            assert_eq!(node.database().number(others), 1, "all are ended, as at a restart");
        }
        assert_eq!(node.store.write_blocking(|tx| count_up(tx, "numbers")).expect("a number"), 2);
        length_of_whole_log(node.database());
    }

    fn what_an_account_did_in_the_same_batch_is_known(node: TestRegistry) {
        let (one, other) = (node.admin(), node.admin());
        let did = |kind: EventKind, host: &str, caller: &Caller| -> Change {
            let (object, user) = (Object::Host(host.to_owned()), caller.user);
            Box::new(move |tx| events::was_done_by(tx, &object, &[kind], user).map(i64::from))
        };
        let printed = |host, caller| did(EventKind::HostPrinted, host, caller);
        let permit = policy::enter(&one, Operation::ManageUsers).and_then(|it| it.anywhere()).expect("an admin may");
        let failing = permit.clone();
        let does: Change = Box::new(move |tx| tx.record(&permit, event("together"), |_| Ok(0)));
        let fails: Change = Box::new(move |tx| {
            tx.record(&failing, event("failed"), |_| Ok(0))?;
            Err(Error::Forbidden)
        });
        let told = together(&node.store, vec![
            printed("together", &one),
            does,
            fails,
            printed("together", &one),
            printed("together", &other),
            printed("failed", &one),
            printed("another", &one),
            did(EventKind::AgencyClosed, "together", &one),
        ]);
        let told: Vec<Option<i64>> = told.into_iter().map(Result::ok).collect();
        assert_eq!(told, [Some(0), Some(0), None, Some(1), Some(0), Some(0), Some(0), Some(0)]);
    }

    fn what_waits_when_the_registry_stops_is_still_done(node: TestRegistry) {
        let other = node.another_node();
        let (writer, release) = busy(&other.store);
        let store = other.store.clone();
        drop(other);
        let mut waiting = Box::pin(async move { store.write(|tx| count_up(tx, "numbers")).await });
        submit(waiting.as_mut());
        drop(waiting);
        release.send(()).expect("the writer waits");
        writer.join().expect("no panic");
        assert_eq!(count(node.database(), "numbers"), 1);
    }
}

/// Runs these changes as one batch: they come while the writer is busy with another.
pub(super) fn together(store: &Store, changes: Vec<Change>) -> Vec<Result<i64, Error>> {
    let (writer, release) = busy(store);
    let mut waiting: Vec<_> = changes.into_iter().map(|change| Box::pin(store.write(change))).collect();
    waiting.iter_mut().for_each(|change| submit(change.as_mut()));
    release.send(()).expect("the writer waits");
    writer.join().expect("no panic");
    actix_web::rt::System::new().block_on(async {
        let mut answers = Vec::new();
        for change in waiting {
            answers.push(change.await);
        }
        answers
    })
}

/// Keeps the writer busy with a change that changes nothing, until the sender is told to let it go.
pub(crate) fn busy(store: &Store) -> (std::thread::JoinHandle<()>, mpsc::Sender<()>) {
    let ((begun, has_begun), (release, released)) = (mpsc::channel(), mpsc::channel());
    let store = store.clone();
    let thread = std::thread::spawn(move || {
        let busy = store.write_blocking(move |_| {
            begun.send(()).expect("the test waits");
            released.recv().map_err(Error::internal)
        });
        busy.expect("let go");
    });
    has_begun.recv().expect("the writer is at it");
    (thread, release)
}

/// Polls a write once, which puts it into the queue.
pub(crate) fn submit<F: Future>(write: Pin<&mut F>) {
    let polled = write.poll(&mut Context::from_waker(Waker::noop()));
    assert!(polled.is_pending(), "the writer was busy");
}

/// How many commits that wrote something can be told apart.
fn commits(node: &TestRegistry) -> i64 {
    let db = node.database();
    match db.engine {
        Engine::Sqlite => commits_in(&fs::read(format!("{}-wal", db.path())).expect("a write-ahead log")),
        // The events of one commit carry the number of its transaction.
        Engine::Postgres => db.number("SELECT COUNT(DISTINCT xmin::text) AS value FROM events"),
    }
}

/// The commits in a write-ahead log: frames that give the size of the database after them
/// (<https://sqlite.org/fileformat.html#the_write_ahead_log>). Frames of an earlier run have other salts.
fn commits_in(log: &[u8]) -> i64 {
    let word = |bytes: &[u8], at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let (header, frames) = log.split_at(32);
    let page_size = usize::try_from(word(header, 8)).expect("a size");
    let salts = &header[16..24];
    let commits = frames.chunks_exact(24 + page_size).filter(|frame| frame[8..16] == *salts && word(frame, 4) != 0);
    i64::try_from(commits.count()).expect("few")
}
