//! `log verify`: the whole log recomputed, from the database or from a server's public tiles; or one proof checked.

use super::Failure;
use super::settings::Options;
use crate::app::log::audit::{self, Audit};
use crate::domain::events::EventProof;
use crate::domain::issuer::IssuerDocument;
use crate::domain::log::{Checkpoint, Leaf, TILE_WIDTH, Tail, VerifierKey, entries};
use clap::{Args, Subcommand};
use data_encoding::BASE64;
use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

#[derive(Subcommand)]
pub(super) enum LogCommand {
    /// Recompute the log: that nothing in it was altered, removed or inserted. Exit status 1 when something was
    Verify(VerifyOptions),
}

#[derive(Args)]
pub(super) struct VerifyOptions {
    /// Read the public log of this registry, from another machine, instead of the database
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Check this proof of one entry, with no network
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    proof: Option<PathBuf>,
    /// The log's public key (NAME+HASH+KEY) [default: what the registry or the proof itself says]
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    #[command(flatten)]
    registry: Options,
}

pub(super) fn run(command: LogCommand) -> ExitCode {
    let LogCommand::Verify(options) = command;
    let told = key(options.key.as_deref()).and_then(|key| match (&options.proof, &options.url) {
        (Some(file), _) => one_proof(file, key),
        (None, Some(url)) => public_log(url.trim_end_matches('/'), key),
        (None, None) => database(&options.registry),
    });
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(why)) => {
            eprintln!("press-registry: {why}");
            ExitCode::FAILURE
        }
    }
}

fn key(given: Option<&str>) -> Result<Option<VerifierKey>, Failure> {
    let parse = |text: &str| VerifierKey::parse(text).ok_or(Failure("the key is not NAME+HASH+KEY of Ed25519".into()));
    given.map(parse).transpose()
}

/// Says how far it is, where somebody looks on.
fn progress(done: u64, of: u64) {
    if std::io::stderr().is_terminal() {
        eprint!("\r{done} of {of} entries");
        let _unseen = std::io::stderr().flush();
        if done == of {
            eprintln!();
        }
    }
}

fn database(options: &Options) -> Result<(), Failure> {
    let registry = options.open_existing()?;
    if !registry.has_a_log()? {
        return Err(Failure("no log has begun here yet: it begins when the registry is first served".into()));
    }
    let Audit { origin, size, signed, root, findings, .. } =
        audit::audit(&registry.store, &registry.log, &mut progress)?;
    println!("{origin}: {size} entries, {signed} of them signed, root {}", BASE64.encode(&root));
    findings.iter().for_each(|finding| println!("{finding}"));
    verdict(findings.len())
}

fn verdict(findings: usize) -> Result<(), Failure> {
    match findings {
        0 => {
            println!("Nothing was altered, removed or inserted.");
            Ok(())
        }
        1 => Err(Failure("the log is not as it was written: 1 finding".into())),
        _ => Err(Failure(format!("the log is not as it was written: {findings} findings"))),
    }
}

fn one_proof(file: &Path, key: Option<VerifierKey>) -> Result<(), Failure> {
    let text = std::fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let mut document: serde_json::Value = serde_json::from_slice(&text).map_err(|error| no_proof(file, error))?;
    // An entry as the registry shows it, and the answer to a report, hold their proof in a member.
    if let Some(proof) = document.get_mut("proof") {
        document = proof.take();
    }
    let proof: EventProof = serde_json::from_value(document).map_err(|error| no_proof(file, error))?;
    let is_given = key.is_some();
    let key =
        key.or_else(|| VerifierKey::parse(&proof.vkey)).ok_or_else(|| no_proof(file, "its key is not readable"))?;
    let (index, checkpoint) = proof.check(&key).map_err(|why| format!("{} proves nothing: {why}", file.display()))?;
    let what = proof.event["type"].as_str().unwrap_or_default();
    println!("{what} is entry {index} of {}, under its checkpoint of {} entries.", key.name(), checkpoint.size);
    if !is_given {
        println!("The proof itself says that the log's key is {key}: compare it with the issuer document.");
    }
    Ok(())
}

fn no_proof(file: &Path, why: impl Display) -> Failure {
    Failure(format!("{} is no proof of an entry: {why}", file.display()))
}

/// Fetches all that a log publishes, and recomputes its tree.
fn public_log(url: &str, key: Option<VerifierKey>) -> Result<(), Failure> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(30))).build().into();
    let fetch = |path: &str| -> Result<Vec<u8>, Failure> {
        let read = |mut answer: ureq::http::Response<ureq::Body>| answer.body_mut().read_to_vec();
        Ok(agent.get(format!("{url}{path}")).call().and_then(read).map_err(|error| format!("{url}{path}: {error}"))?)
    };
    let key = match key {
        Some(key) => key,
        None => {
            let document: IssuerDocument = serde_json::from_slice(&fetch("/.well-known/press-registry/issuer")?)?;
            println!("The registry itself says that the log's key is {}.", document.log.vkey);
            VerifierKey::parse(&document.log.vkey).ok_or("the registry's key of the log is not readable")?
        }
    };
    let note = String::from_utf8(fetch("/log/checkpoint")?)?;
    let checkpoint = Checkpoint::open(&note, &key).map_err(|why| format!("{url}/log/checkpoint: {why}"))?;
    let (mut tail, mut findings, mut hour) = (Tail::default(), 0, None);
    let mut find = |what: String| {
        findings += 1;
        println!("{what}");
    };
    while tail.size() < checkpoint.size {
        let (n, width) = (tail.size() / TILE_WIDTH, (checkpoint.size - tail.size()).min(TILE_WIDTH));
        let bundle = fetch(&format!("/log/tile/entries/{}", entries::path(n, width)))?;
        let leaves = entries::unbundle(&bundle).filter(|leaves| u64::try_from(leaves.len()) == Ok(width));
        let leaves = leaves.ok_or_else(|| format!("the entries from {} on are not whole", tail.size()))?;
        let place = entries::path(n, width);
        let hashes = fetch(&format!("/log/tile/0/{place}"))?;
        for (bytes, served) in leaves.into_iter().zip(hashes.as_chunks::<32>().0) {
            let index = tail.size();
            let leaf = Leaf::parse(bytes);
            match &leaf {
                Some(leaf) if hour.is_some_and(|before| leaf.hour() < before) => {
                    find(format!("entry {index}: it is dated before the entry before it"));
                }
                Some(_) => {}
                None => find(format!("entry {index}: it is no leaf of this log")),
            }
            hour = leaf.map(|leaf| leaf.hour()).or(hour);
            let hash = crate::domain::log::leaf_hash(bytes);
            if hash != *served {
                find(format!("entry {index}: it was altered; its hash is not the one in tile 0/{place}"));
            }
            tail.append(hash);
        }
        progress(tail.size(), checkpoint.size);
    }
    println!("{}: {} entries, root {}", checkpoint.origin, checkpoint.size, BASE64.encode(&tail.root()));
    if tail.root() != checkpoint.root {
        find(format!("the {} entries are not those that were signed: their root is another", checkpoint.size));
    }
    verdict(findings)
}
