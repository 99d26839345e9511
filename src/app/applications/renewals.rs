//! Whom the registry proposes for renewal when an agency asks for all whose cards expire before a day.

use super::{check_person, suits};
use crate::app::Registry;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Basis, CardKind, MAX_PEOPLE};
use crate::domain::ids::PersonId;
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::{Tx, applications, credentials, people};
use std::collections::HashMap;

/// The people of an agency whose card of this kind expires before a day, the first to expire first, as many as one
/// application may name; and how many are left for another. Whoever may not be proposed is passed over.
pub(super) fn choose(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    kind: CardKind,
    before: Day,
) -> Result<(Vec<PersonId>, usize), Error> {
    let (now, today) = (tx.now(), tx.now().day());
    let waiting = applications::renewable_until(tx, agency.id, kind, now, before.start())?;
    let mut chosen = Vec::new();
    let mut seen = 0;
    for part in waiting.chunks(MAX_PEOPLE) {
        let found = people::find_all(tx, &registry.secrets.sealing, part)?;
        let found: HashMap<PersonId, _> = found.into_iter().map(|person| (person.id, person)).collect();
        let held = credentials::unexpired_of_people(tx, part, kind.credential(), now)?;
        for id in part {
            if chosen.len() == MAX_PEOPLE {
                return Ok((chosen, waiting.len() - seen));
            }
            seen += 1;
            let Some(person) = found.get(id) else { continue };
            let is_engaged = person.engagement_with(agency.id, today).is_some_and(|it| suits(kind, it.kind));
            let held = held.get(id).map_or(&[][..], Vec::as_slice);
            if is_engaged && check_person(person, held, Basis::Renewal).is_none() {
                chosen.push(*id);
            }
        }
    }
    Ok((chosen, waiting.len() - seen))
}
