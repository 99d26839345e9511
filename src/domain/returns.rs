//! Press cards that are to be handed in: why, within which time by which law, and what follows where they are not.

use super::agencies::AgencyState;
use super::eligibility::{Law, Place, Source};
use super::ids::{AgencyId, PersonId};
use super::press_cards::PressCardId;
use super::problem::FieldProblem;
use super::time::{Day, Timestamp};
use super::working_days::WorkingDays;
use chrono::NaiveDate;

/// Why a card is to be handed in (L2016 Đ28.5, NĐ237 Đ7.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The agency's licence is suspended: the card may be needed again, and no time runs.
    AgencySuspended,
    /// The agency's licence was revoked.
    LicenceRevoked,
    /// The agency ceased to be.
    AgencyClosed,
    /// The holder no longer works for the agency.
    LeftAgency,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::AgencySuspended, Self::LicenceRevoked, Self::AgencyClosed, Self::LeftAgency];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgencySuspended => "agency_suspended",
            Self::LicenceRevoked => "licence_revoked",
            Self::AgencyClosed => "agency_closed",
            Self::LeftAgency => "left_agency",
        }
    }

    /// Whether the law obliges to hand the card in, so that a time runs.
    pub const fn obliges(self) -> bool {
        match self {
            Self::AgencySuspended => false,
            Self::LicenceRevoked | Self::AgencyClosed | Self::LeftAgency => true,
        }
    }
}

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// Every day counts.
    Days(u32),
    /// Those on which public offices work.
    WorkingDays(u32),
}

impl Within {
    /// The first instant after a time that begins on the day after `day`. A time that would end on a day of rest ends with
    /// the next working day (BLDS Đ148).
    pub fn over_after(self, day: Day, days: &WorkingDays<'_>) -> Timestamp {
        let last = match self {
            Self::Days(count) => {
                let last = day.plus_days(u64::from(count));
                if days.is_working(last) { last } else { days.after(last, 1) }
            }
            Self::WorkingDays(count) => days.after(day, count),
        };
        last.end()
    }
}

/// How long something may take, by a law that has effect within these days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The first day of its effect.
    pub from: Day,
    /// The last day of its effect, where that is known.
    pub to: Option<Day>,
    /// How long.
    pub within: Within,
    /// Where it is written.
    pub source: Source,
}

const fn on(year: i32, month: u32, day: u32) -> Day {
    Day::new(NaiveDate::from_ymd_opt(year, month, day).expect("a date that exists"))
}

/// How long the head of an agency has to collect a card and hand it in; the day from which the card is to be returned says
/// by which law.
pub const TO_HAND_IN: &[Rule] = &[
    Rule {
        from: on(2017, 1, 1),
        to: Some(on(2026, 6, 30)),
        within: Within::Days(15),
        source: Source { law: Law::Press2016, places: &[Place::clause(28, 5)] },
    },
    Rule {
        from: on(2026, 7, 1),
        to: None,
        within: Within::WorkingDays(15),
        source: Source { law: Law::Decree237, places: &[Place::clause(7, 3)] },
    },
];

/// How long after it was asked for a card that was not handed in may be revoked. The law of 2016 sets no such time; what was
/// asked for under it has the first time of these from the first day of its effect.
pub const TO_BE_REVOKED: &[Rule] = &[Rule {
    from: on(2026, 7, 1),
    to: None,
    within: Within::Days(30),
    source: Source { law: Law::Press2025, places: &[Place::point(28, 5, "d")] },
}];

/// The rule of the law that has effect on a day.
pub fn rule_of(rules: &'static [Rule], day: Day) -> Option<&'static Rule> {
    rules.iter().find(|rule| rule.from <= day && rule.to.is_none_or(|last| day <= last))
}

/// What makes a card one to be handed in, and on which day it happened: the time begins on the day after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Why.
    pub why: Why,
    /// The last day at work, or that of the decision on the agency.
    pub day: Day,
    /// From when the card is to be handed in.
    pub since: Timestamp,
}

impl Cause {
    /// The same, where nobody was obliged to hand the card in before `at`: it was not in force.
    #[must_use]
    pub fn not_before(self, at: Timestamp) -> Self {
        if at <= self.since { self } else { Self { day: at.day(), since: at, ..self } }
    }

    /// When the time to hand the card in is over, and by which rule; `None` where no time runs.
    pub fn due(&self, days: &WorkingDays<'_>) -> Option<(Timestamp, &'static Rule)> {
        let rule = rule_of(TO_HAND_IN, self.day).filter(|_| self.why.obliges())?;
        Some((rule.within.over_after(self.day, days), rule))
    }
}

/// Somebody's work for one of the agencies that answer for a card of before: the one whose people it was issued to, and
/// those that took its people over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// For which.
    pub agency: AgencyId,
    /// Where that stands.
    pub state: AgencyState,
    /// Their last day there, where one is known.
    pub to: Option<Day>,
}

/// Whose a card of before is, and which agency is to collect it: no record of the card says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose it is.
    pub holder: PersonId,
    /// Which collects it: the one that they work for, one that is at work itself before others; else the one that they
    /// left last.
    pub agency: AgencyId,
    /// Where that stands.
    pub state: AgencyState,
    /// Their last day there, where it has passed.
    pub left: Option<Day>,
}

impl Holding {
    /// That of somebody with this work; `None` where there is none.
    pub fn of(holder: PersonId, works: &[Work], today: Day) -> Option<Self> {
        let left = |work: &Work| work.to.filter(|to| *to < today);
        let rank = |work: &&Work| match (left(work), work.state) {
            (Some(day), _) => (0, Some(day)),
            (None, AgencyState::LicenceRevoked | AgencyState::Closed) => (1, None),
            (None, AgencyState::Suspended) => (2, None),
            (None, AgencyState::Active) => (3, None),
        };
        let work = works.iter().max_by_key(rank)?;
        Some(Self { holder, agency: work.agency, state: work.state, left: left(work) })
    }

    /// Whether the law obliges to hand the card in.
    pub const fn obliges(&self) -> bool {
        self.left.is_some() || matches!(self.state, AgencyState::LicenceRevoked | AgencyState::Closed)
    }

    /// Whether the card is in the queue: also while its agency is only suspended.
    pub const fn is_to_return(&self) -> bool {
        self.left.is_some() || !matches!(self.state, AgencyState::Active)
    }
}

/// What was done about a card that is to be handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardReturn {
    /// Which card.
    pub card: PressCardId,
    /// Why, as it was asked for.
    pub why: Why,
    /// Since when, as it was asked for.
    pub since: Timestamp,
    /// When the time to hand it in is over.
    pub due_at: Timestamp,
    /// When the agency wrote down that it had asked the holder for it.
    pub requested_at: Option<Timestamp>,
    /// When holder and agency were reminded: the time was over.
    pub reminded_at: Option<Timestamp>,
    /// Since when a registrar is to decide whether it is revoked.
    pub proposed_at: Option<Timestamp>,
    /// When a registrar decided not to revoke it: another time runs from there.
    pub set_aside_at: Option<Timestamp>,
    /// Counts its changes, from 1.
    pub version: i64,
}

impl CardReturn {
    /// For what it was asked for.
    pub fn cause(&self) -> Cause {
        let day = match self.why {
            // Whoever leaves is at work until midnight.
            Why::LeftAgency => self.since.plus_seconds(-1).day(),
            Why::AgencySuspended | Why::LicenceRevoked | Why::AgencyClosed => self.since.day(),
        };
        Cause { why: self.why, day, since: self.since }
    }

    /// When the time that was set then is over, and by which rule.
    pub fn due(&self) -> Option<(Timestamp, &'static Rule)> {
        Some((self.due_at, rule_of(TO_HAND_IN, self.cause().day)?))
    }

    /// When a card is to be proposed for revocation that was asked for by a notice which arrived then; `None` where nobody
    /// was reached.
    pub fn proposed_from(&self, served: Option<Timestamp>, days: &WorkingDays<'_>) -> Option<Timestamp> {
        let asked = self.requested_at.into_iter().chain(served).min()?;
        let asked = self.set_aside_at.map_or(asked, |then| then.max(asked));
        let day = asked.day().max(TO_BE_REVOKED.first()?.from);
        let rule = rule_of(TO_BE_REVOKED, day)?;
        // Nobody is given less time than to hand the card in at all.
        Some(rule.within.over_after(day, days).max(self.due_at))
    }
}

/// What may happen to the duty to hand a card in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnEvent {
    /// The agency has asked its holder for it.
    Request,
    /// A registrar does not revoke it, for reasons.
    SetAside,
}

impl ReturnEvent {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Request, Self::SetAside];

    /// As requested.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::SetAside => "set_aside",
        }
    }

    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = || FieldProblem::new("unknown_event", "`request` or `set_aside`");
        Self::ALL.into_iter().find(|event| event.as_str() == raw).ok_or_else(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id as _;

    fn day(raw: &str) -> Day {
        Day::parse(raw).expect("a date")
    }

    #[test]
    fn each_law_has_its_time_to_hand_a_card_in() {
        let holidays = [day("2026-11-24")];
        let days = WorkingDays::new(&holidays);
        for (left, last, source) in [
            // Fifteen days, and on to Monday where the last is a Saturday.
            ("2026-05-31", "2026-06-15", "L2016 Đ28.5"),
            ("2026-06-30", "2026-07-15", "L2016 Đ28.5"),
            ("2026-05-22", "2026-06-08", "L2016 Đ28.5"),
            // Fifteen working days.
            ("2026-07-01", "2026-07-22", "NĐ237 Đ7.3"),
            ("2026-11-22", "2026-12-14", "NĐ237 Đ7.3"),
        ] {
            let cause = Cause { why: Why::LeftAgency, day: day(left), since: day(left).end() };
            let (until, rule) = cause.due(&days).expect("a time that runs");
            assert_eq!((until, &*rule.source.short()), (day(last).end(), source), "{left}");
            let suspended = Cause { why: Why::AgencySuspended, ..cause };
            assert_eq!(suspended.due(&days), None);
        }
        let last = day("2026-06-30");
        let cause = Cause { why: Why::LeftAgency, day: last, since: last.end() };
        assert_eq!((cause.not_before(last.end()), cause.not_before(last.start())), (cause, cause));
        let later = Timestamp::parse("2026-11-22T03:00:00Z").expect("a time");
        let back = cause.not_before(later);
        assert_eq!((back.why, back.day, back.since), (Why::LeftAgency, day("2026-11-22"), later));
        let before = Cause { why: Why::LeftAgency, day: day("2016-12-31"), since: day("2016-12-31").end() };
        assert_eq!(before.due(&days), None, "no law before 2017 is known here");
    }

    #[test]
    fn a_card_of_before_is_collected_where_its_holder_is_or_was_last() {
        use AgencyState::{Active, Closed, LicenceRevoked, Suspended};
        let holder = PersonId::from_uuid(uuid::Uuid::nil());
        let agency = |n: u128| AgencyId::from_uuid(uuid::Uuid::from_u128(n));
        let today = day("2026-11-22");
        let work = |n, state, to: Option<&str>| Work { agency: agency(n), state, to: to.map(day) };
        let holding = |works: &[Work]| {
            let it = Holding::of(holder, works, today).expect("work");
            (it.agency, it.left, it.obliges(), it.is_to_return())
        };
        assert_eq!(Holding::of(holder, &[], today), None);
        for (state, obliges, is_to_return) in
            [(Active, false, false), (Suspended, false, true), (LicenceRevoked, true, true), (Closed, true, true)]
        {
            for to in [None, Some("2026-11-22"), Some("2027-01-01")] {
                assert_eq!(
                    holding(&[work(1, state, to)]),
                    (agency(1), None, obliges, is_to_return),
                    "{state:?} {to:?}"
                );
            }
            let left = (agency(1), Some(day("2026-11-21")), true, true);
            assert_eq!(holding(&[work(1, state, Some("2026-11-21"))]), left, "{state:?}");
        }
        // Taken over with the others, and still at work there.
        let over = [work(1, Closed, Some("2026-05-31")), work(2, Active, None)];
        assert_eq!(holding(&over), (agency(2), None, false, false));
        assert_eq!(holding(&[work(1, Closed, None), over[1]]), (agency(2), None, false, false));
        // And gone from there too.
        let gone = [over[0], work(2, Active, Some("2026-11-01"))];
        assert_eq!(holding(&gone), (agency(2), Some(day("2026-11-01")), true, true));
        assert_eq!(holding(&[gone[1], work(2, Active, None)]), (agency(2), None, false, false), "came back");
    }

    #[test]
    fn revocation_is_proposed_thirty_days_after_the_request_and_not_before_the_card_was_due() {
        let days = WorkingDays::new(&[]);
        let at = |raw: &str| Some(Timestamp::parse(raw).expect("a time"));
        let card = CardReturn {
            card: PressCardId::parse("credential", "01890a5d-ac96-774b-bcce-b302099a8057").expect("an id"),
            why: Why::LeftAgency,
            since: day("2026-11-22").end(),
            due_at: day("2026-12-14").end(),
            requested_at: None,
            reminded_at: None,
            proposed_at: None,
            set_aside_at: None,
            version: 1,
        };
        let served = at("2026-11-23T03:00:00Z");
        assert_eq!(card.proposed_from(None, &days), None, "nobody was asked");
        assert_eq!(card.proposed_from(served, &days), Some(day("2026-12-23").end()));
        let requested = CardReturn { requested_at: at("2026-11-20T03:00:00Z"), ..card.clone() };
        // The twentieth of December is a Sunday.
        assert_eq!(requested.proposed_from(served, &days), Some(day("2026-12-21").end()));
        assert_eq!(requested.proposed_from(None, &days), Some(day("2026-12-21").end()));
        let early = CardReturn { requested_at: at("2026-07-01T03:00:00Z"), ..card.clone() };
        assert_eq!(early.proposed_from(None, &days), Some(card.due_at));
        let set_aside = CardReturn { set_aside_at: at("2027-01-04T03:00:00Z"), ..card.clone() };
        assert_eq!(set_aside.proposed_from(served, &days), Some(day("2027-02-03").end()));
        // What was asked for before the law had such a time has it from the law's first day; 31 July is a Friday.
        let earlier = CardReturn { due_at: day("2026-06-22").end(), ..card };
        for asked in ["2026-06-05T03:00:00Z", "2026-06-30T16:59:59Z", "2026-07-01T03:00:00Z"] {
            assert_eq!(earlier.proposed_from(at(asked), &days), Some(day("2026-07-31").end()), "{asked}");
        }
        assert_eq!(earlier.proposed_from(at("2026-07-02T03:00:00Z"), &days), Some(day("2026-08-03").end()));
    }
}
