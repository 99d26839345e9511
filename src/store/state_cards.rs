//! Rows of press cards of before the registry.

use super::columns::{self, one_more};
use super::connection::{Db, Read, insert_all};
use super::people::on_record;
use super::schema::{agencies, credentials, engagements, people, state_cards};
use super::successions;
use super::tx::Writer;
use crate::domain::credentials::Ground;
use crate::domain::ids::{AgencyId, PersonId, StateCardId};
use crate::domain::printed::{CardNumber, CredentialKind};
use crate::domain::search::name_key;
use crate::domain::state_cards::{StateCard, StateCardFields, StateCardState};
use crate::error::Error;
use crate::policy::Range;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::{BTreeSet, HashSet};

#[derive(Queryable, Insertable, AsChangeset, Selectable)]
#[diesel(table_name = state_cards, treat_none_as_null = true, treat_none_as_default_value = false)]
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
    ground: Option<String>,
    series: Option<String>,
    running: Option<i64>,
}

impl From<&StateCard> for Row {
    fn from(it: &StateCard) -> Self {
        let StateCardFields { number, name, issued, until } = &it.fields;
        let place = number.place();
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
            ground: it.ground.map(|ground| ground.as_str().to_owned()),
            series: place.map(|(kind, _)| kind.as_str().to_owned()),
            running: place.map(|(_, n)| n),
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
            ground: self.ground.as_deref().map(|raw| columns::stored(Ground::parse(raw))).transpose()?,
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

/// The first running number of a kind, from this one on, that no card of before has: in two queries, however many have
/// those that follow.
///
/// # Errors
/// The database's.
pub fn free_number(db: &mut impl Read, kind: CredentialKind, from: i64) -> Result<i64, Error> {
    use diesel::dsl::{exists, not, select};
    use state_cards::{running, series, table};
    let taken = table.filter(series.eq(kind.as_str())).filter(running.eq(from));
    if !select(exists(taken)).get_result::<bool>(db.db())? {
        return Ok(from);
    }
    let next = diesel::alias!(state_cards as next_state_cards);
    let followed = next.filter(next.field(series).eq(series)).filter(next.field(running).eq(running + 1_i64));
    let last: Option<i64> = table
        .filter(series.eq(kind.as_str()))
        .filter(running.ge(from))
        .filter(not(exists(followed)))
        .order(running)
        .select(running)
        .first(db.db())?;
    Ok(last.unwrap_or(from) + 1)
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

/// The agencies that took over those of a card's agency and have somebody of its name: it is their people's now.
///
/// # Errors
/// The database's.
pub fn heirs(db: &mut impl Read, card: &StateCard) -> Result<Vec<AgencyId>, Error> {
    let successors: Vec<String> = successions::successors(db, card.agency)?.iter().map(ToString::to_string).collect();
    let named: Vec<String> = people::table
        .inner_join(engagements::table)
        .filter(people::name_key.eq(name_key(&card.fields.name)))
        .filter(on_record())
        .filter(engagements::agency_id.eq_any(successors))
        .select(engagements::agency_id)
        .distinct()
        .load(db.db())?;
    named.iter().map(|id| columns::id(id)).collect()
}

/// The cards that are known to be this person's.
fn of_holder(db: &mut impl Read, person: PersonId) -> Result<Vec<String>, Error> {
    let theirs: Vec<(String, String)> = people::table
        .inner_join(engagements::table)
        .filter(people::id.eq(person.to_string()))
        .filter(on_record())
        .select((people::full_name, engagements::agency_id))
        .load(db.db())?;
    let agencies = theirs.iter().map(|(_, agency)| columns::id(agency)).collect::<Result<Vec<_>, _>>()?;
    let Some((name, _)) = theirs.first() else { return Ok(Vec::new()) };
    let mut known = Vec::new();
    for card in of_name(db, &agencies, name)? {
        if holder(db, &card)? == Some(person) {
            known.push(card.id.to_string());
        }
    }
    Ok(known)
}

/// The card with this id; none where its holder was erased.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: StateCardId) -> Result<Option<StateCard>, Error> {
    let found = state_cards::table.find(id.to_string()).filter(state_cards::name.ne(""));
    let row: Option<Row> = found.first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// What a list of such cards is narrowed to.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// With a number that looks like this to a person.
    pub number_key: Option<String>,
    /// Of this agency.
    pub agency: Option<AgencyId>,
    /// Where they stand.
    pub state: Option<StateCardState>,
}

/// Cards within `range`, in the order they were entered; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    filter: Filter,
    after: Option<StateCardId>,
    limit: usize,
) -> Result<Vec<StateCard>, Error> {
    let mut rows = state_cards::table
        .inner_join(agencies::table)
        .filter(state_cards::name.ne(""))
        .select(Row::as_select())
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Province(province) => rows.filter(agencies::province_id.eq_any(columns::units(province))),
        // Its own, and those of its people that went over to it with an agency that it succeeded.
        Range::Agency(agency) => {
            let predecessors = successions::predecessors(db, *agency)?;
            let predecessors: Vec<String> = predecessors.iter().map(ToString::to_string).collect();
            let names = people::table
                .inner_join(engagements::table)
                .filter(on_record())
                .filter(engagements::agency_id.eq(agency.to_string()))
                .select(people::name_key);
            let came_over = state_cards::agency_id.eq_any(predecessors).and(state_cards::name_key.eq_any(names));
            rows.filter(state_cards::agency_id.eq(agency.to_string()).or(came_over))
        }
        Range::Person(person) => rows.filter(state_cards::id.eq_any(of_holder(db, *person)?)),
        Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(key) = filter.number_key {
        rows = rows.filter(state_cards::number_key.eq(key));
    }
    if let Some(agency) = filter.agency {
        rows = rows.filter(state_cards::agency_id.eq(agency.to_string()));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(state_cards::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        rows = rows.filter(state_cards::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(state_cards::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Writes a changed card over the version it came from.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &StateCard) -> Result<(), Error> {
    let target = state_cards::table.find(it.id.to_string()).filter(state_cards::version.eq(it.version - 1));
    match diesel::update(target).set(Row::from(it)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ => Ok(()),
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
