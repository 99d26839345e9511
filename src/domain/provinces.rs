//! Provinces in time: a code with validity dates. Eight codes name another unit since 1 July 2025
//! (Nghị quyết 202/2025/QH15), so records hold the unit's own id and show the code.

use super::problem::FieldProblem;
use super::time::Day;
use std::fmt;

/// A unit's own id: its code, with the year for units that began in 2025 (`15` Yên Bái, `15-2025` Lào Cai).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvinceId(String);

impl ProvinceId {
    /// # Errors
    /// `unknown_province` unless two digits, optionally with a year.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        let well_formed = match raw.split_once('-') {
            Some((code, year)) => digits(code, 2) && digits(year, 4),
            None => digits(raw, 2),
        };
        well_formed
            .then(|| Self(raw.to_owned()))
            .ok_or_else(|| FieldProblem::new("unknown_province", "not the id of a province"))
    }

    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProvinceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The rank in a unit's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvinceKind {
    /// Tỉnh.
    Province,
    /// Thành phố trực thuộc trung ương.
    City,
}

impl ProvinceKind {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Province => "tinh",
            Self::City => "thanh_pho",
        }
    }

    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        match raw {
            "tinh" => Ok(Self::Province),
            "thanh_pho" => Ok(Self::City),
            _ => Err(FieldProblem::new("unknown_kind", "`tinh` or `thanh_pho`")),
        }
    }
}

/// A unit of administration at the first level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Province {
    /// Its own id, never reused.
    pub id: ProvinceId,
    /// Its official code of two digits, which another unit may have had before.
    pub code: String,
    /// Its name in Vietnamese.
    pub name: String,
    /// Province or city.
    pub kind: ProvinceKind,
    /// The unit it became part of.
    pub successor: Option<ProvinceId>,
    /// First day, where known.
    pub valid_from: Option<Day>,
    /// Last day, where it has ended.
    pub valid_to: Option<Day>,
}

impl Province {
    /// Whether this unit existed on `day`.
    pub fn in_force(&self, day: Day) -> bool {
        self.existed_between(day, day)
    }

    /// Whether this unit existed on some day from `first` to `last`.
    pub fn existed_between(&self, first: Day, last: Day) -> bool {
        self.valid_from.is_none_or(|from| from <= last) && self.valid_to.is_none_or(|to| first <= to)
    }
}

/// A unit with all that became part of it: what its registrar watches over, and where one looks for its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Territory(Vec<ProvinceId>);

impl Territory {
    /// The territory of `unit`, by the list of all units.
    pub fn of(unit: &ProvinceId, units: &[Province]) -> Self {
        let became_part = |it: &&Province| it.id != *unit && line(&it.id, units).any(|later| later == unit);
        let predecessors = units.iter().filter(became_part).map(|it| it.id.clone());
        Self(std::iter::once(unit.clone()).chain(predecessors).collect())
    }

    /// Whether a record made in `unit` is of this territory.
    pub fn holds(&self, unit: &ProvinceId) -> bool {
        self.ids().any(|id| id == unit)
    }

    /// The unit itself, then what became part of it.
    pub fn ids(&self) -> impl Iterator<Item = &ProvinceId> {
        self.0.iter()
    }
}

/// A unit, then what it became part of, to the last.
fn line<'a>(unit: &'a ProvinceId, units: &'a [Province]) -> impl Iterator<Item = &'a ProvinceId> {
    let successor = |id: &&'a ProvinceId| units.iter().find(|unit| unit.id == **id)?.successor.as_ref();
    std::iter::successors(Some(unit), successor)
}

/// What a unit has become by now: the last in its line.
pub fn today<'a>(unit: &'a ProvinceId, units: &'a [Province]) -> &'a ProvinceId {
    line(unit, units).last().unwrap_or(unit)
}
