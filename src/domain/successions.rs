//! Mergers and splits of press agencies: whose people, cards, applications, accounts, cases and offices go over to
//! whom.
//!
//! Both are one thing: some agencies end, or hand something over, and others succeed them. Of a merger everything goes to
//! one successor; of a split, the people who are named go where it is said, and the rest to the agency named for the rest.

mod plan;

pub use plan::{Carried, Counts, Holdings, Move, Obstacle, OpenCase, Outpost, Paper, Pending, Plan, Span, Work};

use super::ids::{AgencyId, Id as _, PersonId, SuccessionId};
use super::problem::{FieldError, FieldProblem, Problems};
use super::reason::Reason;
use super::time::{Day, Timestamp};
use std::collections::{BTreeMap, HashSet};

/// Agencies that end in one merger at most.
pub const MOST_PREDECESSORS: usize = 50;
/// Agencies that one is split into at most.
pub const MOST_PARTS: usize = 20;
/// People who are named in a split at most: a body of 256 KB has room for them. All others go with the rest.
pub const MOST_NAMED: usize = 5_000;

/// What happened to the agencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessionKind {
    /// Several became one, or one took others in.
    Merger,
    /// One became several, or gave a part of itself away.
    Split,
}

impl SuccessionKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Merger, Self::Split];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merger => "merger",
            Self::Split => "split",
        }
    }
}

/// A merger as a registrar writes it.
#[derive(Clone, Debug, Default)]
pub struct MergerForm {
    /// The agencies that end.
    pub predecessors: Vec<String>,
    /// The agency that takes their place, on record already.
    pub successor: String,
    /// Why: 1–500 characters.
    pub reason: String,
    /// The first day of what comes of it; today where it is not said.
    pub effective_on: Option<String>,
}

/// A split as a registrar writes it.
#[derive(Clone, Debug, Default)]
pub struct SplitForm {
    /// The agency that is split.
    pub predecessor: String,
    /// What goes where by name.
    pub parts: Vec<PartForm>,
    /// Who has the rest: an agency of `parts`, and then the one that is split ends; or that one itself, which goes on.
    pub remainder: String,
    /// Why: 1–500 characters.
    pub reason: String,
    /// As in [`MergerForm`].
    pub effective_on: Option<String>,
}

/// A part of an agency that is split.
#[derive(Clone, Debug, Default)]
pub struct PartForm {
    /// The agency that it becomes, on record already.
    pub agency: String,
    /// Who goes there.
    pub people: Vec<String>,
}

/// Where somebody who is named goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The agency.
    pub to: AgencyId,
    /// Where the form says so.
    pub pointer: String,
}

/// A well-formed merger or split.
#[derive(Clone, Debug)]
pub struct Order {
    /// Which.
    pub kind: SuccessionKind,
    /// Who hands over.
    pub predecessors: Vec<AgencyId>,
    /// Who takes over.
    pub successors: Vec<AgencyId>,
    /// Who goes where by name.
    pub named: BTreeMap<PersonId, Named>,
    /// Who has the rest.
    pub remainder: AgencyId,
    /// Why.
    pub reason: Reason,
    /// The first day of what comes of it, where it is said.
    pub effective_on: Option<Day>,
}

fn first_day(raw: Option<&str>, problems: &mut Problems) -> Option<Day> {
    problems.take_optional("/effective_on", raw, Day::parse)
}

fn twice() -> FieldProblem {
    FieldProblem::new("twice", "this agency is named twice")
}

impl MergerForm {
    /// What this form asks for.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<Order, Vec<FieldError>> {
        let mut problems = Problems::new();
        let successor = problems.take("/successor", AgencyId::parse(&self.successor));
        let mut seen: HashSet<AgencyId> = successor.into_iter().collect();
        let mut predecessors = Vec::with_capacity(self.predecessors.len());
        for (at, raw) in self.predecessors.iter().enumerate().take(MOST_PREDECESSORS) {
            let id = AgencyId::parse(raw).and_then(|id| if seen.insert(id) { Ok(id) } else { Err(twice()) });
            predecessors.extend(problems.take(&format!("/predecessors/{at}"), id));
        }
        match self.predecessors.len() {
            0 => problems.add(FieldProblem::new("empty", "name at least one agency").at("/predecessors")),
            1..=MOST_PREDECESSORS => {}
            _ => {
                let detail = format!("at most {MOST_PREDECESSORS} agencies");
                problems.add(FieldProblem::new("too_many", detail).at("/predecessors"));
            }
        }
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        let effective_on = first_day(self.effective_on.as_deref(), &mut problems);
        problems.finish(|| {
            let successor = successor?;
            Some(Order {
                kind: SuccessionKind::Merger,
                predecessors,
                successors: vec![successor],
                named: BTreeMap::new(),
                remainder: successor,
                reason: reason?,
                effective_on,
            })
        })
    }
}

impl SplitForm {
    /// What this form asks for.
    ///
    /// # Errors
    /// Every problem of every field.
    pub fn parse(&self) -> Result<Order, Vec<FieldError>> {
        let mut problems = Problems::new();
        let predecessor = problems.take("/predecessor", AgencyId::parse(&self.predecessor));
        let mut seen: HashSet<AgencyId> = predecessor.into_iter().collect();
        let (mut successors, mut named) = (Vec::new(), BTreeMap::new());
        for (at, part) in self.parts.iter().enumerate().take(MOST_PARTS) {
            let id = AgencyId::parse(&part.agency).and_then(|id| if seen.insert(id) { Ok(id) } else { Err(twice()) });
            let Some(to) = problems.take(&format!("/parts/{at}/agency"), id) else { continue };
            successors.push(to);
            for (nth, raw) in part.people.iter().enumerate().take(MOST_NAMED) {
                let pointer = format!("/parts/{at}/people/{nth}");
                let Some(person) = problems.take(&pointer, PersonId::parse(raw)) else { continue };
                if named.insert(person, Named { to, pointer: pointer.clone() }).is_some() {
                    problems.add(FieldProblem::new("twice", "this person is named twice").at(pointer));
                }
            }
        }
        match self.parts.len() {
            0 => problems.add(FieldProblem::new("empty", "name at least one agency").at("/parts")),
            1..=MOST_PARTS => {}
            _ => problems.add(FieldProblem::new("too_many", format!("at most {MOST_PARTS} parts")).at("/parts")),
        }
        if self.parts.iter().map(|part| part.people.len()).sum::<usize>() > MOST_NAMED {
            let detail = format!("at most {MOST_NAMED} people by name; the most go with the rest");
            problems.add(FieldProblem::new("too_many", detail).at("/parts"));
        }
        let is_of_it = |id: AgencyId| match seen.contains(&id) {
            true => Ok(id),
            false => Err(FieldProblem::new("not_of_this_split", "an agency of `parts`, or `predecessor`")),
        };
        let remainder = problems.take("/remainder", AgencyId::parse(&self.remainder).and_then(is_of_it));
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        let effective_on = first_day(self.effective_on.as_deref(), &mut problems);
        problems.finish(|| {
            Some(Order {
                kind: SuccessionKind::Split,
                predecessors: vec![predecessor?],
                successors,
                named,
                remainder: remainder?,
                reason: reason?,
                effective_on,
            })
        })
    }
}

impl Order {
    /// Whether whoever hands over ends with it.
    pub fn ends_predecessors(&self) -> bool {
        !self.predecessors.contains(&self.remainder)
    }

    /// Where what is of this person goes; `None`: it stays.
    pub fn destination(&self, person: PersonId) -> Option<AgencyId> {
        self.moved_to(self.named.get(&person).map_or(self.remainder, |named| named.to))
    }

    /// Where goes what is of nobody in particular; `None`: it stays.
    pub fn rest(&self) -> Option<AgencyId> {
        self.moved_to(self.remainder)
    }

    fn moved_to(&self, to: AgencyId) -> Option<AgencyId> {
        (!self.predecessors.contains(&to)).then_some(to)
    }

    /// Every agency that takes part.
    pub fn agencies(&self) -> impl Iterator<Item = AgencyId> {
        self.predecessors.iter().chain(&self.successors).copied()
    }

    /// Where the form names an agency.
    pub fn pointer(&self, agency: AgencyId) -> String {
        let nth = |ids: &[AgencyId]| ids.iter().position(|id| *id == agency);
        match (self.kind, nth(&self.predecessors), nth(&self.successors)) {
            (SuccessionKind::Merger, Some(at), _) => format!("/predecessors/{at}"),
            (SuccessionKind::Split, Some(_), _) => "/predecessor".into(),
            (SuccessionKind::Split, None, Some(at)) => format!("/parts/{at}/agency"),
            (SuccessionKind::Merger | SuccessionKind::Split, None, _) => "/successor".into(),
        }
    }
}

/// What went over from one agency to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Whose it was.
    pub from: AgencyId,
    /// Whose it is.
    pub to: AgencyId,
    /// How much.
    pub counts: Counts,
}

/// A merger or split that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Succession {
    /// Its id.
    pub id: SuccessionId,
    /// Which.
    pub kind: SuccessionKind,
    /// Why.
    pub reason: String,
    /// Whether whoever handed over ended with it.
    pub ended_predecessors: bool,
    /// When it was decided here.
    pub decided_at: Timestamp,
    /// The first day of what came of it.
    pub effective_on: Day,
    /// What went where.
    pub shares: Vec<Share>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn agency(n: u128) -> AgencyId {
        AgencyId::from_uuid(Uuid::from_u128(n))
    }

    fn person(n: u128) -> PersonId {
        PersonId::from_uuid(Uuid::from_u128(n))
    }

    fn told(parsed: Result<Order, Vec<FieldError>>) -> Vec<(String, &'static str)> {
        parsed.expect_err("mistakes").into_iter().map(|error| (error.pointer, error.code)).collect()
    }

    #[test]
    fn a_merger_names_every_agency_once_and_its_reasons() {
        let (one, other) = (agency(1).to_string(), agency(2).to_string());
        let form = MergerForm {
            predecessors: vec![one.clone(), one, "x".into()],
            successor: other,
            reason: " ".into(),
            effective_on: Some("x".into()),
        };
        let mistakes = [
            ("/predecessors/1", "twice"),
            ("/predecessors/2", "not_an_id"),
            ("/reason", "empty"),
            ("/effective_on", "not_a_date"),
        ];
        assert_eq!(told(form.parse()), mistakes.map(|(pointer, code)| (pointer.to_owned(), code)));
        let itself = MergerForm {
            predecessors: vec![agency(1).to_string()],
            successor: agency(1).to_string(),
            reason: "QĐ 1".into(),
            effective_on: None,
        };
        assert_eq!(told(itself.parse()), [("/predecessors/0".to_owned(), "twice")]);
        let nobody = MergerForm { successor: agency(1).to_string(), reason: "QĐ 1".into(), ..MergerForm::default() };
        assert_eq!(told(nobody.parse()), [("/predecessors".to_owned(), "empty")]);
    }

    #[test]
    fn a_split_sends_each_where_they_are_named_and_the_rest_to_one() {
        let form = |remainder: u128| SplitForm {
            predecessor: agency(1).to_string(),
            parts: vec![
                PartForm { agency: agency(2).to_string(), people: vec![person(7).to_string()] },
                PartForm { agency: agency(3).to_string(), people: vec![] },
            ],
            remainder: agency(remainder).to_string(),
            reason: "QĐ 1".into(),
            effective_on: None,
        };
        let ending = form(3).parse().expect("a split");
        assert!(ending.ends_predecessors());
        assert_eq!((ending.destination(person(7)), ending.destination(person(8))), (Some(agency(2)), Some(agency(3))));
        let going_on = form(1).parse().expect("a split");
        assert!(!going_on.ends_predecessors());
        assert_eq!((going_on.destination(person(7)), going_on.destination(person(8))), (Some(agency(2)), None));
        assert_eq!(told(form(4).parse()), [("/remainder".to_owned(), "not_of_this_split")]);
        assert_eq!(ending.pointer(agency(3)), "/parts/1/agency");
        let mut doubled = form(3);
        doubled.parts[1].people.push(person(7).to_string());
        assert_eq!(told(doubled.parse()), [("/parts/1/people/0".to_owned(), "twice")]);
    }
}
