//! `log verify`: recomputes the whole log from what the database holds, and says what is not as it was written.

mod finding;
mod judged;

pub use finding::Finding;

use super::LogKeeper;
use crate::domain::events::ErasedFields;
use crate::domain::ids::SubjectId;
use crate::domain::log::{Checkpoint, Grown, Hash, TILE_WIDTH, Tail, TileAddress, VerifierKey};
use crate::error::Error;
use crate::keys::LogKey;
use crate::store::audit::{self, Fetched};
use crate::store::log::{self, LogRow};
use crate::store::{Read, Reader, Store};
use data_encoding::BASE64;
use judged::{Judged, judge_all};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::thread;

/// Entries read at a time for each processor.
const AT_ONCE: i64 = 4_096;
/// Tiles read at a time, 8 KB each.
const TILES_AT_ONCE: i64 = 256;
/// Findings told one by one; more are only counted.
const TOLD: usize = 1_000;

/// What an audit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// The log's name.
    pub origin: String,
    /// Entries in the log.
    pub size: u64,
    /// Of them under the newest checkpoint.
    pub signed: u64,
    /// The root over the signed ones.
    pub root: Hash,
    /// The root over all of them.
    pub whole: Hash,
    /// What is not as it was written; empty when all is.
    pub findings: Vec<Finding>,
}

/// Recomputes the log on one snapshot of the database; `progress` is told how far it is. Blocks.
///
/// # Errors
/// The database cannot be read.
pub fn audit(store: &Store, keeper: &LogKeeper, progress: &mut dyn FnMut(u64, u64)) -> Result<Audit, Error> {
    store.read_consistently(|db| {
        let mut past = log::all(db)?;
        let log = past.pop().ok_or_else(|| Error::internal("no log was begun"))?;
        let key = keeper.key.verifier(&log.origin);
        let mut auditor = Auditor {
            log,
            past,
            key,
            signer: &keeper.key,
            findings: Vec::new(),
            personal: 0,
            missing: BTreeSet::new(),
            erased: BTreeSet::new(),
            checkpoints: BTreeMap::new(),
            differing: Vec::new(),
        };
        let kept = keeper.kept.of_log(auditor.log.n).map_err(Error::internal)?;
        auditor.read_checkpoints(kept.as_deref());
        if keeper.kept.newest_log().map_err(Error::internal)? > auditor.log.n || keeper.kept.has_ended(auditor.log.n) {
            auditor.find(Finding::AnotherGoesOn);
        }
        auditor.run(db, progress)
    })
}

struct Auditor<'a> {
    log: LogRow,
    /// Logs that have ended.
    past: Vec<LogRow>,
    key: VerifierKey,
    signer: &'a LogKey,
    findings: Vec<Finding>,
    /// Sets of personal fields seen.
    personal: i64,
    /// Fields that are not there, and no entry so far says that they were erased: place and subject.
    missing: BTreeSet<(i64, SubjectId)>,
    /// Fields that are not there, as an entry says.
    erased: BTreeSet<(i64, SubjectId)>,
    /// Roots that were signed, by size.
    checkpoints: BTreeMap<u64, Vec<Hash>>,
    /// Where a leaf is not the one of its tile: one of the two was altered.
    differing: Vec<i64>,
}

impl Auditor<'_> {
    fn find(&mut self, finding: Finding) {
        if self.findings.len() < TOLD {
            self.findings.push(finding);
        }
    }

    /// Takes up what was signed: the database's newest checkpoint and the one kept outside.
    fn read_checkpoints(&mut self, kept: Option<&str>) {
        let in_database = self.log.checkpoint.clone();
        if let Some(note) = &in_database {
            match Checkpoint::open(note, &self.key) {
                Ok(checkpoint) if i64::try_from(checkpoint.size) == Ok(self.log.size) => self.expect(checkpoint),
                Ok(_) => self.find(Finding::CheckpointAltered("it is of another size than the database says".into())),
                Err(why) => self.find(Finding::CheckpointAltered(why.to_string())),
            }
        } else if self.log.size != 0 {
            self.find(Finding::CheckpointAltered("it was removed".into()));
        }
        match kept.map(|note| Checkpoint::open(note, &self.key)) {
            Some(Ok(checkpoint)) => self.expect(checkpoint),
            Some(Err(why)) => self.find(Finding::CheckpointAltered(format!("the kept one: {why}"))),
            None => {}
        }
    }

    fn expect(&mut self, checkpoint: Checkpoint) {
        self.checkpoints.entry(checkpoint.size).or_default().push(checkpoint.root);
    }

    fn run(mut self, db: &mut Reader, progress: &mut dyn FnMut(u64, u64)) -> Result<Audit, Error> {
        let counts = audit::counts(db)?;
        let end = counts.size.max(0);
        let mut tiles = Tiles::default();
        let (mut tail, mut root, mut hour) = (Tail::default(), Tail::default().root(), None);
        let mut ended = Tail::default();
        let mut next = 0;
        let mut fetched = fetch(db, &mut next, end)?;
        while !fetched.is_empty() {
            // The database is read on this thread while the others look at what was read before.
            let (judged, read) = thread::scope(|scope| {
                let judging: Vec<_> = fetched.into_iter().map(|part| scope.spawn(|| judge_all(part))).collect();
                let read = fetch(db, &mut next, end);
                let judged: Result<Vec<_>, _> = judging.into_iter().map(thread::ScopedJoinHandle::join).collect();
                (judged, read)
            });
            fetched = read?;
            let judged = judged.map_err(|_| Error::internal("an entry could not be looked at"))?;
            for judged in judged.into_iter().flatten() {
                let (index, leaf) = (judged.index, judged.leaf.clone());
                if index <= self.log.first {
                    ended = self.pass_ended(&judged, ended);
                }
                self.take(judged);
                if let Some((leaf, _)) = &leaf {
                    if hour.is_some_and(|before| leaf.hour() < before) {
                        self.find(Finding::OutOfOrder(index));
                    }
                    hour = Some(leaf.hour());
                }
                if index < self.log.first {
                    continue;
                }
                let stored = tiles.hash(db, tail.size())?;
                let computed = leaf.map(|(_, hash)| hash);
                if stored.zip(computed).is_some_and(|(stored, computed)| stored != computed) {
                    self.differing.push(index);
                }
                // A removed leaf must not make all that follow look altered: its tile remembers it.
                for filled in tail.append(computed.or(stored).unwrap_or_default()) {
                    tiles.filled(filled);
                }
                root = self.compare(&tail, root);
            }
            progress(done(next), done(end));
        }
        for partial in tail.partial() {
            tiles.filled(partial);
        }
        self.finish(db, &counts, &tail, root, &tiles)
    }

    /// Passes an entry of a log that has ended: with the first entry of its successor it has to be as that one says.
    fn pass_ended(&mut self, judged: &Judged, mut tail: Tail) -> Tail {
        let successors = self.past.iter().skip(1).chain([&self.log]);
        let ended = self.past.iter().zip(successors).find(|(_, successor)| successor.first == judged.index);
        if let Some(ended) = ended.map(|(ended, _)| ended.clone()) {
            let found = json!({ "root": BASE64.encode(&tail.root()), "size": tail.size() });
            if !self.is_end(&ended, judged.continued.as_ref(), &found) {
                self.find(Finding::OtherEnd(ended.origin));
            }
            tail = Tail::default();
        }
        tail.append(judged.leaf.as_ref().map(|(_, hash)| *hash).unwrap_or_default());
        tail
    }

    /// Whether `told` names the end of this log, with a checkpoint that was really signed, and what was found of it.
    fn is_end(&self, ended: &LogRow, told: Option<&Value>, found: &Value) -> bool {
        let newest = ended.checkpoint.as_deref();
        let signed = newest.is_some_and(|note| Checkpoint::open(note, &self.signer.verifier(&ended.origin)).is_ok());
        let says = |name: &str| told.and_then(|told| told.get(name));
        signed
            && says("origin").and_then(Value::as_str) == Some(&ended.origin)
            && says("checkpoint").and_then(Value::as_str) == newest
            && says("held") == Some(found)
    }

    /// Holds the tree against what was signed when it has that size.
    fn compare(&mut self, tail: &Tail, root: Hash) -> Hash {
        let Some(signed) = self.checkpoints.remove(&tail.size()) else { return root };
        let computed = tail.root();
        if signed.iter().any(|signed| *signed != computed) {
            self.find(Finding::OtherRoot { size: tail.size() });
        }
        computed
    }

    /// Adds what came of an entry by itself to what is known of those before it.
    fn take(&mut self, judged: Judged) {
        let Judged { index, findings, personal, missing, erased, .. } = judged;
        findings.into_iter().for_each(|finding| self.find(finding));
        self.personal += i64::try_from(personal).unwrap_or_default();
        self.missing.extend(missing.into_iter().map(|subject| (index, subject)));
        self.believe(index, &erased);
    }

    /// Takes an entry at its word that fields of earlier ones were erased, where they are not there.
    fn believe(&mut self, index: i64, erased: &ErasedFields) {
        for (subject, entries) in erased.iter() {
            for entry in entries.iter().copied() {
                let place = (entry, subject);
                if entry < index && self.missing.remove(&place) {
                    self.erased.insert(place);
                } else if !self.erased.contains(&place) {
                    self.find(Finding::FieldsKept(entry));
                }
            }
        }
    }

    fn finish(
        mut self,
        db: &mut Reader,
        counts: &audit::Counts,
        tail: &Tail,
        root: Hash,
        tiles: &Tiles,
    ) -> Result<Audit, Error> {
        for index in audit::beyond(db, counts.size, AT_ONCE)? {
            self.find(Finding::Inserted(index));
        }
        for (index, _) in std::mem::take(&mut self.missing) {
            self.find(Finding::FieldsRemoved(index));
        }
        if self.personal != counts.personal && !self.findings.iter().any(|it| matches!(it, Finding::EventAltered(_))) {
            self.find(Finding::FieldsInserted);
        }
        for (size, _) in std::mem::take(&mut self.checkpoints).into_iter().filter(|(size, _)| *size > 0) {
            self.find(Finding::Missing { signed: size, found: tail.size() });
        }
        let signed = u64::try_from(self.log.size).unwrap_or_default();
        match self.findings.iter().any(|it| matches!(it, Finding::OtherRoot { .. } | Finding::Missing { .. })) {
            // The tiles were made when the leaves were signed: they tell which are not the same any more.
            true => {
                std::mem::take(&mut self.differing).into_iter().for_each(|index| self.find(Finding::LeafAltered(index)))
            }
            // The leaves are those that were signed, so it is the tiles that are not.
            false => tiles.compare(db, signed, &mut self)?,
        }
        self.findings.sort();
        self.findings.dedup();
        Ok(Audit {
            origin: self.log.origin,
            size: tail.size(),
            signed,
            root,
            whole: tail.root(),
            findings: self.findings,
        })
    }
}

fn done(entries: i64) -> u64 {
    u64::try_from(entries).unwrap_or_default()
}

/// What is looked at next: a part for each processor.
fn fetch(db: &mut Reader, next: &mut i64, end: i64) -> Result<Vec<Vec<Fetched>>, Error> {
    let mut parts = Vec::new();
    for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
        let (from, to) = (*next, (*next + AT_ONCE).min(end));
        if from < to {
            parts.push(audit::fetch(db, from, to)?);
            *next = to;
        }
    }
    Ok(parts)
}

/// The tiles as they are stored, and as the entries give them.
#[derive(Default)]
struct Tiles {
    /// The stored tile of level 0 that is being passed.
    passing: Option<(u64, Vec<u8>)>,
    computed: BTreeMap<(i16, i64), Vec<u8>>,
}

impl Tiles {
    /// The stored hash of a leaf.
    fn hash(&mut self, db: &mut impl Read, place: u64) -> Result<Option<Hash>, Error> {
        let n = place / TILE_WIDTH;
        if self.passing.as_ref().is_none_or(|(passing, _)| *passing != n) {
            self.passing = Some((n, log::tile(db, 0, n)?.unwrap_or_default()));
        }
        let within = usize::try_from(place % TILE_WIDTH).map_err(Error::internal)?;
        let bytes = self.passing.as_ref().map_or(&[][..], |(_, bytes)| bytes);
        Ok(bytes.as_chunks::<32>().0.get(within).copied())
    }

    fn filled(&mut self, tile: Grown) {
        let place = (i16::from(tile.address.level()), i64::try_from(tile.address.n()).unwrap_or(i64::MAX));
        self.computed.insert(place, tile.hashes.concat());
    }

    /// Holds what is stored against what the entries give, as far as it is signed.
    fn compare(&self, db: &mut Reader, signed: u64, auditor: &mut Auditor<'_>) -> Result<(), Error> {
        let mut expected: BTreeSet<(i16, i64)> =
            self.computed.keys().copied().filter(|place| tile_of(*place, signed).is_some()).collect();
        let mut after = None;
        loop {
            let stored = audit::tiles_after(db, after, TILES_AT_ONCE)?;
            let Some((last, _)) = stored.last() else { break };
            after = Some(*last);
            for (place, bytes) in &stored {
                let computed = self.computed.get(place).filter(|_| expected.remove(place));
                if computed
                    .is_none_or(|computed| !computed.starts_with(bytes) || bytes.len() < length_bytes(*place, signed))
                {
                    auditor.find(Finding::TileAltered(place.0, place.1));
                }
            }
        }
        expected.into_iter().for_each(|(level, n)| auditor.find(Finding::TileAltered(level, n)));
        Ok(())
    }
}

/// The tile in this place as a tree of this size has it; `None` where it has nothing of it.
fn tile_of((level, n): (i16, i64), size: u64) -> Option<TileAddress> {
    TileAddress::in_tree(u8::try_from(level).ok()?, u64::try_from(n).ok()?, size)
}

/// How many bytes a tile has at least in a tree of this size.
fn length_bytes(place: (i16, i64), size: u64) -> usize {
    tile_of(place, size).map_or(0, |tile| usize::try_from(32 * tile.width()).unwrap_or(usize::MAX))
}
