//! Offices follow what they rest on: the agency's leave to work (L2016 Đ22.8, Đ28.5), and the work of their people for
//! it. In the same transaction, or, for a last day named before, when it has passed.

use super::events::event_kind;
use super::told;
use crate::app::Registry;
use crate::app::notices::{Unreached, owing};
use crate::app::withdrawals::LAST_DAY_PASSED;
use crate::domain::agencies::AgencyEvent;
use crate::domain::events::{Event, EventKind};
use crate::domain::ids::{AgencyId, OfficeId, PersonId, SuccessionId};
use crate::domain::notices::Occasion;
use crate::domain::offices::{Before, Office, OfficeEvent, OfficeGround, OfficeState};
use crate::domain::successions::Outpost;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Permit};
use crate::store::{Tx, offices, people};
use std::sync::Arc;

/// What is on record where an office ends on the day that its agency told of.
const ENDED_AS_TOLD: &str =
    "Đã qua ngày hoạt động cuối cùng được thông báo. / The last day that the agency told of has passed.";

/// Why offices follow.
#[derive(Clone, Copy)]
struct Cause<'a> {
    event: OfficeEvent,
    ground: Option<OfficeGround>,
    /// The last day of what ends with it.
    last: Day,
    reason: &'a str,
}

/// Lets what an agency has in provinces follow a decision on the agency. A suspension ends with the agency's, as it was;
/// what ended with the licence is told of anew.
pub(in crate::app) fn follow_agency(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    agency: AgencyId,
    event: AgencyEvent,
    reason: &str,
) -> Result<(), Error> {
    let (event, ground) = match event {
        AgencyEvent::Suspend => (OfficeEvent::Suspend, Some(OfficeGround::AgencySuspended)),
        AgencyEvent::Reinstate => (OfficeEvent::Resume, None),
        AgencyEvent::RevokeLicence => (OfficeEvent::Cease, Some(OfficeGround::LicenceRevoked)),
        AgencyEvent::Close => (OfficeEvent::Cease, Some(OfficeGround::AgencyClosed)),
    };
    let cause = Cause { event, ground, last: tx.now().day(), reason };
    for office in offices::standing(tx, agency, None)? {
        follow(tx, registry, permit, office, cause)?;
    }
    Ok(())
}

/// Lets one office follow, where that may happen to it: drafts and what has ended stay.
fn follow(tx: &mut Tx, registry: &Registry, permit: &Permit, mut old: Office, cause: Cause) -> Result<(), Error> {
    let Some(state) = old.after(cause.event) else { return Ok(()) };
    // An end that was to come later comes now.
    let end = state.is_final().then(|| old.to.map_or(cause.last, |to| to.min(cause.last)));
    let posts = end.map_or_else(|| old.posts.clone(), |last| old.ended(last));
    let before = (cause.event == OfficeEvent::Suspend).then(|| Before { state: old.state, reason: old.reason.take() });
    // What the province objected to stands again with the objection.
    let reason = match old.before.take().filter(|_| cause.event == OfficeEvent::Resume) {
        Some(before) => before.reason,
        None => Some(cause.reason.to_owned()),
    };
    let (to, ground) = (end.or(old.to), cause.ground);
    let new = Office { state, before, posts, to, reason, ground, version: old.version + 1, ..old };
    let occasion = match state {
        OfficeState::Suspended => Some(Occasion::OfficeSuspended(new.id)),
        // What ends on the day that the agency told of is no news to it.
        OfficeState::Closed => ground.map(|_| Occasion::OfficeEnded(new.id)),
        // It came back as it was.
        OfficeState::Draft
        | OfficeState::Notified
        | OfficeState::Confirmed
        | OfficeState::Objected
        | OfficeState::Stopped
        | OfficeState::Withdrawn => None,
    };
    let event = told(event_kind(cause.event), &new, Some(cause.reason), None);
    write(tx, registry, permit, &new, event, occasion)
}

/// Writes what became of an office, and what its agency is owed to be told of it.
fn write(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    new: &Office,
    mut event: Event,
    occasion: Option<Occasion>,
) -> Result<(), Error> {
    let owing = occasion.map(|it| owing(tx, registry, it, new.agency, (&[], Unreached::ByAgency))).transpose()?;
    if let Some(owing) = &owing {
        event.data["notices"] = owing.ids().into();
    }
    let permit = permit.clone().in_province(Some(&new.province));
    tx.record(&permit, event, |writer| {
        offices::update(writer, new)?;
        owing.map_or(Ok(()), |owing| owing.enter(writer, registry))
    })
}

/// Ends the posts of somebody who worked for an agency until `last`, and no more; also those that were to end later. A
/// reporter who was alone there was all of it; an office goes on without them, and its agency, which is told where nobody
/// leads it any more, tells of whoever comes after.
pub(in crate::app) fn follow_person(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    person: PersonId,
    agency: AgencyId,
    last: Day,
    reason: &str,
) -> Result<usize, Error> {
    let standing = offices::standing(tx, agency, Some((person, last)))?;
    let cause = Cause { event: OfficeEvent::Cease, ground: Some(OfficeGround::LeftAgency), last, reason };
    let count = standing.len();
    for old in standing {
        let led = old.lead() == Some(person);
        if !old.fields.kind.has_premises() && led && old.after(cause.event).is_some() {
            follow(tx, registry, permit, old, cause)?;
            continue;
        }
        let is_known = old.state != OfficeState::Draft;
        let new = Office { posts: old.without(person, last), version: old.version + 1, ..old };
        let headless = (is_known && led).then_some(Occasion::OfficeHeadless(new.id));
        let event = told(EventKind::OfficePostEnded, &new, None, None).about(
            person,
            serde_json::json!({ "agency": agency.to_string(), "ended": last.to_string(), "reason": reason }),
        );
        write(tx, registry, permit, &new, event, headless)?;
    }
    Ok(count)
}

/// Carries what an agency has in provinces over to another one, as it stands, with its people: for a merger or a split,
/// before anything of the old agency ends: those that are planned to go. Posts of people who do not work for the new agency
/// end by themselves.
///
/// # Errors
/// The database's.
pub fn carry_over(
    tx: &mut Tx,
    permit: &Permit,
    succession: SuccessionId,
    (from, to): (AgencyId, AgencyId),
    planned: &[Outpost],
) -> Result<(), Error> {
    for old in offices::standing(tx, from, None)?.into_iter().filter(|it| planned.iter().any(|one| one.id == it.id)) {
        let new = Office { agency: to, version: old.version + 1, ..old };
        let permit = permit.clone().in_province(Some(&new.province));
        let mut event = told(EventKind::OfficeCarriedOver, &new, None, None);
        event.data["succession"] = succession.to_string().into();
        event.data["from_agency"] = from.to_string().into();
        tx.record(&permit, event, |writer| offices::update(writer, &new))?;
    }
    Ok(())
}

/// Ends offices whose last day, told before, has passed, and posts whose holder's last day at the agency has; gives how
/// many. Every node looks; each is looked at again inside the transaction; one that cannot be ended holds up no other. Blocks.
///
/// # Errors
/// The database's.
pub fn lapse(registry: &Arc<Registry>) -> Result<usize, Error> {
    let today = registry.clock.now().day();
    let mut ended = 0;
    for office in registry.store.read(|db| offices::over(db, today))? {
        let asked = Arc::clone(registry);
        match registry.store.write_blocking(move |tx| end(tx, &asked, office)) {
            Ok(count) => ended += count,
            Err(error) => tracing::error!(%office, %error, "an office whose last day has passed stays"),
        }
    }
    for (person, agency) in registry.store.read(|db| offices::posted_without_engagement(db, today))? {
        let asked = Arc::clone(registry);
        let done = registry.store.write_blocking(move |tx| {
            let today = tx.now().day();
            let known = people::find(tx, &asked.secrets.sealing, person)?;
            if known.as_ref().is_some_and(|it| it.engagement_with(agency, today).is_some()) {
                return Ok(0);
            }
            let last = known.map_or(today, |it| it.last_day_with(agency, today));
            follow_person(tx, &asked, &policy::the_program_itself(), person, agency, last, LAST_DAY_PASSED)
        });
        match done {
            Ok(count) => ended += count,
            Err(error) => tracing::error!(%person, %error, "a post that rests on an engagement that is over stays"),
        }
    }
    Ok(ended)
}

/// Ends an office whose last day has passed; gives how many that are.
fn end(tx: &mut Tx, registry: &Registry, id: OfficeId) -> Result<usize, Error> {
    let found = offices::find(tx, id)?.filter(|office| office.is_over(tx.now().day()));
    let Some((office, last)) = found.and_then(|office| office.to.map(|last| (office, last))) else { return Ok(0) };
    let cause = Cause { event: OfficeEvent::Cease, ground: None, last, reason: ENDED_AS_TOLD };
    follow(tx, registry, &policy::the_program_itself(), office, cause)?;
    Ok(1)
}
