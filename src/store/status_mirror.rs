//! Which credentials are withdrawn, in memory, so that a check asks no database.
//!
//! This node's own commits are published before their callers are answered; other nodes' are taken over by
//! [`StatusMirror::catch_up`], which the server calls twice a second.

use super::columns;
use super::connection::Read;
use super::schema::credentials;
use crate::domain::credentials::CredentialState;
use crate::domain::printed::StatusIndex;
use crate::domain::status_list::Bits;
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};

/// A bit that changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatusChange {
    pub(super) index: StatusIndex,
    pub(super) withdrawn: bool,
    /// The index in the log of the event that changed it.
    pub(super) log_index: i64,
}

#[derive(Default)]
struct State {
    lists: HashMap<u32, Bits>,
    /// All that the log holds up to here has been taken over from the database.
    seen_log_index: Option<i64>,
}

/// The bits of every status list.
#[derive(Default)]
pub struct StatusMirror {
    state: RwLock<State>,
    /// Held from a reading of the database until it is taken over: a change published meanwhile comes after it.
    order: Mutex<()>,
}

impl StatusMirror {
    /// Whether the card in this slot is withdrawn, or was never issued; `None` for a list that holds no card: there is
    /// none of that number, so nobody can be told what it says.
    pub fn is_withdrawn(&self, index: StatusIndex) -> Option<bool> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.lists.get(&index.list()).map(|bits| bits.is_set(index.slot()))
    }

    /// Whether these are the bits of a list: then nothing has changed since they were taken.
    pub fn is_as(&self, list: u32, bits: &Bits) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.lists.get(&list).map_or_else(|| *bits == Bits::all_set(), |known| known == bits)
    }

    pub(super) fn publish(&self, changes: &[StatusChange]) {
        if changes.is_empty() {
            return;
        }
        let _in_order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        for change in changes {
            // Between our commit and this call another node may have changed the same card, and its change have been
            // read: what was read up to its index includes ours, and is newer.
            if state.seen_log_index.is_none_or(|seen| seen < change.log_index) {
                state.set(*change);
            }
        }
    }

    /// Takes over every change since the last one seen. What this node published in the meantime is read once more,
    /// which changes nothing.
    pub(super) fn catch_up(&self, db: &mut impl Read) -> Result<(), Error> {
        let _in_order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = self.state.read().unwrap_or_else(PoisonError::into_inner).seen_log_index;
        let changes = changes_since(db, seen)?;
        self.state.write().unwrap_or_else(PoisonError::into_inner).take_over(&changes);
        Ok(())
    }

    /// The bits of a list as a transaction sees them: as they are known here, and what has changed since.
    ///
    /// # Errors
    /// The database's.
    pub fn bits(&self, db: &mut impl Read, list: u32) -> Result<Bits, Error> {
        let (known, seen) = {
            let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
            (state.lists.get(&list).cloned(), state.seen_log_index)
        };
        let mut bits = known.unwrap_or_else(Bits::all_set);
        for change in changes_since(db, seen)?.iter().filter(|change| change.index.list() == list) {
            bits.put(change.index.slot(), change.withdrawn);
        }
        Ok(bits)
    }
}

/// Where each card stands that has changed after this place in the log, in its order.
fn changes_since(db: &mut impl Read, seen: Option<i64>) -> Result<Vec<StatusChange>, Error> {
    let rows: Vec<(i64, String, i64)> = credentials::table
        .filter(credentials::log_index.gt(seen.unwrap_or(-1)))
        .order(credentials::log_index)
        .select((credentials::status_index, credentials::state, credentials::log_index))
        .load(db.db())?;
    rows.into_iter()
        .map(|(index, state, log_index)| {
            let index = u32::try_from(index).map_err(Error::internal)?;
            let state = columns::word(&state, &CredentialState::ALL, CredentialState::as_str)?;
            Ok(StatusChange { index: StatusIndex::from_u32(index), withdrawn: state.is_withdrawn(), log_index })
        })
        .collect()
}

impl State {
    /// Takes over what was read from the database, which alone moves the mark: what another node committed before our
    /// own last change must not be skipped.
    fn take_over(&mut self, read: &[StatusChange]) {
        for change in read {
            self.set(*change);
            self.seen_log_index = self.seen_log_index.max(Some(change.log_index));
        }
    }

    fn set(&mut self, change: StatusChange) {
        let bits = self.lists.entry(change.index.list()).or_insert_with(Bits::all_set);
        bits.put(change.index.slot(), change.withdrawn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: StatusIndex = StatusIndex::from_u32(7);

    #[test]
    fn a_late_publication_does_not_undo_what_another_node_did_since() {
        let mirror = StatusMirror::default();
        let issued = StatusChange { index: SLOT, withdrawn: false, log_index: 5 };
        let revoked_elsewhere = StatusChange { index: SLOT, withdrawn: true, log_index: 6 };
        mirror.state.write().expect("nobody panicked").take_over(&[revoked_elsewhere]);
        mirror.publish(&[issued]);
        assert_eq!(mirror.is_withdrawn(SLOT), Some(true));
        mirror.publish(&[StatusChange { log_index: 7, ..issued }]);
        assert_eq!(mirror.is_withdrawn(SLOT), Some(false), "reinstated here, after that");
    }

    #[test]
    fn a_slot_never_issued_is_withdrawn() {
        let mirror = StatusMirror::default();
        assert_eq!(mirror.is_withdrawn(SLOT), None, "a list that does not exist");
        mirror.publish(&[StatusChange { index: SLOT, withdrawn: false, log_index: 0 }]);
        let withdrawn = |slot| StatusIndex::new(0, slot).and_then(|index| mirror.is_withdrawn(index)) == Some(true);
        assert_eq!((0..StatusIndex::SLOTS).filter(|slot| !withdrawn(*slot)).collect::<Vec<_>>(), [7]);
    }
}
