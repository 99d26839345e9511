//! A dry run gives exactly the verdicts of the run: a thousand files of all kinds of rows, each judged and then taken in.

use crate::support::on_both_databases;
use crate::support::registry::TestRegistry;
use press_registry::app::imports::{Ended, Source, Task};
use press_registry::domain::ids::AgencyId;
use press_registry::domain::imports::{Counts, Mode, Order, PEOPLE, RowError, vietnamese};
use std::sync::Arc;

/// Files in all, on each database.
const FILES: u64 = 1_000;
/// Files that share an agency, so that later ones meet whom earlier ones entered.
const FILES_OF_AN_AGENCY: u64 = 20;

fn one<'a>(random: &mut fastrand::Rng, of: &[&'a str]) -> &'a str {
    of[random.usize(..of.len())]
}

/// A row that is good more often than not; national ids come again, with the same data and with other.
fn row(random: &mut fastrand::Rng) -> String {
    let id = random.u32(1..60);
    let often = |random: &mut fastrand::Rng, good: String, bad: &[&str]| {
        if random.u8(..) < 240 { good } else { one(random, bad).to_owned() }
    };
    let kind = one(random, &["staff", "Biên chế"]).to_owned();
    let date = one(random, &["1990-05-06", "06/05/1990", "32999"]).to_owned();
    [
        often(random, format!("Trần Bưởi {id}"), &["", "a\u{202E}b", "  Trần   Bưởi 1 ", "Lê An"]),
        one(random, &["", "", "Bưởi"]).to_owned(),
        often(random, date, &["1990-02-30", "2026-01-01", "x", ""]),
        often(random, format!("{id:012}"), &["12", "", "00000000000x"]),
        often(random, kind, &["collaborator", "owner", ""]),
        often(random, "Phóng viên".to_owned(), &["", "Biên tập viên"]),
        often(random, "2020-01-02".to_owned(), &["02/01/2020", "99", "x"]),
        often(random, format!("a{id}@test.example"), &["", "nobody", "B@TEST.example"]),
    ]
    .join(";")
}

fn file(random: &mut fastrand::Rng) -> String {
    let mut rows = vec!["full_name;pen_name;birth_date;national_id;kind;post;from;email".to_owned()];
    for _ in 0..random.u8(..30) {
        rows.push(if random.u8(..) < 8 { String::new() } else { row(random) });
    }
    rows.join("\n")
}

fn ended(node: &TestRegistry, agency: AgencyId, file: &str, dry_run: bool, mode: Mode) -> Ended {
    let source = Source::open(file.as_bytes().to_vec(), PEOPLE).unwrap_or_else(|errors| panic!("{errors:?}"));
    let task = Task::of_command(Arc::clone(&node.registry), source, agency, Order { dry_run, mode });
    task.run(|_| {}).expect("a database")
}

on_both_databases! {
    fn a_dry_run_gives_the_verdicts_of_the_run(node: TestRegistry) {
        let mut agency = node.central_agency();
        let mut sum = Counts::default();
        for seed in 0..FILES {
            if seed % FILES_OF_AN_AGENCY == 0 {
                println!("seeds from {seed}");
                agency = node.central_agency();
            }
            let mut random = fastrand::Rng::with_seed(seed);
            let file = file(&mut random);
            let mode = if random.bool() { Mode::All } else { Mode::Rows };
            let judged = ended(&node, agency.id, &file, true, mode);
            let before = super::registered(node.database());
            let run = ended(&node, agency.id, &file, false, mode);
            assert_eq!(judged.errors, run.errors, "seed {seed}");
            for RowError { error, .. } in &run.errors {
                assert_ne!(vietnamese(&error.code, &error.detail), error.detail, "seed {seed}: in both languages");
            }
            assert_eq!(judged.counts, Counts { registered: 0, ..run.counts }, "seed {seed}");
            let is_entered = mode == Mode::Rows || run.counts.rejected == 0;
            let expected = if is_entered { run.counts.accepted - run.counts.unchanged } else { 0 };
            assert_eq!(run.counts.registered, expected, "seed {seed}");
            assert_eq!(super::registered(node.database()) - before, expected, "seed {seed}");
            sum = sum.plus(run.counts);
        }
        println!("{sum:?}");
        let Counts { accepted, unchanged, rejected, registered } = sum;
        assert!([accepted, unchanged, rejected, registered].into_iter().all(|count| count > 500), "{sum:?}");
    }
}
