//! What an event makes of an application and of each of its people.

use super::{Application, ApplicationEvent, Outcome};
use crate::domain::ids::PersonId;

impl Application {
    /// Applies `event` to the `chosen` people (all open ones when `None`) and gives those it touched: everybody, where
    /// it concerns the whole.
    ///
    /// # Errors
    /// `WrongState` when the event is not permitted in this state; `NotOpen` when somebody chosen is not open in this
    /// application. Then nothing has changed.
    pub fn apply(
        &mut self,
        event: ApplicationEvent,
        chosen: Option<&[PersonId]>,
        reason: Option<&str>,
    ) -> Result<Vec<PersonId>, Refusal> {
        if self.state.after(event).next().is_none() {
            return Err(Refusal::WrongState);
        }
        let mut new = self.clone();
        let touched = match event {
            ApplicationEvent::Submit => new.reopen(),
            ApplicationEvent::Withdraw => new.give_up(),
            ApplicationEvent::Endorse => new.mark(chosen, Outcome::Endorsed, reason)?,
            ApplicationEvent::Return => new.mark(chosen, Outcome::Returned, reason)?,
            ApplicationEvent::Approve => new.mark(chosen, Outcome::Approved, reason)?,
            ApplicationEvent::Refuse => new.mark(chosen, Outcome::Refused, reason)?,
        };
        new.state = self.state.after(event).find(|to| to.suits(&new.people)).ok_or(Refusal::WrongState)?;
        *self = new;
        Ok(touched)
    }

    fn mark(
        &mut self,
        chosen: Option<&[PersonId]>,
        outcome: Outcome,
        reason: Option<&str>,
    ) -> Result<Vec<PersonId>, Refusal> {
        let touched = self.choose(chosen)?;
        for proposal in self.people.iter_mut().filter(|proposal| touched.contains(&proposal.person)) {
            proposal.outcome = outcome;
            proposal.reason = reason.map(str::to_owned);
        }
        Ok(touched)
    }

    fn everybody(&self) -> Vec<PersonId> {
        self.people.iter().map(|proposal| proposal.person).collect()
    }

    /// Handed in again: nobody who was not decided keeps an old mark.
    fn reopen(&mut self) -> Vec<PersonId> {
        let undecided = |outcome: Outcome| outcome.is_open() || outcome == Outcome::Returned;
        for proposal in self.people.iter_mut().filter(|proposal| undecided(proposal.outcome)) {
            proposal.outcome = Outcome::Pending;
            proposal.reason = None;
        }
        self.everybody()
    }

    /// Taken back: nobody is left undecided.
    fn give_up(&mut self) -> Vec<PersonId> {
        for proposal in self.people.iter_mut().filter(|proposal| proposal.outcome.is_open()) {
            proposal.outcome = Outcome::Returned;
        }
        self.everybody()
    }

    fn choose(&self, chosen: Option<&[PersonId]>) -> Result<Vec<PersonId>, Refusal> {
        let open = |person: &PersonId| self.people.iter().any(|p| p.person == *person && p.outcome.is_open());
        match chosen {
            None => Ok(self.people.iter().filter(|p| p.outcome.is_open()).map(|p| p.person).collect()),
            Some([]) => Err(Refusal::NotOpen(None)),
            Some(people) => match people.iter().position(|person| !open(person)) {
                Some(at) => Err(Refusal::NotOpen(Some(at))),
                None => Ok(people.to_vec()),
            },
        }
    }
}

/// Why an event cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not in this state.
    WrongState,
    /// The person at this place of the chosen list is not open here; `None`: nobody was chosen.
    NotOpen(Option<usize>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::applications::{ApplicationState, Basis, CardKind, Proposal, TRANSITIONS};
    use crate::domain::ids::{AgencyId, ApplicationId, Id as _, UserId};
    use crate::domain::time::Timestamp;
    use ApplicationEvent::{Approve, Endorse, Refuse, Return, Submit, Withdraw};
    use ApplicationState::{Approved, Draft, Endorsed, Refused, Returned, Submitted, Withdrawn};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId::from_uuid(Uuid::from_u128(n))
    }

    fn application(state: ApplicationState) -> Application {
        let proposal = |n| Proposal::pending(person(n));
        Application {
            id: ApplicationId::from_uuid(Uuid::from_u128(9)),
            agency: AgencyId::from_uuid(Uuid::from_u128(8)),
            kind: CardKind::PressCard,
            basis: Basis::First,
            state,
            people: vec![proposal(1), proposal(2)],
            drafted_by: UserId::from_uuid(Uuid::from_u128(7)),
            submitted_by: None,
            endorsed_by: None,
            version: 1,
            created_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn nothing_happens_to_an_application_that_is_not_listed() {
        for state in ApplicationState::ALL {
            for event in ApplicationEvent::ALL {
                let lawful: &[ApplicationState] = match (state, event) {
                    (Draft | Returned, Submit) => &[Submitted],
                    (Draft | Returned, Withdraw) => &[Withdrawn],
                    (Submitted, Endorse) => &[Submitted, Endorsed],
                    (Submitted, Return) => &[Submitted, Endorsed, Approved, Refused, Returned],
                    (Submitted, Approve) => &[Submitted, Endorsed, Approved],
                    (Submitted, Refuse) => &[Submitted, Endorsed, Approved, Refused],
                    (Submitted | Endorsed, Withdraw) => &[Approved, Withdrawn],
                    (Endorsed, Return) => &[Endorsed, Approved, Refused, Returned],
                    (Endorsed, Approve) => &[Endorsed, Approved],
                    (Endorsed, Refuse) => &[Endorsed, Approved, Refused],
                    _ => &[],
                };
                assert_eq!(state.after(event).collect::<Vec<_>>(), lawful, "{state:?} {event:?}");
                assert_eq!(application(state).apply(event, None, None).is_ok(), !lawful.is_empty());
            }
        }
    }

    proptest! {
        #[test]
        fn every_step_is_in_the_table(
            state in select(&ApplicationState::ALL[..]),
            outcomes in vec(select(&Outcome::ALL[..]), 1..5),
            event in select(&ApplicationEvent::ALL[..]),
            chosen in option::of(subsequence(vec![0_usize, 1, 2, 3], 0..4)),
        ) {
            let mut it = application(state);
            it.people = outcomes
                .iter()
                .zip(1..)
                .map(|(outcome, n)| Proposal { outcome: *outcome, ..Proposal::pending(person(n)) })
                .collect();
            let before = it.clone();
            let chosen: Option<Vec<PersonId>> = chosen.map(|places| {
                places.iter().filter_map(|place| before.people.get(*place)).map(|proposal| proposal.person).collect()
            });
            match it.apply(event, chosen.as_deref(), None) {
                Ok(touched) => {
                    prop_assert!(TRANSITIONS.contains(&(state, event, it.state)), "{state:?} {event:?} {:?}", it.state);
                    let kept = |new: &Proposal, old: &Proposal| touched.contains(&new.person) || new == old;
                    prop_assert!(it.people.iter().zip(&before.people).all(|(new, old)| kept(new, old)));
                    let granted = |it: &Application| it.people.iter().any(|p| p.outcome == Outcome::Approved);
                    prop_assert!(!granted(&before) || granted(&it), "what was granted stays granted");
                    let is_over = [Approved, Refused, Withdrawn, Returned].contains(&it.state);
                    prop_assert_eq!(is_over, it.people.iter().all(|p| !p.outcome.is_open()));
                }
                Err(_) => prop_assert_eq!(it, before, "a refused event changes nothing"),
            }
        }
    }

    #[test]
    fn a_decision_on_some_waits_for_the_others() {
        let mut it = application(Endorsed);
        assert_eq!(it.apply(Approve, Some(&[person(1)]), None), Ok(vec![person(1)]));
        assert_eq!(it.state, Endorsed);
        assert_eq!(it.apply(Approve, Some(&[person(1)]), None), Err(Refusal::NotOpen(Some(0))));
        assert_eq!(it.apply(Refuse, None, Some("no proof of two years")), Ok(vec![person(2)]));
        assert_eq!(it.state, Approved, "one card was issued");
        assert_eq!(it.people[1].reason.as_deref(), Some("no proof of two years"));
    }

    #[test]
    fn taking_back_the_rest_does_not_undo_what_was_granted() {
        let mut it = application(Endorsed);
        it.apply(Approve, Some(&[person(1)]), None).expect("permitted");
        it.apply(Withdraw, None, None).expect("permitted");
        assert_eq!(it.state, Approved);
        assert!(it.people.iter().all(|person| !person.outcome.is_open()));
    }

    #[test]
    fn refusing_everybody_refuses_the_application() {
        let mut it = application(Submitted);
        it.apply(Refuse, Some(&[person(2)]), None).expect("permitted");
        it.apply(Refuse, Some(&[person(1)]), None).expect("permitted");
        assert_eq!(it.state, Refused);
    }

    #[test]
    fn what_comes_back_can_be_handed_in_again() {
        let mut it = application(Submitted);
        it.apply(Return, None, Some("the works list is missing")).expect("permitted");
        assert_eq!(it.state, Returned);
        it.apply(Submit, None, None).expect("permitted");
        assert!(it.people.iter().all(|p| p.outcome == Outcome::Pending && p.reason.is_none()));
    }

    #[test]
    fn endorsing_some_waits_for_the_others() {
        let mut it = application(Submitted);
        it.apply(Endorse, Some(&[person(1)]), None).expect("permitted");
        assert_eq!(it.state, Submitted);
        it.apply(Return, Some(&[person(2)]), None).expect("permitted");
        assert_eq!(it.state, Endorsed, "everybody who is left is endorsed");
    }
}
