//! What happens to credentials: they are suspended, reinstated, revoked, replaced, reported lost, handed in.

use super::{admitted, ownership};
use crate::app::gate::Gate;
use crate::app::issuance::{self, Order};
use crate::app::{Registry, returns, withdrawals};
use crate::domain::accounts::Caller;
use crate::domain::agencies::AgencyState;
use crate::domain::credentials::{Credential, CredentialEvent, CredentialState, Ground};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::CredentialId;
use crate::domain::press_cards::PressCardId;
use crate::domain::printed::{CredentialKind, Validity};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Tx, agencies, cases, credentials, events, people};
use serde_json::json;

/// What is to happen to a credential.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// See [`CredentialEvent::as_str`].
    pub event: String,
    /// 1–500 characters; required.
    pub reason: Option<String>,
    /// See [`Ground::as_str`].
    pub ground: Option<String>,
}

const fn operation(event: CredentialEvent) -> Operation {
    match event {
        CredentialEvent::Suspend | CredentialEvent::Reinstate | CredentialEvent::Revoke | CredentialEvent::Replace => {
            Operation::DecideOnCredential
        }
        CredentialEvent::ReportLost => Operation::ReportLost,
        CredentialEvent::Return => Operation::ReturnCredential,
    }
}

pub(super) const fn event_kind(event: CredentialEvent) -> EventKind {
    match event {
        CredentialEvent::Suspend => EventKind::CredentialSuspended,
        CredentialEvent::Reinstate => EventKind::CredentialReinstated,
        CredentialEvent::Revoke => EventKind::CredentialRevoked,
        CredentialEvent::Replace => EventKind::CredentialReplaced,
        CredentialEvent::ReportLost => EventKind::CredentialReportedLost,
        CredentialEvent::Return => EventKind::CredentialReturned,
    }
}

/// Lets an event happen to a credential; `replace` issues the one that takes its place.
///
/// # Errors
/// 403, 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: CredentialId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<Credential, Error> {
    let wanted = form.as_ref().ok().and_then(|form| CredentialEvent::parse(&form.event).ok());
    let (old, permit) = admitted(tx, caller, id, gate, wanted.map(operation))?;
    let form = form?;
    let event = CredentialEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let (reason, ground) = parse_event(event, &form)?;
    if ground.is_some_and(|ground| ground.needs_case(event)) {
        return Err(Error::WrongState {
            detail:
                "A card is revoked for misuse, and comes back from that, only by the decision of a case, where its \
                     holder is heard."
                    .into(),
        });
    }
    if event == CredentialEvent::Revoke && ground == Some(Ground::NotReturned) {
        returns::refuse_before_proposal(tx, PressCardId::Issued(id))?;
    }
    let state = old.after(event, ground).ok_or_else(|| refusal(&old, event, ground))?;
    if event == CredentialEvent::Reinstate && old.is_suspended() && is_suspended_by_decision(tx, id)? {
        return Err(Error::WrongState {
            detail: "It was suspended by the decision of a case, which stands: only an appeal undoes that.".into(),
        });
    }
    if event == CredentialEvent::Reinstate && state == CredentialState::Active {
        refuse_second_card(tx, caller, &old)?;
        refuse_without_agency(tx, &old)?;
    }
    apply(tx, registry, &permit, old, event, state, &reason, ground)
}

/// Whether the suspension that it is under is what a case decided, by a decision that stands.
fn is_suspended_by_decision(tx: &mut Tx, id: CredentialId) -> Result<bool, Error> {
    match events::last_of_kind(tx, &Object::Credential(id), EventKind::CredentialSuspended)? {
        Some(suspended) => cases::has_decided(tx, id, suspended),
        None => Ok(false),
    }
}

/// What a case does to a credential: it alone may revoke for misuse, and undo that.
pub(in crate::app) fn happen_by_case(
    tx: &mut Tx,
    permit: &Permit,
    id: CredentialId,
    event: CredentialEvent,
    ground: Ground,
    reason: Option<&str>,
) -> Result<Credential, Error> {
    let old = named_by_case(tx, id)?;
    let state = old.after(event, Some(ground)).ok_or_else(|| refusal(&old, event, Some(ground)))?;
    let now = write(tx, permit, old, event, state, Some(ground), None, reason)?;
    if event == CredentialEvent::Reinstate && now.kind().rests_on_agency() {
        withdrawals::follow_standing(tx, permit, &now)?;
    }
    Ok(now)
}

/// What happens to a credential because of what happened to what it rests on; nothing where it may not happen now.
pub(in crate::app) fn follow(
    tx: &mut Tx,
    permit: &Permit,
    old: Credential,
    event: CredentialEvent,
    ground: Ground,
    reason: &str,
) -> Result<(), Error> {
    let Some(state) = old.after(event, Some(ground)) else { return Ok(()) };
    write(tx, permit, old, event, state, Some(ground), None, Some(reason)).map(drop)
}

/// The credential that a case names. Whoever came back with an old database is erased again whatever is open about them.
///
/// # Errors
/// 409 where its holder was erased.
pub(in crate::app) fn named_by_case(db: &mut impl Read, id: CredentialId) -> Result<Credential, Error> {
    let erased = || Error::WrongState { detail: "Whoever held the credential was erased, and it with them.".into() };
    credentials::find(db, id)?.ok_or_else(erased)
}

/// A revoked card does not come back beside the one that was granted since.
fn refuse_second_card(tx: &mut Tx, caller: &Caller, old: &Credential) -> Result<(), Error> {
    let held = held_beside(tx, old)?;
    let Some(newer) = held.iter().find(|it| it.state == CredentialState::Active) else { return Ok(()) };
    // It may be of an agency that the caller is to know nothing of.
    let whose = ownership(tx, newer)?;
    let may_know = policy::enter(caller, Operation::ReadCredentials).and_then(|entry| entry.on(&whose)).is_ok();
    let which = if may_know { format!("card {}", newer.number.as_str()) } else { "another card".into() };
    Err(Error::WrongState { detail: format!("The holder was granted {which} since; decide on that one first.") })
}

/// The other unexpired cards in a card's place: a human being has one press card, whichever agency proposed it, and one
/// collaborator's card of an agency, on however many records. One that is suspended stands in the way wherever it is from.
/// Letters are for errands; there may be several.
pub(in crate::app) fn held_beside(tx: &mut Tx, it: &Credential) -> Result<Vec<Credential>, Error> {
    let mut held = match it.kind() {
        CredentialKind::PressCard | CredentialKind::CollaboratorCard => {
            credentials::unexpired_of_human(tx, it.person, it.kind(), tx.now())?
        }
        CredentialKind::IntroductionLetter => Vec::new(),
    };
    let is_in_its_place = |other: &Credential| match it.kind() {
        CredentialKind::CollaboratorCard => other.agency == it.agency || other.is_suspended(),
        CredentialKind::PressCard | CredentialKind::IntroductionLetter => true,
    };
    held.retain(|other| other.id != it.id && is_in_its_place(other));
    Ok(held)
}

/// What rests on an agency's word does not come back before the agency does, nor once its holder has left it, which may
/// have been while it was revoked.
fn refuse_without_agency(tx: &mut Tx, old: &Credential) -> Result<(), Error> {
    if !old.kind().rests_on_agency() {
        return Ok(());
    }
    match agencies::find(tx, old.agency)? {
        Some(agency) if agency.state == AgencyState::Active => {
            match old.ground == Some(Ground::LeftAgency) || withdrawals::has_left(tx, old)? {
                true => Err(Error::WrongState {
                    detail: "The holder has left the agency, on whose word it rested; another may be issued.".into(),
                }),
                false => Ok(()),
            }
        }
        Some(_) | None => Err(Error::WrongState {
            detail: "The agency is not at work: what rests on its word comes back with it.".into(),
        }),
    }
}

fn parse_event(event: CredentialEvent, form: &EventForm) -> Result<(Reason, Option<Ground>), Error> {
    let mut problems = Problems::new();
    let reason = problems.take("/reason", Reason::required(form.reason.as_deref()));
    let ground = problems.take_optional("/ground", form.ground.as_deref(), Ground::parse);
    if event.needs_ground() && form.ground.is_none() {
        problems.add(FieldProblem::new("missing", "no revocation without its ground").at("/ground"));
    }
    Ok(problems.finish(|| reason.map(|reason| (reason, ground)))?)
}

fn refusal(old: &Credential, event: CredentialEvent, ground: Option<Ground>) -> Error {
    let final_unless = old.state == CredentialState::Revoked
        && event == CredentialEvent::Reinstate
        && ground != Some(Ground::ProsecutionEnded);
    let word = event.as_str();
    if old.state == CredentialState::Revoked
        && event == CredentialEvent::Reinstate
        && old.ground == Some(Ground::Misuse)
    {
        let detail = "It was revoked by the decision of a case, and comes back only when that is overturned.".into();
        return Error::WrongState { detail };
    }
    Error::WrongState {
        detail: match final_unless {
            true => "A revoked credential is reinstated only on the ground `prosecution_ended`.".into(),
            false if old.is_suspended() && old.state != CredentialState::Suspended => {
                let state = old.state.as_str();
                format!(
                    "The credential is {state} and was suspended before: `{word}` waits for `reinstate` or `revoke`."
                )
            }
            false => format!("The credential is {}; `{word}` is not possible.", old.state.as_str()),
        },
    }
}

#[expect(clippy::too_many_arguments, reason = "one event, told once")]
fn apply(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    old: Credential,
    event: CredentialEvent,
    state: CredentialState,
    reason: &Reason,
    ground: Option<Ground>,
) -> Result<Credential, Error> {
    if event == CredentialEvent::Replace {
        let new = reissue(tx, registry, permit, &old)?;
        let unstated = if old.state == CredentialState::Lost { Ground::Lost } else { Ground::DataChanged };
        return replace_by(tx, permit, old, state, ground.unwrap_or(unstated), new.id, Some(reason));
    }
    write(tx, permit, old, event, state, ground, None, Some(reason.as_str()))
}

/// Issues the credential that takes another's place, until the same day, with what is on record now.
fn reissue(tx: &mut Tx, registry: &Registry, permit: &Permit, old: &Credential) -> Result<Credential, Error> {
    let missing = || Error::internal("a credential without its person or agency");
    let person = people::find(tx, &registry.secrets.sealing, old.person)?.ok_or_else(missing)?;
    let agency = agencies::find(tx, old.agency)?.ok_or_else(missing)?;
    if person.at_work_for(agency.id, tx.now().day()).is_none() {
        return Err(Error::WrongState { detail: "The person does not work for this agency today.".into() });
    }
    let name = issuance::printed_name(&person)
        .map_err(|problem| Error::WrongState { detail: format!("{}.", problem.detail) })?;
    let from = old.validity.not_before().max(tx.now().day().start());
    let validity = Validity::new(from, old.validity.expires())
        .map_err(|_| Error::WrongState { detail: "The credential has expired; apply for a new one.".into() })?;
    let (entitlement, application) = (old.entitlement.clone(), old.application);
    let order = Order { person: &person, name, agency: &agency, entitlement, validity, application };
    issuance::issue(tx, registry, permit, order)
}

/// Marks a credential as replaced by another.
pub(in crate::app) fn replace_by(
    tx: &mut Tx,
    permit: &Permit,
    old: Credential,
    state: CredentialState,
    ground: Ground,
    by: CredentialId,
    reason: Option<&Reason>,
) -> Result<Credential, Error> {
    write(tx, permit, old, CredentialEvent::Replace, state, Some(ground), Some(by), reason.map(Reason::as_str))
}

#[expect(clippy::too_many_arguments, reason = "one event, told once")]
fn write(
    tx: &mut Tx,
    permit: &Permit,
    old: Credential,
    event: CredentialEvent,
    state: CredentialState,
    ground: Option<Ground>,
    replaced_by: Option<CredentialId>,
    reason: Option<&str>,
) -> Result<Credential, Error> {
    let mut told = Event::new(event_kind(event), Object::Credential(old.id)).with(json!({
        "from": old.state.as_str(),
        "to": state.as_str(),
        "ground": ground.map(Ground::as_str),
        "replaced_by": replaced_by.map(|id| id.to_string()),
    }));
    if let Some(reason) = reason {
        told = told.about(old.person, json!({ "reason": reason }));
    }
    tx.record(permit, told, |writer| {
        let new = Credential {
            state,
            left_suspended: state != CredentialState::Suspended && old.stays_suspended_after(event),
            gone: old.gone_after(event),
            ground,
            replaced_by: replaced_by.or(old.replaced_by),
            log_index: writer.log_index(),
            version: old.version + 1,
            ..old
        };
        credentials::update(writer, &new)?;
        Ok(new)
    })
}
