//! A national id that was written down wrong: the agency mends it while the person holds nothing that is known by it, and a
//! registrar of the ministry at any time, with reasons.

use super::told;
use crate::app::Registry;
use crate::app::gate::{Etag, Gate};
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::PersonId;
use crate::domain::people::{NationalId, Person, PersonFields};
use crate::domain::printed::CredentialKind;
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Tx, credentials, people};
use serde_json::json;

/// The national id as it should have been: words not yet trusted.
#[derive(Clone, Default)]
pub struct NationalIdForm {
    /// Twelve digits.
    pub national_id: Option<String>,
    /// Why: 1–500 characters.
    pub reason: Option<String>,
}

impl NationalIdForm {
    fn parse(&self) -> Result<(NationalId, Reason), Vec<FieldError>> {
        let mut problems = Problems::new();
        let missing = || FieldProblem::new("missing", "the national id as it should have been");
        let number = self.national_id.as_deref().ok_or_else(missing).and_then(NationalId::parse);
        let number = problems.take("/national_id", number);
        let reason = problems.take("/reason", Reason::required(self.reason.as_deref()));
        problems.finish(|| number.zip(reason))
    }
}

/// Writes down the national id as it should have been. Everything that the person has or had stays theirs: their cards, and a
/// revocation with them. Another record with this number is one of the same human being, and offered as that.
///
/// # Errors
/// 403, 404, 412, 428; 422, also `/national_id` `unchanged`.
pub fn correct_national_id(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    gate: &Gate,
    form: &NationalIdForm,
) -> Result<Person, Error> {
    let permit = policy::enter(caller, Operation::DecideOnDuplicates)?.anywhere()?;
    let sealing = &registry.secrets.sealing;
    let old = people::find(tx, sealing, id)?.ok_or(Error::NotFound)?;
    gate.pass(tx, &Etag::of_version(old.version))?;
    let (national_id, reason) = form.parse()?;
    if national_id == old.fields.national_id {
        return Err(Error::invalid("/national_id", "unchanged", "this is the number on record"));
    }
    let new = Person { fields: PersonFields { national_id, ..old.fields }, version: old.version + 1, ..old };
    let mut told = told(&new.fields, &[]);
    told["reason"] = reason.as_str().into();
    let event = Event::new(EventKind::PersonChanged, Object::Person(id))
        .with(json!({ "changed": ["national_id"] }))
        .about(id, told);
    tx.record(&permit, event, |writer| people::update(writer, sealing, &new))?;
    Ok(new)
}

pub(super) fn refuse_double(
    tx: &mut Tx,
    registry: &Registry,
    person: &Person,
    fields: &PersonFields,
) -> Result<(), Error> {
    let today = tx.now().day();
    for engagement in person.engagements.iter().filter(|engagement| engagement.is_open(today)) {
        let known =
            people::known_to_agency(tx, &registry.secrets.sealing, engagement.agency, &fields.national_id, today)?;
        if known.is_some_and(|other| other != person.id) {
            return Err(Error::invalid("/national_id", "already_registered", "another person has this number"));
        }
    }
    Ok(())
}

/// Whoever holds a card is known by their national id: with another one on record, the agency could enter the same human
/// being once more, for a second card or past a suspension.
pub(super) fn refuse_while_holding(tx: &mut Tx, person: PersonId) -> Result<(), Error> {
    let now = tx.now();
    for kind in CredentialKind::ALL {
        if credentials::unexpired_of_person(tx, person, kind, now)?.iter().any(|it| !it.is_over()) {
            return Err(Error::WrongState {
                detail: "This person holds a credential: hand it in, or let it expire, before the national id is changed. One \
                         that was written down wrong a registrar of the ministry corrects."
                    .into(),
            });
        }
    }
    Ok(())
}
