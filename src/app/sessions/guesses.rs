//! Whoever guesses passwords. A guess is counted before it is looked at, so that a thousand at once are counted too, and
//! taken back where it was right. No stranger can shut an account's owner out: a device that signed in before is judged
//! by its own guesses alone, and a one-time code, which cannot be guessed, is always looked at.

use super::devices::{Device, Standing};
use crate::app::misses::Neighbourhood;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::patience::{ACCOUNT, DEVICE, FORMER_DEVICES, LOOKUPS, Misses, NEIGHBOURHOOD, Patience};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::keys::Sealing;
use crate::store::{Read, Tx, guesses};

/// Where one guess is counted.
#[derive(Clone)]
pub(in crate::app) struct Counters(Vec<Counter>);

/// A guess that was counted: what each counter said before, and because of it.
pub(in crate::app) struct Counted(Vec<(Counter, Option<Misses>, Misses)>);

#[derive(Clone)]
struct Counter {
    key_hash: Vec<u8>,
    patience: Patience,
}

impl Counters {
    /// Of somebody unknown: for what was typed as an account, whether there is one or not, and by neighbourhood.
    pub(super) fn of_stranger(sealing: &Sealing, account: &str, from: Neighbourhood) -> Self {
        Self(vec![
            Counter::new(sealing, b"account", account.as_bytes(), ACCOUNT),
            Counter::new(sealing, b"neighbourhood", from.hash(), NEIGHBOURHOOD),
        ])
    }

    /// Of a device that signed in to the account before: for itself, or together with all that knew its former password.
    pub(super) fn of_device(sealing: &Sealing, user: UserId, device: &Device, standing: Standing) -> Self {
        Self(vec![match standing {
            Standing::Present => Counter::new(sealing, b"device", device.token().as_bytes(), DEVICE),
            Standing::Former => Counter::new(sealing, b"former devices", user.to_string().as_bytes(), FORMER_DEVICES),
        }])
    }

    /// Of whoever is in a session of the account.
    pub(in crate::app) fn of_session(sealing: &Sealing, session: SessionId) -> Self {
        Self(vec![Counter::new(sealing, b"session", session.to_string().as_bytes(), DEVICE)])
    }

    /// Of an account that looks up cards: all of them count, right or wrong.
    pub(in crate::app) fn of_lookups(sealing: &Sealing, user: UserId) -> Self {
        Self(vec![Counter::new(sealing, b"lookups", user.to_string().as_bytes(), LOOKUPS)])
    }

    /// Whether a guess may be made now.
    ///
    /// # Errors
    /// `TooManyGuesses`.
    pub(in crate::app) fn check(&self, db: &mut impl Read, now: Timestamp) -> Result<(), Error> {
        self.found(db).and_then(|found| admit(&found, now))
    }

    /// Counts a guess as wrong: it has yet to be looked at. `now` is of the clock that judges: the log's may be ahead.
    ///
    /// # Errors
    /// `TooManyGuesses`, where others were first.
    pub(in crate::app) fn count(&self, tx: &mut Tx, now: Timestamp) -> Result<Counted, Error> {
        let found = self.found(tx)?;
        admit(&found, now)?;
        guesses::forget_over(tx)?;
        let mut counted = Vec::with_capacity(self.0.len());
        for (counter, before) in self.0.iter().zip(found) {
            let misses = counter.patience.one_more(before, now);
            guesses::save(tx, &counter.key_hash, misses)?;
            counted.push((counter.clone(), before, misses));
        }
        Ok(Counted(counted))
    }

    fn found(&self, db: &mut impl Read) -> Result<Vec<Option<Misses>>, Error> {
        self.0.iter().map(|counter| guesses::find(db, &counter.key_hash)).collect()
    }
}

impl Counted {
    /// Takes the guess back: it was right.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::app) fn take_back(&self, tx: &mut Tx) -> Result<(), Error> {
        for (counter, before, by_it) in &self.0 {
            if let Some(said) = guesses::find(tx, &counter.key_hash)? {
                guesses::save(tx, &counter.key_hash, counter.patience.taken_back(said, *before, *by_it))?;
            }
        }
        guesses::forget_over(tx)
    }
}

impl Counter {
    fn new(sealing: &Sealing, what: &[u8], which: &[u8], patience: Patience) -> Self {
        Self { key_hash: sealing.hash(&[b"guesses\n", what, b"\n", which].concat()), patience }
    }
}

fn admit(found: &[Option<Misses>], now: Timestamp) -> Result<(), Error> {
    let longest = found.iter().flatten().filter_map(|misses| misses.wait(now)).max();
    longest.map_or(Ok(()), |retry_after_seconds| Err(Error::TooManyGuesses { retry_after_seconds }))
}
