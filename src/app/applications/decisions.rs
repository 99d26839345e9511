//! What happens to an application once it is drafted: handed in, endorsed, given back, decided, taken back.

use super::eligibility::{self, FactsForm, Known, Sight};
use super::losses::{self, Losses, LossesForm};
use super::{check_people, ownership, parse_people};
use crate::app::Registry;
use crate::app::credentials::{held_beside, replace_by};
use crate::app::gate::{Etag, Gate};
use crate::app::issuance::{self, Order};
use crate::app::notices::{self, Owing, Unreached};
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, ApplicationEvent, Basis, CardKind, Outcome, Refusal};
use crate::domain::card_code::Entitlement;
use crate::domain::credentials::{Credential, CredentialEvent, CredentialState, Ground};
use crate::domain::eligibility::{Declared, term_of};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::notices::Occasion;
use crate::domain::printed::Validity;
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Tx, applications, eligibility as rows, people};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Years a collaborator's card is valid: ours, as the law sets none.
const COLLABORATOR_CARD_YEARS: u32 = 1;

/// What is to happen to an application.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// See [`ApplicationEvent::as_str`].
    pub event: String,
    /// 1–500 characters; required to return, to refuse, and to approve against a condition of the law.
    pub reason: Option<String>,
    /// Whom it concerns; all who are undecided where it is not said.
    pub people: Option<Vec<String>>,
    /// What the agency states of some of its people, in place of what it stated of them before; only to submit.
    pub facts: FactsForm,
    /// Under which number the police confirmed that cards are lost; only to submit a reissue.
    pub police_references: LossesForm,
}

/// An [`EventForm`] that is well formed.
struct Told {
    event: ApplicationEvent,
    reason: Option<Reason>,
    chosen: Option<Vec<PersonId>>,
    stated: HashMap<PersonId, Declared>,
    losses: Losses,
}

/// An application and the cards that the last event issued.
pub struct Decided {
    /// As it stands.
    pub application: Application,
    /// What is known of its people.
    pub known: Known,
    /// The cards just issued.
    pub credentials: Vec<Credential>,
}

const fn operation(event: ApplicationEvent) -> Operation {
    match event {
        ApplicationEvent::Submit => Operation::SubmitApplication,
        ApplicationEvent::Endorse => Operation::EndorseApplication,
        ApplicationEvent::Return => Operation::ReturnApplication,
        ApplicationEvent::Approve | ApplicationEvent::Refuse => Operation::DecideApplication,
        ApplicationEvent::Withdraw => Operation::DraftApplication,
    }
}

const fn event_kind(event: ApplicationEvent) -> EventKind {
    match event {
        ApplicationEvent::Submit => EventKind::ApplicationSubmitted,
        ApplicationEvent::Endorse => EventKind::ApplicationEndorsed,
        ApplicationEvent::Return => EventKind::ApplicationReturned,
        ApplicationEvent::Approve => EventKind::ApplicationApproved,
        ApplicationEvent::Refuse => EventKind::ApplicationRefused,
        ApplicationEvent::Withdraw => EventKind::ApplicationWithdrawn,
    }
}

/// Lets an event happen to an application; `approve` issues the cards.
///
/// # Errors
/// 403, also `second-person-required`; 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: ApplicationId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<Decided, Error> {
    let event = form.as_ref().ok().map(|form| ApplicationEvent::parse(&form.event));
    let wanted = event.as_ref().and_then(|event| event.as_ref().ok()).copied();
    // What cannot be read is answered only to those who may know that the application exists.
    let entry = policy::enter(caller, wanted.map_or(Operation::ReadApplications, operation))?;
    let old = applications::find(tx, id)?.ok_or(Error::NotFound)?;
    let (agency, whose) = ownership(tx, &old)?;
    let permit = entry.on(&whose)?;
    if wanted == Some(ApplicationEvent::Approve) {
        policy::another_person(caller, &[old.submitted_by, old.endorsed_by, Some(old.drafted_by)])?;
    }
    gate.pass(tx, &Etag::of_version(old.version))?;
    let form = form?;
    let event = ApplicationEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let told = parse_event(event, &form, &old, tx.now().day())?;
    decide(tx, registry, caller, &permit, &agency, old, &told)
}

fn parse_event(event: ApplicationEvent, form: &EventForm, old: &Application, today: Day) -> Result<Told, Error> {
    let mut problems = Problems::new();
    let raw = form.reason.as_deref();
    let reason = match event {
        ApplicationEvent::Return | ApplicationEvent::Refuse => problems.take("/reason", Reason::required(raw)),
        ApplicationEvent::Submit
        | ApplicationEvent::Endorse
        | ApplicationEvent::Approve
        | ApplicationEvent::Withdraw => problems.take_optional("/reason", raw, Reason::parse),
    };
    let chosen = form.people.as_deref().map(|raw| parse_people(raw, &mut problems));
    if chosen.is_some() && !event.is_about_people() {
        let problem = FieldProblem::new("not_for_this_event", "this event concerns the whole application");
        problems.add(problem.at("/people"));
    }
    let people: Vec<PersonId> = old.people.iter().map(|proposal| proposal.person).collect();
    let stated = eligibility::parse(&form.facts, old.kind, &people, today, &mut problems);
    if !form.facts.is_empty() && event != ApplicationEvent::Submit {
        problems.add(FieldProblem::new("not_for_this_event", "facts are stated when it is handed in").at("/facts"));
    }
    let losses = losses::parse(&form.police_references, Some(old.basis), &people, &mut problems);
    if !form.police_references.is_empty() && event != ApplicationEvent::Submit {
        let problem = FieldProblem::new("not_for_this_event", "losses are stated when it is handed in");
        problems.add(problem.at("/police_references"));
    }
    Ok(problems.finish(|| Some(Told { event, reason, chosen, stated, losses }))?)
}

/// What was true when it was drafted must be true when it is handed in: of everybody, because nobody of a draft or a
/// returned application is decided.
fn recheck(tx: &mut Tx, registry: &Registry, agency: &Agency, it: &Application) -> Result<(), Error> {
    issuance::ready_to_issue(agency)?;
    let people: Vec<PersonId> = it.people.iter().map(|proposal| proposal.person).collect();
    check_people(tx, registry, agency, it.kind, it.basis, &people, Some(it.id))
}

/// What is known today of those whom an event touches, where it looks at them; what was stated before still holds.
fn look_again(
    tx: &mut Tx,
    registry: &Registry,
    agency: &Agency,
    new: &Application,
    told: &Told,
    touched: &[PersonId],
) -> Result<Known, Error> {
    let sight = match told.event {
        ApplicationEvent::Submit => Some(Sight::OwnCards),
        ApplicationEvent::Approve => Some(Sight::EveryCard),
        ApplicationEvent::Endorse
        | ApplicationEvent::Return
        | ApplicationEvent::Refuse
        | ApplicationEvent::Withdraw => None,
    };
    match sight {
        Some(sight) => {
            let mut stated = eligibility::stated(&rows::of_application(tx, &registry.secrets.sealing, new.id)?);
            stated.extend(&told.stated);
            eligibility::gather(tx, registry, agency, new, (new.state, sight), touched, &stated)
        }
        None => Ok(Known::new()),
    }
}

/// What the event holds apart about a person.
fn fields_about(it: &Application, told: &Told, known: &Known, person: PersonId) -> Result<Map<String, Value>, Error> {
    let mut fields = known.get(&person).map(|known| eligibility::noted(known, it.kind, it.basis)).unwrap_or_default();
    if let Some(reason) = &told.reason {
        fields.insert("reason".into(), reason.as_str().into());
    }
    if let Some(reference) = told.losses.get(&person) {
        fields.insert("police_reference".into(), reference.as_str().into());
    }
    if told.stated.contains_key(&person) {
        fields.insert("declared".into(), eligibility::declared(&told.stated, &person)?);
    }
    Ok(fields)
}

fn decide(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    permit: &Permit,
    agency: &Agency,
    old: Application,
    told: &Told,
) -> Result<Decided, Error> {
    let (event, reason) = (told.event, told.reason.as_ref().map(Reason::as_str));
    let mut new = Application { version: old.version + 1, ..old.clone() };
    let touched = new.apply(event, told.chosen.as_deref(), reason).map_err(|refusal| match refusal {
        Refusal::WrongState => {
            let detail = format!("The application is {}; `{}` is not possible.", old.state.as_str(), event.as_str());
            Error::WrongState { detail }
        }
        Refusal::NotOpen(Some(at)) => {
            Error::invalid(format!("/people/{at}"), "not_open", "nothing is to be decided about this person here")
        }
        Refusal::NotOpen(None) => Error::invalid("/people", "empty", "name at least one person"),
    })?;
    match event {
        ApplicationEvent::Submit => {
            recheck(tx, registry, agency, &old)?;
            for proposal in &mut new.people {
                if let Some(reference) = told.losses.get(&proposal.person) {
                    proposal.police_reference = Some(reference.clone());
                }
            }
            losses::require_references(tx, &new, &touched)?;
            new.submitted_by = Some(caller.user);
        }
        ApplicationEvent::Endorse => new.endorsed_by = Some(caller.user),
        ApplicationEvent::Return
        | ApplicationEvent::Approve
        | ApplicationEvent::Refuse
        | ApplicationEvent::Withdraw => {}
    }
    let known = look_again(tx, registry, agency, &new, told, &touched)?;
    let issued = match event {
        ApplicationEvent::Approve => {
            losses::require_references(tx, &new, &touched)?;
            if reason.is_none() {
                eligibility::require_reasons(&known, &new, &touched)?;
            }
            issue_all(tx, registry, permit, agency, &old, &touched)?
        }
        ApplicationEvent::Submit
        | ApplicationEvent::Endorse
        | ApplicationEvent::Return
        | ApplicationEvent::Refuse
        | ApplicationEvent::Withdraw => Vec::new(),
    };
    for credential in &issued {
        if let Some(proposal) = new.people.iter_mut().find(|proposal| proposal.person == credential.person) {
            proposal.credential = Some(credential.id);
        }
    }
    let decided = Occasion::ApplicationDecided(new.id);
    let owed = match event {
        ApplicationEvent::Approve => Some((decided, &touched[..], Unreached::ByAgency)),
        ApplicationEvent::Refuse => Some((decided, &touched[..], Unreached::Written)),
        // The agency mends it: nothing is decided about anybody.
        ApplicationEvent::Return => Some((Occasion::ApplicationReturned(new.id), &[][..], Unreached::ByAgency)),
        ApplicationEvent::Submit | ApplicationEvent::Endorse | ApplicationEvent::Withdraw => None,
    };
    let owing = owed.map(|(of, to, it)| notices::owing(tx, registry, of, agency.id, (to, it))).transpose()?;
    let mut entry = Event::new(event_kind(event), Object::Application(new.id)).with(json!({
        "notices": owing.as_ref().map(Owing::ids).unwrap_or_default(),
        "state": new.state.as_str(),
        "people": touched.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "credentials": issued.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(),
    }));
    for person in &touched {
        let fields = fields_about(&new, told, &known, *person)?;
        if !fields.is_empty() {
            entry = entry.about(*person, Value::Object(fields));
        }
    }
    let sealing = &registry.secrets.sealing;
    tx.record(permit, entry, |writer| {
        applications::update(writer, &new, &touched)?;
        if let Some(owing) = owing {
            owing.enter(writer, registry)?;
        }
        rows::keep(writer, sealing, new.id, &known)
    })?;
    let known = rows::of_application(tx, sealing, new.id)?;
    Ok(Decided { application: new, known, credentials: issued })
}

fn issue_all(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    agency: &Agency,
    application: &Application,
    people_ids: &[PersonId],
) -> Result<Vec<Credential>, Error> {
    let endorsed =
        |id: &PersonId| application.people.iter().any(|it| it.person == *id && it.outcome == Outcome::Endorsed);
    if agency.fields.level.province().is_some() && !people_ids.iter().all(endorsed) {
        return Err(Error::WrongState {
            detail: "The province of this local agency has not endorsed everybody named.".into(),
        });
    }
    let today = tx.now().day();
    let found = people::find_all(tx, &registry.secrets.sealing, people_ids)?;
    let validity = validity(application.kind, today)?;
    let mut issued = Vec::with_capacity(people_ids.len());
    for (at, id) in people_ids.iter().enumerate() {
        let engaged = found.iter().find(|person| person.id == *id && person.at_work_for(agency.id, today).is_some());
        let person = engaged.ok_or_else(|| {
            Error::invalid(format!("/people/{at}"), "unknown_person", "this person does not work for the agency today")
        })?;
        let name = issuance::printed_name(person).map_err(|problem| Error::field(format!("/people/{at}"), problem))?;
        let entitlement =
            Entitlement::new(application.kind.credential(), None).map_err(|p| Error::internal(p.to_string()))?;
        let order = Order { person, name, agency, entitlement, validity, application: Some(application.id) };
        let credential = issuance::issue(tx, registry, permit, order)?;
        take_out_of_use(tx, permit, application.basis, &credential)?;
        issued.push(credential);
    }
    Ok(issued)
}

/// From today to the last day that the term of a press card leaves, or for a year.
fn validity(kind: CardKind, today: Day) -> Result<Validity, Error> {
    let expires = match kind {
        CardKind::PressCard => match term_of(today) {
            Some(term) => term.last_day(today).end(),
            None => return Err(Error::WrongState { detail: "No term of press cards is known for today.".into() }),
        },
        CardKind::CollaboratorCard => today.plus_years(COLLABORATOR_CARD_YEARS).start(),
    };
    Validity::new(today.start(), expires).map_err(|problem| Error::internal(problem.to_string()))
}

/// What the holder held before gives way to the new card.
fn take_out_of_use(tx: &mut Tx, permit: &Permit, basis: Basis, new: &Credential) -> Result<(), Error> {
    for old in held_beside(tx, new)? {
        let ground = match basis {
            Basis::First | Basis::Renewal => Ground::Renewed,
            Basis::Exchange => Ground::AgencyChanged,
            Basis::Reissue if old.state == CredentialState::Lost => Ground::Lost,
            Basis::Reissue => Ground::Damaged,
        };
        if basis == Basis::First && old.state == CredentialState::Active {
            let detail = format!("One of these people holds card {}: the basis is not `first`.", old.number.as_str());
            return Err(Error::WrongState { detail });
        }
        if old.is_suspended() {
            let detail = format!(
                "Card {} of one of these people was suspended, which is not decided on yet.",
                old.number.as_str()
            );
            return Err(Error::WrongState { detail });
        }
        let Some(state) = old.after(CredentialEvent::Replace, Some(ground)) else { continue };
        replace_by(tx, permit, old, state, ground, new.id, None)?;
    }
    Ok(())
}
