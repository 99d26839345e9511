//! Who tries what cannot be guessed: typed codes, receipts, refresh tokens, digests of portraits. Misses are counted in
//! the memory of one node; what was tried is kept nowhere. What is right costs nothing.
//!
//! Nothing is looked at for whoever has to wait, also what is right: they would learn it by its being answered. So that this
//! meets as few others as can be, an account is counted for itself, anybody else by their very address, and by the
//! neighbourhood of it only what many addresses miss together.

use super::Registry;
use crate::domain::accounts::Caller;
use crate::domain::ids::UserId;
use crate::domain::patience::{Misses, PUBLIC, PUBLIC_NEIGHBOURHOOD, Patience};
use crate::domain::time::Timestamp;
use crate::error::Error;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Addresses, neighbourhoods and accounts that are remembered at once, some 5 MB. Beyond that, others' misses are not
/// counted.
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

/// From where somebody tries something: their network address and the neighbourhood of it, both by keyed hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    address: [u8; 32],
    neighbourhood: Neighbourhood,
}

impl Origin {
    /// The neighbourhood.
    pub const fn neighbourhood(&self) -> Neighbourhood {
        self.neighbourhood
    }
}

/// Whoever tries something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guesser {
    /// Somebody who is signed in, wherever they are.
    Account(UserId),
    /// Anybody else.
    Stranger(Origin),
}

impl Guesser {
    /// Whoever asks, signed in or not.
    pub fn new(caller: Option<&Caller>, from: Origin) -> Self {
        caller.map_or(Self::Stranger(from), |caller| Self::Account(caller.user))
    }

    /// For whom their misses are counted, and how they are borne with.
    fn counters(self) -> Vec<(Whose, Patience)> {
        match self {
            Self::Account(user) => vec![(Whose::Account(user), PUBLIC)],
            Self::Stranger(Origin { address, neighbourhood }) => {
                vec![(Whose::Address(address), PUBLIC), (Whose::Neighbourhood(neighbourhood), PUBLIC_NEIGHBOURHOOD)]
            }
        }
    }
}

/// Whose misses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Whose {
    Account(UserId),
    Address([u8; 32]),
    Neighbourhood(Neighbourhood),
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
    misses: HashMap<(Secret, Whose), Misses>,
    swept_at: Option<Timestamp>,
}

impl MissCounter {
    fn wait(&self, secret: Secret, guesser: Guesser, now: Timestamp) -> Option<i64> {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = |(whose, _)| counted.misses.get(&(secret, whose)).and_then(|misses| misses.wait(now));
        guesser.counters().into_iter().filter_map(found).max()
    }

    fn count(&self, secret: Secret, guesser: Guesser, now: Timestamp) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.swept_at.is_none_or(|at| now.seconds_since(at) >= SWEPT_EVERY_SECONDS) {
            counted.misses.retain(|_, misses| !misses.are_forgotten(now));
            counted.swept_at = Some(now);
        }
        for (whose, patience) in guesser.counters() {
            let before = counted.misses.get(&(secret, whose)).copied();
            if before.is_some() || counted.misses.len() < MOST {
                counted.misses.insert((secret, whose), patience.one_more(before, now));
            }
        }
    }
}

impl Registry {
    /// The neighbourhood with this prefix of addresses, which is forgotten but for its keyed hash.
    pub fn neighbourhood(&self, prefix: &[u8]) -> Neighbourhood {
        Neighbourhood(self.hashed(b"neighbourhood\n", prefix))
    }

    /// Whoever comes from this address, in the neighbourhood with this prefix; both are forgotten but for keyed hashes.
    pub fn origin(&self, address: &[u8], prefix: &[u8]) -> Origin {
        Origin { address: self.hashed(b"address\n", address), neighbourhood: self.neighbourhood(prefix) }
    }

    fn hashed(&self, what: &[u8], which: &[u8]) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(self.secrets.sealing.hash(&[what, which].concat())).for_each(|(to, from)| *to = from);
        bytes
    }

    /// Lets somebody try something, unless they missed too often; counts it where it `is_miss`.
    ///
    /// # Errors
    /// `TooManyGuesses`; what `attempt` answers.
    pub fn try_secret<T>(
        &self,
        secret: Secret,
        guesser: Guesser,
        attempt: impl FnOnce() -> Result<T, Error>,
        is_miss: impl FnOnce(&Result<T, Error>) -> bool,
    ) -> Result<T, Error> {
        if let Some(retry_after_seconds) = self.misses.wait(secret, guesser, self.clock.now()) {
            return Err(Error::TooManyGuesses { retry_after_seconds });
        }
        let answer = attempt();
        if is_miss(&answer) {
            self.misses.count(secret, guesser, self.clock.now());
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
    use crate::domain::ids::Id as _;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn hash(n: usize) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(n.to_be_bytes()).for_each(|(to, from)| *to = from);
        bytes
    }

    /// The nth address of all, in the nth neighbourhood.
    fn at(address: usize, neighbourhood: usize) -> Guesser {
        Guesser::Stranger(Origin { address: hash(address), neighbourhood: Neighbourhood(hash(neighbourhood)) })
    }

    fn count(counter: &MissCounter, guesser: Guesser, now: Timestamp) {
        counter.count(Secret::TypedCode, guesser, now);
    }

    fn wait(counter: &MissCounter, guesser: Guesser, now: Timestamp) -> Option<i64> {
        counter.wait(Secret::TypedCode, guesser, now)
    }

    #[test]
    fn memory_is_bounded_and_those_who_wait_still_wait() {
        let counter = MissCounter::default();
        (0..PUBLIC.free).for_each(|_| count(&counter, at(0, 0), NOW));
        (0..MOST + 10).for_each(|n| count(&counter, at(n, n), NOW));
        assert_eq!(counter.0.lock().expect("no panic").misses.len(), MOST);
        assert_eq!(wait(&counter, at(0, 0), NOW), Some(2));
    }

    #[test]
    fn who_missed_is_forgotten() {
        let counter = MissCounter::default();
        (0..1_000).for_each(|n| count(&counter, at(n, n), NOW));
        count(&counter, at(1_000, 1_000), NOW.plus_seconds(SWEPT_EVERY_SECONDS));
        assert_eq!(counter.0.lock().expect("no panic").misses.len(), 2);
    }

    #[test]
    fn one_address_never_makes_its_neighbours_wait_however_long_it_guesses() {
        let counter = MissCounter::default();
        let (mut now, end) = (NOW, NOW.plus_seconds(24 * 3_600));
        while now < end {
            match wait(&counter, at(0, 0), now) {
                Some(seconds) => now = now.plus_seconds(seconds),
                None => count(&counter, at(0, 0), now),
            }
            assert_eq!(wait(&counter, at(1, 0), now), None);
        }
        assert_eq!(wait(&counter, Guesser::Account(UserId::from_uuid(uuid::Uuid::nil())), now), None);
    }

    #[test]
    fn many_addresses_together_make_their_neighbourhood_wait_for_a_moment() {
        let counter = MissCounter::default();
        (0..1_000).for_each(|n| count(&counter, at(n % 200, 0), NOW));
        assert_eq!(wait(&counter, at(300, 0), NOW), Some(1));
        assert_eq!(wait(&counter, at(300, 1), NOW), None);
        // However many guess: nobody waits longer than half a minute, and then some are looked at.
        (0..100).for_each(|n| count(&counter, at(n, 0), NOW));
        assert_eq!(wait(&counter, at(300, 0), NOW), Some(PUBLIC_NEIGHBOURHOOD.longest_seconds));
    }
}
