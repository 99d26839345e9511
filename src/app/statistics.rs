//! Public counts of misuse. A year's table is fixed when somebody first asks for it after its time has come.

use super::{Registry, misuse, provinces};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::issuer::Words;
use crate::domain::provinces::Province;
use crate::domain::statistics::{Cell, Dimension, Table, Year, shown};
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy;
use crate::store::{self, Read, Tx, statistics};
use serde_json::{Value, json};
use std::collections::HashMap;

impl Registry {
    /// The table of a year. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn misuse_statistics(&self, year: Year, by: Dimension) -> Result<Table, Error> {
        if let Some(table) = self.store.read(|db| statistics::published(db, year, by))? {
            return Ok(table);
        }
        match self.clock.now() < year.published_from() {
            true => self.store.read_consistently(|db| table(db, year, by, HashMap::new(), self.clock.now().day())),
            false => self.store.write_blocking(move |tx| publish(tx, year, by)),
        }
    }
}

fn publish(tx: &mut Tx, year: Year, by: Dimension) -> Result<Table, Error> {
    // Somebody else may have asked at the same moment.
    if let Some(table) = statistics::published(tx, year, by)? {
        return Ok(table);
    }
    let (now, counted) = (tx.now(), statistics::counted(tx, year, by)?);
    let table = Table { published_at: Some(now), ..table(tx, year, by, counted.into_iter().collect(), now.day())? };
    let name = Object::Statistics(format!("{}/{}", year.number(), by.as_str()));
    let cells = table.cells.iter().map(|cell| json!({ "key": cell.key, "count": cell.count }));
    let event =
        Event::new(EventKind::StatisticsPublished, name).with(json!({ "cells": cells.collect::<Vec<Value>>() }));
    tx.record(&policy::the_program_itself(), event, |writer| statistics::publish(writer, &table, now))?;
    Ok(table)
}

fn table(
    db: &mut impl Read,
    year: Year,
    by: Dimension,
    counted: HashMap<String, i64>,
    today: Day,
) -> Result<Table, Error> {
    let cells = match by {
        Dimension::Kind => misuse::kinds()
            .iter()
            .map(|row| cell(&row.code, Words::new(&*row.name_vi, &*row.name_en), counted.get(&row.code)))
            .collect(),
        Dimension::Month => MONTHS_IN_ENGLISH
            .iter()
            .zip(1..)
            .map(|(en, number)| {
                let key = format!("{number:02}");
                cell(&key, Words::new(format!("Tháng {number}"), *en), counted.get(&key))
            })
            .collect(),
        Dimension::Province => {
            let units = store::provinces::list(db)?;
            let counted = by_todays_unit(&units, counted, today);
            let in_force = units.iter().filter(|unit| unit.in_force(today));
            in_force
                .map(|unit| {
                    let name = Words::new(&*unit.name, &*unit.name);
                    cell(provinces::code(&unit.id), name, counted.get(unit.id.as_str()))
                })
                .collect()
        }
    };
    Ok(Table { year, by, published_at: None, cells })
}

const MONTHS_IN_ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn cell(key: &str, name: Words, count: Option<&i64>) -> Cell {
    Cell { key: key.to_owned(), name, count: shown(count.copied().unwrap_or_default()) }
}

/// Counts of units that have ended are those of the units they became part of.
fn by_todays_unit(units: &[Province], counted: HashMap<String, i64>, today: Day) -> HashMap<String, i64> {
    let find = |id: &str| units.iter().find(|unit| unit.id.as_str() == id);
    let mut sums = HashMap::new();
    for (id, count) in counted {
        let mut unit = find(&id);
        while let Some(successor) = unit.filter(|unit| !unit.in_force(today)).and_then(|unit| unit.successor.as_ref()) {
            unit = find(successor.as_str());
        }
        *sums.entry(unit.map_or(id, |unit| unit.id.as_str().to_owned())).or_default() += count;
    }
    sums
}
