//! The one door: what writes rows is given leave by an event, or stands here with its reason.

use super::code::{Token, tokens};
use super::rust_files;
use std::collections::BTreeSet;

/// Functions of the store that write without an event, and why none is needed. All the others take a `Writer`, which is
/// had only from `Tx::record` and, for what is in the log already, `Tx::repeat`.
const WITHOUT_AN_EVENT: &[(&str, &str)] = &[
    ("store/accesses.rs insert", "a look changes nothing; each hour of them is told by one event when it is over"),
    ("store/accounts.rs replace_password_hash", "the same password, hashed anew"),
    ("store/guesses.rs forget_over", "wrong guesses that count no more"),
    ("store/guesses.rs save", "whoever guesses a password changes nothing"),
    ("store/idempotency.rs keep", "the answer of a change that has its event, kept for whoever asks again"),
    ("store/imports.rs insert", "a file came in; each person who is entered from it has an event"),
    ("store/imports.rs update", "how far a file is; each person who is entered from it has an event"),
    ("store/imports.rs insert_errors", "what is wrong with rows that are not entered"),
    ("store/ledger.rs insert", "the log itself"),
    ("store/log.rs begin", "the log itself: its name, before the first event"),
    ("store/log.rs write_tile", "the log itself: hashes of what is there"),
    ("store/log.rs keep_checkpoint", "the log itself: its signed end"),
    ("store/mails.rs set_next", "which node tries, and when again; how it ended is an event"),
    ("store/provinces.rs load", "the units of the law, which come with the program"),
    ("store/resealing.rs of_people", "the same national ids under another key; the keys have their events"),
    ("store/resealing.rs of_proposals", "the same facts under another key; the keys have their events"),
    ("store/resealing.rs of_requests", "the same kept answers under another key; the keys have their events"),
    ("store/search.rs insert", "the index of names, written by whoever writes the rows that it is made from"),
    ("store/sessions.rs open", "a sign-in changes nobody's rights"),
    ("store/sessions.rs add_refresh_token", "part of a sign-in"),
    ("store/sessions.rs forget_over", "sign-ins that are over already"),
    ("store/sessions.rs rotate", "a sign-in goes on"),
    ("store/sessions.rs end", "a sign-in ends"),
    ("store/sessions.rs end_all", "sign-ins end, with the event of whatever ended them"),
    ("store/sessions.rs password_was_chosen", "part of a sign-in; the password has its event"),
    ("store/signed_lists.rs keep", "the bits of credentials as signed; each change of a bit has its event"),
];

/// Of [`WITHOUT_AN_EVENT`] those that are no part of a change, so that nothing of theirs has to be taken back alone.
const BESIDE_CHANGES: [&str; 3] = ["store/ledger.rs insert", "store/provinces.rs load", "store/search.rs insert"];

/// What gives a function leave to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// A `Writer`.
    Event,
    /// `Tx::unrecorded`, which notes that rows may have to be taken back.
    Unrecorded,
    Neither,
}

/// Each function that runs an insert, an update or a delete of diesel, or the macro that inserts many rows.
fn writers<'a>(tokens: &[Token<'a>]) -> Vec<(&'a str, Door)> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut found = Vec::new();
    let (mut name, mut from) = ("", 0);
    for at in 0..tokens.len() {
        if text(at) == "fn" && text(at + 2).starts_with(['(', '<']) {
            (name, from) = (text(at + 1), at);
        }
        let is_statement = text(at) == "diesel"
            && text(at + 1) == "::"
            && matches!(text(at + 2), "insert_into" | "update" | "delete" | "replace_into" | "insert_or_ignore_into");
        let is_macro = text(at) == "insert_all" && text(at + 1) == "!";
        // Outside of functions stands only that macro, which is seen where it is used.
        if (is_statement || is_macro) && !name.is_empty() {
            let body = (from..at).find(|at| text(*at) == "{").unwrap_or(at);
            let end = (at..tokens.len()).find(|at| text(*at) == "fn").unwrap_or(tokens.len());
            let door = match () {
                () if (from..body).any(|at| text(at) == "Writer") => Door::Event,
                () if (from..end).any(|at| text(at) == "unrecorded") => Door::Unrecorded,
                () => Door::Neither,
            };
            found.push((name, door));
        }
    }
    found
}

#[test]
fn what_writes_is_given_leave_by_an_event_or_has_a_reason() {
    let mut without = BTreeSet::new();
    let mut with = 0;
    for (path, text) in rust_files() {
        for (name, door) in writers(&tokens(&text)) {
            assert!(path.starts_with("store/"), "src/{path}: {name} writes, but SQL is the store's alone");
            let place = format!("{path} {name}");
            match door {
                Door::Event => with += 1,
                Door::Neither if !BESIDE_CHANGES.contains(&place.as_str()) => panic!("{place} writes by `Tx::db`"),
                Door::Unrecorded | Door::Neither => _ = without.insert(place),
            }
        }
    }
    let known: BTreeSet<String> = WITHOUT_AN_EVENT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(without, known, "see WITHOUT_AN_EVENT");
    assert!(with > 50, "{with} functions write with an event");
    assert!(WITHOUT_AN_EVENT.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn a_writer_is_made_by_the_doors_alone() {
    let mut made = Vec::new();
    for (path, text) in rust_files().into_iter().filter(|(path, _)| path.starts_with("store/")) {
        let tokens = tokens(&text);
        let is_made = |it: &[Token<'_>]| it.iter().map(|token| token.text).eq(["Writer", "{"]);
        // `impl Writer<'_, '_> {` has its lifetimes between; outside the store its fields are nobody's.
        made.extend(tokens.windows(2).filter(|it| is_made(it)).map(|_| path.clone()));
    }
    assert_eq!(made, ["store/tx.rs"; 2], "`Tx::record` and `Tx::repeat`");
}

#[test]
fn a_writer_without_an_event_is_seen() {
    let source = "pub fn a(w: &mut Writer) { diesel::update(t).execute(w.db()); } \
                  pub fn b<T>(tx: &mut Tx) { diesel::delete(t).execute(tx.db()); } fn c(tx: &mut Tx) { a(tx); } \
                  fn d(tx: &mut Tx) { diesel::delete(t).execute(tx.unrecorded()); } \
                  fn e(w: &mut Writer) { insert_all!(w.db(), t, rows); }";
    let found = [("a", Door::Event), ("b", Door::Neither), ("d", Door::Unrecorded), ("e", Door::Event)];
    assert_eq!(writers(&tokens(source)), found);
}
