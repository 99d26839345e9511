//! Checking a card with the registry's own knowledge, for the API and for codes that the page sends. The command line
//! judges with the same function and what it holds; the page by itself, to the same verdicts. Nothing about the card or
//! the checker is kept.

use super::Registry;
use super::keyring::KeyRing;
use super::misses::{Guesser, Origin, Secret};
use crate::domain::accounts::Caller;
use crate::domain::card_code::{HonestDigest, Kid, MAX_TEXT_CHARS};
use crate::domain::credentials::ShownState;
use crate::domain::issuer::KnownIssuer;
use crate::domain::printed::StatusIndex;
use crate::domain::problem::FieldProblem;
use crate::domain::time::Timestamp;
use crate::domain::typed_code::TypedCode;
use crate::domain::verdict::{self, CardState, Finding, Judgement, Known, ListEntry};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::credentials;

/// The registry's own knowledge is of this very moment; it counts as a list that lives for a day.
const LIST_LIFE_SECONDS: i64 = 24 * 3_600;

/// What a check says.
pub struct Verification {
    /// The verdict, and the card where one is proven.
    pub judgement: Judgement,
    /// The state behind `withdrawn`, for those who may be told.
    pub state: Option<ShownState>,
    /// When.
    pub checked_at: Timestamp,
}

/// What the registry itself knows: its keys, and each card's state of this moment.
struct OwnKnowledge<'a> {
    registry: &'a Registry,
    ring: &'a KeyRing,
    now: Timestamp,
}

impl Known for OwnKnowledge<'_> {
    fn issuer(&self) -> &KnownIssuer {
        self.ring.known()
    }

    fn is_honest(&self, kid: Kid, digest: &HonestDigest) -> Option<bool> {
        self.ring.is_honest(kid, digest)
    }

    fn list_entry(&self, index: StatusIndex) -> Option<ListEntry> {
        // Of a list that was never opened nothing is known, here as with those who find none to fetch.
        let is_set = self.registry.store.status().is_withdrawn(index)?;
        Some(ListEntry { issued_at: self.now, expires: self.now.plus_seconds(LIST_LIFE_SECONDS), is_set })
    }

    fn newest_iat(&self) -> Option<Timestamp> {
        Some(self.now)
    }
}

/// Whether this has a length that a code can have.
///
/// # Errors
/// 422 `/code`: `empty` or `too_long`.
pub fn check_length(code: &str) -> Result<(), Error> {
    match code.chars().count() {
        0 => Err(Error::invalid("/code", "empty", "the text of a QR, or the code printed beside it")),
        1..=MAX_TEXT_CHARS => Ok(()),
        _ => Err(Error::field("/code", FieldProblem::new("too_long", format!("at most {MAX_TEXT_CHARS} characters")))),
    }
}

/// Whether a check asks the database, and so must not run where nothing may block: a typed code does, and a caller who
/// is told the state of a withdrawn card.
pub fn may_block(code: &str, caller: Option<&Caller>) -> bool {
    caller.is_some() || TypedCode::parse(code).is_some()
}

/// Checks the text of a QR or a typed code, exactly as it is: see [`pasted`](crate::domain::text::pasted).
///
/// # Errors
/// 422 for a text of no or too many characters; the database's, for typed codes.
pub fn verify(registry: &Registry, code: &str, caller: Option<&Caller>) -> Result<Verification, Error> {
    check_length(code)?;
    let now = registry.clock.now();
    let ring = registry.ring();
    let known = OwnKnowledge { registry, ring: &ring, now };
    let judgement = match TypedCode::parse(code) {
        Some(typed) => verdict::judge_typed(matched(registry, &typed)?.as_deref(), now, &known),
        None => verdict::judge(code, now, &known),
    };
    let state = state_for(registry, caller, &judgement, now)?;
    Ok(Verification { judgement, state, checked_at: now })
}

/// [`verify`] for somebody at the registry's door: whoever types one wrong code after the other has to wait. The text of a
/// QR is signed, so it is never guessed and never limited.
///
/// # Errors
/// As [`verify`]; `TooManyGuesses`.
pub fn verify_from(
    registry: &Registry,
    code: &str,
    caller: Option<&Caller>,
    from: Origin,
) -> Result<Verification, Error> {
    let check = || verify(registry, code, caller);
    match TypedCode::parse(code) {
        Some(_) => registry.try_secret(Secret::TypedCode, Guesser::new(caller, from), check, is_unknown),
        None => check(),
    }
}

fn is_unknown(answer: &Result<Verification, Error>) -> bool {
    answer.as_ref().is_ok_and(|it| it.judgement.card().is_none())
}

/// The code of the card that a typed code names, if its last letters are that card's.
fn matched(registry: &Registry, typed: &TypedCode) -> Result<Option<Vec<u8>>, Error> {
    let found = registry.store.read_for_check(|db| credentials::by_number_key(db, &typed.number_key))?;
    // An unknown number costs the same comparison as a wrong code.
    let (kid, index) =
        found.as_ref().map_or((Kid::from_bytes([0; 4]), StatusIndex::from_u32(0)), |it| (it.kid, it.status_index));
    let matches = registry.secrets.typed.check(kid, index).matches(typed.check);
    Ok(found.filter(|_| matches).map(|credential| credential.code))
}

/// Suspended, revoked, lost, returned and replaced look alike in public; an official is told which.
fn state_for(
    registry: &Registry,
    caller: Option<&Caller>,
    judgement: &Judgement,
    now: Timestamp,
) -> Result<Option<ShownState>, Error> {
    let Some(caller) = caller else { return Ok(None) };
    let told = policy::enter(caller, Operation::SeeVerifiedState).and_then(|entry| entry.anywhere());
    match (&judgement.finding, told) {
        (Finding::Card(card, CardState::Withdrawn), Ok(_)) => {
            let found =
                registry.store.read_for_check(|db| credentials::by_status_index(db, card.claims.status_index))?;
            Ok(found.map(|credential| credential.shown(now)))
        }
        (Finding::Card(_, _) | Finding::Unproven(_), _) => Ok(None),
    }
}
