//! Cases of misuse: what is known of an act, who is heard, and what is decided.
//!
//! The table below says what may follow what. What else an event needs (that the subject was told, that the time to
//! reply is over, that somebody else decides) stands beside it in [`rules`], and in `policy` where it is about persons.

mod case;
mod evidence;
mod finding;
mod opening;
mod referral;
pub mod rules;

pub use case::{Appeal, Case, Interim, NoticeGiven, Statement, Stay, Subject, SubjectKind};
pub use evidence::{CaseEvidence, FILES_OF_EACH_ROLE, Source};
pub use finding::{Decision, Finding, FindingForm, Measure, MeasureKind, Outcome};
pub use opening::{Claimed, OpeningFields, OpeningTexts, read_reports};
pub use referral::{Authority, CaseDocument};

use super::problem::FieldProblem;

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseState {
    /// A registrar has opened it; nobody else has been told.
    Opened,
    /// The subject was told and may reply, or it was found that nobody can be told.
    Notified,
    /// There is a reply.
    Answered,
    /// Decided. A revocation waits for a second registrar.
    Decided,
    /// The subject appeals.
    Appealed,
    /// The decision stands.
    Upheld,
    /// The decision is undone.
    Overturned,
    /// Nothing more is to be done. Its decision may still be appealed within the time for that.
    Closed,
    /// Not pursued. Final.
    Dismissed,
}

/// What may happen to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseEvent {
    /// It begins.
    Open,
    /// It is not pursued.
    Dismiss,
    /// Further reports are added.
    Attach,
    /// The subject is told, or it is found that this is impossible.
    Notify,
    /// The notice is put off for a time.
    Stay,
    /// The subject replies.
    Answer,
    /// It is decided.
    Decide,
    /// A second registrar confirms a revocation.
    Confirm,
    /// The decision is appealed against.
    Appeal,
    /// The appeal fails.
    Uphold,
    /// The appeal succeeds.
    Overturn,
    /// It is brought before the police or the inspectorate as well.
    Refer,
    /// Nothing more is to be done.
    Close,
}

/// Every permitted change of a case's state but its opening. What is not listed is refused.
pub const TRANSITIONS: &[(CaseState, CaseEvent, CaseState)] = &[
    (CaseState::Opened, CaseEvent::Dismiss, CaseState::Dismissed),
    (CaseState::Notified, CaseEvent::Dismiss, CaseState::Dismissed),
    (CaseState::Answered, CaseEvent::Dismiss, CaseState::Dismissed),
    (CaseState::Opened, CaseEvent::Attach, CaseState::Opened),
    (CaseState::Notified, CaseEvent::Attach, CaseState::Notified),
    (CaseState::Answered, CaseEvent::Attach, CaseState::Answered),
    (CaseState::Opened, CaseEvent::Notify, CaseState::Notified),
    // While nobody knows that a notice arrived, it may be sent in another way.
    (CaseState::Notified, CaseEvent::Notify, CaseState::Notified),
    (CaseState::Opened, CaseEvent::Stay, CaseState::Opened),
    (CaseState::Notified, CaseEvent::Answer, CaseState::Answered),
    (CaseState::Answered, CaseEvent::Answer, CaseState::Answered),
    (CaseState::Notified, CaseEvent::Decide, CaseState::Decided),
    (CaseState::Answered, CaseEvent::Decide, CaseState::Decided),
    // While a revocation waits for its second person, another decision may take its place.
    (CaseState::Decided, CaseEvent::Decide, CaseState::Decided),
    (CaseState::Decided, CaseEvent::Confirm, CaseState::Decided),
    (CaseState::Decided, CaseEvent::Appeal, CaseState::Appealed),
    // To close a case takes nobody's right to appeal.
    (CaseState::Closed, CaseEvent::Appeal, CaseState::Appealed),
    (CaseState::Appealed, CaseEvent::Uphold, CaseState::Upheld),
    (CaseState::Appealed, CaseEvent::Overturn, CaseState::Overturned),
    (CaseState::Opened, CaseEvent::Refer, CaseState::Opened),
    (CaseState::Notified, CaseEvent::Refer, CaseState::Notified),
    (CaseState::Answered, CaseEvent::Refer, CaseState::Answered),
    (CaseState::Decided, CaseEvent::Refer, CaseState::Decided),
    (CaseState::Appealed, CaseEvent::Refer, CaseState::Appealed),
    (CaseState::Upheld, CaseEvent::Refer, CaseState::Upheld),
    (CaseState::Decided, CaseEvent::Close, CaseState::Closed),
    (CaseState::Upheld, CaseEvent::Close, CaseState::Closed),
    (CaseState::Overturned, CaseEvent::Close, CaseState::Closed),
];

impl CaseState {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Opened,
        Self::Notified,
        Self::Answered,
        Self::Decided,
        Self::Appealed,
        Self::Upheld,
        Self::Overturned,
        Self::Closed,
        Self::Dismissed,
    ];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: CaseEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// Whether something is still to be done about it.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Opened
            | Self::Notified
            | Self::Answered
            | Self::Decided
            | Self::Appealed
            | Self::Upheld
            | Self::Overturned => true,
            Self::Closed | Self::Dismissed => false,
        }
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Notified => "notified",
            Self::Answered => "answered",
            Self::Decided => "decided",
            Self::Appealed => "appealed",
            Self::Upheld => "upheld",
            Self::Overturned => "overturned",
            Self::Closed => "closed",
            Self::Dismissed => "dismissed",
        }
    }

    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_state", "not a state of a case"))
    }
}

impl CaseEvent {
    /// All that may happen to a case that there is: `open` makes one.
    pub const ALL: [Self; 12] = [
        Self::Dismiss,
        Self::Attach,
        Self::Notify,
        Self::Stay,
        Self::Answer,
        Self::Decide,
        Self::Confirm,
        Self::Appeal,
        Self::Uphold,
        Self::Overturn,
        Self::Refer,
        Self::Close,
    ];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Dismiss => "dismiss",
            Self::Attach => "attach",
            Self::Notify => "notify",
            Self::Stay => "stay",
            Self::Answer => "answer",
            Self::Decide => "decide",
            Self::Confirm => "confirm",
            Self::Appeal => "appeal",
            Self::Uphold => "uphold",
            Self::Overturn => "overturn",
            Self::Refer => "refer",
            Self::Close => "close",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|event| event.as_str() == raw).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|event| event.as_str()).collect();
            FieldProblem::new("unknown_event", format!("one of {}", known.join(", ")))
        })
    }
}
