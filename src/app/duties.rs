//! Whom to tell without anybody's doing: that a card expires soon, and that a card or letter was revoked or suspended, for
//! whatever reason.
//!
//! Every node looks; each credential is looked at again inside the transaction that tells of it, so that it is told once,
//! and of what is still so. One that cannot be told of holds up no other.

use super::Registry;
use super::notices::{Unreached, owing};
use crate::domain::ids::CredentialId;
use crate::domain::notices::{EXPIRY_NOTICE_DAYS, Occasion};
use crate::domain::printed::CredentialKind;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy;
use crate::store::duties::{self, Sight};
use crate::store::{Reader, Tx, credentials};
use std::sync::{Arc, Mutex, PoisonError};

/// Credentials looked for in one go.
const AT_ONCE: i64 = 100;

/// The day of which this node has said which cards expire.
#[derive(Default)]
pub struct ToldOn(Mutex<Option<Day>>);

/// Of which credentials something is to be told, before anything is written and again where it is.
struct Duty {
    due: fn(&mut Reader, Timestamp, Sight) -> Result<Vec<CredentialId>, Error>,
    is_due: fn(&mut Tx, Sight) -> Result<Vec<CredentialId>, Error>,
    of: fn(CredentialId) -> Occasion,
    /// What becomes of holders of press cards whom nothing reaches: the State's card was granted to them, and taking it
    /// goes against them.
    of_press_cards: Unreached,
}

const WITHDRAWN: Duty = Duty {
    due: |db, now, sight| duties::withdrawn(db, now, sight),
    is_due: |tx, sight| duties::withdrawn(tx, tx.now(), sight),
    of: Occasion::CredentialWithdrawn,
    of_press_cards: Unreached::Written,
};
const SUSPENDED: Duty = Duty {
    due: |db, now, sight| duties::suspended(db, now, sight),
    is_due: |tx, sight| duties::suspended(tx, tx.now(), sight),
    of: Occasion::CredentialSuspended,
    of_press_cards: Unreached::Written,
};
const EXPIRING: Duty = Duty {
    due: |db, now, sight| duties::expiring(db, now, expires_by(now), sight),
    is_due: |tx, sight| duties::expiring(tx, tx.now(), expires_by(tx.now()), sight),
    of: Occasion::CardExpiring,
    of_press_cards: Unreached::ByAgency,
};

/// Tells of what nobody was told of yet; gives of how many credentials. Blocks.
///
/// # Errors
/// The database's.
pub fn tell(registry: &Arc<Registry>) -> Result<usize, Error> {
    let told = tell_all(registry, &WITHDRAWN)? + tell_all(registry, &SUSPENDED)?;
    let today = registry.clock.now().day();
    let lock = || registry.told_on.0.lock().unwrap_or_else(PoisonError::into_inner);
    if *lock() == Some(today) {
        return Ok(told);
    }
    let soon = tell_all(registry, &EXPIRING)?;
    *lock() = Some(today);
    Ok(told + soon)
}

/// Cards that are over by then expire soon.
fn expires_by(now: Timestamp) -> Timestamp {
    now.day().plus_days(EXPIRY_NOTICE_DAYS).end()
}

fn tell_all(registry: &Arc<Registry>, duty: &'static Duty) -> Result<usize, Error> {
    let (mut told, mut after) = (0, None);
    loop {
        let now = registry.clock.now();
        let due = registry.store.read(|db| (duty.due)(db, now, Sight::After(after, AT_ONCE)))?;
        after = due.last().copied();
        if after.is_none() {
            return Ok(told);
        }
        told += due.into_iter().filter(|id| tell_one(registry, duty, *id)).count();
    }
}

fn tell_one(registry: &Arc<Registry>, duty: &'static Duty, id: CredentialId) -> bool {
    let asked = Arc::clone(registry);
    match registry.store.write_blocking(move |tx| tell_of(tx, &asked, duty, id)) {
        Ok(told) => told,
        Err(error) => {
            tracing::error!(credential = %id, %error, "nobody can be told of what became of a credential");
            false
        }
    }
}

/// Tells the holder and the agency of what became of a credential, once.
fn tell_of(tx: &mut Tx, registry: &Registry, duty: &Duty, id: CredentialId) -> Result<bool, Error> {
    let due = (duty.is_due)(tx, Sight::One(id))?;
    let (false, Some(it)) = (due.is_empty(), credentials::find(tx, id)?) else { return Ok(false) };
    let unreached = match it.kind() {
        CredentialKind::PressCard => duty.of_press_cards,
        CredentialKind::IntroductionLetter | CredentialKind::CollaboratorCard => Unreached::ByAgency,
    };
    let owing = owing(tx, registry, (duty.of)(id), it.agency, (&[it.person], unreached))?;
    let permit = policy::the_program_itself().in_province(credentials::province_of_agency(tx, it.agency)?.as_ref());
    tx.record(&permit, owing.event(), |writer| owing.enter_with(writer, registry, it.log_index))?;
    Ok(true)
}
