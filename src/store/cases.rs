//! Rows of cases, with their reports, decisions, statements and links.

mod documents;
mod evidence;
mod row;

pub use documents::{add_document, documents_of};
pub use evidence::{add_evidence, evidence_of, reported_evidence_of};

use super::columns::{self, one_more};
use super::connection::{Db, Read, on_each};
use super::schema::{case_decisions, case_links, case_reports, case_statements, cases, reports};
use super::tx::Writer;
use crate::domain::cases::{Case, CaseState, MeasureKind, Outcome, Statement};
use crate::domain::ids::{CaseId, CredentialId, ReportId};
use crate::domain::misuse::MisuseKind;
use crate::domain::provinces::Territory;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;
use row::{DecisionRow, Reports, Row};
use std::collections::HashMap;

fn whole(db: &mut impl Read, rows: Vec<Row>) -> Result<Vec<Case>, Error> {
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let decisions: Vec<DecisionRow> =
        case_decisions::table.filter(case_decisions::case_id.eq_any(&ids)).load(db.db())?;
    let mut decisions: HashMap<_, _> = decisions.into_iter().map(|row| (row.case_id.clone(), row)).collect();
    let all: Vec<(String, String, Option<String>)> = case_reports::table
        .inner_join(reports::table)
        .filter(case_reports::case_id.eq_any(&ids))
        .order((case_reports::case_id, case_reports::position))
        .select((case_reports::case_id, case_reports::report_id, reports::reporter_id))
        .load(db.db())?;
    let mut of_case = HashMap::<String, Reports>::new();
    for (case, report, reporter) in all {
        let reports = of_case.entry(case).or_default();
        reports.ids.push(columns::id(&report)?);
        let reporter = columns::optional_id(reporter.as_deref())?;
        reports.reporters.extend(reporter.filter(|user| !reports.reporters.contains(user)));
    }
    rows.into_iter()
        .map(|row| {
            let (decision, reports) = (decisions.remove(&row.id), of_case.remove(&row.id).unwrap_or_default());
            row.into_domain(decision, reports)
        })
        .collect()
}

/// The case with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: CaseId) -> Result<Option<Case>, Error> {
    let row: Option<Row> = cases::table.find(id.to_string()).first(db.db()).optional()?;
    Ok(whole(db, row.into_iter().collect())?.pop())
}

/// The cases with these ids, in their order.
pub(super) fn with_ids(db: &mut impl Read, ids: &[String]) -> Result<Vec<Case>, Error> {
    let rows: Vec<Row> = cases::table.filter(cases::id.eq_any(ids)).order(cases::id).load(db.db())?;
    whole(db, rows)
}

/// The cases that found misuse and were opened then or later, by id, after `after`; at most `limit`.
///
/// # Errors
/// The database's.
pub fn substantiated(
    db: &mut impl Read,
    since: Timestamp,
    after: Option<CaseId>,
    limit: usize,
) -> Result<Vec<Case>, Error> {
    let found = case_decisions::table
        .filter(case_decisions::outcome.eq(Outcome::Substantiated.as_str()))
        .select(case_decisions::case_id);
    let after = after.map_or_else(String::new, |after| after.to_string());
    let rows: Vec<Row> = cases::table
        .filter(cases::id.gt(after).and(cases::opened_at.ge(since.micros())))
        .filter(cases::id.eq_any(found))
        .order(cases::id)
        .limit(i64::try_from(limit).map_err(Error::internal)?)
        .load(db.db())?;
    whole(db, rows)
}

/// Whether a decision that stands is why this happened to a credential.
///
/// # Errors
/// The database's.
pub fn has_decided(db: &mut impl Read, credential: CredentialId, effect: i64) -> Result<bool, Error> {
    let decided = case_decisions::table
        .filter(case_decisions::credential_id.eq(credential.to_string()))
        .filter(case_decisions::effect_index.eq(effect))
        .filter(case_decisions::overturned.eq(false));
    Ok(diesel::select(diesel::dsl::exists(decided)).get_result(db.db())?)
}

/// The case that a report is in.
///
/// # Errors
/// The database's.
pub fn of_report(db: &mut impl Read, report: ReportId) -> Result<Option<Case>, Error> {
    let of = case_reports::table.filter(case_reports::report_id.eq(report.to_string())).select(case_reports::case_id);
    let row: Option<Row> = cases::table.filter(cases::id.eq_any(of)).first(db.db()).optional()?;
    Ok(whole(db, row.into_iter().collect())?.pop())
}

/// Which cases are listed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only in this state.
    pub state: Option<CaseState>,
    /// Only of acts in this territory.
    pub province: Option<Territory>,
}

/// Cases within `range`, as wanted, in the order they were opened; one more than `limit` where there are
/// more. Whoever a case is about finds it once told of it.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    wanted: &Wanted,
    after: Option<CaseId>,
    limit: usize,
) -> Result<Vec<Case>, Error> {
    let mut rows = cases::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    let told = cases::notice.eq_any(["sent", "served"]);
    rows = match range {
        Range::Everything => rows,
        Range::Province(province) => rows.filter(cases::venue_id.eq_any(columns::units(province))),
        Range::Agency(agency) => rows.filter(cases::agency_id.eq(agency.to_string())).filter(told),
        Range::Person(person) => rows.filter(cases::person_id.eq(person.to_string())).filter(told),
        Range::Reporter(user) => {
            let reported = case_reports::table
                .inner_join(reports::table)
                .filter(reports::reporter_id.eq(user.to_string()))
                .select(case_reports::case_id);
            rows.filter(cases::id.eq_any(reported))
        }
        Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(state) = wanted.state {
        rows = rows.filter(cases::state.eq(state.as_str()));
    }
    if let Some(province) = &wanted.province {
        rows = rows.filter(cases::province_id.eq_any(columns::units(province)));
    }
    if let Some(after) = after {
        rows = rows.filter(cases::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(cases::id).limit(one_more(limit)).load(db.db())?;
    whole(db, rows)
}

/// The cases whose stay or interim suspension is over at `now`.
///
/// # Errors
/// The database's.
pub fn lapsed(db: &mut impl Read, now: Timestamp) -> Result<Vec<CaseId>, Error> {
    let stays = cases::stay_ended.eq(false).and(cases::stay_until.le(now.micros()));
    let interims = cases::interim_ended.eq(false).and(cases::interim_until.le(now.micros()));
    let mut ids: Vec<String> = cases::table.filter(stays).select(cases::id).load(db.db())?;
    ids.extend(cases::table.filter(interims).select(cases::id).load::<String>(db.db())?);
    ids.sort();
    ids.dedup();
    ids.iter().map(|id| columns::id(id)).collect()
}

/// The cases within `range` that found an impersonation, by a decision that stands; one more than `limit` where there
/// are more.
///
/// # Errors
/// The database's.
pub fn impersonations(
    db: &mut impl Read,
    range: &Range,
    after: Option<CaseId>,
    limit: usize,
) -> Result<Vec<Case>, Error> {
    let kinds = MisuseKind::ALL.iter().filter(|kind| kind.is_impersonation()).map(|kind| kind.as_str());
    let unconfirmed =
        case_decisions::measure.eq(MeasureKind::Revoke.as_str()).and(case_decisions::confirmed_by.is_null());
    let found = case_decisions::table
        .filter(case_decisions::outcome.eq(Outcome::Substantiated.as_str()))
        .filter(case_decisions::kind.eq_any(kinds))
        .filter(case_decisions::overturned.eq(false))
        .filter(diesel::dsl::not(unconfirmed))
        .select(case_decisions::case_id);
    let mut rows = cases::table
        .filter(cases::id.eq_any(found))
        .filter(cases::state.ne(CaseState::Appealed.as_str()))
        .into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Province(province) => rows.filter(cases::venue_id.eq_any(columns::units(province))),
        Range::Agency(_) | Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(after) = after {
        rows = rows.filter(cases::id.gt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(cases::id).limit(one_more(limit)).load(db.db())?;
    whole(db, rows)
}

/// What was said in a case, in its order.
///
/// # Errors
/// The database's.
pub fn statements(db: &mut impl Read, id: CaseId) -> Result<Vec<Statement>, Error> {
    let rows: Vec<(String, bool, String, i64)> = case_statements::table
        .filter(case_statements::case_id.eq(id.to_string()))
        .order(case_statements::position)
        .select((case_statements::role, case_statements::is_appeal, case_statements::text, case_statements::at))
        .load(db.db())?;
    let statement = |(role, is_appeal, text, at)| Statement { role, is_appeal, text, at: columns::instant(at) };
    Ok(rows.into_iter().map(statement).collect())
}

/// The cases that a registrar holds to be of the same person.
///
/// # Errors
/// The database's.
pub fn linked(db: &mut impl Read, id: CaseId) -> Result<Vec<CaseId>, Error> {
    let id = id.to_string();
    let links: Vec<(String, String)> = case_links::table
        .filter(case_links::case_id.eq(&id).or(case_links::other_id.eq(&id)))
        .order((case_links::case_id, case_links::other_id))
        .select((case_links::case_id, case_links::other_id))
        .load(db.db())?;
    links.iter().map(|(one, other)| columns::id(if *one == id { other } else { one })).collect()
}

/// Enters a case with its reports.
///
/// # Errors
/// The database's.
pub fn insert(writer: &mut Writer, it: &Case) -> Result<(), Error> {
    diesel::insert_into(cases::table).values(Row::from(it)).execute(writer.db())?;
    insert_reports(writer, it, 0)
}

fn insert_reports(writer: &mut Writer, it: &Case, known: usize) -> Result<(), Error> {
    let rows = it.reports.iter().enumerate().skip(known).map(|(position, report)| {
        Ok((
            case_reports::case_id.eq(it.id.to_string()),
            case_reports::report_id.eq(report.to_string()),
            case_reports::position.eq(i32::try_from(position).map_err(Error::internal)?),
        ))
    });
    let rows = rows.collect::<Result<Vec<_>, Error>>()?;
    on_each!(writer.db(), db => diesel::insert_into(case_reports::table).values(&rows).execute(db))?;
    Ok(())
}

/// Writes a changed case over the version it came from, with its decision and the reports that are new.
///
/// # Errors
/// `PreconditionFailed` when somebody else was first; the database's.
pub fn update(writer: &mut Writer, it: &Case) -> Result<(), Error> {
    let target = cases::table.find(it.id.to_string()).filter(cases::version.eq(it.version - 1));
    if diesel::update(target).set(Row::from(it)).execute(writer.db())? == 0 {
        return Err(Error::PreconditionFailed);
    }
    if let Some(decision) = DecisionRow::of(it) {
        let target = case_decisions::table.find(it.id.to_string());
        if diesel::update(target).set(&decision).execute(writer.db())? == 0 {
            diesel::insert_into(case_decisions::table).values(&decision).execute(writer.db())?;
        }
    }
    let known: i64 =
        case_reports::table.filter(case_reports::case_id.eq(it.id.to_string())).count().get_result(writer.db())?;
    insert_reports(writer, it, usize::try_from(known).map_err(Error::internal)?)
}

/// Adds what was said.
///
/// # Errors
/// The database's.
pub fn add_statement(writer: &mut Writer, id: CaseId, it: &Statement) -> Result<(), Error> {
    let said: i64 =
        case_statements::table.filter(case_statements::case_id.eq(id.to_string())).count().get_result(writer.db())?;
    diesel::insert_into(case_statements::table)
        .values((
            case_statements::case_id.eq(id.to_string()),
            case_statements::position.eq(i32::try_from(said).map_err(Error::internal)?),
            case_statements::role.eq(&it.role),
            case_statements::is_appeal.eq(it.is_appeal),
            case_statements::text.eq(&it.text),
            case_statements::at.eq(it.at.micros()),
        ))
        .execute(writer.db())?;
    Ok(())
}

/// Notes that two cases are of one person.
///
/// # Errors
/// The database's.
pub fn link(writer: &mut Writer, one: CaseId, other: CaseId, at: Timestamp) -> Result<(), Error> {
    let (first, second) = (one.min(other), one.max(other));
    diesel::insert_into(case_links::table)
        .values((
            case_links::case_id.eq(first.to_string()),
            case_links::other_id.eq(second.to_string()),
            case_links::linked_at.eq(at.micros()),
        ))
        .execute(writer.db())?;
    Ok(())
}
