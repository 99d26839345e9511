//! By which names the people of an application are shown, and in which order: that of the dictionary, by given name.

use crate::app::gate::Etag;
use crate::domain::applications::{Application, Proposal};
use crate::domain::ids::PersonId;
use crate::domain::people::Person;
use crate::domain::search::name_key;
use crate::error::Error;
use crate::store::{Read, people};
use std::collections::HashMap;

/// The names on record of an application's people.
pub struct Named(HashMap<PersonId, String>);

impl Named {
    /// The names of everybody of an application, as they are today.
    ///
    /// # Errors
    /// The database's.
    pub fn of(db: &mut impl Read, it: &Application) -> Result<Self, Error> {
        let ids: Vec<PersonId> = it.people.iter().map(|proposal| proposal.person).collect();
        people::names_of(db, &ids).map(Self)
    }

    /// The names of these people, who are everybody of an application.
    pub(super) fn of_people(people: Vec<Person>) -> Self {
        Self(people.into_iter().map(|person| (person.id, person.fields.full_name)).collect())
    }

    /// Their name; none of somebody who was erased.
    pub fn name(&self, person: PersonId) -> Option<&str> {
        self.0.get(&person).map(String::as_str)
    }

    /// Everybody of the application, in the order of their names.
    pub fn in_order<'a>(&self, it: &'a Application) -> Vec<&'a Proposal> {
        let mut people: Vec<&Proposal> = it.people.iter().collect();
        // Whoever was erased has no name, and comes last.
        people.sort_by_cached_key(|it| {
            let name = self.name(it.person);
            (name.is_none(), name.map(name_key), it.person)
        });
        people
    }

    /// The tag of an application as it is shown, with what else is shown there: names may change without it, and who decides
    /// on it is to have seen them.
    pub fn etag(&self, it: &Application, also: &[u8]) -> Etag {
        let names: Vec<&str> =
            it.people.iter().map(|proposal| self.name(proposal.person).unwrap_or_default()).collect();
        Etag::of_version_with(it.version, &[names.join("\n").as_bytes(), also].concat())
    }
}
