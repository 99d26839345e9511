//! Bringing a case before another authority, with its file.

use crate::domain::problem::FieldProblem;
use crate::domain::reports::Sha256;
use crate::domain::time::Timestamp;

/// Before whom a case is brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The police: there are signs of a crime.
    Police,
    /// The inspectorate: of what is fined and no crime.
    Inspectorate,
}

impl Authority {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Police, Self::Inspectorate];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Police => "police",
            Self::Inspectorate => "inspectorate",
        }
    }

    /// # Errors
    /// `unknown_authority`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let unknown = || FieldProblem::new("unknown_authority", "`police` or `inspectorate`");
        Self::ALL.into_iter().find(|authority| authority.as_str() == raw).ok_or_else(unknown)
    }
}

/// A case file as it went to an authority, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDocument {
    /// Counts the files of its case, from 1.
    pub number: i64,
    /// To whom it went.
    pub authority: Authority,
    /// How long it is, in bytes.
    pub bytes: i64,
    /// SHA-256 of its bytes, as in the log.
    pub sha256: Sha256,
    /// When it was made.
    pub made_at: Timestamp,
    /// The name of the sealed object that holds its bytes.
    pub object: String,
}
