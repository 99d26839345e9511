//! What the operator of a registry types.

mod offline;
mod serving;
mod settings;
mod verify;

use crate::support::program::{Ran, run, run_with_input};
use crate::support::{Empty, TestDatabase, app, folder, on_both_databases, program};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tempfile::TempDir;

/// A place for a registry: a database and a data directory.
pub(crate) struct Place {
    pub(crate) database: TestDatabase,
    data_dir: TempDir,
}

impl Place {
    pub(crate) fn new(database: TestDatabase) -> Self {
        Self { database, data_dir: folder("data") }
    }

    /// A command and its words, for this registry.
    pub(crate) fn arguments<'a>(&'a self, words: &[&'a str]) -> Vec<&'a str> {
        let data_dir = self.data_dir.path().to_str().expect("UTF-8");
        [words, &["--data-dir", data_dir, "--database-url", &self.database.url]].concat()
    }

    /// Where its keys and files are.
    pub(crate) fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        run(&self.arguments(words))
    }
}

impl Ran {
    /// What it printed, if it did what it should.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// The sentence with which it refused.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        assert!(self.err.starts_with("press-registry: "), "{}", self.err);
        self.err
    }
}

/// What `migrate` says on an empty database.
fn all_applied() -> String {
    let steps = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let steps = std::fs::read_dir(steps).expect("a folder of steps").count();
    format!("{steps} migrations applied")
}

on_both_databases! {
    fn migrations_are_applied_once(db: Empty) {
        let place = Place::new(db.0);
        assert!(place.run(&["migrate"]).done().starts_with(&all_applied()));
        assert!(place.run(&["migrate"]).done().starts_with("0 migrations applied"));
        let told = place.run(&["log", "verify"]).refused();
        assert!(told.contains("it begins when the registry is first served"), "{told}");
    }

    fn an_account_is_added_with_a_password_of_ones_own_or_one_that_is_printed_once(db) {
        let place = Place::new(db);
        let add = |words: &[&str], password: &str| {
            run_with_input(&place.arguments(&[&["user", "add", "--email"], words].concat()), password)
        };
        let typed = add(&["lan@test.example", "--role", "auditor"], "mây trôi qua đỉnh núi\n").done();
        assert!(typed.contains(" auditor lan@test.example") && !typed.contains("password"), "{typed}");
        let made = add(&["minh@test.example", "--role", "admin"], "").done();
        let password = made.lines().find_map(|line| line.strip_prefix("password, shown this once: "));
        assert_eq!(password.map(str::len), Some(23), "{made}");
        add(&["so@test.example", "--role", "official", "--province", "31", "--body", "Sở Văn hóa"], "").done();

        assert!(add(&["lan@test.example", "--role", "auditor"], "").refused().contains("/email"));
        assert!(add(&["b@test.example", "--role", "king"], "").refused().contains("/role"));
        assert!(add(&["c@test.example", "--role", "agency_head"], "").refused().contains("/agency_id"));
        assert!(add(&["d@test.example", "--role", "auditor"], "short\n").refused().contains("at least 15"));
    }

    fn only_who_prints_cards_adds_an_address_to_the_issuer_document(db) {
        let place = Place::new(db);
        let elsewhere = ["--public-url", "https://elsewhere.example"];
        let run = |words: &[&str]| place.run(&[words, &elsewhere].concat()).done();
        run(&["keys", "list"]);
        run(&["keys", "rotate"]);
        run(&["user", "add", "--email", "lan@test.example", "--role", "auditor"]);
        let hosts = || place.database.texts("SELECT host AS value FROM hosts");
        assert_eq!(hosts(), Vec::<String>::new());
        let serving = program::Serving::serve(&place.arguments(&["--public-url", "https://the.example"]));
        let document = app::Client::at(&serving.base).get("/.well-known/press-registry/issuer").expect(200);
        assert_eq!(document.json()["hosts"], serde_json::json!(["the.example"]));
        assert_eq!(hosts(), ["the.example"]);
    }

    fn keys_are_listed_rotated_and_retired(db) {
        let place = Place::new(db);
        let keys = || -> Vec<(String, String, String)> {
            let listed = place.run(&["keys", "list"]).done();
            let rows = listed.lines().skip(1).map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            rows.map(|row| (row[0].clone(), row[1].clone(), row[2].clone())).collect()
        };
        let state_of = |kid: &str| keys().into_iter().find(|key| key.0 == kid).map(|key| key.2);
        let first = keys();
        let mut uses: Vec<&str> = first.iter().map(|key| key.1.as_str()).collect();
        uses.sort_unstable();
        assert_eq!(uses, ["card", "session", "status"]);
        assert!(first.iter().all(|key| key.2 == "active"));
        let old = &first.iter().find(|key| key.1 == "card").expect("a key of cards").0;

        assert!(place.run(&["keys", "retire", old]).refused().contains("keys rotate"), "the last that signs stays");
        assert!(place.run(&["keys", "retire", "00000000"]).refused().contains("not-found"));
        let told = place.run(&["keys", "rotate"]).done();
        let new = told.split_whitespace().next().expect("a key's id");
        assert!(told.contains("run `keys retire` on it"), "{told}");
        assert_eq!((state_of(old).as_deref(), state_of(new).as_deref()), (Some("active"), Some("active")));
        place.run(&["keys", "retire", old]).done();
        assert_eq!((state_of(old).as_deref(), state_of(new).as_deref()), (Some("retired"), Some("active")));
        assert!(place.run(&["keys", "retire", old]).refused().contains("already"));
        place.run(&["keys", "retire", old, "--compromised"]).done();
        assert_eq!(state_of(old).as_deref(), Some("compromised"));
        assert!(place.run(&["keys", "retire", new, "--compromised"]).refused().contains("keys rotate"));
        for (key_use, old) in [("status", "active"), ("session", "retired")] {
            let told = place.run(&["keys", "rotate", "--use", key_use]).done();
            let new = told.split_whitespace().next().expect("a key's id");
            let of_this_use = keys().into_iter().filter(|key| key.1 == key_use);
            let states: Vec<(bool, String)> = of_this_use.map(|key| (key.0 == new, key.2)).collect();
            assert!(states.contains(&(true, "active".into())) && states.contains(&(false, old.into())));
        }
    }

    fn keys_are_locked_by_a_setting(db) {
        let place = Place::new(db);
        let file = place.data_dir.path().join("passphrase");
        std::fs::write(&file, "trăng lên trên đầm sen\n").expect("written");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
        let passphrase = ["--key-passphrase-file", file.to_str().expect("UTF-8")];
        let listed = place.run(&["keys", "list"]).done();
        let unlocked = || place.run(&[&["keys", "list"], &passphrase[..]].concat());
        assert_eq!(unlocked().done(), listed);
        assert!(place.run(&["keys", "list"]).refused().contains("is locked: name the file with its passphrase"));
        assert_eq!(unlocked().done(), listed);
        std::fs::write(&file, "short\n").expect("written");
        assert!(unlocked().refused().contains("too short"));
    }
}
