//! What the registry is built from, held by a test: where it comes from, its licences, its floors.
//!
//! Known vulnerabilities are not looked up here, as that needs the network: `cargo deny check` does, by
//! `.cargo/deny.toml`.

mod graph;
mod licence;

use graph::{Graph, Package};
use std::{collections::BTreeSet, fs, path::Path};

/// Licences under which anyone may use, change and sell what is built; `.cargo/deny.toml` has the same list. The MPL
/// asks only that its own files stay open.
const ACCEPTED_LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "BlueOak-1.0.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "PostgreSQL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// What may not be built, and why.
const REFUSED: &[(&str, &str)] = &[
    ("actix-governor", "it is under GPL-3.0"),
    ("openssl-sys", "a fresh machine needs only Rust and a C compiler"),
    ("native-tls", "it is OpenSSL by another name"),
    ("ring", "aws-lc-rs is the one provider of cryptography"),
    ("p256", "aws-lc-rs is the one provider of cryptography"),
    ("rsa", "aws-lc-rs is the one provider of cryptography"),
];

/// Of these a second version costs minutes of building, or splits one type in two.
const ONE_VERSION: &[&str] = &[
    "actix-http",
    "actix-web",
    "aws-lc-rs",
    "chrono",
    "clap",
    "diesel",
    "image",
    "libsqlite3-sys",
    "rustls",
    "serde",
    "tiny-skia",
    "tokio",
    "usvg",
    "utoipa",
];

/// Since this SQLite, a reset of the write-ahead log cannot lose a commit.
const SQLITE_FLOOR: [u64; 3] = [3, 51, 3];

#[test]
fn every_crate_comes_from_the_public_registry() {
    let graph = Graph::read();
    let elsewhere: Vec<&Package> = graph.dependencies().filter(|package| !package.is_from_crates_io()).collect();
    println!("{} crates, {} of them built here", graph.dependencies().count(), graph::built().len());
    assert!(elsewhere.is_empty(), "not from crates.io: {elsewhere:?}");
}

#[test]
fn every_crate_may_be_used_commercially() {
    let refused: Vec<String> = Graph::read()
        .dependencies()
        .filter(|package| !package.license.as_deref().is_some_and(is_accepted))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(refused.is_empty(), "\n{}\n", refused.join("\n"));
}

/// Whether the licences accepted here satisfy the expression; one that cannot be read is not accepted.
fn is_accepted(expression: &str) -> bool {
    licence::parse(expression).is_ok_and(|parsed| parsed.is_satisfied_by(|name| ACCEPTED_LICENCES.contains(&name)))
}

#[test]
fn copyleft_is_refused_unless_there_is_a_choice() {
    for refused in
        ["GPL-3.0-or-later", "AGPL-3.0", "LGPL-2.1", "MIT AND GPL-2.0", "Apache-2.0 WITH Other-exception", ""]
    {
        assert!(!is_accepted(refused), "{refused}");
    }
    assert!(is_accepted("MIT OR Apache-2.0 OR LGPL-2.1-or-later"));
}

#[test]
fn the_advisory_checker_accepts_the_same_licences() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".cargo/deny.toml");
    let file = fs::read_to_string(path).expect("the file");
    let list = file.split_once("\nallow = [").and_then(|(_, rest)| rest.split_once(']')).expect("its licences").0;
    let listed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(listed, ACCEPTED_LICENCES.iter().copied().collect());
}

#[test]
fn nothing_refused_is_built() {
    let built = graph::built();
    for (name, why) in REFUSED {
        assert!(!built.contains(*name), "{name} is built, but {why}");
    }
    assert!(built.contains("diesel"), "the crates that are built could not be read: {built:?}");
}

#[test]
fn big_crates_are_built_once() {
    let graph = Graph::read();
    for name in ONE_VERSION {
        let versions: Vec<&str> = graph.named(name).map(|package| &*package.version).collect();
        assert!(versions.len() < 2, "{name} in {versions:?}");
    }
}

#[test]
fn tokens_and_passwords_rest_on_the_crates_chosen_for_them() {
    let graph = Graph::read();
    let jsonwebtoken = graph.only("jsonwebtoken");
    assert!(numbers(&jsonwebtoken.version)[0] >= 11, "jsonwebtoken {}", jsonwebtoken.version);
    // With neither provider it panics at the first token; with both it cannot choose.
    assert!(graph.has_feature(jsonwebtoken, "aws_lc_rs"));
    assert!(!graph.has_feature(jsonwebtoken, "rust_crypto"));
    assert!(graph::built().contains("argon2"));
}

#[test]
fn nothing_is_downloaded_while_building() {
    let graph = Graph::read();
    assert!(graph.has_feature(graph.only("utoipa-swagger-ui"), "vendored"), "its build script fetches an archive");
    assert!(graph.has_feature(graph.only("libsqlite3-sys"), "bundled"));
}

#[test]
fn the_sqlite_inside_is_recent_enough() {
    use diesel::{Connection as _, RunQueryDsl as _, SqliteConnection, dsl::sql, sql_types::Text};
    let mut connection = SqliteConnection::establish(":memory:").expect("a database in memory");
    let version: String =
        diesel::select(sql::<Text>("sqlite_version()")).get_result(&mut connection).expect("its version");
    assert!(numbers(&version) >= SQLITE_FLOOR.to_vec(), "SQLite {version}");
}

/// The numbers of a version; what follows `-` or `+` does not count.
fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|number| number.parse().expect("a number")).collect()
}
