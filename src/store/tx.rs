//! A write transaction: what it may do, and the one door through which changes are written down.

use super::connection::{Db, Read, on_each};
use super::schema::{event_personal, events, log_head};
use super::status_mirror::StatusChange;
use crate::domain::events::Event;
use crate::domain::ids::Id;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::policy::Permit;
use diesel::prelude::*;

/// The end of the log as this transaction found it.
#[derive(Clone, Copy)]
struct Head {
    size: i64,
    at: i64,
}

/// A write transaction. Nothing of it is seen by anybody before it is durable.
pub struct Tx<'a> {
    db: &'a mut Db,
    entropy: &'a Entropy,
    now: Timestamp,
    head: Head,
    events: Vec<EventRow>,
    personal: Vec<PersonalRow>,
    status: Vec<StatusChange>,
    torn: bool,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct EventRow {
    idx: i64,
    id: String,
    kind: String,
    at: i64,
    actor_id: Option<String>,
    actor_role: &'static str,
    actor_body: Option<String>,
    object_kind: &'static str,
    object_id: String,
    data: String,
}

#[derive(Insertable)]
#[diesel(table_name = event_personal)]
struct PersonalRow {
    event_idx: i64,
    subject: String,
    fields: String,
}

/// How much a savepoint has to take back besides the rows.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    events: usize,
    personal: usize,
    status: usize,
}

/// Rows of one multi-row insert: 10 columns each, under SQLite's 32,766 parameters.
const ROWS_PER_INSERT: usize = 2_000;

impl<'a> Tx<'a> {
    /// Takes up the transaction that was begun on `db`. Time never goes back in the log.
    pub(super) fn resume(db: &'a mut Db, entropy: &'a Entropy, clock_now: Timestamp) -> QueryResult<Self> {
        let (size, at): (i64, i64) = log_head::table.select((log_head::size, log_head::at)).first(db)?;
        let now = clock_now.max(Timestamp::from_micros(at));
        Ok(Self {
            db,
            entropy,
            now,
            head: Head { size, at },
            events: Vec::new(),
            personal: Vec::new(),
            status: Vec::new(),
            torn: false,
        })
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
        let index = self.head.size + i64::try_from(self.events.len()).map_err(Error::internal)?;
        let answer = change(&mut Writer { tx: self, index }).inspect_err(|_| self.torn = true)?;
        self.write_down(index, permit, event);
        Ok(answer)
    }

    fn write_down(&mut self, index: i64, permit: &Permit, event: Event) {
        let actor = permit.actor();
        self.personal.extend(event.personal.iter().map(|(subject, fields)| PersonalRow {
            event_idx: index,
            subject: subject.to_string(),
            fields: fields.to_string(),
        }));
        self.events.push(EventRow {
            idx: index,
            id: self.entropy.uuid(self.now).to_string(),
            kind: event.kind.as_str().to_owned(),
            at: self.now.micros(),
            actor_id: actor.user().map(|id| id.to_string()),
            actor_role: actor.role_name(),
            actor_body: actor.body().map(str::to_owned),
            object_kind: event.object.kind(),
            object_id: event.object.to_string(),
            data: event.data.to_string(),
        });
    }

    pub(super) const fn mark(&self) -> Mark {
        Mark { events: self.events.len(), personal: self.personal.len(), status: self.status.len() }
    }

    /// Whether rows may stand that no event tells of: only going back to the mark mends it.
    pub(super) const fn is_torn(&self) -> bool {
        self.torn
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        self.events.truncate(mark.events);
        self.personal.truncate(mark.personal);
        self.status.truncate(mark.status);
        self.torn = false;
    }

    /// Writes the events of the whole batch at once and moves the head of the log.
    pub(super) fn finish(self) -> QueryResult<Vec<StatusChange>> {
        if self.events.is_empty() {
            return Ok(self.status);
        }
        for rows in self.events.chunks(ROWS_PER_INSERT) {
            on_each!(&mut *self.db, db => diesel::insert_into(events::table).values(rows).execute(db))?;
        }
        for rows in self.personal.chunks(ROWS_PER_INSERT) {
            on_each!(&mut *self.db, db => diesel::insert_into(event_personal::table).values(rows).execute(db))?;
        }
        let written = i64::try_from(self.events.len()).unwrap_or(i64::MAX);
        diesel::update(log_head::table)
            .set((log_head::size.eq(self.head.size + written), log_head::at.eq(self.now.micros().max(self.head.at))))
            .execute(self.db)?;
        Ok(self.status)
    }
}

impl Read for Tx<'_> {
    fn db(&mut self) -> &mut Db {
        self.db
    }
}

/// Leave to write the rows of one event. Had only inside [`Tx::record`].
pub struct Writer<'t, 'a> {
    tx: &'t mut Tx<'a>,
    index: i64,
}

impl Writer<'_, '_> {
    /// The event's index in the log.
    pub const fn log_index(&self) -> i64 {
        self.index
    }

    /// Notes a bit of the status lists to be published when this is durable.
    pub(super) fn publish(&mut self, change: StatusChange) {
        self.tx.status.push(change);
    }
}

impl Read for Writer<'_, '_> {
    fn db(&mut self) -> &mut Db {
        self.tx.db
    }
}
