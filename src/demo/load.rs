//! Fills an empty registry: through the same functions that its users call, in the order of time, so that every record
//! has its history.

use super::cases;
use super::document::{Demo, DemoCard};
use super::houses::{DIA_PHUONG, VI_DU};
use super::past::Staff;
use super::world::{Cast, World};
use super::{cast, former_cards, houses, mergers, people};
use crate::app::{Registry, credentials};
use crate::domain::credentials::Credential;
use crate::domain::eligibility::term_of;
use crate::domain::time::Timestamp;
use crate::error::Error;
use std::sync::Arc;

/// Days before now when the cards were granted that have run out with their term, or after five years.
const LONG_AGO_DAYS: i64 = 5 * 365 + 32;
/// Days before that when agencies and people were entered.
const ENTERED_DAYS: i64 = 60;
/// Days before now when most cards were granted.
const LAST_YEAR_DAYS: i64 = 300;
/// Days before now when collaborators were last granted a card for a year: it has run out.
const COLLABORATORS_DAYS: i64 = 400;
/// Of every so many agencies one had its collaborators' cards granted then.
const RUN_OUT_EVERY: usize = 9;
/// Days before now when the accounts of the demo were made.
const ACCOUNTS_DAYS: i64 = 90;

/// Fills `registry`, whose clock is manual and ends at `now`. `progress` is told what is being done.
///
/// # Errors
/// Whatever a user would be told.
pub fn load(registry: &Arc<Registry>, now: Timestamp, progress: &dyn Fn(&str)) -> Result<Demo, Error> {
    let at = |days: i64| now.plus_seconds(-days * 24 * 3_600);
    registry.clock.set(at(LONG_AGO_DAYS + ENTERED_DAYS));
    progress("entering 193 press agencies, and invented ones");
    let (mut houses, aggregator) = houses::enter(registry, now.day())?;
    progress("entering 2,072 invented people and drawing their portraits");
    people::enter(registry, &mut houses)?;
    let staff = Staff::hire(registry, &houses)?;
    let mut world = World::new(registry, Cast { houses, aggregator, staff }, now)?;

    progress("granting cards");
    let granted = grant(&mut world)?;
    progress("reporting misuse and hearing cases, opening offices, merging agencies");
    world.live_until(at(ACCOUNTS_DAYS))?;
    world.callers = cast::let_in(registry, &world.houses)?;
    let official = world.caller(cast::OFFICIAL)?;
    world.docket.now_reports(official);
    world.live_until(at(20))?;
    progress("suspending, revoking and losing some");
    world.staff.mark(registry, &granted, world.house(DIA_PHUONG)?.id)?;
    progress("leaving work in every queue");
    world.live_until(at(2))?;
    world.staff.leave_work(registry, &world.houses)?;
    world.live_until(at(1))?;
    let letters = world.staff.write_letters(registry, &world.houses, now)?;
    world.live_until(now)?;
    // Somebody who has a case to reply to, and whose card was looked up.
    let theirs = world.house(VI_DU)?.people.staff.get(cases::HOLDER).copied();
    let card = theirs.map(|person| world.card(person)).transpose()?.flatten();
    let card = card.ok_or_else(|| Error::internal("nobody who has a case to reply to holds a card"))?;
    cast::let_holder_in(registry, &card)?;
    former_cards::look_up(&world, card.number.as_str(), card.name.as_str())?;
    let cases = world.docket.cases()?;
    Ok(Demo { cases, ..describe(registry, now, &granted, &letters)? })
}

/// The cards that were granted before the others of this page happened, and the six agencies that became one meanwhile.
fn grant(world: &mut World) -> Result<Vec<Credential>, Error> {
    let registry = Arc::clone(&world.registry);
    let mut granted = Vec::new();
    world.live_until(world.days_ago(LONG_AGO_DAYS))?;
    for house in &world.houses {
        let cards = world.staff.grant(&registry, house, "press_card", slice(&house.people.staff, 0, 1))?;
        granted.extend(cards.into_iter().filter(|_| house.has_marked_cards()));
    }
    let earliest = world.days_ago(LONG_AGO_DAYS - 1);
    world.live_until(mergers::of_the_reform()?.max(earliest).min(world.days_ago(COLLABORATORS_DAYS + 1)))?;
    mergers::reform(world)?;
    world.live_until(world.days_ago(COLLABORATORS_DAYS))?;
    for house in world.houses.iter().filter(|house| house.index % RUN_OUT_EVERY == 0) {
        granted.extend(world.staff.grant(&registry, house, "collaborator_card", &house.people.collaborators)?);
    }
    // Cards of a term that is over would not be good today.
    let term = term_of(world.now.day()).ok_or_else(|| Error::internal("no term of press cards"))?;
    world.live_until(world.days_ago(LAST_YEAR_DAYS).max(term.first.start()))?;
    for house in &world.houses {
        let people = &house.people;
        let staff = slice(&people.staff, 1, people.staff.len().saturating_sub(2));
        let mut cards = world.staff.grant(&registry, house, "press_card", staff)?;
        if house.index % RUN_OUT_EVERY != 0 {
            cards.extend(world.staff.grant(&registry, house, "collaborator_card", &people.collaborators)?);
        }
        granted.extend(cards.into_iter().filter(|_| house.has_marked_cards()));
        world.staff.grant(&registry, house, "press_card", &people.reserve)?;
    }
    // Those of the term before expire soon then.
    world.look_around()?;
    Ok(granted)
}

fn slice<T>(items: &[T], from: usize, to: usize) -> &[T] {
    items.get(from.min(items.len())..to.min(items.len())).unwrap_or_default()
}

fn describe(
    registry: &Registry,
    now: Timestamp,
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
    Ok(Demo {
        base_url: registry.settings.public_url.clone(),
        accounts: cast::told(),
        cards,
        letters,
        forged,
        cases: Vec::new(),
        lookups: former_cards::told(),
    })
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
