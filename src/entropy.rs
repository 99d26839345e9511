//! Randomness: of ids, secrets, nonces, codes and tokens. Only key pairs are made elsewhere: in `keys`, by the library of
//! cryptography itself.

use crate::domain::ids::Id;
use crate::domain::time::Timestamp;
use crate::domain::typed_code::CROCKFORD;
use aws_lc_rs::rand;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// A source of randomness: the system's, or a seeded one for tests and the demo, whose answers repeat.
#[derive(Clone, Debug)]
pub enum Entropy {
    /// The system's.
    System,
    /// Repeats for a seed. Never for a registry that anybody relies on.
    Seeded(Arc<Mutex<fastrand::Rng>>),
}

impl Entropy {
    /// A source that repeats for this seed.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// Fills `bytes`.
    ///
    /// # Panics
    /// When the system gives no randomness: nothing secret can be made then.
    #[expect(clippy::expect_used, reason = "without randomness there are no keys, and the process must not go on")]
    pub fn fill(&self, bytes: &mut [u8]) {
        match self {
            Self::System => rand::fill(bytes).expect("the system gives randomness"),
            Self::Seeded(rng) => rng.lock().unwrap_or_else(PoisonError::into_inner).fill(bytes),
        }
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A UUIDv7 (RFC 9562 §5.7) made at `now`.
    pub fn uuid(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.micros().div_euclid(1_000)).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
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
