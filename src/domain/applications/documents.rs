//! Papers that belong to an application: degrees, decisions, contracts. PDF, JPEG and PNG, told by their content.

use super::ApplicationState;
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::problem::FieldProblem;
use crate::domain::reports::{Evidence, MediaType};
use std::fmt;

/// Papers about one person in an application at most: ours. The law asks for four or five (TT49 Đ4).
pub const DOCUMENTS_OF_ONE: usize = 10;
/// Papers about nobody in particular of an application at most: ours.
pub const SHARED_DOCUMENTS: usize = 20;
/// Bytes of one paper at most: ours. A scanned page has some hundred KB.
pub const DOCUMENT_BYTES: usize = 10 * 1024 * 1024;
/// Bytes of all papers of an application for one person at most: ours.
const DOCUMENTS_BYTES: i64 = 50 * 1024 * 1024;
/// More of them for each further person: ours. Ten scanned pages, with room.
const DOCUMENTS_BYTES_EACH: i64 = 5 * 1024 * 1024;

/// Bytes of all papers of an application for so many people at most.
pub fn documents_bytes(people: usize) -> i64 {
    let further = i64::try_from(people.saturating_sub(1)).unwrap_or(i64::MAX);
    DOCUMENTS_BYTES.saturating_add(DOCUMENTS_BYTES_EACH.saturating_mul(further))
}

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

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
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

    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == raw).ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.into_iter().map(Self::as_str).collect();
            FieldProblem::new("unknown_kind", format!("one of {}", all.join(", ")))
        })
    }
}

/// A paper of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The file.
    pub file: Evidence,
    /// What it is.
    pub kind: DocumentKind,
    /// Whom it is about; nobody in particular where it is not said.
    pub person: Option<PersonId>,
}

/// Where a paper is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPlace {
    /// Of which application.
    pub application: ApplicationId,
    /// Its number there.
    pub number: i64,
    /// The sealed object.
    pub object: String,
}

/// As the log names it.
impl fmt::Display for DocumentPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.application, self.number)
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

/// Whether papers may be of this type.
pub const fn is_taken(media_type: MediaType) -> bool {
    match media_type {
        MediaType::Pdf | MediaType::Jpeg | MediaType::Png => true,
        MediaType::Webp | MediaType::Mp3 | MediaType::Wav | MediaType::M4a | MediaType::Mp4 | MediaType::QuickTime => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_pdf_and_pictures_and_are_added_before_they_are_handed_in() {
        let taken: Vec<_> = MediaType::ALL.into_iter().filter(|it| is_taken(*it)).map(MediaType::as_str).collect();
        assert_eq!(taken, ["image/jpeg", "image/png", "application/pdf"]);
        use ApplicationState::{Approved, Draft, Endorsed, Refused, Returned, Submitted, Withdrawn};
        assert!([Draft, Returned].into_iter().all(ApplicationState::takes_documents));
        let others = [Submitted, Endorsed, Approved, Refused, Withdrawn];
        assert!(!others.into_iter().any(ApplicationState::takes_documents));
        assert_eq!(DocumentKind::parse("degree"), Ok(DocumentKind::Degree));
        assert_eq!(DocumentKind::parse("").map_err(|it| it.code), Err("unknown_kind"));
    }
}
