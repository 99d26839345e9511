//! How many reports are taken without a name: some an hour from one neighbourhood of addresses, some a day in all.
//!
//! Neighbourhoods are known by a keyed hash in memory only, with a key that ends with the process. The hour is counted
//! by each node for itself, the day in the database by all of them.

use crate::app::Registry;
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::store::{Tx, reports};
use aws_lc_rs::hmac;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

const HOUR_SECONDS: i64 = 3_600;
const DAY_SECONDS: i64 = 86_400;

/// How reports without a name are taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intake {
    /// In any hour, from one neighbourhood of addresses.
    pub per_hour_and_prefix: usize,
    /// In any day, in all.
    pub per_day: i64,
    /// Proxies that are believed about whom they speak for.
    pub trusted_proxies: Vec<IpAddr>,
}

/// As the contract says: five an hour, a thousand a day.
impl Default for Intake {
    fn default() -> Self {
        Self { per_hour_and_prefix: 5, per_day: 1_000, trusted_proxies: Vec::new() }
    }
}

type Neighbourhood = [u8; 32];

/// Who was here in the last hour.
pub struct Limits {
    key: hmac::Key,
    recent: Mutex<HashMap<Neighbourhood, VecDeque<Timestamp>>>,
}

/// Somebody who may not be signed in, known by the neighbourhood of their address.
pub struct Visitor {
    neighbourhood: Neighbourhood,
    /// A change may be run again when another node was first: that is still one report.
    is_counted: bool,
}

impl Limits {
    /// Nobody was here yet.
    pub fn new(entropy: &Entropy) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &entropy.bytes::<32>()), recent: Mutex::default() }
    }

    /// A visitor from this neighbourhood, which is forgotten but for its keyed hash.
    pub fn visitor(&self, neighbourhood: &[u8]) -> Visitor {
        let tag = hmac::sign(&self.key, neighbourhood);
        let mut hash = [0; 32];
        hash.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        Visitor { neighbourhood: hash, is_counted: false }
    }

    /// Counts a visitor's report at `now`, or says in how many seconds there is room for it.
    fn count(&self, visitor: &mut Visitor, now: Timestamp, most: usize) -> Result<(), i64> {
        if visitor.is_counted {
            return Ok(());
        }
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        // Only reports that were taken are in it, so it is never longer than the limit of a day.
        recent.retain(|_, times| {
            times.retain(|at| now.seconds_since(*at) < HOUR_SECONDS);
            !times.is_empty()
        });
        let times = recent.entry(visitor.neighbourhood).or_default();
        match times.len().checked_sub(most).and_then(|first| times.get(first)) {
            Some(earliest) => Err(HOUR_SECONDS - now.seconds_since(*earliest)),
            None if most == 0 => Err(HOUR_SECONDS),
            None => {
                times.push_back(now);
                visitor.is_counted = true;
                Ok(())
            }
        }
    }
}

/// Lets a visitor's report in, if there is room for it.
///
/// # Errors
/// `TooManyReports`.
pub(super) fn admit(tx: &mut Tx, registry: &Registry, visitor: &mut Visitor) -> Result<(), Error> {
    let Intake { per_hour_and_prefix, per_day, .. } = registry.settings.intake;
    let now = tx.now();
    let full = |seconds: i64| Error::TooManyReports {
        retry_after_seconds: seconds.max(1),
        phone: registry.settings.phone.clone(),
    };
    if let Some(at) = reports::nth_newest_without_a_name(tx, per_day)? {
        let room_in = DAY_SECONDS - now.seconds_since(at);
        if room_in > 0 {
            return Err(full(room_in));
        }
    }
    registry.report_limits.count(visitor, now, per_hour_and_prefix).map_err(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    #[test]
    fn an_hour_is_any_hour_and_not_the_clocks() {
        let limits = Limits::new(&Entropy::seeded(1));
        let count = |who: &[u8], seconds| limits.count(&mut limits.visitor(who), at(seconds), 2);
        assert_eq!(count(b"a", 0), Ok(()));
        assert_eq!(count(b"a", 1_800), Ok(()));
        assert_eq!(count(b"a", 1_801), Err(1_799));
        assert_eq!(count(b"b", 1_801), Ok(()), "others are not touched");
        assert_eq!(count(b"a", 3_599), Err(1));
        assert_eq!(count(b"a", 3_600), Ok(()));
        assert_eq!(count(b"a", 3_601), Err(1_799), "the first of the two is still in the hour");
    }

    #[test]
    fn what_is_run_again_is_counted_once() {
        let limits = Limits::new(&Entropy::seeded(1));
        let mut visitor = limits.visitor(b"a");
        assert_eq!(limits.count(&mut visitor, at(0), 1), Ok(()));
        assert_eq!(limits.count(&mut visitor, at(0), 1), Ok(()));
        assert_eq!(limits.count(&mut limits.visitor(b"a"), at(0), 1), Err(3_600));
    }

    #[test]
    fn who_was_here_is_forgotten_after_an_hour() {
        let limits = Limits::new(&Entropy::seeded(1));
        for n in 0..100_u8 {
            limits.count(&mut limits.visitor(&[n]), at(0), 5).expect("room");
        }
        limits.count(&mut limits.visitor(b"z"), at(3_600), 5).expect("room");
        assert_eq!(limits.recent.lock().expect("no panic").len(), 1);
    }
}
