//! Files added to a case by those who handle it and those who are heard in it.

use super::CaseState;
use crate::domain::ids::ReportId;
use crate::domain::reports::Evidence;

/// Files that each role adds to a case at most: ours. No side fills the disk, and none uses up what the other may add.
pub const FILES_OF_EACH_ROLE: usize = 30;

/// Where a file of a case comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Added to the case itself by somebody of this role, as shown.
    Role(String),
    /// Of a report that led to it.
    Report(ReportId),
}

/// A file of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseEvidence {
    /// The file.
    pub file: Evidence,
    /// Where it comes from.
    pub source: Source,
}

impl CaseState {
    /// Whether files are added: while something is still to be decided.
    pub const fn takes_evidence(self) -> bool {
        match self {
            Self::Opened | Self::Notified | Self::Answered | Self::Decided | Self::Appealed => true,
            Self::Upheld | Self::Overturned | Self::Closed | Self::Dismissed => false,
        }
    }
}
