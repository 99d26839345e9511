//! What a ring of keys and its document are made from, and how the document is dated.

use crate::domain::issuer::KeyState;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::Store;
use crate::store::keys::{self, KeyRow};
use crate::store::log::{self, LogRow};

/// The document is dated in steps, so that nodes that know the same write the same bytes, and it need not be signed
/// anew each time they look: a quarter of an hour is nothing against the day that it counts as fresh.
const DATED_EVERY_SECONDS: i64 = 15 * 60;
/// A step begins this much before the time that the clock shows, so that there is room in it for changes: no document
/// is of a time that is to come before there were as many.
const DATED_BACK_SECONDS: i64 = 5 * 60;

/// All that a key ring is made from: where it is the same, so is the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) keys: Vec<KeyRow>,
    pub(super) hosts: Vec<String>,
    /// Of each log what is told: its newest checkpoint moves all the time, and is told only once the log has ended.
    pub(super) logs: Vec<LogRow>,
    /// The status lists that this node serves: none is named that cannot be had here.
    pub(super) lists: Vec<u32>,
    /// The step of the clock.
    step: Timestamp,
}

impl Source {
    pub(super) fn read(store: &Store, lists: Vec<u32>, now: Timestamp) -> Result<Self, Error> {
        let begun = now.seconds() - DATED_BACK_SECONDS;
        let step = Timestamp::from_seconds(begun - begun.rem_euclid(DATED_EVERY_SECONDS));
        store.read_consistently(|db| {
            let mut logs = log::all(db)?;
            if let Some(current) = logs.last_mut() {
                (current.size, current.checkpoint) = (0, None);
            }
            Ok(Self { keys: keys::list(db)?, hosts: keys::hosts(db)?, logs, lists, step })
        })
    }

    /// When the document of all this is written: a second later for each change that there ever was, so that of two
    /// documents the one that knows more is the newer one, however soon it follows. What becomes of a key is never undone.
    pub(super) fn dated(&self) -> Timestamp {
        let told = |key: &KeyRow| match key.state {
            KeyState::Active => 1,
            KeyState::Retired => 2,
            KeyState::Compromised => 3,
        };
        let counts = [self.hosts.len(), self.logs.len(), self.lists.len()];
        let changes = self.keys.iter().map(told).sum::<usize>() + counts.iter().sum::<usize>();
        self.step.plus_seconds(i64::try_from(changes).unwrap_or(i64::MAX))
    }
}
