//! What a list may hold for whoever asks.

use crate::domain::ids::{AgencyId, PersonId, UserId};
use crate::domain::provinces::Territory;

/// What a list may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// All there is.
    Everything,
    /// What is of this agency.
    Agency(AgencyId),
    /// What is of the local agencies of this province, and of those that became part of it.
    Province(Territory),
    /// What is of this person.
    Person(PersonId),
    /// What this account reported.
    Reporter(UserId),
    /// Nothing.
    Nothing,
}

impl Range {
    /// Whether drafts, which are an agency's own, may be listed.
    pub const fn includes_drafts(&self) -> bool {
        matches!(self, Self::Agency(_))
    }

    /// Whether it holds the duty to hand in a card that this agency collects, where one does: another agency that may read
    /// the card, as the one that issued it, is not told what its holder does elsewhere.
    pub fn holds_duty_of(&self, collector: Option<AgencyId>) -> bool {
        match self {
            Self::Agency(own) => collector == Some(*own),
            Self::Everything | Self::Province(_) | Self::Person(_) => true,
            Self::Reporter(_) | Self::Nothing => false,
        }
    }
}
