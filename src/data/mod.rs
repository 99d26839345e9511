//! Facts of the country, compiled in: press agencies, provinces, kinds of misuse, public holidays.
//!
//! The files lie beside this one; `README.md` there names their sources and limits. Rows are read strictly: a column or
//! value that is not known stops the tests. Nothing here is a record of the registry: `demo` makes records of some.

use crate::domain::agencies::{AgencyFields, AgencyForm};
use crate::domain::provinces::{Province, ProvinceId, ProvinceKind, Territory};
use crate::domain::time::Day;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use std::sync::LazyLock;

/// The year in which units were founded that took over codes of older ones.
const REFORM_YEAR: &str = "2025";
/// The first day of the 34 provinces and cities. Names of older records mean the units before it.
const MERGER: Day = Day::new(NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date that exists"));

/// A kind of misuse of press credentials, or of acts against journalists, with its basis in law.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MisuseKindRow {
    /// Stable and machine-readable, like `LENT_CARD`.
    pub code: String,
    /// What it is, in Vietnamese.
    pub name_vi: String,
    /// What it is, in English.
    pub name_en: String,
    /// Articles of law and cases; the abbreviations are in `README.md`.
    pub legal_basis: String,
}

/// A day on which public offices are closed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct HolidayRow {
    /// The day.
    #[serde(deserialize_with = "day")]
    pub date: Day,
    /// Its name in Vietnamese.
    pub name: String,
}

/// All 193 press agencies, central ones first; a local one in its province of before the merger of 2025.
pub fn agencies() -> &'static [AgencyFields] {
    static ROWS: LazyLock<Vec<AgencyFields>> =
        LazyLock::new(|| rows(include_str!("press_agencies.csv")).into_iter().map(AgencyLine::into_fields).collect());
    &ROWS
}

/// All 87 provinces and cities since 2024, by code.
pub fn provinces() -> &'static [Province] {
    static ROWS: LazyLock<Vec<Province>> =
        LazyLock::new(|| rows(include_str!("provinces.csv")).into_iter().map(ProvinceLine::into_province).collect());
    &ROWS
}

/// A unit with all that became part of it.
pub fn territory(unit: &ProvinceId) -> Territory {
    Territory::of(unit, provinces())
}

/// The 24 kinds of misuse.
pub fn misuse_kinds() -> &'static [MisuseKindRow] {
    static ROWS: LazyLock<Vec<MisuseKindRow>> = LazyLock::new(|| rows(include_str!("misuse_kinds.csv")));
    &ROWS
}

/// The public holidays of 2016 to 2030, in order.
pub fn public_holidays() -> &'static [HolidayRow] {
    static ROWS: LazyLock<Vec<HolidayRow>> = LazyLock::new(|| rows(include_str!("public_holidays.csv")));
    &ROWS
}

/// A line of `press_agencies.csv`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgencyLine {
    name: String,
    short_name: String,
    kind: String,
    level: String,
    governing_body: Option<String>,
    province: Option<String>,
    website: Option<String>,
    source: String,
}

impl AgencyLine {
    fn into_fields(self) -> AgencyFields {
        let province = self.province.as_deref().and_then(before_merger).map(|unit| unit.id.clone());
        let form = AgencyForm {
            name: self.name,
            short_name: Some(self.short_name),
            kind: self.kind,
            press_types: None,
            level: self.level,
            governing_body: self.governing_body,
            website: self.website,
            source: Some(self.source),
        };
        form.parse(Ok(province)).expect("the tests read every row of the files compiled in")
    }
}

/// The unit that bore this name before the merger. No two did: Lào Cai was founded anew only by it.
fn before_merger(name: &str) -> Option<&'static Province> {
    provinces().iter().find(|unit| unit.name == name && unit.valid_from.is_none_or(|first| first < MERGER))
}

/// A line of `provinces.csv`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvinceLine {
    code: String,
    name: String,
    kind: String,
    merged_into: Option<String>,
    #[serde(deserialize_with = "optional_day")]
    valid_from: Option<Day>,
    #[serde(deserialize_with = "optional_day")]
    valid_to: Option<Day>,
}

impl ProvinceLine {
    fn into_province(self) -> Province {
        let unit = |id: String| ProvinceId::parse(&id).expect("the tests read every row of the files compiled in");
        let founded_anew = |code: &str| format!("{code}-{REFORM_YEAR}");
        Province {
            id: unit(if self.valid_from.is_some() { founded_anew(&self.code) } else { self.code.clone() }),
            // Whatever ended since 2024 went into a unit founded in 2025, so the code has only one meaning here.
            successor: self.merged_into.as_deref().map(founded_anew).map(unit),
            kind: ProvinceKind::parse(&self.kind).expect("the tests read every row of the files compiled in"),
            code: self.code,
            name: self.name,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        }
    }
}

/// The lines of a file that is compiled in.
pub(crate) fn rows<Row: DeserializeOwned>(csv: &'static str) -> Vec<Row> {
    let rows: Result<Vec<Row>, csv::Error> = csv::Reader::from_reader(csv.as_bytes()).into_deserialize().collect();
    rows.expect("the tests read every row of the files compiled in")
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Day, D::Error> {
    Day::parse(&String::deserialize(from)?).map_err(D::Error::custom)
}

fn optional_day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Day>, D::Error> {
    Option::<String>::deserialize(from)?.map(|raw| Day::parse(&raw).map_err(D::Error::custom)).transpose()
}

#[cfg(test)]
mod tests;
