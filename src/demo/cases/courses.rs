//! What becomes of the demo's cases, day by day, and what is said on the way.

/// Something that happens to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Somebody reports it.
    Report,
    /// A registrar opens a case.
    Open,
    /// The subject is handed the notice.
    Tell,
    /// The notice is sent by post; nobody knows yet that it arrived.
    Post,
    /// Nobody can be told.
    TellNobody,
    /// The subject is told, and the credential is suspended for so many days.
    Suspend(u64),
    /// The notice is put off.
    Stay,
    /// What is over ends by itself.
    Lapse,
    /// The subject replies.
    Answer,
    /// It is decided: what was found, and what follows.
    Decide(&'static str, &'static str),
    /// A second registrar confirms a revocation.
    Confirm,
    /// The notices that wait to be sent are handed over.
    Deliver,
    /// The subject appeals.
    Appeal,
    /// The appeal fails.
    Uphold,
    /// The appeal succeeds.
    Overturn,
    /// Another authority is brought in.
    Refer(&'static str),
    /// Nothing more is to be done.
    Close,
    /// It is not pursued.
    Dismiss,
}

use Step::{
    Answer, Appeal, Close, Confirm, Decide, Deliver, Dismiss, Lapse, Overturn, Post, Refer, Stay, Suspend, Tell,
    TellNobody, Uphold,
};

/// What happens after a case was opened, with the days since it was reported.
type Course = &'static [(i64, Step)];

const FOUND: Step = Decide("substantiated", "none");
const SUSPENDED: Step = Decide("substantiated", "suspend");
const REVOKED: Step = Decide("substantiated", "revoke");
const UNFOUNDED: Step = Decide("unfounded", "none");

/// Every course by the name that the stories give it.
const COURSES: &[(&str, Course)] = &[
    ("reported", &[]),
    ("opened", &[]),
    ("dismissed", &[(5, Dismiss)]),
    ("stayed", &[(3, Stay)]),
    ("stay_over", &[(3, Stay), (34, Lapse)]),
    ("posted", &[(4, Post)]),
    ("served", &[(4, Tell)]),
    ("overdue", &[(4, Tell)]),
    ("answered", &[(4, Tell), (12, Answer)]),
    ("agency_answered", &[(4, Tell), (16, Answer)]),
    ("interim", &[(4, Suspend(30))]),
    ("interim_over", &[(4, Suspend(20)), (15, Answer), (26, Lapse)]),
    ("revocation_waits", &[(4, Tell), (12, Answer), (30, REVOKED)]),
    ("suspended_undelivered", &[(4, Tell), (12, Answer), (30, SUSPENDED)]),
    ("agency_decided", &[(4, Tell), (20, Answer), (40, FOUND)]),
    ("body_decided", &[(4, Tell), (12, Answer), (30, FOUND), (32, Deliver)]),
    ("unnamed", &[(4, TellNobody), (10, FOUND)]),
    ("unheard", &[(4, Tell), (60, FOUND), (62, Deliver)]),
    ("unheard_closed", &[(4, Tell), (60, FOUND), (62, Deliver), (65, Close)]),
    ("appealed", &[(4, Tell), (12, Answer), (30, SUSPENDED), (32, Deliver), (45, Appeal)]),
    ("body_appealed", &[(4, Tell), (12, Answer), (30, FOUND), (32, Deliver), (45, Appeal)]),
    ("body_upheld", &[(4, Tell), (12, Answer), (30, FOUND), (32, Deliver), (45, Appeal), (75, Uphold), (76, Deliver)]),
    (
        "body_upheld_closed",
        &[(4, Tell), (12, Answer), (30, FOUND), (32, Deliver), (45, Appeal), (75, Uphold), (77, Deliver), (80, Close)],
    ),
    (
        "body_overturned",
        &[(4, Tell), (12, Answer), (30, FOUND), (32, Deliver), (45, Appeal), (70, Overturn), (71, Deliver)],
    ),
    (
        "revoked_closed",
        &[
            (4, Tell),
            (12, Answer),
            (30, REVOKED),
            (33, Confirm),
            (35, Deliver),
            (36, Refer("police")),
            (50, Appeal),
            (75, Uphold),
            (77, Deliver),
            (80, Close),
        ],
    ),
    (
        "overturned_closed",
        &[
            (4, Tell),
            (12, Answer),
            (30, SUSPENDED),
            (32, Deliver),
            (45, Appeal),
            (70, Overturn),
            (72, Deliver),
            (75, Close),
        ],
    ),
    ("unfounded", &[(4, Tell), (12, Answer), (30, UNFOUNDED), (32, Deliver), (35, Close)]),
    ("agency_closed", &[(4, Tell), (18, Answer), (40, FOUND), (42, Deliver), (50, Close)]),
    ("closed_unnamed", &[(4, TellNobody), (10, FOUND), (12, Close)]),
    ("closed_police", &[(4, TellNobody), (10, FOUND), (11, Refer("police")), (14, Close)]),
    (
        "closed_inspectorate",
        &[(4, Tell), (12, Answer), (30, FOUND), (32, Deliver), (33, Refer("inspectorate")), (40, Close)],
    ),
];

/// The course of this name.
pub(super) fn course(name: &str) -> Option<Course> {
    COURSES.iter().find(|(known, _)| *known == name).map(|(_, course)| *course)
}

/// What is said at a step, one of a few ways in turn; empty where nothing is.
pub(super) fn words(step: Step, turn: usize) -> &'static str {
    let ways: &[&str] = match step {
        Step::Report | Step::Open | Tell | Post | Lapse | Deliver => &[],
        TellNobody => &[
            "Không rõ người này là ai và ở đâu.",
            "Tên, địa chỉ đã khai không có thật; số điện thoại không liên lạc được.",
            "Người này đã rời đi, không ai biết nơi ở.",
        ],
        Suspend(_) => &["Có dấu hiệu tội phạm; tạm đình chỉ trong khi xác minh."],
        Stay => &["Hoãn thông báo để không ảnh hưởng đến việc xác minh của công an."],
        Answer => &[
            "Tôi không có mặt ở đó vào ngày nêu trong thông báo; đề nghị đối chiếu lịch công tác.",
            "Tôi thừa nhận sự việc như biên bản đã ghi và xin khắc phục.",
            "Sự việc có xảy ra nhưng là hiểu lầm; xin được trình bày trực tiếp.",
        ],
        Decide("unfounded", _) => &["Tài liệu và lời trình bày không xác nhận được sự việc như phản ánh."],
        Decide(_, "none") => &[
            "Lời khai của những người có mặt và tài liệu kèm theo thống nhất với nhau.",
            "Giấy tờ đã xuất trình không do hệ thống này cấp; sự việc có hai người làm chứng.",
            "Hình ảnh, biên bản và tin nhắn phù hợp với nội dung phản ánh.",
        ],
        Decide(_, _) => &["Việc sử dụng thẻ sai mục đích đã được xác nhận bằng biên bản và lời thừa nhận."],
        Confirm => &["Đã xem lại toàn bộ hồ sơ; đồng ý."],
        Appeal => &["Quyết định chưa xem xét tài liệu tôi đã nộp; đề nghị xem xét lại."],
        Uphold => &["Tài liệu nộp thêm không làm thay đổi việc đã được xác nhận."],
        Overturn => &["Giấy xác nhận nộp thêm cho thấy sự việc diễn ra khác; hủy quyết định."],
        Refer("police") => &["Có dấu hiệu tội phạm; chuyển hồ sơ để điều tra theo thẩm quyền."],
        Refer(_) => &["Chuyển hồ sơ để xem xét xử phạt vi phạm hành chính."],
        Close => &["Đã thực hiện xong các việc cần làm."],
        Dismiss => &["Xác minh ban đầu cho thấy không có sự việc như phản ánh."],
    };
    ways.get(turn % ways.len().max(1)).copied().unwrap_or_default()
}
