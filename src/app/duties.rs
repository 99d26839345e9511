//! Whom to tell without anybody's doing: that a press card expires soon, and that a letter or a collaborator's card was
//! withdrawn, for whatever reason.
//!
//! Every node looks; each credential is looked at again inside the transaction that tells of it, so that it is told once.

use super::Registry;
use super::notices::owing;
use crate::domain::ids::CredentialId;
use crate::domain::notices::Occasion;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy;
use crate::store::{Reader, Tx, credentials, duties};
use std::sync::{Arc, Mutex, PoisonError};

/// Days before its last day on which a press card is said to expire: files for a new one are due 120 days before (TT49
/// Đ5; whether that goes on under law 126/2025 is not confirmed).
pub const EXPIRY_NOTICE_DAYS: u64 = 120;
/// Credentials told of in one transaction.
const AT_ONCE: i64 = 100;

/// The day of which this node has said which cards expire.
#[derive(Default)]
pub struct ToldOn(Mutex<Option<Day>>);

type Find = fn(&mut Reader, Timestamp) -> Result<Vec<CredentialId>, Error>;

/// Tells of what nobody was told of yet; gives of how many credentials. Blocks.
///
/// # Errors
/// The database's.
pub fn tell(registry: &Arc<Registry>) -> Result<usize, Error> {
    let withdrawn: Find = |db, now| duties::withdrawn(db, now, AT_ONCE);
    let told = tell_all(registry, withdrawn, Occasion::CredentialWithdrawn)?;
    let today = registry.clock.now().day();
    let lock = || registry.told_on.0.lock().unwrap_or_else(PoisonError::into_inner);
    if *lock() == Some(today) {
        return Ok(told);
    }
    let expiring: Find = |db, now| duties::expiring(db, now, expires_by(now), AT_ONCE);
    let soon = tell_all(registry, expiring, Occasion::CardExpiring)?;
    *lock() = Some(today);
    Ok(told + soon)
}

/// Cards that are over by then expire soon.
fn expires_by(now: Timestamp) -> Timestamp {
    now.day().plus_days(EXPIRY_NOTICE_DAYS).end()
}

fn tell_all(registry: &Arc<Registry>, find: Find, of: fn(CredentialId) -> Occasion) -> Result<usize, Error> {
    let mut told = 0;
    loop {
        let now = registry.clock.now();
        let due = registry.store.read(|db| find(db, now))?;
        let asked = Arc::clone(registry);
        let now_told = registry.store.write_blocking(move |tx| {
            due.iter().try_fold(0, |told, id| Ok(told + usize::from(tell_of(tx, &asked, of(*id), *id)?)))
        })?;
        // Another node was first.
        if now_told == 0 {
            return Ok(told);
        }
        told += now_told;
    }
}

/// Tells the holder and the agency of what became of a credential, once.
fn tell_of(tx: &mut Tx, registry: &Registry, occasion: Occasion, id: CredentialId) -> Result<bool, Error> {
    let Some(it) = credentials::find(tx, id)? else { return Ok(false) };
    if was_told(tx, occasion)? {
        return Ok(false);
    }
    let owing = owing(tx, registry, occasion, it.agency, &[it.person])?;
    let permit = policy::the_program_itself().in_province(credentials::province_of_agency(tx, it.agency)?.as_ref());
    tx.record(&permit, owing.event(), |writer| owing.enter_with(writer, registry, it.log_index))?;
    Ok(true)
}

fn was_told(tx: &mut Tx, occasion: Occasion) -> Result<bool, Error> {
    let all = crate::store::notices::of_object(tx, &occasion.object())?;
    Ok(all.iter().any(|notice| notice.of.duty() == occasion.as_str()))
}
