//! From when until when a credential is valid.

use crate::domain::{
    problem::FieldProblem,
    time::{Day, Timestamp},
};

/// From when until when a credential is valid: whole seconds of the years 1970–9999, the first before the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    not_before: Timestamp,
    expires: Timestamp,
}

impl Validity {
    /// 9999-12-31T23:59:59Z, the last second that RFC 3339 can write.
    const LAST_SECOND: i64 = 253_402_300_799;

    /// From one instant until just before another; parts of a second are cut.
    ///
    /// # Errors
    /// `out_of_range` or `ends_before_it_begins`.
    pub fn new(not_before: Timestamp, expires: Timestamp) -> Result<Self, FieldProblem> {
        let (from, until) = (not_before.seconds(), expires.seconds());
        if from < 0 || until > Self::LAST_SECOND {
            return Err(FieldProblem::new("out_of_range", "a time of the years 1970 to 9999"));
        }
        if from >= until {
            return Err(FieldProblem::new("ends_before_it_begins", "the end must be later than the beginning"));
        }
        Ok(Self { not_before: Timestamp::from_seconds(from), expires: Timestamp::from_seconds(until) })
    }

    /// The first instant of validity.
    pub const fn not_before(self) -> Timestamp {
        self.not_before
    }

    /// The first instant after validity.
    pub const fn expires(self) -> Timestamp {
        self.expires
    }

    /// The first day of validity in Việt Nam.
    pub fn first_day(self) -> Day {
        self.not_before.day()
    }

    /// The last day of validity in Việt Nam, as it is printed: cards end at 00:00 after it.
    pub fn last_day(self) -> Day {
        self.expires.plus_seconds(-1).day()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_ends_after_it_begins() {
        let at = Timestamp::from_seconds;
        assert!(Validity::new(at(0), at(253_402_300_799)).is_ok());
        assert_eq!(Validity::new(at(5), at(5)).map_err(|p| p.code), Err("ends_before_it_begins"));
        assert_eq!(Validity::new(at(-1), at(5)).map_err(|p| p.code), Err("out_of_range"));
        assert_eq!(Validity::new(at(0), at(253_402_300_800)).map_err(|p| p.code), Err("out_of_range"));
    }
}
