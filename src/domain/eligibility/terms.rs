//! How long a press card is valid: terms that ended for all on one day, and since 2026 years from each card's own grant.

use super::conditions::on;
use super::laws::{Law, Place, Source};
use crate::domain::time::Day;

/// When cards of a term end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// All with this day.
    With(Day),
    /// Each so many years after its grant.
    AfterYears(u32),
}

/// Cards granted within these days, and how long they are valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The first day of grant.
    pub first: Day,
    /// The last day of grant, where that is known.
    pub last: Option<Day>,
    /// When they end.
    pub ends: Ends,
    /// Where that is written.
    pub sources: &'static [Source],
    /// What else is to be known, in Vietnamese and English.
    pub note: Option<(&'static str, &'static str)>,
}

/// Every term that is known.
pub const TERMS: &[Term] = &[
    Term {
        first: on(2016, 1, 1),
        last: Some(on(2020, 12, 31)),
        ends: Ends::With(on(2020, 12, 31)),
        sources: &[
            Source { law: Law::Press2016, places: &[Place::clause(28, 2)] },
            Source { law: Law::Circular49, places: &[Place::article(3)] },
        ],
        note: None,
    },
    Term {
        first: on(2021, 1, 1),
        last: Some(on(2025, 12, 31)),
        ends: Ends::With(on(2026, 3, 31)),
        sources: &[
            Source { law: Law::Press2016, places: &[Place::clause(28, 2)] },
            Source { law: Law::Circular31, places: &[Place::article(3)] },
            Source { law: Law::Decision4794, places: &[] },
        ],
        note: Some((
            "In trên thẻ 31/12/2025; gia hạn đến 31/03/2026 theo quyết định ngày 19/12/2025",
            "Printed on the card: 31/12/2025; extended to 31/03/2026 by a decision of 19/12/2025",
        )),
    },
    Term {
        first: on(2026, 1, 1),
        last: None,
        ends: Ends::AfterYears(5),
        sources: &[Source { law: Law::Press2025, places: &[Place::clause(28, 4), Place::clause(50, 2)] }],
        note: None,
    },
];

/// The term of cards granted on `day`; none before 2016.
pub fn term_of(day: Day) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.first <= day && term.last.is_none_or(|last| day <= last))
}

impl Term {
    /// The last day of a card granted on `day`.
    pub fn last_day(&self, day: Day) -> Day {
        match self.ends {
            Ends::With(last) => last,
            Ends::AfterYears(years) => day.plus_years(years).minus_days(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_ends_as_the_law_of_its_day_of_grant_says() {
        let last = |raw: &str| {
            let day = Day::parse(raw).expect("a date");
            term_of(day).map(|term| term.last_day(day).to_string())
        };
        for (granted, ends) in [
            ("2015-12-31", None),
            ("2016-01-01", Some("2020-12-31")),
            ("2020-12-31", Some("2020-12-31")),
            ("2021-01-01", Some("2026-03-31")),
            ("2025-12-31", Some("2026-03-31")),
            ("2026-01-01", Some("2030-12-31")),
            ("2026-11-22", Some("2031-11-21")),
            ("2028-02-29", Some("2033-02-27")),
        ] {
            assert_eq!(last(granted).as_deref(), ends, "granted on {granted}");
        }
    }
}
