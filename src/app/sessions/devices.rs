//! Devices that signed in before. Each holds a token of its own, which opens nothing: it only has the device judged by
//! its own wrong guesses, whatever others do to the account. The registry keeps no list of devices; a token proves
//! itself.

use crate::domain::ids::UserId;
use crate::entropy::Entropy;
use crate::keys::Sealing;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;

const ID_BYTES: usize = 16;

/// A device that signed in to one account.
#[derive(Clone)]
pub(super) struct Device {
    token: String,
}

impl Device {
    /// A device that has just signed in for the first time.
    pub(super) fn new(sealing: &Sealing, entropy: &Entropy, user: UserId) -> Self {
        Self::with_id(sealing, user, &entropy.bytes::<ID_BYTES>())
    }

    /// The device with this token, if it was given to one that signed in to this account.
    pub(super) fn known(sealing: &Sealing, user: UserId, token: &str) -> Option<Self> {
        let sent = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let (id, _) = sent.split_first_chunk::<ID_BYTES>()?;
        let device = Self::with_id(sealing, user, id);
        verify_slices_are_equal(device.token.as_bytes(), token.as_bytes()).is_ok().then_some(device)
    }

    fn with_id(sealing: &Sealing, user: UserId, id: &[u8; ID_BYTES]) -> Self {
        let proof = sealing.hash(&[b"device\n", user.to_string().as_bytes(), b"\n", id].concat());
        Self { token: BASE64URL_NOPAD.encode(&[id.as_slice(), &proof].concat()) }
    }

    /// What the device keeps, and sends when it signs in again.
    pub(super) fn token(&self) -> &str {
        &self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id as _;
    use uuid::Uuid;

    #[test]
    fn a_token_is_good_for_its_account_and_registry_alone() {
        let (sealing, other) = (Sealing::new(&[1; 32], &[2; 32]), Sealing::new(&[1; 32], &[3; 32]));
        let (sealing, other) = (sealing.expect("keys"), other.expect("keys"));
        let (user, another) = (UserId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let device = Device::new(&sealing, &Entropy::seeded(1), user);
        let is_known = |sealing, user, token: &str| Device::known(sealing, user, token).is_some();
        assert!(is_known(&sealing, user, device.token()));
        assert!(!is_known(&sealing, another, device.token()));
        assert!(!is_known(&other, user, device.token()));
        let longer = format!("{}AAAA", device.token());
        for made_up in ["", "x", &"A".repeat(64), &device.token()[..60], &longer] {
            assert!(!is_known(&sealing, user, made_up), "{made_up}");
        }
    }
}
