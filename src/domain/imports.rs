//! Files of people that are taken in at once: what is asked, how far it is, and what is told of each row.
//!
//! What a row has to say is what a form has to say: the rules are those of [`super::people`], and there are no others.

mod agencies;
mod cells;
mod columns;
mod dates;
mod format;
mod people;
mod state_cards;
mod words;

pub use agencies::read_agency;
pub use columns::{AGENCIES, Column, Columns, IGNORED, PEOPLE, STATE_CARDS};
pub use format::FileFormat;
pub use people::{Verdict, is_known_as, read_person, verdict};
pub use state_cards::read_state_card;
pub use words::{in_both_languages, vietnamese};

use super::ids::{AgencyId, ImportId, SessionId, UserId};
use super::problem::FieldProblem;
use super::time::Timestamp;

/// Rows of one file: twice the people of the largest agency that anybody has asked for.
pub const MOST_ROWS: u32 = 50_000;
/// A file of so many rows is answered at once; a larger one is a job.
pub const ROWS_AT_ONCE: i64 = 1_000;
/// Errors that are told in an answer; all of them stand beside their rows in the file of rejected rows.
pub const ERRORS_TOLD: usize = 5_000;

/// What happens to the good rows of a file that has bad ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is entered unless everything is.
    All,
    /// Each good row is entered.
    Rows,
}

impl Mode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::All, Self::Rows];

    /// As asked for and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Rows => "rows",
        }
    }

    /// # Errors
    /// `unknown_mode`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|mode| mode.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_mode", "`all` or `rows`"))
    }
}

/// What is to be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Only judged, and nothing entered.
    pub dry_run: bool,
    /// What bad rows mean for the others.
    pub mode: Mode,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// It waits for a node.
    Queued,
    /// A node is at it; if that one is gone, another takes it up.
    Running,
    /// It came to its end. Final.
    Done,
    /// It could not go on. Final; rows that were entered stay.
    Failed,
}

/// What may happen to an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportEvent {
    /// A node takes it up, or takes it over from one that is gone.
    Start,
    /// Every row was judged, and entered where that was asked for.
    Finish,
    /// It cannot go on: the account may not do this any more, or the agency is not at work.
    Fail,
}

/// Every permitted change of an import's state. What is not listed is refused.
pub const TRANSITIONS: &[(ImportState, ImportEvent, ImportState)] = &[
    (ImportState::Queued, ImportEvent::Start, ImportState::Running),
    (ImportState::Running, ImportEvent::Start, ImportState::Running),
    (ImportState::Running, ImportEvent::Finish, ImportState::Done),
    (ImportState::Running, ImportEvent::Fail, ImportState::Failed),
];

impl ImportState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Done, Self::Failed];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: ImportEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == raw);
        found.ok_or_else(|| FieldProblem::new("unknown_state", "a state of an import"))
    }
}

impl ImportEvent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Start, Self::Finish, Self::Fail];
}

/// How many rows there were of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that are good, also those that were on record as they are.
    pub accepted: i64,
    /// Of these, those that were on record as they are.
    pub unchanged: i64,
    /// Rows with errors.
    pub rejected: i64,
    /// People who were entered: none by a dry run, nor where all was asked for and something was rejected.
    pub registered: i64,
}

impl Counts {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            unchanged: self.unchanged + other.unchanged,
            rejected: self.rejected + other.rejected,
            registered: self.registered + other.registered,
        }
    }

    /// Rows that were judged.
    pub const fn rows(&self) -> i64 {
        self.accepted + self.rejected
    }
}

/// A row of a file, as it stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// As a spreadsheet counts: the header is 1, and empty rows count.
    pub number: u32,
    /// Its cells from the left.
    pub cells: Vec<String>,
}

impl Row {
    /// Whether nothing stands in it.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }
}

/// What is wrong with a cell. Neither the code nor the sentence repeats what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The column by its name in [`PEOPLE`], [`AGENCIES`] or [`STATE_CARDS`]; empty where it is the row as a whole.
    pub column: String,
    /// Stable and machine-readable.
    pub code: String,
    /// One short sentence in English; [`vietnamese`] has the other.
    pub detail: String,
}

/// A [`CellError`] and the row it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// As a spreadsheet counts.
    pub row: u32,
    /// What is wrong there.
    pub error: CellError,
}

/// A file that was sent to be taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The id.
    pub id: ImportId,
    /// Whose people they are.
    pub agency: AgencyId,
    /// Who sent it.
    pub user: UserId,
    /// In which session.
    pub session: SessionId,
    /// What is to be done.
    pub order: Order,
    /// How far it is.
    pub state: ImportState,
    /// Rows of the file, without its header.
    pub rows: i64,
    /// How many of them were judged so far.
    pub rows_done: i64,
    /// The last row of the file that is done with for good, as a spreadsheet counts.
    pub last_row: i64,
    /// How they were judged.
    pub counts: Counts,
    /// Where the file is, and when that is over, the rows that were rejected.
    pub object: Option<String>,
    /// How often a node took it up: one that was thought to be gone writes nothing more.
    pub claims: i64,
    /// Until when the node that took it up is believed to be at it.
    pub leased_until: Timestamp,
    /// Why it failed: the last part of a problem's `type`.
    pub failure: Option<String>,
    /// When it came in.
    pub created_at: Timestamp,
    /// In which form.
    pub format: FileFormat,
}

impl Import {
    /// Whether every row is judged and good, and all are being entered together: nobody is on record before all are.
    pub fn is_entering(&self) -> bool {
        let enters_all = !self.order.dry_run && self.order.mode == Mode::All && self.counts.rejected == 0;
        enters_all && self.state == ImportState::Running && self.rows_done == self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ImportEvent::{Fail, Finish, Start};
    use ImportState::{Done, Failed, Queued, Running};

    #[test]
    fn nothing_happens_to_an_import_that_is_not_listed() {
        for state in ImportState::ALL {
            for event in ImportEvent::ALL {
                let lawful = match (state, event) {
                    (Queued | Running, Start) => Some(Running),
                    (Running, Finish) => Some(Done),
                    (Running, Fail) => Some(Failed),
                    _ => None,
                };
                assert_eq!(state.after(event), lawful, "{state:?} {event:?}");
            }
            assert_eq!(ImportState::parse(state.as_str()), Ok(state));
        }
    }

    #[test]
    fn a_mode_is_one_of_two_words() {
        assert_eq!(Mode::ALL.map(|mode| Mode::parse(mode.as_str())), Mode::ALL.map(Ok));
        assert_eq!(Mode::parse("All").map_err(|problem| problem.code), Err("unknown_mode"));
    }
}
