//! What a judgement says, in types that can hold no card that is not proven and no reason that does not fit.

use crate::domain::card_code::{Claims, Kid};

/// What was found, and what is said beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What was found.
    pub finding: Finding,
    /// The text's address is none of the issuer's: a camera would open somebody else's page.
    pub foreign_address: bool,
    /// How old the list is that the card is in; without a card, the newest list held.
    pub list_age_seconds: Option<i64>,
}

/// What was found. There is a card exactly where a signature proves one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Nothing is proven.
    Unproven(Unproven),
    /// The registry signed this card; see what became of it.
    Card(Box<Card>, CardState),
}

/// A card whose signature was checked. It is identified by kid and status index, never by its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The key that signed it.
    pub kid: Kid,
    /// What it says.
    pub claims: Claims,
}

/// Why nothing is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unproven {
    /// Not the form of a card code.
    NotACode,
    /// Signed by no key of a fresh issuer document.
    UnknownKey,
    /// Signed by no key of an issuer document that may be too old to know it.
    PerhapsNewKey,
    /// Altered, or signed by somebody else.
    BadSignature,
    /// Genuine, but of a version to come.
    NewerVersion,
    /// A typed code that is no card's.
    NoMatch,
}

/// What became of a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CardState {
    /// Signed with a stolen key.
    Forged,
    /// Signed with a compromised key, and which of its cards are honest is not at hand.
    NoHonestSet,
    /// Its time has not begun.
    NotYetValid,
    /// Its time is over.
    Expired,
    /// The device's clock is wrong.
    Clock,
    /// No list that is fresh enough to tell.
    NoFreshList,
    /// Suspended, revoked, lost, returned or replaced; the public is not told which.
    Withdrawn,
    /// Good.
    Valid,
}

/// The verdict in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Accept it.
    Valid,
    /// Do not accept it.
    NotValid,
    /// It cannot be said now.
    CannotConfirm,
    /// It is no code of this registry.
    NotOurs,
}

impl Verdict {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::NotValid => "not_valid",
            Self::CannotConfirm => "cannot_confirm",
            Self::NotOurs => "not_ours",
        }
    }
}

impl Unproven {
    /// The verdict and its reason.
    pub const fn verdict(self) -> (Verdict, &'static str) {
        match self {
            Self::NotACode => (Verdict::NotOurs, "not_a_code"),
            Self::UnknownKey => (Verdict::NotOurs, "unknown_key"),
            Self::PerhapsNewKey => (Verdict::CannotConfirm, "unknown_key"),
            Self::BadSignature => (Verdict::NotOurs, "bad_signature"),
            Self::NewerVersion => (Verdict::CannotConfirm, "newer_version"),
            Self::NoMatch => (Verdict::NotOurs, "no_match"),
        }
    }
}

impl CardState {
    /// The verdict and its reason; a valid card needs none.
    pub const fn verdict(self) -> (Verdict, Option<&'static str>) {
        match self {
            Self::Forged => (Verdict::NotValid, Some("forged")),
            Self::NoHonestSet => (Verdict::CannotConfirm, Some("no_honest_set")),
            Self::NotYetValid => (Verdict::NotValid, Some("not_yet_valid")),
            Self::Expired => (Verdict::NotValid, Some("expired")),
            Self::Clock => (Verdict::CannotConfirm, Some("clock")),
            Self::NoFreshList => (Verdict::CannotConfirm, Some("no_fresh_list")),
            Self::Withdrawn => (Verdict::NotValid, Some("withdrawn")),
            Self::Valid => (Verdict::Valid, None),
        }
    }
}

impl Judgement {
    /// The verdict in one word.
    pub const fn verdict(&self) -> Verdict {
        match &self.finding {
            Finding::Unproven(why) => why.verdict().0,
            Finding::Card(_, state) => state.verdict().0,
        }
    }

    /// Why, as clients match it; a valid card needs no reason.
    pub const fn reason(&self) -> Option<&'static str> {
        match &self.finding {
            Finding::Unproven(why) => Some(why.verdict().1),
            Finding::Card(_, state) => state.verdict().1,
        }
    }

    /// What to look out for besides, as clients match it.
    pub const fn warning(&self) -> Option<&'static str> {
        if self.foreign_address { Some("foreign_address") } else { None }
    }

    /// The card, where one is proven.
    pub const fn card(&self) -> Option<&Card> {
        match &self.finding {
            Finding::Unproven(_) => None,
            Finding::Card(card, _) => Some(card),
        }
    }
}
