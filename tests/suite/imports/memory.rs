//! 25,000 people cost no more memory than was promised, in the program itself.

use super::bombs::{EMPTY_LINES, line_of_20_mb, unpacks_to_500_mb};
use super::command::{Office, clerk_at};
use super::jobs::ended;
use super::xlsx::{Cell, directory, workbook};
use super::{HEADER, counts, csv, good};
use crate::support::on_both_databases;
use crate::support::program::Serving;
use std::fs;

const ROWS: usize = 25_000;
const MOST_KIB: u64 = 64 * 1024;

/// What a process has in memory now (`VmRSS`), or had at most (`VmHWM`), in KiB.
fn kib(process: u32, which: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':')).expect("its memory");
    line.trim().trim_end_matches(" kB").trim().parse().expect("a number")
}

/// What it has in memory now; from here on its peak is measured anew (proc(5), `clear_refs`).
fn rest(process: u32) -> u64 {
    fs::write(format!("/proc/{process}/clear_refs"), "5").expect("a process of ours");
    kib(process, "VmRSS")
}

on_both_databases! {
    fn a_file_of_25_000_people_takes_no_more_than_64_mib(db) {
        let office = Office::new(db);
        office.add_clerk();
        let row = |line: &str| line.split(',').map(Cell::from).collect::<Vec<_>>();
        let others = (ROWS + 1..=2 * ROWS).map(|n| row(&good(n)));
        let book = workbook(&std::iter::once(row(HEADER)).chain(others).collect::<Vec<_>>());
        let all = i64::try_from(ROWS).expect("few");
        // A workbook is read slowly: with `mode=rows` once less.
        for (kind, file, mode) in [("CSV", csv((1..=ROWS).map(good)).into_bytes(), "all"), ("XLSX", book, "rows")] {
            let serving = Serving::serve(&office.place.arguments(&[]));
            let clerk = clerk_at(&serving);
            // What a password took is given back by now, and must not hide what a file takes.
            let idle = rest(serving.id());
            let path = format!("/api/v1/agencies/{}/people/import?mode={mode}", office.agency);
            let began = std::time::Instant::now();
            let taken = clerk.send("POST", &path, &[("content-type", "text/csv")], Some(&file)).expect(202);
            let done = ended(&clerk, &taken.text("/href"));
            let peak = kib(serving.id(), "VmHWM");
            println!("{kind}: {idle} KiB idle, {peak} KiB at most, {} bytes in {:?}", file.len(), began.elapsed());
            assert_eq!(counts(&done), [all, all, 0, 0, all]);
            assert!(peak - idle <= MOST_KIB, "{kind}: {} KiB more", peak - idle);
            assert!(serving.stop().0.success());
        }
    }

    fn a_file_that_is_refused_takes_no_more_than_that(db) {
        let office = Office::new(db);
        office.add_clerk();
        let cells = format!("{HEADER}\n{}", EMPTY_LINES.repeat(5_000_000)).into_bytes();
        for (what, file, code) in [
            ("cells", cells, "line_too_long"),
            ("one line", line_of_20_mb(), "line_too_long"),
            ("parts", directory(400_000, 400_000), "too_many_parts"),
            ("500 MB of nothing", unpacks_to_500_mb(), "unpacks_too_large"),
        ] {
            let serving = Serving::serve(&office.place.arguments(&[]));
            let clerk = clerk_at(&serving);
            let idle = rest(serving.id());
            let path = format!("/api/v1/agencies/{}/people/import?dry_run=true", office.agency);
            clerk.send("POST", &path, &[("content-type", "text/csv")], Some(&file)).expect_invalid(&[("", code)]);
            let peak = kib(serving.id(), "VmHWM");
            println!("{what}: {idle} KiB idle, {peak} KiB at most, {} bytes", file.len());
            assert!(peak - idle <= MOST_KIB, "{what}: {} KiB more", peak - idle);
            assert!(serving.stop().0.success());
        }
    }
}
