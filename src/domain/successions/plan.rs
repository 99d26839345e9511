//! What a merger or split would carry over, and what stands in its way: shown before it is done.

use super::Order;
use crate::domain::ids::{AgencyId, ApplicationId, CaseId, CredentialId, EngagementId, OfficeId, PersonId, UserId};
use crate::domain::printed::CredentialKind;
use crate::domain::time::Day;
use std::collections::{BTreeMap, HashSet};

/// Somebody's open work for an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// The engagement.
    pub id: EngagementId,
    /// Whose.
    pub person: PersonId,
    /// First day.
    pub from: Day,
    /// Last day, where it is known already.
    pub until: Option<Day>,
}

impl Work {
    /// The last day at the agency that hands over on `day`: the day before, or for what began since, its own first.
    pub fn last_day(&self, day: Day) -> Day {
        day.minus_days(1).max(self.from)
    }

    /// The times of the engagements that follow at the agency that takes over on `day`, in their order, for somebody who is
    /// there already at these times: nobody works for one agency twice at a time, and no day between is lost.
    pub fn following(&self, day: Day, there: &[Span]) -> Vec<Span> {
        let all = vec![Span { from: day.max(self.from), until: self.until }];
        there.iter().fold(all, |left, known| left.into_iter().flat_map(|span| span.without(*known)).collect())
    }

    /// Whether what follows at the agency that takes over on `day` is this engagement itself: it had not begun by then, and
    /// nobody begins at an agency that has ended.
    pub fn goes_over_itself(&self, day: Day) -> bool {
        day <= self.from
    }
}

/// From a day to another, or without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// Last day, where it is known.
    pub until: Option<Day>,
}

impl Span {
    /// What of it is before another, and what is after it.
    fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let before = (self.from < other.from).then(|| {
            let last = other.from.minus_days(1);
            Self { from: self.from, until: Some(self.until.map_or(last, |until| until.min(last))) }
        });
        let after = other.until.map(|last| Self { from: self.from.max(last.plus_days(1)), until: self.until });
        let after = after.filter(|it| it.until.is_none_or(|until| it.from <= until));
        before.into_iter().chain(after)
    }
}

/// Work that goes over, and an engagement at the agency that takes over, with its time: work that others at that agency
/// divide stands here once for each part, and once with none where the person works there already all the time. The first
/// part of what had not begun by then is that engagement itself.
pub type Carried = (Work, Option<(EngagementId, Span)>);

/// A card or letter that is in force, or may be again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its id.
    pub id: CredentialId,
    /// Whose.
    pub person: PersonId,
    /// What it is.
    pub kind: CredentialKind,
}

/// An application that is not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its id.
    pub id: ApplicationId,
    /// Who is in it.
    pub people: Vec<PersonId>,
}

/// A case in which an agency is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenCase {
    /// Its id.
    pub id: CaseId,
    /// Whom it is about, where that is somebody on record.
    pub person: Option<PersonId>,
}

/// An office, or a reporter in a province, that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outpost {
    /// Its id.
    pub id: OfficeId,
    /// Who leads it, or is alone there.
    pub lead: Option<PersonId>,
}

/// All that is an agency's and may go over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Open work.
    pub work: Vec<Work>,
    /// Cards and letters.
    pub papers: Vec<Paper>,
    /// Applications in hand.
    pub applications: Vec<Pending>,
    /// Accounts of heads and clerks that may sign in.
    pub accounts: Vec<UserId>,
    /// Cases in which it has something to say.
    pub cases: Vec<OpenCase>,
    /// Offices and reporters in provinces.
    pub offices: Vec<Outpost>,
}

/// How much goes over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it")]
pub struct Counts {
    pub people: u64,
    pub press_cards: u64,
    pub letters: u64,
    pub collaborator_cards: u64,
    pub applications: u64,
    pub accounts: u64,
    pub cases: u64,
    pub offices: u64,
}

impl Holdings {
    /// Whatever of it somebody may have been told of, by ids: what was told goes with it.
    pub fn objects(&self) -> Vec<String> {
        let papers = self.papers.iter().map(|it| it.id.to_string());
        let applications = self.applications.iter().map(|it| it.id.to_string());
        papers.chain(applications).chain(self.offices.iter().map(|it| it.id.to_string())).collect()
    }

    /// How much it is.
    pub fn counts(&self) -> Counts {
        let of_kind = |kind| count(self.papers.iter().filter(|paper| paper.kind == kind));
        Counts {
            people: count(self.work.iter().map(|work| work.person).collect::<HashSet<_>>()),
            press_cards: of_kind(CredentialKind::PressCard),
            letters: of_kind(CredentialKind::IntroductionLetter),
            collaborator_cards: of_kind(CredentialKind::CollaboratorCard),
            applications: count(&self.applications),
            accounts: count(&self.accounts),
            cases: count(&self.cases),
            offices: count(&self.offices),
        }
    }
}

fn count(items: impl IntoIterator) -> u64 {
    items.into_iter().map(|_| 1).sum()
}

/// What goes over from one agency to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Whose it is.
    pub from: AgencyId,
    /// Whose it is to be.
    pub to: AgencyId,
    /// What.
    pub holdings: Holdings,
}

impl Move {
    /// Whose work goes over.
    pub fn workers(&self) -> impl Iterator<Item = PersonId> {
        self.holdings.work.iter().map(|work| work.person)
    }
}

/// Why it cannot be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Stable and machine-readable.
    pub code: &'static str,
    /// Whose fault it is.
    pub agency: AgencyId,
    /// One sentence.
    pub detail: String,
}

/// What would be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What goes where.
    pub moves: Vec<Move>,
    /// How many human beings would be on two records of one agency: somebody has to look at them afterwards.
    pub doubles: u64,
    /// What stands in the way.
    pub obstacles: Vec<Obstacle>,
}

impl Plan {
    /// Adds what goes over from an agency.
    pub fn divide(&mut self, order: &Order, from: AgencyId, all: Holdings) {
        let mut shares: BTreeMap<AgencyId, Holdings> =
            order.successors.iter().map(|id| (*id, Holdings::default())).collect();
        let mut share = |to: Option<AgencyId>, put: &mut dyn FnMut(&mut Holdings)| {
            if let Some(holdings) = to.and_then(|to| shares.get_mut(&to)) {
                put(holdings);
            }
        };
        for work in all.work {
            share(order.destination(work.person), &mut |it| it.work.push(work));
        }
        for paper in all.papers {
            share(order.destination(paper.person), &mut |it| it.papers.push(paper));
        }
        for case in all.cases {
            let to = case.person.map_or_else(|| order.rest(), |person| order.destination(person));
            share(to, &mut |it| it.cases.push(case));
        }
        // An office follows whoever leads it.
        for office in all.offices {
            let to = office.lead.map_or_else(|| order.rest(), |person| order.destination(person));
            share(to, &mut |it| it.offices.push(office));
        }
        for account in all.accounts {
            share(order.rest(), &mut |it| it.accounts.push(account));
        }
        for pending in all.applications {
            let places: HashSet<Option<AgencyId>> = pending.people.iter().map(|id| order.destination(*id)).collect();
            let mut places = places.into_iter();
            match (places.next(), places.next()) {
                (Some(_), Some(_)) => self.obstacles.push(Obstacle {
                    code: "application_divided",
                    agency: from,
                    detail: format!(
                        "Application {} has people of several parts: it is to be decided or withdrawn first.",
                        pending.id
                    ),
                }),
                (to, None) | (None, to) => {
                    share(to.unwrap_or_else(|| order.rest()), &mut |it| it.applications.push(pending.clone()))
                }
            }
        }
        let moves = order.successors.iter().filter_map(|to| Some(Move { from, to: *to, holdings: shares.remove(to)? }));
        self.moves.extend(moves);
    }

    /// What was asked for, from which day on, of which versions of the agencies, and everything that would go over, by its ids: another text
    /// where anything else would be done.
    pub fn written_out(&self, order: &Order, day: Day, version: impl Fn(AgencyId) -> Option<i64>) -> String {
        let (kind, ends) = (order.kind.as_str(), order.ends_predecessors());
        let mut lines = vec![format!("{kind} {} ends {ends} on {day}", order.remainder)];
        lines.extend(order.agencies().map(|id| format!("{id} {}", version(id).unwrap_or_default())));
        for Move { from, to, holdings } in &self.moves {
            let Holdings { work, papers, applications, accounts, cases, offices } = holdings;
            let mut line = |what: &str, ids: Vec<String>| lines.push(format!("{from} {to} {what} {}", ids.join(" ")));
            line("work", work.iter().map(|it| it.id.to_string()).collect());
            line("papers", papers.iter().map(|it| it.id.to_string()).collect());
            line("applications", applications.iter().map(|it| it.id.to_string()).collect());
            line("accounts", accounts.iter().map(ToString::to_string).collect());
            line("cases", cases.iter().map(|it| it.id.to_string()).collect());
            line("offices", offices.iter().map(|it| it.id.to_string()).collect());
        }
        lines.extend(self.obstacles.iter().map(|it| format!("{} {} {}", it.code, it.agency, it.detail)));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id as _;
    use uuid::Uuid;

    fn span((from, until): (&str, &str)) -> Span {
        let day = |raw| Day::parse(raw).expect("a date");
        Span { from: day(from), until: (!until.is_empty()).then(|| day(until)) }
    }

    fn work(from: &str, until: &str) -> Work {
        let Span { from, until } = span((from, until));
        Work { id: EngagementId::from_uuid(Uuid::nil()), person: PersonId::from_uuid(Uuid::nil()), from, until }
    }

    /// First and last days.
    type Days = &'static [(&'static str, &'static str)];

    #[test]
    fn nobody_works_for_one_agency_twice_at_a_time_and_no_day_is_lost() {
        let day = Day::parse("2025-07-01").expect("a date");
        let (open, gone) = (work("2020-01-02", ""), work("2020-01-02", "2026-03-31"));
        let cases: &[(Work, Days, Days)] = &[
            (open, &[], &[("2025-07-01", "")]),
            (gone, &[], &[("2025-07-01", "2026-03-31")]),
            (open, &[("2024-01-02", "")], &[]),
            (open, &[("2024-01-02", "2025-12-31")], &[("2026-01-01", "")]),
            (gone, &[("2024-01-02", "2026-03-31")], &[]),
            // Who was entered there since: until then, and from when they left there again.
            (open, &[("2025-07-15", "")], &[("2025-07-01", "2025-07-14")]),
            (gone, &[("2026-04-01", "")], &[("2025-07-01", "2026-03-31")]),
            (gone, &[("2026-09-01", "")], &[("2025-07-01", "2026-03-31")]),
            (open, &[("2025-09-01", "2025-12-31")], &[("2025-07-01", "2025-08-31"), ("2026-01-01", "")]),
            (gone, &[("2025-09-01", "2026-03-31")], &[("2025-07-01", "2025-08-31")]),
            // Between two times there, too.
            (
                open,
                &[("2026-02-01", "2026-02-28"), ("2025-07-01", "2025-07-31")],
                &[("2025-08-01", "2026-01-31"), ("2026-03-01", "")],
            ),
        ];
        for (it, there, expected) in cases {
            let spans = |them: Days| them.iter().copied().map(span).collect::<Vec<_>>();
            assert_eq!(it.following(day, &spans(there)), spans(expected), "{it:?} {there:?}");
        }
        assert!(work("2025-07-01", "").goes_over_itself(day) && !open.goes_over_itself(day));
    }
}
