//! The grounds on which something happens to a credential.

use super::CredentialEvent;
use crate::domain::problem::FieldProblem;

/// Why it happened, in the law's terms. Rules hang on [`Ground::Misuse`] and [`Ground::ProsecutionEnded`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Improper use of the card; only a case's decision revokes on this ground (L2025 Đ28.5a).
    Misuse,
    /// A breach of professional rules concluded by the competent body (L2025 Đ28.5a).
    Discipline,
    /// Prosecution opened against the holder (L2025 Đ28.5b).
    Prosecution,
    /// The prosecution was dropped, or the holder acquitted: the card is given back (L2025 Đ28.5b).
    ProsecutionEnded,
    /// Obliged to return the card and did not, 30 days after the agency's request (L2025 Đ28.5d).
    NotReturned,
    /// Obtained on false papers.
    FalseDossier,
    /// A doubt is being looked into.
    Inquiry,
    /// The doubt is gone.
    Cleared,
    /// Issued or entered by mistake.
    Error,
    /// Lost (TT 31/2021, form 07).
    Lost,
    /// Stolen.
    Stolen,
    /// Damaged (NĐ237 Đ7.2).
    Damaged,
    /// What is printed has changed.
    DataChanged,
    /// Moved to another agency (NĐ237 Đ7.1).
    AgencyChanged,
    /// The term ended and a new one was granted (L2025 Đ28.4).
    Renewed,
    /// No longer at the agency, or retired (NĐ237 Đ7.3).
    LeftAgency,
    /// The agency's licence was revoked (L2016 Đ28.5).
    LicenceRevoked,
    /// The agency's licence is suspended: what rests on its word stops with it.
    AgencySuspended,
    /// The agency is at work again.
    AgencyReinstated,
    /// The agency ceased to be.
    AgencyClosed,
    /// The decision of a case was overturned on appeal; only that appeal reinstates on this ground.
    Overturned,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Misuse,
        Self::Discipline,
        Self::Prosecution,
        Self::ProsecutionEnded,
        Self::NotReturned,
        Self::FalseDossier,
        Self::Inquiry,
        Self::Cleared,
        Self::Error,
        Self::Lost,
        Self::Stolen,
        Self::Damaged,
        Self::DataChanged,
        Self::AgencyChanged,
        Self::Renewed,
        Self::LeftAgency,
        Self::LicenceRevoked,
        Self::AgencySuspended,
        Self::AgencyReinstated,
        Self::AgencyClosed,
        Self::Overturned,
    ];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Misuse => "misuse",
            Self::Discipline => "discipline",
            Self::Prosecution => "prosecution",
            Self::ProsecutionEnded => "prosecution_ended",
            Self::NotReturned => "not_returned",
            Self::FalseDossier => "false_dossier",
            Self::Inquiry => "inquiry",
            Self::Cleared => "cleared",
            Self::Error => "error",
            Self::Lost => "lost",
            Self::Stolen => "stolen",
            Self::Damaged => "damaged",
            Self::DataChanged => "data_changed",
            Self::AgencyChanged => "agency_changed",
            Self::Renewed => "renewed",
            Self::LeftAgency => "left_agency",
            Self::LicenceRevoked => "licence_revoked",
            Self::AgencySuspended => "agency_suspended",
            Self::AgencyReinstated => "agency_reinstated",
            Self::AgencyClosed => "agency_closed",
            Self::Overturned => "overturned",
        }
    }

    /// Whether only a case, in which its holder was heard, lets this happen to a credential on this ground.
    pub const fn needs_case(self, event: CredentialEvent) -> bool {
        matches!(
            (self, event),
            (Self::Misuse, CredentialEvent::Revoke | CredentialEvent::Suspend) | (Self::Overturned, _)
        )
    }

    /// # Errors
    /// `unknown_ground`, with the list of those known.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|ground| ground.as_str() == raw).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|ground| ground.as_str()).collect();
            FieldProblem::new("unknown_ground", format!("one of {}", known.join(", ")))
        })
    }
}
