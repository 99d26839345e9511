//! Devices that signed in before. Each holds a token of its own, which opens nothing: it only has the device judged by
//! its own wrong guesses, whatever others do to the account. The registry keeps no list of devices; a token proves
//! itself.
//!
//! Whoever once knew a password may have signed in on any number of devices. So a token counts for the password that it
//! was given for: who holds one of the present password has no need to guess it, and all of the former one share what
//! guesses they have. A reset ends them all.

use crate::domain::devices::DeviceEpoch;
use crate::domain::ids::{Id as _, UserId};
use crate::entropy::Entropy;
use crate::keys::Sealing;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use uuid::Uuid;

const ID_BYTES: usize = 16;

/// A device that signed in to one account, or is about to.
#[derive(Clone)]
pub(super) struct Device {
    token: String,
}

/// With which password a known device signed in last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// With the account's present one.
    Present,
    /// With the one before.
    Former,
}

/// Whose devices, and which of them are known.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) user: UserId,
    pub(super) epoch: DeviceEpoch,
}

impl Owner {
    /// Of no account: no token was ever given for it.
    pub(super) fn nobody() -> Self {
        Self { user: UserId::from_uuid(Uuid::nil()), epoch: DeviceEpoch::FIRST }
    }
}

impl Device {
    /// A device that signs in for the first time.
    pub(super) fn new(sealing: &Sealing, entropy: &Entropy, owner: Owner) -> Self {
        Self::with_id(sealing, owner, &entropy.bytes::<ID_BYTES>())
    }

    /// The device with this token, if it was given to one that signed in to this account with its present password or
    /// the one before.
    pub(super) fn known(sealing: &Sealing, owner: Owner, token: &str) -> Option<(Self, Standing)> {
        let sent = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (id, _) = sent.split_first_chunk::<ID_BYTES>()?;
        let device = |epoch| Self::with_id(sealing, Owner { epoch, ..owner }, id);
        let is_sent = |it: &Self| verify_slices_are_equal(it.token.as_bytes(), token.as_bytes()).is_ok();
        let standing = match (is_sent(&device(owner.epoch)), is_sent(&device(owner.epoch.before()))) {
            (true, _) => Standing::Present,
            (false, true) => Standing::Former,
            (false, false) => return None,
        };
        Some((device(owner.epoch), standing))
    }

    fn with_id(sealing: &Sealing, owner: Owner, id: &[u8; ID_BYTES]) -> Self {
        let (user, epoch) = (owner.user.to_string(), owner.epoch.number().to_be_bytes());
        let proof = sealing.hash(&[b"device\n", user.as_bytes(), b"\n", &epoch, id].concat());
        Self { token: BASE64URL_NOPAD.encode(&[id.as_slice(), &proof].concat()) }
    }

    /// What the device keeps once it has signed in, and sends when it does so again.
    pub(super) fn token(&self) -> &str {
        &self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(user: u128, epoch: DeviceEpoch) -> Owner {
        Owner { user: UserId::from_uuid(Uuid::from_u128(user)), epoch }
    }

    fn sealing(lookup: u8) -> Sealing {
        Sealing::new(&[1; 32], &[lookup; 32]).expect("keys")
    }

    #[test]
    fn a_token_is_good_for_its_account_and_registry_alone() {
        let (sealing, other, first) = (sealing(2), sealing(3), DeviceEpoch::FIRST);
        let device = Device::new(&sealing, &Entropy::seeded(1), owner(1, first));
        let is_known = |sealing, owner, token: &str| Device::known(sealing, owner, token).is_some();
        assert!(is_known(&sealing, owner(1, first), device.token()));
        assert!(!is_known(&sealing, owner(2, first), device.token()));
        assert!(!is_known(&sealing, Owner::nobody(), device.token()));
        assert!(!is_known(&other, owner(1, first), device.token()));
        let longer = format!("{}AAAA", device.token());
        for made_up in ["", "x", &"A".repeat(64), &device.token()[..60], &longer] {
            assert!(!is_known(&sealing, owner(1, first), made_up), "{made_up}");
        }
    }

    #[test]
    fn a_token_counts_for_the_password_that_it_was_given_for() {
        let (sealing, then) = (sealing(2), DeviceEpoch::FIRST);
        let device = Device::new(&sealing, &Entropy::seeded(1), owner(1, then));
        let known = |device: &Device, now| Device::known(&sealing, owner(1, now), device.token());
        let (same, standing) = known(&device, then).expect("known");
        assert_eq!((same.token(), standing), (device.token(), Standing::Present));
        let (renewed, standing) = known(&device, then.next()).expect("known");
        assert_eq!(standing, Standing::Former);
        let (_, standing) = known(&renewed, then.next()).expect("known");
        assert_eq!(standing, Standing::Present);
        assert!(known(&device, then.anew()).is_none() && known(&renewed, then.next().anew()).is_none());
        assert!(known(&renewed, then).is_none(), "nothing is known before its time");
    }
}
