//! Devices that signed in to an account before, and what counts of that since.

use super::accounts::{AccountState, User};

/// The times at which an account's devices signed in are told apart by its passwords: whoever signed in during one knew
/// the password of that time. It follows the account's version, and says nothing of any device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceEpoch(i64);

impl DeviceEpoch {
    /// Of a new account.
    pub const FIRST: Self = Self(0);

    /// As it is kept.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// As it is kept.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// The one after: another password was chosen, so whoever signed in before knew only the former one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// One that no device can have been in, nor in the one before it: whoever signed in before is a stranger.
    #[must_use]
    pub const fn anew(self) -> Self {
        self.next().next()
    }

    /// The one before.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0 - 1)
    }
}

impl User {
    /// The same account in this state: a disabled one knows no devices any more.
    #[must_use]
    pub fn in_state(self, state: AccountState) -> Self {
        let devices = match state {
            AccountState::Active => self.devices,
            AccountState::Disabled => self.devices.anew(),
        };
        Self { state, devices, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_password_makes_devices_former_and_a_reset_makes_them_strange() {
        let then = DeviceEpoch::FIRST;
        let known = |now: DeviceEpoch| (now == then, now.before() == then);
        assert_eq!(known(then), (true, false));
        assert_eq!(known(then.next()), (false, true));
        for now in [then.next().next(), then.anew(), then.anew().next(), then.next().anew()] {
            assert_eq!(known(now), (false, false), "{now:?}");
        }
    }
}
