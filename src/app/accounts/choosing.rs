//! Choosing one's own password: proven and hashed first, which takes its time, then kept if nothing changed meanwhile.

use crate::app::Registry;
use crate::app::passwords::Password;
use crate::app::sessions::{Counters, is_open};
use crate::domain::accounts::{Caller, User};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{SessionId, UserId};
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{accounts, sessions};

/// A password that the caller may have, hashed; and the version of the account whose present password they proved.
#[derive(Clone)]
pub struct ChosenPassword {
    permit: Permit,
    session: SessionId,
    user: UserId,
    version: i64,
    hash: String,
}

impl Registry {
    /// Sets the caller's own password, which ends their other sessions. Blocks for the hashing.
    ///
    /// # Errors
    /// 422 `/current_password` `wrong` (not asked after a one-time code), `/new_password`; `TooManyGuesses`; `Overloaded`; as
    /// [`Registry::keep_password`].
    pub fn choose_password(&self, caller: &Caller, current: Option<&str>, new: &str) -> Result<(), Error> {
        self.keep_password(self.prepare_password(caller, current, new)?)
    }

    /// Checks and hashes what the caller chose: tens of milliseconds, in which the account may change. Blocks.
    ///
    /// # Errors
    /// As [`Registry::choose_password`].
    pub fn prepare_password(&self, caller: &Caller, current: Option<&str>, new: &str) -> Result<ChosenPassword, Error> {
        let permit = policy::enter(caller, Operation::ManageOwnAccount)?.anywhere()?;
        let (user, hash) = self.store.read_consistently(|db| {
            let user = accounts::find(db, caller.user)?.ok_or(Error::Unauthenticated)?;
            let hash = accounts::password_hash(db, user.id)?;
            Ok((user, hash))
        })?;
        let chosen =
            Password::chosen(new, user.email.as_str()).map_err(|problem| Error::field("/new_password", problem))?;
        if !caller.must_change_password {
            self.prove_current(caller, current.unwrap_or_default(), hash.as_deref())?;
        }
        let hash = self.hasher.hash(&chosen)?;
        Ok(ChosenPassword { permit, session: caller.session, user: user.id, version: user.version, hash })
    }

    /// Proves the caller's present password. Whoever has a stolen session may guess it no more often than a stranger, and
    /// shuts nobody out but themselves.
    fn prove_current(&self, caller: &Caller, typed: &str, hash: Option<&str>) -> Result<(), Error> {
        let counters = Counters::of_session(&self.secrets.sealing, caller.session);
        let now = self.clock.now();
        self.store.read(|db| counters.check(db, now))?;
        let slot = self.hasher.slot()?;
        let counted = self.store.write_blocking(move |tx| counters.count(tx, now))?;
        if !slot.verify(&Password::typed(typed), hash)? {
            return Err(Error::invalid("/current_password", "wrong", "not your password"));
        }
        self.store.write_blocking(move |tx| counted.take_back(tx))
    }

    /// Sets a password, unless the account was changed since: a reset meanwhile must not be undone.
    ///
    /// # Errors
    /// `Unauthenticated` when the caller's session is over; `WrongState` when the account was changed.
    pub fn keep_password(&self, chosen: ChosenPassword) -> Result<(), Error> {
        let ChosenPassword { permit, session, user, version, hash } = chosen;
        self.store.write_blocking(move |tx| {
            let now = tx.now();
            let is_open = sessions::find(tx, session)?.is_some_and(|it| is_open(&it, user, now));
            let old = accounts::find(tx, user)?.filter(|user| is_open && user.is_active());
            let old = old.ok_or(Error::Unauthenticated)?;
            if old.version != version {
                return Err(Error::WrongState {
                    detail: "Your account was changed meanwhile; choose once more.".into(),
                });
            }
            // Whoever signed in with the password so far does not know this one. After a one-time code there was none.
            let had_one = accounts::password_hash(tx, user)?.is_some();
            let devices = if had_one { old.devices.next() } else { old.devices };
            let new = User { devices, version: version + 1, ..old };
            sessions::end_all(tx, new.id, Some(session))?;
            sessions::password_was_chosen(tx, session)?;
            let event = Event::new(EventKind::PasswordChanged, Object::User(new.id));
            tx.record(&permit, event, |writer| {
                accounts::update(writer, &new)?;
                accounts::set_password_hash(writer, new.id, &hash)
            })
        })?;
        self.forget_callers();
        Ok(())
    }
}
