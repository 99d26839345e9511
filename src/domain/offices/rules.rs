//! What the laws ask of a notice, one row each, with its article and its days of effect. The law in force on the day of
//! the notice is asked.
//!
//! Of L2025 the heading of the article on offices is lost in the copy at hand, where it stands between Đ20 and Đ23; it is
//! named Đ21 here. What a circular under it will ask of changes and papers is not known, so nothing is asked.

use super::{Document, OfficeFields, OfficeKind};
use crate::domain::eligibility::{Law, Place, Source};
use crate::domain::problem::{FieldError, FieldProblem};
use crate::domain::time::Day;
use chrono::NaiveDate;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// The province is told at least so many days before the first.
    BeforeStart(u64),
    /// The province is told at least so many days before something changes or ends.
    BeforeChange(u64),
    /// These papers come with it.
    Papers(&'static [Document]),
    /// Who leads the office, or the reporter who is there alone, holds a valid press card of this agency.
    PressCard,
    /// They were not disciplined in the past year, as the agency states.
    NoDiscipline,
    /// At most so many reporters without an office in one province, where the agency has no office there and is not of the
    /// Party Centre or the Government.
    AtMost(usize),
}

impl Duty {
    /// What a notice is refused with that lacks it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::BeforeStart(_) | Self::BeforeChange(_) => "too_soon",
            Self::Papers(_) => "missing_document",
            Self::PressCard => "no_press_card",
            Self::NoDiscipline => "not_declared",
            Self::AtMost(_) => "too_many_reporters",
        }
    }
}

/// A rule of a law: one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeRule {
    /// What it asks, in Vietnamese.
    pub vi: &'static str,
    /// What it asks, in English.
    pub en: &'static str,
    /// Where it is written.
    pub source: Source,
    /// The first day of its effect.
    pub from: Day,
    /// The last day of its effect, where that is known.
    pub to: Option<Day>,
    /// Of what it is asked.
    pub kinds: &'static [OfficeKind],
    /// What it asks, to be reckoned with.
    pub duty: Duty,
}

const fn on(year: i32, month: u32, day: u32) -> Day {
    Day::new(NaiveDate::from_ymd_opt(year, month, day).expect("a date that exists"))
}

const L2016: Source = Source { law: Law::Press2016, places: &[Place::article(22)] };
/// The first day on which a law asked for notices.
pub const FROM_2016: Day = on(2017, 1, 1);
const TO_2016: Option<Day> = Some(on(2026, 6, 30));
const L2025: Source = Source { law: Law::Press2025, places: &[Place::article(21)] };
const FROM_2025: Day = on(2026, 7, 1);

const OFFICES: &[OfficeKind] = &[OfficeKind::ResidentAgency, OfficeKind::RepresentativeOffice];
const RESIDENT: &[OfficeKind] =
    &[OfficeKind::ResidentAgency, OfficeKind::RepresentativeOffice, OfficeKind::ResidentReporter];
const ALONE: &[OfficeKind] = &[OfficeKind::ResidentReporter];

/// One row each. Nothing is asked of a reporter who only follows a province: that is left to the provinces.
pub const RULES: &[OfficeRule] = &[
    OfficeRule {
        vi: "Thông báo trước khi hoạt động ít nhất 15 ngày",
        en: "Notice at least 15 days before the start",
        source: L2016,
        from: FROM_2016,
        to: TO_2016,
        kinds: RESIDENT,
        duty: Duty::BeforeStart(15),
    },
    OfficeRule {
        vi: "Thông báo trước khi thay đổi hoặc chấm dứt hoạt động ít nhất 5 ngày",
        en: "Notice at least 5 days before a change or the end",
        source: L2016,
        from: FROM_2016,
        to: TO_2016,
        kinds: RESIDENT,
        duty: Duty::BeforeChange(5),
    },
    OfficeRule {
        vi: "Hồ sơ: thông báo, đồng ý của cơ quan chủ quản, giấy phép, giấy tờ trụ sở, danh sách nhân sự, lý lịch, thẻ nhà báo, \
             quy chế",
        en: "Papers: notice, consent of the governing body, licence, proof of premises, staff list, CVs, press card, rules",
        source: L2016,
        from: FROM_2016,
        to: TO_2016,
        kinds: OFFICES,
        duty: Duty::Papers(&[
            Document::Notice,
            Document::GoverningBodyConsent,
            Document::LicenceCopy,
            Document::PremisesProof,
            Document::StaffList,
            Document::CurriculumVitae,
            Document::PressCardCopy,
            Document::OfficeRules,
        ]),
    },
    OfficeRule {
        vi: "Người đứng đầu văn phòng, phóng viên thường trú độc lập có thẻ nhà báo do cơ quan này đề nghị cấp",
        en: "The head of the office, or the independent resident reporter, holds a press card of this agency",
        source: L2016,
        from: FROM_2016,
        to: TO_2016,
        kinds: RESIDENT,
        duty: Duty::PressCard,
    },
    OfficeRule {
        vi: "Người đó không bị kỷ luật trong một năm qua",
        en: "That person was not disciplined in the past year",
        source: L2016,
        from: FROM_2016,
        to: TO_2016,
        kinds: RESIDENT,
        duty: Duty::NoDiscipline,
    },
    OfficeRule {
        vi: "Thông báo trước khi hoạt động ít nhất 10 ngày",
        en: "Notice at least 10 days before the start",
        source: L2025,
        from: FROM_2025,
        to: None,
        kinds: RESIDENT,
        duty: Duty::BeforeStart(10),
    },
    OfficeRule {
        vi: "Không quá 3 phóng viên thường trú độc lập tại một tỉnh, thành phố nơi không có văn phòng",
        en: "At most 3 independent resident reporters in a province where the agency has no office",
        source: L2025,
        from: FROM_2025,
        to: None,
        kinds: ALONE,
        duty: Duty::AtMost(3),
    },
    OfficeRule {
        vi: "Người đứng đầu văn phòng, phóng viên thường trú độc lập có thẻ nhà báo do cơ quan này đề nghị cấp",
        en: "The head of the office, or the independent resident reporter, holds a press card of this agency",
        source: L2025,
        from: FROM_2025,
        to: None,
        kinds: RESIDENT,
        duty: Duty::PressCard,
    },
];

/// What is known when a notice is given.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The day on which the province was first told.
    pub told_on: Day,
    /// What it says.
    pub fields: &'a OfficeFields,
    /// The first day of what it is of.
    pub begins: Day,
    /// Where the form says that day.
    pub begins_at: &'static str,
    /// Whether who has to hold a valid press card of the agency does.
    pub holds_card: bool,
    /// Whether the agency states that they were not disciplined in the past year.
    pub no_discipline: bool,
    /// Whether the agency has an office in the province besides, which was confirmed.
    pub has_office: bool,
    /// How many independent resident reporters it has there besides.
    pub reporters: usize,
}

/// The rules that are asked on one day.
#[derive(Clone, Copy, Debug)]
pub struct OfficeRules {
    day: Day,
}

impl OfficeRules {
    /// Those in force on the day of a notice.
    pub const fn of(day: Day) -> Self {
        Self { day }
    }

    fn asked(self, kind: OfficeKind) -> impl Iterator<Item = &'static OfficeRule> {
        let in_force = move |rule: &&OfficeRule| rule.from <= self.day && rule.to.is_none_or(|last| self.day <= last);
        RULES.iter().filter(in_force).filter(move |rule| rule.kinds.contains(&kind))
    }

    /// What a notice lacks; its problems name the article.
    pub fn lacking(self, known: &Known) -> Vec<FieldError> {
        self.asked(known.fields.kind).filter_map(|rule| self.judge(rule, known)).collect()
    }

    fn judge(self, rule: &OfficeRule, known: &Known) -> Option<FieldError> {
        let who = if known.fields.kind.has_premises() { "/head" } else { "/reporters/0" };
        let (met, pointer) = match rule.duty {
            Duty::BeforeStart(days) => (known.told_on.plus_days(days) <= known.begins, known.begins_at),
            Duty::BeforeChange(_) => return None,
            Duty::Papers(papers) => (papers.iter().all(|it| known.fields.documents.contains(it)), "/documents"),
            Duty::PressCard => (known.holds_card, who),
            Duty::NoDiscipline => (known.no_discipline, "/no_discipline_past_year"),
            Duty::AtMost(most) => {
                let applies = !known.fields.of_centre && !known.has_office;
                (!applies || known.reporters < most, "/reporters")
            }
        };
        (!met).then(|| told(rule).at(pointer))
    }

    /// Makes sure that a change or an end is told of in time.
    ///
    /// # Errors
    /// `too_soon`.
    pub fn in_time(self, kind: OfficeKind, day: Day) -> Result<(), FieldProblem> {
        let late = self.asked(kind).find(|rule| match rule.duty {
            Duty::BeforeChange(days) => day < self.day.plus_days(days),
            Duty::BeforeStart(_) | Duty::Papers(_) | Duty::PressCard | Duty::NoDiscipline | Duty::AtMost(_) => false,
        });
        late.map_or(Ok(()), |rule| Err(told(rule)))
    }
}

fn told(rule: &OfficeRule) -> FieldProblem {
    FieldProblem::new(rule.duty.code(), format!("{} / {} ({})", rule.en, rule.vi, rule.source.short()))
}
