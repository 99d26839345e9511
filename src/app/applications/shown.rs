//! What of the law's conditions whoever reads an application is shown, and under which `ETag`.
//!
//! What was known of its people is kept from the day it was handed in, by the cards of the agency alone. Whoever decides
//! goes by the law and by every card of today, and so is shown those of everybody who is undecided: nobody waives what
//! they have not seen.

use super::Named;
use super::eligibility::{self, Known, Looking, Sight};
use crate::app::Registry;
use crate::app::gate::Etag;
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, ApplicationEvent};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, eligibility as rows};

/// What a caller is shown of an application's people.
pub(super) struct Shown {
    /// What is known of each.
    pub(super) known: Known,
    /// Their names.
    pub(super) names: Named,
    /// Of the application with both.
    pub(super) etag: Etag,
}

/// What is kept: what everybody is shown who does not decide.
pub(super) fn kept(db: &mut impl Read, registry: &Registry, it: &Application) -> Result<Shown, Error> {
    let known = rows::of_application(db, &registry.secrets.sealing, it.id)?;
    let names = Named::of(db, it)?;
    Ok(Shown { known, etag: names.etag(it, &[]), names })
}

/// What is kept and, to whoever may decide, what is known today instead. Where that says the same, it has the same tag.
pub(super) fn to(
    db: &mut impl Read,
    registry: &Registry,
    caller: &Caller,
    now: Timestamp,
    it: &Application,
    (agency, whose): (&Agency, &Ownership),
) -> Result<Shown, Error> {
    let mut shown = kept(db, registry, it)?;
    let may_decide = policy::enter(caller, Operation::DecideApplication).and_then(|entry| entry.on(whose)).is_ok();
    let is_decided_now = it.state.after(ApplicationEvent::Approve).next().is_some();
    if !may_decide || !is_decided_now {
        return Ok(shown);
    }
    let undecided: Vec<PersonId> =
        it.people.iter().filter(|proposal| proposal.outcome.is_open()).map(|proposal| proposal.person).collect();
    let stated = eligibility::stated(&shown.known);
    let looking = Looking { now, state: it.state, sight: Sight::EveryCard };
    let today = eligibility::find_and_gather(db, registry, agency, it, &looking, &undecided, &stated)?;
    let says_the_same = |person: &PersonId| match (shown.known.get(person), today.get(person)) {
        (Some(kept), Some(today)) => {
            kept.day == today.day && kept.findings(it.kind, it.basis) == today.findings(it.kind, it.basis)
        }
        (_, None) => true,
        (None, Some(_)) => false,
    };
    if undecided.iter().all(says_the_same) {
        return Ok(shown);
    }
    let mut told = Vec::new();
    for (person, assessment) in undecided.iter().filter_map(|person| Some((person, today.get(person)?))) {
        told.extend(person.to_string().into_bytes());
        told.extend(assessment.to_json().map_err(Error::internal)?);
    }
    shown.known.extend(today);
    Ok(Shown { etag: shown.names.etag(it, &told), ..shown })
}
