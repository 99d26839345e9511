//! Applications for cards: drafted by the agency, handed in by its head, endorsed by its province, decided by the
//! ministry.

mod decisions;
mod documents;
mod eligibility;
mod granting;
mod holdings;
mod losses;
mod named;
mod renewals;
mod shown;

pub use decisions::{Decided, EventForm, happen};
pub use documents::{add_document, document, documents, remove_document, room};
pub use eligibility::{FactsForm, Known};
pub use losses::LossesForm;
pub use named::Named;

use super::Registry;
use super::gate::{Etag, Gate};
use super::issuance;
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, ApplicationState, Basis, CardKind, MAX_PEOPLE, Proposal};
use crate::domain::eligibility::Declared;
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{ApplicationId, Id as _, PersonId};
use crate::domain::people::{EngagementKind, Person};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership};
use crate::store::{Read, Reader, Tx, agencies, applications, eligibility as assessments, events, people};
use eligibility::{Looking, Sight};
use holdings::Holdings;
use losses::Losses;
use serde_json::{Map, json};
use shown::Shown;
use std::collections::{HashMap, HashSet};

/// An application as an agency writes it.
#[derive(Clone, Debug, Default)]
pub struct ApplicationForm {
    /// `press_card` or `collaborator_card`.
    pub kind: String,
    /// `first`, `renewal`, `exchange` or `reissue`.
    pub basis: String,
    /// 1–500 ids; none where `expiring_before` chooses the people.
    pub people: Vec<String>,
    /// Of a renewal: everybody whose card expires before this day, `YYYY-MM-DD`.
    pub expiring_before: Option<String>,
    /// What the agency states of them, for the law's conditions.
    pub facts: FactsForm,
    /// Of a reissue: under which number the police confirmed each loss.
    pub police_references: LossesForm,
}

/// An application, and what is known of its people.
pub struct Examined {
    /// As it stands.
    pub application: Application,
    /// What is known of each: what was when it was drafted, handed in or approved last; to whoever decides, today.
    pub known: Known,
    /// Their names.
    pub names: Named,
    /// Of this application with both.
    pub etag: Etag,
    /// How many more were to be chosen, where a day chose the people just now.
    pub left: Option<usize>,
}

fn ownership(db: &mut impl Read, it: &Application) -> Result<(Agency, Ownership), Error> {
    let agency = agencies::find(db, it.agency)?.ok_or_else(|| Error::internal("an application without agency"))?;
    let whose = super::agencies::ownership(&agency).private_to_agency(it.submitted_by.is_none());
    Ok((agency, whose))
}

/// An application, with what is known of its people.
///
/// # Errors
/// 403, 404.
pub fn examine(db: &mut Reader, registry: &Registry, caller: &Caller, id: ApplicationId) -> Result<Examined, Error> {
    let (application, agency, whose) = read(db, caller, id)?;
    let now = registry.clock.now();
    let Shown { known, names, etag } = shown::to(db, registry, caller, now, &application, (&agency, &whose))?;
    Ok(Examined { application, known, names, etag, left: None })
}

fn read(db: &mut Reader, caller: &Caller, id: ApplicationId) -> Result<(Application, Agency, Ownership), Error> {
    let entry = policy::enter(caller, Operation::ReadApplications)?;
    let found = applications::find(db, id)?.ok_or(Error::NotFound)?;
    let (agency, whose) = ownership(db, &found)?;
    entry.on(&whose)?;
    Ok((found, agency, whose))
}

/// Applications within the caller's reach.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    caller: &Caller,
    asked: Asked<Option<ApplicationState>, ApplicationId>,
) -> Result<Part<Application, ApplicationId>, Error> {
    let range = policy::enter(caller, Operation::ReadApplications)?.range();
    let (state, page) = asked?;
    let items = applications::list(db, &range, state, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |it| it.id))
}

/// What happened to an application.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    id: ApplicationId,
    asked: Asked<(), i64>,
) -> Result<Part<Recorded, i64>, Error> {
    read(db, caller, id)?;
    let ((), page) = asked?;
    let items = events::of_object(db, &Object::Application(id), page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |event| event.index))
}

/// Begins an application of the caller's agency.
///
/// # Errors
/// 403; 409 while the agency is not at work; 422.
pub fn draft(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<ApplicationForm, Error>,
) -> Result<Examined, Error> {
    let entry = policy::enter(caller, Operation::DraftApplication)?;
    let agency = caller.role.agency().ok_or(Error::Forbidden)?;
    let agency = agencies::find(tx, agency)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&super::agencies::ownership(&agency))?;
    gate.pass_new(tx)?;
    let form = form()?;
    let Parsed { kind, basis, people: found, stated, losses, left } = parse(tx, registry, &agency, &form)?;
    let people: Vec<PersonId> = found.iter().map(|person| person.id).collect();
    issuance::ready_to_issue(&agency)?;
    let application = Application {
        id: tx.new_id(),
        agency: agency.id,
        kind,
        basis,
        state: ApplicationState::Draft,
        people: people
            .iter()
            .map(|&person| Proposal { police_reference: losses.get(&person).cloned(), ..Proposal::pending(person) })
            .collect(),
        drafted_by: caller.user,
        submitted_by: None,
        endorsed_by: None,
        version: 1,
        created_at: tx.now(),
    };
    let looking = Looking { now: tx.now(), state: application.state, sight: Sight::OwnCards };
    let known = eligibility::gather(tx, &agency, &application, &looking, |_| Ok(found.as_slice()), &stated)?;
    let mut event = Event::new(EventKind::ApplicationDrafted, Object::Application(application.id))
        .with(json!({ "kind": kind.as_str(), "basis": basis.as_str(), "people": ids(&application.people) }));
    for person in &people {
        let mut fields = Map::new();
        if stated.contains_key(person) {
            fields.insert("declared".into(), eligibility::declared(&stated, person)?);
        }
        if let Some(reference) = losses.get(person) {
            fields.insert("police_reference".into(), reference.as_str().into());
        }
        if !fields.is_empty() {
            event = event.about(*person, fields.into());
        }
    }
    tx.record(&permit, event, |writer| {
        applications::insert(writer, &application)?;
        assessments::keep(writer, &registry.secrets.sealing, application.id, &known)
    })?;
    let names = Named::of_people(found);
    let etag = names.etag(&application, &[]);
    Ok(Examined { application, known, names, etag, left })
}

fn ids(people: &[Proposal]) -> Vec<String> {
    people.iter().map(|proposal| proposal.person.to_string()).collect()
}

/// A well-formed application for people who may be in it.
struct Parsed {
    kind: CardKind,
    basis: Basis,
    people: Vec<Person>,
    stated: HashMap<PersonId, Declared>,
    losses: Losses,
    left: Option<usize>,
}

fn parse(tx: &mut Tx, registry: &Registry, agency: &Agency, form: &ApplicationForm) -> Result<Parsed, Error> {
    let mut problems = Problems::new();
    let kind = problems.take("/kind", CardKind::parse(&form.kind));
    let basis = problems.take("/basis", Basis::parse(&form.basis));
    let named = parse_people(&form.people, &mut problems);
    let expiring = problems.take_optional("/expiring_before", form.expiring_before.as_deref(), Day::parse);
    match form.people.len() {
        0 if form.expiring_before.is_some() => {}
        0 => problems.add(FieldProblem::new("empty", "name at least one person").at("/people")),
        1..=MAX_PEOPLE => {}
        _ => problems.add(FieldProblem::new("too_many", format!("at most {MAX_PEOPLE} people")).at("/people")),
    }
    if form.expiring_before.is_some() {
        if !form.people.is_empty() {
            problems.add(FieldProblem::new("chosen_by_day", "the day chooses the people").at("/people"));
        }
        if basis.is_some_and(|basis| basis != Basis::Renewal) {
            let problem = FieldProblem::new("not_for_this_basis", "only of a renewal");
            problems.add(problem.at("/expiring_before"));
        }
    }
    let today = tx.now().day();
    let chosen = match (kind, expiring) {
        (Some(kind), Some(day)) if form.people.is_empty() => {
            let (chosen, left) = renewals::choose(tx, registry, agency, kind, day)?;
            if chosen.is_empty() {
                let problem =
                    FieldProblem::new("nobody", "nobody's card expires before this day who is not proposed already");
                problems.add(problem.at("/expiring_before"));
            }
            Some((chosen, left))
        }
        (_, _) => None,
    };
    let ids = chosen.as_ref().map_or(named, |(people, _)| people.iter().map(|person| person.id).collect());
    let stated = kind.map(|kind| eligibility::parse(&form.facts, kind, &ids, today, &mut problems));
    let losses = losses::parse(&form.police_references, basis, &ids, &mut problems);
    let (kind, basis) = problems.finish(|| kind.zip(basis))?;
    // Whom a day chose was looked at then.
    let (people, left) = match chosen {
        Some((people, left)) => (people, Some(left)),
        None => (check_people(tx, registry, agency, kind, basis, &ids, None)?, None),
    };
    Ok(Parsed { kind, basis, people, stated: stated.unwrap_or_default(), losses, left })
}

/// The ids of a list, each once.
fn parse_people(raw: &[String], problems: &mut Problems) -> Vec<PersonId> {
    let mut seen = HashSet::new();
    let parsed = raw.iter().enumerate().filter_map(|(at, raw)| {
        let checked = PersonId::parse(raw).and_then(|id| match seen.insert(id) {
            true => Ok(id),
            false => Err(FieldProblem::new("twice", "this person is named twice")),
        });
        problems.take(&format!("/people/{at}"), checked)
    });
    parsed.collect()
}

/// Everybody works for the agency, in the right capacity, is in no other open application than `own`, and holds or does
/// not hold a card as the basis says. Gives them in this order.
fn check_people(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    kind: CardKind,
    basis: Basis,
    ids: &[PersonId],
    own: Option<ApplicationId>,
) -> Result<Vec<Person>, Error> {
    let (now, today) = (tx.now(), tx.now().day());
    let people = people::find_in_order(tx, &registry.secrets.sealing, ids)?;
    let found: HashMap<PersonId, &Person> = people.iter().map(|person| (person.id, person)).collect();
    let proposed = applications::already_proposed(tx, agency.id, kind, ids, own)?;
    let holdings = Holdings::on_record(tx, kind, ids, now)?;
    let check = |id: &PersonId| {
        let person = found.get(id);
        match person.and_then(|person| Some((person, person.engagement_with(agency.id, today)?.kind))) {
            None => Some(FieldProblem::new("unknown_person", "nobody of your agency has this id")),
            Some((_, engagement)) if !suits(kind, engagement) => Some(wrong_engagement()),
            Some(_) if proposed.contains(id) => {
                Some(FieldProblem::new("already_proposed", "this person is in another open application"))
            }
            Some((person, _)) => holdings.check(person, basis),
        }
    };
    let errors: Vec<_> =
        ids.iter().enumerate().filter_map(|(at, id)| Some(check(id)?.at(format!("/people/{at}")))).collect();
    if errors.is_empty() { Ok(people) } else { Err(errors.into()) }
}

const fn suits(kind: CardKind, engagement: EngagementKind) -> bool {
    matches!(
        (kind, engagement),
        (CardKind::PressCard, EngagementKind::Staff) | (CardKind::CollaboratorCard, EngagementKind::Collaborator)
    )
}

fn wrong_engagement() -> FieldProblem {
    FieldProblem::new("wrong_engagement", "press cards are for staff, the others for collaborators")
}
