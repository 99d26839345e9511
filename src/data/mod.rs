//! Facts of the country, compiled in: press agencies, provinces, kinds of misuse, public holidays.
//!
//! The files lie beside this one; `README.md` there names their sources and limits. Rows are read strictly: a column or
//! value that is not known stops the tests. Nothing here is a record of the registry: `demo` and `import` make those.

use crate::domain::time::Day;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use std::sync::LazyLock;

/// The year in which units were founded that took over codes of older ones.
const REFORM_YEAR: &str = "2025";
/// The first day of the 34 provinces and cities. Names of older records mean the units before it.
const MERGER: Day = Day::new(NaiveDate::from_ymd_opt(2025, 7, 1).expect("a date that exists"));

/// A press agency as the public sources have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgencyRow {
    /// Its full name.
    pub name: String,
    /// Its unique short name for a card's code, at most 40 bytes of UTF-8. Most are ours: see `README.md`.
    pub short_name: String,
    /// What it makes.
    pub kind: AgencyKind,
    /// Whether it belongs to a central body or to a province.
    pub level: AgencyLevel,
    /// Its governing body (cơ quan chủ quản), where known.
    pub governing_body: Option<String>,
    /// The [`ProvinceRow::id`] of its province on 30 June 2025; none for a central agency.
    pub province_id: Option<String>,
    /// Its web site, where known.
    pub website: Option<String>,
}

/// What an agency makes, by the types of the press law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum AgencyKind {
    /// A newspaper.
    #[serde(rename = "bao")]
    Newspaper,
    /// An online newspaper.
    #[serde(rename = "bao_dien_tu")]
    OnlineNewspaper,
    /// A magazine.
    #[serde(rename = "tap_chi")]
    Magazine,
    /// An online magazine.
    #[serde(rename = "tap_chi_dien_tu")]
    OnlineMagazine,
    /// A radio and television station.
    #[serde(rename = "phat_thanh_truyen_hinh")]
    RadioAndTelevision,
    /// Radio.
    #[serde(rename = "phat_thanh")]
    Radio,
    /// Television.
    #[serde(rename = "truyen_hinh")]
    Television,
    /// A news agency.
    #[serde(rename = "thong_tan")]
    NewsAgency,
    /// A newspaper with radio and television, as merged in 2025.
    #[serde(rename = "bao_va_ptth")]
    NewspaperRadioAndTelevision,
}

/// Whose agency it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyLevel {
    /// Of a central body.
    Central,
    /// Of a province or city.
    Local,
}

/// A province or a city of the same rank, for the time it existed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvinceRow {
    /// The unit's own id, never reused: `15` is Yên Bái, `15-2025` the Lào Cai that has its code now.
    pub id: String,
    /// The two-digit code, which over time means several units.
    pub code: String,
    /// The name without the rank.
    pub name: String,
    /// Province or city.
    pub kind: ProvinceKind,
    /// The id of the unit that took over, for a unit that ended.
    pub successor: Option<String>,
    /// Its first day; none for units founded before 2025.
    pub valid_from: Option<Day>,
    /// Its last day; none while it exists.
    pub valid_to: Option<Day>,
}

/// The rank in the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum ProvinceKind {
    /// Tỉnh.
    #[serde(rename = "tinh")]
    Province,
    /// Thành phố trực thuộc trung ương.
    #[serde(rename = "thanh_pho")]
    City,
}

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

/// All 193 press agencies, central ones first.
pub fn agencies() -> &'static [AgencyRow] {
    static ROWS: LazyLock<Vec<AgencyRow>> =
        LazyLock::new(|| rows(include_str!("press_agencies.csv")).into_iter().map(AgencyLine::into_row).collect());
    &ROWS
}

/// All 87 provinces and cities since 2024, by code.
pub fn provinces() -> &'static [ProvinceRow] {
    static ROWS: LazyLock<Vec<ProvinceRow>> =
        LazyLock::new(|| rows(include_str!("provinces.csv")).into_iter().map(ProvinceLine::into_row).collect());
    &ROWS
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
    kind: AgencyKind,
    level: AgencyLevel,
    governing_body: Option<String>,
    province: Option<String>,
    website: Option<String>,
    #[serde(rename = "source")]
    _source: String,
}

impl AgencyLine {
    fn into_row(self) -> AgencyRow {
        AgencyRow {
            province_id: self.province.as_deref().and_then(before_merger).map(|unit| unit.id.clone()),
            name: self.name,
            short_name: self.short_name,
            kind: self.kind,
            level: self.level,
            governing_body: self.governing_body,
            website: self.website,
        }
    }
}

/// The unit that bore this name before the merger. No two did: Lào Cai was founded anew only by it.
fn before_merger(name: &str) -> Option<&'static ProvinceRow> {
    provinces().iter().find(|unit| unit.name == name && unit.valid_from.is_none_or(|first| first < MERGER))
}

/// A line of `provinces.csv`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProvinceLine {
    code: String,
    name: String,
    kind: ProvinceKind,
    merged_into: Option<String>,
    #[serde(deserialize_with = "optional_day")]
    valid_from: Option<Day>,
    #[serde(deserialize_with = "optional_day")]
    valid_to: Option<Day>,
}

impl ProvinceLine {
    fn into_row(self) -> ProvinceRow {
        let founded_anew = |code: &str| format!("{code}-{REFORM_YEAR}");
        ProvinceRow {
            id: if self.valid_from.is_some() { founded_anew(&self.code) } else { self.code.clone() },
            // Whatever ended since 2024 went into a unit founded in 2025, so the code has only one meaning here.
            successor: self.merged_into.as_deref().map(founded_anew),
            code: self.code,
            name: self.name,
            kind: self.kind,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        }
    }
}

fn rows<Row: DeserializeOwned>(csv: &'static str) -> Vec<Row> {
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
