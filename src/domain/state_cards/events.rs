//! Where a card of before stands, and what may happen to it.

use crate::domain::credentials::Ground;
use crate::domain::problem::FieldProblem;

/// Where such a card stands. Whether it has expired is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateCardState {
    /// As it was issued.
    Active,
    /// Reported lost or stolen.
    Lost,
    /// Handed in. Final.
    Returned,
    /// Revoked by the ministry. Final, but for the end of a prosecution.
    Revoked,
}

/// What may happen to such a card: what is written down of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateCardEvent {
    /// Báo mất.
    ReportLost,
    /// Nộp lại.
    Return,
    /// Thu hồi.
    Revoke,
    /// Back in force.
    Reinstate,
}

/// Every permitted change of a card's state. What is not listed is refused. A card that is not there is not revoked: it is
/// not valid already, and what is undone brings it back to nobody.
pub const TRANSITIONS: &[(StateCardState, StateCardEvent, StateCardState)] = &[
    (StateCardState::Active, StateCardEvent::ReportLost, StateCardState::Lost),
    (StateCardState::Active, StateCardEvent::Return, StateCardState::Returned),
    (StateCardState::Lost, StateCardEvent::Return, StateCardState::Returned),
    (StateCardState::Active, StateCardEvent::Revoke, StateCardState::Revoked),
    (StateCardState::Revoked, StateCardEvent::Reinstate, StateCardState::Active),
];

impl StateCardState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Lost, Self::Returned, Self::Revoked];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: StateCardEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Lost => "lost",
            Self::Returned => "returned",
            Self::Revoked => "revoked",
        }
    }

    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_state", "one of active, lost, returned, revoked"))
    }
}

impl StateCardEvent {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ReportLost, Self::Return, Self::Revoke, Self::Reinstate];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReportLost => "report_lost",
            Self::Return => "return",
            Self::Revoke => "revoke",
            Self::Reinstate => "reinstate",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|event| event.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_event", "one of report_lost, return, revoke, reinstate"))
    }

    /// Whether it is written down only with a ground: no card is revoked but on one that the law names (L2025 Đ28.5), on
    /// which hangs what is undone, and for how long its holder is granted no other.
    pub const fn needs_ground(self) -> bool {
        match self {
            Self::Revoke => true,
            // What comes back says on which ground by itself: it has one alone.
            Self::ReportLost | Self::Return | Self::Reinstate => false,
        }
    }

    /// Whether a registrar alone may write this down on this ground: nobody's card is taken for misuse before a case has
    /// heard them.
    pub const fn is_open_to(self, ground: Option<Ground>) -> bool {
        !matches!((self, ground), (Self::Revoke, Some(Ground::Misuse)) | (_, Some(Ground::Overturned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_to_a_card_of_before_that_is_not_listed() {
        for state in StateCardState::ALL {
            for event in StateCardEvent::ALL {
                let lawful = match (state, event) {
                    (StateCardState::Active, StateCardEvent::ReportLost) => Some(StateCardState::Lost),
                    (StateCardState::Active | StateCardState::Lost, StateCardEvent::Return) => {
                        Some(StateCardState::Returned)
                    }
                    (StateCardState::Active, StateCardEvent::Revoke) => Some(StateCardState::Revoked),
                    (StateCardState::Revoked, StateCardEvent::Reinstate) => Some(StateCardState::Active),
                    _ => None,
                };
                assert_eq!(state.after(event), lawful, "{state:?} {event:?}");
            }
            assert_eq!(StateCardState::parse(state.as_str()), Ok(state));
        }
        for event in StateCardEvent::ALL {
            assert_eq!(StateCardEvent::parse(event.as_str()), Ok(event));
            assert_eq!(event.needs_ground(), event == StateCardEvent::Revoke, "{event:?}");
        }
        assert_eq!(StateCardEvent::parse("suspend").map_err(|it| it.code), Err("unknown_event"));
    }

    #[test]
    fn nobody_is_found_to_have_misused_a_card_without_a_case() {
        for event in StateCardEvent::ALL {
            for ground in Ground::ALL {
                let needs_case =
                    ground == Ground::Overturned || (event == StateCardEvent::Revoke && ground == Ground::Misuse);
                assert_eq!(event.is_open_to(Some(ground)), !needs_case, "{event:?} {ground:?}");
            }
            assert!(event.is_open_to(None));
        }
    }
}
