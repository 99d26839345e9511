//! A file of agencies, taken in by whoever holds the machine: all of it in one transaction.

use super::super::{Registry, agencies as entering, provinces as codes};
use super::source::Source;
use super::work::{Ended, Listener, Progress};
use crate::domain::agencies::{Agency, AgencyFields};
use crate::domain::imports::{CellError, Counts, Mode, Order, RowError, read_agency};
use crate::domain::problem::FieldProblem;
use crate::domain::provinces::{Province, ProvinceId};
use crate::domain::text;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy;
use crate::store::agencies::Wanted;
use crate::store::{Read, agencies, provinces};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Agencies read from the record at a time.
const PART: usize = 500;

/// Takes in a file of agencies; `told` hears how far it is. Blocks.
///
/// # Errors
/// The database's.
pub fn take_in_agencies(
    registry: &Registry,
    source: impl Into<Arc<Source>>,
    order: Order,
    told: impl Fn(Progress) + Send + Sync + 'static,
) -> Result<Ended, Error> {
    let (source, told): (Arc<Source>, Listener) = (source.into(), Arc::new(told));
    let today = registry.clock.now().day();
    if order.dry_run {
        return registry.store.read_consistently(|db| judge(db, &source, today, &told)).map(|judged| judged.ended);
    }
    registry.store.write_blocking(move |tx| {
        let Judged { mut ended, new } = judge(tx, &source, today, &told)?;
        if order.mode == Mode::Rows || ended.counts.rejected == 0 {
            for fields in new {
                let permit = policy::the_program_itself().in_province(fields.level.province());
                entering::enter(tx, &permit, fields)?;
                ended.counts.registered += 1;
                if order.mode == Mode::All {
                    told(Progress::Entered(ended.counts.unchanged + ended.counts.registered));
                }
            }
        }
        Ok(ended)
    })
}

struct Judged {
    ended: Ended,
    new: Vec<AgencyFields>,
}

/// Who is on record, or in a row before.
#[derive(Default)]
struct Known {
    /// By name and province.
    agencies: HashMap<(String, Option<String>), (AgencyFields, Option<u32>)>,
    short_names: HashSet<String>,
}

fn key(fields: &AgencyFields) -> (String, Option<String>) {
    (text::fold(&fields.name), fields.level.province().map(|province| province.as_str().to_owned()))
}

fn short_name(fields: &AgencyFields) -> Option<String> {
    fields.short_name.as_ref().map(|name| name.as_str().to_owned())
}

fn judge(db: &mut impl Read, source: &Source, today: Day, told: &Listener) -> Result<Judged, Error> {
    let units = provinces::list(db)?;
    let mut known = on_record(db)?;
    let mut judged = Judged { ended: Ended { counts: Counts::default(), errors: Vec::new() }, new: Vec::new() };
    source.batches(PART, |rows| {
        for row in rows {
            let Judged { ended: Ended { counts, errors }, new } = &mut judged;
            let read = read_agency(source.columns(), &row, |name| unit(&units, name, today));
            match read.and_then(|fields| known.take(fields, row.number)) {
                Ok(fields) => {
                    counts.accepted += 1;
                    counts.unchanged += i64::from(fields.is_none());
                    new.extend(fields);
                }
                Err(found) => {
                    counts.rejected += 1;
                    errors.extend(found.into_iter().map(|error| RowError { row: row.number, error }));
                }
            }
        }
        told(Progress::Judged(judged.ended.counts.rows()));
        Ok(())
    })?;
    Ok(judged)
}

fn on_record(db: &mut impl Read) -> Result<Known, Error> {
    let (mut known, mut after) = (Known::default(), None);
    loop {
        let part = agencies::list(db, &Wanted::default(), after, PART)?;
        after = part.last().map(|agency| agency.id);
        let is_last = part.len() <= PART;
        for Agency { fields, .. } in part {
            known.short_names.extend(short_name(&fields));
            known.agencies.insert(key(&fields), (fields, None));
        }
        if is_last {
            return Ok(known);
        }
    }
}

impl Known {
    /// What is to be entered; nothing where it is on record as it is.
    fn take(&mut self, fields: AgencyFields, row: u32) -> Result<Option<AgencyFields>, Vec<CellError>> {
        let wrong = |column: &str, code: &str, detail: String| {
            Err(vec![CellError { column: column.to_owned(), code: code.to_owned(), detail }])
        };
        match self.agencies.get(&key(&fields)) {
            Some((_, Some(earlier))) => {
                return wrong("name", "doubled_row", format!("row {earlier} has the same name"));
            }
            // A file says nothing of the types of press.
            Some((known, None)) if AgencyFields { press_types: None, ..known.clone() } == fields => return Ok(None),
            Some((_, None)) => {
                return wrong("name", "already_registered", "this agency is on record with other data".to_owned());
            }
            None => {}
        }
        let short_name = short_name(&fields);
        if short_name.as_ref().is_some_and(|name| self.short_names.contains(name)) {
            return wrong("short_name", "taken", "another agency has this short name".to_owned());
        }
        self.short_names.extend(short_name);
        self.agencies.insert(key(&fields), (fields.clone(), Some(row)));
        Ok(Some(fields))
    }
}

/// The unit of a code or a name: that of today, else the one which had the name last.
fn unit(units: &[Province], name: &str, today: Day) -> Result<ProvinceId, FieldProblem> {
    let folded = text::fold(name);
    let is_meant = |unit: &&Province| codes::code(&unit.id) == name || text::fold(&unit.name) == folded;
    let named: Vec<&Province> = units.iter().filter(is_meant).collect();
    let found = named.iter().find(|unit| unit.in_force(today)).or_else(|| named.last());
    found.map(|unit| unit.id.clone()).ok_or_else(|| FieldProblem::new("unknown_province", "no province has this name"))
}
