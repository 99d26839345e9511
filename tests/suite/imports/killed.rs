//! `kill -9` in the middle, on the real program: all or nothing, or on from the row that was reached; never half a row.

use super::command::{Office, clerk_at};
use super::jobs::ended;
use super::{assert_nothing_is_halved, csv, good, registered};
use crate::support::full_campaign;
use crate::support::on_both_databases;
use crate::support::program::{Serving, program};
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

const ROWS: usize = 3_000;

fn rounds() -> u32 {
    if full_campaign() { 40 } else { 3 }
}

fn file() -> String {
    csv((1..=ROWS).map(good))
}

/// Runs the command and kills it once `reached` says so; whether it had not come to its end by then.
fn is_killed(office: &Office, words: &[&str], mut reached: impl FnMut() -> bool) -> bool {
    let arguments = office.place.arguments(words);
    let mut child =
        program(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    while child.try_wait().expect("a process").is_none() && !reached() {
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL; it may have ended by itself.
    let _ended = child.kill();
    child.wait().expect("it ends").signal() == Some(libc::SIGKILL)
}

/// As if the ten seconds were over for which a node that is gone is believed to be at work.
fn let_the_lease_end(office: &Office) {
    let end = "UPDATE imports SET leased_until = 0 WHERE state = 'running'";
    office.place.database.run(end).expect("an edit");
}

on_both_databases! {
    fn a_command_that_enters_row_by_row_goes_on_where_it_was_killed(db) {
        let office = Office::new(db);
        let file = office.file("people.csv", file());
        let words = office.words(&file, &["--mode", "rows"]);
        let (mut last, mut cut) = (0, 0);
        for round in 0..rounds() {
            let until = last + 1 + i64::from(round % 3) * 300;
            cut += u32::from(is_killed(&office, &words, || registered(&office.place.database) >= until));
            let now = registered(&office.place.database);
            println!("round {round}: {last} to {now} people");
            assert!(now >= last, "nothing is lost");
            assert_nothing_is_halved(&office.place.database);
            last = now;
        }
        assert!(last > 0 && cut > 0, "{cut} rounds were cut");
        let told = office.place.run(&words).done();
        let all = i64::try_from(ROWS).expect("few");
        let summary = format!("{ROWS} rows: {ROWS} accepted, of these {last} unchanged; 0 rejected; {} entered.\n", all - last);
        assert_eq!(told, summary);
        assert_nothing_is_halved(&office.place.database);
    }

    fn a_command_that_enters_all_enters_nobody_when_it_is_killed(db) {
        let office = Office::new(db);
        let file = office.file("people.csv", file());
        let words = office.words(&file, &[]);
        let all = i64::try_from(ROWS).expect("few");
        let began = Instant::now();
        office.place.run(&[&words[..], &["--dry-run"]].concat()).done();
        let dry = began.elapsed();
        let mut cut = 0;
        for round in 0..rounds() {
            // From the middle of judging to the end of writing, which takes longer than a dry run.
            let after = dry.mul_f64(0.6 + 1.2 * f64::from(round) / f64::from(rounds()));
            let began = Instant::now();
            let is_cut = is_killed(&office, &words, || began.elapsed() >= after);
            let now = registered(&office.place.database);
            println!("killed after {after:?}, of {dry:?} for a dry run, in the middle: {is_cut}; {now} people");
            assert!(now == 0 || now == all, "{now} of {all}");
            assert_nothing_is_halved(&office.place.database);
            cut += u32::from(is_cut && now == 0);
        }
        assert!(cut > 0, "{cut} rounds were cut");
        office.place.run(&words).done();
        assert_eq!(registered(&office.place.database), all);
        assert_nothing_is_halved(&office.place.database);
    }

    fn a_server_that_is_killed_goes_on_with_its_imports_when_it_is_back(db) {
        let office = Office::new(db);
        office.add_clerk();
        let mut serving = Serving::serve(&office.place.arguments(&[]));
        let clerk = clerk_at(&serving);
        let path = format!("/api/v1/agencies/{}/people/import?mode=rows", office.agency);
        let bad = |n| if n == 2_900 { good(n).replace("staff", "x") } else { good(n) };
        let file = csv((1..=ROWS).map(bad));
        let href = clerk.send("POST", &path, &[("content-type", "text/csv")], Some(file.as_bytes())).expect(202).text("/href");
        for until in [1, 1_000] {
            while registered(&office.place.database) < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            serving.kill();
            let reached = registered(&office.place.database);
            println!("killed with {reached} people on record");
            assert_nothing_is_halved(&office.place.database);
            let done = "SELECT rows_done AS value FROM imports";
            assert_eq!(office.place.database.number(done), reached, "how far it is stands with what is entered");
            let_the_lease_end(&office);
            serving = Serving::serve(&office.place.arguments(&[]));
        }
        let done = ended(&clerk_at(&serving), &href);
        let all = i64::try_from(ROWS).expect("few");
        assert_eq!(super::counts(&done), [all, all - 1, 0, 1, all - 1], "as if nothing had happened");
        assert_eq!(registered(&office.place.database), all - 1);
        assert_nothing_is_halved(&office.place.database);
        assert!(serving.stop().0.success());
    }

    fn a_server_that_is_killed_enters_all_when_it_is_back_and_nobody_before(db) {
        let office = Office::new(db);
        office.add_clerk();
        let mut serving = Serving::serve(&office.place.arguments(&[]));
        let path = format!("/api/v1/agencies/{}/people/import?mode=all", office.agency);
        let file = file();
        let taken = clerk_at(&serving).send("POST", &path, &[("content-type", "text/csv")], Some(file.as_bytes())).expect(202);
        let all = i64::try_from(ROWS).expect("few");
        let database = &office.place.database;
        let mut cut = Vec::new();
        // In the middle of judging; and once all are judged, while they are entered.
        for until in [1_000, all] {
            while database.number("SELECT rows_done AS value FROM imports") < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            serving.kill();
            let (now, state) = (registered(database), database.texts("SELECT state AS value FROM imports").remove(0));
            println!("killed with {until} rows judged: {state}, {now} people");
            assert_eq!(now, if state == "done" { all } else { 0 }, "{state}");
            assert_nothing_is_halved(database);
            cut.push(state == "running");
            let_the_lease_end(&office);
            serving = Serving::serve(&office.place.arguments(&[]));
        }
        assert!(cut.contains(&true), "it was killed before its end");
        let done = ended(&clerk_at(&serving), &taken.text("/href"));
        assert_eq!(super::counts(&done), [all, all, 0, 0, all], "as if nothing had happened");
        assert_eq!(registered(database), all);
        assert_nothing_is_halved(database);
        assert!(serving.stop().0.success());
    }
}
