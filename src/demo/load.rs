//! Fills an empty registry: through the same functions that its users call, in the order of time, so that every record
//! has its history.

use super::cases::{self, Docket};
use super::cast::{ACCOUNTS, CENTRAL, HOLDER, House, LOCAL, PASSWORD};
use super::document::{Demo, DemoAccount, DemoCard};
use super::past::Staff;
use super::{names, portraits};
use crate::app::accounts::UserForm;
use crate::app::people::NewPersonForm;
use crate::app::{self, Registry, credentials};
use crate::data;
use crate::domain::agencies::{AgencyFields, AgencyState, Level};
use crate::domain::credentials::Credential;
use crate::domain::eligibility::term_of;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::{EngagementForm, PersonForm};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::pictures::portrait::Portrait;
use crate::policy;
use std::sync::Arc;

/// People invented.
const PEOPLE: usize = 2_000;
/// The seed of names and faces: the same people in every demo.
const SEED: u64 = 2_022;
/// Every eighth works as a collaborator.
const COLLABORATOR_EVERY: usize = 8;
/// Days before now when the cards were granted that have run out with their term, or after five years.
const LONG_AGO_DAYS: i64 = 5 * 365 + 32;
/// Days before now when most cards were granted.
const LAST_YEAR_DAYS: i64 = 300;
/// Days before now when collaborators were last granted a card for a year: it has run out.
const COLLABORATORS_DAYS: i64 = 400;

/// Fills `registry`, whose clock is manual and ends at `now`. `progress` is told what is being done.
///
/// # Errors
/// Whatever a user would be told.
pub fn load(registry: &Arc<Registry>, now: Timestamp, progress: &dyn Fn(&str)) -> Result<Demo, Error> {
    let at = |days: i64| now.plus_seconds(-days * 24 * 3_600);
    registry.clock.set(at(LONG_AGO_DAYS + 60));
    progress("entering 193 press agencies, and an invented one");
    let houses = enter_agencies(registry)?;
    progress("entering 2,000 invented people and drawing their portraits");
    let people = enter_people(registry, &houses)?;
    let staff = Staff::hire(registry, &houses)?;
    let invented = houses.iter().zip(&people).next_back().ok_or_else(|| Error::internal("no agency was entered"))?;
    let mut docket = Docket::new(registry, &staff, invented.0.id, invented.1.staff.clone(), now)?;

    progress("granting cards");
    registry.clock.set(at(LONG_AGO_DAYS));
    let mut granted = Vec::new();
    for (house, people) in houses.iter().zip(&people) {
        granted.extend(staff.grant(registry, house, "press_card", slice(&people.staff, 0, 1))?);
    }
    docket.go_on_until(at(COLLABORATORS_DAYS))?;
    registry.clock.set(at(COLLABORATORS_DAYS));
    for (house, people) in houses.iter().zip(&people).step_by(9) {
        granted.extend(staff.grant(registry, house, "collaborator_card", &people.collaborators)?);
    }
    // Cards of a term that is over would not be good today.
    let term = term_of(now.day()).ok_or_else(|| Error::internal("no term of press cards"))?;
    let last_year = at(LAST_YEAR_DAYS).max(term.first.start());
    docket.go_on_until(last_year)?;
    registry.clock.set(last_year);
    for (house, people) in houses.iter().zip(&people) {
        granted.extend(staff.grant(
            registry,
            house,
            "press_card",
            slice(&people.staff, 1, people.staff.len().saturating_sub(2)),
        )?);
        if house.index % 9 != 0 {
            granted.extend(staff.grant(registry, house, "collaborator_card", &people.collaborators)?);
        }
    }
    progress("reporting misuse and hearing cases");
    docket.go_on_until(at(20))?;
    progress("suspending, revoking and losing some");
    registry.clock.set(at(20));
    let marked = staff.mark(registry, &granted)?;
    progress("leaving work in every queue");
    docket.go_on_until(at(2))?;
    registry.clock.set(at(2));
    staff.leave_work(registry, &houses, &people)?;
    docket.go_on_until(at(1))?;
    registry.clock.set(at(1));
    let letters = staff.write_letters(registry, &houses, &people, now)?;
    progress("making the accounts");
    docket.go_on_until(now)?;
    registry.clock.set(now);
    // Somebody who has a case to reply to.
    let theirs = invented.1.staff.get(cases::HOLDER);
    let mut good = granted.iter().filter(|card| card.is_valid(now) && !marked.contains_key(&card.id));
    let holder = good.clone().find(|card| Some(&card.person) == theirs).or_else(|| good.next());
    let accounts = make_accounts(registry, &houses, holder)?;
    let cases = docket.cases()?;
    Ok(Demo { cases, ..describe(registry, now, accounts, &granted, &letters)? })
}

fn slice<T>(items: &[T], from: usize, to: usize) -> &[T] {
    items.get(from.min(items.len())..to.min(items.len())).unwrap_or_default()
}

/// An agency of the demo.
pub(super) struct DemoHouse {
    pub(super) index: usize,
    pub(super) id: AgencyId,
    pub(super) agency: AgencyFields,
}

/// Who works for it.
#[derive(Default)]
pub(super) struct DemoPeople {
    pub(super) staff: Vec<PersonId>,
    pub(super) collaborators: Vec<PersonId>,
}

/// All that there are, and last the one that is invented.
fn enter_agencies(registry: &Arc<Registry>) -> Result<Vec<DemoHouse>, Error> {
    let invented = cases::invented_agency()?;
    registry.store.write_blocking(move |tx| {
        data::agencies()
            .iter()
            .chain([&invented])
            .enumerate()
            .map(|(index, fields)| {
                let fields = AgencyFields { level: of_today(&fields.level), ..fields.clone() };
                let agency = app::agencies::enter(tx, &policy::the_program_itself(), fields)?;
                Ok(DemoHouse { index, id: agency.id, agency: agency.fields })
            })
            .collect()
    })
}

/// The public sources name provinces of before July 2025; a record made today is of today's unit.
fn of_today(level: &Level) -> Level {
    match level {
        Level::Central => Level::Central,
        Level::Local(province) => {
            let unit = data::provinces().iter().find(|unit| unit.id == *province);
            Level::Local(unit.and_then(|unit| unit.successor.clone()).unwrap_or_else(|| province.clone()))
        }
    }
}

fn enter_people(registry: &Arc<Registry>, houses: &[DemoHouse]) -> Result<Vec<DemoPeople>, Error> {
    let invented: Vec<names::Person> = names::people(SEED).take(PEOPLE).collect();
    let shares: Vec<&[names::Person]> = split(&invented, houses.len());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut entered: Vec<Option<Result<DemoPeople, Error>>> = houses.iter().map(|_| None).collect();
    let (houses_per, slots_per) = (houses.len().div_ceil(threads), houses.len().div_ceil(threads));
    // Drawing and shrinking a portrait takes 10 ms of a processor: all of them share the work.
    std::thread::scope(|scope| {
        let parts = houses.chunks(houses_per).zip(shares.chunks(houses_per)).zip(entered.chunks_mut(slots_per));
        for ((houses, shares), slots) in parts {
            scope.spawn(move || {
                for ((house, share), slot) in houses.iter().zip(shares).zip(slots) {
                    *slot = Some(enter_share(registry, house, share));
                }
            });
        }
    });
    entered.into_iter().map(|it| it.unwrap_or_else(|| Err(Error::internal("nobody was entered")))).collect()
}

/// As even shares as can be.
fn split<T>(items: &[T], shares: usize) -> Vec<&[T]> {
    (0..shares).map(|i| slice(items, i * items.len() / shares, (i + 1) * items.len() / shares)).collect()
}

fn enter_share(registry: &Arc<Registry>, house: &DemoHouse, share: &[names::Person]) -> Result<DemoPeople, Error> {
    let mut entries = Vec::with_capacity(share.len());
    for (nth, person) in share.iter().enumerate() {
        let seed = SEED + u64::try_from(house.index * 1_000 + nth).unwrap_or_default();
        let picture = Portrait::read(&portraits::draw(seed)).map_err(|p| Error::internal(p.to_string()))?;
        let (portrait, digest) = registry.keep_picture(&picture)?;
        let is_collaborator = nth % COLLABORATOR_EVERY == COLLABORATOR_EVERY - 1;
        entries.push((form(person, is_collaborator), is_collaborator, portrait, digest));
    }
    let (registry, agency) = (Arc::clone(registry), house.id);
    let store = registry.store.clone();
    store.write_blocking(move |tx| {
        let permit = policy::the_program_itself();
        let mut people = DemoPeople::default();
        for (form, is_collaborator, portrait, digest) in &entries {
            let person = app::people::enter(tx, &registry, &permit, agency, AgencyState::Active, form)?;
            let person = app::portraits::take(tx, &registry, &permit, person, *portrait, *digest)?;
            let list = if *is_collaborator { &mut people.collaborators } else { &mut people.staff };
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

fn make_accounts(
    registry: &Arc<Registry>,
    houses: &[DemoHouse],
    holder: Option<&Credential>,
) -> Result<Vec<DemoAccount>, Error> {
    let house_id = |house: House| {
        let wanted = match house {
            House::Central => CENTRAL,
            House::Local => LOCAL,
        };
        let is_it = |it: &&DemoHouse| it.agency.short_name.as_ref().is_some_and(|short| short.as_str() == wanted);
        houses.iter().find(is_it).map(|it| it.id.to_string())
    };
    let mut forms: Vec<UserForm> = ACCOUNTS
        .iter()
        .map(|account| UserForm {
            email: account.email.to_owned(),
            role: account.role.to_owned(),
            agency_id: account.house.and_then(house_id),
            province: account.province.map(str::to_owned),
            body: account.body.map(str::to_owned),
            person_id: None,
        })
        .collect();
    forms.extend(holder.map(|card| UserForm {
        email: HOLDER.to_owned(),
        role: "holder".to_owned(),
        person_id: Some(card.person.to_string()),
        ..UserForm::default()
    }));
    forms
        .into_iter()
        .map(|form| {
            let (role, email) = (form.role.clone(), form.email.clone());
            registry.add_user(form, PASSWORD)?;
            Ok(DemoAccount { role, email, password: PASSWORD.to_owned() })
        })
        .collect()
}

fn describe(
    registry: &Registry,
    now: Timestamp,
    accounts: Vec<DemoAccount>,
    granted: &[Credential],
    letters: &[Credential],
) -> Result<Demo, Error> {
    let shown = |card: &Credential| {
        let found = registry.store.read(|db| crate::store::credentials::find(db, card.id))?;
        let card = found.ok_or(Error::NotFound)?;
        let state = match card.shown(now).as_str() {
            "active" => "valid",
            other => other,
        };
        Ok(DemoCard {
            state: state.to_owned(),
            number: card.number.as_str().to_owned(),
            code: credentials::qr_text(registry, &card),
            typed_code: credentials::typed_code(registry, &card),
        })
    };
    let all = granted.iter().map(shown).collect::<Result<Vec<DemoCard>, Error>>()?;
    let mut cards = Vec::new();
    for state in ["valid", "expired", "suspended", "revoked", "lost", "returned", "replaced"] {
        cards.extend(all.iter().filter(|card| card.state == state).take(5).cloned());
    }
    let letters = letters.iter().map(shown).collect::<Result<Vec<DemoCard>, Error>>()?;
    let forged = cards.first().map(|card| forge(&card.code)).unwrap_or_default();
    Ok(Demo { base_url: registry.settings.public_url.clone(), accounts, cards, letters, forged, cases: Vec::new() })
}

/// What somebody without the key can make of a good code.
fn forge(code: &str) -> Vec<String> {
    let Some((address, bytes)) = code.split_once('#') else { return Vec::new() };
    let swapped = |at: usize| {
        let mut letters: Vec<char> = bytes.chars().collect();
        if let Some(letter) = letters.get_mut(at) {
            *letter = if *letter == 'A' { 'B' } else { 'A' };
        }
        format!("{address}#{}", letters.into_iter().collect::<String>())
    };
    let cut: String = bytes.chars().take(bytes.len() / 2).collect();
    vec![swapped(bytes.len() / 2), swapped(bytes.len() / 3), swapped(bytes.len() - 40), format!("{address}#{cut}")]
}
