//! `log verify`: recomputes the whole log from what the database holds, and says what is not as it was written.

use super::LogKeeper;
use crate::domain::events::ErasedFields;
use crate::domain::ids::SubjectId;
use crate::domain::log::{Checkpoint, Grown, Hash, Leaf, TILE_WIDTH, Tail, TileAddress, VerifierKey};
use crate::error::Error;
use crate::store::audit::{self, Entry};
use crate::store::log::{self, LogRow};
use crate::store::{Read, Reader, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Entries read at a time.
const AT_ONCE: i64 = 4_096;
/// Tiles read at a time, 8 KB each.
const TILES_AT_ONCE: i64 = 256;
/// Findings told one by one; more are only counted.
const TOLD: usize = 1_000;

/// Something that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// The leaf in this place is not the one that was signed.
    LeafAltered(i64),
    /// There is no leaf in this place.
    LeafRemoved(i64),
    /// The event in this place, or its personal fields, are not what its leaf commits to.
    EventAltered(i64),
    /// There is no event in this place.
    EventRemoved(i64),
    /// Personal fields of the event in this place are not there, and no later entry says that they were erased.
    FieldsRemoved(i64),
    /// Personal fields of the event in this place are there, although a later entry says that they were erased.
    FieldsKept(i64),
    /// Something stands in a place that the log does not reach.
    Inserted(i64),
    /// This entry is dated before the one before it.
    OutOfOrder(i64),
    /// Personal fields stand where no event has any.
    FieldsInserted,
    /// A tile is not what the entries give.
    TileAltered(i16, i64),
    /// The checkpoint in the database, or the one kept outside, is not signed by the log's key or not readable.
    CheckpointAltered(String),
    /// Entries were signed that are not there.
    Missing {
        /// Signed together.
        signed: u64,
        /// There.
        found: u64,
    },
    /// The entries lead to another root than was signed.
    OtherRoot {
        /// Signed together.
        size: u64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LeafAltered(index) => write!(f, "entry {index}: its leaf was altered"),
            Self::LeafRemoved(index) => write!(f, "entry {index}: its leaf was removed"),
            Self::EventAltered(index) => write!(f, "entry {index}: its event was altered"),
            Self::EventRemoved(index) => write!(f, "entry {index}: its event was removed"),
            Self::FieldsRemoved(index) => {
                write!(f, "entry {index}: personal fields were removed, and no entry says that they were erased")
            }
            Self::FieldsKept(index) => {
                write!(f, "entry {index}: personal fields are there that were said to be erased")
            }
            Self::Inserted(index) => write!(f, "entry {index}: it was inserted; the log does not reach it"),
            Self::OutOfOrder(index) => write!(f, "entry {index}: it is dated before the entry before it"),
            Self::FieldsInserted => f.write_str("personal fields were inserted or removed"),
            Self::TileAltered(level, n) => write!(f, "tile {level}/{n}: it was altered; the entries give another"),
            Self::CheckpointAltered(why) => write!(f, "the checkpoint was altered: {why}"),
            Self::Missing { signed, found } => write!(f, "{signed} entries were signed, {found} are there"),
            Self::OtherRoot { size } => {
                write!(f, "the first {size} entries are not those that were signed: their root is another")
            }
        }
    }
}

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
    let kept = keeper.kept.read().map_err(Error::internal)?;
    store.read_consistently(|db| {
        let logs = log::all(db)?;
        let log = logs.last().ok_or_else(|| Error::internal("no log was begun"))?.clone();
        let key = keeper.key.verifier(&log.origin);
        let mut auditor = Auditor {
            log,
            key,
            findings: Vec::new(),
            personal: 0,
            missing: BTreeSet::new(),
            erased: BTreeSet::new(),
            checkpoints: BTreeMap::new(),
            differing: Vec::new(),
        };
        auditor.read_checkpoints(kept.as_deref());
        auditor.run(db, progress)
    })
}

struct Auditor {
    log: LogRow,
    key: VerifierKey,
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

impl Auditor {
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
        let mut from = 0;
        while from < end {
            let to = (from + AT_ONCE).min(end);
            for (index, entry) in audit::entries(db, from, to)? {
                let leaf = self.judge(index, entry);
                if let Some(leaf) = &leaf {
                    if hour.is_some_and(|before| leaf.hour() < before) {
                        self.find(Finding::OutOfOrder(index));
                    }
                    hour = Some(leaf.hour());
                }
                if index < self.log.first {
                    continue;
                }
                let stored = tiles.hash(db, tail.size())?;
                let computed = leaf.as_ref().map(Leaf::hash);
                if stored.zip(computed).is_some_and(|(stored, computed)| stored != computed) {
                    self.differing.push(index);
                }
                // A removed leaf must not make all that follow look altered: its tile remembers it.
                for filled in tail.append(computed.or(stored).unwrap_or_default()) {
                    tiles.filled(filled);
                }
                root = self.compare(&tail, root);
            }
            from = to;
            progress(u64::try_from(from).unwrap_or_default(), u64::try_from(end).unwrap_or_default());
        }
        for partial in tail.partial() {
            tiles.filled(partial);
        }
        self.finish(db, &counts, &tail, root, &tiles)
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

    /// Whether leaf and event are there and belong together; gives the leaf that can be hashed.
    fn judge(&mut self, index: i64, entry: Entry) -> Option<Leaf> {
        let leaf = match entry.leaf {
            None => {
                self.find(Finding::LeafRemoved(index));
                None
            }
            Some(Err(_)) => {
                self.find(Finding::LeafAltered(index));
                None
            }
            Some(Ok(leaf)) => Some(leaf),
        };
        match (entry.event, &leaf) {
            (None, _) => self.find(Finding::EventRemoved(index)),
            (Some(Err(_)), _) => self.find(Finding::EventAltered(index)),
            (Some(Ok(salted)), leaf) => {
                self.personal += i64::try_from(salted.event.personal.len()).unwrap_or_default();
                match leaf.as_ref().map(|leaf| salted.event.check(&salted.salt, leaf)) {
                    Some(Err(_)) => self.find(Finding::EventAltered(index)),
                    Some(Ok(missing)) => {
                        self.missing.extend(missing.into_iter().map(|subject| (index, subject)));
                        self.believe(index, &salted.event.erased());
                    }
                    None => {}
                }
            }
        }
        leaf
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
    fn compare(&self, db: &mut Reader, signed: u64, auditor: &mut Auditor) -> Result<(), Error> {
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
