//! What a write transaction adds to the log: events, their personal fields apart, and a leaf for each.

use super::connection::{Db, insert_all};
use super::schema::{event_personal, events, log_head, log_leaves};
use crate::domain::events::{Event, EventKind, Object, Personal, Recorded};
use crate::domain::ids::{SubjectId, UserId};
use crate::domain::log::{Leaf, Salt, canonical, commitment};
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::policy::Permit;
use diesel::prelude::*;

/// The log as this transaction found it, and what it adds. All of it is inserted at once, at the end of the batch.
pub(super) struct Ledger {
    size: i64,
    at: Timestamp,
    leaves: Vec<LeafRow>,
    events: Vec<EventRow>,
    personal: Vec<PersonalRow>,
}

#[derive(Insertable)]
#[diesel(table_name = log_leaves, treat_none_as_default_value = false)]
struct LeafRow {
    idx: i64,
    kind: &'static str,
    hour: i64,
    commitment: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
struct EventRow {
    idx: i64,
    id: String,
    kind: String,
    at: i64,
    actor_id: Option<String>,
    actor_role: String,
    actor_body: Option<String>,
    object_kind: String,
    object_id: String,
    data: String,
    salt: Vec<u8>,
    province_id: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = event_personal, treat_none_as_default_value = false)]
struct PersonalRow {
    event_idx: i64,
    subject: String,
    digest: Vec<u8>,
    salt: Vec<u8>,
    fields: String,
}

/// How much there was when a change began.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    events: usize,
    personal: usize,
}

fn text(canonical: Vec<u8>) -> Result<String, Error> {
    String::from_utf8(canonical).map_err(Error::internal)
}

impl Ledger {
    /// Reads the end of the log, which the transaction has locked.
    pub(super) fn open(db: &mut Db) -> QueryResult<Self> {
        let (size, at): (i64, i64) = log_head::table.select((log_head::size, log_head::at)).first(db)?;
        let at = Timestamp::from_micros(at);
        Ok(Self { size, at, leaves: Vec::new(), events: Vec::new(), personal: Vec::new() })
    }

    /// Events in the log before this transaction.
    pub(super) const fn size(&self) -> i64 {
        self.size
    }

    /// When the newest of them was written down. Time never goes back in the log.
    pub(super) const fn at(&self) -> Timestamp {
        self.at
    }

    /// The place of the next event.
    pub(super) fn next(&self) -> Result<i64, Error> {
        Ok(self.size + i64::try_from(self.events.len()).map_err(Error::internal)?)
    }

    /// Adds an event, with its leaf.
    pub(super) fn add(
        &mut self,
        permit: &Permit,
        event: Event,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<(), Error> {
        let index = self.next()?;
        let data = text(canonical(&event.data).map_err(Error::internal)?)?;
        let never = |_| Error::internal("an event that cannot be written down");
        let actor = permit.actor();
        let mut recorded = Recorded {
            index,
            id: entropy.id(now),
            kind: event.kind.as_str().to_owned(),
            at: now,
            actor_id: actor.user().map(|id| id.to_string()),
            actor_role: actor.role_name().to_owned(),
            actor_body: actor.body().map(str::to_owned),
            object_kind: event.object.kind().to_owned(),
            object_id: event.object.to_string(),
            province: permit.province().map(|province| province.as_str().to_owned()),
            data: event.data,
            personal: Vec::with_capacity(event.personal.len()),
        };
        let mut personal = Vec::with_capacity(event.personal.len());
        for (subject, fields) in &event.personal {
            let salt: Salt = entropy.bytes();
            let fields = canonical(fields).map_err(Error::internal)?;
            let digest = commitment(&salt, &fields);
            personal.push(PersonalRow {
                event_idx: index,
                subject: subject.to_string(),
                digest: digest.to_vec(),
                salt: salt.to_vec(),
                fields: text(fields)?,
            });
            recorded.personal.push(Personal { subject: *subject, digest, fields: None });
        }
        // As it is read back: in the order of subjects.
        recorded.personal.sort_by_key(|one| one.subject);
        let salt: Salt = entropy.bytes();
        let leaf = Leaf::new(event.kind.leaf(), now, recorded.commitment(&salt).map_err(never)?);
        self.leaves.push(LeafRow {
            idx: index,
            kind: leaf.kind().as_str(),
            hour: leaf.hour().micros(),
            commitment: leaf.commitment().to_vec(),
        });
        self.personal.append(&mut personal);
        self.events.push(EventRow {
            idx: index,
            id: recorded.id.to_string(),
            kind: recorded.kind,
            at: now.micros(),
            actor_id: recorded.actor_id,
            actor_role: recorded.actor_role,
            actor_body: recorded.actor_body,
            object_kind: recorded.object_kind,
            object_id: recorded.object_id,
            data,
            salt: salt.to_vec(),
            province_id: recorded.province,
        });
        Ok(())
    }

    /// Whether this transaction adds fields about one of these, which are not in the database yet.
    pub(super) fn is_about(&self, subjects: &[SubjectId]) -> bool {
        let subjects: Vec<String> = subjects.iter().map(ToString::to_string).collect();
        self.personal.iter().any(|row| subjects.contains(&row.subject))
    }

    /// Whether this transaction adds one of these events of a thing by this account.
    pub(super) fn has(&self, object: &Object, kinds: &[EventKind], user: UserId) -> bool {
        let (object_kind, object_id, user) = (object.kind(), object.to_string(), user.to_string());
        self.events.iter().any(|row| {
            row.actor_id.as_ref() == Some(&user)
                && row.object_kind == object_kind
                && row.object_id == object_id
                && kinds.iter().any(|kind| row.kind == kind.as_str())
        })
    }

    pub(super) const fn mark(&self) -> Mark {
        Mark { events: self.events.len(), personal: self.personal.len() }
    }

    pub(super) fn back_to(&mut self, mark: Mark) {
        self.leaves.truncate(mark.events);
        self.events.truncate(mark.events);
        self.personal.truncate(mark.personal);
    }

    /// Inserts all that was added and moves the end of the log.
    pub(super) fn insert(self, db: &mut Db, now: Timestamp) -> QueryResult<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        insert_all!(db, log_leaves::table, self.leaves);
        insert_all!(db, events::table, self.events);
        insert_all!(db, event_personal::table, self.personal);
        let written = i64::try_from(self.events.len()).unwrap_or(i64::MAX);
        diesel::update(log_head::table)
            .set((log_head::size.eq(self.size + written), log_head::at.eq(now.micros())))
            .execute(db)?;
        Ok(())
    }
}
