//! Rows of press cards of before the registry.

use super::columns;
use super::connection::{Read, insert_all};
use super::people::on_record;
use super::schema::{credentials, engagements, people, state_cards};
use super::tx::Writer;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::printed::CardNumber;
use crate::domain::search::name_key;
use crate::domain::state_cards::{StateCard, StateCardFields, StateCardState};
use crate::error::Error;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashSet};

#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = state_cards, treat_none_as_default_value = false)]
struct Row {
    id: String,
    number: String,
    number_key: String,
    name: String,
    name_key: String,
    agency_id: String,
    issued: NaiveDate,
    valid_until: NaiveDate,
    state: String,
    version: i64,
    created_at: i64,
}

impl From<&StateCard> for Row {
    fn from(it: &StateCard) -> Self {
        let StateCardFields { number, name, issued, until } = &it.fields;
        Self {
            id: it.id.to_string(),
            number: number.as_str().to_owned(),
            number_key: number.key(),
            name: name.clone(),
            name_key: name_key(name),
            agency_id: it.agency.to_string(),
            issued: issued.date(),
            valid_until: until.date(),
            state: it.state.as_str().to_owned(),
            version: it.version,
            created_at: it.created_at.micros(),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<StateCard, Error> {
        Ok(StateCard {
            id: columns::id(&self.id)?,
            fields: StateCardFields {
                number: columns::stored(CardNumber::parse(&self.number))?,
                name: self.name,
                issued: columns::day(self.issued),
                until: columns::day(self.valid_until),
            },
            agency: columns::id(&self.agency_id)?,
            state: columns::word(&self.state, &StateCardState::ALL, StateCardState::as_str)?,
            version: self.version,
            created_at: columns::instant(self.created_at),
        })
    }
}

/// The card whose number looks like this to a person; none where its holder was erased.
///
/// # Errors
/// The database's.
pub fn by_number_key(db: &mut impl Read, key: &str) -> Result<Option<StateCard>, Error> {
    let row: Option<Row> = state_cards::table
        .filter(state_cards::number_key.eq(key))
        .filter(state_cards::name.ne(""))
        .first(db.db())
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Those that have one of these numbers, also of holders who were erased, in no promised order.
///
/// # Errors
/// The database's.
pub fn known_among(db: &mut impl Read, keys: &[String]) -> Result<Vec<StateCard>, Error> {
    let rows: Vec<Row> = state_cards::table.filter(state_cards::number_key.eq_any(keys)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Which of these numbers a credential of the registry has.
///
/// # Errors
/// The database's.
pub fn issued_among(db: &mut impl Read, keys: &[String]) -> Result<HashSet<String>, Error> {
    let taken = credentials::table.filter(credentials::number_key.eq_any(keys)).select(credentials::number_key);
    let taken: Vec<String> = taken.load(db.db())?;
    Ok(taken.into_iter().collect())
}

/// Whether a card of before has this number.
///
/// # Errors
/// The database's.
pub fn has_number(db: &mut impl Read, number: &CardNumber) -> Result<bool, Error> {
    let same = state_cards::table.filter(state_cards::number_key.eq(number.key()));
    Ok(diesel::select(diesel::dsl::exists(same)).get_result(db.db())?)
}

/// The cards of before that these agencies' people of this name have.
///
/// # Errors
/// The database's.
pub fn of_name(db: &mut impl Read, agencies: &[AgencyId], name: &str) -> Result<Vec<StateCard>, Error> {
    of_names(db, agencies, &[name])
}

/// The same, of any of these names.
///
/// # Errors
/// The database's.
pub fn of_names(db: &mut impl Read, agencies: &[AgencyId], names: &[&str]) -> Result<Vec<StateCard>, Error> {
    let agencies: Vec<String> = agencies.iter().map(ToString::to_string).collect();
    let names: BTreeSet<String> = names.iter().map(|name| name_key(name)).collect();
    let rows: Vec<Row> = state_cards::table
        .filter(state_cards::agency_id.eq_any(agencies))
        .filter(state_cards::name_key.eq_any(names))
        .filter(state_cards::name.ne(""))
        .order(state_cards::id)
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Whose card it is: of the one person on record who bears its name and works or worked for its agency, also where that
/// ended and another took over its people. Nobody's where there are several.
///
/// # Errors
/// The database's.
pub fn holder(db: &mut impl Read, card: &StateCard) -> Result<Option<PersonId>, Error> {
    let named: Vec<String> = people::table
        .inner_join(engagements::table)
        .filter(people::name_key.eq(name_key(&card.fields.name)))
        .filter(on_record())
        .filter(engagements::agency_id.eq(card.agency.to_string()))
        .select(people::id)
        .distinct()
        .limit(2)
        .load(db.db())?;
    match named.as_slice() {
        [one] => Ok(Some(columns::id(one)?)),
        _ => Ok(None),
    }
}

/// Enters cards.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, cards: &[StateCard]) -> Result<(), Error> {
    let rows: Vec<Row> = cards.iter().map(Row::from).collect();
    insert_all!(writer.db(), state_cards::table, rows);
    Ok(())
}

/// Takes the name off cards whose holder is erased. Their numbers stay: none is given twice.
///
/// # Errors
/// The database's.
pub fn forget_names(writer: &mut Writer, cards: &[StateCard]) -> Result<(), Error> {
    let ids: Vec<String> = cards.iter().map(|card| card.id.to_string()).collect();
    diesel::update(state_cards::table.filter(state_cards::id.eq_any(ids)))
        .set((
            state_cards::name.eq(""),
            state_cards::name_key.eq(""),
            state_cards::version.eq(state_cards::version + 1),
        ))
        .execute(writer.db())?;
    Ok(())
}
