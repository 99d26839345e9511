//! The shape of the code, held by a test: who may name whom, what lies at the top, and how long a file gets.
//!
//! It reads `src` as text. A name hidden behind an alias can get past it; it is here against drift, not malice.

mod check;
mod code;
mod doors;
mod paths;
mod rules;

use check::{Source, broken};
use rules::RULES;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// All that lies at the top, besides files and folders whose name begins with a dot.
const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "api-docs",
    "benches",
    "migrations",
    "src",
    "tests",
];

/// A file of `src` this long has two subjects.
const MOST_LINES: usize = 400;

/// Longer files and why they are better whole.
const LONG_FILES: &[(&str, &str)] =
    &[("store/schema.rs", "every table in one list, which diesel needs to let any two appear in one query")];

/// How a path of somebody's own machine begins. In pieces, or this file would be the first to be found.
const HOMES: &[&str] =
    &[concat!("/home", "/"), concat!("/Users", "/"), concat!("/root", "/"), concat!("C:", "\\Users")];

#[test]
fn every_layer_keeps_to_its_own() {
    let sources = rust_files();
    let told: Vec<String> = sources
        .iter()
        .flat_map(|(path, text)| broken(&Source { path, text }))
        .map(|broken| broken.to_string())
        .collect();
    assert!(!sources.is_empty(), "src has no Rust files");
    assert!(told.is_empty(), "\n{}\n", told.join("\n"));
}

#[test]
fn files_have_one_subject() {
    for (path, text) in rust_files() {
        let lines = text.lines().count();
        let exempt = LONG_FILES.iter().any(|(name, _)| *name == path);
        assert_eq!(lines > MOST_LINES, exempt, "src/{path} has {lines} lines; see LONG_FILES");
    }
}

#[test]
fn nothing_new_lies_at_the_top() {
    let ignored = fs::read_to_string(root().join(".gitignore")).expect("a .gitignore");
    let ignored: Vec<&str> = ignored.lines().filter_map(|line| line.strip_prefix('/')).collect();
    let unknown: Vec<String> = names(&root())
        .into_iter()
        .filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(&&**name) && !ignored.contains(&&**name))
        .collect();
    assert!(unknown.is_empty(), "no place at the top for {unknown:?}");
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    let dotted = [".cargo", ".ci", ".gitattributes", ".github", ".gitignore", ".rustfmt.toml"];
    let mut found = Vec::new();
    for path in TOP_LEVEL.iter().chain(&dotted).flat_map(|name| files(&root().join(name))) {
        // Pictures and fonts are no text and name nothing.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        found.extend(text.lines().enumerate().filter(|(_, line)| names_a_home(line)).map(|(at, line)| {
            let path = path.strip_prefix(root()).expect("below the root");
            format!("{}:{}: {}", path.display(), at + 1, line.trim())
        }));
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

/// Whether a path on this line begins in a home; `https://example.org/home/page` does not.
fn names_a_home(line: &str) -> bool {
    HOMES.iter().any(|home| {
        line.match_indices(home).any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric()))
    })
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The Rust files of `src`, each by its path below it with `/`, and its text.
fn rust_files() -> Vec<(String, String)> {
    let src = root().join("src");
    files(&src)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let below = path.strip_prefix(&src).expect("below src").to_str().expect("a name in UTF-8");
            (below.replace('\\', "/"), fs::read_to_string(&path).expect("a readable file"))
        })
        .collect()
}

/// The file itself, or every file below a folder, in a steady order; nothing where nothing is.
fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        names(path).iter().flat_map(|name| files(&path.join(name))).collect()
    } else {
        path.is_file().then(|| path.to_owned()).into_iter().collect()
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a readable folder");
    entries.map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn each_rule_sees_what_breaks_it() {
    for rule in RULES {
        assert!(!rule.broken_by.is_empty(), "nothing shows that the rule works: {}", rule.name);
        for (path, text) in rule.broken_by {
            let seen = broken(&Source { path, text });
            assert!(seen.iter().any(|broken| broken.rule == rule.name), "{path}: {text}: {}", rule.name);
        }
    }
}

#[test]
fn what_is_allowed_passes() {
    for (path, text) in [
        ("domain/cards.rs", "use super::text; use crate::domain::{time::Day, Role}; use chrono::Days;"),
        (
            "domain/cards.rs",
            "/// Stored by [`crate::store`], not std::env.\nconst S: &str = \"use diesel::x; r == Role::A\";",
        ),
        ("domain/cards.rs", "/* use /* diesel */ std::fs */ const R: &str = r#\"std::env \"quoted\" .unwrap()\"#;"),
        ("domain/cards.rs", "#[cfg(test)]\nmod tests { use crate::app; fn f() { g().unwrap(); } }"),
        ("domain/cards.rs", "pub(crate) fn f() {} pub(in crate::domain) fn g() {}"),
        ("domain/roles.rs", "impl Role { fn f(self) { match self { Role::Admin => 1 } } }"),
        ("policy.rs", "use crate::domain::Role; fn f(r: Role) -> bool { r == Role::Admin }"),
        ("store/cards.rs", "use diesel::prelude::*; use crate::{domain::cards, policy::Permit};"),
        ("error.rs", "impl actix_web::ResponseError for Error {}"),
        ("api/cards.rs", "use actix_web::web; use crate::app::cards;"),
        ("api/users.rs", "fn f(u: &User) { View { role: u.role.name().as_str(), agency: u.role.agency().map(text) } }"),
        ("policy.rs", "fn f(c: &Caller) -> bool { c.role.agency().is_none() || c.role.name() == RoleName::Admin }"),
        ("clients.rs", "fn f() { crate::app::g(); }"),
        ("demo/mod.rs", "fn f() { add(Role::Admin, fastrand::u8(..)); g(|a| Role::Clerk(a)); let r = Role::Auditor; }"),
        ("clock.rs", "fn now() { SystemTime::now(); }"),
        ("entropy.rs", "use aws_lc_rs::rand;"),
        ("keys/mod.rs", "use aws_lc_rs::rand::SystemRandom;"),
        ("cli/mod.rs", "fn f() { std::env::current_dir(); }"),
        ("app/cards.rs", "fn f<'a>(c: &'a str) { g().unwrap_or('\"'); env!(\"CARGO_PKG_VERSION\"); }"),
    ] {
        let seen = broken(&Source { path, text });
        assert!(seen.is_empty(), "{path}: {text}: {seen:?}");
    }
}

#[test]
fn a_broken_rule_is_told_with_its_line() {
    let source = Source { path: "domain/cards.rs", text: "//! Cards.\n\nuse std::fmt;\nuse diesel::prelude::*;\n" };
    let told: Vec<String> = broken(&source).iter().map(ToString::to_string).collect();
    assert!(told[0].starts_with("src/domain/cards.rs:4: `diesel::prelude::*`"), "{told:?}");
}

#[test]
fn a_home_is_told_from_an_address() {
    assert!(names_a_home(concat!("cd /home", "/me/registry")));
    assert!(names_a_home(concat!("\"/Users", "/me\"")));
    assert!(!names_a_home("https://example.org/home/page"));
}
