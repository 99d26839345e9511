//! The log as the world sees it: checkpoints are signed, tiles served, proofs given.
//!
//! Leaves are durable with their events. A little later the tree is grown over them and its new root signed, by
//! whichever node comes first. Nothing smaller than what was signed before, and nothing that does not contain it, is
//! ever signed: the newest checkpoint is kept in a file of this node, outside the database, and every new one is held
//! against it first. Nobody is shown a checkpoint before it stands in that file.

pub mod audit;
pub mod export;
mod kept;
pub mod trail;
mod tree;

use super::Registry;
use crate::domain::events::{EventProof, ShownFields};
use crate::domain::log::{
    Checkpoint, Hash, Proof, TILE_WIDTH, Tail, TileAddress, Unproven, entries, inclusion_path, root,
};
use crate::error::Error;
use crate::keys::LogKey;
use crate::store::events::Salted;
use crate::store::log::LogRow;
use crate::store::{Read, Store, Tx, events, log};
use data_encoding::BASE64URL_NOPAD;
use kept::Kept;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tree::{TileCache, Tree};

/// Leaves taken from the database at a time while the tree grows.
const LEAVES_AT_ONCE: i64 = 4_096;

/// Why nothing is signed. Each is a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The database holds less than was signed.
    Smaller {
        /// Entries under the kept checkpoint.
        signed: u64,
        /// Entries that are there.
        found: u64,
    },
    /// The database holds something else than was signed.
    Different {
        /// Entries that were signed together.
        size: u64,
    },
    /// Another log goes on with this one.
    Ended,
    /// The kept checkpoint cannot be read.
    Kept(Unproven),
}

const WAY_ON: &str = "If an old backup was put back on purpose, `restore --new-log REASON` is the way on.";

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smaller { signed, found } => write!(
                f,
                "the database's log has {found} entries, but {signed} were signed: entries are missing. {WAY_ON}"
            ),
            Self::Different { size } => write!(
                f,
                "the first {size} entries of the database's log are not those that were signed: run `log verify` to \
                 learn which. {WAY_ON}"
            ),
            Self::Ended => write!(f, "this log was ended, and another goes on with it. {WAY_ON}"),
            Self::Kept(Unproven::OtherOrigin) => f.write_str(
                "the kept checkpoint is another log's. Where two persons have begun another log on another node, copy \
                 its DATA_DIR/log/checkpoint here",
            ),
            Self::Kept(why) => write!(f, "the kept checkpoint cannot be used: {why}"),
        }
    }
}

/// A checkpoint that everybody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// As signed.
    pub note: String,
    /// Which log.
    pub log: i32,
    /// The event its tree begins with.
    pub first: i64,
}

/// What this node needs to keep the log.
pub struct LogKeeper {
    key: Arc<LogKey>,
    kept: Kept,
    published: RwLock<Option<Arc<Published>>>,
    /// Held while the log is grown: one at a time in this node. The database sees to the others.
    growing: Mutex<()>,
    tiles: Arc<TileCache>,
}

impl LogKeeper {
    pub(super) fn new(key: Arc<LogKey>, data_dir: &Path) -> Self {
        Self {
            key,
            kept: Kept::of(data_dir),
            published: RwLock::new(None),
            growing: Mutex::new(()),
            tiles: Arc::new(TileCache::new()),
        }
    }

    /// The checkpoint of this moment; `None` before the first is signed.
    pub fn published(&self) -> Option<Arc<Published>> {
        self.published.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Moves the kept checkpoint of a log that ends out of the way of the next one's.
    ///
    /// # Errors
    /// The file cannot be moved.
    pub(super) fn set_kept_aside(&self) -> Result<(), Error> {
        self.kept.set_aside().map_err(Error::internal)
    }

    /// The newest log of which a checkpoint was kept here; 0 where there is none.
    ///
    /// # Errors
    /// The files cannot be read.
    pub(super) fn newest_log(&self) -> Result<i32, Error> {
        self.kept.newest_log().map_err(Error::internal)
    }

    /// The newest checkpoint of a log that was kept here, also of one that has ended, with its note.
    ///
    /// # Errors
    /// The file cannot be read, or is not of this log.
    pub(super) fn newest_signed(&self, log: &LogRow) -> Result<Option<(Checkpoint, String)>, Error> {
        let unreadable = |error| Error::internal(format!("{}: {error}", self.kept.path().display()));
        let note = self.kept.of_log(log.n).map_err(unreadable)?;
        let kept = note.map(|note| Ok((Checkpoint::open(&note, &self.key.verifier(&log.origin))?, note))).transpose();
        kept.map_err(|why| Error::internal(Refusal::Kept(why)))
    }

    /// The newest checkpoint of the log that is written now. One of another origin is refused, too: the database must
    /// not name itself another log to be rid of it.
    fn kept(&self, log: &LogRow) -> Result<Option<Checkpoint>, Error> {
        if self.kept.has_ended(log.n) {
            return Err(Error::internal(Refusal::Ended));
        }
        Ok(self.newest_signed(log)?.map(|(checkpoint, _)| checkpoint))
    }
}

/// Begins the first log, of which `origin` is the name for as long as it lasts.
pub(super) fn begin(store: &Store, origin: &str) -> Result<(), Error> {
    if store.read(|db| log::current(db))?.is_some() {
        return Ok(());
    }
    let origin = origin.to_owned();
    store.write_blocking(move |tx| match log::current(tx)? {
        Some(_) => Ok(()),
        None => log::begin(tx, &origin),
    })
}

impl Registry {
    /// Whether its log has begun, which it does when the registry is first served.
    ///
    /// # Errors
    /// The database's.
    pub fn has_a_log(&self) -> Result<bool, Error> {
        Ok(self.store.read(|db| log::current(db))?.is_some())
    }

    /// Grows the tree over all that is written down, signs its root and publishes it. Blocks.
    ///
    /// # Errors
    /// A [`Refusal`], when the database does not hold what was signed; the database's.
    pub fn publish_log(&self) -> Result<Arc<Published>, Error> {
        let keeper = &self.log;
        let _one_at_a_time = keeper.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let (log, end) = self.store.read_consistently(|db| Ok((log::current(db)?, events::count(db)?)))?;
        let log = log.ok_or_else(|| Error::internal("no log was begun"))?;
        let published = keeper.published();
        if let Some(published) = published.filter(|it| (it.log, it.first + size(it)) == (log.n, end)) {
            return Ok(published);
        }
        let kept = keeper.kept(&log)?;
        let (signer, tiles) = (Arc::clone(&keeper.key), Arc::clone(&keeper.tiles));
        let new = self.store.write_blocking(move |tx| grow(tx, &signer, &tiles, kept.as_ref()))?;
        keeper.kept.replace(&new.note).map_err(Error::internal)?;
        let new = Arc::new(new);
        *keeper.published.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&new));
        Ok(new)
    }

    /// The newest checkpoint that this snapshot of the database has the tree of: one may have been published since the
    /// snapshot was taken, and the one before it, which the snapshot holds, was published too.
    fn published_in(&self, db: &mut impl Read) -> Result<Option<Arc<Published>>, Error> {
        let Some(published) = self.log.published() else { return Ok(None) };
        let Some(log) = log::current(db)? else { return Ok(None) };
        if (log.n, log.size) >= (published.log, size(&published)) {
            return Ok(Some(published));
        }
        let Some(note) = log.checkpoint else { return Ok(None) };
        let key = self.log.key.verifier(&log.origin);
        let checkpoint = Checkpoint::open(&note, &key).map_err(Error::internal)?;
        Ok(Some(Arc::new(Published { checkpoint, note, log: log.n, first: log.first })))
    }

    /// The path of an event's leaf to the root of the newest checkpoint; `None` when it is in none.
    ///
    /// # Errors
    /// The database's.
    pub fn log_proof(&self, db: &mut impl Read, index: i64) -> Result<Option<Proof>, Error> {
        let Some(published) = self.log.published() else { return Ok(None) };
        // Mostly the tiles are in memory, and nothing has to be asked.
        self.proof_under(db, &published, index).or_else(|_| match self.published_in(db)? {
            Some(published) => self.proof_under(db, &published, index),
            None => Ok(None),
        })
    }

    /// The path of an event's leaf to the root of this checkpoint; `None` when it is not under it.
    fn proof_under(&self, db: &mut impl Read, published: &Published, index: i64) -> Result<Option<Proof>, Error> {
        let Some(index) = index.checked_sub(published.first).and_then(|index| u64::try_from(index).ok()) else {
            return Ok(None);
        };
        let size = published.checkpoint.size;
        let mut tree = Tree { db, cache: &self.log.tiles, n: published.log, size };
        let path = inclusion_path(&mut tree, index, size)?;
        Ok(path.map(|path| Proof { index, path, note: published.note.clone() }))
    }

    /// A proof of the event in this place, with the personal fields that are still there; `None` when it is not under
    /// the newest checkpoint, or not there.
    ///
    /// # Errors
    /// The database's.
    pub fn event_proof(&self, db: &mut impl Read, index: i64) -> Result<Option<EventProof>, Error> {
        let Some(inclusion) = self.log_proof(db, index)? else { return Ok(None) };
        let Some(salted) = events::at(db, index)? else { return Ok(None) };
        self.whole_proof(db, &salted, &inclusion).map(Some)
    }

    fn whole_proof(&self, db: &mut impl Read, salted: &Salted, inclusion: &Proof) -> Result<EventProof, Error> {
        let leaf = log::leaves(db, salted.event.index, 1)?.pop();
        let (_, leaf) = leaf.ok_or_else(|| Error::internal("an event without a leaf"))?;
        let vkey = self.log.published().map(|it| self.log.key.verifier(&it.checkpoint.origin).to_string());
        let shown = salted.event.personal.iter().filter_map(|one| {
            let (salt, fields) = one.fields.as_ref()?;
            let (subject, salt) = (one.subject.to_string(), BASE64URL_NOPAD.encode(salt));
            Some(ShownFields { subject, salt, fields: fields.clone() })
        });
        Ok(EventProof {
            event: salted.event.document().map_err(|_| Error::internal("an event that cannot be shown"))?,
            salt: BASE64URL_NOPAD.encode(&salted.salt),
            personal: shown.collect(),
            leaf: String::from_utf8(leaf.bytes()).map_err(Error::internal)?,
            inclusion: inclusion.to_string(),
            vkey: vkey.unwrap_or_default(),
        })
    }

    /// A tile's bytes; `None` when the newest checkpoint's tree has none there.
    ///
    /// # Errors
    /// The database's.
    pub fn log_tile(&self, db: &mut impl Read, address: TileAddress) -> Result<Option<Vec<u8>>, Error> {
        match self.log.published() {
            Some(published) if address.is_within(published.checkpoint.size) => {
                tree::hashes(db, address).map(|hashes| Some(hashes.concat()))
            }
            _ => Ok(None),
        }
    }

    /// A bundle of leaves; `None` when the newest checkpoint's tree does not have them.
    ///
    /// # Errors
    /// The database's.
    pub fn log_entries(&self, db: &mut impl Read, n: u64, width: u64) -> Result<Option<Vec<u8>>, Error> {
        let published = self.log.published();
        let Some(published) = published.filter(|it| entries::is_within(n, width, it.checkpoint.size)) else {
            return Ok(None);
        };
        let from = i64::try_from(n * TILE_WIDTH).map_err(Error::internal)?;
        let leaves = log::leaves(db, published.first + from, i64::try_from(width).map_err(Error::internal)?)?;
        let leaves: Vec<Vec<u8>> = leaves.iter().map(|(_, leaf)| leaf.bytes()).collect();
        Ok(Some(entries::bundle(leaves.iter().map(Vec::as_slice))))
    }
}

/// Leaves under a checkpoint, as the database counts.
fn size(published: &Published) -> i64 {
    i64::try_from(published.checkpoint.size).unwrap_or(i64::MAX)
}

/// Grows the tree of the current log over all that is written down, and signs it.
fn grow(tx: &mut Tx, signer: &LogKey, tiles: &TileCache, kept: Option<&Checkpoint>) -> Result<Published, Error> {
    let log = log::current(tx)?.ok_or_else(|| Error::internal("no log was begun"))?;
    let signed = u64::try_from(log.size).map_err(Error::internal)?;
    let end = tx.log_size();
    let refuse = |why| Err(Error::internal(why));
    if let Some(kept) = kept.filter(|kept| i64::try_from(kept.size).is_ok_and(|size| log.first + size > end)) {
        let found = u64::try_from(end - log.first).unwrap_or_default();
        return refuse(Refusal::Smaller { signed: kept.size, found });
    }
    let mut tail = Tail::load(signed, |address| tree::hashes(tx, address))?;
    if let Some(note) = &log.checkpoint {
        let newest = Checkpoint::open(note, &signer.verifier(&log.origin));
        if newest.ok().is_none_or(|newest| (newest.size, newest.root) != (signed, tail.root())) {
            return refuse(Refusal::Different { size: signed });
        }
    }
    // What the file holds must be in the tree: either so far back that the tiles tell, or on the way that follows.
    if let Some(kept) = kept.filter(|kept| kept.size <= signed) {
        let mut tree = Tree { db: tx, cache: tiles, n: log.n, size: signed };
        if root(&mut tree, kept.size)? != kept.root {
            return refuse(Refusal::Different { size: kept.size });
        }
    }
    while log.first + i64::try_from(tail.size()).map_err(Error::internal)? < end {
        append(tx, &log, &mut tail, kept)?;
    }
    for tile in tail.partial() {
        log::write_tile(tx, &tile)?;
    }
    let checkpoint = Checkpoint { origin: log.origin.clone(), size: tail.size(), root: tail.root() };
    let note = match &log.checkpoint {
        Some(note) if tail.size() == signed => note.clone(),
        _ => {
            let note = signer.sign(&checkpoint);
            log::keep_checkpoint(tx, &log, end - log.first, &note)?;
            note
        }
    };
    Ok(Published { checkpoint, note, log: log.n, first: log.first })
}

/// Appends the next leaves, and holds the tree against what was signed when it comes by.
fn append(tx: &mut Tx, log: &LogRow, tail: &mut Tail, kept: Option<&Checkpoint>) -> Result<(), Error> {
    let next = log.first + i64::try_from(tail.size()).map_err(Error::internal)?;
    let leaves = log::leaves(tx, next, LEAVES_AT_ONCE.min(tx.log_size() - next))?;
    if leaves.is_empty() {
        return Err(Error::internal(format!("the log's entry {next} is missing")));
    }
    for (expected, (index, leaf)) in (next..).zip(leaves) {
        if index != expected {
            return Err(Error::internal(format!("the log's entry {expected} is missing")));
        }
        for filled in tail.append(leaf.hash()) {
            log::write_tile(tx, &filled)?;
        }
        let signed: Option<&Hash> = kept.filter(|kept| kept.size == tail.size()).map(|kept| &kept.root);
        if signed.is_some_and(|signed| *signed != tail.root()) {
            return Err(Error::internal(Refusal::Different { size: tail.size() }));
        }
    }
    Ok(())
}
