//! Who tries what cannot be guessed: typed codes, receipts, refresh tokens, digests of portraits. Misses are counted by
//! neighbourhood of addresses, in the memory of one node; what was tried is kept nowhere. What is right costs nothing.

use super::Registry;
use crate::domain::patience::{Misses, PUBLIC};
use crate::domain::time::Timestamp;
use crate::error::Error;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Neighbourhoods that are remembered at once, some 5 MB. Beyond that, others' misses are not counted.
const MOST: usize = 50_000;
/// How often, in seconds, it is looked for those that are forgotten.
const SWEPT_EVERY_SECONDS: i64 = 60;

/// A neighbourhood of network addresses, by its keyed hash: the same on every node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Neighbourhood([u8; 32]);

impl Neighbourhood {
    /// The keyed hash.
    pub const fn hash(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What somebody may try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Secret {
    /// The letters beside a QR.
    TypedCode,
    /// The receipt of a report.
    Receipt,
    /// A refresh token.
    RefreshToken,
    /// The digest of a portrait.
    Portrait,
}

/// The misses of one node.
#[derive(Default)]
pub struct MissCounter(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    misses: HashMap<(Secret, Neighbourhood), Misses>,
    swept_at: Option<Timestamp>,
}

impl MissCounter {
    fn wait(&self, key: (Secret, Neighbourhood), now: Timestamp) -> Option<i64> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.misses.get(&key).and_then(|misses| misses.wait(now))
    }

    fn count(&self, key: (Secret, Neighbourhood), now: Timestamp) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.swept_at.is_none_or(|at| now.seconds_since(at) >= SWEPT_EVERY_SECONDS) {
            counted.misses.retain(|_, misses| !misses.are_forgotten(now));
            counted.swept_at = Some(now);
        }
        let before = counted.misses.get(&key).copied();
        if before.is_some() || counted.misses.len() < MOST {
            counted.misses.insert(key, PUBLIC.one_more(before, now));
        }
    }
}

impl Registry {
    /// The neighbourhood with this prefix of addresses, which is forgotten but for its keyed hash.
    pub fn neighbourhood(&self, prefix: &[u8]) -> Neighbourhood {
        let hash = self.secrets.sealing.hash(&[b"neighbourhood\n", prefix].concat());
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        Neighbourhood(bytes)
    }

    /// Lets a neighbourhood try something, unless it missed too often; counts it where it `is_miss`.
    ///
    /// # Errors
    /// `TooManyGuesses`; what `attempt` answers.
    pub fn try_secret<T>(
        &self,
        secret: Secret,
        from: Neighbourhood,
        attempt: impl FnOnce() -> Result<T, Error>,
        is_miss: impl FnOnce(&Result<T, Error>) -> bool,
    ) -> Result<T, Error> {
        let key = (secret, from);
        if let Some(retry_after_seconds) = self.misses.wait(key, self.clock.now()) {
            return Err(Error::TooManyGuesses { retry_after_seconds });
        }
        let answer = attempt();
        if is_miss(&answer) {
            self.misses.count(key, self.clock.now());
        }
        answer
    }
}

/// Whether nothing was found.
pub const fn found_nothing<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::NotFound))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn neighbour(n: usize) -> (Secret, Neighbourhood) {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(n.to_be_bytes()).for_each(|(to, from)| *to = from);
        (Secret::TypedCode, Neighbourhood(bytes))
    }

    #[test]
    fn memory_is_bounded_and_those_who_wait_still_wait() {
        let counter = MissCounter::default();
        (0..PUBLIC.free).for_each(|_| counter.count(neighbour(0), NOW));
        (0..MOST + 10).for_each(|n| counter.count(neighbour(n), NOW));
        assert_eq!(counter.0.lock().expect("no panic").misses.len(), MOST);
        assert_eq!(counter.wait(neighbour(0), NOW), Some(2));
    }

    #[test]
    fn who_missed_is_forgotten() {
        let counter = MissCounter::default();
        (0..1_000).for_each(|n| counter.count(neighbour(n), NOW));
        counter.count(neighbour(1_000), NOW.plus_seconds(SWEPT_EVERY_SECONDS));
        assert_eq!(counter.0.lock().expect("no panic").misses.len(), 1);
    }
}
