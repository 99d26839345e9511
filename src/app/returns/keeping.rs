//! What the program does by itself about cards that are to be handed in: it asks for them, reminds, and proposes to a
//! registrar what was not handed in.
//!
//! Every node looks; each card is looked at again inside the transaction that does something about it, so that it is done
//! once. A card that cannot be dealt with holds up no other.

use super::{cause, served, stopped};
use crate::app::Registry;
use crate::app::cases::working_days;
use crate::app::notices::{Owing, Unreached, owing};
use crate::domain::credentials::Credential;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::CredentialId;
use crate::domain::notices::{Notice, Occasion};
use crate::domain::returns::CardReturn;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Permit};
use crate::store::returns::{self as rows, Next};
use crate::store::{Reader, Tx, credentials, notices};
use serde_json::json;
use std::sync::Arc;

/// Cards looked at in one go.
const AT_ONCE: i64 = 200;

/// Which cards something may be to be done about.
type Find = fn(&mut Reader, Timestamp, Next) -> Result<Vec<CredentialId>, Error>;
/// Which of those something is to be done about now, before anything is written.
type Choose = fn(&mut Reader, Timestamp, Vec<CredentialId>) -> Result<Vec<CredentialId>, Error>;
/// What is done about one card; says whether anything was.
type Step = fn(&mut Tx, &Registry, CredentialId) -> Result<bool, Error>;

/// Does what is due; gives how many cards something was done about. Blocks.
///
/// # Errors
/// The database's.
pub fn keep(registry: &Arc<Registry>) -> Result<usize, Error> {
    let each: Choose = |_, _, ids| Ok(ids);
    let steps: [(Find, Choose, Step); 4] = [
        (|db, now, next| rows::settled(db, now, next), each, settle),
        (|db, now, next| rows::unasked(db, now, next), each, ask),
        (|db, now, next| rows::unreminded(db, now, next), each, remind),
        (|db, now, next| rows::unproposed(db, now, next), to_propose, propose),
    ];
    let mut done = 0;
    for (find, choose, step) in steps {
        let mut after = None;
        loop {
            let now = registry.clock.now();
            let (last, due) = registry.store.read(|db| {
                let found = find(db, now, Next { after, limit: AT_ONCE })?;
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

fn to_propose(db: &mut Reader, now: Timestamp, mut ids: Vec<CredentialId>) -> Result<Vec<CredentialId>, Error> {
    let asked = rows::of_cards(db, &ids)?;
    let told = notices::of_credentials(db, &ids)?;
    ids.retain(|id| asked.get(id).is_some_and(|it| is_to_be_proposed(it, told.get(id), now)));
    Ok(ids)
}

/// Whether the time to hand a card in that was asked for, of which this was told, is over for good.
fn is_to_be_proposed(it: &CardReturn, told: Option<&Vec<Notice>>, now: Timestamp) -> bool {
    let asked = told.into_iter().flatten().filter(|notice| notice.created_at >= it.since);
    it.proposed_at.is_none() && it.proposed_from(served(asked), &working_days()).is_some_and(|from| from <= now)
}

fn do_one(registry: &Arc<Registry>, step: Step, id: CredentialId) -> bool {
    let asked = Arc::clone(registry);
    match registry.store.write_blocking(move |tx| step(tx, &asked, id)) {
        Ok(done) => done,
        Err(error) => {
            tracing::error!(credential = %id, %error, "nothing can be done about a card that is to be handed in");
            false
        }
    }
}

fn by_itself(tx: &mut Tx, card: &Credential) -> Result<Permit, Error> {
    Ok(policy::the_program_itself().in_province(credentials::province_of_agency(tx, card.agency)?.as_ref()))
}

fn told(kind: EventKind, id: CredentialId, owing: &Owing) -> Event {
    Event::new(kind, Object::Credential(id)).with(json!({ "notices": owing.ids() }))
}

/// Forgets the duty of whoever is at work again.
fn settle(tx: &mut Tx, _: &Registry, id: CredentialId) -> Result<bool, Error> {
    let (Some(card), Some(_)) = (credentials::find(tx, id)?, rows::find(tx, id)?) else { return Ok(false) };
    if rows::is_obliged(tx, id)? {
        return Ok(false);
    }
    let permit = by_itself(tx, &card)?;
    let event = Event::new(EventKind::CredentialReturnSettled, Object::Credential(id));
    tx.record(&permit, event, |writer| rows::remove(writer, id))?;
    Ok(true)
}

/// Asks agency and holder for a card.
fn ask(tx: &mut Tx, registry: &Registry, id: CredentialId) -> Result<bool, Error> {
    let Some(card) = credentials::find(tx, id)? else { return Ok(false) };
    if rows::find(tx, id)?.is_some() || !rows::is_obliged(tx, id)? {
        return Ok(false);
    }
    let (now, of_agency) = (tx.now(), stopped(tx, card.agency)?);
    let cause = cause(tx, registry, &card, of_agency, now)?;
    let Some((due_at, rule)) = cause.due(&working_days()) else { return Ok(false) };
    let asked = CardReturn {
        credential: id,
        why: cause.why,
        since: cause.since,
        due_at,
        requested_at: None,
        reminded_at: None,
        proposed_at: None,
        set_aside_at: None,
        version: 1,
    };
    let owing = owing(tx, registry, Occasion::CardToReturn(id), card.agency, (&[card.person], Unreached::ByAgency))?;
    let permit = by_itself(tx, &card)?;
    let event = Event::new(EventKind::CredentialReturnAsked, Object::Credential(id)).with(json!({
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
fn remind(tx: &mut Tx, registry: &Registry, id: CredentialId) -> Result<bool, Error> {
    let now = tx.now();
    let (Some(card), Some(old)) = (credentials::find(tx, id)?, rows::find(tx, id)?) else { return Ok(false) };
    if !rows::is_unreminded(tx, id)? {
        return Ok(false);
    }
    let owing = owing(tx, registry, Occasion::ReturnOverdue(id), card.agency, (&[card.person], Unreached::ByAgency))?;
    let permit = by_itself(tx, &card)?;
    let new = CardReturn { reminded_at: Some(now), version: old.version + 1, ..old };
    tx.record(&permit, told(EventKind::CredentialReturnOverdue, id, &owing), |writer| {
        rows::update(writer, &new)?;
        owing.enter(writer, registry)
    })?;
    Ok(true)
}

/// Lays a card before a registrar that was asked for and not handed in.
fn propose(tx: &mut Tx, registry: &Registry, id: CredentialId) -> Result<bool, Error> {
    let now = tx.now();
    let (Some(card), Some(old)) = (credentials::find(tx, id)?, rows::find(tx, id)?) else { return Ok(false) };
    let told_before = notices::of_credentials(tx, &[id])?;
    if !is_to_be_proposed(&old, told_before.get(&id), now) || !rows::is_obliged(tx, id)? {
        return Ok(false);
    }
    let owing =
        owing(tx, registry, Occasion::RevocationProposed(id), card.agency, (&[card.person], Unreached::ByAgency))?;
    let permit = by_itself(tx, &card)?;
    let new = CardReturn { proposed_at: Some(now), version: old.version + 1, ..old };
    tx.record(&permit, told(EventKind::CredentialRevocationProposed, id, &owing), |writer| {
        rows::update(writer, &new)?;
        owing.enter(writer, registry)
    })?;
    Ok(true)
}
