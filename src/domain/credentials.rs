//! Credentials: press cards, letters of introduction, collaborators' cards, and what may happen to them.
//!
//! *Expired* and *not yet valid* are read off the dates; they are never stored.

mod ground;

pub use ground::Ground;

use super::card_code::{Entitlement, Kid};
use super::ids::{AgencyId, ApplicationId, CredentialId, PersonId, PortraitId};
use super::printed::{
    CardNumber, CredentialKind, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity,
};
use super::problem::FieldProblem;
use super::time::Timestamp;

/// Where a credential stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// In force, within its dates.
    Active,
    /// Out of force for a time.
    Suspended,
    /// Taken away. Final, but for the end of a prosecution.
    Revoked,
    /// Reported lost or stolen.
    Lost,
    /// Handed in. Final.
    Returned,
    /// Another took its place. Final.
    Replaced,
}

/// What may happen to a credential once it is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialEvent {
    /// Tạm dừng hiệu lực.
    Suspend,
    /// Back in force.
    Reinstate,
    /// Thu hồi.
    Revoke,
    /// Another is issued in its place.
    Replace,
    /// Báo mất.
    ReportLost,
    /// Nộp lại.
    Return,
}

/// Every permitted change of a credential's state. What is not listed is refused.
/// `Revoked` goes back only on the ground that a prosecution ended, or that a case's decision was overturned; see
/// [`Credential::after`].
pub const TRANSITIONS: &[(CredentialState, CredentialEvent, CredentialState)] = &[
    (CredentialState::Active, CredentialEvent::Suspend, CredentialState::Suspended),
    (CredentialState::Suspended, CredentialEvent::Reinstate, CredentialState::Active),
    (CredentialState::Revoked, CredentialEvent::Reinstate, CredentialState::Active),
    (CredentialState::Active, CredentialEvent::Revoke, CredentialState::Revoked),
    (CredentialState::Suspended, CredentialEvent::Revoke, CredentialState::Revoked),
    (CredentialState::Lost, CredentialEvent::Revoke, CredentialState::Revoked),
    (CredentialState::Active, CredentialEvent::Replace, CredentialState::Replaced),
    (CredentialState::Lost, CredentialEvent::Replace, CredentialState::Replaced),
    (CredentialState::Active, CredentialEvent::ReportLost, CredentialState::Lost),
    (CredentialState::Suspended, CredentialEvent::ReportLost, CredentialState::Lost),
    (CredentialState::Active, CredentialEvent::Return, CredentialState::Returned),
    (CredentialState::Suspended, CredentialEvent::Return, CredentialState::Returned),
    (CredentialState::Lost, CredentialEvent::Return, CredentialState::Returned),
];

/// Every permitted change of a credential that was lost or handed in while it was suspended for a reason of its own:
/// nothing undoes the suspension but a registrar's decision on it, [`CredentialEvent::Reinstate`] or
/// [`CredentialEvent::Revoke`].
pub const TRANSITIONS_UNDER_SUSPENSION: &[(CredentialState, CredentialEvent, CredentialState)] = &[
    (CredentialState::Lost, CredentialEvent::Reinstate, CredentialState::Lost),
    (CredentialState::Lost, CredentialEvent::Revoke, CredentialState::Revoked),
    (CredentialState::Lost, CredentialEvent::Return, CredentialState::Returned),
    (CredentialState::Returned, CredentialEvent::Reinstate, CredentialState::Returned),
    (CredentialState::Returned, CredentialEvent::Revoke, CredentialState::Revoked),
];

impl CredentialState {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Active, Self::Suspended, Self::Revoked, Self::Lost, Self::Returned, Self::Replaced];

    /// The state after `event` on `ground`, or `None` if it may not happen now.
    pub fn after(self, event: CredentialEvent, ground: Option<Ground>) -> Option<Self> {
        let to = self.listed_in(TRANSITIONS, event)?;
        let comes_back = matches!(ground, Some(Ground::ProsecutionEnded | Ground::Overturned));
        (self != Self::Revoked || comes_back).then_some(to)
    }

    fn listed_in(self, transitions: &[(Self, CredentialEvent, Self)], event: CredentialEvent) -> Option<Self> {
        transitions.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// Whether the public is told that the card is no longer good; all such states look alike in public.
    pub const fn is_withdrawn(self) -> bool {
        match self {
            Self::Active => false,
            Self::Suspended | Self::Revoked | Self::Lost | Self::Returned | Self::Replaced => true,
        }
    }

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Lost => "lost",
            Self::Returned => "returned",
            Self::Replaced => "replaced",
        }
    }
}

impl CredentialEvent {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Suspend, Self::Reinstate, Self::Revoke, Self::Replace, Self::ReportLost, Self::Return];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Reinstate => "reinstate",
            Self::Revoke => "revoke",
            Self::Replace => "replace",
            Self::ReportLost => "report_lost",
            Self::Return => "return",
        }
    }

    /// Whether it happens only on a ground: no card is revoked but on one that the law names (L2025 Đ28.5), on which hangs
    /// what is undone, and for how long its holder is granted no other.
    pub const fn needs_ground(self) -> bool {
        match self {
            Self::Revoke => true,
            Self::Suspend | Self::Reinstate | Self::Replace | Self::ReportLost | Self::Return => false,
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|event| event.as_str() == raw).ok_or_else(|| {
            FieldProblem::new("unknown_event", "one of suspend, reinstate, revoke, replace, report_lost, return")
        })
    }
}

/// What people are shown: the stored state, or what the dates make of an active credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShownState {
    /// As stored.
    Stored(CredentialState),
    /// Its first day is to come.
    NotYetValid,
    /// Its last day is past.
    Expired,
}

impl ShownState {
    /// As shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stored(state) => state.as_str(),
            Self::NotYetValid => "not_yet_valid",
            Self::Expired => "expired",
        }
    }
}

/// A credential as issued, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id in the registry; a card is known by `(kid, status_index)`.
    pub id: CredentialId,
    /// What it is, and what for, if it is a letter.
    pub entitlement: Entitlement,
    /// As printed.
    pub number: CardNumber,
    /// The key that signed it.
    pub kid: Kid,
    /// Its place in the status lists.
    pub status_index: StatusIndex,
    /// Whose it is.
    pub person: PersonId,
    /// Whose agency proposed it.
    pub agency: AgencyId,
    /// The application that led to it.
    pub application: Option<ApplicationId>,
    /// The name as printed.
    pub name: PrintedName,
    /// The agency's short name as printed.
    pub agency_name: ShortName,
    /// The portrait and the digest of its public picture.
    pub portrait: Option<(PortraitId, PhotoDigest)>,
    /// From when until when it is valid.
    pub validity: Validity,
    /// Where it stands.
    pub state: CredentialState,
    /// It was suspended for a reason of its own when it was lost or handed in, and nobody has decided on that yet; see
    /// [`Credential::is_suspended`].
    pub left_suspended: bool,
    /// Lost or returned, where it was that when it was revoked: there it is again when the revocation is undone.
    pub gone: Option<CredentialState>,
    /// The ground of the last event.
    pub ground: Option<Ground>,
    /// What took its place.
    pub replaced_by: Option<CredentialId>,
    /// The signed bytes in its QR.
    pub code: Vec<u8>,
    /// The index of its last event in the log.
    pub log_index: i64,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was issued.
    pub issued_at: Timestamp,
}

impl Credential {
    /// What it is.
    pub const fn kind(&self) -> CredentialKind {
        self.entitlement.kind()
    }

    /// What a letter is for.
    pub const fn scope(&self) -> Option<&LetterScope> {
        self.entitlement.scope()
    }

    /// What people are shown at `now`.
    pub fn shown(&self, now: Timestamp) -> ShownState {
        match self.state {
            CredentialState::Active if now < self.validity.not_before() => ShownState::NotYetValid,
            CredentialState::Active if now >= self.validity.expires() => ShownState::Expired,
            state => ShownState::Stored(state),
        }
    }

    /// Whether a suspension of it waits for a registrar's decision, wherever the card itself may be.
    pub const fn is_suspended(&self) -> bool {
        match self.state {
            CredentialState::Suspended => true,
            CredentialState::Lost | CredentialState::Returned => self.left_suspended,
            CredentialState::Active | CredentialState::Revoked | CredentialState::Replaced => false,
        }
    }

    /// Whether it is out of force only because its agency is: it comes back with the agency, and where it is lost or
    /// handed in meanwhile, nothing of that is left to be decided.
    pub fn is_suspended_with_agency(&self) -> bool {
        self.state == CredentialState::Suspended
            && self.ground == Some(Ground::AgencySuspended)
            && self.kind().rests_on_agency()
    }

    /// Whether it can never be in force again, whatever is decided, and nothing is left to be decided.
    pub const fn is_over(&self) -> bool {
        match self.state {
            CredentialState::Returned | CredentialState::Replaced => !self.is_suspended(),
            CredentialState::Active | CredentialState::Suspended | CredentialState::Revoked | CredentialState::Lost => {
                false
            }
        }
    }

    /// The state after `event` on `ground`, or `None` if it may not happen now.
    pub fn after(&self, event: CredentialEvent, ground: Option<Ground>) -> Option<CredentialState> {
        match self.state {
            CredentialState::Lost | CredentialState::Returned if self.left_suspended => {
                self.state.listed_in(TRANSITIONS_UNDER_SUSPENSION, event)
            }
            // Taken away by the decision of a case: it comes back when that is overturned, and with nothing else.
            CredentialState::Revoked if self.ground == Some(Ground::Misuse) && ground != Some(Ground::Overturned) => {
                None
            }
            // Only what was revoked for a prosecution comes back with its end; where no ground was written down, it may have
            // been one.
            CredentialState::Revoked
                if ground == Some(Ground::ProsecutionEnded)
                    && !matches!(self.ground, None | Some(Ground::Prosecution)) =>
            {
                None
            }
            // With its agency: a reason of its own keeps it suspended when that is back.
            state if event == CredentialEvent::Suspend && self.is_suspended_with_agency() => {
                (ground != self.ground).then_some(state)
            }
            // A revocation that is undone brings back no card that is not there.
            CredentialState::Revoked => self.state.after(event, ground).map(|to| self.gone.unwrap_or(to)),
            state => state.after(event, ground),
        }
    }

    /// What [`Credential::gone`] says once `event` has happened.
    pub fn gone_after(&self, event: CredentialEvent) -> Option<CredentialState> {
        let is_gone = matches!(self.state, CredentialState::Lost | CredentialState::Returned);
        (event == CredentialEvent::Revoke && is_gone).then_some(self.state)
    }

    /// Whether a suspension waits for a decision still, once `event` has happened.
    pub fn stays_suspended_after(&self, event: CredentialEvent) -> bool {
        match event {
            CredentialEvent::Suspend => true,
            CredentialEvent::Reinstate | CredentialEvent::Revoke => false,
            CredentialEvent::Replace | CredentialEvent::ReportLost | CredentialEvent::Return => {
                self.is_suspended() && !self.is_suspended_with_agency()
            }
        }
    }

    /// Whether it says "valid" to a checker at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.shown(now) == ShownState::Stored(CredentialState::Active)
    }
}

#[cfg(test)]
mod tests;
