//! A node of its own process: this very binary once more, which finds its orders in its environment.

use super::count_up;
use crate::support::registry::{self, TestRegistry, copy_keys};
use data_encoding::BASE64;
use press_registry::{
    app::{Registry, Settings, reports::limits::Intake},
    clock::Clock,
    entropy::Entropy,
    store::DatabaseUrl,
};
use std::{
    env,
    io::{BufRead as _, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tempfile::TempDir;

/// What such a node counts.
pub(crate) const COUNTER: &str = "processes";
/// Begins a line that says which number the store has answered with; the test runner writes lines of its own.
const ANSWERED: &str = "answered ";
/// Begins a line that says which root of which size was published.
const SIGNED: &str = "signed ";
/// Orders: the database; where its keys and its checkpoint are; how many threads; how often each counts.
const DATABASE: &str = "PRESS_REGISTRY_TEST_NODE_DATABASE";
const DATA_DIR: &str = "PRESS_REGISTRY_TEST_NODE_DATA_DIR";
const THREADS: &str = "PRESS_REGISTRY_TEST_NODE_THREADS";
const TIMES: &str = "PRESS_REGISTRY_TEST_NODE_TIMES";
/// How often it signs: as a server does, only more often.
const SIGNS_EVERY: Duration = Duration::from_millis(20);

/// Size and root, in base64.
pub(crate) type Signed = (u64, String);

/// A process that counts up and says each number once it is answered, and each checkpoint once it is published.
pub(crate) struct Node {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    signed: Vec<Signed>,
}

/// All that a process said.
pub(crate) struct Said {
    /// Numbers it was answered with.
    pub(crate) answers: Vec<i64>,
    /// Checkpoints it published.
    pub(crate) signed: Vec<Signed>,
}

impl Node {
    /// A folder for the data of a node of this registry, with its keys.
    pub(crate) fn folder(registry: &TestRegistry) -> TempDir {
        let folder = registry::folder();
        copy_keys(registry.data_dir(), folder.path());
        folder
    }

    /// Starts one.
    pub(crate) fn start(registry: &TestRegistry, data_dir: &Path, threads: usize, times: usize) -> Self {
        let mut child = Command::new(env::current_exe().expect("this binary"))
            .args(["--exact", "store::node::works_only_when_ordered_to", "--nocapture"])
            .env(DATABASE, &registry.database().url)
            .env(DATA_DIR, data_dir)
            .env(THREADS, threads.to_string())
            .env(TIMES, times.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a process");
        let said = BufReader::new(child.stdout.take().expect("piped above")).lines();
        Self { child, said, signed: Vec::new() }
    }

    /// The next number it was answered with; `None` when it has ended.
    pub(crate) fn next_answer(&mut self) -> Option<i64> {
        let signed = &mut self.signed;
        self.said.by_ref().find_map(|line| {
            let line = line.expect("text");
            if let Some((size, root)) = line.strip_prefix(SIGNED).and_then(|line| line.split_once(' ')) {
                signed.push((size.parse().expect("a size"), root.to_owned()));
            }
            line.strip_prefix(ANSWERED).map(|number| number.parse().expect("a number"))
        })
    }

    /// Waits for its end; gives what it still said.
    pub(crate) fn until_it_ends(mut self) -> Said {
        let answers = std::iter::from_fn(|| self.next_answer()).collect();
        assert!(self.child.wait().expect("a child").success());
        Said { answers, signed: self.signed }
    }

    /// Kills it with SIGKILL, which nothing can prepare for; gives what it had still said.
    pub(crate) fn kill(mut self) -> Said {
        self.child.kill().expect("killed");
        self.child.wait().expect("a child");
        let answers = std::iter::from_fn(|| self.next_answer()).collect();
        Said { answers, signed: self.signed }
    }
}

/// The other process. Without orders this test has nothing to do.
#[test]
fn works_only_when_ordered_to() {
    let Ok(url) = env::var(DATABASE) else { return };
    let order = |name| env::var(name).expect("an order");
    let number = |name| order(name).parse::<usize>().expect("a number");
    let settings = Settings {
        database: DatabaseUrl::parse(&url, true).expect("a database's URL"),
        data_dir: order(DATA_DIR).into(),
        key_passphrase_file: None,
        public_url: registry::PUBLIC_URL.to_owned(),
        phone: String::new(),
        demo: false,
        intake: Intake::default(),
        mail: None,
    };
    let registry = Registry::open(settings, Clock::System, Entropy::System).expect("a registry");
    let (threads, times) = (number(THREADS), number(TIMES));
    let counted = AtomicBool::new(false);
    // The runner has begun a line of its own.
    println!();
    std::thread::scope(|scope| {
        let signing = scope.spawn(|| {
            let mut last = 0;
            while !counted.load(Ordering::SeqCst) {
                let checkpoint = registry.publish_log().expect("a checkpoint").checkpoint.clone();
                if checkpoint.size != last {
                    last = checkpoint.size;
                    println!("{SIGNED}{last} {}", BASE64.encode(&checkpoint.root));
                }
                std::thread::sleep(SIGNS_EVERY);
            }
        });
        let count = || {
            for _ in 0..times {
                let number = registry.store.write_blocking(|tx| count_up(tx, COUNTER)).expect("a number");
                println!("{ANSWERED}{number}");
            }
        };
        let counting: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
        counting.into_iter().for_each(|thread| thread.join().expect("no panic"));
        counted.store(true, Ordering::SeqCst);
        signing.join().expect("no panic");
    });
}
