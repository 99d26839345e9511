//! Reading what was written down. Writing is [`super::Tx::record`]'s alone.

use super::columns::{self, one_more};
use super::connection::{Db, Read};
use super::schema::{event_personal, events, log_head};
use crate::domain::events::{EventKind, Object, Personal, Recorded};
use crate::domain::ids::UserId;
use crate::domain::log::Salt;
use crate::domain::provinces::{ProvinceId, Territory};
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Queryable)]
pub(super) struct Row {
    pub(super) idx: i64,
    id: String,
    kind: String,
    at: i64,
    actor_id: Option<String>,
    actor_role: String,
    actor_body: Option<String>,
    object_kind: String,
    object_id: String,
    pub(super) data: String,
    salt: Vec<u8>,
    province_id: Option<String>,
}

/// Place, subject, digest, and, until they are erased, salt and fields.
pub(super) type PersonalRow = (i64, String, Vec<u8>, Option<Vec<u8>>, Option<String>);

/// An event with the salt that its leaf was made with.
pub struct Salted {
    /// The event.
    pub event: Recorded,
    /// Its salt.
    pub salt: Salt,
}

/// What happened to a thing, oldest first, after index `after`; one more than `limit` where there is more.
///
/// # Errors
/// The database's.
pub fn of_object(
    db: &mut impl Read,
    object: &Object,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Recorded>, Error> {
    of_object_without(db, object, &[], after, limit)
}

/// The same without these kinds.
///
/// # Errors
/// The database's.
pub fn of_object_without(
    db: &mut impl Read,
    object: &Object,
    kinds: &[EventKind],
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Recorded>, Error> {
    let mut rows = events::table
        .filter(events::object_kind.eq(object.kind()))
        .filter(events::object_id.eq(object.to_string()))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    if !kinds.is_empty() {
        let kinds = kinds.iter().map(|kind| kind.as_str());
        rows = rows.filter(diesel::dsl::not(events::kind.eq_any(kinds.collect::<Vec<_>>())));
    }
    if let Some(after) = after {
        rows = rows.filter(events::idx.gt(after));
    }
    let rows: Vec<Row> = rows.order(events::idx).limit(one_more(limit)).load(db.db())?;
    Ok(salted(db, rows)?.into_iter().map(|salted| salted.event).collect())
}

/// The events in these places, oldest first.
///
/// # Errors
/// The database's.
pub fn in_places(db: &mut impl Read, places: &[i64]) -> Result<Vec<Recorded>, Error> {
    let rows: Vec<Row> = events::table.filter(events::idx.eq_any(places)).order(events::idx).load(db.db())?;
    Ok(salted(db, rows)?.into_iter().map(|salted| salted.event).collect())
}

/// The place of the last event of this kind that happened to a thing.
///
/// # Errors
/// The database's.
pub fn last_of_kind(db: &mut impl Read, object: &Object, kind: EventKind) -> Result<Option<i64>, Error> {
    let last = events::table
        .filter(events::object_kind.eq(object.kind()))
        .filter(events::object_id.eq(object.to_string()))
        .filter(events::kind.eq(kind.as_str()))
        .select(events::idx)
        .order(events::idx.desc());
    Ok(last.first(db.db()).optional()?)
}

/// The last event of this kind that happened to a thing, up to this place.
///
/// # Errors
/// The database's.
pub fn last_until(db: &mut impl Read, object: &Object, kind: EventKind, index: i64) -> Result<Option<Recorded>, Error> {
    let row: Option<Row> = events::table
        .filter(events::object_kind.eq(object.kind()))
        .filter(events::object_id.eq(object.to_string()))
        .filter(events::kind.eq(kind.as_str()))
        .filter(events::idx.le(index))
        .order(events::idx.desc())
        .first(db.db())
        .optional()?;
    Ok(salted(db, row.into_iter().collect())?.pop().map(|salted| salted.event))
}

/// The facts of the first event of these kinds that happened to a thing after `at`.
///
/// # Errors
/// The database's.
pub fn first_after(
    db: &mut impl Read,
    object: &Object,
    kinds: &[EventKind],
    at: Timestamp,
) -> Result<Option<serde_json::Value>, Error> {
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    let first = events::table
        .filter(events::object_kind.eq(object.kind()))
        .filter(events::object_id.eq(object.to_string()))
        .filter(events::kind.eq_any(kinds))
        .filter(events::at.gt(at.micros()))
        .select(events::data)
        .order(events::idx);
    let first: Option<String> = first.first(db.db()).optional()?;
    first.map(|data| serde_json::from_str(&data).map_err(Error::internal)).transpose()
}

/// When an event of this kind was last written down.
///
/// # Errors
/// The database's.
pub fn last_time_of(db: &mut impl Read, kind: EventKind) -> Result<Option<Timestamp>, Error> {
    let last = events::table.filter(events::kind.eq(kind.as_str())).select(events::at).order(events::idx.desc());
    let at: Option<i64> = last.first(db.db()).optional()?;
    Ok(at.map(columns::instant))
}

/// When an event of this kind last happened to a thing.
///
/// # Errors
/// The database's.
pub fn last_time_to(db: &mut impl Read, object: &Object, kind: EventKind) -> Result<Option<Timestamp>, Error> {
    match last_of_kind(db, object, kind)? {
        Some(index) => time_of(db, index),
        None => Ok(None),
    }
}

/// Whether this account ever did one of these to a thing.
///
/// # Errors
/// The database's.
pub fn was_done_by(db: &mut impl Read, object: &Object, kinds: &[EventKind], user: UserId) -> Result<bool, Error> {
    if db.is_doing(object, kinds, user) {
        return Ok(true);
    }
    let done = events::table
        .filter(events::object_kind.eq(object.kind()))
        .filter(events::object_id.eq(object.to_string()))
        .filter(events::kind.eq_any(kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>()))
        .filter(events::actor_id.eq(user.to_string()));
    Ok(diesel::select(diesel::dsl::exists(done)).get_result(db.db())?)
}

/// What a list of events is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What happened.
    pub kind: Option<String>,
    /// Role of the actor.
    pub role: Option<String>,
    /// The body or agency it acted for.
    pub body: Option<String>,
    /// The territory in which it happened.
    pub province: Option<Territory>,
    /// Only to these things.
    pub objects: Option<Vec<Object>>,
    /// From this place on.
    pub from: Option<i64>,
    /// Before this place.
    pub to: Option<i64>,
}

impl Filter {
    /// Whether this row is one of those, whatever it happened to.
    fn holds(&self, row: &Row) -> bool {
        let is = |wanted: &Option<String>, found: Option<&String>| wanted.is_none() || wanted.as_ref() == found;
        let here = |territory: &Territory| {
            row.province_id.as_deref().is_some_and(|unit| territory.ids().any(|id| id.as_str() == unit))
        };
        is(&self.kind, Some(&row.kind))
            && is(&self.role, Some(&row.actor_role))
            && is(&self.body, row.actor_body.as_ref())
            && self.province.as_ref().is_none_or(here)
    }
}

/// Events of every kind, oldest first, after index `after`; one more than `limit` where there is more.
///
/// # Errors
/// The database's.
pub fn list(db: &mut impl Read, filter: &Filter, after: Option<i64>, limit: usize) -> Result<Vec<Recorded>, Error> {
    Ok(list_salted(db, filter, after, limit)?.into_iter().map(|salted| salted.event).collect())
}

/// [`list`], each with its salt.
///
/// # Errors
/// The database's.
pub fn list_salted(
    db: &mut impl Read,
    filter: &Filter,
    after: Option<i64>,
    limit: usize,
) -> Result<Vec<Salted>, Error> {
    let from = filter.from.max(after.map(|after| after.saturating_add(1)));
    let rows = match &filter.objects {
        None => match &filter.province {
            None => page(db, filter, None, from, limit)?,
            // The index of one unit is in the order of the log, and those of several together are not.
            Some(territory) => {
                let mut rows = Vec::new();
                for unit in territory.ids() {
                    rows.append(&mut page(db, filter, Some(unit), from, limit)?);
                }
                in_order(rows, limit)
            }
        },
        Some(objects) => {
            let mut rows = Vec::new();
            for object in objects {
                rows.append(&mut of_one(db, filter, object, from, limit)?);
            }
            in_order(rows, limit)
        }
    };
    salted(db, rows)
}

fn in_order(mut rows: Vec<Row>, limit: usize) -> Vec<Row> {
    rows.sort_by_key(|row| row.idx);
    rows.truncate(limit.saturating_add(1));
    rows
}

fn page(
    db: &mut impl Read,
    filter: &Filter,
    unit: Option<&ProvinceId>,
    from: Option<i64>,
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let mut rows = events::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(kind) = &filter.kind {
        rows = rows.filter(events::kind.eq(kind));
    }
    if let Some(role) = &filter.role {
        rows = rows.filter(events::actor_role.eq(role));
    }
    if let Some(body) = &filter.body {
        rows = rows.filter(events::actor_body.eq(body));
    }
    if let Some(unit) = unit {
        rows = rows.filter(events::province_id.eq(unit.as_str()));
    }
    if let Some(from) = from {
        rows = rows.filter(events::idx.ge(from));
    }
    if let Some(to) = filter.to {
        rows = rows.filter(events::idx.lt(to));
    }
    Ok(rows.order(events::idx).limit(one_more(limit)).load(db.db())?)
}

/// Of one thing, from its own index, which is in order. With every condition, or for several things at once, a database
/// may think better of it, and walk through all of a type or sort; a thing has few entries.
fn of_one(
    db: &mut impl Read,
    filter: &Filter,
    object: &Object,
    from: Option<i64>,
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let (mut found, mut from) = (Vec::new(), from.unwrap_or_default());
    loop {
        let rows: Vec<Row> = events::table
            .filter(events::object_kind.eq(object.kind()))
            .filter(events::object_id.eq(object.to_string()))
            .filter(events::idx.ge(from).and(events::idx.lt(filter.to.unwrap_or(i64::MAX))))
            .order(events::idx)
            .limit(one_more(limit))
            .load(db.db())?;
        let last = rows.last().map(|row| row.idx).filter(|_| rows.len() > limit);
        found.extend(rows.into_iter().filter(|row| filter.holds(row)));
        match last {
            Some(last) if found.len() <= limit => from = last + 1,
            Some(_) | None => return Ok(found),
        }
    }
}

/// When the event in this place was written down.
///
/// # Errors
/// The database's.
pub fn time_of(db: &mut impl Read, index: i64) -> Result<Option<Timestamp>, Error> {
    let at: Option<i64> = events::table.find(index).select(events::at).first(db.db()).optional()?;
    Ok(at.map(columns::instant))
}

/// The event in this place.
///
/// # Errors
/// The database's.
pub fn at(db: &mut impl Read, index: i64) -> Result<Option<Salted>, Error> {
    let row: Option<Row> = events::table.find(index).first(db.db()).optional()?;
    Ok(salted(db, row.into_iter().collect())?.pop())
}

/// How many events there are.
///
/// # Errors
/// The database's.
pub fn count(db: &mut impl Read) -> Result<i64, Error> {
    Ok(log_head::table.find(1).select(log_head::size).first(db.db())?)
}

fn salted(db: &mut impl Read, rows: Vec<Row>) -> Result<Vec<Salted>, Error> {
    let indexes: Vec<i64> = rows.iter().map(|row| row.idx).collect();
    let personal: Vec<PersonalRow> = event_personal::table
        .filter(event_personal::event_idx.eq_any(indexes))
        .order((event_personal::event_idx, event_personal::subject))
        .load(db.db())?;
    let mut of_event = HashMap::<i64, Vec<Personal>>::new();
    for row in personal {
        of_event.entry(row.0).or_default().push(read_personal(row)?);
    }
    rows.into_iter()
        .map(|row| {
            let personal = of_event.remove(&row.idx).unwrap_or_default();
            row.into_domain(personal)
        })
        .collect()
}

pub(super) fn read_personal((_, subject, digest, salt, fields): PersonalRow) -> Result<Personal, Error> {
    let fields = match (salt, fields) {
        (Some(salt), Some(fields)) => {
            Some((columns::bytes(salt)?, serde_json::from_str(&fields).map_err(Error::internal)?))
        }
        _ => None,
    };
    Ok(Personal { subject: columns::id(&subject)?, digest: columns::bytes(digest)?, fields })
}

impl Row {
    pub(super) fn into_domain(self, personal: Vec<Personal>) -> Result<Salted, Error> {
        let event = Recorded {
            index: self.idx,
            id: columns::id(&self.id)?,
            kind: self.kind,
            at: columns::instant(self.at),
            actor_id: self.actor_id,
            actor_role: self.actor_role,
            actor_body: self.actor_body,
            object_kind: self.object_kind,
            object_id: self.object_id,
            province: self.province_id,
            data: serde_json::from_str(&self.data).map_err(Error::internal)?,
            personal,
        };
        Ok(Salted { event, salt: columns::bytes(self.salt)? })
    }
}
