//! The key that seals what lies in the database and in files, and how another takes its place.
//!
//! `keys rotate --use sealing` makes the next key: every node learns to open with it and goes on sealing with the old
//! one. `keys reseal` seals everything anew, some at a time, and then takes the old key out of use, so that every node
//! seals with the new one. Wherever it is killed, both keys open what there is, and it is simply run again. The key of
//! keyed hashes is another and stays (decision 9).

use super::{enter, list};
use crate::app::{Registry, StartError, objects};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::issuer::KeyState;
use crate::error::Error;
use crate::keys::{KeyDirectory, KeyFileError, Sealing, Secret};
use crate::policy;
use crate::store::keys::{self, KeyRow};
use crate::store::{Tx, resealing};
use std::sync::Arc;

/// Values sealed anew in one transaction: other writers wait for no more.
const AT_ONCE: i64 = 500;

/// What was sealed anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Values of the database.
    pub values: usize,
    /// Files.
    pub files: usize,
    /// Files under an older key that no row names: they wait for it, or to be removed within a day.
    pub nobodys: usize,
}

/// Every key that seals or sealed, oldest first.
fn of_sealing(known: &[KeyRow]) -> impl Iterator<Item = (usize, &KeyRow)> {
    known.iter().filter(|row| row.purpose == Secret::Sealing.as_str()).enumerate()
}

fn is_active((_, row): &(usize, &KeyRow)) -> bool {
    row.state == KeyState::Active
}

fn read(files: &KeyDirectory, (nth, row): (usize, &KeyRow)) -> Result<[u8; 32], KeyFileError> {
    match nth {
        0 => files.known_secret(Secret::Sealing, &row.id),
        _ => files.later_sealing_key(&row.id),
    }
}

/// The key that seals now: the oldest that is not out of use.
pub(super) fn first_key(known: &[KeyRow], files: &KeyDirectory) -> Result<[u8; 32], KeyFileError> {
    let first = of_sealing(known).find(is_active);
    first.map_or_else(|| files.secret(Secret::Sealing), |first| read(files, first))
}

/// Takes up every key that may have sealed something. The file of one that is out of use may be gone.
pub(in crate::app) fn take_up(sealing: &Sealing, known: &[KeyRow], files: &KeyDirectory) -> Result<(), KeyFileError> {
    let mut in_use = Vec::new();
    let mut over = Vec::new();
    for key in of_sealing(known) {
        match (is_active(&key), read(files, key)) {
            (true, bytes) => in_use.push(bytes?),
            (false, Ok(bytes)) => over.push(bytes),
            (false, Err(KeyFileError::Missing(_))) => {}
            (false, Err(error)) => return Err(error),
        }
    }
    let Some((first, others)) = in_use.split_first() else { return Ok(()) };
    let others = [others, &over].concat();
    sealing.take_up(first, &others).map_err(|error| KeyFileError::Unusable(error.to_string()))
}

/// Whether the file of the key that seals now is here. Where it is not, this node goes on with one that is out of use.
pub(in crate::app) fn reads_the_first(known: &[KeyRow], files: &KeyDirectory) -> bool {
    of_sealing(known).find(is_active).is_none_or(|first| read(files, first).is_ok())
}

/// Makes the next key that seals; gives its id. It is used by [`reseal`], once every node has its file.
///
/// # Errors
/// 409 while the one before has not taken its place yet; the file cannot be written; the database's.
pub fn rotate_sealing(registry: &Registry) -> Result<String, StartError> {
    if of_sealing(&list(registry)?).filter(is_active).count() > 1 {
        let detail = "A new key waits to take the place of the old one: run `keys reseal` first.";
        return Err(Error::WrongState { detail: detail.into() }.into());
    }
    let id = registry.key_files.create_sealing_key(&registry.entropy)?;
    let made = id.clone();
    registry.store.write_blocking(move |tx| enter(tx, &made, Secret::Sealing.as_str(), None))?;
    registry.refresh()?;
    Ok(id)
}

/// Seals with the newest key whatever is sealed with another, and takes the others out of use. `told` hears how many
/// values and files were looked at. Blocks.
///
/// What a node seals with the old key meanwhile is found by running it once more.
///
/// # Errors
/// Something opens with none of the keys; the database's.
pub fn reseal(registry: &Registry, told: &mut dyn FnMut(usize)) -> Result<Resealed, StartError> {
    let known = list(registry)?;
    let newest = of_sealing(&known).filter(is_active).last();
    let newest = newest.ok_or_else(|| Error::internal("the database knows no key that seals"))?;
    let all: Vec<[u8; 32]> = of_sealing(&known).filter_map(|key| read(&registry.key_files, key).ok()).collect();
    let sealing = Arc::clone(&registry.secrets.sealing);
    let newest = read(&registry.key_files, newest)?;
    sealing.take_up(&newest, &all).map_err(|error| KeyFileError::Unusable(error.to_string()))?;

    let (mut done, mut looked_at) = (Resealed::default(), 0);
    for table in resealing::TABLES {
        let mut after = None;
        loop {
            let (sealing, from) = (Arc::clone(&sealing), after.clone());
            let part = registry.store.write_blocking(move |tx| table.reseal(tx, &sealing, from.as_ref(), AT_ONCE))?;
            done.values += part.resealed;
            looked_at += part.looked_at;
            told(looked_at);
            match part.last {
                Some(last) => after = Some(last),
                None => break,
            }
        }
    }
    for name in registry.files.all()? {
        match registry.reseal_object(&name)? {
            objects::Resealed::Already => {}
            objects::Resealed::Anew => done.files += 1,
            objects::Resealed::Nobodys => done.nobodys += 1,
        }
        looked_at += 1;
        told(looked_at);
    }
    registry.store.write_blocking(retire_others)?;
    registry.refresh()?;
    Ok(done)
}

fn retire_others(tx: &mut Tx) -> Result<(), Error> {
    let known = keys::list(tx)?;
    let active: Vec<&KeyRow> = of_sealing(&known).filter(is_active).map(|(_, row)| row).collect();
    let now = tx.now();
    for old in active.iter().rev().skip(1) {
        let event = Event::new(EventKind::KeyRetired, Object::Key(old.id.clone()));
        tx.record(&policy::the_program_itself(), event, |writer| {
            keys::set_state(writer, &old.id, KeyState::Retired, now)
        })?;
    }
    Ok(())
}
