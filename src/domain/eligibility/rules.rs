//! How facts are held against a condition. A fact that is not known gives `unknown`, whatever the rule.

use super::Outcome;
use super::earlier_cards::{revocation, taken_on};
use super::facts::{Citizenship, Conviction, Course, Degree, Facts, OpenCase, Past, Residence};
use super::posts::Post;
use crate::domain::agencies::{AgencyKind, PressType};
use crate::domain::applications::ApplicationState;
use crate::domain::issuer::Words;
use crate::domain::time::Day;
use crate::domain::wording::date;

/// How facts are held against a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A citizen of Việt Nam.
    VietnameseCitizen,
    /// Permanent residence in Việt Nam.
    LivesInVietnam,
    /// A university degree, or a college degree where that is enough.
    Degree {
        /// Whether it is for a camera operator in television, besides work in an ethnic-minority language.
        college_is_enough_for_television_camera: bool,
    },
    /// One of these posts.
    Post(&'static [Post]),
    /// So many years on the staff of the proposing agency without a gap.
    YearsAtWork {
        /// How many.
        years: u32,
        /// Whether chief editors of scientific journals need none.
        editors_of_journals_are_exempt: bool,
    },
    /// Handed in by the agency.
    Proposed,
    /// The course is completed.
    CourseCompleted,
    /// Nothing of the kind, or long enough ago.
    Barred {
        /// What bars.
        by: Misdeed,
        /// For how long.
        how_long: Bar,
    },
    /// In no case that is not concluded.
    NoOpenCase,
    /// No conviction that stands.
    NoConviction,
    /// Not at a scientific journal.
    NotAtScientificJournal,
    /// The earlier card is in force, or was handed in at most so long before the work began.
    TakenOnWithin {
        /// How many months.
        months: u32,
    },
    /// The law asks it, of these posts or of all, but the registry keeps no such fact.
    NotKept(&'static [Post]),
    /// The text at hand does not say what the law asks.
    Unconfirmed,
}

/// What bars from a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misdeed {
    /// A violation of professional ethics.
    Ethics,
    /// A reprimand or heavier discipline.
    Discipline,
    /// A card revoked for a violation of law.
    Revocation,
}

/// For how long something bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// As long as one lives.
    ForGood,
    /// Until so many months are reached ("chưa đủ", "chưa hết").
    Months(u32),
    /// Until so many months are exceeded ("chưa quá"): a day longer.
    MoreThanMonths(u32),
}

pub(super) type Judged = (Outcome, Words);

pub(super) fn met(vi: impl Into<String>, en: impl Into<String>) -> Judged {
    (Outcome::Met, Words::new(vi, en))
}

pub(super) fn not_met(vi: impl Into<String>, en: impl Into<String>) -> Judged {
    (Outcome::NotMet, Words::new(vi, en))
}

pub(super) fn unknown(vi: impl Into<String>, en: impl Into<String>) -> Judged {
    (Outcome::Unknown, Words::new(vi, en))
}

pub(super) fn not_stated() -> Judged {
    unknown("Cơ quan đề nghị chưa khai", "Not stated by the agency")
}

impl Rule {
    /// The facts it rests on, by the names they are stated under or by what they are read from.
    pub const fn rests_on(&self) -> &'static [&'static str] {
        match self {
            Self::VietnameseCitizen => &["nationality"],
            Self::LivesInVietnam => &["residence"],
            Self::Degree { college_is_enough_for_television_camera: false } => &["degree"],
            Self::Degree { .. } => &["degree", "post", "types of press or kind of agency on record"],
            Self::Post(_) => &["post", "types of press or kind of agency on record"],
            Self::YearsAtWork { editors_of_journals_are_exempt: false, .. } => &["engagements on record", "post"],
            Self::YearsAtWork { .. } => &["engagements on record", "post", "kind of agency, types of press on record"],
            Self::Proposed => &["state of the application"],
            Self::CourseCompleted => &["course"],
            Self::Barred { by: Misdeed::Ethics, .. } => &["ethics_violation"],
            Self::Barred { by: Misdeed::Discipline, .. } => &["discipline"],
            Self::Barred { by: Misdeed::Revocation, .. } => &["revoked_card", "revocations on record"],
            Self::NoOpenCase => &["open_case"],
            Self::NoConviction => &["conviction"],
            Self::NotAtScientificJournal => &["kind of agency, types of press on record"],
            Self::TakenOnWithin { .. } => &["cards and engagements on record"],
            Self::NotKept(_) | Self::Unconfirmed => &[],
        }
    }

    /// What is to be said on `day`; nothing where it is not asked of this person.
    pub(super) fn judge(&self, facts: &Facts, day: Day) -> Option<Judged> {
        let Facts { declared, on_record } = facts;
        Some(match *self {
            Self::VietnameseCitizen => match declared.nationality {
                Some(Citizenship::Vietnamese) => met("Khai: công dân Việt Nam", "Stated: a citizen of Việt Nam"),
                Some(Citizenship::Other) => not_met("Khai: quốc tịch khác", "Stated: of another nationality"),
                None => not_stated(),
            },
            Self::LivesInVietnam => match declared.residence {
                Some(Residence::Vietnam) => met("Khai: thường trú tại Việt Nam", "Stated: resides in Việt Nam"),
                Some(Residence::Abroad) => not_met("Khai: thường trú ở nước ngoài", "Stated: resides abroad"),
                None => not_stated(),
            },
            Self::Degree { college_is_enough_for_television_camera } => {
                degree(facts, college_is_enough_for_television_camera)
            }
            Self::Post(posts) => post(facts, posts),
            Self::YearsAtWork { years, editors_of_journals_are_exempt } => {
                years_at_work(facts, day, years, editors_of_journals_are_exempt)
            }
            Self::Proposed => proposed(on_record.proposal),
            Self::CourseCompleted => match declared.course {
                Some(Course::Completed) => met("Khai: đã hoàn thành", "Stated: completed"),
                Some(Course::NotCompleted) => not_met("Khai: chưa hoàn thành", "Stated: not completed"),
                None => not_stated(),
            },
            Self::Barred { by, how_long } => {
                let stated = match by {
                    Misdeed::Ethics => declared.ethics_violation,
                    Misdeed::Discipline => declared.discipline,
                    Misdeed::Revocation => return Some(revocation(facts, how_long, day)),
                };
                stated.map_or_else(not_stated, |past| barred(past, how_long, day))
            }
            Self::NoOpenCase => match declared.open_case {
                Some(OpenCase::No) => met("Khai: không có", "Stated: none"),
                Some(OpenCase::Open) => not_met("Khai: vụ án chưa có kết luận", "Stated: a case is not concluded"),
                None => not_stated(),
            },
            Self::NoConviction => match declared.conviction {
                Some(Conviction::No) => met("Khai: không có", "Stated: none"),
                Some(Conviction::NotExpunged) => not_met("Khai: chưa được xóa án tích", "Stated: not expunged"),
                None => not_stated(),
            },
            Self::NotAtScientificJournal => match is_scientific_journal(facts) {
                Some(true) => {
                    not_met("Cơ quan được ghi là tạp chí khoa học", "The agency is on record as a scientific journal")
                }
                Some(false) if is_magazine(on_record.agency) => met(
                    "Cơ quan được cấp phép phát thanh, truyền hình: không phải là tạp chí khoa học",
                    "The agency is licensed for radio or television: it is no scientific journal",
                ),
                Some(false) => met("Cơ quan không phải là tạp chí", "The agency is no magazine"),
                None => unknown(
                    "Chưa ghi tạp chí này có phải là tạp chí khoa học hay không",
                    "Whether this magazine is a scientific journal is not on record",
                ),
            },
            Self::TakenOnWithin { months } => taken_on(facts, months),
            Self::NotKept(posts) => match declared.post {
                Some(post) if !posts.is_empty() && !posts.contains(&post) => return None,
                Some(_) | None => unknown(
                    "Hệ thống không lưu thông tin này: đối chiếu với hồ sơ",
                    "The registry keeps no such fact: see the file",
                ),
            },
            Self::Unconfirmed => unknown(
                "Quy định chưa được xác nhận: đối chiếu với văn bản chính thức",
                "The rule is not confirmed: see the official text",
            ),
        })
    }
}

fn degree(facts: &Facts, camera: bool) -> Judged {
    let Some(degree) = facts.declared.degree else { return not_stated() };
    let too_low = || not_met("Khai: cao đẳng", "Stated: a college degree");
    match degree {
        Degree::University => met("Khai: đại học trở lên", "Stated: a university degree or higher"),
        Degree::CollegeMinorityLanguage => met(
            "Khai: cao đẳng, người dân tộc thiểu số làm báo bằng tiếng dân tộc thiểu số",
            "Stated: a college degree, of an ethnic minority and working in its language",
        ),
        Degree::College => match facts.declared.post {
            Some(Post::CameraOperator) if camera => match does(facts, PressType::Television) {
                Some(true) => {
                    met("Khai: cao đẳng, quay phim truyền hình", "Stated: college; camera operator in television")
                }
                Some(false) => not_met(
                    "Khai: cao đẳng, quay phim; cơ quan không được cấp phép truyền hình",
                    "Stated: college, camera operator; the agency is not licensed for television",
                ),
                None => unknown(
                    "Khai: cao đẳng, quay phim; chưa ghi cơ quan có truyền hình hay không",
                    "Stated: college, camera operator; whether the agency does television is not on record",
                ),
            },
            None if camera => unknown("Khai: cao đẳng; chưa khai chức danh", "Stated: college; the post is not stated"),
            Some(_) | None => too_low(),
        },
        Degree::Lower => not_met("Khai: dưới cao đẳng", "Stated: below college"),
    }
}

/// Whether an agency does this type of press: by the types that are entered; else by its kind, which names one thing that it
/// does, and never what it does not, for it may have several types (L2025 Đ15.1).
fn does(facts: &Facts, press: PressType) -> Option<bool> {
    let on_record = &facts.on_record;
    match on_record.press_types {
        Some(types) => Some(types.has(press)),
        None => on_record.agency.is_some_and(|kind| kind.usual_press_types().contains(&press)).then_some(true),
    }
}

fn post(facts: &Facts, posts: &[Post]) -> Judged {
    let Some(post) = facts.declared.post else { return not_stated() };
    let (vi, en) = post.name();
    match (posts.contains(&post), post.is_of_broadcasting().then(|| is_on_air(facts))) {
        (true, Some(Some(false))) => not_met(
            format!("Khai: {vi}; cơ quan không được cấp phép phát thanh, truyền hình"),
            format!("Stated: {en}; the agency is licensed for neither radio nor television"),
        ),
        (true, Some(None)) => unknown(
            format!("Khai: {vi}; chưa ghi cơ quan có phát thanh, truyền hình hay không"),
            format!("Stated: {en}; whether the agency does radio or television is not on record"),
        ),
        (true, Some(Some(true)) | None) => met(format!("Khai: {vi}"), format!("Stated: {en}")),
        (false, _) => not_met(format!("Khai: {vi}"), format!("Stated: {en}")),
    }
}

/// Whether an agency is a scientific journal: which types of press it has does not say so of a magazine, but a journal is
/// printed or electronic press (L2025 Đ2), so that whoever is licensed for radio or television is none.
fn is_scientific_journal(facts: &Facts) -> Option<bool> {
    let kind = facts.on_record.agency?;
    if kind == AgencyKind::TapChiKhoaHoc {
        return Some(true);
    }
    (!is_magazine(Some(kind)) || is_on_air(facts) == Some(true)).then_some(false)
}

/// Whether an agency's kind is that of a magazine, of which it is not on record whether it is scientific.
const fn is_magazine(kind: Option<AgencyKind>) -> bool {
    match kind {
        Some(AgencyKind::TapChi | AgencyKind::TapChiDienTu) => true,
        Some(
            AgencyKind::Bao
            | AgencyKind::BaoDienTu
            | AgencyKind::PhatThanhTruyenHinh
            | AgencyKind::PhatThanh
            | AgencyKind::TruyenHinh
            | AgencyKind::ThongTan
            | AgencyKind::BaoVaPtth
            | AgencyKind::TapChiKhoaHoc
            | AgencyKind::ChuLucDaPhuongTien
            | AgencyKind::TrangTtdt,
        )
        | None => false,
    }
}

/// Whether an agency does radio or television.
fn is_on_air(facts: &Facts) -> Option<bool> {
    match (does(facts, PressType::Radio), does(facts, PressType::Television)) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        (None, _) | (_, None) => None,
    }
}

fn years_at_work(facts: &Facts, day: Day, years: u32, editors_of_journals_are_exempt: bool) -> Judged {
    if facts.declared.post == Some(Post::DistrictStation) {
        return unknown("Thời gian ở đài cấp huyện không được ghi", "Work at a station of a district is not on record");
    }
    let Some(since) = facts.on_record.at_work_since else {
        return match facts.on_record.on_staff {
            Some(false) => not_met("Hôm nay không thuộc biên chế của cơ quan", "Not on the agency's staff on this day"),
            Some(true) | None => unknown("Chưa ghi ngày bắt đầu công tác", "Since when is not on record"),
        };
    };
    let (vi, en) = (format!("Ghi: liên tục từ {}", date(since)), format!("On record: since {}", date(since)));
    let may_be_a_journal = facts.on_record.agency.is_some() && is_scientific_journal(facts) != Some(false);
    let is_lead = facts.declared.post == Some(Post::Leader);
    match since.plus_years(years) <= day {
        true => met(vi, en),
        false if editors_of_journals_are_exempt && is_lead && may_be_a_journal => unknown(
            format!("{vi}; tổng biên tập tạp chí khoa học được miễn"),
            format!("{en}; the chief editor of a scientific journal is exempt"),
        ),
        false => not_met(vi, en),
    }
}

fn proposed(state: Option<ApplicationState>) -> Judged {
    match state {
        Some(
            ApplicationState::Submitted
            | ApplicationState::Endorsed
            | ApplicationState::Approved
            | ApplicationState::Refused,
        ) => met("Người đứng đầu cơ quan đã nộp hồ sơ", "Handed in by the agency's head"),
        Some(ApplicationState::Withdrawn) => not_met("Cơ quan đã rút hồ sơ", "Taken back by the agency"),
        Some(ApplicationState::Draft | ApplicationState::Returned) | None => {
            unknown("Hồ sơ chưa được nộp", "Not handed in yet")
        }
    }
}

pub(super) fn barred(past: Past, how_long: Bar, day: Day) -> Judged {
    let Past::On(since) = past else { return met("Khai: không có", "Stated: none") };
    let on = date(since);
    match (how_long, is_over(since, how_long, day)) {
        (Bar::ForGood, _) => not_met(format!("Ngày {on}"), format!("On {on}")),
        (Bar::Months(months) | Bar::MoreThanMonths(months), true) => {
            met(format!("Ngày {on}: đã hết {months} tháng"), format!("On {on}: {months} months are over"))
        }
        (Bar::Months(months) | Bar::MoreThanMonths(months), false) => {
            not_met(format!("Ngày {on}: chưa hết {months} tháng"), format!("On {on}: {months} months are not over"))
        }
    }
}

/// Whether what happened on `since` bars no more on `day`.
pub(super) fn is_over(since: Day, how_long: Bar, day: Day) -> bool {
    match how_long {
        Bar::ForGood => false,
        Bar::Months(months) => since.plus_months(months) <= day,
        Bar::MoreThanMonths(months) => since.plus_months(months) < day,
    }
}
