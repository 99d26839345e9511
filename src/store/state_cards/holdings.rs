//! Which agencies are to collect cards of before, and whether their holders are at work there: asked of many cards at once.

use super::holders;
use crate::domain::agencies::AgencyState;
use crate::domain::ids::{AgencyId, PersonId, StateCardId};
use crate::domain::returns::{Holding, Work};
use crate::domain::state_cards::StateCard;
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::schema::{agencies, engagements, succession_shares};
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Whose this card is, and which agency is to collect it; nothing where it is nobody's that is known.
///
/// # Errors
/// The database's.
pub fn holding(db: &mut impl Read, card: &StateCard, today: Day) -> Result<Option<Holding>, Error> {
    Ok(holdings(db, std::slice::from_ref(card), today)?.remove(&card.id))
}

/// Whose each of these cards is, and which agency is to collect it; nothing of those that are nobody's that is known.
///
/// # Errors
/// The database's.
pub fn holdings(db: &mut impl Read, cards: &[StateCard], today: Day) -> Result<HashMap<StateCardId, Holding>, Error> {
    let holders = holders(db, cards)?;
    let held: Vec<&StateCard> = cards.iter().filter(|card| holders.contains_key(&card.id)).collect();
    if held.is_empty() {
        return Ok(HashMap::new());
    }
    let issuers: BTreeSet<String> = held.iter().map(|card| card.agency.to_string()).collect();
    let heirs = heirs_of_each(db, issuers)?;
    let works = works(db, holders.values(), heirs.iter().flat_map(|(issuer, heirs)| heirs.iter().chain([issuer])))?;
    let of_card = |card: &StateCard| {
        let (holder, issuer) = (*holders.get(&card.id)?, card.agency.to_string());
        let heirs = heirs.get(&issuer);
        let answers =
            |agency: AgencyId| agency == card.agency || heirs.is_some_and(|heirs| heirs.contains(&agency.to_string()));
        let works: Vec<Work> = works.get(&holder)?.iter().copied().filter(|work| answers(work.agency)).collect();
        Some((card.id, Holding::of(holder, &works, today)?))
    };
    Ok(held.into_iter().filter_map(of_card).collect())
}

/// The agencies that took over people of each of these, directly or through others.
fn heirs_of_each(db: &mut impl Read, issuers: BTreeSet<String>) -> Result<HashMap<String, HashSet<String>>, Error> {
    let (mut links, mut known, mut next) = (HashMap::<String, Vec<String>>::new(), issuers.clone(), issuers.clone());
    while !next.is_empty() {
        let found: Vec<(String, String)> = succession_shares::table
            .filter(succession_shares::from_id.eq_any(&next))
            .select((succession_shares::from_id, succession_shares::to_id))
            .distinct()
            .load(db.db())?;
        next = found.iter().map(|(_, to)| to.clone()).filter(|to| known.insert(to.clone())).collect();
        for (from, to) in found {
            links.entry(from).or_default().push(to);
        }
    }
    let reached = |issuer: String| {
        let (mut heirs, mut last) = (HashSet::new(), vec![&issuer]);
        while let Some(agency) = last.pop() {
            let next = links.get(agency).into_iter().flatten();
            last.extend(next.filter(|to| heirs.insert((*to).clone())));
        }
        (issuer, heirs)
    };
    Ok(issuers.into_iter().map(reached).collect())
}

/// What these people did or do for these agencies.
fn works<'a>(
    db: &mut impl Read,
    people: impl Iterator<Item = &'a PersonId>,
    employers: impl Iterator<Item = &'a String>,
) -> Result<HashMap<PersonId, Vec<Work>>, Error> {
    let rows: Vec<(String, String, String, Option<chrono::NaiveDate>)> = engagements::table
        .inner_join(agencies::table)
        .filter(engagements::person_id.eq_any(people.map(ToString::to_string).collect::<BTreeSet<_>>()))
        .filter(engagements::agency_id.eq_any(employers.collect::<BTreeSet<_>>()))
        .order(engagements::id)
        .select((engagements::person_id, agencies::id, agencies::state, engagements::to_day))
        .load(db.db())?;
    let mut works = HashMap::<PersonId, Vec<Work>>::new();
    for (person, agency, state, to) in rows {
        let state = columns::word(&state, &AgencyState::ALL, AgencyState::as_str)?;
        let work = Work { agency: columns::id(&agency)?, state, to: to.map(columns::day) };
        works.entry(columns::id(&person)?).or_default().push(work);
    }
    Ok(works)
}
