//! Rows of agencies.

use super::columns::{self, one_more};
use super::connection::{Db, Read, on_each};
use super::licences;
use super::schema::agencies;
use super::tx::Writer;
use crate::domain::agencies::{Agency, AgencyFields, AgencyKind, AgencyState, Level, PressType};
use crate::domain::ids::AgencyId;
use crate::domain::printed::ShortName;
use crate::domain::provinces::{ProvinceId, Territory};
use crate::domain::search::{self, Query};
use crate::domain::time::Day;
use crate::error::Error;
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashMap};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = agencies, treat_none_as_null = true)]
struct Row {
    id: String,
    name: String,
    short_name: Option<String>,
    kind: String,
    level: String,
    governing_body: Option<String>,
    province_id: Option<String>,
    website: Option<String>,
    source: Option<String>,
    state: String,
    search: String,
    version: i64,
    created_at: i64,
    press_types: Option<String>,
}

impl From<&Agency> for Row {
    fn from(agency: &Agency) -> Self {
        let AgencyFields { name, short_name, kind, press_types, level, governing_body, website, source } =
            &agency.fields;
        Self {
            id: agency.id.to_string(),
            name: name.clone(),
            short_name: short_name.as_ref().map(|short| short.as_str().to_owned()),
            kind: kind.as_str().to_owned(),
            level: level.as_str().to_owned(),
            governing_body: governing_body.clone(),
            province_id: level.province().map(|province| province.as_str().to_owned()),
            website: website.clone(),
            source: source.clone(),
            state: agency.state.as_str().to_owned(),
            search: Agency::search_words(&agency.fields),
            version: agency.version,
            created_at: agency.created_at.micros(),
            press_types: press_types.as_deref().map(joined),
        }
    }
}

fn joined(types: &[PressType]) -> String {
    types.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(" ")
}

fn parted(raw: &str) -> Result<Vec<PressType>, Error> {
    raw.split_whitespace().map(|word| columns::word(word, &PressType::ALL, PressType::as_str)).collect()
}

impl Row {
    fn into_domain(self) -> Result<Agency, Error> {
        let province = self.province_id.as_deref().map(|raw| columns::stored(ProvinceId::parse(raw))).transpose()?;
        Ok(Agency {
            id: columns::id(&self.id)?,
            fields: AgencyFields {
                name: self.name,
                short_name: self.short_name.as_deref().map(|raw| columns::stored(ShortName::parse(raw))).transpose()?,
                kind: columns::word(&self.kind, &AgencyKind::ALL, AgencyKind::as_str)?,
                press_types: self.press_types.as_deref().map(parted).transpose()?,
                level: province.map_or(Level::Central, Level::Local),
                governing_body: self.governing_body,
                website: self.website,
                source: self.source,
            },
            state: columns::word(&self.state, &AgencyState::ALL, AgencyState::as_str)?,
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

/// The agency with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: AgencyId) -> Result<Option<Agency>, Error> {
    let row: Option<Row> = on_each!(db.db(), db => agencies::table.find(id.to_string()).first(db)).optional()?;
    row.map(Row::into_domain).transpose()
}

/// What these agencies are called today.
///
/// # Errors
/// The database's.
pub fn names(db: &mut impl Read, of: impl IntoIterator<Item = AgencyId>) -> Result<HashMap<AgencyId, String>, Error> {
    let ids: BTreeSet<String> = of.into_iter().map(|id| id.to_string()).collect();
    let rows: Vec<(String, String)> =
        agencies::table.filter(agencies::id.eq_any(ids)).select((agencies::id, agencies::name)).load(db.db())?;
    rows.into_iter().map(|(id, name)| Ok((columns::id(&id)?, name))).collect()
}

/// Which agencies are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Local ones of each of these territories.
    pub of: Vec<Territory>,
    /// At work, with licences on record, of which none is good on this day.
    pub unlicensed_on: Option<Day>,
}

impl Wanted {
    fn rows(&self) -> agencies::BoxedQuery<'static, <Db as diesel::Connection>::Backend> {
        let mut rows = agencies::table.into_boxed();
        for territory in &self.of {
            rows = rows.filter(agencies::province_id.eq_any(columns::units(territory)));
        }
        if let Some(day) = self.unlicensed_on {
            let (over, good) = (licences::over_by(day), licences::good_on(day));
            rows = rows
                .filter(agencies::state.eq(AgencyState::Active.as_str()))
                .filter(agencies::id.eq_any(over))
                .filter(not(agencies::id.eq_any(good)));
        }
        rows
    }
}

/// Agencies that are wanted, in the order they were entered, after `after`; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(db: &mut impl Read, wanted: &Wanted, after: Option<AgencyId>, limit: usize) -> Result<Vec<Agency>, Error> {
    let mut rows = wanted.rows();
    if let Some(after) = after {
        rows = rows.filter(agencies::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(agencies::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Agencies that are wanted and answer `query` by name or short name, best first, after `after`, each with its place; one
/// more than `limit` where there are more.
///
/// Agencies are hundreds: those that have the letters are sorted each time, and need no index.
///
/// # Errors
/// The database's.
pub fn search(
    db: &mut impl Read,
    query: &Query,
    wanted: &Wanted,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<(String, Agency)>, Error> {
    let mut rows = wanted.rows().select((agencies::id, agencies::name, agencies::short_name));
    for word in query.words() {
        // Folded words hold only letters and digits, so nothing in them is a wildcard.
        rows = rows.filter(agencies::search.like(format!("%{}%", word.folded())));
    }
    let rows: Vec<(String, String, Option<String>)> = rows.load(db.db())?;
    let place = |(id, name, short): (String, String, Option<String>)| {
        search::rank(query, &name, short.as_deref()).map(|rank| (format!("{rank} {id}"), id))
    };
    let mut found: Vec<(String, String)> = rows
        .into_iter()
        .filter_map(place)
        .filter(|(place, _)| after.is_none_or(|after| place.as_str() > after))
        .collect();
    found.sort_unstable();
    found.truncate(limit.saturating_add(1));
    let ids: Vec<&str> = found.iter().map(|(_, id)| id.as_str()).collect();
    let rows: Vec<Row> = agencies::table.filter(agencies::id.eq_any(ids)).load(db.db())?;
    let mut of_id: HashMap<String, Row> = rows.into_iter().map(|row| (row.id.clone(), row)).collect();
    let shown = found.into_iter().filter_map(|(place, id)| of_id.remove(&id).map(|row| (place, row)));
    shown.map(|(place, row)| Ok((place, row.into_domain()?))).collect()
}

/// Whether another agency than `id` has this short name.
///
/// # Errors
/// The database's.
pub fn short_name_is_taken(db: &mut impl Read, short_name: &ShortName, id: AgencyId) -> Result<bool, Error> {
    let others =
        agencies::table.filter(agencies::short_name.eq(short_name.as_str())).filter(agencies::id.ne(id.to_string()));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(db.db())?)
}

/// Enters an agency.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, agency: &Agency) -> Result<(), Error> {
    on_each!(writer.db(), db => diesel::insert_into(agencies::table).values(Row::from(agency)).execute(db))?;
    Ok(())
}

/// Writes a changed agency over the version it came from.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, agency: &Agency) -> Result<(), Error> {
    let seen = agency.version - 1;
    let target = agencies::table.find(agency.id.to_string()).filter(agencies::version.eq(seen));
    match diesel::update(target).set(Row::from(agency)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
    }
}
