//! Applications for cards: the agency proposes, the province endorses its own, the ministry decides.

mod deciding;
mod documents;

pub use deciding::Refusal;
pub use documents::{Document, DocumentKind, DocumentPlace};

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

    /// Whether the card in whose place another is asked for is one of the same agency, so that it may be looked for when
    /// the agency drafts.
    pub const fn is_of_own_card(self) -> bool {
        match self {
            Self::Renewal | Self::Reissue => true,
            Self::First | Self::Exchange => false,
        }
    }

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
/// Where an event may lead to several states, they stand in order: the first that what became of the people allows
/// ([`ApplicationState::suits`]) is it. So a decision on some leaves the state as it is until nobody is pending.
pub const TRANSITIONS: &[(ApplicationState, ApplicationEvent, ApplicationState)] = &[
    (ApplicationState::Draft, ApplicationEvent::Submit, ApplicationState::Submitted),
    (ApplicationState::Draft, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
    (ApplicationState::Returned, ApplicationEvent::Submit, ApplicationState::Submitted),
    (ApplicationState::Returned, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
    (ApplicationState::Submitted, ApplicationEvent::Endorse, ApplicationState::Submitted),
    (ApplicationState::Submitted, ApplicationEvent::Endorse, ApplicationState::Endorsed),
    (ApplicationState::Submitted, ApplicationEvent::Return, ApplicationState::Submitted),
    (ApplicationState::Submitted, ApplicationEvent::Return, ApplicationState::Endorsed),
    (ApplicationState::Submitted, ApplicationEvent::Return, ApplicationState::Approved),
    (ApplicationState::Submitted, ApplicationEvent::Return, ApplicationState::Refused),
    (ApplicationState::Submitted, ApplicationEvent::Return, ApplicationState::Returned),
    (ApplicationState::Submitted, ApplicationEvent::Approve, ApplicationState::Submitted),
    (ApplicationState::Submitted, ApplicationEvent::Approve, ApplicationState::Endorsed),
    (ApplicationState::Submitted, ApplicationEvent::Approve, ApplicationState::Approved),
    (ApplicationState::Submitted, ApplicationEvent::Refuse, ApplicationState::Submitted),
    (ApplicationState::Submitted, ApplicationEvent::Refuse, ApplicationState::Endorsed),
    (ApplicationState::Submitted, ApplicationEvent::Refuse, ApplicationState::Approved),
    (ApplicationState::Submitted, ApplicationEvent::Refuse, ApplicationState::Refused),
    // What was granted stays granted: taking the rest back does not undo it.
    (ApplicationState::Submitted, ApplicationEvent::Withdraw, ApplicationState::Approved),
    (ApplicationState::Submitted, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
    (ApplicationState::Endorsed, ApplicationEvent::Return, ApplicationState::Endorsed),
    (ApplicationState::Endorsed, ApplicationEvent::Return, ApplicationState::Approved),
    (ApplicationState::Endorsed, ApplicationEvent::Return, ApplicationState::Refused),
    (ApplicationState::Endorsed, ApplicationEvent::Return, ApplicationState::Returned),
    (ApplicationState::Endorsed, ApplicationEvent::Approve, ApplicationState::Endorsed),
    (ApplicationState::Endorsed, ApplicationEvent::Approve, ApplicationState::Approved),
    (ApplicationState::Endorsed, ApplicationEvent::Refuse, ApplicationState::Endorsed),
    (ApplicationState::Endorsed, ApplicationEvent::Refuse, ApplicationState::Approved),
    (ApplicationState::Endorsed, ApplicationEvent::Refuse, ApplicationState::Refused),
    (ApplicationState::Endorsed, ApplicationEvent::Withdraw, ApplicationState::Approved),
    (ApplicationState::Endorsed, ApplicationEvent::Withdraw, ApplicationState::Withdrawn),
];

impl ApplicationState {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Submitted, Self::Endorsed, Self::Returned, Self::Approved, Self::Refused, Self::Withdrawn];

    /// The states that `event` may lead to now, in the order of the table; none if it may not happen.
    pub fn after(self, event: ApplicationEvent) -> impl Iterator<Item = Self> {
        TRANSITIONS.iter().filter(move |(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// Whether an application whose people came to these outcomes may stand here.
    pub fn suits(self, people: &[Proposal]) -> bool {
        let any = |outcome: Outcome| people.iter().any(|proposal| proposal.outcome == outcome);
        match self {
            Self::Submitted => any(Outcome::Pending),
            Self::Endorsed => any(Outcome::Pending) || any(Outcome::Endorsed),
            Self::Approved => any(Outcome::Approved),
            Self::Refused => any(Outcome::Refused),
            Self::Draft | Self::Returned | Self::Withdrawn => true,
        }
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

    /// Whether it may be told of some of the people only; the others concern the whole application.
    pub const fn is_about_people(self) -> bool {
        match self {
            Self::Endorse | Self::Return | Self::Approve | Self::Refuse => true,
            Self::Submit | Self::Withdraw => false,
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
    /// Under which number the police confirmed that the old card is lost; only of a reissue.
    pub police_reference: Option<String>,
}

impl Proposal {
    /// Somebody of whom nothing has become yet.
    pub const fn pending(person: PersonId) -> Self {
        Self { person, outcome: Outcome::Pending, reason: None, credential: None, police_reference: None }
    }
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
    /// Who wrote it; that account never approves.
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
