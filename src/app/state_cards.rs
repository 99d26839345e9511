//! Press cards of before the registry, and what becomes of them: a card that was lost, handed in or revoked must not be
//! called valid to whoever looks it up. Its agency and its holder report it lost, and the agency hands it in, as with ours.

pub use crate::store::state_cards::Filter;

use super::Registry;
use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use super::returns;
use crate::domain::accounts::Caller;
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{PersonId, StateCardId};
use crate::domain::press_cards::PressCardId;
use crate::domain::printed::CredentialKind;
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::state_cards::{StateCard, StateCardEvent, StateCardState};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Read, Reader, Tx, credentials, events, state_cards as rows};
use serde_json::json;

/// What is to be written down of a card.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// See [`StateCardEvent::as_str`].
    pub event: String,
    /// 1–500 characters; required.
    pub reason: Option<String>,
    /// See [`Ground::as_str`].
    pub ground: Option<String>,
}

/// A card, and whose it is, where one person on record is known to have it.
pub struct Held {
    /// The card.
    pub card: StateCard,
    /// Whose it is.
    pub holder: Option<PersonId>,
}

/// The tag of a card as it is shown on `day`: its last day passes without anybody's doing.
pub fn etag(card: &StateCard, day: Day) -> Etag {
    Etag::of_shown(card.version, card.shown(day))
}

fn ownership(db: &mut impl Read, card: &StateCard) -> Result<Ownership, Error> {
    let province = credentials::province_of_agency(db, card.agency)?;
    let whose = Ownership::of_agency(card.agency, province.as_ref()).and_agencies(rows::heirs(db, card)?);
    Ok(match rows::holder(db, card)? {
        Some(holder) => whose.and_person(holder),
        None => whose,
    })
}

fn held(db: &mut impl Read, card: StateCard) -> Result<Held, Error> {
    let holder = rows::holder(db, &card)?;
    Ok(Held { card, holder })
}

/// A card.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: StateCardId) -> Result<Held, Error> {
    let entry = policy::enter(caller, Operation::ReadStateCards)?;
    let card = rows::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&ownership(db, &card)?)?;
    held(db, card)
}

/// Cards within the caller's reach.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    caller: &Caller,
    asked: Asked<Filter, StateCardId>,
) -> Result<Part<Held, StateCardId>, Error> {
    let range = policy::enter(caller, Operation::ReadStateCards)?.range();
    let (filter, page) = asked?;
    let found = rows::list(db, &range, filter, page.after, page.limit)?;
    let Part { items, next_after } = Part::cut(found, page.limit, |card| card.id);
    let holders = rows::holders(db, &items)?;
    let items = items.into_iter().map(|card| Held { holder: holders.get(&card.id).copied(), card }).collect();
    Ok(Part { items, next_after })
}

/// What tells of the duty to hand a card in.
const OF_THE_DUTY: [EventKind; 6] = [
    EventKind::StateCardReturnAsked,
    EventKind::StateCardReturnRequested,
    EventKind::StateCardReturnOverdue,
    EventKind::StateCardReturnSettled,
    EventKind::StateCardRevocationProposed,
    EventKind::StateCardRevocationSetAside,
];

/// A card, and what happened to it; of the duty to hand it in an agency is told that collects it.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: StateCardId,
    asked: Asked<(), i64>,
) -> Result<(Held, Part<Recorded, i64>), Error> {
    let it = read(db, caller, id)?;
    let ((), page) = asked?;
    let collector = rows::holding(db, &it.card, registry.clock.now().day())?.map(|holding| holding.agency);
    let range = policy::enter(caller, Operation::ReadStateCards)?.range();
    let left_out: &[EventKind] = match range.holds_duty_of(collector) {
        true => &[],
        false => &OF_THE_DUTY,
    };
    let items = events::of_object_without(db, &Object::StateCard(id), left_out, page.after, page.limit)?;
    Ok((it, Part::cut(items, page.limit, |event| event.index)))
}

const fn operation(event: StateCardEvent) -> Operation {
    match event {
        StateCardEvent::ReportLost => Operation::ReportLost,
        StateCardEvent::Return => Operation::ReturnStateCard,
        StateCardEvent::Revoke | StateCardEvent::Reinstate => Operation::DecideOnStateCard,
    }
}

const fn event_kind(event: StateCardEvent) -> EventKind {
    match event {
        StateCardEvent::ReportLost => EventKind::StateCardReportedLost,
        StateCardEvent::Return => EventKind::StateCardReturned,
        StateCardEvent::Revoke => EventKind::StateCardRevoked,
        StateCardEvent::Reinstate => EventKind::StateCardReinstated,
    }
}

/// A card that something is to be written down of, and the leave to do so; without an operation, only that the caller may
/// know that it exists.
///
/// # Errors
/// 403, 404, 412, 428.
pub(super) fn admitted(
    tx: &mut Tx,
    caller: &Caller,
    id: StateCardId,
    gate: &Gate,
    operation: Option<Operation>,
) -> Result<(StateCard, Permit), Error> {
    let entry = policy::enter(caller, operation.unwrap_or(Operation::ReadStateCards))?;
    let found = rows::find(tx, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(tx, &found)?)?;
    gate.pass(tx, &etag(&found, tx.now().day()))?;
    Ok((found, permit))
}

/// Writes down what happened to a card: whoever looks it up is told from then on.
///
/// # Errors
/// 403, 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    _: &Registry,
    caller: &Caller,
    id: StateCardId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<StateCard, Error> {
    let wanted = form.as_ref().ok().and_then(|form| StateCardEvent::parse(&form.event).ok());
    let (old, permit) = admitted(tx, caller, id, gate, wanted.map(operation))?;
    let (event, reason, ground) = parse(&form?)?;
    if event == StateCardEvent::Revoke && ground == Some(Ground::NotReturned) && rows::holder(tx, &old)?.is_some() {
        // Where nobody is known to hold it, it was asked for on paper, if at all: the registrar answers for that.
        returns::refuse_before_proposal(tx, PressCardId::OfBefore(id))?;
    }
    let state = old.after(event, ground).ok_or_else(|| refusal(&old, event))?;
    if event == StateCardEvent::Reinstate {
        refuse_second_card(tx, &old)?;
    }
    let new = StateCard { state, ground, version: old.version + 1, ..old.clone() };
    let told = Event::new(event_kind(event), Object::StateCard(id))
        .with(json!({
            "from": old.state.as_str(),
            "to": state.as_str(),
            "ground": ground.map(Ground::as_str),
        }))
        .about(id, json!({ "reason": reason.as_str() }));
    tx.record(&permit, told, |writer| rows::update(writer, &new))?;
    Ok(new)
}

/// Whether a card could be shown as a press card at `at`, as it stood then.
pub(super) fn was_valid(db: &mut impl Read, card: &StateCard, at: Timestamp) -> Result<bool, Error> {
    // The first thing that moved it since says where it stood before.
    let kinds = StateCardEvent::ALL.map(event_kind);
    let since = events::first_after(db, &Object::StateCard(card.id), &kinds, at)?;
    let then = match since.as_ref().and_then(|facts| facts["from"].as_str()) {
        Some(raw) => StateCardState::parse(raw).map_err(Error::internal)?,
        None => card.state,
    };
    Ok(StateCard { state: then, ..card.clone() }.is_valid(at.day()))
}

/// A human being has one press card: one of before does not come back beside one that was granted since.
fn refuse_second_card(tx: &mut Tx, old: &StateCard) -> Result<(), Error> {
    let Some(holder) = rows::holder(tx, old)? else { return Ok(()) };
    let held = credentials::unexpired_of_human(tx, holder, CredentialKind::PressCard, tx.now())?;
    match held.iter().any(|it| it.state == CredentialState::Active || it.is_suspended()) {
        true => {
            Err(Error::WrongState { detail: "The holder was granted a card since; decide on that one first.".into() })
        }
        false => Ok(()),
    }
}

fn parse(form: &EventForm) -> Result<(StateCardEvent, Reason, Option<Ground>), Error> {
    let mut problems = Problems::new();
    let event = problems.take("/event", StateCardEvent::parse(&form.event));
    let reason = problems.take("/reason", Reason::required(form.reason.as_deref()));
    let ground = problems.take_optional("/ground", form.ground.as_deref(), Ground::parse);
    if event.is_some_and(StateCardEvent::needs_ground) && form.ground.is_none() {
        problems.add(FieldProblem::new("missing", "no revocation without its ground").at("/ground"));
    }
    let (event, reason) = problems.finish(|| Some((event?, reason?)))?;
    match event.is_open_to(ground) {
        true => Ok((event, reason, ground)),
        false => Err(Error::WrongState {
            detail:
                "A card is revoked for misuse, and comes back from that, only by the decision of a case, and no case \
                     decides on cards of before the registry."
                    .into(),
        }),
    }
}

fn refusal(old: &StateCard, event: StateCardEvent) -> Error {
    let detail = match old.state.after(event) {
        Some(_) => "Only a card that was revoked for a prosecution is reinstated, on the ground `prosecution_ended`."
            .to_owned(),
        None => format!("The card is {}; `{}` is not possible.", old.state.as_str(), event.as_str()),
    };
    Error::WrongState { detail }
}
