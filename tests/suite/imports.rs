//! Files of people: each row judged as a form would be, all of them told, and entered together or one by one.

mod agencies;
mod answers;
mod bombs;
mod cards;
mod command;
mod dry_run;
mod files;
mod jobs;
mod killed;
mod memory;
mod words;
mod workbooks;
mod xlsx;

pub(crate) use command::Office;

use crate::support::TestDatabase;
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency};
use std::time::{Duration, Instant};

/// The columns of every file that a test makes.
const HEADER: &str = "full_name,pen_name,birth_date,national_id,kind,post,from,email";

fn address(agency: &TestAgency, parameters: &str) -> String {
    format!("/api/v1/agencies/{}/people/import{parameters}", agency.id)
}

/// A good row of somebody whom no other number gives.
pub(crate) fn good(n: usize) -> String {
    format!("Trần Thị Bưởi {n},,1990-05-06,{:012},staff,Phóng viên,2020-01-02,buoi{n}@test.example", 1_000_000 + n)
}

/// A file of these rows.
pub(crate) fn csv(rows: impl IntoIterator<Item = String>) -> String {
    let rows: Vec<String> = rows.into_iter().collect();
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn send(client: &Client, agency: &TestAgency, parameters: &str, file: impl AsRef<[u8]>) -> Answer {
    client.send("POST", &address(agency, parameters), &[("content-type", "text/csv")], Some(file.as_ref()))
}

/// Row, column and code of each error.
fn errors(answer: &Answer) -> Vec<(u64, String, String)> {
    let json = answer.json();
    let errors = json["errors"].as_array().expect("errors").iter();
    let word = |it: &serde_json::Value| it.as_str().expect("a word").to_owned();
    errors.map(|it| (it["row"].as_u64().expect("a row"), word(&it["column"]), word(&it["code"]))).collect()
}

/// `rows`, `accepted`, `unchanged`, `rejected` and `registered`.
fn counts(answer: &Answer) -> [i64; 5] {
    ["/rows", "/accepted", "/unchanged", "/rejected", "/registered"]
        .map(|pointer| answer.json().pointer(pointer).and_then(serde_json::Value::as_i64).expect("a count"))
}

/// The quickest of three times of the same work: others use the machine, too.
fn quickest(mut work: impl FnMut()) -> Duration {
    let times = (0..3).map(|_| {
        let began = Instant::now();
        work();
        began.elapsed()
    });
    times.min().expect("three")
}

/// That each error is told in Vietnamese too, and nowhere in the same words.
fn assert_both_languages(answer: &Answer) {
    let json = answer.json();
    let errors = json["errors"].as_array().expect("errors");
    assert!(!errors.is_empty(), "{json}");
    for error in errors {
        let [en, vi] = ["detail", "detail_vi"].map(|name| error[name].as_str().unwrap_or_default());
        assert!(!vi.is_empty() && vi != en, "{error}");
    }
}

fn people(client: &Client, agency: &TestAgency) -> Vec<String> {
    let mut names = client.list(&format!("/api/v1/agencies/{}/people?limit=100", agency.id), "/full_name");
    names.sort();
    names
}

/// People on record.
fn registered(db: &TestDatabase) -> i64 {
    db.number("SELECT COUNT(*) AS value FROM people")
}

/// That each person on record has one engagement and one event, and that each event has its leaf.
fn assert_nothing_is_halved(db: &TestDatabase) {
    let people = registered(db);
    let engaged = "SELECT COUNT(*) AS value FROM people JOIN engagements ON engagements.person_id = people.id";
    let told = "SELECT COUNT(*) AS value FROM people JOIN events ON events.object_id = people.id \
                JOIN log_leaves ON log_leaves.idx = events.idx WHERE events.type = 'person.registered'";
    let doubled = "SELECT COUNT(DISTINCT national_id_hash) AS value FROM people";
    let events = "SELECT COUNT(*) AS value FROM events WHERE type = 'person.registered'";
    assert_eq!([engaged, told, doubled, events].map(|query| db.number(query)), [people; 4]);
}
