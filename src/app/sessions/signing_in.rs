//! Opening a session: whoever signs in proves themselves, under the limits of [`guesses`](super::guesses).
//!
//! An account that does not exist costs the same queries and the same hash as a wrong password, and is counted and
//! answered alike: nobody learns by trying which accounts there are.

use super::devices::{Device, Owner};
use super::guesses::Counters;
use super::{Proof, Proven, Tokens, code_hash, is_good};
use crate::app::Registry;
use crate::app::misses::Neighbourhood;
use crate::app::passwords::{Password, Slot, is_weaker_than_now};
use crate::domain::accounts::{Email, User};
use crate::domain::ids::UserId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Read, Tx, accounts};

/// What somebody signs in with, and from where.
pub struct SignIn<'a> {
    /// The account's e-mail address.
    pub email: &'a str,
    /// Its password, or a one-time code.
    pub password: &'a str,
    /// What an earlier sign-in gave this device.
    pub device: Option<&'a str>,
    /// Where it comes from.
    pub from: Neighbourhood,
}

/// What is on record under an address that was typed.
struct Found {
    user: Option<User>,
    password_hash: Option<String>,
    one_time_code: Option<(Vec<u8>, Timestamp)>,
}

impl Found {
    /// Whose account it is; of nobody where there is none.
    fn owner(&self) -> Owner {
        self.user.as_ref().map_or_else(Owner::nobody, |user| Owner { user: user.id, epoch: user.devices })
    }

    fn proven(&self, by: Proof) -> Result<Proven, Error> {
        let user = self.user.as_ref().filter(|user| user.is_active()).ok_or(Error::WrongCredentials)?;
        Ok(Proven::new(user, by))
    }

    /// Whether this is its one-time code.
    fn by_code(&self, typed: &str, now: Timestamp) -> Option<Proof> {
        let typed = code_hash(typed);
        is_good(self.one_time_code.as_ref(), &typed, now).then_some(Proof::OneTimeCode(typed))
    }

    /// Whether this is its password: one hash, also where there is no account.
    fn by_password(&self, slot: &Slot<'_>, typed: &Password) -> Result<Option<Proof>, Error> {
        let is_right = slot.verify(typed, self.password_hash.as_deref())?;
        Ok(is_right.then_some(Proof::Password))
    }

    /// The hash to keep from now on, where this one is weaker than those made now.
    fn stronger(&self, slot: &Slot<'_>, password: &Password) -> Result<Option<Stronger>, Error> {
        let Some(old) = self.password_hash.clone().filter(|hash| is_weaker_than_now(hash)) else { return Ok(None) };
        Ok(Some(Stronger { user: self.owner().user, old, new: slot.hash(password)? }))
    }
}

/// A password's hash that takes the place of a weaker one.
#[derive(Clone)]
struct Stronger {
    user: UserId,
    old: String,
    new: String,
}

impl Stronger {
    fn keep(&self, tx: &mut Tx) -> Result<(), Error> {
        accounts::replace_password_hash(tx, self.user, &self.old, &self.new)
    }
}

fn find(db: &mut impl Read, email: &str) -> Result<Found, Error> {
    let user = match Email::parse(email) {
        Ok(email) => accounts::by_email(db, &email)?,
        Err(_) => None,
    };
    let mut found = Found { user, password_hash: None, one_time_code: None };
    let Owner { user: id, .. } = found.owner();
    found.password_hash = accounts::password_hash(db, id)?;
    found.one_time_code = accounts::one_time_code(db, id)?;
    Ok(found)
}

impl Registry {
    /// Opens a session with an e-mail address and a password or one-time code. Blocks for the hashing.
    ///
    /// # Errors
    /// `WrongCredentials`, after the same work for every cause; `TooManyGuesses`, also whether there is such an account
    /// or not; `Overloaded`.
    pub fn sign_in(&self, attempt: &SignIn<'_>) -> Result<Tokens, Error> {
        let now = self.clock.now();
        let sealing = &self.secrets.sealing;
        let (found, known, counters) = self.store.read_consistently(|db| {
            let found = find(db, attempt.email)?;
            let owner = found.owner();
            let known = attempt.device.and_then(|token| Device::known(sealing, owner, token));
            let counters = match &known {
                Some((device, standing)) => Counters::of_device(sealing, owner.user, device, *standing),
                None => Counters::of_stranger(sealing, &typed_account(attempt.email), attempt.from),
            };
            // A code cannot be guessed: whoever has one is let in, however many others guess.
            match found.by_code(attempt.password, now) {
                Some(_) => {}
                None => counters.check(db, now)?,
            }
            Ok((found, known, counters))
        })?;
        let tokens = match found.by_code(attempt.password, now) {
            Some(code) => self.open_session(found.proven(code)?)?,
            None => {
                // Before it is counted: whoever is told to come back has not guessed.
                let slot = if known.is_some() { self.hasher.slot()? } else { self.hasher.slot_for_stranger()? };
                self.sign_in_by_password(&found, attempt.password, counters, slot)?
            }
        };
        // Given away only now: an account that has changed since it was looked up opens no session.
        let device = known.map_or_else(|| Device::new(sealing, &self.entropy, found.owner()), |(device, _)| device);
        Ok(Tokens { device: Some(device.token().to_owned()), ..tokens })
    }

    fn sign_in_by_password(
        &self,
        found: &Found,
        password: &str,
        counters: Counters,
        slot: Slot<'_>,
    ) -> Result<Tokens, Error> {
        let now = self.clock.now();
        let counted = self.store.write_blocking(move |tx| counters.count(tx, now))?;
        let password = Password::typed(password);
        let proof = found.by_password(&slot, &password)?.ok_or(Error::WrongCredentials)?;
        let proven = found.proven(proof)?;
        let stronger = found.stronger(&slot, &password)?;
        drop(slot);
        self.open_session_and(proven, move |tx| {
            if let Some(stronger) = &stronger {
                stronger.keep(tx)?;
            }
            counted.take_back(tx)
        })
    }

    /// The account that an address and a password or one-time code belong to, for the command line: whoever is at it has
    /// the database too, and no guess is counted. Blocks for the hashing.
    ///
    /// # Errors
    /// `WrongCredentials`; `Overloaded`.
    pub fn prove(&self, email: &str, password: &str) -> Result<Proven, Error> {
        let found = self.store.read_consistently(|db| find(db, email))?;
        let by_password = found.by_password(&self.hasher.slot()?, &Password::typed(password))?;
        let proof = by_password.or_else(|| found.by_code(password, self.clock.now()));
        found.proven(proof.ok_or(Error::WrongCredentials)?)
    }
}

/// What guesses are counted for: an address as accounts have it, or whatever else was typed.
fn typed_account(email: &str) -> String {
    Email::parse(email).map_or_else(|_| email.to_owned(), |email| email.as_str().to_owned())
}
