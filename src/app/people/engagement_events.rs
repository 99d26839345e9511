//! What happens to an engagement once it is entered: it ends, and days that were written down wrong are corrected.

use super::engagements::{agency_of, refuse_second_record};
use super::{etag_for, must_be_at_work, ownership};
use crate::app::gate::Gate;
use crate::app::{Registry, agencies, withdrawals};
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, EngagementId, PersonId};
use crate::domain::people::{
    Engagement, EngagementChange, EngagementEvent, EngagementEventForm, EngagementRefusal, Person,
};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Tx, events, people, successions};
use serde_json::json;

/// Ends an engagement on a day, or corrects its days, also those at an agency whose place the caller's took. Letters and a
/// collaborator's card that rest on it are withdrawn with its last day: at once, or after a day to come.
///
/// # Errors
/// 403, 404, also for an engagement of another agency; 409 when it has ended; 412, 428, 422, also `after_the_end`.
pub fn happen_to_engagement(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    engagement: EngagementId,
    gate: &Gate,
    form: impl FnOnce() -> Result<EngagementEventForm, Error>,
) -> Result<Person, Error> {
    let entry = policy::enter(caller, Operation::KeepPeople)?;
    let sealing = &registry.secrets.sealing;
    let mut person = people::find(tx, sealing, id)?.ok_or(Error::NotFound)?;
    let today = tx.now().day();
    let old = person.engagements.iter().find(|it| it.id == engagement).cloned().ok_or(Error::NotFound)?;
    let agency = answers_for(tx, caller, &person, old.agency)?;
    // Whoever has gone is off the agency's list; it may correct what it wrote, unless another agency keeps the record now.
    if person.is_kept_by_others(agency.id, today) {
        entry.on(&ownership(tx, caller, &person, today)?)?;
    }
    let permit = entry.on(&agencies::ownership(&agency))?;
    let tag = etag_for(tx, caller, &person)?;
    gate.pass(tx, &tag)?;
    let change = form()?.parse()?;
    let new = person.with_change(&old, &change, today).map_err(|refusal| match refusal {
        EngagementRefusal::HasEnded => Error::WrongState { detail: "This engagement has ended already.".into() },
        EngagementRefusal::Field(error) => vec![error].into(),
    })?;
    if agency.id != old.agency {
        refuse_after_the_end(tx, &old, &new)?;
    }
    if new.is_open(today) && !old.is_open(today) {
        must_be_at_work(agency.state)?;
        refuse_second_record(tx, registry, &person, agency.id)?;
    }
    person.engagements.retain(|it| it.id != new.id);
    person.engagements.push(new.clone());
    person.engagements.sort_by_key(|it| (it.from, it.id));
    person.version += 1;
    tx.record(&permit, told(id, &change, &old, &new), |writer| {
        people::update(writer, sealing, &person)?;
        people::update_engagement(writer, id, &new)
    })?;
    withdrawals::follow_engagement(tx, registry, &permit, &person, old.agency, today, change.reason.as_str())?;
    Ok(person)
}

/// The agency that answers for what another wrote down: that one itself; where it has ended, the caller's, if that took its
/// place and the person came to it.
fn answers_for(tx: &mut Tx, caller: &Caller, person: &Person, of_it: AgencyId) -> Result<Agency, Error> {
    match caller.role.agency() {
        Some(own)
            if own != of_it
                && person.engagements.iter().any(|it| it.agency == own)
                && successions::ended_predecessors(tx, own)?.contains(&of_it) =>
        {
            agency_of(tx, own)
        }
        Some(_) | None => agency_of(tx, of_it),
    }
}

/// Nobody worked for an agency that was no more. Of one that was closed otherwise than by handing over, a last day that its
/// own people wrote down is the last that is known; else it is the day of the closing.
fn refuse_after_the_end(tx: &mut Tx, old: &Engagement, new: &Engagement) -> Result<(), Error> {
    let last = match successions::ended_on(tx, new.agency)? {
        Some(end) => end.minus_days(1),
        None => {
            let closed = closed_on(tx, new.agency)?;
            old.to.map_or(closed, |to| to.min(closed))
        }
    };
    let refused = |at: &str| {
        Err(Error::invalid(at, "after_the_end", format!("not after {last}, the last day there that is known")))
    };
    // Only what is said now: a day on record stands until somebody mends it.
    if new.to != old.to && new.to.is_some_and(|to| to > last) {
        return refused("/to");
    }
    if new.from != old.from && new.from > last {
        return refused("/from");
    }
    Ok(())
}

/// The day on which an agency was closed: today where nothing is in the log yet, as in a batch of writes.
fn closed_on(tx: &mut Tx, agency: AgencyId) -> Result<Day, Error> {
    let today = tx.now().day();
    let at = events::last_time_to(tx, &Object::Agency(agency), EventKind::AgencyClosed)?;
    Ok(at.map_or(today, Timestamp::day))
}

fn told(id: PersonId, change: &EngagementChange, old: &Engagement, new: &Engagement) -> Event {
    let (engagement, reason) = (new.id.to_string(), change.reason.as_str());
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    match change.event {
        EngagementEvent::End => Event::new(EventKind::EngagementEnded, Object::Person(id))
            .with(json!({ "engagement": engagement, "to": day(new.to) }))
            .about(id, json!({ "reason": reason })),
        EngagementEvent::Correct => Event::new(EventKind::EngagementCorrected, Object::Person(id))
            .with(json!({ "engagement": engagement, "agency": new.agency.to_string() }))
            .about(
                id,
                json!({
                    "reason": reason,
                    "from": new.from.to_string(),
                    "to": day(new.to),
                    "before": { "from": old.from.to_string(), "to": day(old.to) },
                }),
            ),
    }
}
