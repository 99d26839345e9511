//! A dry run gives exactly the verdicts of the run: a thousand files of all kinds and of all kinds of rows, each judged and
//! then taken in.

use super::files::utf16;
use super::xlsx::{Cell, workbook};
use crate::support::on_both_databases;
use crate::support::registry::TestRegistry;
use press_registry::app::imports::{Ended, Source, Task};
use press_registry::domain::ids::AgencyId;
use press_registry::domain::imports::{Counts, Mode, Order, PEOPLE, RowError, vietnamese};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Files in all, on each database.
const FILES: u64 = 1_000;
/// Files that share an agency, so that later ones meet whom earlier ones entered.
const FILES_OF_AN_AGENCY: u64 = 20;
/// Of so many files one has more rows than are judged together.
const FILES_OF_A_LARGE_ONE: u64 = 100;
/// What a cell is in a file of which not every row is good: wrong as often as this.
const WRONG: f64 = 0.06;

/// The columns in the order of a row's cells, each by a name in either language.
const COLUMNS: [[&str; 2]; 8] = [
    ["full_name", "Họ và tên"],
    ["pen_name", "Bút danh"],
    ["birth_date", "Ngày sinh"],
    ["national_id", "Số CCCD"],
    ["kind", "Hình thức"],
    ["post", "Chức danh"],
    ["from", "Từ ngày"],
    ["email", "Thư điện tử"],
];
/// Those that a file need not have.
const OPTIONAL: [usize; 2] = [1, 7];

type Cells = [String; COLUMNS.len()];

fn one<'a>(random: &mut fastrand::Rng, of: &[&'a str]) -> &'a str {
    of[random.usize(..of.len())]
}

/// A row about somebody with this number, whose cells are wrong as often as this.
fn row(random: &mut fastrand::Rng, id: u32, wrong: f64) -> Cells {
    let often = |random: &mut fastrand::Rng, good: String, bad: &[&str]| {
        if random.f64() >= wrong { good } else { one(random, bad).to_owned() }
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
}

/// Rows of which more are good than not; national ids come again, with the same data and with other.
fn some_rows(random: &mut fastrand::Rng) -> Vec<Option<Cells>> {
    let mut rows = Vec::new();
    for _ in 0..random.u8(..30) {
        let id = random.u32(1..60);
        let is_blank = random.u8(..) < 8;
        rows.push((!is_blank).then(|| row(random, id, WRONG)));
    }
    rows
}

/// Rows about others than in any other file; every second of these files has nothing wrong in it.
fn many_rows(random: &mut fastrand::Rng, seed: u64) -> Vec<Option<Cells>> {
    let nth = u32::try_from(seed / FILES_OF_A_LARGE_ONE).expect("few");
    let wrong = if nth % 2 == 0 { 0.0 } else { WRONG / 10.0 };
    let rows = random.u32(501..560);
    (0..rows)
        .map(|n| {
            // Somebody of the part before, once in a while.
            let n = if n > 500 && random.f64() < 2.0 * wrong { n - 500 } else { n };
            Some(row(random, 1_000 * (nth + 1) + n, wrong))
        })
        .collect()
}

/// A file of these rows and what it is like: its columns in any order, by their names in either language.
fn file(random: &mut fastrand::Rng, rows: &[Option<Cells>]) -> (String, Vec<u8>) {
    let mut order: Vec<usize> = (0..COLUMNS.len()).collect();
    random.shuffle(&mut order);
    if random.u8(..) < 16 {
        let left_out = OPTIONAL[random.usize(..OPTIONAL.len())];
        order.retain(|at| *at != left_out);
    }
    let header: Vec<String> = order.iter().map(|at| one(random, &COLUMNS[*at]).to_owned()).collect();
    let in_order = |row: &Option<Cells>| -> Vec<String> {
        row.iter().flat_map(|cells| order.iter().map(|at| cells[*at].clone())).collect()
    };
    let table: Vec<Vec<String>> = std::iter::once(header).chain(rows.iter().map(in_order)).collect();
    if random.u8(..) < 32 { ("XLSX".to_owned(), book(random, &table)) } else { text(random, &table) }
}

fn text(random: &mut fastrand::Rng, table: &[Vec<String>]) -> (String, Vec<u8>) {
    let separator = one(random, &[",", ";", "\t"]);
    let lines: Vec<String> = table.iter().map(|cells| cells.join(separator)).collect();
    let text = lines.join(one(random, &["\n", "\r\n"]));
    let marked = format!("\u{FEFF}{text}");
    let (encoding, bytes) = match random.u8(..4) {
        0 => ("UTF-8", text.into_bytes()),
        1 => ("UTF-8 with its mark", marked.into_bytes()),
        2 => ("UTF-16 LE", utf16(&marked, u16::to_le_bytes)),
        _ => ("UTF-16 BE", utf16(&marked, u16::to_be_bytes)),
    };
    (format!("{encoding}, {separator:?}"), bytes)
}

fn book(random: &mut fastrand::Rng, table: &[Vec<String>]) -> Vec<u8> {
    let mut cell = |text: &String| match text.as_str() {
        "" => Cell::Nothing,
        "32999" if random.bool() => Cell::Date(32_999),
        "32999" => Cell::Number(text.clone()),
        _ if random.bool() => Cell::Inline(text.clone()),
        _ => Cell::Text(text.clone()),
    };
    let rows: Vec<Vec<Cell>> = table.iter().map(|cells| cells.iter().map(&mut cell).collect()).collect();
    workbook(&rows)
}

fn ended(node: &TestRegistry, agency: AgencyId, file: &[u8], dry_run: bool, mode: Mode) -> Ended {
    let source = Source::open(file.to_vec(), PEOPLE).unwrap_or_else(|errors| panic!("{errors:?}"));
    let task = Task::of_command(Arc::clone(&node.registry), source, agency, Order { dry_run, mode });
    task.run(|_| {}).expect("a database")
}

on_both_databases! {
    fn a_dry_run_gives_the_verdicts_of_the_run(node: TestRegistry) {
        let mut agency = node.central_agency();
        let (mut sum, mut like) = (Counts::default(), BTreeMap::<String, usize>::new());
        for seed in 0..FILES {
            if seed % FILES_OF_AN_AGENCY == 0 {
                println!("seeds from {seed}");
                agency = node.central_agency();
            }
            let mut random = fastrand::Rng::with_seed(seed);
            let is_large = seed % FILES_OF_A_LARGE_ONE == FILES_OF_A_LARGE_ONE - 1;
            let rows = if is_large { many_rows(&mut random, seed) } else { some_rows(&mut random) };
            let (form, file) = file(&mut random, &rows);
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
            *like.entry(form).or_default() += 1;
            if is_large {
                let and = if run.counts.rejected == 0 { "nothing" } else { "something" };
                *like.entry(format!("large, {}, {and} wrong", mode.as_str())).or_default() += 1;
            }
        }
        println!("{sum:?} {like:#?}");
        let (large, forms): (Vec<_>, Vec<_>) = like.into_iter().partition(|(name, _)| name.starts_with("large"));
        assert_eq!((large.len(), forms.len()), (4, 3 * 4 + 1));
        assert!(forms.iter().all(|(_, files)| *files > 40), "{forms:?}");
        let Counts { accepted, unchanged, rejected, registered } = sum;
        assert!([accepted, unchanged, rejected, registered].into_iter().all(|count| count > 500), "{sum:?}");
    }
}
