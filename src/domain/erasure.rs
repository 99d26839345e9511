//! Erasing a person: asked for by one registrar, carried out by another (law 91/2025 Đ4: the right to have data
//! deleted).

use super::ids::{PersonId, UserId};
use super::problem::{FieldError, FieldProblem, Problems};
use super::reason::Reason;
use super::time::Timestamp;

/// How far the erasure of a person has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureState {
    /// Nobody asks for it.
    Kept,
    /// Asked for; it waits for a second registrar.
    PendingSecond,
    /// Carried out. Final.
    Erased,
}

/// What may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErasureEvent {
    /// A registrar asks for it.
    Erase,
    /// It is taken back.
    Keep,
    /// A second registrar confirms; it is carried out.
    Confirm,
}

/// Every permitted change. What is not listed is refused. `Erased` is final.
pub const TRANSITIONS: &[(ErasureState, ErasureEvent, ErasureState)] = &[
    (ErasureState::Kept, ErasureEvent::Erase, ErasureState::PendingSecond),
    (ErasureState::PendingSecond, ErasureEvent::Keep, ErasureState::Kept),
    (ErasureState::PendingSecond, ErasureEvent::Confirm, ErasureState::Erased),
];

impl ErasureState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kept, Self::PendingSecond, Self::Erased];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: ErasureEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::PendingSecond => "pending_second",
            Self::Erased => "erased",
        }
    }
}

impl ErasureEvent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Erase, Self::Keep, Self::Confirm];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erase => "erase",
            Self::Keep => "keep",
            Self::Confirm => "confirm",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = || FieldProblem::new("unknown_event", "one of erase, keep, confirm, correct_national_id");
        Self::ALL.into_iter().find(|event| event.as_str() == raw).ok_or_else(known)
    }
}

/// An erasure that waits for its second registrar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Who asked, and so never confirms.
    pub requested_by: UserId,
    /// When.
    pub requested_at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Whose erasure waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whose.
    pub person: PersonId,
    /// Their name in full.
    pub full_name: String,
    /// What waits.
    pub pending: Pending,
}

impl Waiting {
    /// Where it stands among those that wait.
    pub const fn place(&self) -> Place {
        Place { asked_at: self.pending.requested_at, person: self.person }
    }
}

/// A place among the erasures that wait: they stand in the order in which they were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Whose it is.
    pub person: PersonId,
}

/// What is to happen, as sent.
#[derive(Clone, Debug, Default)]
pub struct ErasureForm {
    /// See [`ErasureEvent::as_str`].
    pub event: String,
    /// 1–500 characters; required to ask for an erasure, and may be said to take it back.
    pub reason: Option<String>,
}

impl ErasureForm {
    /// The event, and its reason.
    ///
    /// # Errors
    /// `unknown_event`; every problem of the reason.
    pub fn parse(&self) -> Result<(ErasureEvent, Option<Reason>), Vec<FieldError>> {
        let mut problems = Problems::new();
        let event = problems.take("/event", ErasureEvent::parse(&self.event));
        let reason = match event {
            Some(ErasureEvent::Erase) => problems.take("/reason", Reason::required(self.reason.as_deref())),
            Some(ErasureEvent::Keep) | None => problems.take_optional("/reason", self.reason.as_deref(), Reason::parse),
            // It would be the one thing about the person that is left.
            Some(ErasureEvent::Confirm) => problems.take_optional("/reason", self.reason.as_deref(), |_| {
                Err(FieldProblem::new("not_for_this_event", "this event takes no such field"))
            }),
        };
        problems.finish(|| event.map(|event| (event, reason)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_to_an_erasure_that_is_not_listed() {
        for state in ErasureState::ALL {
            for event in ErasureEvent::ALL {
                // The lawful moves, written down a second time.
                let lawful = match (state, event) {
                    (ErasureState::Kept, ErasureEvent::Erase) => Some("pending_second"),
                    (ErasureState::PendingSecond, ErasureEvent::Keep) => Some("kept"),
                    (ErasureState::PendingSecond, ErasureEvent::Confirm) => Some("erased"),
                    (ErasureState::Kept, ErasureEvent::Keep | ErasureEvent::Confirm)
                    | (ErasureState::PendingSecond, ErasureEvent::Erase)
                    | (ErasureState::Erased, ErasureEvent::Erase | ErasureEvent::Keep | ErasureEvent::Confirm) => None,
                };
                assert_eq!(state.after(event).map(ErasureState::as_str), lawful, "{event:?} of {state:?}");
            }
        }
    }
}
