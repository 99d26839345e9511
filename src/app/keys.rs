//! The life of keys: made at the first start, rotated, retired. Run by whoever holds the machine.

pub(super) mod sealing;

pub use sealing::{Resealed, reseal, rotate_sealing};

use super::{Registry, Settings, StartError};
use crate::domain::card_code::{Kid, host};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::issuer::KeyState;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::keys::{KeyDirectory, PairUse, Secret, Secrets, SigningKey};
use crate::policy;
use crate::store::keys::KeyRow;
use crate::store::{Store, Tx, keys};
use serde_json::json;

/// Takes up the keys that the database knows, and makes those of a purpose that it has never known, which are all of
/// them on an empty database.
pub(super) fn take_up(store: &Store, files: &KeyDirectory, entropy: &Entropy) -> Result<Secrets, StartError> {
    let known = store.read(|db| keys::list(db))?;
    let missing = |purpose: &str| !known.iter().any(|row| row.purpose == purpose);
    let mut made = Vec::new();
    for secret in Secret::ALL.into_iter().filter(|secret| missing(secret.as_str())) {
        let bytes = files.create_secret(secret, entropy)?;
        made.push((secret.id(&bytes), secret.as_str(), None));
    }
    for pair in PairUse::ALL.into_iter().filter(|pair| missing(pair.as_str())) {
        let key = files.create_pair(pair)?;
        made.push((key.kid().to_string(), pair.as_str(), Some(key.point().to_vec())));
    }
    store.write_blocking(move |tx| {
        let known = keys::list(tx)?;
        for (id, purpose, public_key) in &made {
            if known.iter().any(|row| row.purpose == *purpose) {
                return Err(Error::internal("another node made the keys at the same time: copy its `keys` folder"));
            }
            enter(tx, id, purpose, public_key.clone())?;
        }
        Ok(())
    })?;
    let known = store.read(|db| keys::list(db))?;
    let secrets = Secrets::new(|secret| match known.iter().find(|row| row.purpose == secret.as_str()) {
        Some(_) if secret == Secret::Sealing => sealing::first_key(&known, files),
        Some(row) => files.known_secret(secret, &row.id),
        None => files.secret(secret),
    })?;
    sealing::take_up(&secrets.sealing, &known, files)?;
    Ok(secrets)
}

fn enter(tx: &mut Tx, id: &str, purpose: &'static str, public_key: Option<Vec<u8>>) -> Result<(), Error> {
    // After every key before it: the newest one signs.
    let before = keys::list(tx)?.into_iter().filter(|row| row.purpose == purpose).map(|row| row.not_before).max();
    let after = before.map_or(tx.now(), |before| Timestamp::from_micros(before.micros() + 1));
    let row = KeyRow {
        id: id.to_owned(),
        purpose: purpose.to_owned(),
        public_key,
        state: KeyState::Active,
        not_before: tx.now().max(after),
        not_after: None,
    };
    let event = Event::new(EventKind::KeyCreated, Object::Key(row.id.clone())).with(json!({ "purpose": purpose }));
    tx.record(&policy::the_program_itself(), event, |writer| keys::insert(writer, &row))
}

/// Notes for ever that cards carry this address, so that a verifier takes it for the registry's own. Whoever is to print
/// cards does so first.
pub(super) fn note_host(store: &Store, settings: &Settings) -> Result<(), Error> {
    let printed = host(&settings.public_url).unwrap_or_default().to_ascii_lowercase();
    store.write_blocking(move |tx| {
        if keys::hosts(tx)?.contains(&printed) {
            return Ok(());
        }
        let now = tx.now();
        let event = Event::new(EventKind::HostPrinted, Object::Host(printed.clone()));
        tx.record(&policy::the_program_itself(), event, |writer| keys::insert_host(writer, &printed, now))
    })
}

/// Every key there is or was.
///
/// # Errors
/// The database's.
pub fn list(registry: &Registry) -> Result<Vec<KeyRow>, Error> {
    registry.store.read(|db| keys::list(db))
}

/// Makes a new key of this use. What the old one signed stays good.
///
/// The old one goes on until it is retired. Cards are signed with the new one where its file is, else with the old one.
/// Lists are signed with the old one, and the issuer document with both: whoever holds a document of before knows the
/// next one by that. It ends at once where going on serves nobody: access tokens live for minutes, and a key whose file
/// is lost cannot go on.
///
/// # Errors
/// The file cannot be written; the database's.
pub fn rotate(registry: &Registry, pair: PairUse) -> Result<String, StartError> {
    let key: SigningKey = registry.key_files.create_pair(pair)?;
    let (kid, point) = (key.kid().to_string(), key.point().to_vec());
    let active =
        list(registry)?.into_iter().filter(|row| row.purpose == pair.as_str() && row.state == KeyState::Active);
    let is_over = |row: &KeyRow| match pair {
        PairUse::Session => true,
        PairUse::Card | PairUse::Status => {
            Kid::parse(&row.id).is_ok_and(|kid| registry.key_files.pair(pair, kid).is_err())
        }
    };
    let over: Vec<KeyRow> = active.filter(is_over).collect();
    let new = kid.clone();
    registry.store.write_blocking(move |tx| {
        let now = tx.now();
        for old in &over {
            let event = Event::new(EventKind::KeyRetired, Object::Key(old.id.clone()));
            tx.record(&policy::the_program_itself(), event, |writer| {
                keys::set_state(writer, &old.id, KeyState::Retired, now)
            })?;
        }
        enter(tx, &new, pair.as_str(), Some(point.clone()))
    })?;
    registry.refresh()?;
    Ok(kid)
}

/// How a key goes out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// It signs no more; what it signed stays good.
    Orderly,
    /// Somebody else may have it: of cards, only what was really issued under it is believed.
    Compromised,
}

/// Takes a pair of any use out of use: of cards, of status lists and the issuer document, or of access tokens.
///
/// # Errors
/// `NotFound`; `WrongState` when it is the only active key of its use, or already out of use in this way.
pub fn retire(registry: &Registry, kid: &str, how: Retirement) -> Result<(), StartError> {
    let id = kid.to_owned();
    registry.store.write_blocking(move |tx| {
        let now = tx.now();
        let all = keys::list(tx)?;
        let key = all.iter().find(|row| row.id == id && row.public_key.is_some()).ok_or(Error::NotFound)?;
        let others_sign =
            all.iter().any(|row| row.id != id && row.purpose == key.purpose && row.state == KeyState::Active);
        let (kind, state) = match how {
            Retirement::Compromised => (EventKind::KeyCompromised, KeyState::Compromised),
            Retirement::Orderly => (EventKind::KeyRetired, KeyState::Retired),
        };
        let in_the_way = match (key.state, how) {
            (KeyState::Active, _) if !others_sign => Some("It is the only key that signs: run `keys rotate` first."),
            (KeyState::Compromised, _) | (KeyState::Retired, Retirement::Orderly) => Some("It is already out of use."),
            (KeyState::Active, _) | (KeyState::Retired, Retirement::Compromised) => None,
        };
        if let Some(detail) = in_the_way {
            return Err(Error::WrongState { detail: detail.into() });
        }
        let end = key.not_after.unwrap_or(now);
        let event = Event::new(kind, Object::Key(id.clone()));
        tx.record(&policy::the_program_itself(), event, |writer| keys::set_state(writer, &id, state, end))
    })?;
    registry.refresh()
}
