//! What the invented agencies state of their invented people, for the conditions of the law.

use crate::app::applications::FactsForm;
use crate::domain::eligibility::DeclaredForm;
use crate::domain::ids::PersonId;
use crate::domain::time::Day;

/// Nothing stands against any of them.
pub(super) fn plain(people: &[PersonId]) -> FactsForm {
    let word = |word: &str| Some(word.to_owned());
    let plain = DeclaredForm {
        nationality: word("vietnamese"),
        residence: word("vietnam"),
        degree: word("university"),
        post: word("reporter_or_editor"),
        course: word("completed"),
        ethics_violation: word("none"),
        discipline: word("none"),
        open_case: word("none"),
        conviction: word("none"),
        revoked_card: word("none"),
    };
    people.iter().map(|person| (person.to_string(), plain.clone())).collect()
}

/// Of the first, a reprimand on `day`; of the others, the agency forgot to state most.
pub(super) fn mixed(people: &[PersonId], day: Day) -> FactsForm {
    let mut facts = plain(people);
    for (nth, person) in people.iter().enumerate() {
        let stated = facts.entry(person.to_string()).or_default();
        *stated = match nth {
            0 => DeclaredForm { discipline: Some(day.to_string()), ..stated.clone() },
            _ => DeclaredForm { nationality: stated.nationality.clone(), ..DeclaredForm::default() },
        };
    }
    facts
}
