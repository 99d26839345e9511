//! What is known of one person: what the agency states, and what stands on record. Only what a condition of the law rests
//! on; what is not known is `None`, never a default.

use super::earlier_cards::EarlierCard;
use super::posts::Post;
use crate::domain::agencies::{AgencyKind, PressType};
use crate::domain::applications::ApplicationState;
use crate::domain::ids::AgencyId;
use crate::domain::people::{Engagement, EngagementKind};
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::time::Day;
use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$of])* $variant,)+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As stated and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// # Errors
            /// `unknown_word`.
            pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
                match raw {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(FieldProblem::new("unknown_word", concat!("one of", $(" `", $word, "`",)+))),
                }
            }
        }
    };
}

words! {
    /// Whose citizen somebody is.
    Citizenship {
        /// A citizen of Việt Nam.
        Vietnamese = "vietnamese",
        /// Not.
        Other = "other",
    }
}

words! {
    /// Where somebody has their permanent residence.
    Residence {
        /// In Việt Nam.
        Vietnam = "vietnam",
        /// Elsewhere.
        Abroad = "abroad",
    }
}

words! {
    /// The highest degree. Belonging to a minority is stated only by whom a college degree suffices for that reason.
    Degree {
        /// Đại học or higher.
        University = "university",
        /// Cao đẳng.
        College = "college",
        /// Cao đẳng, of somebody of an ethnic minority who works in an ethnic-minority language.
        CollegeMinorityLanguage = "college_minority_language",
        /// Neither.
        Lower = "lower",
    }
}

words! {
    /// The course on professional skills and ethics.
    Course {
        /// Completed.
        Completed = "completed",
        /// Not completed.
        NotCompleted = "not_completed",
    }
}

words! {
    /// Whether somebody is a related person in a case that no competent authority has concluded.
    OpenCase {
        /// In none.
        No = "none",
        /// In one.
        Open = "open",
    }
}

words! {
    /// Whether somebody was convicted by a judgment in force and the record is not expunged.
    Conviction {
        /// Never, or expunged.
        No = "none",
        /// Not expunged.
        NotExpunged = "not_expunged",
    }
}

/// Whether something is held against somebody, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Past {
    /// Nothing.
    Nothing,
    /// The last time, by the day of the decision or conclusion.
    On(Day),
}

impl Past {
    fn parse(raw: &str, today: Day) -> Result<Self, FieldProblem> {
        match raw {
            "none" => Ok(Self::Nothing),
            raw => match Day::parse(raw) {
                Ok(day) if day > today => Err(FieldProblem::new("in_the_future", "not after today")),
                Ok(day) => Ok(Self::On(day)),
                Err(_) => Err(FieldProblem::new("not_a_date", "`none`, or a date that exists, as YYYY-MM-DD")),
            },
        }
    }

    fn word(self) -> String {
        match self {
            Self::Nothing => "none".to_owned(),
            Self::On(day) => day.to_string(),
        }
    }
}

/// What the agency states of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Citizenship.
    pub nationality: Option<Citizenship>,
    /// Permanent residence.
    pub residence: Option<Residence>,
    /// The highest degree.
    pub degree: Option<Degree>,
    /// The post, in the law's groups.
    pub post: Option<Post>,
    /// The course on skills and ethics.
    pub course: Option<Course>,
    /// The last conclusion of the Journalists' Association that ethics were violated.
    pub ethics_violation: Option<Past>,
    /// The last disciplinary decision, a reprimand or more.
    pub discipline: Option<Past>,
    /// Whether a case is open.
    pub open_case: Option<OpenCase>,
    /// Whether a conviction stands.
    pub conviction: Option<Conviction>,
    /// The last revocation of a press card for a violation of law.
    pub revoked_card: Option<Past>,
}

/// [`Declared`] as a form has it: words not yet trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "each is told of at the field of `Declared` with its name")]
pub struct DeclaredForm {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nationality: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degree: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub course: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ethics_violation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discipline: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_case: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conviction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_card: Option<String>,
}

impl DeclaredForm {
    /// What the form states; its problems point below `base`.
    ///
    /// # Errors
    /// Every problem of every field: `unknown_word`, `not_a_date`, `in_the_future`.
    pub fn parse(&self, base: &str, today: Day) -> Result<Declared, Vec<FieldError>> {
        let mut problems = Problems::new();
        let past = |raw: &str| Past::parse(raw, today);
        let at = |name: &str| format!("{base}/{name}");
        let declared = Declared {
            nationality: problems.take_optional(&at("nationality"), self.nationality.as_deref(), Citizenship::parse),
            residence: problems.take_optional(&at("residence"), self.residence.as_deref(), Residence::parse),
            degree: problems.take_optional(&at("degree"), self.degree.as_deref(), Degree::parse),
            post: problems.take_optional(&at("post"), self.post.as_deref(), Post::parse),
            course: problems.take_optional(&at("course"), self.course.as_deref(), Course::parse),
            ethics_violation: problems.take_optional(&at("ethics_violation"), self.ethics_violation.as_deref(), past),
            discipline: problems.take_optional(&at("discipline"), self.discipline.as_deref(), past),
            open_case: problems.take_optional(&at("open_case"), self.open_case.as_deref(), OpenCase::parse),
            conviction: problems.take_optional(&at("conviction"), self.conviction.as_deref(), Conviction::parse),
            revoked_card: problems.take_optional(&at("revoked_card"), self.revoked_card.as_deref(), past),
        };
        problems.finish(|| Some(declared))
    }
}

impl From<&Declared> for DeclaredForm {
    fn from(it: &Declared) -> Self {
        Self {
            nationality: it.nationality.map(|word| word.as_str().to_owned()),
            residence: it.residence.map(|word| word.as_str().to_owned()),
            degree: it.degree.map(|word| word.as_str().to_owned()),
            post: it.post.map(|word| word.as_str().to_owned()),
            course: it.course.map(|word| word.as_str().to_owned()),
            ethics_violation: it.ethics_violation.map(Past::word),
            discipline: it.discipline.map(Past::word),
            open_case: it.open_case.map(|word| word.as_str().to_owned()),
            conviction: it.conviction.map(|word| word.as_str().to_owned()),
            revoked_card: it.revoked_card.map(Past::word),
        }
    }
}

/// Since when somebody has been on the staff of these agencies on `day` without a day's gap, by engagements in the order in
/// which they began; `None` where they are not on it. They are one agency and those that it succeeded: who goes over with
/// a merger goes on working for it.
pub fn on_staff_since(engagements: &[Engagement], agencies: &[AgencyId], day: Day) -> Option<Day> {
    let staff = engagements.iter().filter(|it| agencies.contains(&it.agency) && it.kind == EngagementKind::Staff);
    let mut run: Option<(Day, Option<Day>)> = None;
    for it in staff.filter(|it| it.from <= day) {
        run = Some(match run {
            Some((since, None)) => (since, None),
            Some((since, Some(last))) if it.from <= last.plus_days(1) => (since, it.to.map(|to| to.max(last))),
            Some(_) | None => (it.from, it.to),
        });
    }
    run.filter(|(_, last)| last.is_none_or(|last| day <= last)).map(|(since, _)| since)
}

/// The types of press of an agency on one day, in the order of [`PressType::ALL`]: at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PressTypes([bool; PressType::ALL.len()]);

impl PressTypes {
    /// These types; nothing is said where there are none.
    pub fn of(types: &[PressType]) -> Option<Self> {
        (!types.is_empty()).then(|| Self(PressType::ALL.map(|it| types.contains(&it))))
    }

    /// Whether one is among them.
    pub fn has(self, wanted: PressType) -> bool {
        self.all().any(|it| it == wanted)
    }

    /// All of them.
    pub fn all(self) -> impl Iterator<Item = PressType> {
        PressType::ALL.into_iter().zip(self.0).filter(|(_, is_there)| *is_there).map(|(it, _)| it)
    }
}

/// What stands on record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnRecord {
    /// The kind of the proposing agency.
    pub agency: Option<AgencyKind>,
    /// The types of press that it is licensed for, where they are entered: its kind says less (L2025 Đ15.1).
    pub press_types: Option<PressTypes>,
    /// Since when the person has been on its staff without a gap.
    pub at_work_since: Option<Day>,
    /// Whether the person is on its staff on that day at all.
    pub on_staff: Option<bool>,
    /// Where the proposal stands.
    pub proposal: Option<ApplicationState>,
    /// The last press card revoked for a violation of law.
    pub revoked_on: Option<Day>,
    /// The last press card revoked of which it is not written down that it was for one.
    pub revoked_otherwise_on: Option<Day>,
    /// The last press card of another agency.
    pub earlier_card: Option<EarlierCard>,
    /// Whether the person was ever granted a press card, where the card in whose place another is asked for was looked
    /// for.
    pub granted_before: Option<bool>,
}

/// All that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What the agency states.
    pub declared: Declared,
    /// What stands on record.
    pub on_record: OnRecord,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{EngagementId, Id as _};
    use uuid::Uuid;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    fn agency(n: u128) -> AgencyId {
        AgencyId::from_uuid(Uuid::from_u128(n))
    }

    fn work(n: u128, kind: EngagementKind, from: &str, to: Option<&str>) -> Engagement {
        let (id, post) = (EngagementId::from_uuid(Uuid::from_u128(9)), "phóng viên".into());
        Engagement { id, agency: agency(n), kind, post, from: day(from), to: to.map(day) }
    }

    #[test]
    fn work_is_continuous_until_a_day_is_missing() {
        use EngagementKind::{Collaborator, Staff};
        let first = work(1, Staff, "2020-01-01", Some("2022-06-30"));
        let since = |later: Engagement, on: &str| {
            on_staff_since(&[first.clone(), later], &[agency(1)], day(on)).map(|day| day.to_string())
        };
        let next = |from: &str| work(1, Staff, from, None);
        assert_eq!(since(next("2022-07-01"), "2026-01-01").as_deref(), Some("2020-01-01"));
        assert_eq!(since(next("2022-07-02"), "2026-01-01").as_deref(), Some("2022-07-02"), "a day is missing");
        assert_eq!(since(next("2022-07-02"), "2022-07-01"), None, "nobody's staff on that day");
        assert_eq!(since(next("2027-01-01"), "2022-06-30").as_deref(), Some("2020-01-01"));
        assert_eq!(since(work(2, Staff, "2022-07-01", None), "2026-01-01"), None, "another agency");
        assert_eq!(since(work(1, Collaborator, "2022-07-01", None), "2026-01-01"), None, "not on the staff");
        let both = [first.clone(), work(2, Staff, "2022-07-01", None)];
        let since = on_staff_since(&both, &[agency(2), agency(1)], day("2026-01-01")).map(|day| day.to_string());
        assert_eq!(since.as_deref(), Some("2020-01-01"), "one agency succeeded the other");
        let since = |later: Engagement, on: &str| {
            on_staff_since(&[first.clone(), later], &[agency(1)], day(on)).map(|day| day.to_string())
        };
        let within = work(1, Staff, "2021-01-01", Some("2021-12-31"));
        assert_eq!(since(within, "2022-06-30").as_deref(), Some("2020-01-01"), "an engagement within another");
    }

    #[test]
    fn a_form_tells_every_mistake_at_its_place() {
        let form = DeclaredForm {
            degree: Some("phd".into()),
            discipline: Some("2026-13-01".into()),
            ethics_violation: Some("2026-11-23".into()),
            ..DeclaredForm::default()
        };
        let errors = form.parse("/facts/x", day("2026-11-22")).expect_err("three mistakes");
        let told: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
        assert_eq!(
            told,
            [
                ("/facts/x/degree", "unknown_word"),
                ("/facts/x/ethics_violation", "in_the_future"),
                ("/facts/x/discipline", "not_a_date"),
            ]
        );
    }
}
