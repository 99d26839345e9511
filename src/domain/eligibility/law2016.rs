//! The conditions of Luật Báo chí 103/2016/QH13 (L2016), in force from 01/01/2017 to 30/06/2026. Read in the official
//! codification (Pháp điển).

use super::conditions::{Asked, Condition, on};
use super::laws::{Law, Place, Source};
use super::posts::Post;
use super::rules::{Bar, Misdeed, Rule};
use crate::domain::time::Day;

const FROM: Day = on(2017, 1, 1);
const TO: Option<Day> = Some(on(2026, 6, 30));

const fn law(places: &'static [Place]) -> Source {
    Source { law: Law::Press2016, places }
}

/// One row each.
pub(super) const CONDITIONS: &[Condition] = &[
    Condition {
        id: "nationality",
        vi: "Là công dân Việt Nam",
        en: "Is a citizen of Việt Nam",
        source: law(&[Place::point(27, 1, "a")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::VietnameseCitizen,
    },
    Condition {
        id: "residence",
        vi: "Có địa chỉ thường trú tại Việt Nam",
        en: "Has permanent residence in Việt Nam",
        source: law(&[Place::point(27, 1, "a")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::LivesInVietnam,
    },
    Condition {
        id: "degree",
        vi: "Có bằng đại học trở lên; cao đẳng nếu là người dân tộc thiểu số làm báo bằng tiếng dân tộc thiểu số",
        en: "Has a university degree or higher; a college degree if of an ethnic minority and working in its language",
        source: law(&[Place::point(27, 1, "b")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::Degree { college_is_enough_for_television_camera: false },
    },
    Condition {
        id: "post",
        vi: "Thuộc đối tượng được xét cấp thẻ: lãnh đạo, trưởng phó phòng nghiệp vụ, phóng viên, biên tập viên, quay phim, đạo \
             diễn, người làm ở đài cấp huyện, người đã có thẻ được điều chuyển",
        en: "Holds a post with a right to a card: leader, head of an editorial department, reporter, editor, camera operator, \
             programme director, at a station of a district, or a former holder who was moved",
        source: law(&[Place::article(26), Place::point(27, 3, "a")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::Post(&[
            Post::Leader,
            Post::EditorialHead,
            Post::ReporterOrEditor,
            Post::CameraOperator,
            Post::ProgrammeDirector,
            Post::DistrictStation,
            Post::MovedWithinAgency,
            Post::MovedToTeaching,
            Post::MovedToAssociation,
            Post::MovedToStateManagement,
        ]),
    },
    Condition {
        id: "continued_work",
        vi: "Người làm ở đài cấp huyện, người được điều chuyển: vẫn có tác phẩm được sử dụng",
        en: "At a station of a district, or moved to another post: works are still used",
        source: law(&[Place::clause(26, 6), Place::clause(27, 2)]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::NotKept(&[
            Post::DistrictStation,
            Post::MovedWithinAgency,
            Post::MovedToTeaching,
            Post::MovedToAssociation,
            Post::MovedToStateManagement,
        ]),
    },
    Condition {
        id: "two_years",
        vi: "Cấp lần đầu: đã công tác liên tục từ 02 năm trở lên tại cơ quan đề nghị",
        en: "First card: two years or more of continuous work at the proposing agency",
        source: law(&[Place::point(27, 1, "c")]),
        from: FROM,
        to: TO,
        basis: Asked::First,
        rule: Rule::YearsAtWork { years: 2, editors_of_journals_are_exempt: true },
    },
    Condition {
        id: "proposed",
        vi: "Được cơ quan báo chí hoặc cơ quan công tác đề nghị",
        en: "Is proposed by the agency",
        source: law(&[Place::point(27, 1, "d")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::Proposed,
    },
    Condition {
        id: "ethics",
        vi: "Không vi phạm quy định về đạo đức nghề nghiệp",
        en: "Has not violated professional ethics",
        source: law(&[Place::point(27, 3, "b")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::Barred { by: Misdeed::Ethics, how_long: Bar::ForGood },
    },
    Condition {
        id: "discipline",
        vi: "Không bị kỷ luật từ khiển trách trở lên mà chưa hết 12 tháng",
        en: "No reprimand or heavier discipline whose 12 months are not over",
        source: law(&[Place::point(27, 3, "c")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::Barred { by: Misdeed::Discipline, how_long: Bar::Months(12) },
    },
    Condition {
        id: "open_case",
        vi: "Không là đối tượng liên quan trong vụ án chưa có kết luận",
        en: "Is no related person in a case that is not concluded",
        source: law(&[Place::point(27, 3, "d")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::NoOpenCase,
    },
    Condition {
        id: "conviction",
        vi: "Không bị kết tội mà chưa được xóa án tích",
        en: "Has no conviction that is not expunged",
        source: law(&[Place::point(27, 3, "đ")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::NoConviction,
    },
    Condition {
        id: "revoked_card",
        vi: "Không bị thu hồi thẻ do vi phạm pháp luật mà chưa quá 12 tháng",
        en: "No card revoked for a violation of law within 12 months",
        source: law(&[Place::point(27, 3, "e")]),
        from: FROM,
        to: TO,
        basis: Asked::Always,
        rule: Rule::Barred { by: Misdeed::Revocation, how_long: Bar::MoreThanMonths(12) },
    },
    Condition {
        id: "exchange_in_time",
        vi: "Đổi thẻ: đã nộp lại thẻ thì phải được tiếp nhận trong 06 tháng",
        en: "Exchange: whoever handed the card in was taken on within 6 months",
        source: law(&[Place::clause(28, 3), Place::point(28, 5, "d")]),
        from: FROM,
        to: TO,
        basis: Asked::Exchange,
        rule: Rule::TakenOnWithin { months: 6 },
    },
    Condition {
        id: "exchange_contract",
        vi: "Đổi thẻ sau khi nộp lại: hợp đồng từ 01 năm trở lên",
        en: "Exchange after handing the card in: a contract of a year or more",
        source: law(&[Place::point(28, 5, "d")]),
        from: FROM,
        to: TO,
        basis: Asked::Exchange,
        rule: Rule::NotKept(&[]),
    },
];
