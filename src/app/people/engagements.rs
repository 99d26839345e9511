//! Engagements in time: begun again. An agency knows of its own alone.

use super::{differing, etag_for, must_be_at_work, told};
use crate::app::Registry;
use crate::app::agencies::ownership;
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::agencies::Agency;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::{Engagement, EngagementFields, EngagementForm, NewPerson, Person};
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Tx, agencies, people};
use serde_json::json;

pub(super) fn agency_of(tx: &mut Tx, id: AgencyId) -> Result<Agency, Error> {
    agencies::find(tx, id)?.ok_or_else(|| Error::internal("an engagement without its agency"))
}

/// Begins a further engagement of somebody who works for the caller's agency, or did.
///
/// # Errors
/// 403; 404, also for people of other agencies; 409 while the agency is not at work, or has another record of the same
/// human being; 412, 428; 422, also `/from` `overlaps` or `before_birth`.
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
    let permit = entry.on(&ownership(&agency))?;
    let tag = etag_for(tx, caller, &person)?;
    gate.pass(tx, &tag)?;
    let fields = form()?.parse("")?.of_somebody_born_on(person.fields.birth_date);
    let fields = fields.map_err(|problem| Error::field("/from", problem))?;
    must_be_at_work(agency.state)?;
    refuse_second_record(tx, registry, &person, agency.id)?;
    person.must_be_free(agency.id, fields.from).map_err(|problem| Error::field("/from", problem))?;
    let engagement = engaged(tx, &mut person, agency.id, fields);
    let event = begun(&person, &engagement, &[]);
    tx.record(&permit, event, |writer| {
        people::update(writer, sealing, &person)?;
        people::insert_engagement(writer, id, &engagement)
    })?;
    Ok(person)
}

/// # Errors
/// 409 where an agency has another record of the same human being at work.
pub(super) fn refuse_second_record(
    tx: &mut Tx,
    registry: &Registry,
    person: &Person,
    agency: AgencyId,
) -> Result<(), Error> {
    let (sealing, today) = (&registry.secrets.sealing, tx.now().day());
    let known = people::known_to_agency(tx, sealing, agency, &person.fields.national_id, today)?;
    match known.is_some_and(|other| other != person.id) {
        false => Ok(()),
        true => Err(Error::WrongState {
            detail: "This person is on your agency's list under another record already.".into(),
        }),
    }
}

/// Enters somebody again who worked for the agency before, with what is said of them now; where they work for another
/// agency, which keeps their record, the engagement alone.
///
/// # Errors
/// 422 `/engagement/from` `overlaps`, or `differs` where the record is another human being's; the database's.
pub(in crate::app) fn again(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    mut person: Person,
    agency: AgencyId,
    new: NewPerson,
) -> Result<Person, Error> {
    let today = tx.now().day();
    person.must_come_again(&new, agency, today)?;
    let mut changed = Vec::new();
    // What another agency keeps of them now is not this one's to write over.
    if !person.is_kept_by_others(agency, today) {
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
        .about(person.id, told(&person.fields, std::slice::from_ref(engagement)))
}
