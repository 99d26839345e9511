//! A merger or split is done: in one transaction, with an event for each thing that goes over.

use super::{Planned, Told, plan_now, told};
use crate::app::gate::Gate;
use crate::app::notices::{Unreached, owing, owing_many};
use crate::app::{Registry, leaders, offices};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyEvent};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, NoticeId, PersonId, SuccessionId};
use crate::domain::notices::Occasion;
use crate::domain::successions::{Carried, Counts, Move, Order, Share, Succession};
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Tx, agencies, notices, successions};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};

/// Carries out a merger or split as its plan was shown.
///
/// # Errors
/// 403; 428 without the tag of a plan; 422; 412 where something else would be done now; 409 where something stands in the
/// way.
pub fn carry_out(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<Order, Error>,
) -> Result<Told, Error> {
    let permit = policy::enter(caller, Operation::MergeAgencies)?.anywhere()?;
    gate.is_first(tx)?;
    gate.names_a_version()?;
    gate.is_usable()?;
    // Which plan it is hangs on the form, so its mistakes are told before another plan is.
    let now = tx.now();
    let planned = plan_now(tx, now, form()?)?;
    gate.knows(&planned.etag())?;
    if let Some(obstacle) = planned.plan.obstacles.first() {
        return Err(Error::WrongState { detail: obstacle.detail.clone() });
    }
    let done = write(tx, registry, &permit, &planned)?;
    told(tx, caller, done)
}

fn write(tx: &mut Tx, registry: &Registry, permit: &Permit, planned: &Planned) -> Result<Succession, Error> {
    let Planned { order, plan, agencies: taking_part, effective_on: day } = planned;
    let (now, day) = (tx.now(), *day);
    let shares = plan.moves.iter().map(|it| Share { from: it.from, to: it.to, counts: it.holdings.counts() });
    let succession = Succession {
        id: tx.new_id(),
        kind: order.kind,
        reason: order.reason.as_str().to_owned(),
        ended_predecessors: order.ends_predecessors(),
        decided_at: now,
        effective_on: day,
        shares: shares.collect(),
    };
    let closed = order
        .predecessors
        .iter()
        .filter_map(|id| taking_part.get(id))
        .map(|agency| ended(order, agency))
        .collect::<Result<Vec<_>, _>>()?;
    let events: Vec<Event> = order.successors.iter().map(|to| taking_over(&succession, Object::Agency(*to))).collect();
    let first = tx.record_all(permit, events, |writer| {
        successions::insert(writer, &succession)?;
        Ok(writer.log_index())
    })?;
    // Before anything of an agency ends.
    for it in &plan.moves {
        offices::carry_over(tx, permit, succession.id, (it.from, it.to), &it.holdings.offices)?;
    }
    for (old, new) in closed {
        let event = handing_over(&succession, old, new.as_ref());
        let permit = permit.clone().in_province(old.fields.level.province());
        let going: HashSet<PersonId> =
            plan.moves.iter().filter(|it| it.from == old.id).flat_map(Move::workers).collect();
        // Whoever led what ends, though nothing of theirs goes over, leads it no more.
        let leads_no_more = |person| new.is_some() || going.contains(&person);
        leaders::end_those(tx, &permit, old.id, leads_no_more, day.minus_days(1), &succession.reason)?;
        tx.record(&permit, event, |writer| new.map_or(Ok(()), |agency| agencies::update(writer, &agency)))?;
    }
    for it in &plan.moves {
        let province = taking_part.get(&it.to).and_then(|agency| agency.fields.level.province());
        let permit = permit.clone().in_province(province);
        carry(tx, registry, &permit, succession.id, it, day)?;
    }
    if let (true, Some(to)) = (order.ends_predecessors(), order.rest()) {
        for from in &order.predecessors {
            hand_over_notices(tx, permit, succession.id, *from, to)?;
        }
    }
    // Once the heads' accounts have gone over, in which a successor is told what it took over.
    for (to, log_index) in order.successors.iter().zip(first..) {
        let occasion = Occasion::CarriedOver(succession.id);
        let owing = owing(tx, registry, occasion, *to, (&[], Unreached::ByAgency))?;
        tx.record(permit, owing.event(), |writer| owing.enter_with(writer, registry, log_index))?;
    }
    Ok(succession)
}

/// Whatever an agency that has ended was told and not reached with, of what is over and goes nowhere: it goes with its
/// head's account. What it was told of what goes over went with that.
fn hand_over_notices(
    tx: &mut Tx,
    permit: &Permit,
    succession: SuccessionId,
    from: AgencyId,
    to: AgencyId,
) -> Result<(), Error> {
    let owed = notices::unarrived(tx, from)?;
    let events = owed.iter().map(|notice| {
        Event::new(EventKind::NoticeCarried, notice.of.object()).with(json!({
            "notice": notice.id.to_string(),
            "recipient": notice.of.recipient(),
            "duty": notice.of.duty(),
            "agency": to.to_string(),
            "from_agency": from.to_string(),
            "succession": succession.to_string(),
        }))
    });
    let ids: Vec<NoticeId> = owed.iter().map(|notice| notice.id).collect();
    match ids.is_empty() {
        true => Ok(()),
        false => tx.record_all(permit, events, |writer| notices::give(writer, &ids, to)),
    }
}

/// An agency as it is, and as it is to be where it ends.
fn ended<'a>(order: &Order, agency: &'a Agency) -> Result<(&'a Agency, Option<Agency>), Error> {
    if !order.ends_predecessors() {
        return Ok((agency, None));
    }
    let state = agency.state.after(AgencyEvent::Close).ok_or_else(|| Error::WrongState {
        detail: format!("{} is {} and cannot end.", agency.fields.name, agency.state.as_str()),
    })?;
    Ok((agency, Some(Agency { state, version: agency.version + 1, ..agency.clone() })))
}

fn carry(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    id: SuccessionId,
    it: &Move,
    day: Day,
) -> Result<(), Error> {
    let mut there = successions::at_work_for(tx, it.to, day)?;
    let mut work: Vec<Carried> = Vec::with_capacity(it.holdings.work.len());
    for ending in &it.holdings.work {
        let known = there.entry(ending.person).or_default();
        let following = ending.following(day, known);
        known.extend(&following);
        if following.is_empty() {
            work.push((*ending, None));
        }
        for (place, next) in following.into_iter().enumerate() {
            let is_itself = place == 0 && ending.goes_over_itself(day);
            work.push((*ending, Some((if is_itself { ending.id } else { tx.new_id() }, next))));
        }
    }
    // Whoever works for it, and who holds a card of it without: each is told once of what goes over from one agency.
    // Who has left since the day on which it took effect has nothing to be told.
    let today = tx.now().day();
    let there_still = it.holdings.work.iter().filter(|work| work.until.is_none_or(|last| today <= last));
    let workers = there_still.map(|work| work.person);
    let people: BTreeSet<PersonId> = workers.chain(it.holdings.papers.iter().map(|paper| paper.person)).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let mut owing = owing_many(tx, registry, Occasion::CarriedOver(id), it.to, &people)?;
    let mut events = carried(id, it, &work, day);
    let whose = work.iter().map(|(work, _)| work.person).chain(it.holdings.papers.iter().map(|paper| paper.person));
    for (place, (event, person)) in events.iter_mut().zip(whose).enumerate() {
        owing.name_in(tx, event, place, person);
    }
    tx.record_all(permit, events, |writer| {
        successions::carry(writer, it, &work, day)?;
        owing.enter(writer, registry)
    })
}

/// What each thing's own history is told: of engagements first, then of cards and letters.
fn carried(id: SuccessionId, it: &Move, work: &[Carried], day: Day) -> Vec<Event> {
    let (agency, from_agency, succession) = (it.to.to_string(), it.from.to_string(), id.to_string());
    let common = || json!({ "agency": agency, "from_agency": from_agency, "succession": succession });
    let event = |kind, object| Event::new(kind, object).with(common());
    let engagements = work.iter().map(|(work, new)| {
        // What goes over itself does not end.
        let ends = new.is_none() || !work.goes_over_itself(day);
        let last = ends.then(|| work.last_day(day));
        Event::new(EventKind::EngagementCarried, Object::Person(work.person)).with(json!({
            "agency": agency,
            "from_agency": from_agency,
            "succession": succession,
            "engagement": work.id.to_string(),
            "to": last.map(|last| last.to_string()),
            "next": new.map(|(id, _)| id.to_string()),
            "from": new.map(|(_, next)| next.from.to_string()),
            "until": new.and_then(|(_, next)| next.until).map(|last| last.to_string()),
        }))
    });
    let holdings = &it.holdings;
    engagements
        .chain(holdings.papers.iter().map(|it| event(EventKind::CredentialCarried, Object::Credential(it.id))))
        .chain(holdings.applications.iter().map(|it| event(EventKind::ApplicationCarried, Object::Application(it.id))))
        .chain(holdings.accounts.iter().map(|id| event(EventKind::UserCarried, Object::User(*id))))
        .chain(holdings.cases.iter().map(|it| event(EventKind::CaseCarried, Object::Case(it.id))))
        .collect()
}

fn taking_over(it: &Succession, object: Object) -> Event {
    let of = object.to_string();
    let shares = it.shares.iter().filter(|share| share.to.to_string() == of);
    let from: Vec<Value> = shares.map(|share| counted("agency", &share.from.to_string(), share.counts)).collect();
    Event::new(EventKind::AgencyTookOver, object).with(json!({
        "succession": it.id.to_string(),
        "kind": it.kind.as_str(),
        "from": from,
        "ended_predecessors": it.ended_predecessors,
        "effective_on": it.effective_on.to_string(),
        "reason": it.reason,
    }))
}

fn handing_over(it: &Succession, old: &Agency, new: Option<&Agency>) -> Event {
    let shares = it.shares.iter().filter(|share| share.from == old.id);
    let successors: Vec<String> = shares.map(|share| share.to.to_string()).collect();
    let (kind, state) = match new {
        Some(new) => (EventKind::AgencyClosed, new.state),
        None => (EventKind::AgencyHandedOver, old.state),
    };
    Event::new(kind, Object::Agency(old.id)).with(json!({
        "from": old.state.as_str(),
        "to": state.as_str(),
        "reason": it.reason,
        "succession": it.id.to_string(),
        "successors": successors,
        "effective_on": it.effective_on.to_string(),
    }))
}

/// Cases, accounts, applications and offices tell of themselves: of how many there were, the agency's own history, which everybody
/// signed in may read, says nothing.
fn counted(name: &str, id: &str, counts: Counts) -> Value {
    let Counts { people, press_cards, letters, collaborator_cards, applications: _, accounts: _, cases: _, offices: _ } =
        counts;
    json!({
        name: id,
        "people": people,
        "press_cards": press_cards,
        "letters": letters,
        "collaborator_cards": collaborator_cards,
    })
}
