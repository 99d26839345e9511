//! Working days (Bộ luật Dân sự 91/2015/QH13, Điều 148: a time counted in days begins on the day after the event, and
//! one that ends on a day of rest ends at the end of the next working day).

use super::time::Day;
use chrono::{Datelike as _, Weekday};

/// The days on which public offices work: Monday to Friday but public holidays.
#[derive(Clone, Debug)]
pub struct WorkingDays<'a> {
    /// In order.
    holidays: &'a [Day],
}

impl<'a> WorkingDays<'a> {
    /// With these public holidays, in order.
    pub const fn new(holidays: &'a [Day]) -> Self {
        Self { holidays }
    }

    /// Whether public offices work on `day`.
    pub fn is_working(&self, day: Day) -> bool {
        let weekend = matches!(day.date().weekday(), Weekday::Sat | Weekday::Sun);
        !weekend && self.holidays.binary_search(&day).is_err()
    }

    /// The last day of a time of so many working days after `day`, which itself does not count.
    pub fn after(&self, day: Day, count: u32) -> Day {
        (0..count).fold(day, |day, _| self.next(day))
    }

    /// The working day so many working days before `day`, which itself does not count.
    pub fn before(&self, day: Day, count: u32) -> Day {
        (0..count).fold(day, |day, _| self.previous(day))
    }

    fn previous(&self, day: Day) -> Day {
        let mut previous = day.minus_days(1);
        while !self.is_working(previous) {
            previous = previous.minus_days(1);
        }
        previous
    }

    fn next(&self, day: Day) -> Day {
        let mut next = day.plus_days(1);
        while !self.is_working(next) {
            next = next.plus_days(1);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    #[test]
    fn weekends_and_holidays_do_not_count_and_neither_does_the_first_day() {
        // The New Year of 2027 is a Friday.
        let holidays = [day("2027-01-01"), day("2027-02-05")];
        let days = WorkingDays::new(&holidays);
        for (from, count, last) in [
            ("2026-11-20", 1, "2026-11-23"),
            ("2026-11-21", 1, "2026-11-23"),
            ("2026-11-22", 1, "2026-11-23"),
            ("2026-11-23", 1, "2026-11-24"),
            ("2026-11-23", 5, "2026-11-30"),
            ("2026-12-31", 1, "2027-01-04"),
            ("2027-01-01", 1, "2027-01-04"),
            ("2026-11-22", 0, "2026-11-22"),
        ] {
            assert_eq!(days.after(day(from), count), day(last), "{count} after {from}");
        }
        for (from, count, first) in [
            ("2026-11-23", 1, "2026-11-20"),
            ("2026-11-22", 1, "2026-11-20"),
            ("2026-11-30", 5, "2026-11-23"),
            ("2027-01-04", 1, "2026-12-31"),
            ("2026-11-22", 0, "2026-11-22"),
        ] {
            assert_eq!(days.before(day(from), count), day(first), "{count} before {from}");
        }
        assert!(!days.is_working(day("2027-01-01")) && !days.is_working(day("2026-11-22")));
        assert!(days.is_working(day("2026-11-23")));
    }
}
