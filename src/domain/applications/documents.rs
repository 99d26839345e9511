//! Papers that belong to an application: degrees, decisions, contracts. PDF, JPEG and PNG, whole, told by their content.

use super::ApplicationState;
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::problem::FieldProblem;
use crate::domain::reports::{Evidence, MediaType};
use std::fmt;

/// Papers of one application at most: ours.
pub const MOST_DOCUMENTS: usize = 20;
/// Bytes of one paper at most: ours. A scanned page has some hundred KB.
pub const DOCUMENT_BYTES: usize = 10 * 1024 * 1024;
/// Bytes of all papers of one application at most: ours.
pub const DOCUMENTS_BYTES: i64 = 50 * 1024 * 1024;
/// Where the end of a PDF is looked for, as readers do (ISO 32000-1, Annex H, 3.4.4).
const PDF_TAIL_BYTES: usize = 1_024;

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

/// That a file has its own end, and nothing of another kind after it: a registrar is not to find months later that half a
/// degree came in, nor anybody that a picture is an archive too. It is not decoded: nobody is shown it in a page of ours.
///
/// # Errors
/// `not_whole`.
pub fn is_whole(media_type: MediaType, bytes: &[u8]) -> Result<(), FieldProblem> {
    // Some writers end with a line's end or with zeros.
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n' | b' ' | 0)).map_or(0, |last| last + 1);
    let (body, whole) = (bytes.get(..end).unwrap_or_default(), bytes);
    let has_end = match media_type {
        // Its trailer is looked for near the end, where changes are added.
        MediaType::Pdf => {
            let tail = body.get(body.len().saturating_sub(PDF_TAIL_BYTES)..).unwrap_or_default();
            tail.windows(5).any(|part| part == b"%%EOF")
        }
        MediaType::Jpeg => body.ends_with(&[0xff, 0xd9]),
        // The last chunk is empty and has a fixed sum.
        MediaType::Png => whole.ends_with(b"\0\0\0\0IEND\xaeB`\x82"),
        MediaType::Webp | MediaType::Mp3 | MediaType::Wav | MediaType::M4a | MediaType::Mp4 | MediaType::QuickTime => {
            true
        }
    };
    match has_end {
        true => Ok(()),
        false => Err(FieldProblem::new("not_whole", "the file does not end as one of its type: send it again")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_own_end() {
        const PNG_END: &[u8] = b"\0\0\0\0IEND\xaeB`\x82";
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), PNG_END].concat();
        for (media_type, bytes, whole) in [
            (MediaType::Pdf, b"%PDF-1.7\nx\n%%EOF".to_vec(), true),
            (MediaType::Pdf, b"%PDF-1.7\nx\n%%EOF\r\n\0\0".to_vec(), true),
            (MediaType::Pdf, b"%PDF-1.7\nx\n".to_vec(), false),
            (MediaType::Pdf, [b"%PDF-1.7\n%%EOF".as_slice(), &[b'x'; 1_024]].concat(), false),
            (MediaType::Jpeg, b"\xff\xd8\xff\xe0x\xff\xd9".to_vec(), true),
            (MediaType::Jpeg, b"\xff\xd8\xff\xe0x\xff\xd9\0\0\0".to_vec(), true),
            (MediaType::Jpeg, b"\xff\xd8\xff\xe0x".to_vec(), false),
            (MediaType::Jpeg, b"\xff\xd8\xff\xe0x\xff\xd9PK\x05\x06".to_vec(), false),
            (MediaType::Png, png.clone(), true),
            (MediaType::Png, png.get(..12).unwrap_or_default().to_vec(), false),
            (MediaType::Png, [png.as_slice(), b"<script>"].concat(), false),
            (MediaType::Png, vec![], false),
        ] {
            assert_eq!(is_whole(media_type, &bytes).is_ok(), whole, "{media_type:?} {bytes:?}");
        }
    }

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
