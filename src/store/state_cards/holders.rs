//! Whose the cards of before the registry are, as far as that is known: by the names that people bear or bore, and by where
//! they work or worked. Each is asked of many cards or people at once.

use super::Row;
use crate::domain::ids::{AgencyId, PersonId, StateCardId};
use crate::domain::search::name_key;
use crate::domain::state_cards::StateCard;
use crate::error::Error;
use crate::store::connection::Read;
use crate::store::people::{humans, on_record};
use crate::store::schema::{engagements, former_names, people, state_cards};
use crate::store::{columns, successions};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Whose card it is; see [`holders`].
///
/// # Errors
/// The database's.
pub fn holder(db: &mut impl Read, card: &StateCard) -> Result<Option<PersonId>, Error> {
    Ok(holders(db, std::slice::from_ref(card))?.remove(&card.id))
}

/// Whose each of these cards is: of the one person on record who bears or bore its name, or whose record took in one that
/// does, and works or worked for its agency, also where that ended and another took over its people. Nobody's where there are
/// several, or where one of several was erased.
///
/// # Errors
/// The database's.
pub fn holders(db: &mut impl Read, cards: &[StateCard]) -> Result<HashMap<StateCardId, PersonId>, Error> {
    let mut holders = sole_bearers(db, cards)?;
    if !holders.is_empty() {
        let ids: Vec<String> = holders.keys().map(ToString::to_string).collect();
        let untraceable = state_cards::table.filter(state_cards::id.eq_any(ids)).filter(state_cards::untraceable);
        for id in untraceable.select(state_cards::id).load::<String>(db.db())? {
            holders.remove(&columns::id(&id)?);
        }
    }
    Ok(holders)
}

/// Who alone of all on record may hold each of these cards, whoever else may have and was erased; see [`holders`].
///
/// # Errors
/// The database's.
pub fn sole_bearers(db: &mut impl Read, cards: &[StateCard]) -> Result<HashMap<StateCardId, PersonId>, Error> {
    let mut sole = HashMap::new();
    for (card, bearers) in bearers(db, cards)? {
        if let (Some(one), 1) = (bearers.first(), bearers.len()) {
            sole.insert(card, columns::id(one)?);
        }
    }
    Ok(sole)
}

/// Who may hold each of these cards: see [`holders`].
fn bearers(db: &mut impl Read, cards: &[StateCard]) -> Result<HashMap<StateCardId, BTreeSet<String>>, Error> {
    if cards.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: BTreeSet<String> = cards.iter().map(|card| name_key(&card.fields.name)).collect();
    let agencies: BTreeSet<String> = cards.iter().map(|card| card.agency.to_string()).collect();
    let mut named: Vec<(String, String)> = people::table
        .inner_join(engagements::table)
        .filter(people::name_key.eq_any(&keys))
        .filter(on_record())
        .filter(engagements::agency_id.eq_any(&agencies))
        .select((people::id, people::name_key))
        .distinct()
        .load(db.db())?;
    // Few were renamed or taken in: each is followed to the record that its work is on now.
    let mut others: Vec<(String, String)> = former_names::table
        .inner_join(people::table)
        .filter(former_names::name_key.eq_any(&keys))
        .filter(people::erased_at.is_null())
        .select((former_names::person_id, former_names::name_key))
        .load(db.db())?;
    let taken_in = people::table
        .filter(people::name_key.eq_any(&keys))
        .filter(people::erased_at.is_null().and(people::merged_into.is_not_null()))
        .select((people::id, people::name_key));
    others.extend(taken_in.load::<(String, String)>(db.db())?);
    let standing = standing_for(db, others.iter().map(|(record, _)| record.clone()).collect())?;
    named.extend(others.into_iter().filter_map(|(record, key)| Some((standing.get(&record)?.clone(), key))));
    let work: HashSet<(String, String)> = engagements::table
        .filter(engagements::person_id.eq_any(named.iter().map(|(person, _)| person).collect::<BTreeSet<_>>()))
        .filter(engagements::agency_id.eq_any(&agencies))
        .select((engagements::person_id, engagements::agency_id))
        .load::<(String, String)>(db.db())?
        .into_iter()
        .collect();
    let mut of_name = HashMap::<String, BTreeSet<String>>::new();
    for (person, key) in named {
        of_name.entry(key).or_default().insert(person);
    }
    let of_card = |card: &StateCard| {
        let agency = card.agency.to_string();
        let named = of_name.get(&name_key(&card.fields.name)).into_iter().flatten();
        let worked = named.filter(|person| work.contains(&((*person).clone(), agency.clone())));
        (card.id, worked.cloned().collect())
    };
    Ok(cards.iter().map(of_card).collect())
}

/// The record that stands for each of these now: itself, or the one that took it in at last.
fn standing_for(db: &mut impl Read, records: BTreeSet<String>) -> Result<HashMap<String, String>, Error> {
    let mut standing: HashMap<String, String> = records.iter().map(|id| (id.clone(), id.clone())).collect();
    let mut last = records;
    while !last.is_empty() {
        let taken_in: HashMap<String, Option<String>> = people::table
            .filter(people::id.eq_any(&last))
            .filter(people::merged_into.is_not_null())
            .select((people::id, people::merged_into))
            .load::<(String, Option<String>)>(db.db())?
            .into_iter()
            .collect();
        for stands in standing.values_mut() {
            if let Some(Some(into)) = taken_in.get(stands) {
                stands.clone_from(into);
            }
        }
        last = taken_in.into_values().flatten().collect();
    }
    Ok(standing)
}

/// The agencies that took somebody over from a card's agency who bears or bore its name: it is their people's now.
///
/// # Errors
/// The database's.
pub fn heirs(db: &mut impl Read, card: &StateCard) -> Result<Vec<AgencyId>, Error> {
    let successors: Vec<String> = successions::successors(db, card.agency)?.iter().map(ToString::to_string).collect();
    if successors.is_empty() {
        return Ok(Vec::new());
    }
    // A namesake who never worked for the card's agency is somebody else.
    let bearers = bearers(db, std::slice::from_ref(card))?.remove(&card.id).unwrap_or_default();
    let theirs: Vec<String> = engagements::table
        .filter(engagements::agency_id.eq_any(successors))
        .filter(engagements::person_id.eq_any(bearers))
        .select(engagements::agency_id)
        .distinct()
        .load(db.db())?;
    theirs.iter().map(|id| columns::id(id)).collect()
}

/// The cards that these people may hold, and others too, in the order they were entered.
///
/// # Errors
/// The database's.
pub fn may_be_of(db: &mut impl Read, people: &[PersonId]) -> Result<Vec<StateCard>, Error> {
    let ids: Vec<String> = people.iter().map(ToString::to_string).collect();
    let of_agency = engagements::table.on(engagements::agency_id.eq(state_cards::agency_id));
    let of_name =
        people::table.on(people::id.eq(engagements::person_id).and(people::name_key.eq(state_cards::name_key)));
    let mut rows: Vec<Row> = state_cards::table
        .inner_join(of_agency)
        .inner_join(of_name)
        .filter(people::id.eq_any(&ids))
        .filter(on_record())
        .filter(state_cards::name.ne(""))
        .select(Row::as_select())
        .load(db.db())?;
    let names = other_names(db, ids)?;
    if !names.is_empty() {
        let keys: BTreeSet<&String> = names.iter().map(|(_, key)| key).collect();
        let theirs: Vec<(String, Row)> = state_cards::table
            .inner_join(engagements::table.on(engagements::agency_id.eq(state_cards::agency_id)))
            .filter(engagements::person_id.eq_any(names.iter().map(|(person, _)| person).collect::<BTreeSet<_>>()))
            .filter(state_cards::name_key.eq_any(keys))
            .filter(state_cards::name.ne(""))
            .select((engagements::person_id, Row::as_select()))
            .load(db.db())?;
        let bore = |(person, row): (String, Row)| names.contains(&(person, row.name_key.clone())).then_some(row);
        rows.extend(theirs.into_iter().filter_map(bore));
    }
    let once: BTreeMap<String, Row> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    once.into_values().map(Row::into_domain).collect()
}

/// The cards that an agency's people may hold who took another record in: by its names too. They are few, and asked in full.
///
/// # Errors
/// The database's.
pub(super) fn of_who_took_records_in(db: &mut impl Read, agency: AgencyId) -> Result<Vec<StateCard>, Error> {
    let own = engagements::table
        .filter(engagements::agency_id.eq(agency.to_string()))
        .select(engagements::person_id.nullable());
    let people: Vec<Option<String>> =
        people::table.filter(people::merged_into.eq_any(own)).select(people::merged_into).distinct().load(db.db())?;
    let people = people.iter().flatten().map(|id| columns::id(id)).collect::<Result<Vec<_>, _>>()?;
    match people.is_empty() {
        true => Ok(Vec::new()),
        false => may_be_of(db, &people),
    }
}

/// The names that these people bore before theirs was changed, and those of the records that theirs took in, as names are
/// compared.
fn other_names(db: &mut impl Read, people: Vec<String>) -> Result<HashSet<(String, String)>, Error> {
    let mut names = HashSet::new();
    let mut whose: HashMap<String, String> = people.into_iter().map(|id| (id.clone(), id)).collect();
    while !whose.is_empty() {
        let records: Vec<&String> = whose.keys().collect();
        let former: Vec<(String, String)> =
            former_names::table.filter(former_names::person_id.eq_any(&records)).load(db.db())?;
        let taken_in: Vec<(String, Option<String>, String)> = people::table
            .filter(people::merged_into.eq_any(&records))
            .filter(people::erased_at.is_null())
            .select((people::id, people::merged_into, people::name_key))
            .load(db.db())?;
        names.extend(former.into_iter().filter_map(|(record, key)| Some((whose.get(&record)?.clone(), key))));
        let mut next = HashMap::new();
        for (record, into, key) in taken_in {
            if let Some(person) = into.and_then(|into| whose.get(&into)) {
                names.insert((person.clone(), key));
                next.insert(record, person.clone());
            }
        }
        whose = next;
    }
    Ok(names)
}

/// The cards that are known to be these people's, with whose each is, in the order they were entered.
///
/// # Errors
/// The database's.
pub fn held_by(db: &mut impl Read, people: &[PersonId]) -> Result<Vec<(PersonId, StateCard)>, Error> {
    let cards = may_be_of(db, people)?;
    let holders = holders(db, &cards)?;
    let people: HashSet<&PersonId> = people.iter().collect();
    let known = cards.into_iter().filter_map(|card| Some((*holders.get(&card.id)?, card)));
    Ok(known.filter(|(holder, _)| people.contains(holder)).collect())
}

/// A card of before of a human being.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldByHuman {
    /// The record that was asked about.
    pub person: PersonId,
    /// The record of the same human being whose card it is.
    pub holder: PersonId,
    /// The card.
    pub card: StateCard,
}

/// The cards that are known to be the human beings' behind these records, whichever agency keeps the record.
///
/// # Errors
/// The database's.
pub fn of_humans(db: &mut impl Read, ids: &[PersonId]) -> Result<Vec<HeldByHuman>, Error> {
    let asked = humans(db, ids)?;
    let records: Vec<(String, Vec<u8>)> = people::table
        .filter(people::national_id_hash.eq_any(asked.iter().map(|(_, hash)| hash)))
        .filter(on_record())
        .select((people::id, people::national_id_hash))
        .load(db.db())?;
    let asked_of: HashMap<&[u8], &str> = asked.iter().map(|(id, hash)| (hash.as_slice(), id.as_str())).collect();
    let mut behind = HashMap::<PersonId, PersonId>::new();
    for (record, hash) in &records {
        if let Some(person) = asked_of.get(hash.as_slice()) {
            behind.insert(columns::id(record)?, columns::id(person)?);
        }
    }
    let held = held_by(db, &behind.keys().copied().collect::<Vec<_>>())?;
    let of_human = |(holder, card)| Some(HeldByHuman { person: *behind.get(&holder)?, holder, card });
    Ok(held.into_iter().filter_map(of_human).collect())
}
