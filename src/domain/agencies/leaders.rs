//! Who leads an agency, in time: its head (người đứng đầu, NĐ237 Đ6) and deputies.

use crate::domain::ids::{AgencyId, Id as _, LeaderId, PersonId};
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::text;
use crate::domain::time::{Day, Timestamp};

/// At the head of an agency, or beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadingPost {
    /// Tổng Biên tập, Tổng Giám đốc, Giám đốc: one at a time.
    Head,
    /// Phó: any number.
    Deputy,
}

impl LeadingPost {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Head, Self::Deputy];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Deputy => "deputy",
        }
    }

    /// # Errors
    /// `unknown_post`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = Self::ALL.into_iter().find(|post| post.as_str() == raw);
        known.ok_or_else(|| FieldProblem::new("unknown_post", "`head` or `deputy`"))
    }
}

/// What is entered about somebody who leads an agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderFields {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub post: LeadingPost,
    /// What the post is called there, like "Tổng Biên tập": at most 120 characters.
    pub title: Option<String>,
    /// First day.
    pub from: Day,
}

/// Somebody who leads an agency, or led it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The id.
    pub id: LeaderId,
    /// Of which agency.
    pub agency: AgencyId,
    /// What was entered.
    pub fields: LeaderFields,
    /// Last day, where it has ended.
    pub to: Option<Day>,
    /// When it was entered.
    pub created_at: Timestamp,
}

impl Leader {
    /// Whether it is their post on `day`.
    pub fn is_on(&self, day: Day) -> bool {
        self.fields.from <= day && self.to.is_none_or(|last| day <= last)
    }

    /// Whether somebody in this post from `from` to `to`, or without a last day, would be head beside this one.
    pub fn stands_in_the_way_of(&self, post: LeadingPost, from: Day, to: Option<Day>) -> bool {
        let are_heads = self.fields.post == LeadingPost::Head && post == LeadingPost::Head;
        are_heads && self.to.is_none_or(|last| from <= last) && to.is_none_or(|last| self.fields.from <= last)
    }
}

/// A leader as a form has it: words not yet trusted.
#[derive(Clone, Debug, Default)]
pub struct LeaderForm {
    /// See [`LeaderFields`]; likewise the others.
    pub person_id: String,
    /// `head` or `deputy`.
    pub post: String,
    /// Title.
    pub title: Option<String>,
    /// First day.
    pub from: String,
    /// Last day, where it is over.
    pub to: Option<String>,
}

impl LeaderForm {
    /// The leader this form tells of, and the last day of one whose time is over.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, today: Day) -> Result<(LeaderFields, Option<Day>), Vec<FieldError>> {
        let mut problems = Problems::new();
        let person = problems.take("/person_id", PersonId::parse(&self.person_id));
        let post = problems.take("/post", LeadingPost::parse(&self.post));
        let title = problems.take_optional("/title", self.title.as_deref(), |raw| text::line(raw, 120));
        let from = problems.take("/from", Day::parse(&self.from).and_then(|day| not_to_come(day, today)));
        let to = problems.take_optional("/to", self.to.as_deref(), |raw| {
            let last = Day::parse(raw).and_then(|day| not_to_come(day, today))?;
            from.map_or(Ok(last), |from| not_before(from, last))
        });
        problems.finish(|| Some((LeaderFields { person: person?, post: post?, title, from: from? }, to)))
    }
}

/// What may happen to somebody's time at the head that is on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaderEvent {
    /// It ends with this day.
    End(Reason, Day),
    /// It never was: it was entered by mistake.
    Remove(Reason),
}

/// How somebody's time at the head ends.
#[derive(Clone, Debug, Default)]
pub struct LeaderEndForm {
    /// `end`, or `remove` where it was entered by mistake.
    pub event: String,
    /// Why: 1–500 characters.
    pub reason: String,
    /// With `end` the last day; today where it is not said.
    pub to: Option<String>,
}

impl LeaderEndForm {
    /// What is to happen, and why.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self, began: Day, today: Day) -> Result<LeaderEvent, Vec<FieldError>> {
        let mut problems = Problems::new();
        let removes = self.event == "remove";
        if !removes && self.event != "end" {
            problems.add(FieldProblem::new("unknown_event", "`end` or `remove`").at("/event"));
        }
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        if removes {
            if self.to.is_some() {
                problems.add(FieldProblem::new("not_for_this_event", "what never was has no last day").at("/to"));
            }
            return problems.finish(|| reason.map(LeaderEvent::Remove));
        }
        let last = self.to.as_deref().map_or(Ok(today), Day::parse).and_then(|day| not_to_come(day, today));
        let last = problems.take("/to", last.and_then(|day| not_before(began, day)));
        problems.finish(|| Some(LeaderEvent::End(reason?, last?)))
    }
}

fn not_before(began: Day, last: Day) -> Result<Day, FieldProblem> {
    if began <= last { Ok(last) } else { Err(FieldProblem::new("before_it_began", "not before the first day")) }
}

fn not_to_come(day: Day, today: Day) -> Result<Day, FieldProblem> {
    if day <= today { Ok(day) } else { Err(FieldProblem::new("in_the_future", "not after today")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    fn leader(post: LeadingPost, from: &str, to: Option<&str>) -> Leader {
        Leader {
            id: LeaderId::from_uuid(Uuid::nil()),
            agency: AgencyId::from_uuid(Uuid::nil()),
            fields: LeaderFields { person: PersonId::from_uuid(Uuid::nil()), post, title: None, from: day(from) },
            to: to.map(day),
            created_at: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn there_is_one_head_at_a_time() {
        use LeadingPost::{Deputy, Head};
        let former = leader(Head, "2020-01-01", Some("2025-06-30"));
        assert!(former.stands_in_the_way_of(Head, day("2025-06-30"), None));
        assert!(!former.stands_in_the_way_of(Head, day("2025-07-01"), None));
        assert!(!former.stands_in_the_way_of(Deputy, day("2025-06-30"), None));
        assert!(former.stands_in_the_way_of(Head, day("2015-01-01"), Some(day("2020-01-01"))));
        assert!(!former.stands_in_the_way_of(Head, day("2015-01-01"), Some(day("2019-12-31"))));
        let present = leader(Head, "2020-01-01", None);
        assert!(present.stands_in_the_way_of(Head, day("2030-01-01"), None));
        assert!(!present.stands_in_the_way_of(Head, day("2015-01-01"), Some(day("2019-12-31"))));
        assert!(!leader(Deputy, "2020-01-01", None).stands_in_the_way_of(Head, day("2030-01-01"), None));
        let days = ["2019-12-31", "2020-01-01", "2025-06-30", "2025-07-01"].map(|on| former.is_on(day(on)));
        assert_eq!(days, [false, true, true, false]);
    }

    #[test]
    fn a_form_tells_every_mistake() {
        let form = LeaderForm {
            person_id: "x".into(),
            post: "king".into(),
            title: Some(" ".into()),
            from: "2026-11-23".into(),
            to: Some("2026-11-22".into()),
        };
        let told: Vec<_> = form.parse(day("2026-11-22")).expect_err("mistakes").into_iter().map(|it| it.code).collect();
        assert_eq!(told, ["not_an_id", "unknown_post", "empty", "in_the_future"]);
        let over = LeaderForm { from: "2026-11-21".into(), to: Some("2026-11-20".into()), ..form };
        let told: Vec<_> = over.parse(day("2026-11-22")).expect_err("mistakes").into_iter().map(|it| it.code).collect();
        assert_eq!(told, ["not_an_id", "unknown_post", "empty", "before_it_began"]);
        let end = LeaderEndForm { event: "go".into(), reason: String::new(), to: Some("2019-12-31".into()) };
        let told: Vec<_> = end
            .parse(day("2020-01-01"), day("2026-11-22"))
            .expect_err("mistakes")
            .into_iter()
            .map(|it| it.code)
            .collect();
        assert_eq!(told, ["unknown_event", "empty", "before_it_began"]);
        let gone = LeaderEndForm { event: "remove".into(), reason: "Nhầm".into(), ..end };
        let told = gone.parse(day("2020-01-01"), day("2026-11-22")).expect_err("a last day");
        assert_eq!((&*told[0].pointer, told[0].code), ("/to", "not_for_this_event"));
    }
}
