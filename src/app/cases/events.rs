//! What happens to a case once it is opened: which event needs what, and how it is written down.

use super::{MadeFile, deciding, hearing, opening, reported};
use crate::app::gate::{Etag, Gate};
use crate::app::{Registry, mails, notices};
use crate::domain::accounts::Caller;
use crate::domain::cases::{Case, CaseDocument, CaseEvent, FindingForm, Statement, Subject};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::CaseId;
use crate::domain::notices::{Duty, Notice, OfCase};
use crate::domain::problem::FieldProblem;
use crate::domain::text;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Read, Tx, accounts, cases, events as recorded, people};
use serde_json::{Map, Value, json};

/// What is to happen to a case.
#[derive(Clone, Default)]
pub struct EventForm {
    /// See [`CaseEvent::as_str`].
    pub event: String,
    /// The reasons, or the words of a reply or an appeal: 1–4,000 characters.
    pub reason: Option<String>,
    /// `attach`: further reports.
    pub reports: Option<Vec<String>>,
    /// `attach`: whom the case is about, now that this is known.
    pub person_id: Option<String>,
    /// `notify`: see [`crate::domain::notices::Means`], or `not_possible`.
    pub means: Option<String>,
    /// `notify`: when it arrived, RFC 3339.
    pub served_at: Option<String>,
    /// `stay`: for how many days.
    pub days: Option<u64>,
    /// `attach` and `notify`: for how many days the credential is suspended meanwhile.
    pub suspend_days: Option<u64>,
    /// `refer`: `police` or `inspectorate`.
    pub to: Option<String>,
    /// `refer`: the case file that goes with it.
    pub document: Option<MadeFile>,
    /// `decide`: what is found. `attach` takes its `credential_id` too.
    pub finding: FindingForm,
}

/// A case after an event.
pub struct Happened {
    /// As it stands.
    pub case: Case,
    /// Whether what was asked waits for a second person.
    pub waits: bool,
}

/// What an event makes of a case: all that is written down together.
pub(super) struct Outcome {
    pub(super) case: Case,
    /// What may be told without naming anybody.
    pub(super) facts: Map<String, Value>,
    /// What was said of people.
    pub(super) words: Map<String, Value>,
    pub(super) statement: Option<Statement>,
    pub(super) notices: Vec<Notice<OfCase>>,
    /// The case file that goes out.
    pub(super) document: Option<CaseDocument>,
}

/// A step of a case: what every event is given.
pub(super) struct Step<'s> {
    pub(super) registry: &'s Registry,
    pub(super) caller: &'s Caller,
    pub(super) permit: &'s Permit,
    pub(super) form: &'s EventForm,
    /// Read; `None` where there is none and none is needed.
    pub(super) reason: Option<String>,
}

impl Outcome {
    pub(super) fn of(case: Case) -> Self {
        Self { case, facts: Map::new(), words: Map::new(), statement: None, notices: Vec::new(), document: None }
    }

    #[must_use]
    pub(super) fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

const fn operation(event: CaseEvent) -> Operation {
    match event {
        CaseEvent::Open => Operation::OpenCase,
        CaseEvent::Dismiss
        | CaseEvent::Attach
        | CaseEvent::Notify
        | CaseEvent::Stay
        | CaseEvent::Refer
        | CaseEvent::Close => Operation::HandleCase,
        CaseEvent::Answer => Operation::AnswerCase,
        CaseEvent::Decide | CaseEvent::Confirm => Operation::DecideCase,
        CaseEvent::Appeal => Operation::AppealCase,
        CaseEvent::Uphold | CaseEvent::Overturn => Operation::HearAppeal,
    }
}

const fn event_kind(event: CaseEvent) -> EventKind {
    match event {
        CaseEvent::Open => EventKind::CaseOpened,
        CaseEvent::Dismiss => EventKind::CaseDismissed,
        CaseEvent::Attach => EventKind::CaseAttached,
        CaseEvent::Notify => EventKind::CaseNotified,
        CaseEvent::Stay => EventKind::CaseStayed,
        CaseEvent::Answer => EventKind::CaseAnswered,
        CaseEvent::Decide => EventKind::CaseDecided,
        CaseEvent::Confirm => EventKind::CaseConfirmed,
        CaseEvent::Appeal => EventKind::CaseAppealed,
        CaseEvent::Uphold => EventKind::CaseUpheld,
        CaseEvent::Overturn => EventKind::CaseOverturned,
        CaseEvent::Refer => EventKind::CaseReferred,
        CaseEvent::Close => EventKind::CaseClosed,
    }
}

/// Lets an event happen to a case.
///
/// # Errors
/// 403, also `second-person-required`; 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: CaseId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<Happened, Error> {
    let wanted = form.as_ref().ok().and_then(|form| CaseEvent::parse(&form.event).ok());
    // What cannot be read is answered only to those who may know that the case exists.
    let entry = policy::enter(caller, wanted.map_or(Operation::ReadCases, operation))?;
    let old = cases::find(tx, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&Ownership::of_case(&old))?;
    if let Some(event) = wanted {
        is_impartial(tx, registry, caller, &old, event)?;
    }
    gate.pass(tx, &Etag::of_version(old.version))?;
    let form = form?;
    let event = CaseEvent::parse(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let reason = read_reason(event, &form)?;
    let to = old.after(event, tx.now()).map_err(|detail| Error::WrongState { detail })?;
    let from = old.state;
    let next = Case { state: to, version: old.version + 1, ..old };
    let step = Step { registry, caller, permit: &permit, form: &form, reason };
    let outcome = take(tx, &step, event, next)?.fact("from", from.as_str()).fact("to", to.as_str());
    let case = write(tx, &step, event, outcome)?;
    let waits = event == CaseEvent::Decide && case.pending_second();
    Ok(Happened { case, waits })
}

fn take(tx: &mut Tx, step: &Step<'_>, event: CaseEvent, next: Case) -> Result<Outcome, Error> {
    match event {
        CaseEvent::Open => Err(Error::internal("a case that exists cannot be opened")),
        CaseEvent::Dismiss => deciding::dismiss(tx, step, next),
        CaseEvent::Attach => hearing::attach(tx, step, next),
        CaseEvent::Notify => hearing::notify(tx, step, next),
        CaseEvent::Stay => hearing::stay(tx, step, next),
        CaseEvent::Answer => hearing::answer(tx, step, next),
        CaseEvent::Decide => deciding::decide(tx, step, next),
        CaseEvent::Confirm => deciding::confirm(tx, step, next),
        CaseEvent::Appeal => deciding::appeal(tx, step, next),
        CaseEvent::Uphold => deciding::uphold(tx, step, next),
        CaseEvent::Overturn => deciding::overturn(tx, step, next),
        CaseEvent::Refer => hearing::refer(tx, step, next),
        CaseEvent::Close => {
            reported::end(tx, step.permit, &next)?;
            let notices = notices::owed_to_reporters(tx, &next, Duty::End);
            Ok(Outcome { notices, ..Outcome::of(next) })
        }
    }
}

/// Nobody handles a case against themselves; a decider neither reported nor opened it; whoever decided or confirmed
/// never hears the appeal.
pub(in crate::app) fn is_impartial(
    tx: &mut impl Read,
    registry: &Registry,
    caller: &Caller,
    case: &Case,
    event: CaseEvent,
) -> Result<(), Error> {
    let decided = case.decision.as_ref();
    let (decider, second) = (decided.map(|it| it.decided_by), decided.and_then(|it| it.confirmed_by));
    match event {
        CaseEvent::Answer | CaseEvent::Appeal => return Ok(()),
        CaseEvent::Open
        | CaseEvent::Dismiss
        | CaseEvent::Attach
        | CaseEvent::Notify
        | CaseEvent::Stay
        | CaseEvent::Refer
        | CaseEvent::Close => {}
        // A reply that came on paper is written down by somebody else than who decides on it.
        CaseEvent::Decide => {
            policy::another_person(caller, &[Some(case.opened_by)])?;
            has_not_done(tx, caller, case, &[EventKind::CaseAnswered])?;
        }
        CaseEvent::Confirm => policy::another_person(caller, &[decider])?,
        CaseEvent::Uphold | CaseEvent::Overturn => {
            policy::another_person(caller, &[Some(case.opened_by), decider, second])?;
            // Also whoever decided what another decision has replaced since, or wrote the appeal down.
            has_not_done(
                tx,
                caller,
                case,
                &[EventKind::CaseDecided, EventKind::CaseConfirmed, EventKind::CaseAppealed],
            )?;
        }
    }
    if matches!(event, CaseEvent::Decide | CaseEvent::Confirm | CaseEvent::Uphold | CaseEvent::Overturn) {
        let reporters: Vec<_> = case.reporters.iter().copied().map(Some).collect();
        policy::another_person(caller, &reporters)?;
    }
    let Subject::Holder(person) = case.subject else { return Ok(()) };
    let person = people::find(tx, &registry.secrets.sealing, person)?;
    let account = accounts::find(tx, caller.user)?;
    let same = person.and_then(|it| it.fields.email).zip(account).is_some_and(|(email, it)| email == it.email);
    policy::another_person(caller, &[same.then_some(caller.user)])
}

fn has_not_done(tx: &mut impl Read, caller: &Caller, case: &Case, events: &[EventKind]) -> Result<(), Error> {
    let done = recorded::was_done_by(tx, &Object::Case(case.id), events, caller.user)?;
    policy::another_person(caller, &[done.then_some(caller.user)])
}

fn read_reason(event: CaseEvent, form: &EventForm) -> Result<Option<String>, Error> {
    let is_needed = match event {
        CaseEvent::Dismiss
        | CaseEvent::Stay
        | CaseEvent::Answer
        | CaseEvent::Decide
        | CaseEvent::Appeal
        | CaseEvent::Uphold
        | CaseEvent::Overturn
        | CaseEvent::Refer => true,
        CaseEvent::Open | CaseEvent::Attach | CaseEvent::Notify | CaseEvent::Confirm | CaseEvent::Close => false,
    };
    let reason = form.reason.as_deref().map(|raw| text::lines(raw, 4_000)).transpose();
    let reason = reason.map_err(|problem| Error::field("/reason", problem))?;
    let problems: Vec<_> = surplus(event, form)
        .into_iter()
        .map(|pointer| FieldProblem::new("not_for_this_event", "this event takes no such field").at(pointer))
        .chain(
            (is_needed && reason.is_none())
                .then(|| FieldProblem::new("missing", "no step without reasons").at("/reason")),
        )
        .collect();
    if problems.is_empty() { Ok(reason) } else { Err(problems.into()) }
}

/// The fields that were sent and say nothing in this event.
fn surplus(event: CaseEvent, form: &EventForm) -> Vec<&'static str> {
    let FindingForm { outcome, kind, measure, credential_id } = &form.finding;
    let (attach, notify, decide) = (event == CaseEvent::Attach, event == CaseEvent::Notify, event == CaseEvent::Decide);
    let fields = [
        (form.reports.is_some(), attach, "/reports"),
        (form.person_id.is_some(), attach, "/person_id"),
        (form.means.is_some(), notify, "/means"),
        (form.served_at.is_some(), notify, "/served_at"),
        (form.days.is_some(), event == CaseEvent::Stay, "/days"),
        (form.suspend_days.is_some(), attach || notify, "/suspend_days"),
        (form.to.is_some(), event == CaseEvent::Refer, "/to"),
        (outcome.is_some(), decide, "/outcome"),
        (kind.is_some(), decide || attach, "/kind"),
        (measure.is_some(), decide, "/measure"),
        (credential_id.is_some(), decide || attach, "/credential_id"),
    ];
    fields.into_iter().filter(|(sent, known, _)| *sent && !known).map(|(_, _, pointer)| pointer).collect()
}

fn write(tx: &mut Tx, step: &Step<'_>, event: CaseEvent, outcome: Outcome) -> Result<Case, Error> {
    let Outcome { case, mut facts, mut words, statement, notices, document } = outcome;
    facts.insert("notices".into(), notices.iter().map(|it| it.id.to_string()).collect::<Vec<_>>().into());
    words.insert("reason".into(), json!(step.reason));
    if event == CaseEvent::Attach {
        words.extend(opening::known(&case).as_object().cloned().unwrap_or_default());
    }
    let told = Event::new(event_kind(event), Object::Case(case.id)).with(facts.into()).about(case.id, words.into());
    tx.record(step.permit, told, |writer| {
        cases::update(writer, &case)?;
        if let Some(statement) = &statement {
            cases::add_statement(writer, case.id, statement)?;
        }
        if let Some(document) = &document {
            cases::add_document(writer, case.id, document)?;
        }
        mails::enter_of_case(writer, step.registry, &case, &notices)
    })?;
    Ok(case)
}
