//! Randomness: of ids, secrets, nonces, codes and tokens. Only key pairs are made elsewhere: in `keys`, by the library of
//! cryptography itself.

use crate::domain::ids::Id;
use crate::domain::time::Timestamp;
use crate::domain::typed_code::CROCKFORD;
use aws_lc_rs::rand;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// A source of randomness: the system's, or a seeded one for tests and the demo, whose answers repeat.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The system's.
    System,
    /// Repeats for a seed. Never for a registry that anybody relies on.
    Seeded(Arc<Seeded>),
}

/// A seeded source, and how many ids it has made.
#[derive(Debug)]
pub struct Seeded {
    rng: Mutex<fastrand::Rng>,
    made: AtomicU32,
}

/// How many ids this process has made.
static MADE: AtomicU32 = AtomicU32::new(0);

impl Entropy {
    /// A source that repeats for this seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Seeded { rng: Mutex::new(fastrand::Rng::with_seed(seed)), made: AtomicU32::new(0) }))
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the system gives no randomness: nothing secret can be made then.
    #[expect(clippy::expect_used, reason = "without randomness there are no keys, and the process must not go on")]
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::System => rand::fill(bytes).expect("the system gives randomness"),
            Self::Seeded(seeded) => seeded.rng.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes),
        }
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A UUIDv7 (RFC 9562 §5.7) made at `now`. Those made within one millisecond stand in the order in which they were
    /// made, because a counter takes the place of their first random bits (§6.2, method 1): lists are in that order.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.micros().div_euclid(1_000)).unwrap_or_default();
        let made = match self {
            Self::System => MADE.fetch_add(1, Ordering::Relaxed),
            Self::Seeded(seeded) => seeded.made.fetch_add(1, Ordering::Relaxed),
        };
        // 26 bits, so that it hardly ever begins anew: 12 beside the version, 6 beside the variant, and a byte.
        let [_, _, _, last] = made.to_be_bytes();
        let [_, _, _, six] = (made >> 8 & 0x3F).to_be_bytes();
        let [_, _, four, eight] = (made >> 14 & 0xFFF).to_be_bytes();
        let [_, _, _, _, random @ ..] = self.bytes::<10>();
        let [a, b, c, d, e, f] = random;
        let bytes = [four, eight, six, last, a, b, c, d, e, f];
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    /// An identifier made at `now`.
    pub fn id<I: Id>(&self, now: Timestamp) -> I {
        I::from_uuid(self.uuid(now))
    }

    /// A code of 100 bits in four groups of five letters, for people to read out.
    pub fn code(&self) -> String {
        let letters = self.bytes::<20>().map(|byte| char::from(CROCKFORD[usize::from(byte & 31)]));
        letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
    }

    /// Between half of `around` and one and a half, so that those who wait do not come back together.
    pub fn jitter(&self, around: Duration) -> Duration {
        let [byte] = self.bytes::<1>();
        around.mul_f64(0.5 + f64::from(byte) / 255.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_millisecond_stand_in_the_order_in_which_they_were_made() {
        for entropy in [Entropy::System, Entropy::seeded(1)] {
            let now = Timestamp::from_seconds(1_800_000_000);
            let ids: Vec<Uuid> = (0..20_000).map(|_| entropy.uuid(now)).collect();
            assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(ids.iter().all(|id| id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122));
            assert!(ids[0] < entropy.uuid(Timestamp::from_micros(now.micros() + 1_000)), "time comes first");
        }
    }
}
