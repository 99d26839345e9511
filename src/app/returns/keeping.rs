//! What the program does by itself about cards that are to be handed in: it asks for them, reminds, and proposes to a
//! registrar what was not handed in.
//!
//! Every node looks; each card is looked at again inside the transaction that does something about it, so that it is done
//! once. A card that cannot be dealt with holds up no other.

use super::{Card, cause, obliged, obliged_among, served, stopped};
use crate::app::Registry;
use crate::app::cases::working_days;
use crate::app::notices::{Owing, Unreached, owing};
use crate::domain::events::{Event, EventKind};
use crate::domain::ids::{AgencyId, StateCardId};
use crate::domain::notices::{Notice, Occasion};
use crate::domain::press_cards::PressCardId;
use crate::domain::returns::CardReturn;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Permit};
use crate::store::returns as rows;
use crate::store::{Reader, Tx, credentials, notices, state_cards};
use serde_json::json;
use std::sync::Arc;

/// Which cards something may be to be done about: some, in the order of their ids, after this one.
type Find = fn(&mut Reader, Timestamp, Option<PressCardId>) -> Result<Vec<PressCardId>, Error>;
/// Which of those something is to be done about now, before anything is written.
type Choose = fn(&mut Reader, Timestamp, Vec<PressCardId>) -> Result<Vec<PressCardId>, Error>;
/// What is done about one card; says whether anything was.
type Step = fn(&mut Tx, &Registry, PressCardId) -> Result<bool, Error>;

/// Does what is due; gives how many cards something was done about. Blocks.
///
/// # Errors
/// The database's.
pub fn keep(registry: &Arc<Registry>) -> Result<usize, Error> {
    let each: Choose = |_, _, ids| Ok(ids);
    let steps: [(Find, Choose, Step); 6] = [
        (|db, now, after| rows::settled(db, now, after), each, settle),
        (|db, _, after| rows::asked_of_before(db, after), settled_of_before, settle),
        (|db, now, after| rows::unasked(db, now, after), each, ask),
        (|db, now, after| rows::unasked_of_before(db, now, after), still_obliged, ask),
        (|db, now, after| rows::unreminded(db, now, after), still_obliged, remind),
        (|db, now, after| rows::unproposed(db, now, after), to_propose, propose),
    ];
    let mut done = 0;
    for (find, choose, step) in steps {
        let mut after = None;
        loop {
            let now = registry.clock.now();
            let (last, due) = registry.store.read(|db| {
                let found = find(db, now, after)?;
                Ok((found.last().copied(), choose(db, now, found)?))
            })?;
            done += due.into_iter().filter(|id| do_one(registry, step, *id)).count();
            after = last;
            if after.is_none() {
                break;
            }
        }
    }
    Ok(done)
}

fn still_obliged(db: &mut Reader, now: Timestamp, mut ids: Vec<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    let obliged = obliged_among(db, now, &ids)?;
    ids.retain(|id| obliged.contains(id));
    Ok(ids)
}

fn settled_of_before(db: &mut Reader, now: Timestamp, ids: Vec<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    let of_before = |id| match id {
        PressCardId::OfBefore(id) => Some(id),
        PressCardId::Issued(_) => None,
    };
    let ids: Vec<StateCardId> = ids.into_iter().filter_map(of_before).collect();
    let settled = rows::settled_of_before(db, now, &ids)?;
    Ok(settled.into_iter().map(PressCardId::OfBefore).collect())
}

fn to_propose(db: &mut Reader, now: Timestamp, ids: Vec<PressCardId>) -> Result<Vec<PressCardId>, Error> {
    let asked = rows::of_cards(db, &ids)?;
    let told = notices::of_cards(db, &ids)?;
    let mut ids = still_obliged(db, now, ids)?;
    ids.retain(|id| asked.get(id).is_some_and(|it| is_to_be_proposed(it, told.get(id), now)));
    Ok(ids)
}

/// Whether the time to hand a card in that was asked for, of which this was told, is over for good.
fn is_to_be_proposed(it: &CardReturn, told: Option<&Vec<Notice>>, now: Timestamp) -> bool {
    let asked = told.into_iter().flatten().filter(|notice| notice.created_at >= it.since);
    it.proposed_at.is_none() && it.proposed_from(served(asked), &working_days()).is_some_and(|from| from <= now)
}

fn do_one(registry: &Arc<Registry>, step: Step, id: PressCardId) -> bool {
    let asked = Arc::clone(registry);
    match registry.store.write_blocking(move |tx| step(tx, &asked, id)) {
        Ok(done) => done,
        Err(error) => {
            tracing::error!(card = %id, %error, "nothing can be done about a card that is to be handed in");
            false
        }
    }
}

fn by_itself(tx: &mut Tx, agency: AgencyId) -> Result<Permit, Error> {
    Ok(policy::the_program_itself().in_province(credentials::province_of_agency(tx, agency)?.as_ref()))
}

/// What the log calls what is done by itself.
#[derive(Clone, Copy)]
enum Done {
    Asked,
    Overdue,
    Proposed,
    Settled,
}

const fn event_kind(id: PressCardId, done: Done) -> EventKind {
    match (id, done) {
        (PressCardId::Issued(_), Done::Asked) => EventKind::CredentialReturnAsked,
        (PressCardId::Issued(_), Done::Overdue) => EventKind::CredentialReturnOverdue,
        (PressCardId::Issued(_), Done::Proposed) => EventKind::CredentialRevocationProposed,
        (PressCardId::Issued(_), Done::Settled) => EventKind::CredentialReturnSettled,
        (PressCardId::OfBefore(_), Done::Asked) => EventKind::StateCardReturnAsked,
        (PressCardId::OfBefore(_), Done::Overdue) => EventKind::StateCardReturnOverdue,
        (PressCardId::OfBefore(_), Done::Proposed) => EventKind::StateCardRevocationProposed,
        (PressCardId::OfBefore(_), Done::Settled) => EventKind::StateCardReturnSettled,
    }
}

fn event(id: PressCardId, done: Done) -> Event {
    Event::new(event_kind(id, done), id.object())
}

fn told(id: PressCardId, done: Done, owing: &Owing) -> Event {
    event(id, done).with(json!({ "notices": owing.ids() }))
}

/// Agency and holder are to be told.
fn owed(tx: &mut Tx, registry: &Registry, occasion: Occasion, card: &Card) -> Result<Owing, Error> {
    owing(tx, registry, occasion, card.agency(), (&[card.holder()], Unreached::ByAgency))
}

/// Forgets the duty of whoever is at work again; of a card of before also where nobody is known any more to hold it.
fn settle(tx: &mut Tx, _: &Registry, id: PressCardId) -> Result<bool, Error> {
    let now = tx.now();
    let (agency, is_settled) = match id {
        PressCardId::Issued(it) => {
            (credentials::find(tx, it)?.map(|card| card.agency), obliged(tx, now, id)?.is_none())
        }
        PressCardId::OfBefore(it) => {
            let Some(card) = state_cards::find(tx, it)? else { return Ok(false) };
            let holding = state_cards::holding(tx, &card, now.day())?;
            // Told where it was asked for, as long as that is known.
            let agency = holding.map_or(card.agency, |holding| holding.agency);
            (Some(agency), !rows::settled_of_before(tx, now, &[it])?.is_empty())
        }
    };
    let (Some(agency), Some(_), true) = (agency, rows::find(tx, id)?, is_settled) else { return Ok(false) };
    let permit = by_itself(tx, agency)?;
    tx.record(&permit, event(id, Done::Settled), |writer| rows::remove(writer, id))?;
    Ok(true)
}

/// Asks agency and holder for a card.
fn ask(tx: &mut Tx, registry: &Registry, id: PressCardId) -> Result<bool, Error> {
    let now = tx.now();
    if rows::find(tx, id)?.is_some() {
        return Ok(false);
    }
    let Some(card) = obliged(tx, now, id)? else { return Ok(false) };
    let of_agency = stopped(tx, card.agency())?;
    let cause = cause(tx, registry, &card, of_agency, now)?;
    let Some((due_at, rule)) = cause.due(&working_days()) else { return Ok(false) };
    let asked = CardReturn {
        card: id,
        why: cause.why,
        since: cause.since,
        due_at,
        requested_at: None,
        reminded_at: None,
        proposed_at: None,
        set_aside_at: None,
        version: 1,
    };
    let owing = owed(tx, registry, Occasion::CardToReturn(id), &card)?;
    let permit = by_itself(tx, card.agency())?;
    let event = event(id, Done::Asked).with(json!({
        "reason": asked.why.as_str(),
        "since": asked.since.to_string(),
        "due_at": asked.due_at.to_string(),
        "source": rule.source.short(),
        "notices": owing.ids(),
    }));
    tx.record(&permit, event, |writer| {
        rows::insert(writer, &asked)?;
        owing.enter(writer, registry)
    })?;
    Ok(true)
}

/// Reminds agency and holder once the time is over, and not on the day on which they were asked.
fn remind(tx: &mut Tx, registry: &Registry, id: PressCardId) -> Result<bool, Error> {
    let now = tx.now();
    let (Some(card), Some(old)) = (obliged(tx, now, id)?, rows::find(tx, id)?) else { return Ok(false) };
    if !rows::is_unreminded(tx, id)? {
        return Ok(false);
    }
    let owing = owed(tx, registry, Occasion::ReturnOverdue(id), &card)?;
    let permit = by_itself(tx, card.agency())?;
    let new = CardReturn { reminded_at: Some(now), version: old.version + 1, ..old };
    tx.record(&permit, told(id, Done::Overdue, &owing), |writer| {
        rows::update(writer, &new)?;
        owing.enter(writer, registry)
    })?;
    Ok(true)
}

/// Lays a card before a registrar that was asked for and not handed in.
fn propose(tx: &mut Tx, registry: &Registry, id: PressCardId) -> Result<bool, Error> {
    let now = tx.now();
    let (Some(card), Some(old)) = (obliged(tx, now, id)?, rows::find(tx, id)?) else { return Ok(false) };
    let told_before = notices::of_cards(tx, &[id])?;
    if !is_to_be_proposed(&old, told_before.get(&id), now) {
        return Ok(false);
    }
    let owing = owed(tx, registry, Occasion::RevocationProposed(id), &card)?;
    let permit = by_itself(tx, card.agency())?;
    let new = CardReturn { proposed_at: Some(now), version: old.version + 1, ..old };
    tx.record(&permit, told(id, Done::Proposed, &owing), |writer| {
        rows::update(writer, &new)?;
        owing.enter(writer, registry)
    })?;
    Ok(true)
}
