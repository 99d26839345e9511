//! Rows of mergers and splits, and of what goes over with them.

mod carrying;

pub use carrying::carry;

use super::columns::{self, one_more};
use super::connection::{Db, Read, insert_all};
use super::offices;
use super::schema::{
    agencies, application_people, applications, case_decisions, cases, credentials, engagements, people,
    succession_shares, successions, users,
};
use super::tx::Writer;
use crate::domain::accounts::{AccountState, RoleName};
use crate::domain::agencies::AgencyState;
use crate::domain::applications::ApplicationState;
use crate::domain::cases::CaseState;
use crate::domain::credentials::CredentialState;
use crate::domain::ids::{AgencyId, PersonId, SuccessionId};
use crate::domain::printed::CredentialKind;
use crate::domain::successions::{
    Counts, Holdings, OpenCase, Outpost, Paper, Pending, Share, Span, Succession, SuccessionKind, Work,
};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Queryable, Insertable)]
#[diesel(table_name = successions)]
struct Row {
    id: String,
    kind: String,
    reason: String,
    ended_predecessors: bool,
    decided_at: i64,
    effective_on: Option<chrono::NaiveDate>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = succession_shares, treat_none_as_default_value = false)]
struct ShareRow {
    succession_id: String,
    from_id: String,
    to_id: String,
    people: i64,
    press_cards: i64,
    letters: i64,
    collaborator_cards: i64,
    applications: i64,
    accounts: i64,
    cases: i64,
    offices: i64,
}

fn number(count: u64) -> Result<i64, Error> {
    i64::try_from(count).map_err(Error::internal)
}

fn count(number: i64) -> Result<u64, Error> {
    u64::try_from(number).map_err(Error::internal)
}

impl ShareRow {
    fn of(succession: SuccessionId, share: &Share) -> Result<Self, Error> {
        let Counts { people, press_cards, letters, collaborator_cards, applications, accounts, cases, offices } =
            share.counts;
        Ok(Self {
            succession_id: succession.to_string(),
            from_id: share.from.to_string(),
            to_id: share.to.to_string(),
            people: number(people)?,
            press_cards: number(press_cards)?,
            letters: number(letters)?,
            collaborator_cards: number(collaborator_cards)?,
            applications: number(applications)?,
            accounts: number(accounts)?,
            cases: number(cases)?,
            offices: number(offices)?,
        })
    }

    fn into_domain(self) -> Result<Share, Error> {
        let counts = Counts {
            people: count(self.people)?,
            press_cards: count(self.press_cards)?,
            letters: count(self.letters)?,
            collaborator_cards: count(self.collaborator_cards)?,
            applications: count(self.applications)?,
            accounts: count(self.accounts)?,
            cases: count(self.cases)?,
            offices: count(self.offices)?,
        };
        Ok(Share { from: columns::id(&self.from_id)?, to: columns::id(&self.to_id)?, counts })
    }
}

fn with_shares(db: &mut impl Read, rows: Vec<Row>) -> Result<Vec<Succession>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let all: Vec<ShareRow> = succession_shares::table
        .filter(succession_shares::succession_id.eq_any(&ids))
        .order((succession_shares::succession_id, succession_shares::from_id, succession_shares::to_id))
        .load(db.db())?;
    let mut of_succession = HashMap::<String, Vec<Share>>::new();
    for row in all {
        of_succession.entry(row.succession_id.clone()).or_default().push(row.into_domain()?);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Succession {
                id: columns::id(&row.id)?,
                kind: columns::word(&row.kind, &SuccessionKind::ALL, SuccessionKind::as_str)?,
                reason: row.reason,
                ended_predecessors: row.ended_predecessors,
                decided_at: columns::instant(row.decided_at),
                effective_on: row.effective_on.map_or_else(|| columns::instant(row.decided_at).day(), columns::day),
                shares: of_succession.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// The merger or split with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: SuccessionId) -> Result<Option<Succession>, Error> {
    let row: Option<Row> = successions::table.find(id.to_string()).first(db.db()).optional()?;
    Ok(with_shares(db, row.into_iter().collect())?.pop())
}

/// Mergers and splits in the order in which they were decided, those of one agency where asked; one more than `limit`
/// where there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    agency: Option<AgencyId>,
    after: Option<SuccessionId>,
    limit: usize,
) -> Result<Vec<Succession>, Error> {
    let mut rows = successions::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    if let Some(agency) = agency.map(|agency| agency.to_string()) {
        let shares = succession_shares::table
            .filter(succession_shares::from_id.eq(agency.clone()).or(succession_shares::to_id.eq(agency)))
            .select(succession_shares::succession_id);
        rows = rows.filter(successions::id.eq_any(shares));
    }
    if let Some(after) = after {
        rows = rows.filter(successions::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(successions::id).limit(one_more(limit)).load(db.db())?;
    with_shares(db, rows)
}

/// The agencies whose people this one took over, directly or through others.
///
/// # Errors
/// The database's.
pub fn predecessors(db: &mut impl Read, agency: AgencyId) -> Result<Vec<AgencyId>, Error> {
    reached_from(agency, |known| {
        let shares = succession_shares::table.filter(succession_shares::to_id.eq_any(known));
        shares.select(succession_shares::from_id).distinct().load(db.db())
    })
}

/// An agency and those whose people it took over: work for any of them is work for it.
///
/// # Errors
/// The database's.
pub fn employers(db: &mut impl Read, agency: AgencyId) -> Result<Vec<AgencyId>, Error> {
    let mut agencies = predecessors(db, agency)?;
    agencies.push(agency);
    Ok(agencies)
}

/// Its predecessors that have ended: what was theirs nobody else answers for.
///
/// # Errors
/// The database's.
pub fn ended_predecessors(db: &mut impl Read, agency: AgencyId) -> Result<Vec<AgencyId>, Error> {
    let before = predecessors(db, agency)?;
    ended_among(db, &before)
}

/// Those of some agencies that have ended.
///
/// # Errors
/// The database's.
pub fn ended_among(db: &mut impl Read, some: &[AgencyId]) -> Result<Vec<AgencyId>, Error> {
    if some.is_empty() {
        return Ok(Vec::new());
    }
    let ended: Vec<String> = agencies::table
        .filter(agencies::id.eq_any(some.iter().map(ToString::to_string)))
        .filter(agencies::state.eq(AgencyState::Closed.as_str()))
        .select(agencies::id)
        .load(db.db())?;
    ended.iter().map(|id| columns::id(id)).collect()
}

/// The first day on which an agency was no more, where it ended with a merger or split.
///
/// # Errors
/// The database's.
pub fn ended_on(db: &mut impl Read, agency: AgencyId) -> Result<Option<Day>, Error> {
    let handed_over = succession_shares::table
        .filter(succession_shares::from_id.eq(agency.to_string()))
        .select(succession_shares::succession_id);
    let row: Option<Row> = successions::table
        .filter(successions::ended_predecessors.eq(true))
        .filter(successions::id.eq_any(handed_over))
        .first(db.db())
        .optional()?;
    Ok(with_shares(db, row.into_iter().collect())?.pop().map(|it| it.effective_on))
}

/// The agencies that took over this one's people, directly or through others.
///
/// # Errors
/// The database's.
pub fn successors(db: &mut impl Read, agency: AgencyId) -> Result<Vec<AgencyId>, Error> {
    reached_from(agency, |known| {
        let shares = succession_shares::table.filter(succession_shares::from_id.eq_any(known));
        shares.select(succession_shares::to_id).distinct().load(db.db())
    })
}

fn reached_from(
    agency: AgencyId,
    mut step: impl FnMut(&[String]) -> QueryResult<Vec<String>>,
) -> Result<Vec<AgencyId>, Error> {
    let (mut known, mut next) = (HashSet::new(), vec![agency.to_string()]);
    while !next.is_empty() {
        next = step(&next)?.into_iter().filter(|id| known.insert(id.clone())).collect();
    }
    known.iter().filter(|id| **id != agency.to_string()).map(|id| columns::id(id)).collect()
}

/// Enters a merger or split.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Succession) -> Result<(), Error> {
    let row = Row {
        id: it.id.to_string(),
        kind: it.kind.as_str().to_owned(),
        reason: it.reason.clone(),
        ended_predecessors: it.ended_predecessors,
        decided_at: it.decided_at.micros(),
        effective_on: Some(it.effective_on.date()),
    };
    diesel::insert_into(successions::table).values(row).execute(writer.db())?;
    let shares = it.shares.iter().map(|share| ShareRow::of(it.id, share)).collect::<Result<Vec<_>, _>>()?;
    insert_all!(writer.db(), succession_shares::table, shares);
    Ok(())
}

/// All that is an agency's now and may go over to another, with all work for it that was not over by `since`.
///
/// # Errors
/// The database's.
pub fn holdings(db: &mut impl Read, agency: AgencyId, now: Timestamp, since: Day) -> Result<Holdings, Error> {
    let id = agency.to_string();
    let work: Vec<(String, String, chrono::NaiveDate, Option<chrono::NaiveDate>)> = engagements::table
        .filter(engagements::agency_id.eq(&id))
        .filter(engagements::to_day.is_null().or(engagements::to_day.ge(since.date())))
        .order((engagements::from_day, engagements::id))
        .select((engagements::id, engagements::person_id, engagements::from_day, engagements::to_day))
        .load(db.db())?;
    let accounts: Vec<String> = users::table
        .filter(users::agency_id.eq(&id))
        .filter(users::role.eq_any([RoleName::AgencyHead.as_str(), RoleName::AgencyClerk.as_str()]))
        .filter(users::state.eq(AccountState::Active.as_str()))
        .order(users::id)
        .select(users::id)
        .load(db.db())?;
    Ok(Holdings {
        work: work
            .into_iter()
            .map(|(id, person, from, until)| {
                let (id, person) = (columns::id(&id)?, columns::id(&person)?);
                Ok(Work { id, person, from: columns::day(from), until: until.map(columns::day) })
            })
            .collect::<Result<_, Error>>()?,
        papers: papers(db, &id, now)?,
        applications: pending(db, &id)?,
        accounts: accounts.iter().map(|id| columns::id(id)).collect::<Result<_, _>>()?,
        cases: open_cases(db, &id, now)?,
        offices: offices::standing(db, agency, None)?.iter().map(|it| Outpost { id: it.id, lead: it.lead() }).collect(),
    })
}

/// Who works for an agency on `day`, or begins later, and each time from when to when.
///
/// # Errors
/// The database's.
pub fn at_work_for(db: &mut impl Read, agency: AgencyId, day: Day) -> Result<HashMap<PersonId, Vec<Span>>, Error> {
    let rows: Vec<(String, chrono::NaiveDate, Option<chrono::NaiveDate>)> = engagements::table
        .filter(engagements::agency_id.eq(agency.to_string()))
        .filter(engagements::to_day.is_null().or(engagements::to_day.ge(day.date())))
        .select((engagements::person_id, engagements::from_day, engagements::to_day))
        .load(db.db())?;
    let mut there = HashMap::<_, Vec<Span>>::new();
    for (person, from, until) in rows {
        let span = Span { from: columns::day(from), until: until.map(columns::day) };
        there.entry(columns::id(&person)?).or_default().push(span);
    }
    Ok(there)
}

/// Unexpired, and not over: a revocation may be undone, and a suspension of what was handed in is to be decided on.
fn papers(db: &mut impl Read, agency: &str, now: Timestamp) -> Result<Vec<Paper>, Error> {
    use CredentialState::{Active, Lost, Returned, Revoked, Suspended};
    let not_over = credentials::state.eq_any([Active, Suspended, Lost, Revoked].map(CredentialState::as_str));
    let undecided = credentials::state.eq(Returned.as_str()).and(credentials::left_suspended.eq(true));
    let rows: Vec<(String, String, String)> = credentials::table
        .filter(credentials::agency_id.eq(agency))
        .filter(credentials::name.ne(""))
        .filter(credentials::valid_until.gt(now.micros()))
        .filter(not_over.or(undecided))
        .order(credentials::id)
        .select((credentials::id, credentials::person_id, credentials::kind))
        .load(db.db())?;
    rows.into_iter()
        .map(|(id, person, kind)| {
            let kind = columns::stored(CredentialKind::parse(&kind))?;
            Ok(Paper { id: columns::id(&id)?, person: columns::id(&person)?, kind })
        })
        .collect()
}

fn pending(db: &mut impl Read, agency: &str) -> Result<Vec<Pending>, Error> {
    let closed = [ApplicationState::Approved, ApplicationState::Refused, ApplicationState::Withdrawn];
    let rows: Vec<(String, String)> = application_people::table
        .inner_join(applications::table)
        .filter(applications::agency_id.eq(agency))
        .filter(applications::state.ne_all(closed.map(ApplicationState::as_str)))
        .order((applications::id, application_people::position))
        .select((applications::id, application_people::person_id))
        .load(db.db())?;
    let mut found: Vec<Pending> = Vec::new();
    for (id, person) in rows {
        let (id, person) = (columns::id(&id)?, columns::id(&person)?);
        match found.last_mut().filter(|last| last.id == id) {
            Some(last) => last.people.push(person),
            None => found.push(Pending { id, people: vec![person] }),
        }
    }
    Ok(found)
}

/// Those in which the agency is heard, or may still appeal.
fn open_cases(db: &mut impl Read, agency: &str, now: Timestamp) -> Result<Vec<OpenCase>, Error> {
    let open: Vec<&str> = CaseState::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str()).collect();
    let appealable =
        case_decisions::table.filter(case_decisions::appeal_until.gt(now.micros())).select(case_decisions::case_id);
    let closed = cases::state.eq(CaseState::Closed.as_str()).and(cases::id.eq_any(appealable));
    let rows: Vec<(String, Option<String>)> = cases::table
        .filter(cases::agency_id.eq(agency))
        .filter(cases::state.eq_any(open).or(closed))
        .order(cases::id)
        .select((cases::id, cases::person_id))
        .load(db.db())?;
    rows.into_iter()
        .map(|(id, person)| Ok(OpenCase { id: columns::id(&id)?, person: columns::optional_id(person.as_deref())? }))
        .collect()
}

/// How many human beings stand on more than one of these agencies' lists today, or twice on one of them.
///
/// # Errors
/// The database's.
pub fn doubles(db: &mut impl Read, agencies: &[AgencyId], now: Timestamp) -> Result<u64, Error> {
    let ids: Vec<String> = agencies.iter().map(ToString::to_string).collect();
    let rows: Vec<(String, Vec<u8>)> = people::table
        .inner_join(engagements::table)
        .filter(engagements::agency_id.eq_any(ids))
        .filter(engagements::to_day.is_null().or(engagements::to_day.ge(now.day().date())))
        .select((people::id, people::national_id_hash))
        .distinct()
        .load(db.db())?;
    let (mut seen, mut doubled) = (HashSet::new(), HashSet::new());
    for (_, hash) in rows {
        if !seen.insert(hash.clone()) {
            doubled.insert(hash);
        }
    }
    u64::try_from(doubled.len()).map_err(Error::internal)
}
