//! What happens to an engagement once it is entered: it ends, and days that were written down wrong are corrected.

use super::{Engagement, Person};
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::time::Day;

/// What may happen to an engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngagementEvent {
    /// It has a last day; once more as long as that has not passed, for whoever goes earlier than was said.
    End,
    /// Its days are written down as they are.
    Correct,
}

impl EngagementEvent {
    /// Both.
    pub const ALL: [Self; 2] = [Self::End, Self::Correct];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::Correct => "correct",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = || FieldProblem::new("unknown_event", "`end` or `correct`");
        Self::ALL.into_iter().find(|event| event.as_str() == raw).ok_or_else(known)
    }
}

/// What is to happen to an engagement: words not yet trusted.
#[derive(Clone, Debug, Default)]
pub struct EngagementEventForm {
    /// See [`EngagementEvent::as_str`].
    pub event: String,
    /// Why: 1–500 characters.
    pub reason: String,
    /// First day, `YYYY-MM-DD`; only to correct it.
    pub from: Option<String>,
    /// Last day, `YYYY-MM-DD`; today where an end does not say it.
    pub to: Option<String>,
}

/// What is to happen to an engagement, well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngagementChange {
    /// What.
    pub event: EngagementEvent,
    /// Why.
    pub reason: Reason,
    from: Option<Day>,
    to: Option<Day>,
}

impl EngagementEventForm {
    /// What the form asks for.
    ///
    /// # Errors
    /// Every problem of every field; `/from` `not_for_this_event`.
    pub fn parse(&self) -> Result<EngagementChange, Vec<FieldError>> {
        let mut problems = Problems::new();
        let event = problems.take("/event", EngagementEvent::parse(&self.event));
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        let from = problems.take_optional("/from", self.from.as_deref(), Day::parse);
        let to = problems.take_optional("/to", self.to.as_deref(), Day::parse);
        if event == Some(EngagementEvent::End) && self.from.is_some() {
            let problem = FieldProblem::new("not_for_this_event", "a first day is corrected, by `correct`");
            problems.add(problem.at("/from"));
        }
        problems.finish(|| Some(EngagementChange { event: event?, reason: reason?, from, to }))
    }
}

/// Why an engagement cannot be changed like that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngagementRefusal {
    /// Its last day has passed: it cannot end, only be corrected.
    HasEnded,
    /// What is said cannot be so.
    Field(FieldError),
}

fn refuse<T>(at: &str, code: &'static str, detail: impl Into<String>) -> Result<T, EngagementRefusal> {
    Err(EngagementRefusal::Field(FieldProblem::new(code, detail).at(at)))
}

impl Engagement {
    fn ended(&self, last: Day, today: Day) -> Result<Self, EngagementRefusal> {
        if last < self.from {
            return refuse("/to", "before_it_began", "not before the engagement's first day");
        }
        match self.to {
            Some(to) if to < today => Err(EngagementRefusal::HasEnded),
            Some(to) if to <= last => {
                refuse("/to", "not_earlier", format!("earlier than {to}, the last day on record"))
            }
            Some(_) | None => Ok(Self { to: Some(last), ..self.clone() }),
        }
    }
}

impl Person {
    /// One of this person's engagements as `change` makes it on `today`.
    ///
    /// # Errors
    /// It has ended; or `/to` `before_it_began`, `not_earlier`, `not_ended`; `/from` `unchanged`, `before_birth`,
    /// `in_the_future`, `overlaps`.
    pub fn with_change(
        &self,
        old: &Engagement,
        change: &EngagementChange,
        today: Day,
    ) -> Result<Engagement, EngagementRefusal> {
        match change.event {
            EngagementEvent::End => old.ended(change.to.unwrap_or(today), today),
            EngagementEvent::Correct => self.corrected(old, change, today),
        }
    }

    fn corrected(
        &self,
        old: &Engagement,
        change: &EngagementChange,
        today: Day,
    ) -> Result<Engagement, EngagementRefusal> {
        if change.to.is_some() && old.to.is_none() {
            return refuse("/to", "not_ended", "no last day is on record: `end` the engagement");
        }
        let new = Engagement { from: change.from.unwrap_or(old.from), to: change.to.or(old.to), ..old.clone() };
        if new == *old {
            return refuse("/from", "unchanged", "say which day is another than on record: `from`, `to` or both");
        }
        if new.from < self.fields.birth_date {
            return refuse("/from", "before_birth", "not before the date of birth");
        }
        if new.to.is_some_and(|to| to < new.from) {
            let at = if change.to.is_some() { "/to" } else { "/from" };
            return refuse(at, "before_it_began", "the last day is not before the first");
        }
        // Letters and cards rest on work that has begun.
        if old.from <= today && new.from > today {
            return refuse("/from", "in_the_future", "this work has begun: not after today");
        }
        let mut others = self.engagements.iter().filter(|it| it.agency == new.agency && it.id != new.id);
        match others.find(|it| it.is_open(new.from) && new.is_open(it.from)) {
            Some(other) => {
                let at = if other.from < new.from { "/from" } else { "/to" };
                refuse(at, "overlaps", format!("this person works for your agency from {} too", other.from))
            }
            None => Ok(new),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AgencyId, EngagementId, Id as _, PersonId};
    use crate::domain::people::{EngagementKind, NationalId, PersonFields};
    use crate::domain::time::Timestamp;
    use uuid::Uuid;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    fn work(id: u128, agency: u128, from: &str, to: Option<&str>) -> Engagement {
        Engagement {
            id: EngagementId::from_uuid(Uuid::from_u128(id)),
            agency: AgencyId::from_uuid(Uuid::from_u128(agency)),
            kind: EngagementKind::Staff,
            post: "phóng viên".into(),
            from: day(from),
            to: to.map(day),
        }
    }

    fn person(engagements: Vec<Engagement>) -> Person {
        Person {
            id: PersonId::from_uuid(Uuid::from_u128(1)),
            fields: PersonFields {
                full_name: "Trần Thị Bưởi".into(),
                pen_name: None,
                birth_date: day("1990-05-06"),
                national_id: NationalId::parse("999090000001").expect("digits"),
                email: None,
            },
            portrait: None,
            engagements,
            version: 1,
            created_at: Timestamp::from_seconds(0),
        }
    }

    /// The days that an event leaves, or where and why it is refused.
    fn after(old: &Engagement, others: &[Engagement], event: &str, from: &str, to: &str) -> String {
        let said = |raw: &str| Some(raw.to_owned()).filter(|raw| !raw.is_empty());
        let form = EngagementEventForm { event: event.into(), reason: "x".into(), from: said(from), to: said(to) };
        let change = form.parse().expect("a form");
        let person = person([&[old.clone()][..], others].concat());
        match person.with_change(old, &change, day("2026-11-22")) {
            Ok(new) => format!("{} {}", new.from, new.to.map(|day| day.to_string()).unwrap_or_default()),
            Err(EngagementRefusal::HasEnded) => "ended".to_owned(),
            Err(EngagementRefusal::Field(error)) => format!("{} {}", error.pointer, error.code),
        }
    }

    #[test]
    fn an_engagement_ends_once_more_only_earlier_and_before_it_is_over() {
        let open = work(1, 1, "2020-01-02", None);
        let said = work(1, 1, "2020-01-02", Some("2026-12-31"));
        let last_day = work(1, 1, "2020-01-02", Some("2026-11-22"));
        let over = work(1, 1, "2020-01-02", Some("2026-11-21"));
        for (old, to, answer) in [
            (&open, "", "2020-01-02 2026-11-22"),
            (&open, "2027-01-31", "2020-01-02 2027-01-31"),
            (&open, "2020-01-01", "/to before_it_began"),
            (&said, "", "2020-01-02 2026-11-22"),
            (&said, "2026-12-30", "2020-01-02 2026-12-30"),
            (&said, "2026-12-31", "/to not_earlier"),
            (&said, "2027-01-01", "/to not_earlier"),
            (&last_day, "2026-11-21", "2020-01-02 2026-11-21"),
            (&last_day, "", "/to not_earlier"),
            (&over, "2026-11-20", "ended"),
        ] {
            assert_eq!(after(old, &[], "end", "", to), answer, "{to} {:?}", old.to);
        }
    }

    #[test]
    fn days_are_corrected_within_a_life_and_beside_no_other_engagement() {
        let open = work(1, 1, "2026-01-02", None);
        let over = work(1, 1, "2016-01-02", Some("2025-11-30"));
        let others = [work(2, 1, "2014-01-02", Some("2015-12-31")), work(3, 2, "2015-01-02", None)];
        let later = [work(4, 1, "2026-02-01", None)];
        let (none, others, later) = (&others[..0], &others[..], &later[..]);
        for (old, others, from, to, answer) in [
            (&open, others, "2016-01-01", "", "2016-01-01 "),
            (&open, others, "2015-12-31", "", "/from overlaps"),
            (&open, others, "1990-05-05", "", "/from before_birth"),
            (&open, none, "1990-05-06", "", "1990-05-06 "),
            (&open, none, "", "2026-11-30", "/to not_ended"),
            (&open, none, "", "", "/from unchanged"),
            (&open, none, "2026-01-02", "", "/from unchanged"),
            (&over, later, "", "2026-01-31", "2016-01-02 2026-01-31"),
            (&over, later, "", "2026-02-01", "/to overlaps"),
            (&over, none, "2015-06-01", "2026-11-30", "2015-06-01 2026-11-30"),
            (&over, none, "", "2016-01-01", "/to before_it_began"),
            (&over, none, "2025-12-01", "", "/from before_it_began"),
        ] {
            assert_eq!(after(old, others, "correct", from, to), answer, "{from} {to}");
        }
    }

    #[test]
    fn a_form_tells_every_mistake_at_its_place() {
        let form = EngagementEventForm {
            event: "end".into(),
            reason: " ".into(),
            from: Some("2020-01-02".into()),
            to: Some("31/12/2026".into()),
        };
        let errors = form.parse().expect_err("three mistakes");
        let told: Vec<_> = errors.iter().map(|error| (error.pointer.as_str(), error.code)).collect();
        assert_eq!(told, [("/reason", "empty"), ("/to", "not_a_date"), ("/from", "not_for_this_event")]);
    }
}
