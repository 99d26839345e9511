//! Mergers and splits of agencies: planned, shown, and done as they were shown.
//!
//! Whoever decides sends back the tag of the plan that they saw. Where anything else would go over meanwhile, or something
//! has come to stand in the way, nothing is done: they look at the new plan first. Why what goes over goes over as it does
//! stands in `api-docs/decisions/0031`.

mod carrying_out;

pub use carrying_out::carry_out;

use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyState};
use crate::domain::ids::{AgencyId, SuccessionId};
use crate::domain::problem::FieldProblem;
use crate::domain::successions::{Obstacle, Order, Plan, Succession};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Read, Reader, imports, successions};
use crate::{clock::Clock, store};
use std::collections::HashMap;

/// Mergers and splits of one agency looked at in one go.
const AT_ONCE: usize = 100;

/// What would be done, and of whom.
pub struct Planned {
    /// What was asked for.
    pub order: Order,
    /// What would go over.
    pub plan: Plan,
    /// Every agency that takes part.
    pub agencies: HashMap<AgencyId, Agency>,
    /// The first day of what comes of it.
    pub effective_on: Day,
}

impl Planned {
    /// Names all that would be done: another tag where anything else would be.
    pub fn etag(&self) -> Etag {
        let version = |id| self.agencies.get(&id).map(|agency| agency.version);
        Etag::of_bytes(self.plan.written_out(&self.order, self.effective_on, version).as_bytes())
    }
}

/// What would be done now: nothing is.
///
/// # Errors
/// 403; 422.
pub fn plan(
    db: &mut Reader,
    clock: &Clock,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<Order, Error>,
) -> Result<Planned, Error> {
    policy::enter(caller, Operation::MergeAgencies)?.anywhere()?;
    gate.is_usable()?;
    plan_now(db, clock.now(), form()?)
}

fn plan_now(db: &mut impl Read, now: Timestamp, order: Order) -> Result<Planned, Error> {
    let today = now.day();
    let day = order.effective_on.unwrap_or(today);
    if today < day {
        return Err(Error::invalid("/effective_on", "in_the_future", "not after today"));
    }
    let agencies = taking_part(db, &order)?;
    let mut plan = Plan::default();
    for agency in order.agencies().filter_map(|id| agencies.get(&id)) {
        obstacles_of(db, &order, agency, &mut plan.obstacles)?;
        if order.predecessors.contains(&agency.id) && day < today {
            recorded_since(db, &order, agency, day, &mut plan.obstacles)?;
        }
    }
    let mut named = order.named.clone();
    for from in &order.predecessors {
        let holdings = store::successions::holdings(db, *from, now, day)?;
        for work in &holdings.work {
            named.remove(&work.person);
        }
        plan.divide(&order, *from, holdings);
    }
    let strangers = named.into_values().map(|named| {
        FieldProblem::new("unknown_person", "nobody who works for the agency has this id").at(named.pointer)
    });
    let strangers: Vec<_> = strangers.collect();
    if !strangers.is_empty() {
        return Err(strangers.into());
    }
    plan.doubles = successions::doubles(db, &order.agencies().collect::<Vec<_>>(), now)?;
    Ok(Planned { order, plan, agencies, effective_on: day })
}

fn taking_part(db: &mut impl Read, order: &Order) -> Result<HashMap<AgencyId, Agency>, Error> {
    let (mut found, mut missing) = (HashMap::new(), Vec::new());
    for id in order.agencies() {
        match store::agencies::find(db, id)? {
            Some(agency) => drop(found.insert(id, agency)),
            None => {
                let problem = FieldProblem::new("unknown_agency", "no agency has this id");
                missing.push(problem.at(order.pointer(id)));
            }
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(missing.into()) }
}

fn obstacles_of(
    db: &mut impl Read,
    order: &Order,
    agency: &Agency,
    obstacles: &mut Vec<Obstacle>,
) -> Result<(), Error> {
    let name = &agency.fields.name;
    let mut add = |code, detail| obstacles.push(Obstacle { code, agency: agency.id, detail });
    match agency.state {
        AgencyState::Active => {}
        // What is suspended with it would come back with a merger.
        state @ (AgencyState::Suspended | AgencyState::LicenceRevoked | AgencyState::Closed) => {
            add("not_at_work", format!("{name} is {}: that is to be decided first.", state.as_str()));
        }
    }
    if !agency.fields.kind.is_press() {
        add("not_press", format!("{name} is an aggregator site (GP-TTĐT) and no press agency."));
    }
    if order.successors.contains(&agency.id) && agency.fields.short_name.is_none() {
        add("no_short_name", format!("{name} has no short name, which the cards to come must carry."));
    }
    if order.predecessors.contains(&agency.id) && imports::count_at_work(db, agency.id)? > 0 {
        add("import_at_work", format!("A file of people of {name} is still being taken in."));
    }
    Ok(())
}

/// What says that whoever hands over on a day that is past was there after it: one of the two is wrong.
fn recorded_since(
    db: &mut impl Read,
    order: &Order,
    agency: &Agency,
    day: Day,
    obstacles: &mut Vec<Obstacle>,
) -> Result<(), Error> {
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let part = successions::list(db, Some(agency.id), after, AT_ONCE)?;
        after = part.last().map(|it| it.id);
        found.extend(part.iter().map(|it| it.effective_on).filter(|on| day < *on).map(|on| ("a merger or split", on)));
        if part.len() <= AT_ONCE {
            break;
        }
    }
    if order.ends_predecessors() {
        let since = store::leaders::of_agency(db, agency.id)?.into_iter().map(|it| it.fields.from);
        found.extend(since.filter(|from| day <= *from).map(|from| ("a head or deputy", from)));
    }
    obstacles.extend(found.first().map(|(what, on)| Obstacle {
        code: "recorded_since",
        agency: agency.id,
        detail: format!("{} has {what} from {on} on record, which is after {day}.", agency.fields.name),
    }));
    Ok(())
}

/// A merger or split that was carried out, and the names of its agencies.
pub struct Told {
    /// What was done.
    pub succession: Succession,
    /// Every agency that took part, by its name of today.
    pub names: HashMap<AgencyId, String>,
    /// Whether the caller is told all that went over: how many cases there were is nobody's to know who does not decide,
    /// for a notice of one may be stayed.
    pub with_all: bool,
}

fn told(db: &mut impl Read, caller: &Caller, succession: Succession) -> Result<Told, Error> {
    let names = store::agencies::names(db, succession.shares.iter().flat_map(|share| [share.from, share.to]))?;
    let with_all = policy::enter(caller, Operation::MergeAgencies).and_then(|entry| entry.anywhere()).is_ok();
    Ok(Told { succession, names, with_all })
}

/// A merger or split.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: SuccessionId) -> Result<Told, Error> {
    policy::enter(caller, Operation::ReadAgencies)?.anywhere()?;
    let found = successions::find(db, id)?.ok_or(Error::NotFound)?;
    told(db, caller, found)
}

/// Mergers and splits in the order in which they were decided: of one agency, where asked.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    caller: &Caller,
    asked: Asked<Option<AgencyId>, SuccessionId>,
) -> Result<Part<Told, SuccessionId>, Error> {
    policy::enter(caller, Operation::ReadAgencies)?.anywhere()?;
    let (agency, page) = asked?;
    let found = successions::list(db, agency, page.after, page.limit)?;
    let part = Part::cut(found, page.limit, |it| it.id);
    let items = part.items.into_iter().map(|it| told(db, caller, it)).collect::<Result<_, _>>()?;
    Ok(Part { items, next_after: part.next_after })
}
