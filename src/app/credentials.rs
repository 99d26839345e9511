//! Credentials in use: read, suspended, reinstated, revoked, replaced, reported lost, handed in.

use super::Registry;
use super::gate::{Etag, Gate};
use super::issuance::{self, Order};
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::card_code::{self, Entitlement};
use crate::domain::credentials::{Credential, CredentialEvent, CredentialState, Ground};
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{AgencyId, CredentialId, PersonId};
use crate::domain::printed::{CredentialKind, Validity};
use crate::domain::problem::FieldProblem;
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::domain::typed_code;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Read, Reader, Tx, agencies, credentials, events, people};
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

/// What a list of credentials is narrowed to, as asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of this person.
    pub person: Option<PersonId>,
    /// Of this agency.
    pub agency: Option<AgencyId>,
    /// Of this kind.
    pub kind: Option<CredentialKind>,
}

/// The tag of a credential as it is shown now: its dates change what is shown without anybody's doing.
pub fn etag(credential: &Credential, now: Timestamp) -> Etag {
    Etag::of_shown(credential.version, credential.shown(now).as_str())
}

fn ownership(db: &mut impl Read, it: &Credential) -> Result<Ownership, Error> {
    let province = credentials::province_of_agency(db, it.agency)?;
    Ok(Ownership::of_agency(it.agency, province.as_ref()).and_person(it.person))
}

/// A credential.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: CredentialId) -> Result<Credential, Error> {
    let entry = policy::enter(caller, Operation::ReadCredentials)?;
    let found = credentials::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&ownership(db, &found)?)?;
    Ok(found)
}

/// Credentials within the caller's reach.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    caller: &Caller,
    asked: Asked<Filter, CredentialId>,
) -> Result<Part<Credential, CredentialId>, Error> {
    let range = policy::enter(caller, Operation::ReadCredentials)?.range();
    let (Filter { person, agency, kind }, page) = asked?;
    let filter = credentials::Filter { person, agency, kind };
    let items = credentials::list(db, &range, filter, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |it| it.id))
}

/// What happened to a credential.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    id: CredentialId,
    asked: Asked<(), i64>,
) -> Result<Part<Recorded, i64>, Error> {
    read(db, caller, id)?;
    let ((), page) = asked?;
    let items = events::of_object(db, &Object::Credential(id), page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |event| event.index))
}

/// The text of a credential's QR.
pub fn qr_text(registry: &Registry, credential: &Credential) -> String {
    card_code::text(&registry.settings.public_url, &credential.code)
}

/// The code printed beside the QR, for those who cannot scan.
pub fn typed_code(registry: &Registry, credential: &Credential) -> String {
    let check = registry.secrets.typed.check(credential.kid, credential.status_index);
    typed_code::printed(&credential.number, check)
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

const fn event_kind(event: CredentialEvent) -> EventKind {
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
    // What cannot be read is answered only to those who may know that the credential exists.
    let entry = policy::enter(caller, wanted.map_or(Operation::ReadCredentials, operation))?;
    let old = credentials::find(tx, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(tx, &old)?)?;
    let now = tx.now();
    gate.pass(tx, &etag(&old, now))?;
    let form = form?;
    let event = CredentialEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let (reason, ground) = parse_event(&form)?;
    if ground.is_some_and(|ground| ground.needs_case(event)) {
        return Err(Error::WrongState {
            detail:
                "A card is revoked for misuse, and comes back from that, only by the decision of a case, where its \
                     holder is heard."
                    .into(),
        });
    }
    let state = old.state.after(event, ground).ok_or_else(|| refusal(&old, event, ground))?;
    if event == CredentialEvent::Reinstate {
        refuse_second_card(tx, &old)?;
    }
    apply(tx, registry, &permit, old, event, state, &reason, ground)
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
    let old = credentials::find(tx, id)?.ok_or_else(|| Error::internal("a case without its credential"))?;
    let state = old.state.after(event, Some(ground)).ok_or_else(|| refusal(&old, event, Some(ground)))?;
    write(tx, permit, old, event, state, Some(ground), None, reason)
}

/// A revoked card does not come back beside the one that was granted since.
fn refuse_second_card(tx: &mut Tx, old: &Credential) -> Result<(), Error> {
    match held_beside(tx, old)?.iter().find(|it| it.state == CredentialState::Active) {
        Some(newer) => Err(Error::WrongState {
            detail: format!("The holder was granted card {} since; decide on that one first.", newer.number.as_str()),
        }),
        None => Ok(()),
    }
}

/// The other unexpired cards in a card's place: a human being has one press card, whichever agency proposed it, and one
/// collaborator's card of an agency. Letters are for errands; there may be several.
pub(in crate::app) fn held_beside(tx: &mut Tx, it: &Credential) -> Result<Vec<Credential>, Error> {
    let now = tx.now();
    let mut held = match it.kind {
        CredentialKind::PressCard => credentials::unexpired_of_human(tx, it.person, it.kind, now)?,
        CredentialKind::CollaboratorCard => credentials::unexpired_of_person(tx, it.person, it.kind, now)?,
        CredentialKind::IntroductionLetter => Vec::new(),
    };
    held.retain(|other| other.id != it.id);
    Ok(held)
}

fn parse_event(form: &EventForm) -> Result<(String, Option<Ground>), Error> {
    let mut errors = Vec::new();
    let reason = match form.reason.as_deref() {
        Some(raw) => text::lines(raw, 500),
        None => Err(FieldProblem::new("missing", "no decision without reasons")),
    };
    let reason = reason.map_err(|problem| errors.push(problem.at("/reason"))).ok();
    let ground = form.ground.as_deref().map(Ground::parse).transpose();
    let ground = ground.map_err(|problem| errors.push(problem.at("/ground"))).ok().flatten();
    match reason {
        Some(reason) if errors.is_empty() => Ok((reason, ground)),
        Some(_) | None => Err(errors.into()),
    }
}

fn refusal(old: &Credential, event: CredentialEvent, ground: Option<Ground>) -> Error {
    let final_unless = old.state == CredentialState::Revoked
        && event == CredentialEvent::Reinstate
        && ground != Some(Ground::ProsecutionEnded);
    Error::WrongState {
        detail: match final_unless {
            true => "A revoked credential is reinstated only on the ground `prosecution_ended`.".into(),
            false => format!("The credential is {}; `{}` is not possible.", old.state.as_str(), event.as_str()),
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
    reason: &str,
    ground: Option<Ground>,
) -> Result<Credential, Error> {
    if event == CredentialEvent::Replace {
        let new = reissue(tx, registry, permit, &old)?;
        return replace_by(tx, permit, old, state, ground.unwrap_or(Ground::DataChanged), new.id, Some(reason));
    }
    write(tx, permit, old, event, state, ground, None, Some(reason))
}

/// Issues the credential that takes another's place, until the same day, with what is on record now.
fn reissue(tx: &mut Tx, registry: &Registry, permit: &Permit, old: &Credential) -> Result<Credential, Error> {
    let missing = || Error::internal("a credential without its person or agency");
    let person = people::find(tx, &registry.secrets.sealing, old.person)?.ok_or_else(missing)?;
    let agency = agencies::find(tx, old.agency)?.ok_or_else(missing)?;
    if person.engagement_with(agency.id, tx.now().day()).is_none() {
        return Err(Error::WrongState { detail: "The person works for this agency no longer.".into() });
    }
    let name = issuance::printed_name(&person)
        .map_err(|problem| Error::WrongState { detail: format!("{}.", problem.detail) })?;
    let from = old.valid_from.max(tx.now().day().start());
    let validity = Validity::new(from, old.valid_until)
        .map_err(|_| Error::WrongState { detail: "The credential has expired; apply for a new one.".into() })?;
    let entitlement = Entitlement::new(old.kind, old.scope.clone()).map_err(|p| Error::internal(p.to_string()))?;
    let order = Order { person: &person, name, agency: &agency, entitlement, validity, application: old.application };
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
    reason: Option<&str>,
) -> Result<Credential, Error> {
    write(tx, permit, old, CredentialEvent::Replace, state, Some(ground), Some(by), reason)
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
