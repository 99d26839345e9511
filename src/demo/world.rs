//! The demo while it lives its past: who there is, what is still to happen, and the time.

use super::cases::Docket;
use super::houses::{DemoHouse, VI_DU};
use super::past::Staff;
use super::{applications, doubles, erasures, former_cards, licensing, mergers, notices, offices, returns};
use crate::app::gate::{Etag, Gate};
use crate::app::{self, Registry};
use crate::domain::accounts::Caller;
use crate::domain::credentials::Credential;
use crate::domain::ids::{AgencyId, OfficeId, PersonId};
use crate::domain::people::Person;
use crate::domain::printed::CredentialKind;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Tx, credentials, people};
use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// What happens on a day, so many days before now.
pub(super) type Happening = (i64, Box<dyn FnOnce(&mut World) -> Result<(), Error>>);

/// Everything that there is, as the past goes on.
pub(super) struct World {
    pub(super) registry: Arc<Registry>,
    /// Agencies that are at work or were not merged.
    pub(super) houses: Vec<DemoHouse>,
    /// The site that is no press.
    pub(super) aggregator: AgencyId,
    pub(super) staff: Staff,
    pub(super) docket: Docket,
    /// Who has an account of the demo, by address.
    pub(super) callers: HashMap<String, Caller>,
    /// Offices by their places in the table of [`offices`].
    pub(super) offices: HashMap<usize, OfficeId>,
    /// Who came with the agency that was taken in.
    pub(super) went_over: Vec<PersonId>,
    /// When the past ends.
    pub(super) now: Timestamp,
    diary: VecDeque<Happening>,
}

/// What there is at the beginning.
pub(super) struct Cast {
    pub(super) houses: Vec<DemoHouse>,
    pub(super) aggregator: AgencyId,
    pub(super) staff: Staff,
}

impl World {
    /// Everything is still to happen.
    pub(super) fn new(registry: &Arc<Registry>, cast: Cast, now: Timestamp) -> Result<Self, Error> {
        let Cast { houses, aggregator, staff } = cast;
        let of_cases = house(&houses, VI_DU)?;
        let docket = Docket::new(registry, &staff, of_cases.id, of_cases.people.staff.clone(), now)?;
        let diaries = [
            licensing::diary(),
            offices::diary(),
            mergers::diary(),
            former_cards::diary(),
            returns::diary(),
            applications::diary(),
            doubles::diary(),
            erasures::diary(),
            notices::diary(),
        ];
        let mut diary: Vec<Happening> = diaries.into_iter().flatten().collect();
        diary.sort_by_key(|(days, _)| Reverse(*days));
        Ok(Self {
            registry: Arc::clone(registry),
            houses,
            aggregator,
            staff,
            docket,
            callers: HashMap::new(),
            offices: HashMap::new(),
            went_over: Vec::new(),
            now,
            diary: diary.into(),
        })
    }

    /// So many days ago.
    pub(super) fn days_ago(&self, days: i64) -> Timestamp {
        self.now.plus_seconds(-days * 24 * 3_600)
    }

    /// Lets everything happen until `end`, where the clock stands then.
    pub(super) fn live_until(&mut self, end: Timestamp) -> Result<(), Error> {
        while let Some((days, happen)) = self.diary.pop_front() {
            let at = self.days_ago(days);
            if at > end {
                self.diary.push_front((days, happen));
                break;
            }
            self.docket.go_on_until(at)?;
            self.registry.clock.set(at);
            happen(self).map_err(|error| Error::internal(format!("{days} days ago: {error:?}")))?;
        }
        self.docket.go_on_until(end)?;
        self.registry.clock.set(end);
        Ok(())
    }

    /// The agency with this short name.
    pub(super) fn house(&self, short_name: &str) -> Result<&DemoHouse, Error> {
        house(&self.houses, short_name)
    }

    /// Somebody of an agency whom the diaries may tell of.
    pub(super) fn member(&self, short_name: &str, nth: usize) -> Result<PersonId, Error> {
        let member = self.house(short_name)?.cast().get(nth).copied();
        member.ok_or_else(|| Error::internal(format!("{short_name} has nobody numbered {nth}")))
    }

    /// Whoever has this account of the demo.
    pub(super) fn caller(&self, email: &str) -> Result<Caller, Error> {
        self.callers.get(email).cloned().ok_or_else(|| Error::internal(format!("there is no account {email} yet")))
    }

    /// A person's record.
    pub(super) fn person(&self, id: PersonId) -> Result<Person, Error> {
        let found = self.registry.store.read(|db| people::find(db, &self.registry.secrets.sealing, id))?;
        found.ok_or(Error::NotFound)
    }

    /// The press card that a person holds now.
    pub(super) fn card(&self, person: PersonId) -> Result<Option<Credential>, Error> {
        let (kind, now) = (CredentialKind::PressCard, self.registry.clock.now());
        let cards = self.registry.store.read(|db| credentials::unexpired_of_person(db, person, kind, now))?;
        Ok(cards.into_iter().rfind(|card| card.is_valid(now)))
    }

    /// Runs `change` as one, in the clock's time.
    pub(super) fn write<T: Send + 'static>(
        &self,
        change: impl FnMut(&mut Tx, &Registry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        write(&self.registry, change)
    }

    /// Does what the program does by itself, as a server would have done meanwhile.
    pub(super) fn look_around(&self) -> Result<(), Error> {
        app::returns::keep(&self.registry)?;
        app::duties::tell(&self.registry).map(drop)
    }
}

fn house<'a>(houses: &'a [DemoHouse], short_name: &str) -> Result<&'a DemoHouse, Error> {
    let found = houses.iter().find(|house| house.is(short_name));
    found.ok_or_else(|| Error::internal(format!("there is no {short_name}")))
}

/// Something that happens on a day.
pub(super) fn on(days: i64, happen: impl FnOnce(&mut World) -> Result<(), Error> + 'static) -> Happening {
    (days, Box::new(happen))
}

/// Runs `change` as one, in the registry's clock's time.
pub(super) fn write<T: Send + 'static>(
    registry: &Arc<Registry>,
    mut change: impl FnMut(&mut Tx, &Registry) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let inner = Arc::clone(registry);
    registry.store.write_blocking(move |tx| change(tx, &inner))
}

/// Of a request that read this version.
pub(super) fn gate(version: i64) -> Gate {
    gate_of(&Etag::of_version(version))
}

/// Of a request that was shown what has this tag.
pub(super) fn gate_of(shown: &Etag) -> Gate {
    Gate::new(Some(shown.quoted()))
}
