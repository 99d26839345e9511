//! A merge: one record takes the other in, with its whole history. It is careful rather than clever: what is not decided
//! yet of either stands in its way.

use super::Pair;
use crate::app::{Registry, credentials as cards};
use crate::domain::accounts::{AccountState, Role, User};
use crate::domain::credentials::{Credential, CredentialEvent, Ground};
use crate::domain::duplicates::Duplicate;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{CredentialId, PersonId};
use crate::domain::people::Person;
use crate::domain::reason::Reason;
use crate::error::Error;
use crate::policy::Permit;
use crate::store::{Tx, accounts, duplicates as rows, erasures, merging, people, sessions};
use serde_json::{Value, json};

/// What is to be done.
pub(super) struct Merge {
    pub(super) keep: PersonId,
    pub(super) gone: PersonId,
    pub(super) returned: Option<CredentialId>,
    pub(super) reason: Reason,
}

pub(super) fn merge(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    decided: &Duplicate,
    pair: &Pair,
    Merge { keep, gone, returned, reason }: &Merge,
) -> Result<(), Error> {
    let (keep, gone) = (*keep, *gone);
    refuse_while_undecided(tx, keep, gone)?;
    if let Some(card) = card_to_return(pair, *returned)? {
        cards::follow(tx, permit, card, CredentialEvent::Return, Ground::Error, reason.as_str())?;
    }
    let (account, accounts) = account_follows(tx, permit, keep, gone)?;
    let sealing = &registry.secrets.sealing;
    let missing = || Error::internal("a record of a pair that is not on record");
    let moved = merging::belongings(tx, gone, keep)?;
    let taken_in = people::find(tx, sealing, gone)?.ok_or_else(missing)?;
    let kept = people::find(tx, sealing, keep)?.ok_or_else(missing)?;
    // What each of them was stands under its own id: whoever is erased after a split takes no word of the other's along.
    let mut record = crate::app::people::on_record(&kept);
    record["reason"] = reason.as_str().into();
    let mut engagements = [kept.engagements, taken_in.engagements.clone()].concat();
    engagements.sort_by_key(|it| (it.from, it.id));
    let (own_portrait, portrait) = (kept.portrait, kept.portrait.or(taken_in.portrait));
    let kept = Person { engagements, portrait, version: kept.version + 1, ..kept };
    let mut of_gone = crate::app::people::on_record(&taken_in);
    of_gone["reason"] = reason.as_str().into();
    let event = Event::new(EventKind::PersonMerged, Object::Person(keep))
        .with(json!({
            "absorbed": gone.to_string(),
            "duplicate": decided.id.to_string(),
            "portrait": portrait.map(|id| id.to_string()),
            "own_portrait": own_portrait.map(|id| id.to_string()),
            "engagements": moved.engagements,
            "credentials": moved.credentials,
            "applications": moved.applications,
            "cases": moved.cases,
            "portraits": moved.portraits,
            "offices": moved.offices,
            "leaders": moved.leaders,
            "account": account.map(|user| user.id.to_string()),
            "accounts": accounts,
            "returned": returned.map(|id| id.to_string()),
        }))
        .about(keep, record)
        .about(gone, of_gone);
    tx.record(permit, event, |writer| {
        // First: what is open about the record that goes is forgotten with it.
        rows::decide(writer, decided)?;
        merging::take_in(writer, sealing, gone, keep, &moved)?;
        people::update(writer, sealing, &kept)
    })
}

fn refuse_while_undecided(tx: &mut Tx, keep: PersonId, gone: PersonId) -> Result<(), Error> {
    let refuse = |detail: &str| Err(Error::WrongState { detail: detail.into() });
    for person in [keep, gone] {
        if erasures::pending(tx, person)?.is_some() {
            return refuse("The erasure of one of them waits for a second registrar: decide on that first.");
        }
    }
    // One slip would give somebody another's card for good: of records with two numbers one is mended by its agency first.
    if !people::are_one(tx, keep, gone)? {
        return refuse(
            "Their national ids differ: the agency whose record has the wrong one corrects it first, then they are merged.",
        );
    }
    if merging::shared_application(tx, keep, gone)?.is_some() {
        return refuse("Both are in one application that is under way: let it be decided or given back first.");
    }
    // One human being has one post in an office: which of the two it is, the agency says.
    let today = tx.now().day();
    match merging::shared_office(tx, gone, keep, today)? {
        Some(office) => refuse(&format!(
            "Both are named in office {office}: let its agency take out the one whose record goes, or keep that record.",
        )),
        None => Ok(()),
    }
}

/// A human being has one press card: where both records hold one, the registrar says which is handed in.
fn card_to_return(pair: &Pair, returned: Option<CredentialId>) -> Result<Option<Credential>, Error> {
    let wrong = |code, detail: &str| Err(Error::invalid("/return_credential", code, detail));
    let mut held: Vec<&Credential> = pair.records.iter().filter_map(|record| record.card.as_ref()).collect();
    match (held.len(), returned) {
        (0 | 1, None) => Ok(None),
        (0 | 1, Some(_)) => wrong("not_needed", "they do not both hold a press card"),
        (_, None) => wrong("missing", "both hold a press card: say which is handed in"),
        (_, Some(id)) => {
            held.retain(|card| card.id == id);
            match held.pop() {
                Some(card) => Ok(Some(card.clone())),
                None => wrong("neither", "the press card of neither"),
            }
        }
    }
}

/// The account goes with the record. Of two accounts one goes on, bound to the record that stays: that record's own, where
/// it is not disabled while the other is active. The one that does not go on is disabled, and bound to the record that was
/// taken in. Gives the former, and how each of them was before: what a split goes back to.
fn account_follows(
    tx: &mut Tx,
    permit: &Permit,
    keep: PersonId,
    gone: PersonId,
) -> Result<(Option<User>, Vec<Value>), Error> {
    let Some(theirs) = accounts::of_person(tx, gone)? else { return Ok((None, Vec::new())) };
    let mut before = vec![as_it_was(&theirs)];
    let after = |user: User, person, state| {
        User { role: Role::Holder(person), version: user.version + 1, ..user }.in_state(state)
    };
    let changed = match accounts::of_person(tx, keep)? {
        None => {
            let state = theirs.state;
            vec![after(theirs, keep, state)]
        }
        Some(own) if own.state == AccountState::Disabled && theirs.state == AccountState::Active => {
            before.push(as_it_was(&own));
            vec![after(theirs, keep, AccountState::Active), after(own, gone, AccountState::Disabled)]
        }
        Some(_) => vec![after(theirs, gone, AccountState::Disabled)],
    };
    for user in changed.iter().filter(|user| user.state == AccountState::Disabled) {
        sessions::end_all(tx, user.id, None)?;
    }
    let events = changed.iter().map(|user| {
        Event::new(EventKind::UserChanged, Object::User(user.id)).with(json!({
            "state": user.state.as_str(),
            "email_changed": false,
            "person": user.role.person().map(|id| id.to_string()),
        }))
    });
    tx.record_all(permit, events.collect::<Vec<_>>(), |writer| accounts::update_holders(writer, &changed))?;
    Ok((changed.into_iter().next(), before))
}

fn as_it_was(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "person": user.role.person().map(|id| id.to_string()),
        "state": user.state.as_str(),
    })
}
