//! What the people of an application hold that dates have not ended: cards of its kind, and press cards of before the
//! registry. Those count as ours do, until their holder is granted one of ours.

use crate::app::issuance;
use crate::domain::applications::{Basis, CardKind};
use crate::domain::credentials::{Credential, CredentialState};
use crate::domain::ids::PersonId;
use crate::domain::people::Person;
use crate::domain::printed::CredentialKind;
use crate::domain::problem::FieldProblem;
use crate::domain::state_cards::{StateCard, StateCardState};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Read, credentials, state_cards};
use std::collections::HashMap;

/// What some people hold.
pub(super) struct Holdings {
    ours: HashMap<PersonId, Vec<Credential>>,
    of_before: HashMap<PersonId, Vec<StateCard>>,
}

impl Holdings {
    /// What these very records say: what another agency granted somebody is not to be found out by drafting.
    pub(super) fn on_record(
        db: &mut impl Read,
        kind: CardKind,
        people: &[PersonId],
        now: Timestamp,
    ) -> Result<Self, Error> {
        let of_before = match kind {
            CardKind::PressCard => state_cards::held_by(db, people)?,
            CardKind::CollaboratorCard => Vec::new(),
        };
        Ok(Self {
            ours: credentials::unexpired_of_people(db, people, kind.credential(), now)?,
            of_before: in_use(db, of_before, now)?,
        })
    }

    fn any(
        &self,
        person: PersonId,
        ours: impl Fn(&Credential) -> bool,
        of_before: impl Fn(&StateCard) -> bool,
    ) -> bool {
        self.ours.get(&person).into_iter().flatten().any(ours)
            || self.of_before.get(&person).into_iter().flatten().any(of_before)
    }

    /// Whether somebody's card is lost.
    pub(super) fn is_lost(&self, person: PersonId) -> bool {
        self.any(person, |it| it.state == CredentialState::Lost, |it| it.state == StateCardState::Lost)
    }

    /// Whether somebody who holds this may have another card, or why not.
    pub(super) fn check(&self, person: &Person, basis: Basis) -> Option<FieldProblem> {
        if let Err(problem) = issuance::printed_name(person) {
            Some(problem)
        // Cards of before are not suspended.
        } else if self.any(person.id, Credential::is_suspended, |_| false) {
            // Otherwise a new card would undo the suspension.
            let detail = "this person's card was suspended; a registrar must decide on that first";
            Some(FieldProblem::new("suspended", detail))
        } else if basis != Basis::Reissue && self.is_lost(person.id) {
            // Otherwise the loss would be made good without the police's confirmation.
            Some(FieldProblem::new("lost", "this person's card is lost; apply on the basis `reissue`"))
        } else if basis == Basis::First
            && self.any(person.id, |it| it.state == CredentialState::Active, |it| it.state == StateCardState::Active)
        {
            Some(FieldProblem::new("already_holds", "this person holds such a card; apply on another basis"))
        } else {
            None
        }
    }
}

/// Those of these cards of before that dates have not ended and that are in their holders' hands or lost. Whoever holds a card
/// of ours, on whichever record, has handed the one of before in.
pub(super) fn in_use(
    db: &mut impl Read,
    mut held: Vec<(PersonId, StateCard)>,
    now: Timestamp,
) -> Result<HashMap<PersonId, Vec<StateCard>>, Error> {
    held.retain(|(_, card)| match card.state {
        StateCardState::Active | StateCardState::Lost => now < card.fields.until.end(),
        StateCardState::Returned | StateCardState::Revoked => false,
    });
    let mut of_person = HashMap::<PersonId, Vec<StateCard>>::new();
    if held.is_empty() {
        return Ok(of_person);
    }
    let people: Vec<PersonId> = held.iter().map(|(person, _)| *person).collect();
    let granted = credentials::held_by_humans(db, &people, CredentialKind::PressCard, now)?;
    for (person, card) in held.into_iter().filter(|(person, _)| !granted.contains(person)) {
        of_person.entry(person).or_default().push(card);
    }
    Ok(of_person)
}
