//! Letters of introduction (giấy giới thiệu): what people without a card carry to work (L2025 Đ27.4). They name the
//! place, the unit, the work and the time, and an agency's head answers for each (3366/BTTTT-CBC).

use super::Registry;
use super::agencies::ownership;
use super::gate::Gate;
use super::issuance::{self, Order};
use crate::domain::accounts::Caller;
use crate::domain::card_code::Entitlement;
use crate::domain::credentials::Credential;
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::printed::{LetterScope, Validity};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::text;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Tx, agencies, people};

/// The longest a letter is valid.
const MAX_SECONDS: i64 = 30 * 24 * 3_600;

/// A letter as a head writes it.
#[derive(Clone, Debug, Default)]
pub struct LetterForm {
    /// Who goes.
    pub person_id: String,
    /// Where.
    pub place: String,
    /// To whom.
    pub unit_visited: String,
    /// To do what.
    pub work: String,
    /// From when, RFC 3339.
    pub valid_from: String,
    /// Until when, RFC 3339.
    pub valid_until: String,
}

impl LetterForm {
    fn parse(&self, now: Timestamp) -> Result<(PersonId, LetterScope, Validity), Error> {
        let mut problems = Problems::new();
        let person = problems.take("/person_id", PersonId::parse(&self.person_id));
        for (pointer, raw) in [("/place", &self.place), ("/unit_visited", &self.unit_visited), ("/work", &self.work)] {
            problems.take(pointer, text::line(raw, LetterScope::MAX_BYTES));
        }
        let from = problems.take("/valid_from", Timestamp::parse(&self.valid_from));
        let until = problems.take("/valid_until", Timestamp::parse(&self.valid_until));
        if let (Some(from), Some(until)) = (from, until) {
            problems.take("/valid_until", within_bounds(from, until, now));
        }
        let (person, from, until) = problems.finish(|| Some((person?, from?, until?)))?;
        // Each line is well made; only their sum can be too long now.
        let scope = LetterScope::parse(&self.place, &self.unit_visited, &self.work)
            .map_err(|problem| Error::field("/work", problem))?;
        let validity = Validity::new(from, until).map_err(|problem| Error::field("/valid_until", problem))?;
        Ok((person, scope, validity))
    }
}

fn within_bounds(from: Timestamp, until: Timestamp, now: Timestamp) -> Result<(), FieldProblem> {
    if until <= from {
        return Err(FieldProblem::new("ends_before_it_begins", "the end must be later than the beginning"));
    }
    if until <= now {
        return Err(FieldProblem::new("in_the_past", "this letter would be over before it is written"));
    }
    if until.seconds_since(from) > MAX_SECONDS {
        return Err(FieldProblem::new("too_long", "a letter is valid for at most 30 days"));
    }
    Ok(())
}

/// Writes a letter, valid at once within its dates.
///
/// # Errors
/// 403; 409 while the agency is not at work; 422.
pub fn issue(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<LetterForm, Error>,
) -> Result<Credential, Error> {
    let entry = policy::enter(caller, Operation::IssueLetter)?;
    let agency = caller.role.agency().ok_or(Error::Forbidden)?;
    let agency = agencies::find(tx, agency)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(&agency))?;
    gate.pass_new(tx)?;
    let (person, scope, validity) = form()?.parse(tx.now())?;
    let today = tx.now().day();
    let person = people::find(tx, &registry.secrets.sealing, person)?
        .filter(|person| person.engagement_with(agency.id, today).is_some())
        .ok_or_else(|| Error::invalid("/person_id", "unknown_person", "nobody of your agency has this id"))?;
    if person.at_work_for(agency.id, today).is_none() {
        return Err(Error::invalid("/person_id", "not_yet_at_work", "this person's engagement has not begun"));
    }
    let name = issuance::printed_name(&person).map_err(|problem| Error::field("/person_id", problem))?;
    let entitlement = Entitlement::IntroductionLetter(scope);
    let order = Order { person: &person, name, agency: &agency, entitlement, validity, application: None };
    issuance::issue(tx, registry, &permit, order)
}
