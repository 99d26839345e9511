//! Press cards of either kind: those of the registry, and those of before it.

use super::events::Object;
use super::ids::{CredentialId, Id as _, StateCardId};
use super::problem::FieldProblem;
use std::fmt;
use uuid::Uuid;

/// Which press card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PressCardId {
    /// One of the registry.
    Issued(CredentialId),
    /// One of before.
    OfBefore(StateCardId),
}

impl PressCardId {
    /// What it is called in the log, and to readers.
    pub fn kind(self) -> &'static str {
        self.object().kind()
    }

    /// To what something happens that happens to it.
    pub const fn object(self) -> Object {
        match self {
            Self::Issued(id) => Object::Credential(id),
            Self::OfBefore(id) => Object::StateCard(id),
        }
    }

    /// The card that an object is, where it is one.
    pub const fn of(object: &Object) -> Option<Self> {
        match object {
            Object::Credential(id) => Some(Self::Issued(*id)),
            Object::StateCard(id) => Some(Self::OfBefore(*id)),
            Object::Agency(_)
            | Object::Person(_)
            | Object::Duplicate(_)
            | Object::Application(_)
            | Object::Office(_)
            | Object::Succession(_)
            | Object::Case(_)
            | Object::User(_)
            | Object::Key(_)
            | Object::Host(_)
            | Object::StatusList(_)
            | Object::Report(_)
            | Object::Statistics(_)
            | Object::Hour(_)
            | Object::Log(_)
            | Object::Day(_) => None,
        }
    }

    /// The id without its kind: no two cards have the same, and that of the later one is greater.
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Issued(id) => id.uuid(),
            Self::OfBefore(id) => id.uuid(),
        }
    }

    /// Reads the forms of [`PressCardId::kind`] and of the id.
    ///
    /// # Errors
    /// The kind is none of a press card, or the id is none.
    pub fn parse(kind: &str, id: &str) -> Result<Self, FieldProblem> {
        match kind {
            "credential" => Ok(Self::Issued(CredentialId::parse(id)?)),
            "state_card" => Ok(Self::OfBefore(StateCardId::parse(id)?)),
            _ => Err(FieldProblem::new("no_press_card", "`credential` or `state_card`")),
        }
    }
}

/// Its id alone.
impl fmt::Display for PressCardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Issued(id) => id.fmt(f),
            Self::OfBefore(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_of_either_kind_is_read_back() {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        let both =
            [CredentialId::parse(id).map(PressCardId::Issued), StateCardId::parse(id).map(PressCardId::OfBefore)];
        for card in both.map(|card| card.expect("an id")) {
            assert_eq!(PressCardId::parse(card.kind(), &card.to_string()), Ok(card));
            assert_eq!(PressCardId::of(&card.object()), Some(card));
            assert_eq!(card.uuid().to_string(), id);
        }
        assert!(PressCardId::parse("office", id).is_err() && PressCardId::parse("credential", "x").is_err());
    }
}
