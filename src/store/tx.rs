//! A write transaction: what it may do, and the one door through which changes are written down.

use super::connection::{Db, Read};
use super::ledger::{self, Ledger};
use super::planner;
use super::status_mirror::StatusChange;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{Id, SubjectId, UserId};
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::policy::Permit;
use diesel::QueryResult;
use serde_json::json;
use std::collections::BTreeMap;

/// After so many events tables may have grown a great deal.
const MANY_EVENTS: i64 = 250;

/// A write transaction. Nothing of it is seen by anybody before it is durable.
pub struct Tx<'a> {
    db: &'a mut Db,
    entropy: &'a Entropy,
    now: Timestamp,
    ledger: Ledger,
    /// Bits that change, and on whose leave.
    status: Vec<(StatusChange, Permit)>,
    torn: bool,
    /// How often rows may have been written.
    writes: u64,
    /// Whether something was erased that must not be read off the database's files either.
    erases: bool,
    /// Where the log was when it was last looked whether tables have grown.
    looked_at: i64,
}

/// How much a savepoint has to take back besides the rows.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    ledger: ledger::Mark,
    status: usize,
    writes: u64,
}

/// What a batch has done besides its rows.
pub(super) struct Written {
    /// Bits to be published.
    pub(super) status: Vec<StatusChange>,
    /// Whether what was erased has to leave the database's files as well.
    pub(super) erases: bool,
}

impl<'a> Tx<'a> {
    /// Takes up the transaction that was begun on `db`. Time never goes back in the log.
    pub(super) fn resume(db: &'a mut Db, entropy: &'a Entropy, clock_now: Timestamp) -> QueryResult<Self> {
        let ledger = Ledger::open(db)?;
        let now = clock_now.max(ledger.at());
        let looked_at = ledger.size();
        Ok(Self { db, entropy, now, ledger, status: Vec::new(), torn: false, writes: 0, erases: false, looked_at })
    }

    /// The one instant of this transaction.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A new identifier.
    pub fn new_id<I: Id>(&self) -> I {
        self.entropy.id(self.now)
    }

    /// Where secrets and nonces come from.
    pub const fn entropy(&self) -> &Entropy {
        self.entropy
    }

    /// Writes a change and its event together: the one door. `change` gets the event's index in the log.
    ///
    /// # Errors
    /// What `change` answers; then neither is written, whatever the caller makes of the error.
    pub fn record<T>(
        &mut self,
        permit: &Permit,
        event: Event,
        change: impl FnOnce(&mut Writer<'_, 'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.record_all(permit, [event], change)
    }

    /// [`Tx::record`] for a change of many things at once, each with its event.
    ///
    /// # Errors
    /// As there.
    pub fn record_all<T>(
        &mut self,
        permit: &Permit,
        events: impl IntoIterator<Item = Event>,
        change: impl FnOnce(&mut Writer<'_, 'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let index = self.ledger.next()?;
        self.writes += 1;
        let mut writer = Writer { tx: self, permit, index };
        let answer = change(&mut writer).inspect_err(|_| self.torn = true)?;
        for event in events {
            self.ledger.add(permit, event, self.now, self.entropy).inspect_err(|_| self.torn = true)?;
        }
        let end = self.ledger.next()?;
        if end - self.looked_at >= MANY_EVENTS {
            planner::count_grown(self.db).inspect_err(|_| self.torn = true)?;
            self.looked_at = end;
        }
        Ok(answer)
    }

    /// Does once more what the event in place `index` did, where its rows came back with an old database: the other door,
    /// for what is in the log already and must not be in it twice.
    ///
    /// # Errors
    /// What `change` answers.
    pub fn repeat<T>(
        &mut self,
        permit: &Permit,
        index: i64,
        change: impl FnOnce(&mut Writer<'_, 'a>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.writes += 1;
        change(&mut Writer { tx: self, permit, index }).inspect_err(|_| self.torn = true)
    }

    /// The connection, for rows that no event tells of: sign-ins, the log's own, answers kept for a repeated request.
    pub(super) const fn unrecorded(&mut self) -> &mut Db {
        self.writes += 1;
        self.db
    }

    /// Whether a change of this very batch writes down fields about one of these: they can be erased when it is durable.
    pub fn adds_fields_about(&self, subjects: &[SubjectId]) -> bool {
        self.ledger.is_about(subjects)
    }

    /// Writes down which bits of the status lists a change has changed, once for each list: they are published, and
    /// whoever audits them must find each change in the log.
    pub(super) fn settle(&mut self, since: Mark) -> Result<(), Error> {
        let mut lists = BTreeMap::<u32, (Vec<u32>, Vec<u32>, Permit)>::new();
        let changes = self.status.get(since.status..).unwrap_or_default();
        // A card that is given back and withdrawn in one change is withdrawn.
        let last: BTreeMap<_, _> =
            changes.iter().map(|(change, permit)| (change.index.as_u32(), (change, permit))).collect();
        for (change, permit) in last.into_values() {
            let (set, cleared, _) =
                lists.entry(change.index.list()).or_insert_with(|| (vec![], vec![], permit.clone()));
            if change.withdrawn { set } else { cleared }.push(change.index.slot());
        }
        for (list, (set, cleared, permit)) in lists {
            let event = Event::new(EventKind::StatusListChanged, Object::StatusList(list));
            let event = event.with(json!({ "set": set, "cleared": cleared }));
            self.ledger.add(&permit, event, self.now, self.entropy)?;
        }
        Ok(())
    }

    /// Events in the log before this batch: what is already written down in full.
    pub const fn log_size(&self) -> i64 {
        self.ledger.size()
    }

    pub(super) const fn mark(&self) -> Mark {
        Mark { ledger: self.ledger.mark(), status: self.status.len(), writes: self.writes }
    }

    /// Whether rows may have been written since then.
    pub(super) const fn has_written_since(&self, mark: Mark) -> bool {
        self.writes != mark.writes
    }

    /// Whether rows may stand that no event tells of: only going back to the mark mends it.
    pub(super) const fn is_torn(&self) -> bool {
        self.torn
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        self.ledger.back_to(mark.ledger);
        self.status.truncate(mark.status);
        (self.writes, self.torn) = (mark.writes, false);
        self.looked_at = self.ledger.size();
    }

    /// Writes the events of the whole batch at once and moves the end of the log.
    pub(super) fn finish(self) -> QueryResult<Written> {
        self.ledger.insert(self.db, self.now)?;
        let status = self.status.into_iter().map(|(change, _)| change).collect();
        Ok(Written { status, erases: self.erases })
    }
}

impl Read for Tx<'_> {
    fn db(&mut self) -> &mut Db {
        self.db
    }

    fn is_doing(&self, object: &Object, kinds: &[EventKind], user: UserId) -> bool {
        self.ledger.has(object, kinds, user)
    }
}

/// Leave to write the rows of one event. Had only inside [`Tx::record`].
pub struct Writer<'t, 'a> {
    tx: &'t mut Tx<'a>,
    permit: &'t Permit,
    index: i64,
}

impl Writer<'_, '_> {
    /// The event's index in the log; of several, the first one's.
    pub const fn log_index(&self) -> i64 {
        self.index
    }

    /// A new identifier.
    pub fn new_id<I: Id>(&self) -> I {
        self.tx.new_id()
    }

    /// The instant of the transaction.
    pub const fn now(&self) -> Timestamp {
        self.tx.now
    }

    /// Notes that something is erased, which then leaves the database's files too.
    pub(super) const fn erases(&mut self) {
        self.tx.erases = true;
    }

    /// Notes a bit of the status lists to be published when this is durable.
    pub(super) fn publish(&mut self, change: StatusChange) {
        self.tx.status.push((change, self.permit.clone()));
    }
}

impl Read for Writer<'_, '_> {
    fn db(&mut self) -> &mut Db {
        self.tx.db
    }

    fn is_doing(&self, object: &Object, kinds: &[EventKind], user: UserId) -> bool {
        self.tx.is_doing(object, kinds, user)
    }
}
