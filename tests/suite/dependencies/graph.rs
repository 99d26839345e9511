//! What cargo says about the crates of this build. Never asks the network: all are here, or nothing would run.

use serde::Deserialize;
use std::{collections::BTreeSet, process::Command};

/// A crate, as its author published it.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) license: Option<String>,
    id: String,
    source: Option<String>,
}

impl Package {
    /// Whether it comes from crates.io, and not from a folder, a repository or another registry.
    pub(super) fn is_from_crates_io(&self) -> bool {
        self.source.as_deref() == Some("registry+https://github.com/rust-lang/crates.io-index")
    }
}

/// The crates of this build for this machine's kind, tests included.
#[derive(Debug, Deserialize)]
pub(super) struct Graph {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    root: String,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    features: Vec<String>,
}

impl Graph {
    /// Reads it from cargo. Only for this kind of machine: crates for others have not been downloaded.
    pub(super) fn read() -> Self {
        let version = cargo(&["--version", "--verbose"]);
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("cargo names its host");
        let said = cargo(&["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform", host]);
        serde_json::from_str(&said).expect("metadata in its first format")
    }

    /// Every crate but this one.
    pub(super) fn dependencies(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.id != self.resolve.root)
    }

    /// All versions of a crate.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(move |package| package.name == name)
    }

    /// The crate of this name.
    pub(super) fn only(&self, name: &str) -> &Package {
        self.named(name).next().unwrap_or_else(|| panic!("{name} is not a dependency"))
    }

    /// Whether a feature of a crate is on.
    pub(super) fn has_feature(&self, package: &Package, feature: &str) -> bool {
        let node = self.resolve.nodes.iter().find(|node| node.id == package.id).expect("every package is resolved");
        node.features.iter().any(|on| on == feature)
    }
}

/// Names of the crates that the program and its build scripts are built from, with the default features.
///
/// Asked of `cargo tree`: the graph in the metadata also holds crates that only a weak feature (`ring?/std`) names,
/// and which are then not built.
pub(super) fn built() -> BTreeSet<String> {
    let tree = cargo(&["tree", "--locked", "--offline", "--edges=normal,build", "--prefix=none", "--format={p}"]);
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the cargo that built this test");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names in UTF-8")
}
