//! A node of its own process: this very binary once more, which finds its orders in its environment.

use super::count_up;
use crate::support::TestDatabase;
use press_registry::{
    clock::Clock,
    entropy::Entropy,
    store::{DatabaseUrl, Store},
};
use std::{
    env,
    io::{BufRead as _, BufReader, Lines},
    process::{Child, ChildStdout, Command, Stdio},
};

/// What such a node counts.
pub(super) const COUNTER: &str = "processes";
/// Begins a line that says which number the store has answered with; the test runner writes lines of its own.
const ANSWERED: &str = "answered ";
/// Orders: the database; how many threads; how often each counts.
const DATABASE: &str = "PRESS_REGISTRY_TEST_NODE_DATABASE";
const THREADS: &str = "PRESS_REGISTRY_TEST_NODE_THREADS";
const TIMES: &str = "PRESS_REGISTRY_TEST_NODE_TIMES";

/// A process that counts up and says each number once it is answered.
pub(super) struct Node {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl Node {
    /// Starts one.
    pub(super) fn start(db: &TestDatabase, threads: usize, times: usize) -> Self {
        let mut child = Command::new(env::current_exe().expect("this binary"))
            .args(["--exact", "store::node::works_only_when_ordered_to", "--nocapture"])
            .env(DATABASE, &db.url)
            .env(THREADS, threads.to_string())
            .env(TIMES, times.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let said = BufReader::new(child.stdout.take().expect("piped above")).lines();
        Self { child, said }
    }

    /// The next number it was answered with; `None` when it has ended.
    pub(super) fn next_answer(&mut self) -> Option<i64> {
        self.said.by_ref().find_map(|line| {
            let line = line.expect("text");
            line.strip_prefix(ANSWERED).map(|number| number.parse().expect("a number"))
        })
    }

    /// Waits for its end; gives the numbers it still was answered with.
    pub(super) fn answers_to_the_end(mut self) -> Vec<i64> {
        let answers = std::iter::from_fn(|| self.next_answer()).collect();
        assert!(self.child.wait().expect("a child").success());
        answers
    }

    /// Kills it with SIGKILL, which nothing can prepare for; gives the numbers that it had still told of.
    pub(super) fn kill(mut self) -> Vec<i64> {
        self.child.kill().expect("killed");
        self.child.wait().expect("a child");
        std::iter::from_fn(|| self.next_answer()).collect()
    }
}

/// The other process. Without orders this test has nothing to do.
#[test]
fn works_only_when_ordered_to() {
    let Ok(url) = env::var(DATABASE) else { return };
    let order = |name| env::var(name).expect("an order").parse::<usize>().expect("a number");
    let url = DatabaseUrl::parse(&url, true).expect("a database's URL");
    let store = Store::open(&url, Clock::System, Entropy::System).expect("a store");
    let (threads, times) = (order(THREADS), order(TIMES));
    // The runner has begun a line of its own.
    println!();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..times {
                    let number = store.write_blocking(|tx| count_up(tx, COUNTER)).expect("a number");
                    println!("{ANSWERED}{number}");
                }
            });
        }
    });
}
