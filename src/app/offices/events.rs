//! What happens to an office once it is begun: notice, changes and the end by the agency; confirmation, objection and an
//! order to stop by the province.

use super::documents::going;
use super::judging::{self, Stated, check_people, check_place};
use super::{Staffed, is_at_work, may_say_when, notice_day, open, open_to_mend, told};
use crate::app::gate::Gate;
use crate::app::notices::{Unreached, owing};
use crate::app::{Registry, documents};
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::OfficeId;
use crate::domain::notices::Occasion;
use crate::domain::offices::{Change, Office, OfficeEvent, OfficeForm, OfficeRules, OfficeState, Post};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation};
use crate::store::{Tx, agencies, events as recorded, offices};

/// What is to happen to an office. What is `None` was not said: with `amend`, that stays.
#[derive(Clone, Debug, Default)]
pub struct EventForm {
    /// One of [`OfficeEvent::REQUESTED`].
    pub event: String,
    /// 1–500 characters; needed to object and to order a stop.
    pub reason: Option<String>,
    /// With `close` the last day, with `amend` of what was confirmed the day from which the change holds; where it is not
    /// said the day of the notice, or the day to come that was told before, where that is mended.
    pub on: Option<String>,
    /// As in [`super::NewOfficeForm`].
    pub notified_on: Option<String>,
    /// `notify` and `amend`: as in [`super::NewOfficeForm`].
    pub no_discipline: Option<bool>,
    /// `amend`: as in [`OfficeForm`]; likewise the others.
    pub from: Option<String>,
    /// Where the premises are.
    pub address: Option<String>,
    /// Who leads it.
    pub head: Option<String>,
    /// Its reporters.
    pub reporters: Option<Vec<String>>,
    /// Whether the agency is of the Party Centre or the Government.
    pub of_centre: Option<bool>,
    /// Kinds of papers.
    pub documents: Option<Vec<String>>,
}

const fn operation(event: OfficeEvent) -> Operation {
    match event {
        OfficeEvent::Notify | OfficeEvent::Amend | OfficeEvent::Withdraw | OfficeEvent::Close => {
            Operation::NotifyOffice
        }
        // The last three are nobody's to ask for.
        OfficeEvent::Confirm
        | OfficeEvent::Object
        | OfficeEvent::Stop
        | OfficeEvent::Suspend
        | OfficeEvent::Resume
        | OfficeEvent::Cease => Operation::DecideOnOffice,
    }
}

pub(super) const fn event_kind(event: OfficeEvent) -> EventKind {
    match event {
        OfficeEvent::Notify => EventKind::OfficeNotified,
        OfficeEvent::Amend => EventKind::OfficeAmended,
        OfficeEvent::Withdraw => EventKind::OfficeWithdrawn,
        OfficeEvent::Close | OfficeEvent::Cease => EventKind::OfficeClosed,
        OfficeEvent::Confirm => EventKind::OfficeConfirmed,
        OfficeEvent::Object => EventKind::OfficeObjected,
        OfficeEvent::Stop => EventKind::OfficeStopped,
        OfficeEvent::Suspend => EventKind::OfficeSuspended,
        OfficeEvent::Resume => EventKind::OfficeResumed,
    }
}

/// What mends a notice: whoever did one of these does not confirm, also where others mended it since.
const MENDING: &[EventKind] =
    &[EventKind::OfficeAmended, EventKind::OfficeDocumentAdded, EventKind::OfficeDocumentRemoved];

/// Lets an event happen to an office.
///
/// # Errors
/// 403, also `second-person-required`; 404, 412, 428; 422; 409.
pub fn happen(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: OfficeId,
    gate: &Gate,
    form: Result<EventForm, Error>,
) -> Result<Office, Error> {
    let wanted = form.as_ref().ok().and_then(|form| OfficeEvent::requested(&form.event).ok());
    // What cannot be read is answered only to those who may know that the office exists.
    let (old, permit) = match wanted {
        Some(OfficeEvent::Amend | OfficeEvent::Withdraw) => open_to_mend(tx, caller, id)?,
        Some(event) => open(tx, caller, operation(event), id)?,
        None => open(tx, caller, Operation::ReadOffices, id)?,
    };
    if wanted == Some(OfficeEvent::Confirm) {
        let has_mended = recorded::was_done_by(tx, &Object::Office(id), MENDING, caller.user)?;
        let mended_by = has_mended.then_some(caller.user);
        policy::another_person(caller, &[Some(old.drafted_by), old.notified_by, mended_by])?;
    }
    if let Ok(form) = &form {
        may_say_when(caller, form.notified_on.as_deref())?;
    }
    let now = tx.now();
    let tag = Staffed::of(tx, now, [&old])?.etag(&old);
    gate.pass(tx, &tag)?;
    let form = form?;
    let event = OfficeEvent::requested(&form.event).map_err(|problem| Error::field("/event", problem))?;
    let reason = form.check(event)?;
    let today = now.day();
    if old.is_over(today) {
        return Err(Error::WrongState { detail: "Its last day has passed.".into() });
    }
    let state = old.after(event).ok_or_else(|| Error::WrongState {
        detail: format!("It is {}; `{}` is not possible.", old.state.as_str(), event.as_str()),
    })?;
    let day = notice_day(tx, form.notified_on.as_deref())?;
    let reason = reason.map(|reason| reason.as_str().to_owned());
    let mut new = Office { state, before: None, reason: reason.clone(), version: old.version + 1, ..old.clone() };
    let (mut kind, mut stated, mut gone) = (event_kind(event), None, Vec::new());
    match event {
        OfficeEvent::Notify => {
            (new.notified_on, new.notified_by) = (Some(day), Some(caller.user));
            stated = Some(give_notice(tx, registry, &new, day, form.no_discipline)?);
        }
        OfficeEvent::Amend => {
            form.amend(tx, &old, &mut new, day)?;
            gone = going(tx, &new)?;
            // What begins there is another: of that the province is told now.
            if old.notified_on.is_some() && old.confirmed_on.is_none() && !new.begins_as(&old) {
                new.notified_on = Some(day);
            }
            if state == OfficeState::Notified {
                stated = Some(give_notice(tx, registry, &new, day, form.no_discipline)?);
            } else {
                check_all(tx, registry, &new)?;
            }
        }
        OfficeEvent::Close => {
            let last = form.day(today)?;
            in_time(&old, day, last)?;
            if today < last {
                // Until then it stands as it stood, and may be ended by another day.
                new = Office { version: new.version, ..old.clone() };
                kind = EventKind::OfficeEndTold;
            }
            new.to = Some(last);
        }
        OfficeEvent::Confirm => new.confirmed_on = Some(today),
        OfficeEvent::Stop => new.to = Some(today),
        OfficeEvent::Withdraw if old.confirmed_on.is_some() => {
            let detail = "It was confirmed before: close it, or amend it back to what it was.".into();
            return Err(Error::WrongState { detail });
        }
        OfficeEvent::Withdraw | OfficeEvent::Object => {}
        OfficeEvent::Suspend | OfficeEvent::Resume | OfficeEvent::Cease => {
            return Err(Error::internal("an event that nobody asks for"));
        }
    }
    if new.state.is_final() {
        new.posts = new.ended(new.to.unwrap_or(today));
    }
    let mut told = told(kind, &new, reason.as_deref(), stated);
    let owing =
        occasion(event, id).map(|it| owing(tx, registry, it, new.agency, (&[], Unreached::ByAgency))).transpose()?;
    if let Some(owing) = &owing {
        told.data["notices"] = owing.ids().into();
    }
    let removed = gone.iter().map(|file| documents::told_of(EventKind::OfficeDocumentRemoved, &new, file));
    let events: Vec<Event> = std::iter::once(told).chain(removed).collect();
    let places: Vec<_> = gone.into_iter().map(|file| documents::place(id, file)).collect();
    // Nobody can read the bytes any more, which are swept up with what no row names.
    tx.record_all(&permit, events, |writer| {
        offices::remove_documents(writer, &places)?;
        offices::update(writer, &new)?;
        owing.map_or(Ok(()), |owing| owing.enter(writer, registry))
    })?;
    Ok(new)
}

/// What the agency is owed to be told of: what the province said.
const fn occasion(event: OfficeEvent, id: OfficeId) -> Option<Occasion> {
    match event {
        OfficeEvent::Confirm => Some(Occasion::OfficeConfirmed(id)),
        OfficeEvent::Object => Some(Occasion::OfficeObjected(id)),
        OfficeEvent::Stop => Some(Occasion::OfficeStopped(id)),
        OfficeEvent::Notify
        | OfficeEvent::Amend
        | OfficeEvent::Withdraw
        | OfficeEvent::Close
        | OfficeEvent::Suspend
        | OfficeEvent::Resume
        | OfficeEvent::Cease => None,
    }
}

/// What was true of a draft must be true when notice is given, and the law is asked.
fn give_notice(
    tx: &mut Tx,
    registry: &Registry,
    it: &Office,
    day: Day,
    no_discipline: Option<bool>,
) -> Result<Stated, Error> {
    check_all(tx, registry, it)?;
    let stated = Stated { day, no_discipline: no_discipline.unwrap_or_default() };
    judging::judge(tx, it, stated)?;
    Ok(stated)
}

fn check_all(tx: &mut Tx, registry: &Registry, it: &Office) -> Result<(), Error> {
    let agency = agencies::find(tx, it.agency)?.ok_or_else(|| Error::internal("an office without its agency"))?;
    is_at_work(&agency)?;
    check_place(&agency, &it.fields)?;
    let (_, staff) = form_of(it).parse()?;
    check_people(tx, registry, &agency, &staff)
}

/// Whether a change or an end is told of in time, and not after the fact.
fn in_time(it: &Office, told_on: Day, day: Day) -> Result<(), Error> {
    if day < told_on {
        return Err(Error::invalid("/on", "in_the_past", "not before the notice"));
    }
    OfficeRules::of(told_on).in_time(it.fields.kind, day).map_err(|problem| Error::field("/on", problem))
}

/// The form that would say what is on record.
fn form_of(it: &Office) -> OfficeForm {
    let of = |post: Post| it.people().filter(move |posted| posted.post == post).map(|it| it.person.to_string());
    OfficeForm {
        kind: it.fields.kind.as_str().to_owned(),
        from: it.fields.from.to_string(),
        address: it.fields.address.clone(),
        head: of(Post::Head).next(),
        reporters: of(Post::Reporter).collect(),
        of_centre: it.fields.of_centre,
        documents: it.fields.documents.iter().map(|document| document.as_str().to_owned()).collect(),
    }
}

impl EventForm {
    /// Reasons, where they are needed; refuses what the event does not take.
    fn check(&self, event: OfficeEvent) -> Result<Option<Reason>, Error> {
        let mut problems = Problems::new();
        let raw = self.reason.as_deref();
        let reason = match event {
            OfficeEvent::Object | OfficeEvent::Stop => problems.take("/reason", Reason::required(raw)),
            OfficeEvent::Notify
            | OfficeEvent::Amend
            | OfficeEvent::Withdraw
            | OfficeEvent::Close
            | OfficeEvent::Confirm
            | OfficeEvent::Suspend
            | OfficeEvent::Resume
            | OfficeEvent::Cease => problems.take_optional("/reason", raw, Reason::parse),
        };
        let (amends, notifies) = (event == OfficeEvent::Amend, event == OfficeEvent::Notify);
        let closes = event == OfficeEvent::Close;
        for (name, is_there, is_taken) in [
            ("on", self.on.is_some(), amends || closes),
            ("notified_on", self.notified_on.is_some(), amends || notifies || closes),
            ("no_discipline_past_year", self.no_discipline.is_some(), amends || notifies),
            ("from", self.from.is_some(), amends),
            ("address", self.address.is_some(), amends),
            ("head", self.head.is_some(), amends),
            ("reporters", self.reporters.is_some(), amends),
            ("of_centre", self.of_centre.is_some(), amends),
            ("documents", self.documents.is_some(), amends),
        ] {
            if is_there && !is_taken {
                problems.add(not_for_this_event().at(format!("/{name}")));
            }
        }
        Ok(problems.finish(|| Some(reason))?)
    }

    /// Changes what is said of an office. Before it was confirmed that is the notice itself, which may move the first day;
    /// then it is a change, told of in time.
    fn amend(&self, tx: &Tx, old: &Office, new: &mut Office, told_on: Day) -> Result<(), Error> {
        let said = form_of(old);
        let form = OfficeForm {
            kind: said.kind,
            from: self.from.clone().unwrap_or(said.from),
            address: self.address.clone().or(said.address),
            head: self.head.clone().or(said.head),
            reporters: self.reporters.clone().unwrap_or(said.reporters),
            of_centre: self.of_centre.unwrap_or(said.of_centre),
            documents: self.documents.clone().unwrap_or(said.documents),
        };
        let (fields, staff) = form.parse()?;
        let (mut first, mut last) = (None, tx.now().day());
        if old.confirmed_on.is_some() {
            if self.from.is_some() {
                return Err(Error::field("/from", not_for_this_event()));
            }
            let (mended, change) = self.change(old, old.says(&fields, &staff), told_on)?;
            in_time(old, change.told_on, change.on)?;
            if old.to.is_some_and(|last| last < change.on) {
                return Err(Error::invalid("/on", "after_the_end", "not after the last day that was told"));
            }
            new.posts = mended.map_or_else(|| old.posts.clone(), |mended| old.put_off(mended, change));
            new.change = Some(change);
            (first, last) = (Some(change.on), change.last_day_before());
        } else if self.on.is_some() {
            return Err(Error::field("/on", not_for_this_event()));
        }
        if old.state == OfficeState::Draft {
            // Nobody was there yet.
            new.posts.clear();
        }
        new.fields = fields;
        new.posts = new.manned(&staff, first, last);
        Ok(())
    }

    /// The change that waits for the province and is mended, and what is told of now. Who is there, where, or from when:
    /// where it says otherwise, it is told of now; papers that come to it later leave it told of when it was. Once its day
    /// has come it is not mended by another that says otherwise, but followed by it.
    fn change(&self, old: &Office, says_the_same: bool, told_on: Day) -> Result<(Option<Change>, Change), Error> {
        let waiting = old.change.filter(|_| old.state != OfficeState::Confirmed);
        let mended = waiting.filter(|it| says_the_same || told_on < it.on);
        let on = self.day(mended.map_or(told_on, |it| it.on))?;
        let told_on = mended.filter(|it| says_the_same && it.on == on).map_or(told_on, |it| it.told_on);
        Ok((mended, Change { told_on, on }))
    }

    /// The day on which it takes effect.
    fn day(&self, usual: Day) -> Result<Day, Error> {
        self.on.as_deref().map_or(Ok(usual), Day::parse).map_err(|problem| Error::field("/on", problem))
    }
}

fn not_for_this_event() -> FieldProblem {
    FieldProblem::new("not_for_this_event", "this event does not take it")
}
