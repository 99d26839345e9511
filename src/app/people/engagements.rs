//! Engagements in time: begun again, ended. An agency knows of its own alone.

use super::{differing, must_be_at_work, on_record, ownership};
use crate::app::gate::{Etag, Gate};
use crate::app::{Registry, withdrawals};
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, EngagementId, PersonId};
use crate::domain::people::{Engagement, EngagementFields, EngagementForm, NewPerson, Person};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::reason::Reason;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Tx, agencies, people};
use serde_json::json;

/// How an engagement ends.
#[derive(Clone, Debug, Default)]
pub struct EndForm {
    /// Only `end`.
    pub event: String,
    /// Why: 1–500 characters.
    pub reason: String,
    /// Last day, `YYYY-MM-DD`; today where it is not said.
    pub to: Option<String>,
}

impl EndForm {
    /// Why it ends, and its last day.
    fn parse(&self, today: Day) -> Result<(Reason, Day), Error> {
        let mut problems = Problems::new();
        if self.event != "end" {
            problems.add(FieldProblem::new("unknown_event", "only `end`").at("/event"));
        }
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        let last = problems.take("/to", self.to.as_deref().map_or(Ok(today), Day::parse));
        Ok(problems.finish(|| reason.zip(last))?)
    }
}

fn agency_of(tx: &mut Tx, id: AgencyId) -> Result<Agency, Error> {
    agencies::find(tx, id)?.ok_or_else(|| Error::internal("an engagement without its agency"))
}

/// Begins a further engagement of somebody who works for the caller's agency, or did.
///
/// # Errors
/// 403; 404, also for people of other agencies; 409 while the agency is not at work, or has another record of the same
/// human being; 412, 428; 422, also `/from` `overlaps`.
pub fn begin(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    gate: &Gate,
    form: impl FnOnce() -> Result<EngagementForm, Error>,
) -> Result<Person, Error> {
    let entry = policy::enter(caller, Operation::KeepPeople)?;
    let sealing = &registry.secrets.sealing;
    let mut person = people::find(tx, sealing, id)?.ok_or(Error::NotFound)?;
    // Also whoever worked for it long ago: it has had their record.
    let employers: Vec<AgencyId> = person.engagements.iter().map(|it| it.agency).collect();
    entry.on(&Ownership::of_person(id, employers, None))?;
    let agency = agency_of(tx, caller.role.agency().ok_or(Error::Forbidden)?)?;
    let permit = entry.on(&Ownership::of_agency(agency.id, agency.fields.level.province()))?;
    gate.pass(tx, &Etag::of_version(person.version))?;
    let fields = form()?.parse("")?;
    must_be_at_work(agency.state)?;
    let known = people::known_to_agency(tx, sealing, agency.id, &person.fields.national_id, tx.now().day())?;
    if known.is_some_and(|other| other != id) {
        let detail = "This person is on your agency's list under another record already.";
        return Err(Error::WrongState { detail: detail.into() });
    }
    refuse_overlap(&person, agency.id, &fields, "/from")?;
    let engagement = engaged(tx, &mut person, agency.id, fields);
    let event = begun(&person, &engagement, &[]);
    tx.record(&permit, event, |writer| {
        people::update(writer, sealing, &person)?;
        people::insert_engagement(writer, id, &engagement)
    })?;
    Ok(person)
}

/// Enters somebody again who worked for the agency before, with what is said of them now; where they work for another
/// agency, which keeps their record, the engagement alone.
///
/// # Errors
/// 422 `/engagement/from` `overlaps`, or `differs` of what another agency keeps; the database's.
pub(in crate::app) fn again(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    person: Person,
    agency: AgencyId,
    new: NewPerson,
) -> Result<Person, Error> {
    refuse_overlap(&person, agency, &new.engagement, "/engagement/from")?;
    // What another agency keeps of them now is not this one's to write over.
    let mut person = person;
    let mut changed = Vec::new();
    if person.is_kept_by_others(agency, tx.now().day()) {
        let unlike = person.unlike(&new.fields).into_iter().map(|field| {
            FieldProblem::new("differs", "not what is on record of whoever has this national id: ask a registrar")
                .at(format!("/{field}"))
        });
        let unlike: Vec<_> = unlike.collect();
        if !unlike.is_empty() {
            return Err(unlike.into());
        }
    } else {
        changed = differing(&person.fields, &new.fields);
        person.fields = new.fields;
    }
    let engagement = engaged(tx, &mut person, agency, new.engagement);
    let event = begun(&person, &engagement, &changed);
    tx.record(permit, event, |writer| {
        people::update(writer, &registry.secrets.sealing, &person)?;
        people::insert_engagement(writer, person.id, &engagement)
    })?;
    Ok(person)
}

fn refuse_overlap(person: &Person, agency: AgencyId, fields: &EngagementFields, at: &str) -> Result<(), Error> {
    match person.overlapping(agency, fields.from) {
        None => Ok(()),
        Some(None) => Err(Error::invalid(at, "overlaps", "this person works for your agency: end that first")),
        Some(Some(last)) => {
            Err(Error::invalid(at, "overlaps", format!("this person worked for your agency until {last}")))
        }
    }
}

fn engaged(tx: &Tx, person: &mut Person, agency: AgencyId, fields: EngagementFields) -> Engagement {
    let EngagementFields { kind, post, from } = fields;
    let engagement = Engagement { id: tx.new_id(), agency, kind, post, from, to: None };
    person.engagements.push(engagement.clone());
    person.engagements.sort_by_key(|it| (it.from, it.id));
    person.version += 1;
    engagement
}

fn begun(person: &Person, engagement: &Engagement, changed: &[&str]) -> Event {
    Event::new(EventKind::EngagementBegun, Object::Person(person.id))
        .with(json!({
            "agency": engagement.agency.to_string(),
            "engagement": engagement.id.to_string(),
            "changed": changed,
        }))
        .about(person.id, on_record(person))
}

/// Ends an engagement on a day; letters and a collaborator's card that rest on it are withdrawn at once, or after a day
/// to come.
///
/// # Errors
/// 403, 404, also for an engagement of another agency; 409 when it has ended; 412, 428, 422.
pub fn end_engagement(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    engagement: EngagementId,
    gate: &Gate,
    form: impl FnOnce() -> Result<EndForm, Error>,
) -> Result<Person, Error> {
    let entry = policy::enter(caller, Operation::KeepPeople)?;
    let mut person = people::find(tx, &registry.secrets.sealing, id)?.ok_or(Error::NotFound)?;
    let today = tx.now().day();
    entry.on(&ownership(tx, caller, &person, today)?)?;
    let ending = person.engagements.iter_mut().find(|it| it.id == engagement).ok_or(Error::NotFound)?;
    let agency = agency_of(tx, ending.agency)?;
    let permit = entry.on(&Ownership::of_agency(agency.id, agency.fields.level.province()))?;
    gate.pass(tx, &Etag::of_version(person.version))?;
    let (reason, last) = form()?.parse(today)?;
    if last < ending.from {
        return Err(Error::invalid("/to", "before_it_began", "not before the engagement's first day"));
    }
    if ending.to.is_some() {
        return Err(Error::WrongState { detail: "This engagement has ended already.".into() });
    }
    ending.to = Some(last);
    person.version += 1;
    let event = Event::new(EventKind::EngagementEnded, Object::Person(id))
        .with(json!({ "engagement": engagement.to_string(), "to": last.to_string() }))
        .about(id, json!({ "reason": reason.as_str() }));
    let agency = agency.id;
    tx.record(&permit, event, |writer| {
        people::update(writer, &registry.secrets.sealing, &person)?;
        people::end_engagement(writer, engagement, last)
    })?;
    withdrawals::follow_engagement(tx, registry, &permit, &person, agency, today, reason.as_str())?;
    Ok(person)
}
