//! `kill -9` in the middle, on the real program: all or nothing, or on from the row that was reached; never half a row.

use super::command::Office;
use super::jobs::ended;
use super::{assert_nothing_is_halved, csv, good, registered};
use crate::support::app::Client;
use crate::support::full_campaign;
use crate::support::on_both_databases;
use crate::support::program::{Serving, program, run_with_input};
use std::process::Stdio;
use std::time::{Duration, Instant};

const PASSWORD: &str = "lá tre rụng đầy sân";
const ROWS: usize = 3_000;

fn rounds() -> u32 {
    if full_campaign() { 40 } else { 3 }
}

fn file() -> String {
    csv((1..=ROWS).map(good))
}

/// Runs the command and kills it once `reached` says so, or at its end.
fn run_and_kill(office: &Office, words: &[&str], mut reached: impl FnMut() -> bool) {
    let arguments = office.place.arguments(words);
    let mut child =
        program(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    while child.try_wait().expect("a process").is_none() && !reached() {
        std::thread::sleep(Duration::from_millis(1));
    }
    // SIGKILL; it may have ended by itself.
    let _ended = child.kill();
    child.wait().expect("it ends");
}

on_both_databases! {
    fn a_command_that_enters_row_by_row_goes_on_where_it_was_killed(db) {
        let office = Office::new(db);
        let file = office.file("people.csv", file());
        let words = office.words(&file, &["--mode", "rows"]);
        let mut last = 0;
        for round in 0..rounds() {
            let until = last + 1 + i64::from(round % 3) * 300;
            run_and_kill(&office, &words, || registered(&office.place.database) >= until);
            let now = registered(&office.place.database);
            println!("round {round}: {last} to {now} people");
            assert!(now >= last, "nothing is lost");
            assert_nothing_is_halved(&office.place.database);
            last = now;
        }
        assert!(last > 0);
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
        for round in 0..rounds() {
            // From the middle of judging to the end of writing, which takes longer than a dry run.
            let after = dry.mul_f64(0.6 + 1.2 * f64::from(round) / f64::from(rounds()));
            let began = Instant::now();
            run_and_kill(&office, &words, || began.elapsed() >= after);
            let now = registered(&office.place.database);
            println!("killed after {after:?}, of {dry:?} for a dry run: {now} people");
            assert!(now == 0 || now == all, "{now} of {all}");
            assert_nothing_is_halved(&office.place.database);
        }
        office.place.run(&words).done();
        assert_eq!(registered(&office.place.database), all);
        assert_nothing_is_halved(&office.place.database);
    }

    fn a_server_that_is_killed_goes_on_with_its_imports_when_it_is_back(db) {
        let office = Office::new(db);
        let add = ["user", "add", "--email", "clerk@test.example", "--role", "agency_clerk", "--agency", &office.agency];
        run_with_input(&office.place.arguments(&add), PASSWORD).done();
        let sign_in = |serving: &Serving| {
            let anybody = Client::at(&serving.base);
            anybody.with_tokens(&anybody.sign_in("clerk@test.example", PASSWORD).expect(201))
        };
        let mut serving = Serving::serve(&office.place.arguments(&[]));
        let clerk = sign_in(&serving);
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
            serving = Serving::serve(&office.place.arguments(&[]));
        }
        let done = ended(&sign_in(&serving), &href);
        let all = i64::try_from(ROWS).expect("few");
        assert_eq!(super::counts(&done), [all, all - 1, 0, 1, all - 1], "as if nothing had happened");
        assert_eq!(registered(&office.place.database), all - 1);
        assert_nothing_is_halved(&office.place.database);
        assert!(serving.stop().0.success());
    }
}
