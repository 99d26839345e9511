//! Papers that belong to an application: degrees, decisions, contracts.

use super::ApplicationState;
use crate::domain::documents::{self, Kind};
use crate::domain::ids::ApplicationId;
use crate::domain::problem::FieldProblem;

/// A paper of an application.
pub type Document = documents::Document<DocumentKind>;

/// Where a paper of an application is kept.
pub type DocumentPlace = documents::DocumentPlace<ApplicationId>;

/// What a paper is (TT49 Đ4–7, TT31/2021).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Tờ khai.
    Declaration,
    /// Bằng tốt nghiệp.
    Degree,
    /// Quyết định tuyển dụng, bổ nhiệm.
    Decision,
    /// Hợp đồng lao động.
    Contract,
    /// Danh sách tác phẩm đề nghị, bản tổng hợp của cơ quan.
    Summary,
    /// Giấy chứng nhận bồi dưỡng nghiệp vụ và đạo đức nghề nghiệp (L2025 Đ50.3).
    CourseCertificate,
    /// Xác nhận của công an về việc mất thẻ.
    PoliceConfirmation,
    /// Xác nhận của cơ quan cũ khi chuyển công tác.
    FormerAgencyConfirmation,
    /// Anything else.
    Other,
}

impl DocumentKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Declaration,
        Self::Degree,
        Self::Decision,
        Self::Contract,
        Self::Summary,
        Self::CourseCertificate,
        Self::PoliceConfirmation,
        Self::FormerAgencyConfirmation,
        Self::Other,
    ];
}

impl Kind for DocumentKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Degree => "degree",
            Self::Decision => "decision",
            Self::Contract => "contract",
            Self::Summary => "summary",
            Self::CourseCertificate => "course_certificate",
            Self::PoliceConfirmation => "police_confirmation",
            Self::FormerAgencyConfirmation => "former_agency_confirmation",
            Self::Other => "other",
        }
    }

    fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.into_iter().map(Self::as_str).collect();
            FieldProblem::new("unknown_kind", format!("one of {}", all.join(", ")))
        })
    }
}

impl ApplicationState {
    /// Whether the agency adds and removes papers: what was handed in stays as it was handed in.
    pub const fn takes_documents(self) -> bool {
        match self {
            Self::Draft | Self::Returned => true,
            Self::Submitted | Self::Endorsed | Self::Approved | Self::Refused | Self::Withdrawn => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_added_before_they_are_handed_in() {
        use ApplicationState::{Approved, Draft, Endorsed, Refused, Returned, Submitted, Withdrawn};
        assert!([Draft, Returned].into_iter().all(ApplicationState::takes_documents));
        let others = [Submitted, Endorsed, Approved, Refused, Withdrawn];
        assert!(!others.into_iter().any(ApplicationState::takes_documents));
        assert_eq!(DocumentKind::parse("degree"), Ok(DocumentKind::Degree));
        assert_eq!(DocumentKind::parse("").map_err(|it| it.code), Err("unknown_kind"));
    }
}
