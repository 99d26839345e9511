//! What is asked where a card is granted anew because the old one is lost: that the police confirmed the loss (L2016
//! Đ28.4, TT49 Đ7; whether NĐ237 Đ7.2 asks it still is not confirmed). A damaged card gives way to the new one.

use super::holdings::Holdings;
use crate::domain::applications::{Application, Basis};
use crate::domain::ids::{Id as _, PersonId};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::text;
use crate::error::Error;
use crate::store::Tx;
use std::collections::{BTreeMap, HashMap};

/// The longest number of the police.
const MAX_CHARS: usize = 100;

/// Numbers of the police, by person: words not yet trusted.
pub type LossesForm = BTreeMap<String, String>;
/// Numbers of the police, by person.
pub(super) type Losses = HashMap<PersonId, String>;

/// The numbers that an agency states of some of these people.
pub(super) fn parse(form: &LossesForm, basis: Option<Basis>, people: &[PersonId], problems: &mut Problems) -> Losses {
    if !form.is_empty() && basis.is_some_and(|basis| basis != Basis::Reissue) {
        problems.add(FieldProblem::new("not_for_this_basis", "only of a reissue").at("/police_references"));
    }
    let mut stated = Losses::new();
    for (key, raw) in form {
        let pointer = format!("/police_references/{}", key.replace('~', "~0").replace('/', "~1"));
        match PersonId::parse(key).ok().filter(|person| people.contains(person)) {
            None => problems.add(FieldProblem::new("unknown_person", "nobody of `people` has this id").at(pointer)),
            Some(person) => {
                if let Some(reference) = problems.take(&pointer, text::line(raw, MAX_CHARS)) {
                    stated.insert(person, reference);
                }
            }
        }
    }
    stated
}

/// Whether the police confirmed that the card of one of its people is lost, in whose place another is asked for.
pub(super) fn is_confirmed(application: &Application, person: PersonId) -> bool {
    let of_person = application.people.iter().find(|it| it.person == person);
    application.basis == Basis::Reissue && of_person.is_some_and(|it| it.police_reference.is_some())
}

/// Makes sure that each of these people whose card is lost has the number of the police.
///
/// # Errors
/// 422 `police_reference_required`.
pub(super) fn require_references(tx: &mut Tx, application: &Application, people: &[PersonId]) -> Result<(), Error> {
    if application.basis != Basis::Reissue {
        return Ok(());
    }
    let without = application.people.iter().filter(|it| it.police_reference.is_none()).map(|it| it.person);
    let without: Vec<PersonId> = without.filter(|person| people.contains(person)).collect();
    let now = tx.now();
    let holdings = Holdings::on_record(tx, application.kind, &without, now)?;
    let lost = without.iter().filter(|person| holdings.is_lost(**person));
    let errors: Vec<_> = lost
        .map(|person| {
            let detail = "the card is lost: state under which number the police confirmed it";
            FieldProblem::new("police_reference_required", detail).at(format!("/police_references/{person}"))
        })
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}
