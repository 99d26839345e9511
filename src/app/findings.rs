//! What an auditor should look at, each with the entries of the log that tell of it.

use super::Registry;
use super::cases::working_days;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::events::{EventKind, Object};
use crate::domain::findings::{FindingKind, opened_before, owed_before};
use crate::domain::ids::{CaseId, Id};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::events::{self, Filter};
use crate::store::findings::{self as rows, Wanted};
use crate::store::{Read, Reader, cases};

/// Entries of a case that are looked through for the one that tells of a notice.
const OF_A_CASE: usize = 1_000;

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// In which case.
    pub case: CaseId,
    /// Since when.
    pub since: Timestamp,
    /// The entries of the log that tell of it.
    pub entries: Vec<i64>,
    /// Its place among those of its kind.
    key: String,
}

/// A place in the list: kinds one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The kind.
    pub kind: FindingKind,
    /// The last of that kind.
    pub key: String,
}

/// What is found now, kind by kind.
///
/// # Errors
/// 403; 422.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Option<FindingKind>, Place>,
) -> Result<Part<Finding, Place>, Error> {
    policy::enter(caller, Operation::ReadLog)?.anywhere()?;
    let (wanted, page) = asked?;
    let now = registry.clock.now();
    let mut found = Vec::new();
    let from = page.after.as_ref().map(|place| place.kind);
    let kinds = FindingKind::ALL.into_iter().skip_while(|kind| from.is_some_and(|from| from != *kind));
    for kind in kinds.filter(|kind| wanted.is_none_or(|wanted| wanted == *kind)) {
        let after = page.after.as_ref().filter(|place| place.kind == kind).map(|place| place.key.as_str());
        found.append(&mut of_kind(db, kind, now, after, page.limit - found.len().min(page.limit))?);
        if found.len() > page.limit {
            break;
        }
    }
    Ok(Part::cut(found, page.limit, |it| Place { kind: it.kind, key: it.key.clone() }))
}

fn of_kind(
    db: &mut impl Read,
    kind: FindingKind,
    now: Timestamp,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Finding>, Error> {
    match kind {
        FindingKind::DeadlineMissed => {
            let told = [EventKind::CaseNotified, EventKind::NoticeServed];
            of_cases(db, kind, Wanted::Unanswered(now), &told, now, after, limit)
        }
        FindingKind::DecisionWithoutReply => {
            let told = [EventKind::CaseNotified, EventKind::CaseDecided];
            of_cases(db, kind, Wanted::Unheard, &told, now, after, limit)
        }
        FindingKind::OpenTooLong => {
            let told = [EventKind::CaseOpened];
            of_cases(db, kind, Wanted::OpenSince(opened_before(now)), &told, now, after, limit)
        }
        FindingKind::NoticeNotSent => unsent(db, now, after, limit),
        FindingKind::SuspensionLapsed => lapsed(db, kind, EventKind::CaseInterimEnded, after, limit),
        FindingKind::StayLapsed => lapsed(db, kind, EventKind::CaseStayEnded, after, limit),
    }
}

fn key<I: Id>(after: Option<&str>) -> Option<I> {
    after.and_then(|key| I::parse(key).ok())
}

/// Findings in cases as they stand. What the store found is held against the rule once more.
fn of_cases(
    db: &mut impl Read,
    kind: FindingKind,
    wanted: Wanted,
    told: &[EventKind],
    now: Timestamp,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Finding>, Error> {
    let mut found = Vec::new();
    for case in rows::of_cases(db, wanted, key(after), limit)? {
        let since = kind.since(&case, now).ok_or_else(|| Error::internal("a finding that is none"))?;
        let mut entries = Vec::new();
        for event in told {
            entries.extend(events::last_of_kind(db, &Object::Case(case.id), *event)?);
        }
        entries.sort_unstable();
        found.push(Finding { kind, case: case.id, since, entries, key: case.id.to_string() });
    }
    Ok(found)
}

/// Notices that nobody has sent: told of by what made them due.
fn unsent(db: &mut impl Read, now: Timestamp, after: Option<&str>, limit: usize) -> Result<Vec<Finding>, Error> {
    let then = owed_before(&working_days(), now);
    let mut found = Vec::new();
    for (id, case, since) in rows::unsent(db, then, key(after), limit)? {
        let id = id.to_string();
        let of_case = events::of_object(db, &Object::Case(case), None, OF_A_CASE)?;
        let tells = |data: &serde_json::Value| {
            data["notices"].as_array().is_some_and(|notices| notices.iter().any(|notice| *notice == *id))
        };
        let entries = of_case.iter().filter(|event| tells(&event.data)).map(|event| event.index).collect();
        found.push(Finding { kind: FindingKind::NoticeNotSent, case, since, entries, key: id });
    }
    Ok(found)
}

/// What ended by itself, as the log tells it; a suspension with where it began.
fn lapsed(
    db: &mut impl Read,
    kind: FindingKind,
    event: EventKind,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Finding>, Error> {
    let filter = Filter { kind: Some(event.as_str().to_owned()), ..Filter::default() };
    let after = after.and_then(|key| key.parse().ok());
    let mut found = Vec::new();
    for event in events::list(db, &filter, after, limit)? {
        let id = CaseId::parse(&event.object_id).map_err(|_| Error::internal("a lapse in no case"))?;
        let case = cases::find(db, id)?.ok_or_else(|| Error::internal("a lapse in a case that is missing"))?;
        let began = match kind {
            FindingKind::SuspensionLapsed => case.interim.map(|interim| interim.log_index),
            FindingKind::StayLapsed => events::last_of_kind(db, &Object::Case(id), EventKind::CaseStayed)?,
            FindingKind::DeadlineMissed
            | FindingKind::NoticeNotSent
            | FindingKind::DecisionWithoutReply
            | FindingKind::OpenTooLong => None,
        };
        let entries = began.into_iter().chain([event.index]).collect();
        found.push(Finding { kind, case: id, since: event.at, entries, key: event.index.to_string() });
    }
    Ok(found)
}
