//! Applications for cards: the agency proposes, the province endorses its own, the ministry decides.

use super::ids::{AgencyId, ApplicationId, CredentialId, PersonId, UserId};
use super::printed::CredentialKind;
use super::problem::FieldProblem;
use super::time::Timestamp;

/// The cards one may apply for; letters are written by the agency's head without an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardKind {
    /// Thẻ nhà báo.
    PressCard,
    /// Thẻ cộng tác viên.
    CollaboratorCard,
}

impl CardKind {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        self.credential().as_str()
    }

    /// The credential that an approval issues.
    pub const fn credential(self) -> CredentialKind {
        match self {
            Self::PressCard => CredentialKind::PressCard,
            Self::CollaboratorCard => CredentialKind::CollaboratorCard,
        }
    }

    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        [Self::PressCard, Self::CollaboratorCard]
            .into_iter()
            .find(|kind| kind.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_kind", "`press_card` or `collaborator_card`"))
    }
}

/// Why a card is asked for (TT49 Đ4–7; NĐ237 Đ7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Cấp lần đầu.
    First,
    /// Đổi khi hết hạn.
    Renewal,
    /// Đổi khi chuyển cơ quan.
    Exchange,
    /// Cấp lại vì mất, hỏng.
    Reissue,
}

impl Basis {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::First, Self::Renewal, Self::Exchange, Self::Reissue];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Renewal => "renewal",
            Self::Exchange => "exchange",
            Self::Reissue => "reissue",
        }
    }

    /// # Errors
    /// `unknown_basis`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|basis| basis.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_basis", "one of first, renewal, exchange, reissue"))
    }
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationState {
    /// Being written; the agency's own.
    Draft,
    /// Handed in by the agency's head.
    Submitted,
    /// Endorsed by the province of a local agency.
    Endorsed,
    /// Back with the agency, to be mended and handed in again.
    Returned,
    /// Decided, with at least one card issued. Final.
    Approved,
    /// Decided, with no card issued. Final.
    Refused,
    /// Taken back by the agency. Final.
    Withdrawn,
}

/// What may happen to an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApplicationEvent {
    /// The head hands it in.
    Submit,
    /// The provincial registrar endorses it.
    Endorse,
    /// A registrar gives it back.
    Return,
    /// The national registrar approves, and cards are issued.
    Approve,
    /// The national registrar refuses.
    Refuse,
    /// The agency takes it back.
    Withdraw,
}

/// Every permitted change of an application's state. What is not listed is refused.
/// A decision on some of its people leaves the state as it is until nobody is pending.
pub const TRANSITIONS: &[(ApplicationState, ApplicationEvent, ApplicationState)] = &[
    (ApplicationState::Draft, ApplicationEvent::Submit, ApplicationState::Submitted),
    (ApplicationState::Returned, ApplicationEvent::Submit, ApplicationState::Submitted),
    (ApplicationState::Submitted, ApplicationEvent::Endorse, ApplicationState::Endorsed),
    (ApplicationState::Submitted, ApplicationEvent::Return, ApplicationState::Returned),
    (ApplicationState::Endorsed, ApplicationEvent::Return, ApplicationState::Returned),
    (ApplicationState::Submitted, ApplicationEvent::Approve, ApplicationState::Approved),
    (ApplicationState::Endorsed, ApplicationEvent::Approve, ApplicationState::Approved),
    (ApplicationState::Submitted, ApplicationEvent::Refuse, ApplicationState::Refused),
    (ApplicationState::Endorsed, ApplicationEvent::Refuse, ApplicationState::Refused),
    (ApplicationState::Draft, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
    (ApplicationState::Submitted, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
    (ApplicationState::Endorsed, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
    (ApplicationState::Returned, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
];

impl ApplicationState {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Submitted, Self::Endorsed, Self::Returned, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: ApplicationEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// Reads the form of [`ApplicationState::as_str`].
    ///
    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_state", "not a state of an application"))
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Endorsed => "endorsed",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl ApplicationEvent {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Submit, Self::Endorse, Self::Return, Self::Approve, Self::Refuse, Self::Withdraw];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Endorse => "endorse",
            Self::Return => "return",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::Withdraw => "withdraw",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|event| event.as_str() == raw).ok_or_else(|| {
            FieldProblem::new("unknown_event", "one of submit, endorse, return, approve, refuse, withdraw")
        })
    }

    /// What it makes of the people it concerns, where it decides about people; `None` where it concerns the whole.
    pub const fn outcome(self) -> Option<Outcome> {
        match self {
            Self::Endorse => Some(Outcome::Endorsed),
            Self::Return => Some(Outcome::Returned),
            Self::Approve => Some(Outcome::Approved),
            Self::Refuse => Some(Outcome::Refused),
            Self::Submit | Self::Withdraw => None,
        }
    }
}

/// What became of one person of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet.
    Pending,
    /// Endorsed by the province, not yet decided.
    Endorsed,
    /// Left out of this application by a registrar; the agency may propose the person again.
    Returned,
    /// Approved, and the card issued.
    Approved,
    /// Refused.
    Refused,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Endorsed, Self::Returned, Self::Approved, Self::Refused];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Endorsed => "endorsed",
            Self::Returned => "returned",
            Self::Approved => "approved",
            Self::Refused => "refused",
        }
    }

    /// Whether something is still to be decided about this person.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Pending | Self::Endorsed => true,
            Self::Returned | Self::Approved | Self::Refused => false,
        }
    }
}

/// One person of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Who.
    pub person: PersonId,
    /// What became of it.
    pub outcome: Outcome,
    /// The reasons given, where a registrar refused or returned.
    pub reason: Option<String>,
    /// The card issued.
    pub credential: Option<CredentialId>,
}

/// An application for cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Whose it is.
    pub agency: AgencyId,
    /// What is asked for.
    pub kind: CardKind,
    /// Why.
    pub basis: Basis,
    /// Where it stands.
    pub state: ApplicationState,
    /// For whom: 1–500 people.
    pub people: Vec<Proposal>,
    /// Who wrote it.
    pub drafted_by: UserId,
    /// Who handed it in; that account never approves.
    pub submitted_by: Option<UserId>,
    /// Who endorsed it; that account never approves.
    pub endorsed_by: Option<UserId>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was begun.
    pub created_at: Timestamp,
}

/// The most people one application may name.
pub const MAX_PEOPLE: usize = 500;

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
    use crate::domain::ids::Id as _;
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
