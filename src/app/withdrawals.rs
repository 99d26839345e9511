//! What stops with what it rests on. A letter and a collaborator's card are an agency's word for somebody who works for
//! it: they stop at once with the engagement, and with the agency's leave to work. A press card is the State's: it stays
//! until a registrar decides, who finds it among those that are to be handed in ([`super::returns`]).

use super::{Registry, credentials, leaders, offices};
use crate::domain::agencies::{AgencyEvent, AgencyState};
use crate::domain::credentials::{Credential, CredentialEvent, CredentialState, Ground};
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::Person;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Permit};
use crate::store::{Tx, agencies, credentials as rows, people};
use std::sync::Arc;

/// What holders are told of what a case gave back.
const AGENCY_HAS_STOPPED: &str = "Cơ quan báo chí không còn hoạt động. / The agency is not at work.";
/// What holders are told, and is on record, where nobody gave a reason on that day.
pub(super) const LAST_DAY_PASSED: &str =
    "Đã qua ngày làm việc cuối cùng tại cơ quan báo chí. / The last day at the agency has passed.";

/// Lets what rests on an agency's word follow a decision on the agency, in the same transaction. What the decision
/// suspended comes back with it; what was suspended for a reason of its own waits for its own decision, and what was
/// lost or handed in meanwhile stays so.
pub(super) fn follow_agency(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    agency: AgencyId,
    event: AgencyEvent,
    reason: &str,
) -> Result<(), Error> {
    offices::follow_agency(tx, registry, permit, agency, event, reason)?;
    let (event, ground) = match event {
        AgencyEvent::Suspend => (CredentialEvent::Suspend, Ground::AgencySuspended),
        AgencyEvent::Reinstate => (CredentialEvent::Reinstate, Ground::AgencyReinstated),
        AgencyEvent::RevokeLicence => (CredentialEvent::Revoke, Ground::LicenceRevoked),
        AgencyEvent::Close => (CredentialEvent::Revoke, Ground::AgencyClosed),
    };
    let now = tx.now();
    let follows = |it: &Credential| event != CredentialEvent::Reinstate || it.is_suspended_with_agency();
    let resting = rows::resting_on(tx, agency, None, now)?;
    for it in resting.into_iter().filter(follows) {
        credentials::follow(tx, permit, it, event, ground, reason)?;
    }
    Ok(())
}

/// Lets what was given back follow what it rests on, which may have stopped meanwhile: its agency, and its holder's
/// engagement there. What is lost or handed in is out of use whatever becomes of those.
pub(super) fn follow_standing(tx: &mut Tx, permit: &Permit, it: &Credential) -> Result<(), Error> {
    if it.state != CredentialState::Active {
        return Ok(());
    }
    let (event, ground, reason) = match agencies::find(tx, it.agency)?.map(|agency| agency.state) {
        Some(AgencyState::Active) if has_left(tx, it)? => {
            (CredentialEvent::Revoke, Ground::LeftAgency, LAST_DAY_PASSED)
        }
        Some(AgencyState::Active) => return Ok(()),
        Some(AgencyState::Suspended) => (CredentialEvent::Suspend, Ground::AgencySuspended, AGENCY_HAS_STOPPED),
        Some(AgencyState::LicenceRevoked) => (CredentialEvent::Revoke, Ground::LicenceRevoked, AGENCY_HAS_STOPPED),
        Some(AgencyState::Closed) | None => (CredentialEvent::Revoke, Ground::AgencyClosed, AGENCY_HAS_STOPPED),
    };
    credentials::follow(tx, permit, it.clone(), event, ground, reason)
}

/// Whether the holder of what rests on an engagement goes today or has gone: papers go before midnight.
pub(super) fn has_left(tx: &mut Tx, it: &Credential) -> Result<bool, Error> {
    let tomorrow = tx.now().day().plus_days(1);
    Ok(!rows::is_holder_at_work(tx, it.id, tomorrow)?)
}

/// Withdraws what rests on an engagement that is over, unless the person works for the agency all the same.
pub(super) fn follow_engagement(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    person: &Person,
    agency: AgencyId,
    today: Day,
    reason: &str,
) -> Result<(), Error> {
    // Whoever goes today is there until midnight; their papers are not.
    let goes_on = person.engagements.iter().any(|it| it.agency == agency && it.to.is_none_or(|last| today < last));
    match goes_on {
        true => Ok(()),
        false => {
            let last = person.last_day_with(agency, today);
            offices::follow_person(tx, registry, permit, person.id, agency, last, reason)?;
            leaders::follow_person(tx, permit, person, agency, reason)?;
            withdraw(tx, permit, person.id, agency, reason).map(drop)
        }
    }
}

fn withdraw(tx: &mut Tx, permit: &Permit, person: PersonId, agency: AgencyId, reason: &str) -> Result<usize, Error> {
    let now = tx.now();
    let resting = rows::resting_on(tx, agency, Some(person), now)?;
    let count = resting.len();
    for it in resting {
        credentials::follow(tx, permit, it, CredentialEvent::Revoke, Ground::LeftAgency, reason)?;
    }
    Ok(count)
}

/// Withdraws what rests on engagements whose last day, named before, has passed; gives how much. Every node looks; each
/// person is looked at again inside the transaction; one who cannot be holds up no other. Blocks.
///
/// # Errors
/// The database's.
pub fn lapse(registry: &Arc<Registry>) -> Result<usize, Error> {
    let now = registry.clock.now();
    let due = registry.store.read(|db| rows::resting_on_nothing(db, now))?;
    let mut withdrawn = 0;
    for (person, agency) in due {
        let asked = Arc::clone(registry);
        let done = registry.store.write_blocking(move |tx| {
            let today = tx.now().day();
            let found = people::find(tx, &asked.secrets.sealing, person)?;
            if found.is_none_or(|person| person.engagement_with(agency, today).is_some()) {
                return Ok(0);
            }
            let province = rows::province_of_agency(tx, agency)?;
            let permit = policy::the_program_itself().in_province(province.as_ref());
            withdraw(tx, &permit, person, agency, LAST_DAY_PASSED)
        });
        match done {
            Ok(count) => withdrawn += count,
            Err(error) => tracing::error!(%person, %error, "what rests on an engagement that is over stays"),
        }
    }
    Ok(withdrawn)
}
