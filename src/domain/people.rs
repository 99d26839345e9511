//! People on record and their engagements. No field says what anyone wrote, said or thinks.

mod engagement_events;

pub use engagement_events::{EngagementChange, EngagementEvent, EngagementEventForm, EngagementRefusal};

use super::accounts::Email;
use super::ids::{AgencyId, EngagementId, PersonId, PortraitId};
use super::problem::{FieldError, FieldProblem, Problems};
use super::search::name_key;
use super::text;
use super::time::{Day, Timestamp};

/// A personal identification number (số định danh cá nhân): twelve digits. It has no `Debug` and no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct NationalId(String);

impl NationalId {
    /// # Errors
    /// `not_a_national_id`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let digits = raw.trim();
        (digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| Self(digits.to_owned()))
            .ok_or_else(|| FieldProblem::new("not_a_national_id", "twelve digits"))
    }

    /// The digits, for the one who may see them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// How a person works for an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngagementKind {
    /// On the staff: may be proposed for a press card.
    Staff,
    /// A collaborator (cộng tác viên).
    Collaborator,
}

impl EngagementKind {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Collaborator => "collaborator",
        }
    }

    /// # Errors
    /// `unknown_kind`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        match raw {
            "staff" => Ok(Self::Staff),
            "collaborator" => Ok(Self::Collaborator),
            _ => Err(FieldProblem::new("unknown_kind", "`staff` or `collaborator`")),
        }
    }
}

/// A person's work for an agency, from one day to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engagement {
    /// Its id.
    pub id: EngagementId,
    /// For whom.
    pub agency: AgencyId,
    /// On the staff or not.
    pub kind: EngagementKind,
    /// The post, e.g. "phóng viên": 1–120 characters.
    pub post: String,
    /// First day.
    pub from: Day,
    /// Last day, where it has ended or will.
    pub to: Option<Day>,
}

impl Engagement {
    /// Whether the person works for the agency on `day`, or is about to.
    pub fn is_open(&self, day: Day) -> bool {
        self.to.is_none_or(|to| day <= to)
    }

    /// Whether the person works for the agency on `day`.
    pub fn is_under_way(&self, day: Day) -> bool {
        self.from <= day && self.is_open(day)
    }
}

/// What is entered about a person.
#[derive(Clone)]
pub struct PersonFields {
    /// The name in full, 1–120 characters.
    pub full_name: String,
    /// The pen name, at most 120 characters.
    pub pen_name: Option<String>,
    /// Date of birth.
    pub birth_date: Day,
    /// Personal identification number.
    pub national_id: NationalId,
    /// Where notices go.
    pub email: Option<Email>,
}

/// A person on record.
#[derive(Clone)]
pub struct Person {
    /// The id.
    pub id: PersonId,
    /// What was entered.
    pub fields: PersonFields,
    /// The portrait in use.
    pub portrait: Option<PortraitId>,
    /// Every engagement, oldest first.
    pub engagements: Vec<Engagement>,
    /// Counts changes of the person and of the engagements, from 1.
    pub version: i64,
    /// When the person was entered.
    pub created_at: Timestamp,
}

impl Person {
    /// The open engagement with `agency` on `day`.
    pub fn engagement_with(&self, agency: AgencyId, day: Day) -> Option<&Engagement> {
        self.engagements.iter().find(|e| e.agency == agency && e.is_open(day))
    }

    /// The last day on which they worked for an agency that they have left by `day`: that day where none is on record.
    pub fn last_day_with(&self, agency: AgencyId, day: Day) -> Day {
        let ends = self.engagements.iter().filter(|it| it.agency == agency).filter_map(|it| it.to);
        ends.max().unwrap_or(day)
    }

    /// Makes sure that an engagement with `agency` may begin on `from`: nobody works for one agency twice at a time.
    ///
    /// # Errors
    /// `overlaps`.
    pub fn must_be_free(&self, agency: AgencyId, from: Day) -> Result<(), FieldProblem> {
        let detail = match self.engagement_with(agency, from).map(|it| it.to) {
            None => return Ok(()),
            Some(None) => "this person works for your agency: end that first".to_owned(),
            Some(Some(last)) => format!("this person worked for your agency until {last}"),
        };
        Err(FieldProblem::new("overlaps", detail))
    }

    /// Makes sure that the person, who worked for `agency` before, may be entered there again with what is said of them now.
    ///
    /// # Errors
    /// As a form is told: `/engagement/from` `overlaps`, or `differs` where the record is another human being's.
    pub fn must_come_again(&self, said: &NewPerson, agency: AgencyId, day: Day) -> Result<(), Vec<FieldError>> {
        let is_free = self.must_be_free(agency, said.engagement.from);
        is_free.map_err(|problem| vec![problem.at("/engagement/from")])?;
        let detail = "not what is on record of whoever has this national id: ask a registrar";
        let differs = self.contradicted_by(&said.fields, agency, day).into_iter();
        let differs: Vec<_> =
            differs.map(|field| FieldProblem::new("differs", detail).at(format!("/{field}"))).collect();
        if differs.is_empty() { Ok(()) } else { Err(differs) }
    }

    /// Whether an agency besides this one has them at work on `day`, or soon, and so keeps their record.
    pub fn is_kept_by_others(&self, agency: AgencyId, day: Day) -> bool {
        self.engagements.iter().any(|it| it.agency != agency && it.is_open(day))
    }

    /// The fields in which this record tells of another human being than `said` does.
    fn unlike(&self, said: &PersonFields) -> Vec<&'static str> {
        let is_one_name = name_key(&self.fields.full_name) == name_key(&said.full_name);
        let is_one_day = self.fields.birth_date == said.birth_date;
        let fields = [("full_name", is_one_name), ("birth_date", is_one_day)];
        fields.into_iter().filter_map(|(field, is_one)| (!is_one).then_some(field)).collect()
    }

    /// The fields for which nobody is entered at `agency` again as this person: where another agency keeps the record, each that
    /// tells of another human being; else both, for one alone may have been mended, but another name with another date of
    /// birth is somebody else under a number that was written down wrong.
    fn contradicted_by(&self, said: &PersonFields, agency: AgencyId, day: Day) -> Vec<&'static str> {
        let unlike = self.unlike(said);
        if self.is_kept_by_others(agency, day) || unlike.len() > 1 { unlike } else { Vec::new() }
    }

    /// The engagement for which the person works for `agency` on `day`: what is issued needs one that has begun.
    pub fn at_work_for(&self, agency: AgencyId, day: Day) -> Option<&Engagement> {
        self.engagements.iter().find(|e| e.agency == agency && e.is_under_way(day))
    }
}

/// A person as a form or a row of a file has it: words not yet trusted.
#[derive(Clone, Default)]
pub struct PersonForm {
    /// See [`PersonFields`]; likewise the others.
    pub full_name: String,
    /// Pen name.
    pub pen_name: Option<String>,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// Twelve digits.
    pub national_id: String,
    /// E-mail address.
    pub email: Option<String>,
}

impl PersonForm {
    /// The person this form tells of.
    ///
    /// # Errors
    /// Every problem of every field; `too_young` under 15 and `in_the_future` by `today`.
    pub fn parse(&self, today: Day) -> Result<PersonFields, Vec<FieldError>> {
        let mut problems = Problems::new();
        let full_name = problems.take("/full_name", text::line(&self.full_name, 120));
        let pen_name = problems.take_optional("/pen_name", self.pen_name.as_deref(), |raw| text::line(raw, 120));
        let birth_date = problems.take("/birth_date", birth_date(&self.birth_date, today));
        let national_id = problems.take("/national_id", NationalId::parse(&self.national_id));
        let email = problems.take_optional("/email", self.email.as_deref(), Email::parse);
        problems.finish(|| {
            Some(PersonFields {
                full_name: full_name?,
                pen_name,
                birth_date: birth_date?,
                national_id: national_id?,
                email,
            })
        })
    }
}

/// Working age begins at 15 (Bộ luật Lao động 45/2019/QH14 Đ3.1).
const WORKING_AGE_YEARS: u32 = 15;

fn birth_date(raw: &str, today: Day) -> Result<Day, FieldProblem> {
    let day = Day::parse(raw)?;
    match day {
        day if day > today => Err(FieldProblem::new("in_the_future", "not before today")),
        day if day.plus_years(WORKING_AGE_YEARS) > today => {
            Err(FieldProblem::new("too_young", format!("at least {WORKING_AGE_YEARS} years of age")))
        }
        day => Ok(day),
    }
}

/// An engagement as a form has it.
#[derive(Clone, Debug, Default)]
pub struct EngagementForm {
    /// `staff` or `collaborator`.
    pub kind: String,
    /// The post.
    pub post: String,
    /// `YYYY-MM-DD`.
    pub from: String,
}

/// A well-formed engagement, not yet anybody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngagementFields {
    /// On the staff or not.
    pub kind: EngagementKind,
    /// The post.
    pub post: String,
    /// First day.
    pub from: Day,
}

impl EngagementForm {
    /// The engagement this form tells of; its problems point below `base`.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, base: &str) -> Result<EngagementFields, Vec<FieldError>> {
        let mut problems = Problems::new();
        let kind = problems.take(&format!("{base}/kind"), EngagementKind::parse(&self.kind));
        let post = problems.take(&format!("{base}/post"), text::line(&self.post, 120));
        let from = problems.take(&format!("{base}/from"), Day::parse(&self.from));
        problems.finish(|| Some(EngagementFields { kind: kind?, post: post?, from: from? }))
    }
}

impl EngagementFields {
    /// The same, of somebody who was born on this day.
    ///
    /// # Errors
    /// `before_birth` where the work began earlier.
    pub fn of_somebody_born_on(self, day: Day) -> Result<Self, FieldProblem> {
        match self.from < day {
            true => Err(FieldProblem::new("before_birth", "not before the date of birth")),
            false => Ok(self),
        }
    }
}

/// A person as an agency enters them: words not yet trusted.
#[derive(Clone, Default)]
pub struct NewPersonForm {
    /// The person.
    pub person: PersonForm,
    /// What they do for the agency.
    pub engagement: EngagementForm,
}

/// A well-formed person with an engagement, not yet on record.
#[derive(Clone)]
pub struct NewPerson {
    /// The person.
    pub fields: PersonFields,
    /// What they do for the agency.
    pub engagement: EngagementFields,
}

impl NewPersonForm {
    /// Whom this form tells of.
    ///
    /// # Errors
    /// Every problem of every field; `before_birth` where the work began earlier than that.
    pub fn parse(&self, today: Day) -> Result<NewPerson, Vec<FieldError>> {
        match (self.person.parse(today), self.engagement.parse("/engagement")) {
            (Ok(fields), Ok(engagement)) => match engagement.of_somebody_born_on(fields.birth_date) {
                Ok(engagement) => Ok(NewPerson { fields, engagement }),
                Err(problem) => Err(vec![problem.at("/engagement/from")]),
            },
            (fields, engagement) => Err([fields.err(), engagement.err()].into_iter().flatten().flatten().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> PersonForm {
        PersonForm {
            full_name: "Trần Thị Bưởi".into(),
            birth_date: "1990-05-06".into(),
            national_id: "999090000001".into(),
            ..PersonForm::default()
        }
    }

    #[test]
    fn a_person_is_of_working_age() {
        let today = Day::parse("2026-11-22").expect("a date");
        assert!(form().parse(today).is_ok());
        let code =
            |birth: &str| PersonForm { birth_date: birth.into(), ..form() }.parse(today).err().map(|e| e[0].code);
        assert_eq!(code("2011-11-22"), None);
        assert_eq!(code("2011-11-23"), Some("too_young"));
        assert_eq!(code("2026-11-23"), Some("in_the_future"));
    }

    #[test]
    fn nobody_works_before_they_are_born() {
        let today = Day::parse("2026-11-22").expect("a date");
        let told = |from: &str| {
            let engagement = EngagementForm { kind: "staff".into(), post: "Phóng viên".into(), from: from.into() };
            let parsed = NewPersonForm { person: form(), engagement }.parse(today);
            parsed.err().map(|errors| errors.into_iter().map(|it| (it.pointer, it.code)).collect::<Vec<_>>())
        };
        assert_eq!(told("1990-05-06"), None);
        assert_eq!(told("1990-05-05"), Some(vec![("/engagement/from".to_owned(), "before_birth")]));
    }

    #[test]
    fn a_national_id_is_twelve_digits() {
        for bad in ["", "99909000000", "9990900000011", "99909000000x", "９９９０９００００００１"] {
            assert!(NationalId::parse(bad).is_err(), "{bad}");
        }
    }
}
