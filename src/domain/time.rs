//! Instants and days. The registry lives in Việt Nam's one time zone, UTC+07:00, without summer time.

use super::problem::FieldProblem;
use chrono::{DateTime, Datelike as _, Days, NaiveDate, SecondsFormat, Utc};
use std::fmt;

const MICROS_PER_SECOND: i64 = 1_000_000;
/// Việt Nam is seven hours ahead of UTC all year.
const VIETNAM_OFFSET_SECONDS: i64 = 7 * 3_600;
const SECONDS_PER_DAY: i64 = 86_400;

/// An instant in microseconds since 1970-01-01T00:00:00Z: what both databases store alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole seconds since the epoch, as in card codes and tokens.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(MICROS_PER_SECOND)
    }

    /// This instant moved by whole seconds, forward or back.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }

    /// Seconds from `earlier` to this instant; negative when `earlier` is later.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(MICROS_PER_SECOND)
    }

    /// The beginning of its whole hour.
    #[must_use]
    pub const fn hour(self) -> Self {
        Self(self.0 - self.0.rem_euclid(3_600 * MICROS_PER_SECOND))
    }

    /// The calendar day in Việt Nam.
    pub fn day(self) -> Day {
        let local = self.seconds().saturating_add(VIETNAM_OFFSET_SECONDS);
        DateTime::from_timestamp(local, 0).map_or(Day(NaiveDate::MIN), |at| Day(at.date_naive()))
    }

    /// Reads RFC 3339 with any offset, e.g. `2026-07-01T08:00:00+07:00`; digits under a microsecond are cut.
    ///
    /// # Errors
    /// `not_a_time`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        DateTime::parse_from_rfc3339(raw)
            .map(|at| Self(at.timestamp_micros()))
            .map_err(|_| FieldProblem::new("not_a_time", "an RFC 3339 time, like 2026-07-01T08:00:00Z"))
    }
}

/// RFC 3339 in UTC, with as many digits as it needs.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(at) => f.write_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(f, "{} µs", self.0),
        }
    }
}

/// A calendar day in Việt Nam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

impl Day {
    /// From a calendar date.
    pub const fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// The calendar date.
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// 00:00 of this day in UTC+07:00.
    pub fn start(self) -> Timestamp {
        let days = i64::from(self.0.num_days_from_ce()) - i64::from(NaiveDate::default().num_days_from_ce());
        Timestamp::from_seconds(days * SECONDS_PER_DAY - VIETNAM_OFFSET_SECONDS)
    }

    /// 00:00 after this day: when something valid through this day ends.
    pub fn end(self) -> Timestamp {
        self.start().plus_seconds(SECONDS_PER_DAY)
    }

    /// This day moved forward.
    #[must_use]
    pub fn plus_days(self, days: u64) -> Self {
        Self(self.0.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX))
    }

    /// The same day of a later year; 29 February becomes 28 February.
    #[must_use]
    pub fn plus_years(self, years: u32) -> Self {
        Self(self.0.checked_add_months(chrono::Months::new(years * 12)).unwrap_or(NaiveDate::MAX))
    }

    /// The same day of a later month, or the last of that month where it has no such day.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.checked_add_months(chrono::Months::new(months)).unwrap_or(NaiveDate::MAX))
    }

    /// This day moved back.
    #[must_use]
    pub fn minus_days(self, days: u64) -> Self {
        Self(self.0.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN))
    }

    /// The same day of an earlier year; 29 February becomes 28 February.
    #[must_use]
    pub fn minus_years(self, years: u32) -> Self {
        Self(self.0.checked_sub_months(chrono::Months::new(years * 12)).unwrap_or(NaiveDate::MIN))
    }

    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// `not_a_date`, also for days that do not exist and for years outside 1900–2200.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let well_formed = raw.len() == 10 && raw.is_ascii();
        well_formed
            .then(|| NaiveDate::parse_from_str(raw, "%Y-%m-%d").ok())
            .flatten()
            .filter(|date| (1900..=2200).contains(&date.year()))
            .map(Self)
            .ok_or_else(|| FieldProblem::new("not_a_date", "a date that exists, as YYYY-MM-DD"))
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_seventeen_hours_utc_of_the_day_before() {
        let day = Day::parse("2026-03-31").expect("a date");
        assert_eq!(day.start().to_string(), "2026-03-30T17:00:00Z");
        assert_eq!(day.end().to_string(), "2026-03-31T17:00:00Z");
        assert_eq!(day.start().day(), day);
        assert_eq!(day.end().plus_seconds(-1).day(), day);
        assert_eq!(day.end().day(), day.plus_days(1));
    }

    #[test]
    fn a_leap_day_moves_to_the_end_of_february() {
        let day = Day::parse("2024-02-29").expect("a date");
        assert_eq!(day.plus_years(5).to_string(), "2029-02-28");
        assert_eq!(day.plus_months(12).to_string(), "2025-02-28");
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for raw in ["2026-02-30", "2026-2-3", "26-02-03", "2026-02-03 ", "1899-12-31", "", "２０２６-01-01"] {
            assert_eq!(Day::parse(raw).map_err(|p| p.code), Err("not_a_date"), "{raw}");
        }
    }

    #[test]
    fn times_keep_microseconds_and_any_offset() {
        let at = Timestamp::parse("2026-07-01T08:00:00.123456789+07:00").expect("a time");
        assert_eq!(at.to_string(), "2026-07-01T01:00:00.123456Z");
        assert!(Timestamp::parse("2026-07-01").is_err());
    }
}
