//! The log as an auditor reads it: what happened, who did it, and the proof that it was written down then.

use crate::app::Registry;
use crate::app::page::{Asked, Part};
use crate::app::provinces;
use crate::domain::accounts::Caller;
use crate::domain::cases::Case;
use crate::domain::events::{EventProof, Object, Recorded};
use crate::domain::ids::CaseId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::events::{self, Filter};
use crate::store::{Read, Reader, cases};

/// What a list of entries is narrowed to, as asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// What happened: the event's real type.
    pub kind: Option<String>,
    /// Role of the actor.
    pub role: Option<String>,
    /// The body or agency it acted for.
    pub body: Option<String>,
    /// The code of the province it happened in, as it is today: what happened in what became part of it is found too.
    pub province: Option<String>,
    /// The case that it belongs to.
    pub case: Option<CaseId>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

/// An entry with its proof.
pub struct Proven {
    /// The event.
    pub event: Recorded,
    /// Its proof, without personal fields; `None` for the moment until it is signed.
    pub proof: Option<EventProof>,
}

/// Entries in the order in which they were written down.
///
/// # Errors
/// 403; 422.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Narrowed, i64>,
) -> Result<Part<Recorded, i64>, Error> {
    policy::enter(caller, Operation::ReadLog)?.anywhere()?;
    let (narrowed, page) = asked?;
    let filter = narrowed.filter(db, registry)?;
    let items = events::list(db, &filter, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |event| event.index))
}

impl Narrowed {
    /// What the store looks for.
    ///
    /// # Errors
    /// 422 for a province or a case that there is not: a misspelt one must not look like one where nothing happened.
    pub(in crate::app) fn filter(self, db: &mut impl Read, registry: &Registry) -> Result<Filter, Error> {
        let today = registry.clock.now().day();
        let province = provinces::wanted(db, self.province.as_deref(), today)?;
        let unknown = || Error::invalid("query:case", "unknown_case", "the id of a case");
        let objects = match self.case {
            Some(id) => Some(concerned(&cases::find(db, id)?.ok_or_else(unknown)?)),
            None => None,
        };
        let (from, to) = (place(db, self.from)?, place(db, self.to)?);
        Ok(Filter { kind: self.kind, role: self.role, body: self.body, province, objects, from, to })
    }
}

/// What a case is written down under: the case itself, its reports, and the credentials that it names.
pub(in crate::app) fn concerned(case: &Case) -> Vec<Object> {
    let measure = case.decision.as_ref().and_then(|decision| decision.finding.measure.credential());
    let mut credentials = Vec::new();
    for named in [case.credential, case.interim.map(|interim| interim.credential), measure].into_iter().flatten() {
        if !credentials.contains(&named) {
            credentials.push(named);
        }
    }
    let reports = case.reports.iter().copied().map(Object::Report);
    std::iter::once(Object::Case(case.id))
        .chain(reports)
        .chain(credentials.into_iter().map(Object::Credential))
        .collect()
}

/// The place of the first entry that was written down at `at` or later. Time never goes back in the log, so the place
/// is found by halving.
fn place(db: &mut impl Read, at: Option<Timestamp>) -> Result<Option<i64>, Error> {
    let Some(at) = at else { return Ok(None) };
    let (mut low, mut high) = (0, events::count(db)?);
    while low < high {
        let middle = low + (high - low) / 2;
        match events::time_of(db, middle)? {
            Some(time) if time < at => low = middle + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(Some(low))
}

impl Registry {
    /// The entry in this place, with its proof.
    ///
    /// # Errors
    /// 403, 404.
    pub fn log_entry(&self, db: &mut Reader, caller: &Caller, index: i64) -> Result<Proven, Error> {
        policy::enter(caller, Operation::ReadLog)?.anywhere()?;
        let event = events::at(db, index)?.ok_or(Error::NotFound)?.event;
        let proof = self.event_proof(db, index)?;
        Ok(Proven { event, proof: proof.map(|proof| EventProof { personal: Vec::new(), ..proof }) })
    }
}
