//! A log of a million leaves beside a small one: what its size costs.

use super::TestDatabase;
use super::rounds::{Aim, Comparison, Measure, Plan};
use press_registry::app::log::audit;
use press_registry::app::reports::limits::Intake;
use press_registry::app::{Registry, Settings};
use press_registry::clock::Clock;
use press_registry::domain::events::{Event, EventKind, Object};
use press_registry::domain::ids::PersonId;
use press_registry::domain::log::{Hash, Nodes, Tail, Tile, TileAddress, inclusion_path};
use press_registry::entropy::Entropy;
use press_registry::policy;
use press_registry::store::{DatabaseUrl, Tx, log};
use serde_json::json;
use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Leaves of the small log.
const FEW: u64 = 1_000;
/// Events of one transaction while a log is filled.
const AT_ONCE: u64 = 2_000;
/// Events of one transaction while appending is measured.
const BATCH: u64 = 64;
/// Leaves read at a time for the tree in memory.
const READ_AT_ONCE: i64 = 10_000;

/// Compares a log of `leaves` with a small one, and with the same tree in memory.
pub(crate) fn compare(plan: Plan, engine: &'static str, leaves: u64, databases: [&TestDatabase; 2]) {
    let folder = TempDir::with_prefix_in("bench-data.", env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let [large, small] = [("large", databases[0]), ("small", databases[1])].map(|(name, database)| Settings {
        database: DatabaseUrl::parse(&database.url, false).expect("a database URL"),
        data_dir: folder.path().join(name),
        key_passphrase_file: None,
        public_url: "https://press.example.vn".to_owned(),
        phone: "1900 0000".to_owned(),
        demo: false,
        intake: Intake::default(),
        mail: None,
    });
    for (settings, leaves) in [(&large, leaves), (&small, FEW)] {
        std::fs::create_dir_all(&settings.data_dir).expect("a folder");
        let registry = open(settings);
        fill(&registry, leaves);
        registry.publish_log().expect("a checkpoint");
    }
    starts(engine, &large);
    let (large, small) = (open(&large), open(&small));
    for registry in [&large, &small] {
        registry.publish_log().expect("a checkpoint");
    }
    proofs(plan, engine, &large);
    verifies(engine, &large);
    Comparison { what: "appending to a large log : to a small one", engine, aim: Some(0.8) }.run(
        plan,
        |turn| append(&large, turn),
        |turn| append(&small, turn),
    );
}

fn open(settings: &Settings) -> Registry {
    Registry::open(settings.clone(), Clock::System, Entropy::System).expect("a registry")
}

/// An event like those of cards and people: two facts, and in every third personal fields.
fn note(tx: &mut Tx, n: u64) {
    let event = Event::new(EventKind::HostPrinted, Object::Host(format!("host{n}.example.vn")));
    let event = event.with(json!({ "number": n, "state": "active" }));
    let event = match n % 3 {
        0 => {
            event.about(tx.new_id::<PersonId>(), json!({ "full_name": "Trần Thị Bưởi", "email": "buoi@vidu.example" }))
        }
        _ => event,
    };
    tx.record(&policy::the_program_itself(), event, |_| Ok(())).expect("an event");
}

fn fill(registry: &Registry, leaves: u64) {
    for from in (0..leaves).step_by(usize::try_from(AT_ONCE).expect("few")) {
        let to = (from + AT_ONCE).min(leaves);
        let write = move |tx: &mut Tx| {
            (from..to).for_each(|n| note(tx, n));
            Ok(())
        };
        registry.store.write_blocking(write).expect("events");
    }
}

/// Durable batches, each of them signed; gives the events in a second.
fn append(registry: &Registry, turn: Duration) -> f64 {
    let (began, mut written) = (Instant::now(), 0_u32);
    while began.elapsed() < turn {
        fill(registry, BATCH);
        registry.publish_log().expect("a checkpoint");
        written += u32::try_from(BATCH).expect("few");
    }
    f64::from(written) / began.elapsed().as_secs_f64()
}

/// From nothing to a registry that has signed all it holds.
fn starts(engine: &'static str, settings: &Settings) {
    let mut took = Vec::new();
    for _ in 0..3 {
        let began = Instant::now();
        let registry = open(settings);
        registry.publish_log().expect("a checkpoint");
        took.push(began.elapsed().as_secs_f64());
    }
    Measure { what: "start with the large log, seconds", engine, aim: Aim::AtMost(1.0) }.print(took);
}

/// All of it recomputed, as `log verify` does.
fn verifies(engine: &'static str, registry: &Registry) {
    let began = Instant::now();
    let audit = audit::audit(&registry.store, &registry.log, &mut |_, _| ()).expect("an audit");
    let took = began.elapsed().as_secs_f64();
    assert_eq!(audit.findings, []);
    Measure { what: "log verify of the large log, seconds", engine, aim: Aim::AtMost(20.0) }.print(vec![took]);
}

/// What a proof from the database costs over the same path in memory.
fn proofs(plan: Plan, engine: &'static str, registry: &Registry) {
    let mut memory = InMemory::of(registry);
    let size = memory.size;
    // A stride that is prime to the size: neighbours in time are no neighbours in the tree.
    let index = |n: u64| (n * 7_919) % size;
    let mut over = Vec::new();
    for round in 0..plan.rounds + 1 {
        let ours = mean_micros(plan.turn, |n| {
            let proof = registry.store.read(|db| registry.log_proof(db, i64::try_from(index(n)).expect("small")));
            assert!(black_box(proof).expect("a database").is_some());
        });
        let bare = mean_micros(plan.turn, |n| {
            let path = inclusion_path(&mut memory, index(n), size);
            assert!(black_box(path).expect("a tree").is_some());
        });
        // Caches fill in the first round.
        if round > 0 {
            over.push(ours - bare);
        }
    }
    Measure { what: "inclusion proof over the path in memory, µs", engine, aim: Aim::AtMost(50.0) }.print(over);
}

fn mean_micros(turn: Duration, mut work: impl FnMut(u64)) -> f64 {
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < turn {
        work(u64::from(done));
        done += 1;
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(done)
}

/// The tree in memory.
struct InMemory {
    size: u64,
    tiles: HashMap<TileAddress, Tile>,
}

impl InMemory {
    fn of(registry: &Registry) -> Self {
        let (mut tail, mut tiles) = (Tail::default(), HashMap::new());
        let signed = registry.log.published().expect("a checkpoint").checkpoint.size;
        while tail.size() < signed {
            let from = i64::try_from(tail.size()).expect("small");
            let leaves = registry.store.read(|db| log::leaves(db, from, READ_AT_ONCE)).expect("leaves");
            for (_, leaf) in leaves {
                for grown in tail.append(leaf.hash()) {
                    tiles.insert(grown.address, Tile::new(grown.hashes));
                }
            }
        }
        tiles.extend(tail.partial().into_iter().map(|grown| (grown.address, Tile::new(grown.hashes))));
        Self { size: tail.size(), tiles }
    }
}

impl Nodes for InMemory {
    type Error = ();

    fn node(&mut self, height: u32, index: u64) -> Result<Hash, ()> {
        let (level, n, within, place) = Tile::holding(height, index);
        let tile = TileAddress::in_tree(level, n, self.size).and_then(|address| self.tiles.get(&address)).ok_or(())?;
        tile.node(within, place).ok_or(())
    }
}
