//! The log to take away: each entry with its proof, all under one checkpoint.
//!
//! An export is read part by part, and no connection is held between two parts. It is one state of the log all the same:
//! what stands under its checkpoint never changes. Personal fields are not in it.

use super::Published;
use super::trail::Narrowed;
use crate::app::Registry;
use crate::domain::accounts::Caller;
use crate::domain::events::{EventProof, Recorded};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::Reader;
use crate::store::events::{self, Filter};
use std::sync::Arc;

/// Entries of a part.
const AT_ONCE: usize = 256;

/// An export, as far as it was read.
pub struct Export {
    filter: Filter,
    /// What all of it is under.
    pub published: Arc<Published>,
    after: Option<i64>,
    ended: bool,
}

/// An entry to take away.
pub struct Exported {
    /// The event.
    pub event: Recorded,
    /// Its proof, without personal fields.
    pub proof: EventProof,
}

impl Registry {
    /// Begins an export under the newest checkpoint. What was asked is looked at after whether it may be.
    ///
    /// # Errors
    /// 403; 422; what else was wrong with what was asked.
    pub fn begin_export<F>(&self, caller: &Caller, asked: Result<(Narrowed, F), Error>) -> Result<(Export, F), Error> {
        policy::enter(caller, Operation::ReadLog)?.anywhere()?;
        let (narrowed, format) = asked?;
        let published = self.publish_log()?;
        let mut filter = self.store.read_consistently(|db| narrowed.filter(db, self))?;
        // Entries of a log that was ended stand under none of its successor's checkpoints.
        filter.from = filter.from.max(Some(published.first));
        filter.to = Some(filter.to.unwrap_or(i64::MAX).min(published.first + super::size(&published)));
        Ok((Export { filter, published, after: None, ended: false }, format))
    }

    /// The next part; empty at the end. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn next_part(&self, export: &mut Export) -> Result<Vec<Exported>, Error> {
        if export.ended {
            return Ok(Vec::new());
        }
        let part = self.store.read_consistently(|db| self.part(db, export))?;
        export.ended = part.len() < AT_ONCE;
        export.after = part.last().map(|exported| exported.event.index);
        Ok(part)
    }

    fn part(&self, db: &mut Reader, export: &Export) -> Result<Vec<Exported>, Error> {
        let mut found = events::list_salted(db, &export.filter, export.after, AT_ONCE)?;
        found.truncate(AT_ONCE);
        let missing = || Error::internal("an entry under a checkpoint without its proof");
        found
            .into_iter()
            .map(|salted| {
                let inclusion = self.proof_under(db, &export.published, salted.event.index)?.ok_or_else(missing)?;
                let proof = self.whole_proof(db, &salted, &inclusion)?;
                Ok(Exported { event: salted.event, proof: EventProof { personal: Vec::new(), ..proof } })
            })
            .collect()
    }
}
