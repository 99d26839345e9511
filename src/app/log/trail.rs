//! The log as an auditor reads it: what happened, who did it, and the proof that it was written down then.

use crate::app::Registry;
use crate::app::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::events::{EventProof, Recorded};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::events::{self, Filter};
use crate::store::{Read, Reader};

/// What a list of entries is narrowed to, as asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// What happened: the event's real type.
    pub kind: Option<String>,
    /// Role of the actor.
    pub role: Option<String>,
    /// The body or agency it acted for.
    pub body: Option<String>,
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
pub fn list(db: &mut Reader, caller: &Caller, asked: Asked<Narrowed, i64>) -> Result<Part<Recorded, i64>, Error> {
    policy::enter(caller, Operation::ReadLog)?.anywhere()?;
    let (narrowed, page) = asked?;
    let filter = Filter {
        kind: narrowed.kind,
        role: narrowed.role,
        body: narrowed.body,
        from: place(db, narrowed.from)?,
        to: place(db, narrowed.to)?,
    };
    let items = events::list(db, &filter, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |event| event.index))
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
