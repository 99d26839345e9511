//! What happens to an application once it is drafted: handed in, endorsed, given back, decided, taken back.

use super::eligibility::{self, FactsForm, Known, Looking, Sight};
use super::granting::{at_work, issue_all};
use super::losses::{self, Losses, LossesForm};
use super::shown::{self, Shown};
use super::{Named, check_people, ownership, parse_people};
use crate::app::Registry;
use crate::app::gate::{Etag, Gate};
use crate::app::issuance;
use crate::app::notices::{self, Owing, Unreached};
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::applications::{Application, ApplicationEvent, Refusal};
use crate::domain::credentials::Credential;
use crate::domain::eligibility::Declared;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{ApplicationId, PersonId};
use crate::domain::notices::Occasion;
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Permit};
use crate::store::{Tx, applications, eligibility as rows};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

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
    /// What the version that the caller names showed them.
    shown: Known,
}

/// An application and the cards that the last event issued.
pub struct Decided {
    /// As it stands.
    pub application: Application,
    /// What is known of its people.
    pub known: Known,
    /// Their names.
    pub names: Named,
    /// Of the application with both.
    pub etag: Etag,
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
    let now = tx.now();
    let kept = shown::kept(tx, registry, &old)?;
    let shown = match gate.knows(&kept.etag) {
        Err(Error::PreconditionFailed) => shown::to(tx, registry, caller, now, &old, (&agency, &whose))?,
        Ok(()) | Err(_) => kept,
    };
    gate.pass(tx, &shown.etag)?;
    let form = form?;
    let event = ApplicationEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let told = parse_event(event, &form, &old, shown.known, now.day())?;
    let (application, credentials) = decide(tx, registry, caller, &permit, &agency, old, &told)?;
    let Shown { known, names, etag } = shown::to(tx, registry, caller, now, &application, (&agency, &whose))?;
    Ok(Decided { application, known, names, etag, credentials })
}

fn parse_event(
    event: ApplicationEvent,
    form: &EventForm,
    old: &Application,
    shown: Known,
    today: Day,
) -> Result<Told, Error> {
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
    Ok(problems.finish(|| Some(Told { event, reason, chosen, stated, losses, shown }))?)
}

/// What was true when it was drafted must be true when it is handed in: of everybody, because nobody of a draft or a
/// returned application is decided.
fn recheck(tx: &mut Tx, registry: &Registry, agency: &Agency, it: &Application) -> Result<(), Error> {
    issuance::ready_to_issue(agency)?;
    let people: Vec<PersonId> = it.people.iter().map(|proposal| proposal.person).collect();
    check_people(tx, registry, agency, it.kind, it.basis, &people, Some(it.id)).map(drop)
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
            let mut stated = eligibility::stated(&told.shown);
            stated.extend(&told.stated);
            let looking = Looking { now: tx.now(), state: new.state, sight };
            eligibility::find_and_gather(tx, registry, agency, new, &looking, touched, &stated)
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
) -> Result<(Application, Vec<Credential>), Error> {
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
    let mut known = look_again(tx, registry, agency, &new, told, &touched)?;
    let issued = match event {
        ApplicationEvent::Approve => {
            losses::require_references(tx, &new, &touched)?;
            let people = at_work(tx, registry, agency, &old, &touched)?;
            eligibility::waive(&mut known, &told.shown, &new, &touched, told.reason.as_ref())?;
            issue_all(tx, registry, permit, agency, &old, &people)?
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
    Ok((new, issued))
}
