//! Whom the registry proposes for renewal when an agency asks for all whose cards expire before a day: cards of ours, and press
//! cards of before the registry whose holders are known.

use super::holdings::Holdings;
use super::suits;
use crate::app::Registry;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Basis, CardKind, MAX_PEOPLE};
use crate::domain::ids::{PersonId, StateCardId};
use crate::domain::people::Person;
use crate::domain::state_cards::StateCard;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::store::{Tx, applications, credentials, people, state_cards, successions};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Who is waiting for another card, and when theirs ends.
type Waiting = (Timestamp, PersonId);

/// The people of an agency whose card of this kind expires before a day, the first to expire first, as many as one
/// application may name; and how many are left for another. Whoever may not be proposed is passed over.
pub(super) fn choose(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    kind: CardKind,
    before: Day,
) -> Result<(Vec<Person>, usize), Error> {
    let now = tx.now();
    let mut waiting = applications::renewable_until(tx, agency.id, kind, now, before.start())?;
    if kind == CardKind::PressCard {
        waiting.extend(of_before(tx, agency, before)?);
        waiting.sort_by_key(|(ends, _)| *ends);
    }
    let mut chosen = Vec::new();
    let mut seen = 0;
    for part in waiting.chunks(MAX_PEOPLE) {
        if chosen.len() == MAX_PEOPLE {
            break;
        }
        seen += look_through(tx, registry, agency, kind, part, &mut chosen)?;
    }
    Ok((chosen, waiting.len() - seen))
}

/// Chooses those of a part who may be proposed, until they are enough; gives how many it looked at.
fn look_through(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    kind: CardKind,
    part: &[Waiting],
    chosen: &mut Vec<Person>,
) -> Result<usize, Error> {
    let (now, today) = (tx.now(), tx.now().day());
    let ids: Vec<PersonId> = part.iter().map(|(_, person)| *person).collect();
    let found = people::find_all(tx, &registry.secrets.sealing, &ids)?;
    let mut found: HashMap<PersonId, Person> = found.into_iter().map(|person| (person.id, person)).collect();
    let holdings = Holdings::on_record(tx, kind, &ids, now)?;
    for (seen, id) in ids.iter().enumerate() {
        if chosen.len() == MAX_PEOPLE {
            return Ok(seen);
        }
        let Some(person) = found.remove(id) else { continue };
        let is_engaged = person.engagement_with(agency.id, today).is_some_and(|it| suits(kind, it.kind));
        if is_engaged && holdings.check(&person, Basis::Renewal).is_none() {
            chosen.push(person);
        }
    }
    Ok(part.len())
}

/// Whose last press card is one of before, of this agency or one that it succeeded, that ends before a day or has ended;
/// without whoever is proposed already. The first to end first.
fn of_before(tx: &mut Tx, agency: &Agency, before: Day) -> Result<Vec<Waiting>, Error> {
    let kind = CardKind::PressCard;
    let agencies = successions::employers(tx, agency.id)?;
    let mut waiting = Vec::new();
    for part in state_cards::ending_before(tx, &agencies, before)?.chunks(MAX_PEOPLE) {
        let holders: BTreeSet<PersonId> = state_cards::holders(tx, part)?.into_values().collect();
        let holders: Vec<PersonId> = holders.into_iter().collect();
        let mut passed_over = credentials::granted_to_humans(tx, &holders, kind.credential())?;
        passed_over.extend(applications::already_proposed(tx, agency.id, kind, &holders, None)?);
        let ending: HashSet<StateCardId> = part.iter().map(|card| card.id).collect();
        let mut last = HashMap::<PersonId, StateCard>::new();
        for it in state_cards::of_humans(tx, &holders)? {
            let is_later = |known: &StateCard| (known.fields.issued, known.id) < (it.card.fields.issued, it.card.id);
            if last.get(&it.person).is_none_or(is_later) {
                last.insert(it.person, it.card);
            }
        }
        let theirs =
            last.into_iter().filter(|(person, card)| ending.contains(&card.id) && !passed_over.contains(person));
        waiting.extend(theirs.map(|(person, card)| (card.fields.until.end(), card.id, person)));
    }
    waiting.sort_unstable();
    Ok(waiting.into_iter().map(|(ends, _, person)| (ends, person)).collect())
}
