//! Rows of press cards of before the registry.

mod holders;
mod holdings;

pub use holders::{HeldByHuman, heirs, held_by, holder, holders, may_be_of, of_humans, sole_bearers};
pub use holdings::{holding, holdings};

use super::columns::{self, one_more};
use super::connection::{Db, Read, insert_all};
use super::people::on_record;
use super::returns;
use super::schema::{
    agencies, card_returns, credentials, engagements, former_names, people, state_cards, succession_shares,
};
use super::successions;
use super::tx::Writer;
use crate::domain::agencies::AgencyState;
use crate::domain::credentials::Ground;
use crate::domain::ids::{AgencyId, StateCardId};
use crate::domain::press_cards::PressCardId;
use crate::domain::printed::{CardNumber, CredentialKind};
use crate::domain::search::name_key;
use crate::domain::state_cards::{StateCard, StateCardFields, StateCardState};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::Range;
use chrono::NaiveDate;
use diesel::prelude::*;
use std::collections::HashSet;

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
        .select(Row::as_select())
        .first(db.db())
        .optional()?;
    row.map(Row::into_domain).transpose()
}

/// Those that have one of these numbers, also of holders who were erased, in no promised order.
///
/// # Errors
/// The database's.
pub fn known_among(db: &mut impl Read, keys: &[String]) -> Result<Vec<StateCard>, Error> {
    let found = state_cards::table.filter(state_cards::number_key.eq_any(keys));
    let rows: Vec<Row> = found.select(Row::as_select()).load(db.db())?;
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

/// The card with this id; none where its holder was erased.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: StateCardId) -> Result<Option<StateCard>, Error> {
    let found = state_cards::table.find(id.to_string()).filter(state_cards::name.ne(""));
    let row: Option<Row> = found.select(Row::as_select()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// Those of these cards that are on record, in no promised order.
///
/// # Errors
/// The database's.
pub fn with_ids(db: &mut impl Read, ids: &[StateCardId]) -> Result<Vec<StateCard>, Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let found = state_cards::table.filter(state_cards::id.eq_any(ids)).filter(state_cards::name.ne(""));
    let rows: Vec<Row> = found.select(Row::as_select()).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Which cards may have to be handed in, as far as a query can tell: in use, of an agency that is not at work or where
/// nobody of their name is, nor at one that itself took its people over, and of a name that somebody bears or bore. Whose they are
/// is asked of each.
#[derive(Clone, Copy, Debug)]
pub struct MayBeDue {
    /// At this moment.
    pub at: Timestamp,
    /// Of those that this agency may have to collect.
    pub agency: Option<AgencyId>,
    /// Of those with which it has come so far.
    pub stage: Stage,
}

/// How far it has come with a card that may have to be handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// However far.
    Any,
    /// Nobody was asked for it.
    Unasked,
    /// The time to hand it in is over.
    Overdue,
    /// Its revocation waits for a decision: it is overdue too.
    Proposed,
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
    /// That may have to be handed in.
    pub may_be_due: Option<MayBeDue>,
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
            // As `heirs` says: whoever bears or bore the name works or worked for both.
            let bore = former_names::table
                .filter(former_names::person_id.eq(people::id))
                .filter(former_names::name_key.eq(state_cards::name_key));
            let work = diesel::alias!(engagements as own_work);
            let own = work
                .filter(work.field(engagements::agency_id).eq(agency.to_string()))
                .select(work.field(engagements::person_id));
            let of_its_name = people::table
                .inner_join(engagements::table)
                .filter(on_record())
                .filter(people::id.eq_any(own))
                .filter(engagements::agency_id.eq(state_cards::agency_id))
                .filter(people::name_key.eq(state_cards::name_key).or(diesel::dsl::exists(bore)));
            let of_records = holders::of_who_took_records_in(db, *agency)?;
            let of_records: Vec<String> = of_records.iter().map(|card| card.id.to_string()).collect();
            let theirs = diesel::dsl::exists(of_its_name).or(state_cards::id.eq_any(of_records));
            let came_over = state_cards::agency_id.eq_any(predecessors).and(theirs);
            rows.filter(state_cards::agency_id.eq(agency.to_string()).or(came_over))
        }
        Range::Person(person) => {
            let own = held_by(db, &[*person])?;
            rows.filter(state_cards::id.eq_any(own.iter().map(|(_, card)| card.id.to_string()).collect::<Vec<_>>()))
        }
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
    if let Some(MayBeDue { at, agency, stage }) = filter.may_be_due {
        use diesel::dsl::{exists, not};
        let today = at.day().date();
        // Not a join: of one name there are few, whom an index finds; of one agency there are many.
        let of_its_name = people::table.filter(on_record()).filter(people::name_key.eq(state_cards::name_key));
        let work = engagements::table
            .filter(engagements::person_id.eq(people::id))
            .filter(engagements::agency_id.eq(state_cards::agency_id));
        let open = engagements::to_day.is_null().or(engagements::to_day.ge(today).assume_not_null());
        let bore = former_names::table.filter(former_names::name_key.eq(state_cards::name_key));
        let taken_in =
            people::table.filter(people::merged_into.is_not_null()).filter(people::name_key.eq(state_cards::name_key));
        // Whoever went over with others and is at work there is its holder, or one of several: it is not due.
        let (there, active) = diesel::alias!(engagements as work_there, agencies as active_agencies);
        let heirs = succession_shares::table
            .filter(succession_shares::from_id.eq(state_cards::agency_id))
            .select(succession_shares::to_id);
        let at_work = active
            .filter(active.field(agencies::state).eq(AgencyState::Active.as_str()))
            .select(active.field(agencies::id));
        let last_day = there.field(engagements::to_day);
        let went_over = there
            .filter(there.field(engagements::person_id).eq(people::id))
            .filter(last_day.is_null().or(last_day.ge(today).assume_not_null()))
            .filter(there.field(engagements::agency_id).eq_any(heirs))
            .filter(there.field(engagements::agency_id).eq_any(at_work));
        rows = rows
            .filter(state_cards::state.eq(StateCardState::Active.as_str()))
            .filter(state_cards::valid_until.ge(today))
            .filter(
                agencies::state
                    .ne(AgencyState::Active.as_str())
                    .or(not(exists(of_its_name.filter(exists(work.filter(open)))))),
            )
            .filter(exists(of_its_name.filter(exists(work))).or(exists(bore)).or(exists(taken_in)))
            .filter(not(exists(of_its_name.filter(exists(work)).filter(exists(went_over)))));
        if let Some(agency) = agency {
            let before = successions::predecessors(db, agency)?.into_iter().chain([agency]);
            rows = rows.filter(state_cards::agency_id.eq_any(before.map(|id| id.to_string()).collect::<Vec<_>>()));
        }
        rows = match stage {
            Stage::Any => rows,
            Stage::Unasked => {
                let asked = card_returns::table.filter(card_returns::card_id.eq(state_cards::id));
                rows.filter(not(exists(asked)))
            }
            Stage::Overdue => {
                let over = card_returns::table.filter(card_returns::due_at.le(at.micros()));
                rows.filter(state_cards::id.eq_any(over.select(card_returns::card_id)))
            }
            Stage::Proposed => {
                let proposed = card_returns::table.filter(card_returns::proposed_at.is_not_null());
                rows.filter(state_cards::id.eq_any(proposed.select(card_returns::card_id)))
            }
        };
    }
    if let Some(after) = after {
        rows = rows.filter(state_cards::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(state_cards::id).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The cards of these agencies in use whose last day is before this one, the first to end first.
///
/// # Errors
/// The database's.
pub fn ending_before(db: &mut impl Read, agencies: &[AgencyId], day: Day) -> Result<Vec<StateCard>, Error> {
    let agencies: Vec<String> = agencies.iter().map(ToString::to_string).collect();
    let rows: Vec<Row> = state_cards::table
        .filter(state_cards::agency_id.eq_any(agencies))
        .filter(state_cards::name.ne(""))
        .filter(state_cards::state.eq(StateCardState::Active.as_str()))
        .filter(state_cards::valid_until.lt(day.date()))
        .order((state_cards::valid_until, state_cards::id))
        .select(Row::as_select())
        .load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// Writes a changed card over the version it came from. One that is out of use need not be handed in any more.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &StateCard) -> Result<(), Error> {
    let target = state_cards::table.find(it.id.to_string()).filter(state_cards::version.eq(it.version - 1));
    match diesel::update(target).set(Row::from(it)).execute(writer.db())? {
        0 => Err(Error::PreconditionFailed),
        _ if it.state == StateCardState::Active => Ok(()),
        _ => returns::remove(writer, PressCardId::OfBefore(it.id)),
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

/// Nobody can tell any more whose these cards are: somebody who may have held them, besides others, is erased.
///
/// # Errors
/// The database's.
pub fn lose_trace(writer: &mut Writer, cards: &[StateCardId]) -> Result<(), Error> {
    let ids: Vec<String> = cards.iter().map(ToString::to_string).collect();
    diesel::update(state_cards::table.filter(state_cards::id.eq_any(ids)))
        .set(state_cards::untraceable.eq(true))
        .execute(writer.db())?;
    Ok(())
}

/// Takes the name off cards whose holder is erased: nobody is to hand them in. Their numbers stay: none is given twice.
///
/// # Errors
/// The database's.
pub fn forget_names(writer: &mut Writer, cards: &[StateCard]) -> Result<(), Error> {
    let ids: Vec<String> = cards.iter().map(|card| card.id.to_string()).collect();
    diesel::delete(card_returns::table.filter(card_returns::card_id.eq_any(&ids))).execute(writer.db())?;
    diesel::update(state_cards::table.filter(state_cards::id.eq_any(ids)))
        .set((
            state_cards::name.eq(""),
            state_cards::name_key.eq(""),
            state_cards::version.eq(state_cards::version + 1),
        ))
        .execute(writer.db())?;
    Ok(())
}
