//! Lookups of cards by number and name, for those of before the registry and for ours: exact, counted, and told to the
//! holder. Nothing of what was asked is kept but that somebody asked, and what for.

use super::Registry;
use super::accesses::{self, Seen};
use super::gate::Gate;
use super::sessions::Counters;
use crate::domain::accounts::Caller;
use crate::domain::credentials::{CredentialState, ShownState};
use crate::domain::ids::PersonId;
use crate::domain::lookups::{Lookup, LookupForm, Worth};
use crate::domain::printed::CredentialKind;
use crate::domain::state_cards::is_one_name;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Read, Tx, credentials, state_cards};

/// Looks up a card. Each lookup counts, and is written down as a look at the holder's record, where one is known.
///
/// # Errors
/// 403; 422; `TooManyLookups`.
pub fn look_up(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<LookupForm, Error>,
) -> Result<Worth, Error> {
    policy::enter(caller, Operation::LookUpCards)?.anywhere()?;
    // Never an answer of before: a card that was valid then may be withdrawn.
    gate.is_usable()?;
    let asked = form()?.parse()?;
    let counters = Counters::of_lookups(&registry.secrets.sealing, caller.user);
    counters.count(tx, registry.clock.now()).map_err(|error| match error {
        Error::TooManyGuesses { retry_after_seconds } => Error::TooManyLookups { retry_after_seconds },
        error => error,
    })?;
    let (worth, holder) = found(tx, registry, &asked)?;
    accesses::note(tx, caller, &Seen::of_lookup(holder, asked.purpose))?;
    Ok(worth)
}

/// What such a card is worth, and whose it is. A number that nobody has costs the same queries and the same comparison
/// as a wrong name.
fn found(db: &mut impl Read, registry: &Registry, asked: &Lookup) -> Result<(Worth, Option<PersonId>), Error> {
    let now = registry.clock.now();
    let ours = credentials::by_number_key(db, &asked.number_key)?;
    let of_before = state_cards::by_number_key(db, &asked.number_key)?;
    let name = ours.as_ref().map(|card| card.name.as_str());
    let name = name.or_else(|| of_before.as_ref().map(|card| card.fields.name.as_str()));
    if !is_one_name(&asked.name, name.unwrap_or_default()) {
        return Ok((Worth::NoMatch, None));
    }
    let worth = |is_valid| if is_valid { Worth::Valid } else { Worth::NotValid };
    Ok(match (ours, of_before) {
        (Some(card), _) => {
            let is_valid = card.shown(now) == ShownState::Stored(CredentialState::Active);
            (worth(is_valid), Some(card.person))
        }
        (None, Some(card)) => {
            let holder = state_cards::holder(db, &card)?;
            // Whoever was granted a card by the registry has handed the one of before in.
            let granted = holder.map(|it| credentials::unexpired_of_human(db, it, CredentialKind::PressCard, now));
            let is_replaced = granted.transpose()?.is_some_and(|cards| !cards.is_empty());
            (worth(card.is_valid(now.day()) && !is_replaced), holder)
        }
        (None, None) => (Worth::NoMatch, None),
    })
}
