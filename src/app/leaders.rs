//! Heads of agencies and their deputies, in time: entered by registrars from decisions of the governing body.
//!
//! It says who answers for an agency on a day. What somebody may do here is another matter: that hangs on their account.
//! Nobody leads an agency for which they do not work.

mod following;

pub use following::lapse;
pub(super) use following::{end_those, follow_person};

use super::Registry;
use super::agencies::permitted;
use super::gate::{Etag, Gate};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{AgencyState, Leader, LeaderEndForm, LeaderEvent, LeaderFields, LeaderForm, LeadingPost};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, LeaderId};
use crate::domain::people::Person;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::Operation;
use crate::store::{Reader, Tx, leaders, people, successions};
use serde_json::json;

/// Leaders of one agency at most, former ones among them.
const MOST: usize = 500;

/// Which leaders.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// Only those of this day.
    pub on: Option<Day>,
    /// Only in this post.
    pub post: Option<LeadingPost>,
}

/// Who leads an agency or led it, in the order of their first days.
///
/// # Errors
/// 403, 404; 422.
pub fn list(db: &mut Reader, caller: &Caller, id: AgencyId, asked: Result<Asked, Error>) -> Result<Vec<Leader>, Error> {
    permitted(db, caller, Operation::ReadAgencies, id)?;
    let Asked { on, post } = asked?;
    let mut found = leaders::of_agency(db, id)?;
    found.retain(|it| on.is_none_or(|day| it.is_on(day)) && post.is_none_or(|post| it.fields.post == post));
    Ok(found)
}

/// Enters somebody who leads an agency, or led it: who works for it, or for one whose place it took, on the first day and
/// on the last, or today.
///
/// # Errors
/// 403, 404; 409 where the agency is closed or has a head then; 422, also `/from` and `/to` `not_at_work`.
pub fn appoint(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<LeaderForm, Error>,
) -> Result<Leader, Error> {
    let (agency, permit) = permitted(tx, caller, Operation::ChangeAgency, id)?;
    gate.pass_new(tx)?;
    let today = tx.now().day();
    let (fields, to) = form()?.parse(today)?;
    let person = people::find(tx, &registry.secrets.sealing, fields.person)?;
    let before = successions::predecessors(tx, id)?;
    refuse_strangers(person.as_ref(), (id, &before), (fields.from, to), today)?;
    if agency.state == AgencyState::Closed {
        return Err(Error::WrongState { detail: "The agency is closed.".into() });
    }
    let known = leaders::of_agency(tx, id)?;
    if known.len() >= MOST {
        return Err(Error::WrongState { detail: format!("{MOST} leaders of it are on record; no more are taken.") });
    }
    if let Some(head) = known.iter().find(|it| it.stands_in_the_way_of(fields.post, fields.from, to)) {
        let since = head.fields.from;
        let detail = match head.to {
            None => format!("There is a head from {since} on who has not left by then: end that first."),
            Some(last) => format!("There was a head from {since} to {last}."),
        };
        return Err(Error::WrongState { detail });
    }
    let leader = Leader { id: tx.new_id(), agency: id, fields, to, created_at: tx.now() };
    let LeaderFields { person, post, title, from } = &leader.fields;
    let event = Event::new(EventKind::AgencyLeaderAppointed, Object::Agency(id))
        .with(json!({
            "leader": leader.id.to_string(),
            "post": post.as_str(),
            "from": from.to_string(),
            "until": to.map(|last| last.to_string()),
        }))
        .about(*person, json!({ "person": person.to_string(), "title": title }));
    tx.record(&permit, event, |writer| leaders::insert(writer, &leader))?;
    Ok(leader)
}

/// Nobody leads an agency who does not work for it, or for one whose place it took.
fn refuse_strangers(
    person: Option<&Person>,
    (agency, before): (AgencyId, &[AgencyId]),
    (from, to): (Day, Option<Day>),
    today: Day,
) -> Result<(), Error> {
    let work = person.map(|person| person.engagements.as_slice()).unwrap_or_default();
    let of_it: Vec<_> = work.iter().filter(|it| it.agency == agency || before.contains(&it.agency)).collect();
    if of_it.is_empty() {
        return Err(Error::invalid("/person_id", "unknown_person", "nobody of this agency has this id"));
    }
    let refuse = |pointer, day| {
        Err(Error::invalid(pointer, "not_at_work", format!("this person did not work for the agency on {day}")))
    };
    if !of_it.iter().any(|it| it.is_under_way(from)) {
        return refuse("/from", from);
    }
    match to {
        Some(last) if !of_it.iter().any(|it| it.is_under_way(last)) => refuse("/to", last),
        None if !of_it.iter().any(|it| it.agency == agency && it.is_under_way(today)) => {
            Err(Error::invalid("/to", "not_at_work", "this person works for the agency no more: say the last day"))
        }
        Some(_) | None => Ok(()),
    }
}

/// Ends somebody's time at the head of an agency, or removes one that was entered by mistake.
///
/// # Errors
/// 403, 404; 409 where it has ended; 412, 428, 422.
pub fn happen(
    tx: &mut Tx,
    caller: &Caller,
    id: AgencyId,
    leader: LeaderId,
    gate: &Gate,
    form: impl FnOnce() -> Result<LeaderEndForm, Error>,
) -> Result<Leader, Error> {
    let (agency, permit) = permitted(tx, caller, Operation::ChangeAgency, id)?;
    let found = leaders::of_agency(tx, id)?.into_iter().find(|it| it.id == leader).ok_or(Error::NotFound)?;
    gate.pass(tx, &Etag::of_version(agency.version))?;
    match form()?.parse(found.fields.from, tx.now().day())? {
        LeaderEvent::End(..) if found.to.is_some() => {
            Err(Error::WrongState { detail: "This time at the head has ended already.".into() })
        }
        LeaderEvent::End(reason, last) => following::end(tx, &permit, found, last, reason.as_str()),
        LeaderEvent::Remove(reason) => {
            let event = Event::new(EventKind::AgencyLeaderRemoved, Object::Agency(id))
                .with(json!({ "leader": leader.to_string() }))
                .about(found.fields.person, json!({ "reason": reason.as_str() }));
            tx.record(&permit, event, |writer| leaders::remove(writer, leader))?;
            Ok(found)
        }
    }
}
