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

/// The cards of before that these agencies' people of these names have.
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

/// Those of them that are this person's.
///
/// # Errors
/// The database's.
pub fn held_by(
    db: &mut impl Read,
    person: PersonId,
    agencies: &[AgencyId],
    names: &[&str],
) -> Result<Vec<StateCard>, Error> {
    let mut own = Vec::new();
    for card in of_names(db, agencies, names)? {
        if holder(db, &card)? == Some(person) {
            own.push(card);
        }
    }
    Ok(own)
}

/// Whose card it is: of the one person on record who bears its name, or whose record took in one that does, and works or
/// worked for its agency, also where that ended and another took over its people. Nobody's where there are several.
///
/// # Errors
/// The database's.
pub fn holder(db: &mut impl Read, card: &StateCard) -> Result<Option<PersonId>, Error> {
    let key = name_key(&card.fields.name);
    let mut named: BTreeSet<String> = BTreeSet::from_iter(
        people::table
            .inner_join(engagements::table)
            .filter(people::name_key.eq(&key))
            .filter(on_record())
            .filter(engagements::agency_id.eq(card.agency.to_string()))
            .select(people::id)
            .distinct()
            .limit(2)
            .load::<String>(db.db())?,
    );
    // Few are taken in: each is followed to the record that its work is on now.
    let taken_in: Vec<String> = people::table
        .filter(people::name_key.eq(key))
        .filter(people::erased_at.is_null().and(people::merged_into.is_not_null()))
        .select(people::id)
        .load(db.db())?;
    for record in taken_in {
        let into = super::people::merged_into(db, columns::id(&record)?)?.map(|into| into.to_string());
        let work = engagements::table
            .filter(engagements::agency_id.eq(card.agency.to_string()))
            .filter(engagements::person_id.nullable().eq(&into));
        if diesel::select(diesel::dsl::exists(work)).get_result(db.db())? {
            named.extend(into);
        }
    }
    match (named.first(), named.len()) {
        (Some(one), 1) => Ok(Some(columns::id(one)?)),
        (_, _) => Ok(None),
    }
}

/// The agencies that took somebody of this name over from a card's agency: it is their people's now.
///
/// # Errors
/// The database's.
pub fn heirs(db: &mut impl Read, card: &StateCard) -> Result<Vec<AgencyId>, Error> {
    let successors: Vec<String> = successions::successors(db, card.agency)?.iter().map(ToString::to_string).collect();
    // A namesake who never worked for the card's agency is somebody else.
    let of_its_name = people::table
        .inner_join(engagements::table)
        .filter(people::name_key.eq(name_key(&card.fields.name)))
        .filter(on_record())
        .filter(engagements::agency_id.eq(card.agency.to_string()))
        .select(people::id);
    let work = diesel::alias!(engagements as work_of_heirs);
    let theirs: Vec<String> = work
        .filter(work.field(engagements::agency_id).eq_any(successors))
        .filter(work.field(engagements::person_id).eq_any(of_its_name))
        .select(work.field(engagements::agency_id))
        .distinct()
        .load(db.db())?;
    theirs.iter().map(|id| columns::id(id)).collect()
}

/// The cards that are known to be this person's.
fn of_holder(db: &mut impl Read, person: PersonId) -> Result<Vec<String>, Error> {
    let employers: Vec<String> = people::table
        .inner_join(engagements::table)
        .filter(people::id.eq(person.to_string()))
        .filter(on_record())
        .select(engagements::agency_id)
        .distinct()
        .load(db.db())?;
    let employers = employers.iter().map(|id| columns::id(id)).collect::<Result<Vec<_>, _>>()?;
    let names = super::people::names_borne(db, &[person])?.remove(&person).unwrap_or_default();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let theirs = held_by(db, person, &employers, &names)?;
    Ok(theirs.iter().map(|card| card.id.to_string()).collect())
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
            // As `heirs` says: whoever bears the name works or worked for both.
            let work = diesel::alias!(engagements as own_work);
            let own = work
                .filter(work.field(engagements::agency_id).eq(agency.to_string()))
                .select(work.field(engagements::person_id));
            let of_its_name = people::table
                .inner_join(engagements::table)
                .filter(on_record())
                .filter(people::id.eq_any(own))
                .filter(engagements::agency_id.eq(state_cards::agency_id))
                .filter(people::name_key.eq(state_cards::name_key));
            let came_over = state_cards::agency_id.eq_any(predecessors).and(diesel::dsl::exists(of_its_name));
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
