//! Nobody leads an agency for which they do not work any more: whoever leaves, or goes over to another agency, leads it no
//! longer. In the same transaction, or, for a last day named before, when it has passed.

use crate::app::Registry;
use crate::app::withdrawals::LAST_DAY_PASSED;
use crate::domain::agencies::Leader;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::Person;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Permit};
use crate::store::{Tx, credentials, leaders, people};
use serde_json::json;
use std::sync::Arc;

/// Writes down the last day of somebody's time at the head.
pub(super) fn end(tx: &mut Tx, permit: &Permit, it: Leader, last: Day, reason: &str) -> Result<Leader, Error> {
    let event = Event::new(EventKind::AgencyLeaderEnded, Object::Agency(it.agency))
        .with(json!({ "leader": it.id.to_string(), "until": last.to_string() }))
        .about(it.fields.person, json!({ "reason": reason }));
    tx.record(permit, event, |writer| leaders::end(writer, it.id, last))?;
    Ok(Leader { to: Some(last), ..it })
}

/// Ends the time of these people at the head of an agency with `last`, or for what began since, with its own first day, each
/// with an event of their own; gives how many were.
pub(in crate::app) fn end_those(
    tx: &mut Tx,
    permit: &Permit,
    agency: AgencyId,
    who: impl Fn(PersonId) -> bool,
    last: Day,
    reason: &str,
) -> Result<usize, Error> {
    let mut ended = 0;
    for it in leaders::of_agency(tx, agency)? {
        let until = last.max(it.fields.from);
        if it.to.is_none_or(|to| until < to) && who(it.fields.person) {
            end(tx, permit, it, until, reason)?;
            ended += 1;
        }
    }
    Ok(ended)
}

/// Ends that somebody leads an agency for which they work no more, with the last day of their work; gives how often.
pub(in crate::app) fn follow_person(
    tx: &mut Tx,
    permit: &Permit,
    person: &Person,
    agency: AgencyId,
    reason: &str,
) -> Result<usize, Error> {
    let last = person.last_day_with(agency, tx.now().day());
    end_those(tx, permit, agency, |who| who == person.id, last, reason)
}

/// Ends the time at the head of those whose last day at the agency, named before, has passed; gives how many. Every node
/// looks; each is looked at again inside the transaction; one who cannot be holds up no other. Blocks.
///
/// # Errors
/// The database's.
pub fn lapse(registry: &Arc<Registry>) -> Result<usize, Error> {
    let today = registry.clock.now().day();
    let due = registry.store.read(|db| leaders::without_engagement(db, today))?;
    let mut ended = 0;
    for (person, agency) in due {
        let asked = Arc::clone(registry);
        let done = registry.store.write_blocking(move |tx| {
            let today = tx.now().day();
            let Some(person) = people::find(tx, &asked.secrets.sealing, person)? else { return Ok(0) };
            if person.engagement_with(agency, today).is_some() {
                return Ok(0);
            }
            let province = credentials::province_of_agency(tx, agency)?;
            let permit = policy::the_program_itself().in_province(province.as_ref());
            follow_person(tx, &permit, &person, agency, LAST_DAY_PASSED)
        });
        match done {
            Ok(count) => ended += count,
            Err(error) => tracing::error!(%person, %error, "somebody who has left goes on leading an agency on record"),
        }
    }
    Ok(ended)
}
