//! The demo's people: invented, each with a portrait that was drawn.

use super::houses::{DemoHouse, DemoPeople, VI_DU};
use super::{names, portraits};
use crate::app::people::NewPersonForm;
use crate::app::{self, Registry};
use crate::domain::agencies::AgencyState;
use crate::domain::people::{EngagementForm, PersonForm};
use crate::error::Error;
use crate::pictures::portrait::Portrait;
use crate::policy;
use std::sync::Arc;

/// People of the agencies that there are, and of the one that cases tell of.
const PEOPLE: usize = 2_000;
/// People of each other agency that is invented, and as many more of the one of the cases.
const PEOPLE_OF_INVENTED: usize = 12;
/// The seed of names and faces: the same people in every demo.
const SEED: u64 = 2_022;
/// Every eighth works as a collaborator.
const COLLABORATOR_EVERY: usize = 8;

/// Who is to work for an agency.
struct Share {
    people: Vec<names::Person>,
    /// How many of them are no reserve.
    regular: usize,
}

/// Enters everybody where they work.
pub(super) fn enter(registry: &Arc<Registry>, houses: &mut [DemoHouse]) -> Result<(), Error> {
    let shares = shares(houses);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let per_thread = houses.len().div_ceil(threads).max(1);
    // Drawing and shrinking a portrait takes 10 ms of a processor: all of them share the work.
    std::thread::scope(|scope| {
        let parts = houses.chunks_mut(per_thread).zip(shares.chunks(per_thread));
        let working: Vec<_> = parts
            .map(|(houses, shares)| {
                scope.spawn(move || {
                    houses.iter_mut().zip(shares).try_for_each(|(house, share)| {
                        house.people = enter_share(registry, house, share)?;
                        Ok::<(), Error>(())
                    })
                })
            })
            .collect();
        let ended =
            working.into_iter().map(|it| it.join().unwrap_or_else(|_| Err(Error::internal("nobody was entered"))));
        // Everybody is waited for, also where one has failed.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}

/// As even shares as can be.
fn shares(houses: &[DemoHouse]) -> Vec<Share> {
    let mut invented = names::people(SEED);
    let crowd: Vec<names::Person> = invented.by_ref().take(PEOPLE).collect();
    let first = houses.iter().filter(|house| house.is_among_the_first()).count().max(1);
    let mut shares = Vec::with_capacity(houses.len());
    for house in houses {
        let mut people = match house.is_among_the_first() {
            true => {
                crowd.get(house.index * PEOPLE / first..(house.index + 1) * PEOPLE / first).unwrap_or_default().to_vec()
            }
            false => invented.by_ref().take(PEOPLE_OF_INVENTED).collect(),
        };
        let regular = people.len();
        if house.is(VI_DU) {
            people.extend(invented.by_ref().take(PEOPLE_OF_INVENTED));
        }
        shares.push(Share { people, regular });
    }
    shares
}

fn enter_share(registry: &Arc<Registry>, house: &DemoHouse, share: &Share) -> Result<DemoPeople, Error> {
    let mut entries = Vec::with_capacity(share.people.len());
    for (nth, person) in share.people.iter().enumerate() {
        let seed = SEED + u64::try_from(house.index * 1_000 + nth).unwrap_or_default();
        let picture = Portrait::read(&portraits::draw(seed)).map_err(|p| Error::internal(p.to_string()))?;
        let (portrait, digest) = registry.keep_picture(&picture)?;
        let is_collaborator = nth % COLLABORATOR_EVERY == COLLABORATOR_EVERY - 1;
        entries.push((form(person, is_collaborator), is_collaborator, portrait, digest));
    }
    let (registry, agency, regular) = (Arc::clone(registry), house.id, share.regular);
    let store = registry.store.clone();
    store.write_blocking(move |tx| {
        let permit = policy::the_program_itself();
        let mut people = DemoPeople::default();
        for (nth, (form, is_collaborator, portrait, digest)) in entries.iter().enumerate() {
            let person = app::people::enter(tx, &registry, &permit, agency, AgencyState::Active, form)?;
            let person = app::portraits::take(tx, &registry, &permit, person, *portrait, *digest)?;
            let list = match (is_collaborator, nth < regular) {
                (true, _) => &mut people.collaborators,
                (false, true) => &mut people.staff,
                (false, false) => &mut people.reserve,
            };
            list.push(person.id);
        }
        Ok(people)
    })
}

fn form(person: &names::Person, is_collaborator: bool) -> NewPersonForm {
    NewPersonForm {
        person: PersonForm {
            full_name: person.full_name.clone(),
            pen_name: person.pen_name.clone(),
            birth_date: person.birth_date.to_string(),
            national_id: person.national_id.clone(),
            email: Some(person.email.clone()),
        },
        engagement: EngagementForm {
            kind: if is_collaborator { "collaborator" } else { "staff" }.to_owned(),
            post: if is_collaborator { "Cộng tác viên" } else { person.post }.to_owned(),
            from: "2018-01-02".to_owned(),
        },
    }
}
