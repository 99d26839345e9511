//! The posts that the laws give a right to a card, and those that have none.

use crate::domain::problem::FieldProblem;

/// What a person does, in the groups of L2016 Đ26 and L2025 Đ28.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Post {
    /// Leads the agency or is a deputy.
    Leader,
    /// Heads an editorial department or is a deputy.
    EditorialHead,
    /// Phóng viên, biên tập viên.
    ReporterOrEditor,
    /// Người quay phim: radio and television programmes, not feature films.
    CameraOperator,
    /// Đạo diễn: likewise.
    ProgrammeDirector,
    /// Reporter, editor or in charge of them at a station of a district: until 30/06/2026.
    DistrictStation,
    /// Held a card and was moved to a unit of the agency that does no editorial work: until 30/06/2026.
    MovedWithinAgency,
    /// Held a card and was moved to teach journalism.
    MovedToTeaching,
    /// Held a card and was moved to full-time work for a journalists' association.
    MovedToAssociation,
    /// Held a card and was moved to the state management of the press.
    MovedToStateManagement,
    /// None of these.
    Other,
}

impl Post {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Leader,
        Self::EditorialHead,
        Self::ReporterOrEditor,
        Self::CameraOperator,
        Self::ProgrammeDirector,
        Self::DistrictStation,
        Self::MovedWithinAgency,
        Self::MovedToTeaching,
        Self::MovedToAssociation,
        Self::MovedToStateManagement,
        Self::Other,
    ];

    /// As stated and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::EditorialHead => "editorial_head",
            Self::ReporterOrEditor => "reporter_or_editor",
            Self::CameraOperator => "camera_operator",
            Self::ProgrammeDirector => "programme_director",
            Self::DistrictStation => "district_station",
            Self::MovedWithinAgency => "moved_within_agency",
            Self::MovedToTeaching => "moved_to_teaching",
            Self::MovedToAssociation => "moved_to_association",
            Self::MovedToStateManagement => "moved_to_state_management",
            Self::Other => "other",
        }
    }

    /// # Errors
    /// `unknown_word`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = Self::ALL.into_iter().find(|post| post.as_str() == raw);
        known.ok_or_else(|| {
            let all: Vec<&str> = Self::ALL.into_iter().map(Self::as_str).collect();
            FieldProblem::new("unknown_word", format!("one of {}", all.join(", ")))
        })
    }

    /// What it is called in both languages.
    pub const fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Leader => ("lãnh đạo cơ quan báo chí", "leader of the agency"),
            Self::EditorialHead => ("trưởng, phó phòng nghiệp vụ báo chí", "head or deputy of an editorial department"),
            Self::ReporterOrEditor => ("phóng viên, biên tập viên", "reporter or editor"),
            Self::CameraOperator => ("người quay phim", "camera operator"),
            Self::ProgrammeDirector => ("đạo diễn chương trình", "programme director"),
            Self::DistrictStation => ("làm ở đài cấp huyện", "at a station of a district"),
            Self::MovedWithinAgency => {
                ("chuyển sang đơn vị không làm nghiệp vụ báo chí", "moved to a unit without editorial work")
            }
            Self::MovedToTeaching => ("chuyển sang giảng dạy báo chí", "moved to teaching journalism"),
            Self::MovedToAssociation => ("chuyển sang chuyên trách hội nhà báo", "moved to a journalists' association"),
            Self::MovedToStateManagement => {
                ("chuyển sang quản lý nhà nước về báo chí", "moved to the state management of the press")
            }
            Self::Other => ("công việc khác", "another post"),
        }
    }

    /// Whether the laws give it a right only in radio and television.
    pub const fn is_of_broadcasting(self) -> bool {
        match self {
            Self::CameraOperator | Self::ProgrammeDirector => true,
            Self::Leader
            | Self::EditorialHead
            | Self::ReporterOrEditor
            | Self::DistrictStation
            | Self::MovedWithinAgency
            | Self::MovedToTeaching
            | Self::MovedToAssociation
            | Self::MovedToStateManagement
            | Self::Other => false,
        }
    }
}
