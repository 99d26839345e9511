//! The work on a file: all rows are judged, some at a time, and entered as the order says.
//!
//! A job may end at any moment, with the machine. What is written of it stands in the same transactions as what was
//! entered: another node goes on at the row after. A command writes nothing of itself; run again, it finds the rows that
//! were entered unchanged.

use super::super::Registry;
use super::super::agencies::ownership;
use super::super::people::must_be_at_work;
use super::super::sessions;
use super::judging::{Judged, Seen, enter, judge};
use super::rejects;
use super::source::Source;
use crate::domain::ids::{AgencyId, SessionId, UserId};
use crate::domain::imports::{Counts, Import, ImportEvent, ImportState, Mode, Order, Row, RowError, read_person};
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Read, Tx, agencies, imports};
use std::sync::Arc;

/// Rows judged together, and entered in one transaction: other writers wait for no more.
const BATCH_ROWS: usize = 500;
/// For how long a node that says nothing is believed to be at work, in seconds.
pub(super) const LEASE_SECONDS: i64 = 10;

/// In whose name rows are entered.
#[derive(Clone, Copy)]
pub(super) enum Authority {
    /// An account's, for what it asked for in this session.
    Account(UserId, SessionId),
    /// The operator's, who has the machine.
    Program,
}

impl Authority {
    /// Leave to enter people for an agency that is at work, as things stand in this transaction.
    fn permit(self, db: &mut impl Read, agency: AgencyId) -> Result<Permit, Error> {
        let found = agencies::find(db, agency)?.ok_or(Error::NotFound)?;
        let permit = match self {
            Self::Program => policy::the_program_itself().in_province(found.fields.level.province()),
            Self::Account(user, session) => {
                let caller = sessions::on_behalf_of(db, user, session)?.ok_or(Error::Unauthenticated)?;
                policy::enter(&caller, Operation::KeepPeople)?.on(&ownership(&found))?
            }
        };
        must_be_at_work(found.state).map(|()| permit)
    }
}

/// A file at work.
pub struct Task {
    registry: Arc<Registry>,
    source: Arc<Source>,
    agency: AgencyId,
    order: Order,
    authority: Authority,
    /// Where it is written down how far it is; nowhere for a command.
    import: Option<Import>,
    counts: Counts,
    rows_done: i64,
    last_row: i64,
    seen: Arc<Seen>,
    errors: Vec<RowError>,
}

/// How far the work on a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// So many rows are judged, and entered where each is entered by itself.
    Judged(i64),
    /// All are judged and good, and so many of them are entered: for good once all are.
    Entered(i64),
}

/// Who hears how far it is, on whichever thread that is known.
pub(super) type Listener = Arc<dyn Fn(Progress) + Send + Sync>;

/// How a file ended.
pub struct Ended {
    /// How its rows were judged.
    pub counts: Counts,
    /// What is wrong with them, row by row; empty for an import, whose errors are on record.
    pub errors: Vec<RowError>,
}

impl Task {
    /// A file that is taken in by a command.
    pub fn of_command(registry: Arc<Registry>, source: impl Into<Arc<Source>>, agency: AgencyId, order: Order) -> Self {
        let (source, authority) = (source.into(), Authority::Program);
        Self {
            registry,
            source,
            agency,
            order,
            authority,
            import: None,
            counts: Counts::default(),
            rows_done: 0,
            last_row: 0,
            seen: Arc::default(),
            errors: Vec::new(),
        }
    }

    /// An import that this node has taken up.
    pub(super) fn of_import(registry: Arc<Registry>, source: Arc<Source>, import: Import) -> Self {
        Self {
            registry,
            source,
            agency: import.agency,
            order: import.order,
            authority: Authority::Account(import.user, import.session),
            counts: import.counts,
            rows_done: import.rows_done,
            last_row: import.last_row,
            import: Some(import),
            seen: Arc::default(),
            errors: Vec::new(),
        }
    }

    /// Works to the end; `told` hears how far it is. Blocks.
    ///
    /// # Errors
    /// 401, 403, 404 where whoever asked may not do this any more; 409 while the agency is not at work; 412 where
    /// another node has taken the import over.
    pub fn run(mut self, told: impl Fn(Progress) + Send + Sync + 'static) -> Result<Ended, Error> {
        let told: Listener = Arc::new(told);
        // Before the first row of a dry run, too.
        self.registry.store.read(|db| self.authority.permit(db, self.agency))?;
        loop {
            self.work_through(&told)?;
            if self.finish(&told)? {
                return Ok(Ended { counts: self.counts, errors: self.errors });
            }
            // Somebody else changed the list meanwhile, so that not all of it can be entered: it is judged anew.
            self.begin_again();
        }
    }

    fn enters_rows(&self) -> bool {
        !self.order.dry_run && self.order.mode == Mode::Rows
    }

    fn work_through(&mut self, told: &Listener) -> Result<(), Error> {
        let source = Arc::clone(&self.source);
        source.batches(BATCH_ROWS, |mut rows| {
            if let Some(over) = rows.iter().position(|row| i64::from(row.number) > self.last_row) {
                let rest = rows.split_off(over);
                self.recall(&rows)?;
                rows = rest;
            } else {
                return self.recall(&rows);
            }
            self.step(rows)?;
            told(Progress::Judged(self.rows_done));
            Ok(())
        })
    }

    /// Rows that were done before the work was interrupted: the good ones of them count as seen.
    fn recall(&mut self, rows: &[Row]) -> Result<(), Error> {
        let (Some(first), Some(last), Some(import)) = (rows.first(), rows.last(), &self.import) else { return Ok(()) };
        let today = self.registry.clock.now().day();
        let range = (first.number, last.number);
        let bad = self.registry.store.read(|db| imports::errors_of(db, import.id, range, usize::MAX))?;
        let seen = Arc::make_mut(&mut self.seen);
        for row in rows.iter().filter(|row| bad.iter().all(|error| error.row != row.number)) {
            if let Ok(person) = read_person(self.source.columns(), row, today) {
                seen.entry(person.fields.national_id.reveal().to_owned()).or_insert(row.number);
            }
        }
        Ok(())
    }

    /// Judges some rows, enters them where each is entered by itself, and writes down how far that is: together.
    fn step(&mut self, rows: Vec<Row>) -> Result<(), Error> {
        let last_row = rows.last().map_or(self.last_row, |row| i64::from(row.number));
        let rows_done = self.rows_done + i64::try_from(rows.len()).map_err(Error::internal)?;
        let (registry, source, seen) = (Arc::clone(&self.registry), Arc::clone(&self.source), Arc::clone(&self.seen));
        let (agency, authority, enters) = (self.agency, self.authority, self.enters_rows());
        let (import, counts) = (self.import.clone(), self.counts);
        let judged = if enters {
            registry.clone().store.write_blocking(move |tx| {
                let permit = authority.permit(tx, agency)?;
                let (sealing, today) = (&registry.secrets.sealing, tx.now().day());
                let mut judged = judge(tx, sealing, (agency, today), source.columns(), &rows, &seen)?;
                judged.counts.registered = enter(tx, &registry, &permit, agency, &judged)?;
                note(tx, import.as_ref(), counts.plus(judged.counts), (rows_done, last_row), &judged.errors)?;
                Ok(judged)
            })?
        } else {
            let today = registry.clock.now().day();
            let target = (agency, today);
            let judged = registry
                .store
                .read_consistently(|db| judge(db, &registry.secrets.sealing, target, source.columns(), &rows, &seen))?;
            if let Some(import) = import {
                let (errors, counts) = (judged.errors.clone(), counts.plus(judged.counts));
                registry
                    .store
                    .write_blocking(move |tx| note(tx, Some(&import), counts, (rows_done, last_row), &errors))?;
            }
            judged
        };
        let Judged { counts, errors, seen, new: _, again: _ } = judged;
        Arc::make_mut(&mut self.seen).extend(seen);
        self.counts = self.counts.plus(counts);
        (self.rows_done, self.last_row) = (rows_done, last_row);
        if self.import.is_none() {
            self.errors.extend(errors);
        }
        Ok(())
    }

    /// Enters all of it, where that was asked for and nothing is wrong, and writes down that it is over. `false` where
    /// something became wrong since it was judged.
    fn finish(&mut self, told: &Listener) -> Result<bool, Error> {
        let enters_all = !self.order.dry_run && self.order.mode == Mode::All && self.counts.rejected == 0;
        let rejects = match &self.import {
            Some(import) if self.counts.rejected > 0 => Some(rejects::keep(&self.registry, &self.source, import)?),
            _ => None,
        };
        let (registry, source, told) = (Arc::clone(&self.registry), Arc::clone(&self.source), Arc::clone(told));
        let (agency, authority, before, import) = (self.agency, self.authority, self.counts, self.import.clone());
        let old = import.as_ref().and_then(|import| import.object.clone());
        let ended = self.registry.store.write_blocking(move |tx| {
            let mut counts = before;
            if enters_all {
                let permit = authority.permit(tx, agency)?;
                match enter_all(tx, &registry, &source, &permit, agency, &told)? {
                    Some(entered) => counts = entered,
                    None => return Err(Error::PreconditionFailed),
                }
            }
            if let Some(import) = &import {
                let state = import.state.after(ImportEvent::Finish).ok_or(Error::PreconditionFailed)?;
                let done = Import { state, counts, object: rejects.clone(), ..import.clone() };
                imports::update(tx, &Import { rows_done: done.rows, ..done }, import.claims)?;
            }
            Ok(counts)
        });
        match ended {
            Ok(counts) => self.counts = counts,
            Err(Error::PreconditionFailed) if enters_all && self.still_holds()? => return Ok(false),
            Err(error) => return Err(error),
        }
        self.registry.remove_files(&old.into_iter().collect::<Vec<_>>());
        Ok(true)
    }

    /// Whether nobody else has taken the import over.
    fn still_holds(&self) -> Result<bool, Error> {
        let Some(import) = &self.import else { return Ok(true) };
        let found = self.registry.store.read(|db| imports::find(db, import.id))?;
        Ok(found.is_some_and(|found| found.claims == import.claims && found.state == ImportState::Running))
    }

    fn begin_again(&mut self) {
        (self.counts, self.rows_done, self.last_row) = (Counts::default(), 0, 0);
        self.seen = Arc::default();
    }
}

/// Enters every row of a file; `None` where one of them is not good any more.
fn enter_all(
    tx: &mut Tx,
    registry: &Registry,
    source: &Source,
    permit: &Permit,
    agency: AgencyId,
    told: &Listener,
) -> Result<Option<Counts>, Error> {
    let (sealing, today) = (&registry.secrets.sealing, tx.now().day());
    let (mut counts, mut seen) = (Counts::default(), Seen::new());
    source.batches(BATCH_ROWS, |rows| {
        let mut judged = judge(tx, sealing, (agency, today), source.columns(), &rows, &seen)?;
        judged.counts.registered = enter(tx, registry, permit, agency, &judged)?;
        counts = counts.plus(judged.counts);
        seen.extend(judged.seen);
        told(Progress::Entered(counts.rows()));
        Ok(())
    })?;
    Ok(Some(counts).filter(|counts| counts.rejected == 0))
}

/// Writes down how far an import is, and that its node is at work.
fn note(
    tx: &mut Tx,
    import: Option<&Import>,
    counts: Counts,
    (rows_done, last_row): (i64, i64),
    errors: &[RowError],
) -> Result<(), Error> {
    let Some(import) = import else { return Ok(()) };
    let leased_until = tx.now().plus_seconds(LEASE_SECONDS);
    let now = Import { counts, rows_done, last_row, leased_until, ..import.clone() };
    imports::update(tx, &now, import.claims)?;
    imports::insert_errors(tx, import.id, errors)
}
