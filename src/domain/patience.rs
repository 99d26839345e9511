//! How long whoever guesses has to wait. The first wrong guesses cost nothing; each one more doubles the wait, up to a
//! longest one; and with time each is forgotten.

use super::time::Timestamp;

/// What wrong guesses have led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misses {
    /// When the last of them is forgotten.
    pub over_at: Timestamp,
    /// When the next guess may be made.
    pub next_at: Timestamp,
}

/// How wrong guesses are borne with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So many at once make nobody wait.
    pub free: i64,
    /// One is forgotten in so many seconds.
    pub forgotten_in_seconds: i64,
    /// Nobody waits longer than so many seconds.
    pub longest_seconds: i64,
}

/// With strangers' guesses of a password for one account, from wherever they come: in 24 hours at most 16 that lead up to
/// the longest wait and 41 with that wait between them, so 57. With the 37 of [`FORMER_DEVICES`] they are never 100 (NIST
/// SP 800-63B-4 §3.2.2 allows 100 in all).
pub const ACCOUNT: Patience = Patience { free: 5, forgotten_in_seconds: 2_160, longest_seconds: 2_048 };
/// With guesses from all devices together that signed in to the account with its former password, and not since.
pub const FORMER_DEVICES: Patience = Patience { free: 5, forgotten_in_seconds: 4_320, longest_seconds: 4_096 };
/// With guesses from one device that signed in with the account's present password, or in one session of it: 98 a day.
pub const DEVICE: Patience = Patience { free: 5, forgotten_in_seconds: 1_080, longest_seconds: 1_024 };
/// With guesses for any accounts from one neighbourhood of addresses: offices and carriers put many people behind one.
pub const NEIGHBOURHOOD: Patience = Patience { free: 30, forgotten_in_seconds: 120, longest_seconds: 64 };
/// With what cannot be guessed, and is not to be tried for ever: typed codes, receipts, tokens, digests. From one address,
/// or of one account.
pub const PUBLIC: Patience = Patience { free: 100, forgotten_in_seconds: 36, longest_seconds: 32 };
/// With the same from one neighbourhood of addresses: nobody alone can use that up, as a single address misses 113 times
/// an hour once it has to wait, and 900 are forgotten.
pub const PUBLIC_NEIGHBOURHOOD: Patience = Patience { free: 1_000, forgotten_in_seconds: 4, longest_seconds: 32 };

/// With lookups of cards by number and name, right or wrong, of one account: who stands at a door looks up one card
/// after the other, and nobody goes through a list.
pub const LOOKUPS: Patience = Patience { free: 30, forgotten_in_seconds: 60, longest_seconds: 900 };

impl Misses {
    /// Seconds until the next guess; `None` where it may be made now.
    pub fn wait(self, now: Timestamp) -> Option<i64> {
        // Whole seconds, and never too few.
        let micros = self.next_at.micros().saturating_sub(now.micros());
        (micros > 0).then(|| (micros + 999_999) / 1_000_000)
    }

    /// Whether nothing is left of them.
    pub fn are_forgotten(self, now: Timestamp) -> bool {
        self.over_at <= now && self.next_at <= now
    }
}

impl Patience {
    /// After one more wrong guess.
    pub fn one_more(self, before: Option<Misses>, now: Timestamp) -> Misses {
        let since = before.map_or(now, |it| it.over_at.max(now));
        let over_at = since.plus_seconds(self.forgotten_in_seconds);
        let owed_seconds = over_at.seconds_since(now);
        let count = (owed_seconds + self.forgotten_in_seconds - 1) / self.forgotten_in_seconds;
        Misses { over_at, next_at: now.plus_seconds(self.wait_after(count)) }
    }

    /// After a guess turned out right that made `before` into `by_it`: as before, where nobody guessed since. Who has to
    /// wait for others' guesses still has to.
    pub fn taken_back(self, said: Misses, before: Option<Misses>, by_it: Misses) -> Misses {
        let over_at = said.over_at.plus_seconds(-self.forgotten_in_seconds);
        match before {
            _ if said != by_it => Misses { over_at, ..said },
            Some(before) => before,
            None => Misses { over_at, next_at: over_at },
        }
    }

    fn wait_after(self, count: i64) -> i64 {
        match u32::try_from(count - self.free) {
            Ok(over) => 1_i64.checked_shl(over.min(32)).unwrap_or(self.longest_seconds).min(self.longest_seconds),
            Err(_) => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000 + seconds)
    }

    #[test]
    fn the_wait_doubles_and_has_an_end() {
        let mut misses = None;
        let mut now = 0;
        let mut waits = Vec::new();
        for _ in 0..18 {
            let after = DEVICE.one_more(misses, at(now));
            let wait = after.wait(at(now)).unwrap_or_default();
            waits.push(wait);
            now += wait;
            misses = Some(after);
        }
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 1_024, 1_024, 1_024]);
    }

    #[test]
    fn no_day_has_a_hundred_guesses_for_one_account() {
        const DAY: i64 = 86_400;
        // However often whoever guesses stops for a while, so that some are forgotten.
        for (every, pause) in [(1_000, 0), (5, 5_400), (6, 2_160), (10, 4_000), (15, 20_000), (50, DAY), (90, 9_000)] {
            let most_in_a_day = |patience: Patience| {
                let (mut misses, mut now, mut guesses) = (None::<Misses>, 0, Vec::new());
                while now < 5 * DAY {
                    match misses.and_then(|it| it.wait(at(now))) {
                        Some(wait) => now += wait,
                        None => {
                            misses = Some(patience.one_more(misses, at(now)));
                            guesses.push(now);
                            now += if guesses.len() % every == 0 { pause } else { 0 };
                        }
                    }
                }
                let days = guesses.iter().map(|from| *from..from + DAY);
                days.map(|day| guesses.iter().filter(|it| day.contains(it)).count()).max().unwrap_or_default()
            };
            let (strangers, former, device) =
                (most_in_a_day(ACCOUNT), most_in_a_day(FORMER_DEVICES), most_in_a_day(DEVICE));
            assert!(
                strangers <= 57 && former <= 37 && device <= 98,
                "{strangers}, {former}, {device}: {every}, {pause}"
            );
            assert!(strangers >= 20 && former >= 20, "who forgets their password has some");
        }
    }

    #[test]
    fn what_was_right_costs_nothing_and_what_was_wrong_is_forgotten() {
        let one = PUBLIC.one_more(None, at(0));
        let two = PUBLIC.one_more(Some(one), at(0));
        assert_eq!(PUBLIC.taken_back(two, Some(one), two), one);
        assert!(PUBLIC.taken_back(one, None, one).are_forgotten(at(0)));
        assert!(!two.are_forgotten(at(71)) && two.are_forgotten(at(72)));
        let many = (0..100).fold(None, |misses, _| Some(PUBLIC.one_more(misses, at(0))));
        assert_eq!(many.and_then(|it| it.wait(at(0))), Some(1));
        // Whose guess was right waits for no guess but somebody else's.
        let right = PUBLIC.one_more(many, at(1));
        assert_eq!(PUBLIC.taken_back(right, many, right).wait(at(1)), None);
        let wrong = PUBLIC.one_more(Some(right), at(1));
        assert!(PUBLIC.taken_back(wrong, many, right).wait(at(1)).is_some());
        assert_eq!(PUBLIC.one_more(many, at(3_600)).wait(at(3_600)), None);
    }
}
