//! What the tests of several nouns need: moments, pictures, and events told in one line.

use super::answer::Answer;
use super::app::{BEGINNING, Client, TestApp};
use press_registry::demo;
use press_registry::domain::time::Timestamp;
use serde_json::{Value, json};
use std::fs;
use unicode_normalization::UnicodeNormalization as _;

/// A day in seconds.
pub(crate) const DAY: i64 = 86_400;

/// What a PDF is sent as.
pub(crate) const PDF: (&str, &str) = ("content-type", "application/pdf");

/// A whole PDF that says this.
pub(crate) fn pdf(mark: &str) -> Vec<u8> {
    format!("%PDF-1.7\n{mark}\n%%EOF\n").into_bytes()
}

impl TestApp {
    /// Moves the clock to so many seconds after the beginning.
    pub(crate) fn at(&self, seconds_after_beginning: i64) {
        let beginning = Timestamp::parse(BEGINNING).expect("a time");
        self.registry.clock.set(beginning.plus_seconds(seconds_after_beginning));
    }

    /// Moves the clock to this moment.
    pub(crate) fn set_time(&self, at: &str) {
        self.registry.clock.set(Timestamp::parse(at).expect("a time"));
    }

    /// The sealed files that came in, but for portraits, as they lie on the disk.
    pub(crate) fn sealed_objects(&self) -> Vec<Vec<u8>> {
        let Ok(entries) = fs::read_dir(self.data_dir.path().join("files/evidence")) else { return Vec::new() };
        entries.map(|entry| fs::read(entry.expect("an entry").path()).expect("a file")).collect()
    }

    /// How many sealed files there are that came in, but for portraits.
    pub(crate) fn objects(&self) -> usize {
        fs::read_dir(self.data_dir.path().join("files/evidence")).map_or(0, Iterator::count)
    }

    /// The same person signed in anew: access tokens live ten minutes.
    pub(crate) fn again(&self, client: &Client) -> Client {
        self.sign_in(client.user.expect("somebody who was signed in"))
    }

    /// What the public is told of a code: verdict and reason.
    pub(crate) fn verdict(&self, code: &str) -> (String, Option<String>) {
        let answer = self.anonymous().verify(code).json();
        let word = |name: &str| answer[name].as_str().map(str::to_owned);
        (word("verdict").expect("a verdict"), word("reason"))
    }

    /// A form for a letter of three days that begins now.
    pub(crate) fn letter_form(&self, person: &str) -> Value {
        let now = self.registry.clock.now();
        json!({
            "person_id": person,
            "place": "Xã Vĩnh Bảo, thành phố Hải Phòng",
            "unit_visited": "Ủy ban nhân dân xã",
            "work": "Tìm hiểu việc xây dựng đường giao thông",
            "valid_from": now.to_string(),
            "valid_until": now.plus_seconds(3 * DAY).to_string(),
        })
    }
}

impl Client {
    /// Lets an event happen to what `seen` shows, one of these `things`.
    pub(crate) fn happen(&self, things: &str, seen: &Answer, body: Value) -> Answer {
        self.event(&seen.path(things), &seen.etag(), body)
    }

    /// Checks a code.
    pub(crate) fn verify(&self, code: &str) -> Answer {
        self.post("/api/v1/verifications", &json!({ "code": code })).expect(200)
    }

    /// The values at a pointer of each item of a list, part after part.
    pub(crate) fn list(&self, path: &str, pointer: &str) -> Vec<String> {
        let mut values = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let and = if path.contains('?') { '&' } else { '?' };
            let part = match &cursor {
                Some(cursor) => self.get(&format!("{path}{and}cursor={cursor}")),
                None => self.get(path),
            };
            let part = part.expect(200).json();
            let items = part["items"].as_array().expect("items").iter();
            values.extend(items.map(|item| match item.pointer(pointer) {
                Some(Value::String(text)) => text.clone(),
                other => panic!("no text at {pointer}: {other:?} in {item}"),
            }));
            match part["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return values,
            }
        }
    }

    /// What happened to what `seen` shows, oldest first.
    pub(crate) fn history(&self, things: &str, seen: &Answer) -> Vec<Value> {
        let part = self.get(&format!("{}/events", seen.path(things))).expect(200).json();
        part["items"].as_array().expect("items").clone()
    }
}

/// A drawn portrait as a PNG; each seed gives another.
pub(crate) fn picture(seed: u64) -> Vec<u8> {
    demo::portraits::draw(seed)
}

/// The same words with their marks apart, as some keyboards and file systems write them.
pub(crate) fn nfd(words: &str) -> String {
    words.nfd().collect()
}
