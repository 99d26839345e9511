//! What an event makes of an application and of each of its people.

use super::{Application, ApplicationEvent, ApplicationState, Outcome};
use crate::domain::ids::PersonId;

impl Application {
    /// Applies `event` to the `chosen` people (all open ones when `None`) and gives those it touched.
    ///
    /// # Errors
    /// `None` when the event is not permitted in this state; problems with `/people` when somebody chosen is not
    /// open in this application.
    pub fn apply(
        &mut self,
        event: ApplicationEvent,
        chosen: Option<&[PersonId]>,
        reason: Option<&str>,
    ) -> Result<Vec<PersonId>, Refusal> {
        let next = self.state.after(event).ok_or(Refusal::WrongState)?;
        let Some(outcome) = event.outcome() else {
            if event == ApplicationEvent::Submit {
                self.reopen();
            } else {
                self.give_up();
            }
            let issued = self.people.iter().any(|it| it.outcome == Outcome::Approved);
            // What was granted stays granted: taking the rest back does not undo it.
            self.state = if issued { ApplicationState::Approved } else { next };
            return Ok(self.people.iter().map(|proposal| proposal.person).collect());
        };
        let touched = self.choose(chosen)?;
        for proposal in self.people.iter_mut().filter(|proposal| touched.contains(&proposal.person)) {
            proposal.outcome = outcome;
            proposal.reason = reason.map(str::to_owned);
        }
        self.state = self.settled(event, next, chosen.is_none());
        Ok(touched)
    }

    /// Handed in again: nobody who was not decided keeps an old mark.
    fn reopen(&mut self) {
        let undecided = |outcome: Outcome| outcome.is_open() || outcome == Outcome::Returned;
        for proposal in self.people.iter_mut().filter(|proposal| undecided(proposal.outcome)) {
            proposal.outcome = Outcome::Pending;
            proposal.reason = None;
        }
    }

    /// Taken back: nobody is left undecided.
    fn give_up(&mut self) {
        for proposal in self.people.iter_mut().filter(|proposal| proposal.outcome.is_open()) {
            proposal.outcome = Outcome::Returned;
        }
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

    /// The state once some of the people are dealt with: it moves on when nobody is left behind.
    fn settled(&self, event: ApplicationEvent, next: ApplicationState, all: bool) -> ApplicationState {
        let any = |outcome: Outcome| self.people.iter().any(|p| p.outcome == outcome);
        let open = self.people.iter().any(|p| p.outcome.is_open());
        match event {
            ApplicationEvent::Submit | ApplicationEvent::Withdraw => next,
            ApplicationEvent::Endorse if any(Outcome::Pending) => self.state,
            ApplicationEvent::Endorse => next,
            ApplicationEvent::Return if all && !any(Outcome::Approved) && !any(Outcome::Refused) => next,
            ApplicationEvent::Return | ApplicationEvent::Approve | ApplicationEvent::Refuse if open => {
                if any(Outcome::Pending) { self.state } else { ApplicationState::Endorsed }
            }
            ApplicationEvent::Return | ApplicationEvent::Approve | ApplicationEvent::Refuse => {
                match (any(Outcome::Approved), any(Outcome::Refused)) {
                    (true, _) => ApplicationState::Approved,
                    (false, true) => ApplicationState::Refused,
                    (false, false) => ApplicationState::Returned,
                }
            }
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
    use crate::domain::applications::{Basis, CardKind, Proposal};
    use crate::domain::ids::{AgencyId, ApplicationId, Id as _, UserId};
    use crate::domain::time::Timestamp;
    use ApplicationEvent::{Approve, Endorse, Refuse, Return, Submit, Withdraw};
    use ApplicationState::{Approved, Draft, Endorsed, Refused, Returned, Submitted, Withdrawn};
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId::from_uuid(Uuid::from_u128(n))
    }

    fn application(state: ApplicationState) -> Application {
        let proposal = |n| Proposal { person: person(n), outcome: Outcome::Pending, reason: None, credential: None };
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
                let lawful = match (state, event) {
                    (Draft | Returned, Submit) => Some(Submitted),
                    (Submitted, Endorse) => Some(Endorsed),
                    (Submitted | Endorsed, Return) => Some(Returned),
                    (Submitted | Endorsed, Approve) => Some(Approved),
                    (Submitted | Endorsed, Refuse) => Some(Refused),
                    (Draft | Submitted | Endorsed | Returned, Withdraw) => Some(Withdrawn),
                    _ => None,
                };
                assert_eq!(state.after(event), lawful, "{state:?} {event:?}");
                assert_eq!(application(state).apply(event, None, None).is_ok(), lawful.is_some());
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
