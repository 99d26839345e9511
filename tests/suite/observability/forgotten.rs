//! A check leaves nothing behind, however often a card is checked.

use super::{Planted, administrator, issued};
use crate::support::app::Client;
use crate::support::program::Serving;
use crate::support::{Engine, TestDatabase, folder, full_campaign, on_both_databases};
use data_encoding::HEXLOWER;
use press_registry::domain::card_code::{Envelope, Link, honest_digest};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Who checks at once.
const CHECKERS: usize = 4;

/// By then what happened is signed, unless the machine is busy.
const ONCE_SIGNED: Duration = Duration::from_secs(1);

/// Written by the clock, whoever checks what.
const BY_THE_CLOCK: [&str; 1] = ["signed_lists"];

/// Every row of every table, as text.
fn rows(db: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    let tables = db.tables().into_iter().filter(|table| !BY_THE_CLOCK.contains(&table.as_str()));
    tables
        .map(|table| {
            let row = match db.engine {
                Engine::Postgres => "it::text".to_owned(),
                Engine::Sqlite => {
                    let columns = db.texts(&format!("SELECT name AS value FROM pragma_table_info('{table}')"));
                    columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ' ' || ")
                }
            };
            let rows = db.texts(&format!("SELECT {row} AS value FROM {table} AS it ORDER BY 1"));
            (table, rows)
        })
        .collect()
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => _ = found.insert(path.clone(), fs::read(&path).expect("a file")),
        }
    }
    found
}

/// The metrics that are kept, without how often and how long.
fn labels(metrics: &str) -> Vec<String> {
    let mut labels: Vec<String> =
        metrics.lines().map(|line| line.rsplit_once(' ').map_or(line, |(label, _)| label).to_owned()).collect();
    labels.dedup();
    labels
}

on_both_databases! {
    fn ten_thousand_checks_of_a_card_leave_nothing_behind(db) {
        let folder = folder("canary");
        let data_dir = folder.path().to_str().expect("UTF-8");
        let serving = Serving::serve(&["--data-dir", data_dir, "--database-url", &db.url, "--log-format", "json"]);
        let (base, mut planted) = (serving.base.clone(), Planted::default());
        let admin = administrator(&serving, &mut planted);
        let card = issued(&base, &admin, &mut planted).card;
        let code = Link::parse(&card.text("/code")).and_then(|link| link.bytes()).expect("a code");
        let digest = honest_digest(Envelope::parse(&code).expect("a code").payload);
        planted.plant(&HEXLOWER.encode(digest.as_ref()));

        let checks = if full_campaign() { 10_000 } else { 400 };
        let check = |client: &Client, n: usize| {
            let code = card.text(["/code", "/typed_code"][n % 2]);
            match n % 5 {
                0..3 => {
                    let checked = client.post("/api/v1/verifications", &json!({ "code": code })).expect(200);
                    assert_eq!(checked.text("/card/number"), card.text("/number"));
                }
                3 => {
                    let form_type = [("content-type", "application/x-www-form-urlencoded")];
                    client.send("POST", "/v", &form_type, Some(format!("code={code}").as_bytes())).expect(200);
                }
                _ => _ = client.get(&format!("/portraits/{}", card.text("/photo_digest"))).expect(200),
            }
        };
        // What the first request of each kind adds to the numbers.
        (0..10).for_each(|n| check(&Client::at(&base), n));
        admin.get("/metrics").expect(200);
        let metrics = admin.get("/metrics").expect(200).body_text();
        let settled = || {
            let mut seen = (rows(&db), files(folder.path()));
            loop {
                std::thread::sleep(ONCE_SIGNED);
                let now = (rows(&db), files(folder.path()));
                if now == seen {
                    return now;
                }
                seen = now;
            }
        };
        let leaves_nothing = || {
            let before = settled();
            std::thread::scope(|threads| {
                for checker in 0..CHECKERS {
                    let (base, check) = (&base, &check);
                    threads.spawn(move || {
                        let client = Client::at(base);
                        (checker..checks).step_by(CHECKERS).for_each(|n| check(&client, n));
                    });
                }
            });
            (rows(&db), files(folder.path())) == before
        };
        // An hour may have ended, which the log is told.
        assert!(leaves_nothing() || leaves_nothing(), "something was written");
        assert!(labels(&admin.get("/metrics").expect(200).body_text()) == labels(&metrics), "the same numbers are kept");

        let (status, _, log) = serving.stop();
        assert!(status.success(), "{status}");
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
        let noted = |route: &str| lines.iter().filter(|line| line["route"] == route).count();
        for (route, least) in [("/api/v1/verifications", checks / 2), ("/portraits/{digest}", checks / 5)] {
            assert!(noted(route) >= least, "{} of {route} were counted", noted(route));
        }
        planted.assert_nowhere_in("log", &log);
        planted.assert_nowhere_in("metrics", &metrics);
    }
}
