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

    /// The first day at the agency that takes over on `day`.
    pub fn first_day(&self, day: Day) -> Day {
        day.max(self.from)
    }

    /// The first day of the engagement that follows at the agency that takes over on `day`, for somebody who works there
    /// already until `there`: nobody works for one agency twice at a time. None where nothing is left of it.
    pub fn next_day(&self, day: Day, there: Option<Option<Day>>) -> Option<Day> {
        let first = self.first_day(day);
        match there {
            None => Some(first),
            Some(None) => None,
            Some(Some(last)) => {
                let first = first.max(last.plus_days(1));
                self.until.is_none_or(|until| first <= until).then_some(first)
            }
        }
    }
}

/// Work that ends, and the engagement that follows it at the agency that takes over, with its first day; none where the
/// person works there already.
pub type Carried = (Work, Option<(EngagementId, Day)>);

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

    /// What was asked for, of which versions of the agencies, and everything that would go over, by its ids: another text
    /// where anything else would be done.
    pub fn written_out(&self, order: &Order, version: impl Fn(AgencyId) -> Option<i64>) -> String {
        let (kind, ends) = (order.kind.as_str(), order.ends_predecessors());
        let mut lines = vec![format!("{kind} {} ends {ends}", order.remainder)];
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
