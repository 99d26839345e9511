//! What a condition is. The conditions themselves are in `law2016.rs` and `law2025.rs`, one row each.

use super::facts::Facts;
use super::laws::Source;
use super::rules::Rule;
use super::{law2016, law2025};
use crate::domain::applications::Basis;
use crate::domain::issuer::Words;
use crate::domain::time::Day;
use chrono::NaiveDate;

/// Of which applications a condition is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Of all.
    Always,
    /// Of those for a first card.
    First,
    /// Of those for an exchange on moving to another agency.
    Exchange,
}

impl Asked {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Always, Self::First, Self::Exchange];

    /// Whether it is asked of an application on this basis.
    pub const fn includes(self, basis: Basis) -> bool {
        match (self, basis) {
            (Self::Always, _) | (Self::First, Basis::First) | (Self::Exchange, Basis::Exchange) => true,
            (Self::First, Basis::Renewal | Basis::Exchange | Basis::Reissue)
            | (Self::Exchange, Basis::First | Basis::Renewal | Basis::Reissue) => false,
        }
    }

    /// How it is asked of this person, if it is: whoever never had a card is asked what a first card asks, whatever the
    /// application calls itself. Whoever says that they have a card of the agency, of which none is found, may be one.
    pub fn of(self, basis: Basis, facts: &Facts) -> Option<Asking> {
        let is_for_first = self.includes(Basis::First);
        match facts.on_record.granted_before {
            _ if self.includes(basis) => Some(Asking::Surely),
            Some(false) if is_for_first => Some(Asking::Surely),
            None if is_for_first && basis.is_of_own_card() => Some(Asking::Perhaps),
            Some(_) | None => None,
        }
    }

    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::First => "first",
            Self::Exchange => "exchange",
        }
    }
}

/// How a condition is asked of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asking {
    /// It is asked.
    Surely,
    /// It is asked if the person never had a card, which is not known.
    Perhaps,
}

/// A condition of a law for a press card: one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it is called: the same in every law that asks it.
    pub id: &'static str,
    /// What it asks, in Vietnamese.
    pub vi: &'static str,
    /// What it asks, in English.
    pub en: &'static str,
    /// Where it is written.
    pub source: Source,
    /// The first day of its effect.
    pub from: Day,
    /// The last day of its effect, where that is known.
    pub to: Option<Day>,
    /// Of which applications it is asked.
    pub basis: Asked,
    /// How facts are held against it.
    pub rule: Rule,
}

impl Condition {
    /// Whether it has effect on `day`.
    pub fn is_in_force(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|last| day <= last)
    }

    /// What it asks, in both languages.
    pub fn asks(&self) -> Words {
        Words::new(self.vi, self.en)
    }
}

/// Every condition, in the order in which they are shown; the older law first.
pub fn conditions() -> impl Iterator<Item = &'static Condition> {
    law2016::CONDITIONS.iter().chain(law2025::CONDITIONS)
}

/// A date of effect.
pub(super) const fn on(year: i32, month: u32, day: u32) -> Day {
    Day::new(NaiveDate::from_ymd_opt(year, month, day).expect("a date that exists"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn one_law_asks_a_condition_on_one_day() {
        for condition in conditions() {
            assert!(condition.to.is_none_or(|last| condition.from <= last), "{}", condition.id);
            for day in [condition.from, condition.to.unwrap_or(on(2030, 1, 1))] {
                let asking = conditions().filter(|it| it.id == condition.id && it.is_in_force(day));
                assert_eq!(asking.count(), 1, "{} on {day}", condition.id);
            }
        }
    }

    #[test]
    fn the_laws_take_turns_without_a_gap() {
        let on_day = |day| conditions().filter(|it| it.is_in_force(day)).map(|it| it.id).collect::<BTreeSet<_>>();
        let only_2016 = BTreeSet::from(["continued_work"]);
        let only_2025 = BTreeSet::from(["first_card_details"]);
        let (last, first) = (on_day(on(2026, 6, 30)), on_day(on(2026, 7, 1)));
        assert_eq!(&last - &first, only_2016);
        assert_eq!(&first - &last, only_2025);
        assert!(on_day(on(2016, 12, 31)).is_empty(), "no law before 2017 is known here");
        assert_eq!(&on_day(on(2026, 1, 1)) - &on_day(on(2025, 12, 31)), BTreeSet::from(["scientific_journal"]));
        assert_eq!(&on_day(on(2027, 1, 1)) - &on_day(on(2026, 12, 31)), BTreeSet::from(["course"]));
    }
}
