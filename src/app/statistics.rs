//! Public counts of misuse that was found. A year's table is fixed when somebody first asks for it after its time has
//! come.

use super::{Registry, misuse, provinces};
use crate::domain::cases::Case;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::issuer::Words;
use crate::domain::provinces::{Province, today};
use crate::domain::statistics::{Cell, Dimension, Table, Year, shown, shown_apart};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy;
use crate::store::{self, Read, Tx, cases, reports, statistics};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// Cases looked at in one go.
const AT_ONCE: usize = 500;

impl Registry {
    /// The table of a year. Blocks.
    ///
    /// # Errors
    /// The database's.
    pub fn misuse_statistics(&self, year: Year, by: Dimension) -> Result<Table, Error> {
        let today = self.clock.now().day();
        if let Some(mut table) = self.store.read_consistently(|db| statistics::published(db, year, by))? {
            // Published before there were two maps: what would be counted now would tell what was added since.
            if by == Dimension::Province && table.as_recorded.is_empty() {
                table.as_recorded =
                    self.store.read(|db| Ok(as_recorded(&store::provinces::list(db)?, year, &HashMap::new())))?;
            }
            return Ok(table);
        }
        match self.clock.now() < year.published_from() {
            true => self.store.read_consistently(|db| table(db, year, by, HashMap::new(), today)),
            false => self.store.write_blocking(move |tx| publish(tx, year, by)),
        }
    }
}

fn publish(tx: &mut Tx, year: Year, by: Dimension) -> Result<Table, Error> {
    // Somebody else may have asked at the same moment.
    if let Some(table) = statistics::published(tx, year, by)? {
        return Ok(table);
    }
    let now = tx.now();
    let counted = counted(tx, year, by, now)?;
    let table = Table { published_at: Some(now), ..table(tx, year, by, counted, now.day())? };
    let name = Object::Statistics(format!("{}/{}", year.number(), by.as_str()));
    let told = |cells: &[Cell]| {
        cells.iter().map(|cell| json!({ "key": cell.key, "count": cell.count })).collect::<Vec<Value>>()
    };
    let mut facts = json!({ "cells": told(&table.cells) });
    if by == Dimension::Province {
        facts["as_recorded"] = told(&table.as_recorded).into();
    }
    let event = Event::new(EventKind::StatisticsPublished, name).with(facts);
    tx.record(&policy::the_program_itself(), event, |writer| statistics::publish(writer, &table, now))?;
    Ok(table)
}

/// What is counted of a year's acts: the cases that found misuse for good, by code of the kind, id of the unit, or month
/// as `01`–`12`. This is the one place that says what is counted.
fn counted(db: &mut impl Read, year: Year, by: Dimension, now: Timestamp) -> Result<HashMap<String, i64>, Error> {
    let (mut counted, mut after) = (HashMap::new(), None);
    loop {
        // A case is opened after what it is about.
        let cases = cases::substantiated(db, year.start_of_month(0), after, AT_ONCE)?;
        after = cases.last().map(|case| case.id);
        for case in &cases {
            let Some(month) = year.month_of(act(db, case)?) else { continue };
            let Some(finding) = case.final_finding(now) else { continue };
            let key = match by {
                Dimension::Kind => finding.kind.as_str().to_owned(),
                Dimension::Province => case.province.as_str().to_owned(),
                Dimension::Month => format!("{:02}", month + 1),
            };
            *counted.entry(key).or_default() += 1;
        }
        if cases.len() < AT_ONCE {
            return Ok(counted);
        }
    }
}

/// When the act was, as the case or else its reports say; when it was opened, where neither does.
fn act(db: &mut impl Read, case: &Case) -> Result<Timestamp, Error> {
    if let Some(at) = case.occurred_at {
        return Ok(at);
    }
    let mut told = Vec::new();
    for report in &case.reports {
        told.extend(reports::find(db, *report)?.map(|report| report.occurred_at));
    }
    Ok(told.into_iter().min().unwrap_or(case.opened_at))
}

fn table(
    db: &mut impl Read,
    year: Year,
    by: Dimension,
    counted: HashMap<String, i64>,
    today: Day,
) -> Result<Table, Error> {
    let mut recorded = Vec::new();
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
            recorded = as_recorded(&units, year, &counted);
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
    Ok(Table { year, by, published_at: None, cells, as_recorded: recorded })
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

/// Every unit of that year by its own id, as acts were recorded. Units that are one today are shown together or not at
/// all, nor where something was counted of a unit that is not listed: today's map shows their sum.
fn as_recorded(units: &[Province], year: Year, counted: &HashMap<String, i64>) -> Vec<Cell> {
    let (first, last) = year.days();
    let count = |unit: &Province| counted.get(unit.id.as_str()).copied().unwrap_or_default();
    let listed: Vec<&Province> = units.iter().filter(|unit| unit.existed_between(first, last)).collect();
    let of_today = |unit: &Province| today(&unit.id, units).clone();
    let mut shown = HashMap::new();
    for whole in listed.iter().map(|unit| of_today(unit)).collect::<HashSet<_>>() {
        let parts: Vec<&Province> = units.iter().filter(|unit| of_today(unit) == whole).collect();
        let (apart, unlisted): (Vec<&Province>, Vec<&Province>) =
            parts.into_iter().partition(|unit| unit.existed_between(first, last));
        let hidden = unlisted.iter().any(|unit| count(unit) > 0);
        let counts: Vec<i64> = apart.iter().map(|unit| if hidden { 0 } else { count(unit) }).collect();
        shown.extend(apart.iter().map(|unit| unit.id.clone()).zip(shown_apart(&counts)));
    }
    let cell = |unit: &&Province| Cell {
        key: unit.id.to_string(),
        name: Words::new(&*unit.name, &*unit.name),
        count: shown.get(&unit.id).copied().flatten(),
    };
    listed.iter().map(cell).collect()
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
