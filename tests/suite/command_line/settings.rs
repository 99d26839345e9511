//! Settings that are refused, each with a sentence that says what to do.

use super::{Place, all_applied};
use crate::support::program::{program, run};
use crate::support::{Engine, TestDatabase, folder, on_both_databases};
use std::net::TcpListener;

/// What `serve` says of these settings, in a new data directory, which it leaves without a database.
#[track_caller]
fn refusal(words: &[&str]) -> String {
    let folder = folder("refused");
    let data_dir = folder.path().join("data");
    let place = ["serve", "--data-dir", data_dir.to_str().expect("UTF-8"), "--listen", "127.0.0.1:0"];
    let told = run(&[&place, words].concat()).refused();
    assert!(!data_dir.join("registry.db").exists(), "something was made");
    assert!(!data_dir.join("keys").exists(), "keys were made");
    told
}

#[test]
fn cards_do_not_carry_an_address_that_anybody_could_pretend_to_be() {
    let told = refusal(&["--public-url", "http://the.example"]);
    assert!(told.contains("https://"), "{told}");
    for url in ["the.example", "https://the.example/path", "ftp://the.example", "https://"] {
        let told = refusal(&["--public-url", url]);
        assert!(told.contains("like https://the.example"), "{told}");
    }
}

#[test]
fn a_database_is_of_a_known_kind_and_is_not_reached_in_clear_over_a_network() {
    let told = refusal(&["--database-url", "mysql://localhost/registry"]);
    assert!(told.contains("begins with sqlite: or postgres://"), "{told}");
    let told = refusal(&["--database-url", "sqlite:"]);
    assert!(told.contains("needs a path"), "{told}");
    let told = refusal(&["--database-url", "postgres://registry:hidden-word@db.example/registry"]);
    assert!(told.contains("sslmode=verify-full") && told.contains("--allow-plain-postgres"), "{told}");
    assert!(!told.contains("hidden-word"), "{told}");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let folder = folder("refused");
    let told = run(&["serve", "--data-dir", folder.path().to_str().expect("UTF-8"), "--listen", &address]).refused();
    assert!(told.contains(&format!("cannot listen on {address}")), "{told}");
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0, "something was made");
}

#[test]
fn a_setting_is_a_flag_or_a_variable_and_the_flag_counts() {
    let Some(database) = TestDatabase::empty(Engine::Sqlite) else { return };
    let place = Place::new(database);
    let with_variables = |words: &[&str]| {
        let mut command = program(words);
        command.env("PRESS_REGISTRY_DATABASE_URL", &place.database.url);
        command.env("PRESS_REGISTRY_DATA_DIR", place.data_dir.path());
        command.output().expect("it runs")
    };
    let said = with_variables(&["migrate"]);
    assert!(said.status.success() && said.stdout.starts_with(all_applied().as_bytes()), "{said:?}");
    let said = with_variables(&["migrate", "--database-url", "mysql://x"]);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
}

#[test]
fn wrong_usage_is_told_apart_from_every_verdict() {
    for words in
        [&[][..], &["serv"], &["serve", "--port", "1"], &["keys"], &["verify"], &["serve", "--log-format", "xml"]]
    {
        let ran = run(words);
        assert_eq!(ran.code, Some(64), "{words:?}: {}", ran.err);
        assert!(ran.out.is_empty(), "{words:?}");
    }
    for words in [&["--help"][..], &["--version"], &["help", "serve"], &["demo", "--help"]] {
        assert_eq!(run(words).code, Some(0), "{words:?}");
    }
    let help = run(&["--help"]).out;
    for command in ["demo", "serve", "migrate", "user", "keys", "verify"] {
        assert!(help.contains(command), "{help}");
    }
}

on_both_databases! {
    fn a_node_without_the_keys_of_its_database_does_not_start(db) {
        let place = Place::new(db);
        place.run(&["keys", "list"]).done();
        let elsewhere = Place { data_dir: folder("elsewhere"), database: place.database };
        let told = elsewhere.run(&["serve", "--listen", "127.0.0.1:0"]).refused();
        assert!(told.contains("keys"), "{told}");
        assert!(!told.contains("panicked"), "{told}");
    }
}
