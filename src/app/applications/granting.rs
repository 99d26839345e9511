//! What an approval issues, and what gives way to it.

use super::holdings::in_use;
use super::{losses, suits, wrong_engagement};
use crate::app::Registry;
use crate::app::credentials::{held_beside, replace_by};
use crate::app::issuance::{self, Order};
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, Basis, CardKind, Outcome};
use crate::domain::card_code::Entitlement;
use crate::domain::credentials::{Credential, CredentialEvent, CredentialState, Ground};
use crate::domain::eligibility::term_of;
use crate::domain::ids::PersonId;
use crate::domain::people::Person;
use crate::domain::printed::Validity;
use crate::domain::state_cards::StateCardState;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::Permit;
use crate::store::{Tx, people, state_cards};

/// Years a collaborator's card is valid: ours, as the law sets none.
const COLLABORATOR_CARD_YEARS: u32 = 1;

/// Those whose cards are approved, endorsed and at work today in the capacity that the card is for: it may have changed since
/// they were proposed.
pub(super) fn at_work(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    application: &Application,
    people_ids: &[PersonId],
) -> Result<Vec<Person>, Error> {
    let endorsed =
        |id: &PersonId| application.people.iter().any(|it| it.person == *id && it.outcome == Outcome::Endorsed);
    if agency.fields.level.province().is_some() && !people_ids.iter().all(endorsed) {
        return Err(Error::WrongState {
            detail: "The province of this local agency has not endorsed everybody named.".into(),
        });
    }
    let today = tx.now().day();
    let found = people::find_in_order(tx, &registry.secrets.sealing, people_ids)?;
    let engaged = |person: &&Person| person.at_work_for(agency.id, today).is_some();
    for (at, id) in people_ids.iter().enumerate() {
        let person = found.iter().find(|person| person.id == *id).filter(engaged);
        let person = person.ok_or_else(|| {
            Error::invalid(format!("/people/{at}"), "unknown_person", "this person does not work for the agency today")
        })?;
        let mut under_way = person.engagements.iter().filter(|it| it.agency == agency.id && it.is_under_way(today));
        if !under_way.any(|it| suits(application.kind, it.kind)) {
            return Err(Error::field(format!("/people/{at}"), wrong_engagement()));
        }
    }
    Ok(found)
}

/// Issues a card to each of these people, in this order.
pub(super) fn issue_all(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    agency: &Agency,
    application: &Application,
    people: &[Person],
) -> Result<Vec<Credential>, Error> {
    let validity = validity(application.kind, tx.now().day())?;
    refuse_beside_cards_of_before(tx, application, people)?;
    let mut issued = Vec::with_capacity(people.len());
    for (at, person) in people.iter().enumerate() {
        let name = issuance::printed_name(person).map_err(|problem| Error::field(format!("/people/{at}"), problem))?;
        let entitlement =
            Entitlement::new(application.kind.credential(), None).map_err(|p| Error::internal(p.to_string()))?;
        let order = Order { person, name, agency, entitlement, validity, application: Some(application.id) };
        let credential = issuance::issue(tx, registry, permit, order)?;
        take_out_of_use(tx, permit, application, &credential)?;
        issued.push(credential);
    }
    Ok(issued)
}

/// From today to the last day that the term of a press card leaves, or for a year.
fn validity(kind: CardKind, today: Day) -> Result<Validity, Error> {
    let expires = match kind {
        CardKind::PressCard => match term_of(today) {
            Some(term) => term.last_day(today).end(),
            None => return Err(Error::WrongState { detail: "No term of press cards is known for today.".into() }),
        },
        CardKind::CollaboratorCard => today.plus_years(COLLABORATOR_CARD_YEARS).start(),
    };
    Validity::new(today.start(), expires).map_err(|problem| Error::internal(problem.to_string()))
}

fn why_replaced(basis: Basis, old: &Credential) -> Ground {
    if old.state == CredentialState::Lost {
        return Ground::Lost;
    }
    match basis {
        Basis::First | Basis::Renewal => Ground::Renewed,
        Basis::Exchange => Ground::AgencyChanged,
        Basis::Reissue => Ground::Damaged,
    }
}

/// A card of before gives way to ours by itself, on the same conditions as one of ours.
fn refuse_beside_cards_of_before(tx: &mut Tx, application: &Application, people: &[Person]) -> Result<(), Error> {
    if application.kind != CardKind::PressCard {
        return Ok(());
    }
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let held = state_cards::of_humans(tx, &ids)?.into_iter().map(|it| (it.person, it.card)).collect();
    let now = tx.now();
    for (person, cards) in in_use(tx, held, now)? {
        for card in cards {
            let number = card.fields.number.as_str();
            match card.state {
                StateCardState::Active if application.basis == Basis::First => return Err(not_first(number)),
                StateCardState::Lost if !losses::is_confirmed(application, person) => return Err(unconfirmed(number)),
                StateCardState::Active | StateCardState::Lost | StateCardState::Returned | StateCardState::Revoked => {}
            }
        }
    }
    Ok(())
}

fn not_first(number: &str) -> Error {
    Error::WrongState { detail: format!("One of these people holds card {number}: the basis is not `first`.") }
}

fn unconfirmed(number: &str) -> Error {
    let detail = format!(
        "Card {number} of one of these people is lost: they are to be proposed on the basis `reissue`, with the number \
         under which the police confirmed it."
    );
    Error::WrongState { detail }
}

/// What the holder held before gives way to the new card.
fn take_out_of_use(tx: &mut Tx, permit: &Permit, application: &Application, new: &Credential) -> Result<(), Error> {
    let basis = application.basis;
    for old in held_beside(tx, new)? {
        if basis == Basis::First && old.state == CredentialState::Active {
            return Err(not_first(old.number.as_str()));
        }
        if old.is_suspended() {
            let detail = format!(
                "Card {} of one of these people was suspended, which is not decided on yet.",
                old.number.as_str()
            );
            return Err(Error::WrongState { detail });
        }
        // It may be on the record of another agency, of which the one that applies knows nothing.
        if old.state == CredentialState::Lost && !losses::is_confirmed(application, new.person) {
            return Err(unconfirmed(old.number.as_str()));
        }
        let ground = why_replaced(basis, &old);
        let Some(state) = old.after(CredentialEvent::Replace, Some(ground)) else { continue };
        replace_by(tx, permit, old, state, ground, new.id, None)?;
    }
    Ok(())
}
