//! Public counts of misuse: one dimension a year, no small numbers, and never another answer once published.

use super::issuer::Words;
use super::problem::FieldProblem;
use super::time::{Day, Timestamp};
use chrono::NaiveDate;

/// What a table is by. One at a time: two together would tell of single people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// Of misuse.
    Kind,
    /// Of the act.
    Province,
    /// Of the act, in Việt Nam.
    Month,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kind, Self::Province, Self::Month];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Province => "province",
            Self::Month => "month",
        }
    }

    /// # Errors
    /// `unknown_dimension`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|dimension| dimension.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_dimension", "one of kind, province, month"))
    }
}

/// Cells under this are not shown, nor is whether they are empty.
const LEAST_SHOWN: i64 = 10;
/// What is shown is a multiple of this.
const ROUNDED_TO: i64 = 5;

/// What is shown of a count: nothing under ten, else the nearest multiple of five.
pub const fn shown(count: i64) -> Option<i64> {
    if count < LEAST_SHOWN { None } else { Some((count + ROUNDED_TO / 2) / ROUNDED_TO * ROUNDED_TO) }
}

/// A calendar year in Việt Nam, 2000–2199.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Year(i32);

impl Year {
    /// # Errors
    /// `not_a_year`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let digits = raw.len() == 4 && raw.bytes().all(|byte| byte.is_ascii_digit());
        raw.parse()
            .ok()
            .filter(|year| digits && (2000..2200).contains(year))
            .map(Self)
            .ok_or_else(|| FieldProblem::new("not_a_year", "a year from 2000 to 2199, like 2026"))
    }

    /// The number.
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The first instant of this year, or of a month of it counted from 0; of the next year from the twelfth on.
    pub fn start_of_month(self, month: u32) -> Timestamp {
        let first = NaiveDate::from_ymd_opt(self.0, 1, 1).unwrap_or_default();
        Day::new(first.checked_add_months(chrono::Months::new(month)).unwrap_or_default()).start()
    }

    /// The month of this year that an instant is in, counted from 0; `None` where it is in another year.
    pub fn month_of(self, at: Timestamp) -> Option<u32> {
        (0..12).find(|month| self.start_of_month(*month) <= at && at < self.start_of_month(month + 1))
    }

    /// Its first and its last day.
    pub fn days(self) -> (Day, Day) {
        (self.start_of_month(0).day(), self.start_of_month(12).day().minus_days(1))
    }

    /// When its tables may be published: the 1st of October of the next year. A case of its last day takes some four
    /// months until nobody can appeal any more, and an appeal has to be heard; and as no table of a running year is ever
    /// seen, nobody can tell from two of them what was added between.
    pub fn published_from(self) -> Timestamp {
        self.start_of_month(21)
    }
}

/// By which map provinces are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProvinceMap {
    /// That of the day of publication: a unit that has ended is counted with the one it became part of.
    #[default]
    Today,
    /// That of the acts: each unit of that year by itself.
    AsRecorded,
}

impl ProvinceMap {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Today, Self::AsRecorded];

    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::AsRecorded => "as_recorded",
        }
    }

    /// # Errors
    /// `unknown_map`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = || FieldProblem::new("unknown_map", "`today` or `as_recorded`");
        Self::ALL.into_iter().find(|map| map.as_str() == raw).ok_or_else(known)
    }
}

/// What is shown by the older map of units that are one today: nothing, unless every one of them may be shown. What is
/// missing could else be reckoned from the sum, which today's map shows.
pub fn shown_apart(counts: &[i64]) -> Vec<Option<i64>> {
    let each: Vec<Option<i64>> = counts.iter().map(|count| shown(*count)).collect();
    if each.contains(&None) { vec![None; counts.len()] } else { each }
}

/// One number of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The code of the kind or province, or the month as `01`–`12`.
    pub key: String,
    /// The same in words.
    pub name: Words,
    /// As [`shown`].
    pub count: Option<i64>,
}

/// A table of misuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Of the acts.
    pub year: Year,
    /// What it is by.
    pub by: Dimension,
    /// When it was fixed; `None` where it is too early, and then no cell has a count.
    pub published_at: Option<Timestamp>,
    /// Every kind, province or month, whether anything was counted or not; of provinces, those of the day of publication.
    pub cells: Vec<Cell>,
    /// Of provinces, every unit of that year; else empty.
    pub as_recorded: Vec<Cell>,
}

impl Table {
    /// The cells by this map; those of kinds and months are on none.
    pub fn on(&self, map: ProvinceMap) -> &[Cell] {
        match map {
            ProvinceMap::Today => &self.cells,
            ProvinceMap::AsRecorded => &self.as_recorded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_not_shown_and_others_are_rounded() {
        let told: Vec<_> = [0, 1, 9, 10, 12, 13, 17, 18, 1_002].map(shown).into_iter().collect();
        let written = [None, None, None, Some(10), Some(10), Some(15), Some(15), Some(20), Some(1_000)];
        assert_eq!(told, written);
    }

    #[test]
    fn what_is_not_shown_cannot_be_reckoned_from_the_other_map() {
        assert_eq!(shown_apart(&[13]), [Some(15)]);
        assert_eq!(shown_apart(&[13, 21]), [Some(15), Some(20)]);
        assert_eq!(shown_apart(&[13, 9, 21]), [None, None, None], "30 or 35 less 15 and 20 would tell of nine");
        assert_eq!(shown_apart(&[13, 0]), [None, None], "nor that there are none");
    }

    #[test]
    fn a_year_is_one_of_viet_nam() {
        let year = Year::parse("2026").expect("a year");
        assert_eq!(year.start_of_month(0).to_string(), "2025-12-31T17:00:00Z");
        assert_eq!(year.start_of_month(1).to_string(), "2026-01-31T17:00:00Z");
        assert_eq!(year.start_of_month(12).to_string(), "2026-12-31T17:00:00Z");
        assert_eq!(year.published_from().to_string(), "2027-09-30T17:00:00Z");
        let month = |raw| year.month_of(Timestamp::parse(raw).expect("a time"));
        assert_eq!(month("2025-12-31T17:00:00Z"), Some(0));
        assert_eq!(month("2026-12-31T16:59:59Z"), Some(11));
        assert_eq!((month("2025-12-31T16:59:59Z"), month("2026-12-31T17:00:00Z")), (None, None));
        for raw in ["1999", "2200", "26", "+026", "02026", "", "năm"] {
            assert_eq!(Year::parse(raw).map_err(|it| it.code), Err("not_a_year"), "{raw}");
        }
    }
}
