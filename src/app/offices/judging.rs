//! What a notice is held against: the agency, its people, and the law of the day on which it was given.

use super::press_cards;
use crate::app::Registry;
use crate::data;
use crate::domain::agencies::{Agency, Level};
use crate::domain::ids::PersonId;
use crate::domain::offices::{Known, Office, OfficeFields, OfficeKind, OfficeRules, Staff};
use crate::domain::problem::{FieldError, FieldProblem};
use crate::domain::provinces::{ProvinceId, today};
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::{Tx, offices, people};

/// When notice is given, and what the agency states with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stated {
    /// The day of the notice: the law of that day is asked.
    pub(super) day: Day,
    /// That who leads the office, or is alone there, was not disciplined in the past year.
    pub(super) no_discipline: bool,
}

/// A form and the province that it names, or all that is wrong with both.
pub(super) fn together<T>(
    form: Result<T, Vec<FieldError>>,
    province: Result<ProvinceId, FieldProblem>,
) -> Result<(T, ProvinceId), Error> {
    match (form, province.map_err(|problem| problem.at("/province"))) {
        (Ok(form), Ok(province)) => Ok((form, province)),
        (form, province) => {
            let errors = form.err().into_iter().flatten().chain(province.err());
            Err(errors.collect::<Vec<_>>().into())
        }
    }
}

/// An agency of a province is of neither the Party Centre nor the Government.
pub(super) fn check_place(agency: &Agency, fields: &OfficeFields) -> Result<(), Error> {
    match (&agency.fields.level, fields.of_centre) {
        (Level::Local(_), true) => {
            Err(Error::invalid("/of_centre", "not_for_local", "an agency of a province is of neither"))
        }
        (Level::Local(_), false) | (Level::Central, _) => Ok(()),
    }
}

/// Everybody works for the agency, or is about to.
pub(super) fn check_people(tx: &mut Tx, registry: &Registry, agency: &Agency, staff: &Staff) -> Result<(), Error> {
    let today = tx.now().day();
    let ids: Vec<PersonId> = staff.people().map(|(person, _)| person).collect();
    let found = people::find_all(tx, &registry.secrets.sealing, &ids)?;
    let works = |id: PersonId| {
        let person = found.iter().find(|person| person.id == id);
        person.is_some_and(|person| person.engagement_with(agency.id, today).is_some())
    };
    let head = staff.head.into_iter().map(|person| ("/head".to_owned(), person));
    let reporters = staff.reporters.iter().enumerate().map(|(at, person)| (format!("/reporters/{at}"), *person));
    let unknown = head.chain(reporters).filter(|(_, person)| !works(*person));
    let problem = || FieldProblem::new("unknown_person", "nobody of the agency has this id");
    let errors: Vec<FieldError> = unknown.map(|(pointer, _)| problem().at(pointer)).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// Holds a notice against the law of its day.
///
/// # Errors
/// 422, each problem with its article.
pub(super) fn judge(tx: &mut Tx, it: &Office, stated: Stated) -> Result<(), Error> {
    // What came on paper is held against what was so on the day it came, at its end.
    let at = tx.now().min(stated.day.end().plus_seconds(-1));
    let holds_card = match it.lead() {
        Some(person) => press_cards::held_at(tx, it.agency, person, at)?,
        None => false,
    };
    // What was told of in time is not late because papers come to it later.
    let (told_on, begins, begins_at) = match it.beginning_anew() {
        Some(change) => (change.told_on, change.on, "/on"),
        None => (it.notified_on.unwrap_or(stated.day), it.fields.from, "/from"),
    };
    // What became one province is one here.
    let territory = data::territory(today(&it.province, data::provinces()));
    // Who is to leave counts until the last day; what ended before its first day was never there.
    let others: Vec<Office> = offices::there_from(tx, it.agency, begins)?
        .into_iter()
        .filter(|other| other.id != it.id && territory.holds(&other.province))
        .filter(|other| other.to.is_none_or(|last| other.fields.from <= last))
        .collect();
    // A notice alone makes no office, and one that ends, or begins only later, lifts no limit.
    let is_office = |other: &Office| {
        let is_there = other.confirmed_on.is_some() && other.fields.from <= begins && other.to.is_none();
        other.fields.kind.has_premises() && is_there
    };
    let known = Known {
        told_on,
        fields: &it.fields,
        begins,
        begins_at,
        holds_card,
        no_discipline: stated.no_discipline,
        has_office: others.iter().any(is_office),
        reporters: others.iter().filter(|other| other.fields.kind == OfficeKind::ResidentReporter).count(),
    };
    let lacking = OfficeRules::of(stated.day).lacking(&known);
    if lacking.is_empty() { Ok(()) } else { Err(lacking.into()) }
}
