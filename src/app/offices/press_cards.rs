//! Who has a post in an office, and by which press card: whoever may read the office is to know them, however far they are
//! from its agency. And which card somebody held on a day that is past.

use crate::app::credentials::was_valid;
use crate::app::gate::Etag;
use crate::app::state_cards;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::offices::{Office, Posted};
use crate::domain::printed::CredentialKind;
use crate::domain::search::name_key;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Read, credentials, people, state_cards as rows, successions};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

/// Whether somebody held a press card of this agency at `at`, as it stood then: one of the registry, or one of before it.
pub(super) fn held_at(db: &mut impl Read, agency: AgencyId, person: PersonId, at: Timestamp) -> Result<bool, Error> {
    let mut granted = credentials::unexpired_of_human(db, person, CredentialKind::PressCard, at)?;
    granted.retain(|card| card.issued_at <= at);
    for card in &granted {
        // What a predecessor proposed is the successor's.
        if (card.person, card.agency) == (person, agency) && was_valid(db, card, at)? {
            return Ok(true);
        }
    }
    // Whoever was granted a card by the registry, on whichever record, has handed the one of before in.
    if !granted.is_empty() {
        return Ok(false);
    }
    let agencies = successions::employers(db, agency)?;
    for (_, card) in rows::held_by(db, &[person])? {
        if agencies.contains(&card.agency) && state_cards::was_valid(db, &card, at)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The people of some offices, by what is printed on their press cards.
#[derive(Default)]
pub struct Staffed {
    names: HashMap<PersonId, String>,
    cards: HashMap<(PersonId, AgencyId), Printed>,
}

/// What is printed on a press card.
struct Printed {
    number: String,
    name: String,
}

impl Staffed {
    /// Who has or had a post in these offices.
    ///
    /// # Errors
    /// The database's.
    pub fn of<'a>(
        db: &mut impl Read,
        now: Timestamp,
        offices: impl IntoIterator<Item = &'a Office>,
    ) -> Result<Self, Error> {
        let of_office = |office: &'a Office| office.posts.iter().map(|posted| (office.agency, posted.person));
        let posts: BTreeSet<(AgencyId, PersonId)> = offices.into_iter().flat_map(of_office).collect();
        let ids: BTreeSet<PersonId> = posts.iter().map(|(_, person)| *person).collect();
        let ids: Vec<PersonId> = ids.into_iter().collect();
        let names = people::names_of(db, &ids)?;
        let held = credentials::unexpired_of_people(db, &ids, CredentialKind::PressCard, now)?;
        // Whoever was granted a card by the registry, on whichever record, has handed the one of before in.
        let granted = credentials::held_by_humans(db, &ids, CredentialKind::PressCard, now)?;
        let in_force = held.into_values().flatten().filter(|card| card.is_valid(now));
        let printed = in_force.map(|card| {
            let (number, name) = (card.number.as_str().to_owned(), card.name.as_str().to_owned());
            ((card.person, card.agency), Printed { number, name })
        });
        let mut cards: HashMap<_, _> = printed.collect();
        let mut lacking = posts;
        lacking.retain(|(_, person)| !granted.contains(person));
        let mut named = HashMap::<AgencyId, Vec<AgencyId>>::new();
        for (agency, _) in &lacking {
            if let Entry::Vacant(place) = named.entry(*agency) {
                place.insert(successions::employers(db, *agency)?);
            }
        }
        let whose: Vec<PersonId> = lacking.iter().map(|(_, person)| *person).collect();
        for (holder, card) in rows::held_by(db, &whose)? {
            if !card.is_valid(now.day()) {
                continue;
            }
            let is_its = |agency: &AgencyId| named.get(agency).is_some_and(|them| them.contains(&card.agency));
            for (agency, person) in lacking.iter().filter(|(agency, person)| *person == holder && is_its(agency)) {
                let (number, name) = (card.fields.number.as_str().to_owned(), card.fields.name.clone());
                cards.insert((*person, *agency), Printed { number, name });
            }
        }
        Ok(Self { names, cards })
    }

    /// Everybody who has or had a post in an office: heads first, as their word begins, and then by the order of names.
    pub fn in_order<'a>(&self, it: &'a Office) -> Vec<&'a Posted> {
        let mut posts: Vec<&Posted> = it.posts.iter().collect();
        posts.sort_by_cached_key(|posted| {
            let name = self.name(posted.person, it.agency);
            (posted.post.as_str(), name.is_none(), name.map(name_key), posted.person)
        });
        posts
    }

    /// The tag of an office as it is shown: with who is there, whose name or card may change without it.
    pub fn etag(&self, it: &Office) -> Etag {
        let version = it.version.to_string();
        let mut shown = vec![version.as_str()];
        for posted in &it.posts {
            let printed = [self.name(posted.person, it.agency), self.press_card(posted.person, it.agency)];
            shown.extend(printed.map(Option::unwrap_or_default));
        }
        Etag::of_bytes(shown.join("\n").as_bytes())
    }

    /// Their name: as it is printed on the card, else as it is on record; none of somebody who was erased.
    pub fn name(&self, person: PersonId, agency: AgencyId) -> Option<&str> {
        let printed = self.cards.get(&(person, agency)).map(|card| card.name.as_str());
        printed.or_else(|| self.names.get(&person).map(String::as_str))
    }

    /// The number of the press card in force that this agency proposed for them.
    pub fn press_card(&self, person: PersonId, agency: AgencyId) -> Option<&str> {
        self.cards.get(&(person, agency)).map(|card| card.number.as_str())
    }
}
