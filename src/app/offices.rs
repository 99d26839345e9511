//! Offices of agencies in provinces, and reporters who reside there or follow one: the agency gives notice, the province
//! confirms it or objects. A registrar writes down a notice that came on paper, as of the day it came.

mod documents;
mod events;
mod following;
mod judging;
mod press_cards;

pub use documents::{add_document, document, documents, remove_document, room};
pub use events::{EventForm, happen};
pub use following::{carry_over, lapse};
pub(super) use following::{follow_agency, follow_person};
pub use press_cards::Staffed;

use super::Registry;
use super::gate::Gate;
use super::page::{Asked, Part};
use super::provinces;
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyState};
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{AgencyId, OfficeId};
use crate::domain::offices::{FROM_2016, Office, OfficeForm, OfficeKind, OfficeState, Posted};
use crate::domain::problem::FieldProblem;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::offices::Wanted;
use crate::store::{Read, Reader, Tx, agencies, events as recorded, offices};
use judging::{Stated, check_people, check_place};
use serde_json::{Value, json};

/// A notice as an agency writes it, or a registrar writes it down.
#[derive(Clone, Debug, Default)]
pub struct NewOfficeForm {
    /// What it says.
    pub office: OfficeForm,
    /// The code that the province has on the day of the notice.
    pub province: String,
    /// Whether the agency states that who leads it, or is alone there, was not disciplined in the past year.
    pub no_discipline: bool,
    /// The day on which a notice came on paper; only a registrar says so. Today where it is left out.
    pub notified_on: Option<String>,
}

fn ownership(it: &Office) -> Ownership {
    let agencys_own = it.notified_on.is_none();
    Ownership::of_agency(it.agency, Some(&it.province)).private_to_agency(agencys_own)
}

/// An office.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: OfficeId) -> Result<Office, Error> {
    open(db, caller, Operation::ReadOffices, id).map(|(found, _)| found)
}

/// Which offices are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Only of this agency.
    pub agency: Option<AgencyId>,
    /// The code of the province, as it is today: what is in what became part of it is found too.
    pub province: Option<String>,
    /// Only of this kind.
    pub kind: Option<OfficeKind>,
    /// Only in this state.
    pub state: Option<OfficeState>,
}

/// Offices within the caller's reach, in the order they were begun.
///
/// # Errors
/// 403, 422.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Filters, OfficeId>,
) -> Result<Part<Office, OfficeId>, Error> {
    let range = policy::enter(caller, Operation::ReadOffices)?.range();
    let (Filters { agency, province, kind, state }, page) = asked?;
    let province = provinces::wanted(db, province.as_deref(), registry.clock.now().day())?;
    let wanted = Wanted { agency, province, kind, state };
    let items = offices::list(db, &range, &wanted, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |it| it.id))
}

/// What an agency has anywhere; a provincial registrar sees what is in the province.
///
/// # Errors
/// 403, 404, 422.
pub fn of_agency(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    agency: AgencyId,
    asked: Asked<Filters, OfficeId>,
) -> Result<Part<Office, OfficeId>, Error> {
    let entry = policy::enter(caller, Operation::ListOffices)?;
    let found = agencies::find(db, agency)?.ok_or(Error::NotFound)?;
    entry.on(&Ownership::of_agency(found.id, None))?;
    list(db, registry, caller, asked.map(|(filters, page)| (Filters { agency: Some(agency), ..filters }, page)))
}

/// What happened to an office.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    id: OfficeId,
    asked: Asked<(), i64>,
) -> Result<Part<Recorded, i64>, Error> {
    read(db, caller, id)?;
    let ((), page) = asked?;
    let items = recorded::of_object(db, &Object::Office(id), page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |event| event.index))
}

/// Begins an office of an agency: notice is given at once by whoever may, else it is a draft.
///
/// # Errors
/// 403; 404, also for a registrar of another province; 409 while the agency is not at work, and for aggregator sites; 422.
pub fn create(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    agency: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<NewOfficeForm, Error>,
) -> Result<Office, Error> {
    let entry = policy::enter(caller, Operation::WriteOffice)?;
    let agency = agencies::find(tx, agency)?.ok_or(Error::NotFound)?;
    entry.on(&Ownership::of_agency(agency.id, None))?;
    gate.pass_new(tx)?;
    let form = form()?;
    may_say_when(caller, form.notified_on.as_deref())?;
    let notified_on = notice_day(tx, form.notified_on.as_deref())?;
    let unit = provinces::of_day(tx, &form.province, notified_on)?;
    let unit = match unit {
        Ok(unit) => unit,
        // Whose it would be is not known: what is wrong is told to whoever may write at all.
        Err(problem) => {
            return Err(judging::together(form.office.parse(), Err(problem)).err().unwrap_or(Error::NotFound));
        }
    };
    let whose = Ownership::of_agency(agency.id, Some(&unit));
    let (permit, notifies) = match policy::enter(caller, Operation::NotifyOffice) {
        Ok(notifier) => (notifier.on(&whose)?, true),
        Err(Error::Forbidden) => (entry.on(&whose)?, false),
        Err(error) => return Err(error),
    };
    let (fields, staff) = form.office.parse()?;
    is_at_work(&agency)?;
    check_place(&agency, &fields)?;
    check_people(tx, registry, &agency, &staff)?;
    let mut office = Office {
        id: tx.new_id(),
        agency: agency.id,
        province: unit,
        fields,
        posts: Vec::new(),
        state: OfficeState::Draft,
        before: None,
        change: None,
        to: None,
        reason: None,
        ground: None,
        drafted_by: caller.user,
        notified_by: None,
        notified_on: None,
        confirmed_on: None,
        version: 1,
        created_at: tx.now(),
    };
    office.posts = office.manned(&staff, None, notified_on);
    let stated = Stated { day: notified_on, no_discipline: form.no_discipline };
    let mut kind = EventKind::OfficeDrafted;
    if notifies {
        judging::judge(tx, &office, stated)?;
        office.state = OfficeState::Notified;
        (office.notified_on, office.notified_by) = (Some(notified_on), Some(caller.user));
        kind = EventKind::OfficeNotified;
    }
    let event = told(kind, &office, None, notifies.then_some(stated));
    tx.record(&permit, event, |writer| offices::insert(writer, &office))?;
    Ok(office)
}

/// Only the registrar who writes a notice down says on which day it came on paper.
fn may_say_when(caller: &Caller, raw: Option<&str>) -> Result<(), Error> {
    raw.map_or(Ok(()), |_| policy::enter(caller, Operation::DecideOnOffice).map(drop))
}

/// The day of a notice: today, or the day on which it came on paper.
fn notice_day(tx: &Tx, raw: Option<&str>) -> Result<Day, Error> {
    let today = tx.now().day();
    let Some(raw) = raw else { return Ok(today) };
    let past = |day: Day| {
        if day > today {
            return Err(FieldProblem::new("in_future", "a day that has come"));
        }
        if day < FROM_2016 {
            return Err(FieldProblem::new("too_early", "before 2017-01-01 no law asked for it"));
        }
        Ok(day)
    };
    Day::parse(raw).and_then(past).map_err(|problem| Error::field("/notified_on", problem))
}

/// Whether an agency may give notice now: an aggregator site has no reporters to send anywhere.
fn is_at_work(agency: &Agency) -> Result<(), Error> {
    if !agency.fields.kind.is_press() {
        let detail =
            "It is an aggregator site (GP-TTĐT) and no press agency: it has no offices and no reporters.".into();
        return Err(Error::WrongState { detail });
    }
    match agency.state {
        AgencyState::Active => Ok(()),
        AgencyState::Suspended | AgencyState::LicenceRevoked | AgencyState::Closed => {
            Err(Error::WrongState { detail: format!("The agency is {}.", agency.state.as_str()) })
        }
    }
}

/// An event of an office, with all that is on record of it now; why it happened and what is stated of people stand with
/// them.
fn told(kind: EventKind, it: &Office, reason: Option<&str>, stated: Option<Stated>) -> Event {
    let post = |it: &Posted| {
        let from = it.from.map(|day| day.to_string());
        json!({ "id": it.person.to_string(), "post": it.post.as_str(), "from": from })
    };
    let people: Vec<Value> = it.people().map(post).collect();
    let documents: Vec<&str> = it.fields.documents.iter().map(|document| document.as_str()).collect();
    let mut event = Event::new(kind, Object::Office(it.id)).with(json!({
        "agency": it.agency.to_string(),
        "kind": it.fields.kind.as_str(),
        "province": it.province.as_str(),
        "address": it.fields.address,
        "from": it.fields.from.to_string(),
        "to": it.to.map(|day| day.to_string()),
        "of_centre": it.fields.of_centre,
        "documents": documents,
        "state": it.state.as_str(),
        "ground": it.ground.map(|ground| ground.as_str()),
        "notified_on": it.notified_on.map(|day| day.to_string()),
        "change": it.change.map(|it| json!({ "notified_on": it.told_on.to_string(), "on": it.on.to_string() })),
        "people": people,
    }));
    for posted in it.people() {
        let mut fields = json!({ "agency": it.agency.to_string(), "post": posted.post.as_str() });
        if let Some(reason) = reason {
            fields["reason"] = reason.into();
        }
        if stated.is_some_and(|it| it.no_discipline) && it.lead() == Some(posted.person) {
            fields["no_discipline_past_year"] = true.into();
        }
        event = event.about(posted.person, fields);
    }
    match reason {
        // Where nobody has a post it is about the office alone.
        Some(reason) if event.personal.is_empty() => event.about(it.id, json!({ "reason": reason })),
        Some(_) | None => event,
    }
}

/// An office, and leave to do such a thing with it.
fn open(db: &mut impl Read, caller: &Caller, operation: Operation, id: OfficeId) -> Result<(Office, Permit), Error> {
    let entry = policy::enter(caller, operation)?;
    let found = offices::find(db, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(&found))?;
    Ok((found, permit))
}

/// An office, and leave to mend what is said of it. Whoever only drafts mends drafts, and hears nothing of what is none.
fn open_to_mend(db: &mut impl Read, caller: &Caller, id: OfficeId) -> Result<(Office, Permit), Error> {
    match policy::enter(caller, Operation::NotifyOffice) {
        Err(Error::Forbidden) => {
            let drafter = policy::enter(caller, Operation::WriteOffice)?;
            let found = offices::find(db, id)?.filter(|it| it.state == OfficeState::Draft).ok_or(Error::Forbidden)?;
            let permit = drafter.on(&ownership(&found)).map_err(|_| Error::Forbidden)?;
            Ok((found, permit))
        }
        Ok(_) | Err(_) => open(db, caller, Operation::NotifyOffice, id),
    }
}
