//! What the registry costs beyond the work itself: `cargo bench`.
//!
//! Each comparison sets the registry, with everything on (log, metrics, sessions, events), against the bare work on
//! the same machine, database and load. The two take turns, so that whatever else the machine does meets both. Trust
//! the ratios; the absolute numbers are one machine's.
//!
//! `cargo bench -- api`, likewise `page`, `card`, `import`, `log`, `renewals` and `search`, runs one part of it.
//!
//! `TEST_POSTGRES_URL` names a PostgreSQL server; otherwise one is started from the installed binaries, with `fsync`.
//! `PRESS_REGISTRY_BENCH_QUICK=1` only shows that everything runs: its numbers mean nothing. So does any run that
//! Cargo does not start as a benchmark.

mod support;

use std::env;
use std::fs::File;
use std::time::Duration;
use support::TestDatabase;
use support::bare::{self, Engine};
use support::card;
use support::fixtures::{self, Fixtures};
use support::import::{self, Copies};
use support::in_the_browser;
use support::load::{self, Connection};
use support::page;
use support::renewals::{self, Keeps};
use support::rounds::{Comparison, Plan};
use support::scale;
use support::search;

/// Clients of the comparisons that only read: enough to keep every core busy.
const READERS: usize = 16;
/// Clients that write at once.
const WRITERS: usize = 64;

fn main() {
    let is_quick = env::var("PRESS_REGISTRY_BENCH_QUICK").is_ok_and(|set| set == "1")
        || !env::args().any(|argument| argument == "--bench");
    let plan = match is_quick {
        true => Plan { rounds: 1, turn: Duration::from_millis(50) },
        false => Plan { rounds: 7, turn: Duration::from_millis(1_500) },
    };
    let leaves = if is_quick { 5_000 } else { 1_000_000 };
    let people = if is_quick { 500 } else { 100_000 };
    write_the_log();
    Comparison::print_heading();
    if is_asked_for("card") {
        card::compare(plan);
    }
    if is_asked_for("page") {
        in_the_browser::compare(plan);
    }
    compare::<diesel::SqliteConnection>(plan, leaves, people, || Some(TestDatabase::sqlite()));
    compare::<diesel::PgConnection>(plan, leaves, people, TestDatabase::postgres);
}

/// Whether this part is named on the command line, or none is.
fn is_asked_for(part: &str) -> bool {
    let mut named = env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|name| name == part)
}

/// As the server does it, but to where it does not disturb the table.
fn write_the_log() {
    let nowhere = File::options().write(true).open("/dev/null").expect("every system has it");
    tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::sync::Arc::new(nowhere)).init();
}

fn compare<E: Copies + Keeps>(plan: Plan, leaves: u64, crowd: usize, database: impl Fn() -> Option<TestDatabase>) {
    let databases = (database(), database(), database(), database(), database(), database());
    let (Some(served), Some(paged), Some(renewed), Some(large), Some(small), Some(crowded)) = databases else {
        return println!("{}: none is installed", E::NAME);
    };
    if is_asked_for("api") {
        let registry = Fixtures::set_up(&served);
        verifications::<E>(plan, &registry);
        reads::<E>(plan, &registry, &served);
        writes::<E>(plan, &registry, &served);
    }
    if is_asked_for("page") {
        page::compare(plan, E::NAME, &Fixtures::set_up(&paged));
    }
    if is_asked_for("import") {
        let people = if leaves < 1_000_000 { 500 } else { 10_000 };
        import::compare::<E>(plan.rounds.min(3), people, &database);
    }
    if is_asked_for("renewals") {
        let people = if leaves < 1_000_000 { 500 } else { 25_000 };
        renewals::compare::<E>(plan.rounds.min(3), people, &renewed);
    }
    if is_asked_for("log") {
        scale::compare(plan, E::NAME, leaves, [&large, &small]);
    }
    if is_asked_for("search") {
        search::compare::<E>(plan, crowd, &crowded);
    }
}

/// A whole check of a card, against one ES256 signature.
fn verifications<E: Engine>(plan: Plan, registry: &Fixtures) {
    let signed = fixtures::signed(&registry.code, &registry.issuer());
    let bare = bare::verifier(signed);
    let check = registry.check();
    let (mut ours, mut theirs) = (registry.clients(READERS), Connection::several(bare.address(), READERS));
    Comparison { what: "POST /verifications : one ES256 signature", engine: E::NAME, aim: Some(0.7) }.run(
        plan,
        |turn| load::drive(&mut ours, &check, turn),
        |turn| load::drive(&mut theirs, &check, turn),
    );
}

/// A signed-in caller's read, against the same query.
fn reads<E: Engine>(plan: Plan, registry: &Fixtures, database: &TestDatabase) {
    let bare = bare::reader(bare::pool::<E>(database.address()));
    let read = registry.read();
    let (mut ours, mut theirs) = (registry.clients(READERS), Connection::several(bare.address(), READERS));
    Comparison { what: "GET /agencies/{id} : the same diesel read", engine: E::NAME, aim: Some(0.8) }.run(
        plan,
        |turn| load::drive(&mut ours, &read, turn),
        |turn| load::drive(&mut theirs, &read, turn),
    );
}

/// Agencies entered by many clients, with events and answers, against rows inserted one after the other.
fn writes<E: Engine>(plan: Plan, registry: &Fixtures, database: &TestDatabase) {
    let mut db = E::open(database.address());
    let create = registry.create();
    let mut ours = registry.clients(WRITERS);
    Comparison { what: "POST /agencies × 64 clients : inserts one by one", engine: E::NAME, aim: Some(E::WRITES) }.run(
        plan,
        |turn| load::drive(&mut ours, &create, turn),
        |turn| bare::insert_one_by_one(&mut db, turn),
    );
}
