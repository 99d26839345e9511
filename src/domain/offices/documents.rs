//! Files of the papers that come with a notice.

use super::{Document, Office, OfficeState};
use crate::domain::documents::{self, Kind};
use crate::domain::ids::OfficeId;
use crate::domain::problem::FieldProblem;
use crate::domain::time::Timestamp;

/// The file of a paper that came with a notice.
pub type OfficeFile = documents::Document<Document>;

/// Where such a file is kept.
pub type OfficeFilePlace = documents::DocumentPlace<OfficeId>;

impl Kind for Document {
    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }

    fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::parse(raw)
    }
}

impl OfficeState {
    /// Whether files come and go: while it is drafted, and while the province looks at it or waits for it to be mended.
    pub const fn takes_files(self) -> bool {
        match self {
            Self::Draft | Self::Notified | Self::Objected => true,
            Self::Confirmed | Self::Suspended | Self::Stopped | Self::Closed | Self::Withdrawn => false,
        }
    }
}

impl Office {
    /// Whether the province may have confirmed it with a file that came in at this moment: that one stays as it is.
    pub fn was_confirmed_with(&self, added_at: Timestamp) -> bool {
        self.confirmed_on.is_some_and(|day| added_at.day() <= day)
    }
}
