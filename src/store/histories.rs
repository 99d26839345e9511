//! Whose history an entry of the log is. It is written under the record that a human being has on that day. Where two
//! records were one for a time, what happened meanwhile to a card of either kind, an application, a post, a time at the head of
//! an agency or an engagement is told of whom that went back to, whatever record it stands under.

use super::columns;
use super::connection::{IDS_AT_ONCE, Read};
use super::schema::{
    agency_leaders, application_people, credentials, engagements, event_personal, events, office_posts,
};
use super::state_cards;
use crate::domain::events::EventKind;
use crate::domain::ids::PersonId;
use crate::error::Error;
use diesel::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The records that were one with any of these at some time, these apart: merged still, or split since.
///
/// # Errors
/// The database's.
pub fn once_one_with(db: &mut impl Read, records: &[PersonId]) -> Result<BTreeSet<PersonId>, Error> {
    let mut known: BTreeSet<PersonId> = records.iter().copied().collect();
    let mut last: Vec<String> = records.iter().map(ToString::to_string).collect();
    while !last.is_empty() {
        let about = event_personal::table.filter(event_personal::subject.eq_any(&last));
        let merged: Vec<(String, String)> = events::table
            .filter(events::kind.eq(EventKind::PersonMerged.as_str()))
            .filter(events::idx.eq_any(about.select(event_personal::event_idx)))
            .select((events::object_id, events::data))
            .load(db.db())?;
        last.clear();
        for (keep, data) in merged {
            let facts: Value = serde_json::from_str(&data).map_err(Error::internal)?;
            let both = [Some(keep), facts["absorbed"].as_str().map(str::to_owned)];
            for id in both.into_iter().flatten() {
                if known.insert(columns::id(&id)?) {
                    last.push(id);
                }
            }
        }
    }
    for record in records {
        known.remove(record);
    }
    Ok(known)
}

/// What the log tells of the human being whose records these are: under which record, in which places.
///
/// # Errors
/// The database's.
pub fn of_records(db: &mut impl Read, records: &[PersonId]) -> Result<BTreeMap<PersonId, BTreeSet<i64>>, Error> {
    let family = once_one_with(db, records)?;
    let all: BTreeSet<PersonId> = records.iter().copied().chain(family.iter().copied()).collect();
    let places = places(db, &all)?;
    let things = if family.is_empty() { HashMap::new() } else { things(db, &places)? };
    let holders = holders(db, things.values(), &all)?;
    let mut found = BTreeMap::<PersonId, BTreeSet<i64>>::new();
    for (record, index) in places {
        if records.contains(&whose(record, things.get(&index).and_then(|thing| holders.get(thing)))) {
            found.entry(record).or_default().insert(index);
        }
    }
    Ok(found)
}

/// Of the record that it stands under, while the thing is that one's or nobody's; else of the one that has the thing now.
/// Where several have, nobody can tell.
fn whose(record: PersonId, holders: Option<&BTreeSet<PersonId>>) -> PersonId {
    let Some(holders) = holders.filter(|them| !them.contains(&record)) else { return record };
    match (holders.first(), holders.len()) {
        (Some(one), 1) => *one,
        (_, _) => record,
    }
}

/// What goes from record to record.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Thing {
    Credential(String),
    StateCard(String),
    Application(String),
    Office(String),
    Leader(String),
    Engagement(String),
}

impl Thing {
    fn of(object_kind: &str, object_id: String, facts: &Value) -> Option<Self> {
        match object_kind {
            "credential" => Some(Self::Credential(object_id)),
            "state_card" => Some(Self::StateCard(object_id)),
            "application" => Some(Self::Application(object_id)),
            "office" => Some(Self::Office(object_id)),
            "agency" => facts["leader"].as_str().map(|id| Self::Leader(id.to_owned())),
            "person" => facts["engagement"].as_str().map(|id| Self::Engagement(id.to_owned())),
            _ => None,
        }
    }
}

/// Where fields stand about these records.
fn places(db: &mut impl Read, records: &BTreeSet<PersonId>) -> Result<Vec<(PersonId, i64)>, Error> {
    let ids: Vec<String> = records.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, i64)> = event_personal::table
        .filter(event_personal::subject.eq_any(ids))
        .order((event_personal::event_idx, event_personal::subject))
        .select((event_personal::subject, event_personal::event_idx))
        .load(db.db())?;
    rows.into_iter().map(|(subject, index)| Ok((columns::id(&subject)?, index))).collect()
}

/// What happened there to what.
fn things(db: &mut impl Read, places: &[(PersonId, i64)]) -> Result<HashMap<i64, Thing>, Error> {
    let mut things = HashMap::new();
    for places in places.chunks(IDS_AT_ONCE) {
        let told: Vec<(i64, String, String, String)> = events::table
            .filter(events::idx.eq_any(places.iter().map(|(_, index)| *index)))
            .select((events::idx, events::object_kind, events::object_id, events::data))
            .load(db.db())?;
        for (index, kind, id, data) in told {
            let facts = serde_json::from_str(&data).map_err(Error::internal)?;
            things.extend(Thing::of(&kind, id, &facts).map(|thing| (index, thing)));
        }
    }
    Ok(things)
}

/// Reads which records have the things of one table.
macro_rules! held {
    ($db:expr, $table:ident.$id:ident, $ids:expr, $thing:path) => {{
        let mut held: Vec<(Thing, String)> = Vec::new();
        for ids in $ids.chunks(IDS_AT_ONCE) {
            let rows = $table::table.filter($table::$id.eq_any(ids)).select(($table::$id, $table::person_id));
            held.extend(rows.load::<(String, String)>($db.db())?.into_iter().map(|(id, who)| ($thing(id), who)));
        }
        held
    }};
}

/// Which of these records have these things now.
fn holders<'a>(
    db: &mut impl Read,
    things: impl Iterator<Item = &'a Thing>,
    records: &BTreeSet<PersonId>,
) -> Result<HashMap<Thing, BTreeSet<PersonId>>, Error> {
    let [mut cards, mut applications, mut offices, mut leaders, mut work] = [const { Vec::<&str>::new() }; 5];
    let mut of_before = Vec::new();
    for thing in things.collect::<HashSet<_>>() {
        match thing {
            Thing::Credential(id) => cards.push(id),
            Thing::StateCard(id) => of_before.push(columns::id(id)?),
            Thing::Application(id) => applications.push(id),
            Thing::Office(id) => offices.push(id),
            Thing::Leader(id) => leaders.push(id),
            Thing::Engagement(id) => work.push(id),
        }
    }
    let mut held = held!(db, credentials.id, cards, Thing::Credential);
    held.extend(held!(db, application_people.application_id, applications, Thing::Application));
    held.extend(held!(db, office_posts.office_id, offices, Thing::Office));
    held.extend(held!(db, agency_leaders.id, leaders, Thing::Leader));
    held.extend(held!(db, engagements.id, work, Thing::Engagement));
    for ids in of_before.chunks(IDS_AT_ONCE) {
        let known = state_cards::with_ids(db, ids)?;
        let holders = state_cards::holders(db, &known)?;
        held.extend(holders.into_iter().map(|(id, who)| (Thing::StateCard(id.to_string()), who.to_string())));
    }
    let mut holders = HashMap::<Thing, BTreeSet<PersonId>>::new();
    for (thing, record) in held {
        let record = columns::id(&record)?;
        if records.contains(&record) {
            holders.entry(thing).or_default().insert(record);
        }
    }
    Ok(holders)
}
