//! Files of people: taken in by those who enter people one by one, judged by the same rules, and entered together.

mod agencies;
mod judging;
mod rejects;
mod source;
mod state_cards;
mod work;

pub use agencies::take_in_agencies;
pub(in crate::app) use rejects::{FOLDER, made_at};
pub use rejects::{Rejected, rejected_rows};
pub use source::{Refusal, Source};
pub use state_cards::take_in_state_cards;
pub use work::{Ended, Progress, Task};

use super::Registry;
use super::agencies::{ownership, permitted};
use super::evidence::Room;
use super::gate::Gate;
use super::page::{Asked, Part};
use super::people::must_be_at_work;
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::ids::{AgencyId, ImportId};
use crate::domain::imports::{
    Counts, ERRORS_TOLD, Import, ImportEvent, ImportState, Order, PEOPLE, ROWS_AT_ONCE, RowError,
};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Read, Reader, Tx, agencies as on_record, imports};
use std::sync::Arc;
use work::LEASE_SECONDS;

/// How often an import is taken up before it is given up: each time a node ended in the middle of it.
const MOST_CLAIMS: i64 = 20;

/// Files of one agency that are worked on or wait: nobody fills the disk with them, and others come to their turn.
const MOST_AT_WORK: i64 = 5;

/// An import, and what is wrong with its file.
pub struct Told {
    /// The import.
    pub import: Import,
    /// The first of the errors; none before it has ended.
    pub errors: Vec<RowError>,
    /// How many more there are.
    pub more_errors: i64,
}

fn may_keep(db: &mut impl Read, caller: &Caller, agency: AgencyId) -> Result<Agency, Error> {
    permitted(db, caller, Operation::KeepPeople, agency).map(|(agency, _)| agency)
}

/// Whether a file of people is taken of the caller: asked before it is read. Blocks.
///
/// # Errors
/// 403, 404.
pub fn room(registry: &Registry, caller: &Caller, agency: AgencyId) -> Result<Room, Error> {
    // How large one may be is the limit of the body.
    registry.store.read(|db| may_keep(db, caller, agency)).map(|_| Room { bytes: Ok(usize::MAX) })
}

/// Writes down that a file came in. A small one this node takes up at once.
///
/// # Errors
/// 403, 404; 409 while the agency is not at work, or five of its files are; 422 where the file is refused as a whole.
pub fn create(
    tx: &mut Tx,
    caller: &Caller,
    agency: AgencyId,
    gate: &Gate,
    object: &str,
    form: impl FnOnce() -> Result<(Order, Arc<Source>), Error>,
) -> Result<Import, Error> {
    let found = may_keep(tx, caller, agency)?;
    gate.pass_new(tx)?;
    let (order, source) = form()?;
    must_be_at_work(found.state)?;
    if imports::count_at_work(tx, agency)? >= MOST_AT_WORK {
        let detail = format!("{MOST_AT_WORK} files of this agency are being worked on: wait for one of them.");
        return Err(Error::WrongState { detail });
    }
    let waits = Import {
        id: tx.new_id(),
        agency,
        user: caller.user,
        session: caller.session,
        order,
        state: ImportState::Queued,
        rows: source.rows(),
        rows_done: 0,
        last_row: 0,
        counts: Counts::default(),
        object: Some(object.to_owned()),
        claims: 0,
        leased_until: tx.now(),
        failure: None,
        created_at: tx.now(),
        format: source.format(),
    };
    let import = if waits.rows <= ROWS_AT_ONCE { taken_up(waits, tx)? } else { waits };
    imports::insert(tx, &import)?;
    Ok(import)
}

/// The same, taken up by this node.
fn taken_up(import: Import, tx: &Tx) -> Result<Import, Error> {
    let state = import.state.after(ImportEvent::Start).ok_or(Error::PreconditionFailed)?;
    let leased_until = tx.now().plus_seconds(LEASE_SECONDS);
    Ok(Import { state, leased_until, claims: import.claims + 1, ..import })
}

/// An import and what is wrong with its file.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut impl Read, caller: &Caller, id: ImportId) -> Result<Told, Error> {
    let import = visible(db, caller, id)?;
    if import.state != ImportState::Done && import.state != ImportState::Failed {
        return Ok(Told { import, errors: Vec::new(), more_errors: 0 });
    }
    let errors = imports::errors_of(db, id, (0, u32::MAX), ERRORS_TOLD)?;
    let told = i64::try_from(errors.len()).map_err(Error::internal)?;
    Ok(Told { more_errors: imports::count_errors(db, id)? - told, import, errors })
}

/// The imports of the caller's agency that are kept, newest first.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    caller: &Caller,
    asked: Asked<Option<ImportState>, ImportId>,
) -> Result<Part<Import, ImportId>, Error> {
    let range = policy::enter(caller, Operation::KeepPeople)?.range();
    let (state, page) = asked?;
    let found = imports::list(db, &range, state, page.after, page.limit)?;
    Ok(Part::cut(found, page.limit, |it| it.id))
}

/// The rows of an import that were rejected, with their errors beside them.
///
/// # Errors
/// 403; 404, also where there are none.
pub fn rejected(db: &mut Reader, registry: &Registry, caller: &Caller, id: ImportId) -> Result<Rejected, Error> {
    let import = visible(db, caller, id)?;
    let object = import.object.filter(|_| import.state == ImportState::Done).ok_or(Error::NotFound)?;
    registry.kept_file(&object).map(|csv| Rejected::new(import.format, csv))
}

fn visible(db: &mut impl Read, caller: &Caller, id: ImportId) -> Result<Import, Error> {
    let entry = policy::enter(caller, Operation::KeepPeople)?;
    let import = imports::find(db, id)?.ok_or(Error::NotFound)?;
    let agency = on_record::find(db, import.agency)?.ok_or_else(|| Error::internal("an import without its agency"))?;
    entry.on(&ownership(&agency))?;
    Ok(import)
}

/// A name for a file that came in.
pub fn new_object(registry: &Registry) -> String {
    rejects::new_object(&registry.entropy, registry.clock.now())
}

/// Works on an import that this node has taken up, to its end. Blocks.
///
/// # Errors
/// The database's; 412 where another node has taken it over.
pub fn work_on(registry: &Arc<Registry>, source: Arc<Source>, import: Import) -> Result<(), Error> {
    match Task::of_import(Arc::clone(registry), source, import.clone()).run(|_| {}) {
        Ok(_) => Ok(()),
        Err(error) => give_up(registry, import, error),
    }
}

/// Works on what waits for a node, until nothing does; gives how many came to an end. Blocks.
///
/// # Errors
/// The database's.
pub fn work(registry: &Arc<Registry>) -> Result<usize, Error> {
    let mut ended = 0;
    while let Some(waiting) = registry.store.read(|db| imports::waiting(db, registry.clock.now()))? {
        let Some(import) = take_up(registry, waiting.id)? else { continue };
        let source = match source_of(registry, &import) {
            Ok(source) => source,
            Err(error) => {
                give_up(registry, import, error)?;
                continue;
            }
        };
        match work_on(registry, source, import) {
            Ok(()) => ended += 1,
            // Another node has it.
            Err(Error::PreconditionFailed) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ended)
}

fn take_up(registry: &Registry, id: ImportId) -> Result<Option<Import>, Error> {
    registry.store.write_blocking(move |tx| {
        let now = tx.now();
        let Some(import) = imports::waiting(tx, now)?.filter(|import| import.id == id) else { return Ok(None) };
        let seen = import.claims;
        let taken = taken_up(import, tx)?;
        imports::update(tx, &taken, seen)?;
        Ok(Some(taken))
    })
}

fn source_of(registry: &Registry, import: &Import) -> Result<Arc<Source>, Error> {
    let object = import.object.as_deref().ok_or_else(|| Error::internal("an import without its file"))?;
    let source = Source::open(registry.kept_file(object)?, PEOPLE);
    source.map(Arc::new).map_err(Error::from)
}

/// What cannot go on is over; what only cannot go on now is taken up again.
fn give_up(registry: &Registry, import: Import, error: Error) -> Result<(), Error> {
    let slug = error.kind().slug;
    let is_refused = matches!(
        error,
        Error::Unauthenticated | Error::Forbidden | Error::NotFound | Error::WrongState { .. } | Error::Invalid(_)
    );
    let is_stubborn = import.claims >= MOST_CLAIMS && !matches!(error, Error::PreconditionFailed);
    if !is_refused && !is_stubborn {
        return Err(error);
    }
    let objects: Vec<String> = import.object.iter().cloned().collect();
    registry.store.write_blocking(move |tx| {
        let found = imports::find(tx, import.id)?.ok_or(Error::PreconditionFailed)?;
        let state = found.state.after(ImportEvent::Fail).ok_or(Error::PreconditionFailed)?;
        let failed = Import { state, failure: Some(slug.to_owned()), object: None, ..found };
        imports::update(tx, &failed, import.claims)
    })?;
    registry.remove_files(&objects);
    Ok(())
}
