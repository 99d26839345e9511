//! What a notice is held against: the agency, its people, and the law of the day on which it was given.

use crate::app::Registry;
use crate::data;
use crate::domain::agencies::{Agency, Level};
use crate::domain::ids::PersonId;
use crate::domain::offices::{Known, Office, OfficeFields, OfficeKind, OfficeRules, Post, Staff};
use crate::domain::printed::CredentialKind;
use crate::domain::problem::{FieldError, FieldProblem};
use crate::domain::provinces::{ProvinceId, today};
use crate::domain::time::Day;
use crate::error::Error;
use crate::store::{Tx, credentials, offices, people};

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

/// Who leads an office, or is alone there.
pub(in crate::app) fn leads(it: &Office) -> Option<PersonId> {
    let wanted = if it.fields.kind.has_premises() { Post::Head } else { Post::Reporter };
    it.people().find(|posted| posted.post == wanted).map(|posted| posted.person)
}

/// Holds a notice against the law of its day.
///
/// # Errors
/// 422, each problem with its article.
pub(super) fn judge(tx: &mut Tx, it: &Office, stated: Stated) -> Result<(), Error> {
    let now = tx.now();
    let holds_card = match leads(it) {
        Some(person) => credentials::unexpired_of_person(tx, person, CredentialKind::PressCard, now)?
            .iter()
            .any(|card| card.agency == it.agency && card.is_valid(now)),
        None => false,
    };
    // What became one province is one here.
    let territory = data::territory(today(&it.province, data::provinces()));
    // Who is to leave counts until the last day.
    let others: Vec<Office> = offices::there_from(tx, it.agency, it.fields.from)?
        .into_iter()
        .filter(|other| other.id != it.id && territory.holds(&other.province))
        .collect();
    // A notice alone makes no office, and one that ends lifts no limit.
    let is_office =
        |other: &Office| other.fields.kind.has_premises() && other.confirmed_on.is_some() && other.to.is_none();
    let known = Known {
        // What was told of in time is not late because it is mended.
        told_on: it.notified_on.unwrap_or(stated.day),
        fields: &it.fields,
        holds_card,
        no_discipline: stated.no_discipline,
        has_office: others.iter().any(is_office),
        reporters: others.iter().filter(|other| other.fields.kind == OfficeKind::ResidentReporter).count(),
    };
    let lacking = OfficeRules::of(stated.day).lacking(&known);
    if lacking.is_empty() { Ok(()) } else { Err(lacking.into()) }
}
