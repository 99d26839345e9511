//! The conditions of Luật Báo chí 126/2025/QH15 (L2025): in force from 01/07/2026, Đ16.4 from 01/01/2026, the course of
//! Đ28.2c from 01/01/2027 (Đ50). Read in an English copy with gaps, compared with the press: what stood in a gap is said
//! to be unconfirmed. Exchange is in Nghị định 237/2026/NĐ-CP (NĐ237), read in a damaged scan.

use super::conditions::{Asked, Condition, on};
use super::laws::{Law, Place, Source};
use super::posts::Post;
use super::rules::{Bar, Misdeed, Rule};
use crate::domain::time::Day;

const FROM: Day = on(2026, 7, 1);

const fn law(places: &'static [Place]) -> Source {
    Source { law: Law::Press2025, places }
}

const fn decree(places: &'static [Place]) -> Source {
    Source { law: Law::Decree237, places }
}

/// One row each.
pub(super) const CONDITIONS: &[Condition] = &[
    Condition {
        id: "nationality",
        vi: "Là công dân Việt Nam",
        en: "Is a citizen of Việt Nam",
        source: law(&[Place::point(28, 2, "a")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::VietnameseCitizen,
    },
    Condition {
        id: "residence",
        vi: "Có thường trú tại Việt Nam",
        en: "Has permanent residence in Việt Nam",
        source: law(&[Place::point(28, 2, "a")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::LivesInVietnam,
    },
    Condition {
        id: "degree",
        vi: "Có bằng đại học trở lên; cao đẳng nếu là người quay phim của cơ quan truyền hình, hoặc người dân tộc \
             thiểu số làm báo bằng tiếng dân tộc thiểu số",
        en: "Has a university degree or higher; a college degree if a camera operator in television, or of an ethnic \
             minority and working in its language",
        source: law(&[Place::point(28, 2, "b")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::Degree { college_is_enough_for_television_camera: true },
    },
    Condition {
        id: "post",
        vi: "Thuộc đối tượng được xét cấp thẻ: lãnh đạo, trưởng phó phòng nghiệp vụ, phóng viên, biên tập viên, quay \
             phim, đạo diễn, người đã có thẻ chuyển sang giảng dạy, hội nhà báo, quản lý nhà nước",
        en: "Holds a post with a right to a card: leader, head of an editorial department, reporter, editor, camera \
             operator, programme director, or a former holder moved to teaching, a journalists' association or state \
             management",
        source: law(&[Place::clause(28, 1), Place::point(28, 3, "a")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::Post(&[
            Post::Leader,
            Post::EditorialHead,
            Post::ReporterOrEditor,
            Post::CameraOperator,
            Post::ProgrammeDirector,
            Post::MovedToTeaching,
            Post::MovedToAssociation,
            Post::MovedToStateManagement,
        ]),
    },
    Condition {
        id: "scientific_journal",
        vi: "Không làm việc tại cơ quan tạp chí khoa học của cơ sở giáo dục đại học, tổ chức khoa học",
        en: "Does not work at a scientific journal of a university, an institute or the like",
        source: law(&[Place::clause(16, 4), Place::clause(17, 2), Place::clause(50, 2)]),
        from: on(2026, 1, 1),
        to: None,
        basis: Asked::Always,
        rule: Rule::NotAtScientificJournal,
    },
    Condition {
        id: "two_years",
        vi: "Cấp lần đầu: đã công tác liên tục từ 02 năm trở lên tại cơ quan đề nghị",
        en: "First card: two years or more of continuous work at the proposing agency",
        source: law(&[Place::point(28, 2, "c")]),
        from: FROM,
        to: None,
        basis: Asked::First,
        rule: Rule::YearsAtWork { years: 2, editors_of_journals_are_exempt: false },
    },
    Condition {
        id: "first_card_details",
        vi: "Cấp lần đầu: những điều khác của điểm c (bản văn dùng ở đây bị khuyết, chưa xác nhận)",
        en: "First card: what else point c says (the text at hand has a gap there: unconfirmed)",
        source: law(&[Place::point(28, 2, "c")]),
        from: FROM,
        to: None,
        basis: Asked::First,
        rule: Rule::Unconfirmed,
    },
    Condition {
        id: "course",
        vi: "Cấp lần đầu: đã hoàn thành khóa bồi dưỡng kỹ năng nghiệp vụ và đạo đức nghề nghiệp",
        en: "First card: has completed the course on professional skills and ethics",
        source: law(&[Place::point(28, 2, "c"), Place::clause(50, 3)]),
        from: on(2027, 1, 1),
        to: None,
        basis: Asked::First,
        rule: Rule::CourseCompleted,
    },
    Condition {
        id: "proposed",
        vi: "Được cơ quan báo chí hoặc cơ quan công tác đề nghị",
        en: "Is proposed by the agency",
        source: law(&[Place::point(28, 2, "d")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::Proposed,
    },
    Condition {
        id: "ethics",
        vi: "Không vi phạm đạo đức nghề nghiệp mà chưa đủ 12 tháng từ ngày Hội Nhà báo Việt Nam kết luận",
        en: "No violation of professional ethics that the Journalists' Association concluded under 12 months ago",
        source: law(&[Place::point(28, 3, "b")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::Barred { by: Misdeed::Ethics, how_long: Bar::Months(12) },
    },
    Condition {
        id: "discipline",
        vi: "Không bị kỷ luật từ khiển trách trở lên mà chưa đủ 12 tháng từ ngày quyết định",
        en: "No reprimand or heavier discipline decided under 12 months ago",
        source: law(&[Place::point(28, 3, "c")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::Barred { by: Misdeed::Discipline, how_long: Bar::Months(12) },
    },
    Condition {
        id: "open_case",
        vi: "Không là đối tượng liên quan trong vụ án chưa có kết luận",
        en: "Is no related person in a case that is not concluded",
        source: law(&[Place::point(28, 3, "d")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::NoOpenCase,
    },
    Condition {
        id: "conviction",
        vi: "Không bị kết tội mà chưa được xóa án tích",
        en: "Has no conviction that is not expunged",
        source: law(&[Place::point(28, 3, "đ")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::NoConviction,
    },
    Condition {
        id: "revoked_card",
        vi: "Không bị thu hồi thẻ do vi phạm pháp luật mà chưa quá 12 tháng từ ngày quyết định",
        en: "No card revoked for a violation of law within 12 months",
        source: law(&[Place::point(28, 3, "e")]),
        from: FROM,
        to: None,
        basis: Asked::Always,
        rule: Rule::Barred { by: Misdeed::Revocation, how_long: Bar::MoreThanMonths(12) },
    },
    Condition {
        id: "exchange_in_time",
        vi: "Đổi thẻ: đã nộp lại thẻ thì phải được tiếp nhận trong 12 tháng",
        en: "Exchange: whoever handed the card in was taken on within 12 months",
        source: decree(&[Place::clause(7, 1), Place::point(7, 3, "d")]),
        from: FROM,
        to: None,
        basis: Asked::Exchange,
        rule: Rule::TakenOnWithin { months: 12 },
    },
    Condition {
        id: "exchange_contract",
        vi: "Đổi thẻ sau khi nộp lại: thời hạn hợp đồng (số năm trong bản chụp bị mất, chưa xác nhận)",
        en: "Exchange after handing the card in: length of the contract (years lost in the scan: unconfirmed)",
        source: decree(&[Place::point(7, 3, "d")]),
        from: FROM,
        to: None,
        basis: Asked::Exchange,
        rule: Rule::Unconfirmed,
    },
];
