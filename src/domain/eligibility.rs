//! Who may be granted a press card: the conditions of the 2016 and 2025 laws as data, and what is to be said of one
//! person on one day.
//!
//! The registry judges nobody. It says of each condition whether it is met, not met, or not known, with the article;
//! a registrar decides, and says why where that goes against a condition. What the sources at hand do not confirm is
//! unknown here: no rule is made up.

mod conditions;
mod earlier_cards;
mod facts;
mod law2016;
mod law2025;
mod laws;
mod posts;
mod rules;
mod terms;
mod written;

pub use conditions::{Asked, Asking, Condition, conditions};
pub use earlier_cards::EarlierCard;
pub use facts::{
    Citizenship, Conviction, Course, Declared, DeclaredForm, Degree, Facts, OnRecord, OpenCase, Past, PressTypes,
    Residence, on_staff_since,
};
pub use laws::{Law, Place, Source};
pub use posts::Post;
pub use rules::{Bar, Misdeed, Rule};
pub use terms::{Ends, TERMS, Term, term_of};
pub use written::{Assessment, OnRecordForm};

use super::applications::{Basis, CardKind};
use super::issuer::Words;
use super::time::Day;

/// What is to be said of one condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The facts meet it.
    Met,
    /// The facts do not meet it.
    NotMet,
    /// The registry holds no fact, or the rule is not confirmed.
    Unknown,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Met, Self::NotMet, Self::Unknown];

    /// As shown and written down.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Unknown => "unknown",
        }
    }
}

/// One condition, held against what is known of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which condition, in which law's words.
    pub condition: &'static Condition,
    /// Met, not met, or not known.
    pub outcome: Outcome,
    /// Where the condition is written.
    pub source: Source,
    /// On what the outcome rests.
    pub because: Words,
}

/// Holds the law in force on `day` against what is known of one person. Nothing is asked for a card that the law does
/// not know.
pub fn evaluate(facts: &Facts, day: Day, kind: CardKind, basis: Basis) -> Vec<Finding> {
    match kind {
        CardKind::CollaboratorCard => Vec::new(),
        CardKind::PressCard => conditions()
            .filter(|condition| condition.is_in_force(day))
            .filter_map(|condition| {
                let asking = condition.basis.of(basis, facts)?;
                let (outcome, because) = condition.rule.judge(facts, day)?;
                let (outcome, because) = match (asking, outcome) {
                    (Asking::Perhaps, Outcome::NotMet) => (Outcome::Unknown, unless_they_had_a_card(&because)),
                    (Asking::Surely | Asking::Perhaps, outcome) => (outcome, because),
                };
                Some(Finding { condition, outcome, source: condition.source, because })
            })
            .collect(),
    }
}

fn unless_they_had_a_card(Words { vi, en }: &Words) -> Words {
    Words::new(format!("{vi}; chưa ghi thẻ nào trước đây"), format!("{en}; no earlier card is on record"))
}
