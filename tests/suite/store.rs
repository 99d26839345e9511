//! What the store promises, on both databases alike.

pub(crate) mod batches;
mod concurrency;
mod crash;
mod damage;
mod erasure;
mod history;
mod issuance;
mod migrations;
pub(crate) mod node;
mod plans;
mod provinces;
mod reconnect;
mod sealing;
mod search;
mod status;

use crate::support::TestDatabase;
use press_registry::{
    domain::events::{Event, EventKind, Object},
    error::Error,
    policy,
    store::{Store, Tx, credentials},
};

/// A change that reads a number, writes the next one, and is written down. Where an update is lost, a number comes
/// twice.
fn count_up(tx: &mut Tx, counter: &str) -> Result<i64, Error> {
    tx.record(&policy::the_program_itself(), event(counter), |writer| credentials::next_number(writer, counter))
}

/// An event of no consequence.
fn event(about: &str) -> Event {
    Event::new(EventKind::HostPrinted, Object::Host(about.to_owned()))
}

/// Where a counter stands.
fn count(db: &TestDatabase, counter: &str) -> i64 {
    db.number(&format!("SELECT COALESCE(MAX(value), 0) AS value FROM counters WHERE name = '{counter}'"))
}

/// Counts up `times` in each of `threads`; gives every number that was answered, in order.
fn count_in_threads(store: &Store, counter: &'static str, threads: usize, times: usize) -> Vec<i64> {
    let mut answers: Vec<i64> = std::thread::scope(|scope| {
        let counting = || (0..times).map(|_| store.write_blocking(|tx| count_up(tx, counter)).expect("a number"));
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(move || counting().collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    answers.sort_unstable();
    answers
}

/// Makes sure that the log begins at 0, has no gap, is as long as its head says and never goes back in time; gives its
/// length.
fn length_of_whole_log(db: &TestDatabase) -> i64 {
    let length = db.number("SELECT COUNT(*) AS value FROM events");
    assert_eq!(db.number("SELECT size AS value FROM log_head"), length, "the head knows the length");
    assert_eq!(db.number("SELECT COALESCE(MIN(idx), 0) AS value FROM events"), 0, "it begins at 0");
    assert_eq!(db.number("SELECT COALESCE(MAX(idx), -1) AS value FROM events"), length - 1, "it has no gap");
    let back = "SELECT COUNT(*) AS value FROM events AS later JOIN events AS earlier ON later.idx = earlier.idx + 1 \
                WHERE later.at < earlier.at";
    assert_eq!(db.number(back), 0, "time does not go back");
    length
}
