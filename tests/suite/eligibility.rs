//! The conditions of the law for a press card: a table of cases for lawyers, and what users see of them.

mod asked;
mod decided;
mod earlier_cards;
pub(crate) mod for_lawyers;
mod former_cards;
mod golden;
mod terms;

/// The table of cases.
const CASES: &str = include_str!("eligibility/cases.csv");
