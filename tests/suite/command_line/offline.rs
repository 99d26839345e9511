//! `verify --issuer FILE --status FILE…`: every row of the table of verdicts, with no network.

use crate::support::folder;
use crate::support::issuer::{ADDRESS, TestIssuer};
use crate::support::program::{Ran, run};
use data_encoding::BASE32_NOPAD;
use press_registry::{
    clock::Clock,
    domain::{
        card_code::{Claims, Envelope, text},
        issuer::KeyState,
        printed::Validity,
    },
    keys::SigningKey,
};
use std::fs;
use tempfile::TempDir;

const HOUR: i64 = 3_600;

/// An official's folder: what they have taken with them.
struct Folder {
    issuer: TestIssuer,
    folder: TempDir,
}

impl Folder {
    fn new() -> Self {
        let issuer = TestIssuer::new(Clock::System.now());
        let folder = folder("offline");
        let it = Self { issuer, folder };
        it.keep("issuer", &it.issuer.document(-HOUR, KeyState::Compromised));
        it.keep("list", &it.issuer.list(0, -HOUR, &[9]));
        it
    }

    fn keep(&self, name: &str, bytes: &[u8]) {
        fs::write(self.folder.path().join(name), bytes).expect("a writable folder");
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    /// Checks a code with these lists.
    fn check(&self, code: &str, lists: &[&str]) -> Ran {
        self.check_with("issuer", code, lists)
    }

    fn check_with(&self, issuer: &str, code: &str, lists: &[&str]) -> Ran {
        let mut words = vec!["verify".to_owned(), code.to_owned(), "--issuer".to_owned(), self.path(issuer)];
        lists.iter().for_each(|list| words.extend(["--status".to_owned(), self.path(list)]));
        run(&words.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn card(&self, slot: u32) -> String {
        self.signed(&self.issuer.card_in(slot))
    }

    fn signed(&self, claims: &Claims) -> String {
        TestIssuer::code(&self.issuer.card, &claims.payload())
    }

    /// A card that is good from and until so many seconds from now.
    fn lasting(&self, from: i64, until: i64) -> String {
        let validity = Validity::new(self.issuer.at(from), self.issuer.at(until)).expect("in order");
        self.signed(&Claims { validity, ..self.issuer.card_in(5) })
    }
}

#[track_caller]
fn assert_said(ran: &Ran, code: i32, said: &str) {
    assert_eq!(ran.code, Some(code), "{}{}", ran.out, ran.err);
    assert!(ran.out.lines().any(|line| line == said), "{said} is not in {}", ran.out);
    assert!(ran.err.is_empty(), "{}", ran.err);
}

/// The other signature of the same message: its s, less from the order.
fn with_high_s(code: &str) -> String {
    const ORDER: [u8; 32] = *b"\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
        \xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51";
    let (_, bytes) = code.split_once('#').expect("a link");
    let mut bytes = BASE32_NOPAD.decode(bytes.as_bytes()).expect("base32");
    let start = bytes.len() - 32;
    let mut borrow = 0_i16;
    for (s, order) in bytes[start..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*s) - borrow;
        borrow = i16::from(difference < 0);
        *s = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    text(ADDRESS, &bytes)
}

#[test]
fn a_card_is_valid_withdrawn_or_unknown_by_the_list_at_hand() {
    let it = Folder::new();
    let good = it.check(&it.card(5), &["list"]);
    assert_said(&good, 0, "valid");
    for words in ["000123", "Nguyễn Thị Phượng", "1 hour ago", "does not decide who is a journalist"] {
        assert!(good.out.contains(words), "{words}: {}", good.out);
    }
    assert_said(&it.check(&it.card(9), &["list"]), 1, "not_valid / withdrawn");
    assert_said(&it.check(&it.card(5), &[]), 2, "cannot_confirm / no_fresh_list");
    it.keep("old", &it.issuer.list(0, -25 * HOUR, &[]));
    it.keep("other", &it.issuer.list(1, -HOUR, &[]));
    for lists in [&["old"][..], &["other"], &["old", "other"]] {
        assert_said(&it.check(&it.card(5), lists), 2, "cannot_confirm / no_fresh_list");
    }
    // The newer of two counts, whichever is named first.
    it.keep("newer", &it.issuer.list(0, -60, &[5]));
    for lists in [["list", "newer"], ["newer", "list"]] {
        assert_said(&it.check(&it.card(5), &lists), 1, "not_valid / withdrawn");
    }
    let elsewhere = it.card(5).replace("PRESS.EXAMPLE.VN", "EVIL.EXAMPLE");
    assert_said(&it.check(&elsewhere, &["list"]), 0, "valid / foreign_address");
}

#[test]
fn dates_need_no_list_and_a_clock_that_is_behind_confirms_nothing() {
    let it = Folder::new();
    for lists in [&[][..], &["list"]] {
        assert_said(&it.check(&it.lasting(HOUR, 2 * HOUR), lists), 1, "not_valid / not_yet_valid");
        assert_said(&it.check(&it.lasting(-2 * HOUR, -HOUR), lists), 1, "not_valid / expired");
    }
    // The list says that it is later than this machine says.
    it.keep("ahead", &it.issuer.list(0, HOUR, &[]));
    assert_said(&it.check(&it.card(5), &["ahead"]), 2, "cannot_confirm / clock");
    it.keep("set", &it.issuer.set(it.issuer.stolen.kid(), HOUR, &[]));
    assert_said(&it.check(&it.card(5), &["list", "set"]), 2, "cannot_confirm / clock");
}

#[test]
fn what_the_registry_did_not_sign_is_not_its_own() {
    let it = Folder::new();
    let card = it.card(5);
    let check = |code: &str| it.check(code, &["list"]);
    assert_said(&check("not a code"), 3, "not_ours / not_a_code");
    assert_said(&check(&format!("{ADDRESS}/V#AAAA")), 3, "not_ours / not_a_code");
    let shapeless = TestIssuer::code(&it.issuer.card, b"\xA1\x3A\x00\x01\x00\x00\x81\x01");
    assert_said(&check(&shapeless), 3, "not_ours / not_a_code");
    assert_said(&check(&with_high_s(&card)), 3, "not_ours / bad_signature");
    assert_said(&check(&with_high_s(&with_high_s(&card))), 0, "valid");
    let (_, bytes) = card.split_once('#').expect("a link");
    let bytes = BASE32_NOPAD.decode(bytes.as_bytes()).expect("base32");
    let envelope = Envelope::parse(&bytes).expect("a code");
    let other = it.issuer.card_in(6).payload();
    let moved = Envelope { payload: &other, ..envelope }.to_bytes();
    assert_said(&check(&text(ADDRESS, &moved)), 3, "not_ours / bad_signature");
    // The next version, whatever else it holds.
    let newer = TestIssuer::code(&it.issuer.card, b"\xA1\x3A\x00\x01\x00\x00\x82\x02\x61\x78");
    assert_said(&check(&newer), 2, "cannot_confirm / newer_version");

    let stranger = TestIssuer::code(&SigningKey::generate().expect("a key"), &it.issuer.card_in(5).payload());
    assert_said(&check(&stranger), 3, "not_ours / unknown_key");
    it.keep("old issuer", &it.issuer.document(-25 * HOUR, KeyState::Compromised));
    assert_said(&it.check_with("old issuer", &stranger, &["list"]), 2, "cannot_confirm / unknown_key");
}

#[test]
fn of_a_stolen_key_only_what_it_really_issued_is_believed() {
    let it = Folder::new();
    let honest = it.issuer.card_in(5);
    let forged = Claims { name: honest.name.clone(), ..it.issuer.card_in(6) };
    let [honest_code, forged_code, withdrawn_code] =
        [&honest, &forged, &it.issuer.card_in(9)].map(|claims| TestIssuer::code(&it.issuer.stolen, &claims.payload()));
    for code in [&honest_code, &forged_code] {
        assert_said(&it.check(code, &["list"]), 2, "cannot_confirm / no_honest_set");
    }
    it.keep("set", &it.issuer.set(it.issuer.stolen.kid(), -HOUR, &[&honest, &it.issuer.card_in(9)]));
    assert_said(&it.check(&honest_code, &["list", "set"]), 0, "valid");
    assert_said(&it.check(&forged_code, &["set", "list"]), 1, "not_valid / forged");
    assert_said(&it.check(&forged_code, &["set"]), 1, "not_valid / forged");
    assert_said(&it.check(&withdrawn_code, &["list", "set"]), 1, "not_valid / withdrawn");
    // The set of another key says nothing.
    it.keep("other set", &it.issuer.set(it.issuer.card.kid(), -HOUR, &[&honest]));
    assert_said(&it.check(&honest_code, &["list", "other set"]), 2, "cannot_confirm / no_honest_set");
}

#[test]
fn a_list_that_is_not_believed_is_as_good_as_none_and_a_file_that_is_none_is_wrong_usage() {
    let it = Folder::new();
    let mut altered = it.issuer.list(0, -HOUR, &[]);
    let last = altered.len() - 1;
    altered[last] ^= 1;
    it.keep("altered", &altered);
    it.keep("strange", &TestIssuer::new(it.issuer.now).list(0, -HOUR, &[]));
    for name in ["altered", "strange"] {
        let ran = it.check(&it.card(5), &[name]);
        assert_eq!(ran.code, Some(2), "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("cannot_confirm / no_fresh_list"), "{}", ran.out);
        assert!(ran.err.contains(&format!("{} is left out", it.path(name))), "{}", ran.err);
        let ran = it.check(&it.card(9), &[name, "list"]);
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
    }
    it.keep("text", b"no list");
    for words in [&["text"][..], &["issuer"], &["list", "text"], &["nowhere"]] {
        let ran = it.check(&it.card(5), words);
        assert_eq!(ran.code, Some(64), "{words:?}: {}", ran.out);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "{words:?}");
    }
    let alone = run(&["verify", &it.card(5), "--status", &it.path("list")]);
    assert_eq!(alone.code, Some(64), "a list says nothing without the keys that sign it: {}", alone.err);
}
