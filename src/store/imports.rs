//! Rows of imports and of what was wrong with their files. How far one is changes nobody's record: each person who is
//! entered has an event of their own.

use super::columns::{self, one_more};
use super::connection::{Db, Read, insert_all, on_each};
use super::schema::{import_errors, imports};
use super::tx::{Tx, Writer};
use crate::domain::ids::{AgencyId, ImportId};
use crate::domain::imports::{CellError, Counts, FileFormat, Import, ImportState, Mode, Order, RowError};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::Range;
use diesel::prelude::*;

#[derive(Queryable, Insertable)]
#[diesel(table_name = imports, treat_none_as_default_value = false)]
struct Row {
    id: String,
    agency_id: String,
    user_id: String,
    session_id: String,
    dry_run: bool,
    mode: String,
    state: String,
    row_count: i64,
    rows_done: i64,
    last_row: i64,
    accepted: i64,
    unchanged: i64,
    rejected: i64,
    registered: i64,
    object: Option<String>,
    claims: i64,
    leased_until: i64,
    failure: Option<String>,
    created_at: i64,
    format: String,
}

impl From<&Import> for Row {
    fn from(it: &Import) -> Self {
        Self {
            id: it.id.to_string(),
            agency_id: it.agency.to_string(),
            user_id: it.user.to_string(),
            session_id: it.session.to_string(),
            dry_run: it.order.dry_run,
            mode: it.order.mode.as_str().to_owned(),
            state: it.state.as_str().to_owned(),
            row_count: it.rows,
            rows_done: it.rows_done,
            last_row: it.last_row,
            accepted: it.counts.accepted,
            unchanged: it.counts.unchanged,
            rejected: it.counts.rejected,
            registered: it.counts.registered,
            object: it.object.clone(),
            claims: it.claims,
            leased_until: it.leased_until.micros(),
            failure: it.failure.clone(),
            created_at: it.created_at.micros(),
            format: it.format.as_str().to_owned(),
        }
    }
}

impl Row {
    fn into_domain(self) -> Result<Import, Error> {
        let Self { accepted, unchanged, rejected, registered, .. } = self;
        Ok(Import {
            id: columns::id(&self.id)?,
            agency: columns::id(&self.agency_id)?,
            user: columns::id(&self.user_id)?,
            session: columns::id(&self.session_id)?,
            order: Order { dry_run: self.dry_run, mode: columns::stored(Mode::parse(&self.mode))? },
            state: columns::stored(ImportState::parse(&self.state))?,
            rows: self.row_count,
            rows_done: self.rows_done,
            last_row: self.last_row,
            counts: Counts { accepted, unchanged, rejected, registered },
            object: self.object,
            claims: self.claims,
            leased_until: columns::instant(self.leased_until),
            failure: self.failure,
            created_at: columns::instant(self.created_at),
            format: columns::stored(FileFormat::parse(&self.format))?,
        })
    }
}

/// The import with this id.
///
/// # Errors
/// The database's.
pub fn find(db: &mut impl Read, id: ImportId) -> Result<Option<Import>, Error> {
    let row: Option<Row> = imports::table.find(id.to_string()).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// Imports within `range`, of one state where asked, newest first; one more than `limit` where there are more.
///
/// # Errors
/// The database's.
pub fn list(
    db: &mut impl Read,
    range: &Range,
    state: Option<ImportState>,
    after: Option<ImportId>,
    limit: usize,
) -> Result<Vec<Import>, Error> {
    let mut rows = imports::table.into_boxed::<<Db as diesel::Connection>::Backend>();
    rows = match range {
        Range::Everything => rows,
        Range::Agency(agency) => rows.filter(imports::agency_id.eq(agency.to_string())),
        Range::Province(_) | Range::Person(_) | Range::Reporter(_) | Range::Nothing => return Ok(Vec::new()),
    };
    if let Some(state) = state {
        rows = rows.filter(imports::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        rows = rows.filter(imports::id.lt(after.to_string()));
    }
    let rows: Vec<Row> = rows.order(imports::id.desc()).limit(one_more(limit)).load(db.db())?;
    rows.into_iter().map(Row::into_domain).collect()
}

/// The import that has waited longest for a node at `now`: nobody took it up, or whoever did is gone.
///
/// # Errors
/// The database's.
pub fn waiting(db: &mut impl Read, now: Timestamp) -> Result<Option<Import>, Error> {
    let queued = imports::state.eq(ImportState::Queued.as_str());
    let left = imports::state.eq(ImportState::Running.as_str()).and(imports::leased_until.lt(now.micros()));
    let row: Option<Row> =
        imports::table.filter(queued.or(left)).order((imports::created_at, imports::id)).first(db.db()).optional()?;
    row.map(Row::into_domain).transpose()
}

/// How many imports of an agency have not come to an end.
///
/// # Errors
/// The database's.
pub fn count_at_work(db: &mut impl Read, agency: AgencyId) -> Result<i64, Error> {
    let states = [ImportState::Queued, ImportState::Running].map(ImportState::as_str);
    let at_work =
        imports::table.filter(imports::state.eq_any(states)).filter(imports::agency_id.eq(agency.to_string()));
    Ok(at_work.count().get_result(db.db())?)
}

/// Enters an import.
///
/// # Errors
/// The database's.
pub fn insert(tx: &mut Tx, import: &Import) -> Result<(), Error> {
    diesel::insert_into(imports::table).values(Row::from(import)).execute(tx.unrecorded())?;
    Ok(())
}

/// Writes how far an import is, if no other node has taken it over from whoever says so.
///
/// # Errors
/// `PreconditionFailed` where one has; the database's.
pub fn update(tx: &mut Tx, import: &Import, claims_seen: i64) -> Result<(), Error> {
    let target = imports::table.find(import.id.to_string()).filter(imports::claims.eq(claims_seen));
    let Counts { accepted, unchanged, rejected, registered } = import.counts;
    let updated = diesel::update(target)
        .set((
            imports::state.eq(import.state.as_str()),
            imports::rows_done.eq(import.rows_done),
            imports::last_row.eq(import.last_row),
            imports::accepted.eq(accepted),
            imports::unchanged.eq(unchanged),
            imports::rejected.eq(rejected),
            imports::registered.eq(registered),
            imports::object.eq(&import.object),
            imports::claims.eq(import.claims),
            imports::leased_until.eq(import.leased_until.micros()),
            imports::failure.eq(&import.failure),
        ))
        .execute(tx.unrecorded())?;
    if updated == 0 { Err(Error::PreconditionFailed) } else { Ok(()) }
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = import_errors, treat_none_as_default_value = false)]
struct ErrorRow {
    import_id: String,
    row_number: i64,
    position: i32,
    column_name: String,
    code: String,
    detail: String,
}

/// Writes down what is wrong with rows of an import's file.
///
/// # Errors
/// The database's.
pub fn insert_errors(tx: &mut Tx, import: ImportId, errors: &[RowError]) -> Result<(), Error> {
    let mut rows: Vec<ErrorRow> = Vec::with_capacity(errors.len());
    for RowError { row, error } in errors {
        let position =
            rows.last().filter(|last| last.row_number == i64::from(*row)).map_or(0, |last| last.position + 1);
        rows.push(ErrorRow {
            import_id: import.to_string(),
            row_number: i64::from(*row),
            position,
            column_name: error.column.clone(),
            code: error.code.clone(),
            detail: error.detail.clone(),
        });
    }
    insert_all!(tx.unrecorded(), import_errors::table, rows);
    Ok(())
}

/// What is wrong with the rows from `first` to `last` of an import's file, in their order; at most `limit`.
///
/// # Errors
/// The database's.
pub fn errors_of(
    db: &mut impl Read,
    import: ImportId,
    (first, last): (u32, u32),
    limit: usize,
) -> Result<Vec<RowError>, Error> {
    let rows: Vec<ErrorRow> = import_errors::table
        .filter(import_errors::import_id.eq(import.to_string()))
        .filter(import_errors::row_number.between(i64::from(first), i64::from(last)))
        .order((import_errors::row_number, import_errors::position))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .load(db.db())?;
    rows.into_iter()
        .map(|ErrorRow { row_number, column_name, code, detail, .. }| {
            let row = u32::try_from(row_number).map_err(Error::internal)?;
            Ok(RowError { row, error: CellError { column: column_name, code, detail } })
        })
        .collect()
}

/// How many errors an import's file has.
///
/// # Errors
/// The database's.
pub fn count_errors(db: &mut impl Read, import: ImportId) -> Result<i64, Error> {
    let of_import = import_errors::table.filter(import_errors::import_id.eq(import.to_string()));
    Ok(of_import.count().get_result(db.db())?)
}

/// Whether an import's file is kept in this object.
///
/// # Errors
/// The database's.
pub fn names_object(db: &mut impl Read, object: &str) -> Result<bool, Error> {
    let named = imports::table.filter(imports::object.eq(object));
    Ok(diesel::select(diesel::dsl::exists(named)).get_result(db.db())?)
}

/// Imports that came in before `before`; at most `limit`.
///
/// # Errors
/// The database's.
pub fn over(db: &mut impl Read, before: Timestamp, limit: i64) -> Result<Vec<(ImportId, Option<String>)>, Error> {
    let rows: Vec<(String, Option<String>)> = imports::table
        .filter(imports::created_at.lt(before.micros()))
        .order(imports::created_at)
        .limit(limit)
        .select((imports::id, imports::object))
        .load(db.db())?;
    rows.into_iter().map(|(id, object)| Ok((columns::id(&id)?, object))).collect()
}

/// Removes imports with their errors.
///
/// # Errors
/// The database's.
pub fn remove(writer: &mut Writer, ids: &[ImportId]) -> Result<(), Error> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    on_each!(writer.db(), db => {
        diesel::delete(import_errors::table.filter(import_errors::import_id.eq_any(&ids))).execute(db)?;
        diesel::delete(imports::table.filter(imports::id.eq_any(&ids))).execute(db)
    })?;
    Ok(())
}
