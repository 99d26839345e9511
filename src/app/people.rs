//! People on record: entered and kept by the agency they work for.

mod engagement_events;
mod engagements;
mod national_ids;

pub use engagement_events::happen_to_engagement;
pub(super) use engagements::again;
pub use engagements::begin;
pub use national_ids::{NationalIdForm, correct_national_id};

use super::Registry;
use super::agencies::permitted;
use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use crate::data;
use crate::domain::accounts::Caller;
use crate::domain::agencies::AgencyState;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::people::{Engagement, EngagementFields, NewPerson, Person, PersonFields, PersonForm};
use crate::domain::search::{Place, Query};
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Operation, Ownership, Permit};
use crate::store::{Read, Reader, Tx, credentials, people, search, successions};
use serde_json::{Value, json};

pub use crate::domain::people::{EngagementEventForm, NewPersonForm};

/// A change of a person's record: what is `None` stays, `Some(None)` is cleared.
#[derive(Clone, Default)]
pub struct PersonPatch {
    /// See [`PersonFields`]; likewise the others.
    pub full_name: Option<String>,
    /// Pen name.
    pub pen_name: Option<Option<String>>,
    /// Date of birth.
    pub birth_date: Option<String>,
    /// National id.
    pub national_id: Option<String>,
    /// E-mail address.
    pub email: Option<Option<String>>,
}

/// Whose a person's record is today.
pub(super) fn ownership(db: &mut impl Read, caller: &Caller, person: &Person, today: Day) -> Result<Ownership, Error> {
    let agencies: Vec<AgencyId> =
        person.engagements.iter().filter(|e| e.is_open(today)).map(|engagement| engagement.agency).collect();
    let province = match caller.role.province() {
        Some(province) => people::works_in(db, &agencies, &data::territory(province))?.then(|| province.clone()),
        None => None,
    };
    Ok(Ownership::of_person(person.id, agencies, province.as_ref()))
}

/// A person's record.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, registry: &Registry, caller: &Caller, id: PersonId) -> Result<Person, Error> {
    let entry = policy::enter(caller, Operation::ReadPeople)?;
    // The id of a record that was taken in is that of the record which took it in, to whoever may see that one.
    let id = people::standing_for(db, id)?;
    let person = people::find(db, &registry.secrets.sealing, id)?.ok_or(Error::NotFound)?;
    entry.on(&ownership(db, caller, &person, registry.clock.now().day())?)?;
    Ok(person)
}

/// The agencies that have ended whose place the caller's took: it sees and mends what they wrote down of its people.
///
/// # Errors
/// The database's.
pub fn took_the_place_of(db: &mut impl Read, caller: &Caller) -> Result<Vec<AgencyId>, Error> {
    caller.role.agency().map_or(Ok(Vec::new()), |own| successions::ended_predecessors(db, own))
}

/// The tag of a record as it is shown: what the caller sees of agencies whose place theirs took may come without a change of
/// the record.
pub fn etag_of(person: &Person, took_the_place_of: &[AgencyId]) -> Etag {
    let of_before = person.engagements.iter().filter(|it| took_the_place_of.contains(&it.agency));
    let of_before: Vec<String> = of_before.map(|it| it.id.to_string()).collect();
    match of_before.is_empty() {
        true => Etag::of_version(person.version),
        false => Etag::of_version_with(person.version, of_before.concat().as_bytes()),
    }
}

/// The tag under which this caller is shown a record.
pub(super) fn etag_for(db: &mut impl Read, caller: &Caller, person: &Person) -> Result<Etag, Error> {
    Ok(etag_of(person, &took_the_place_of(db, caller)?))
}

/// The people who work for an agency today: in the order of their names, or those who answer a query, best first.
///
/// # Errors
/// 403, 404.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    agency: AgencyId,
    asked: Asked<Query, Place>,
) -> Result<Part<Person, Place>, Error> {
    permitted(db, caller, Operation::ReadPeople, agency)?;
    let (query, page) = asked?;
    let today = registry.clock.now().day();
    let sealing = &registry.secrets.sealing;
    let places = search::find(db, agency, today, &query, page.after.as_ref(), page.limit)?;
    let Part { items: places, next_after } = Part::cut(places, page.limit, Place::clone);
    let ids: Vec<PersonId> = places.iter().map(|place| place.person).collect();
    Ok(Part { items: people::find_in_order(db, sealing, &ids)?, next_after })
}

/// Enters a person with their engagement. Whoever worked for the agency before is the same record, with what is said of
/// them now and one engagement more.
///
/// # Errors
/// 403, 404; 409 while the agency is not at work; 422, also `/national_id` `already_registered`.
pub fn register(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    agency: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<NewPersonForm, Error>,
) -> Result<Person, Error> {
    let (found, permit) = permitted(tx, caller, Operation::KeepPeople, agency)?;
    gate.pass_new(tx)?;
    enter(tx, registry, &permit, agency, found.state, &form()?)
}

/// Enters a person in the name of `permit`.
///
/// # Errors
/// 409, 422.
pub fn enter(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    agency: AgencyId,
    state: AgencyState,
    form: &NewPersonForm,
) -> Result<Person, Error> {
    let sealing = &registry.secrets.sealing;
    let today = tx.now().day();
    let new = form.parse(today)?;
    if people::known_to_agency(tx, sealing, agency, &new.fields.national_id, today)?.is_some() {
        return Err(Error::invalid("/national_id", "already_registered", "this person is on your agency's list"));
    }
    must_be_at_work(state)?;
    let former = people::former_among(tx, sealing, agency, &[&new.fields.national_id], today)?;
    if let Some(person) = former.into_iter().next() {
        return again(tx, registry, permit, person, agency, new);
    }
    let person = on_list(tx, agency, new);
    let event = registration(&person, agency);
    tx.record(permit, event, |writer| people::insert(writer, sealing, std::slice::from_ref(&person)))?;
    Ok(person)
}

/// # Errors
/// 409 while an agency is not at work.
pub(super) fn must_be_at_work(state: AgencyState) -> Result<(), Error> {
    match state {
        AgencyState::Active => Ok(()),
        AgencyState::Suspended | AgencyState::LicenceRevoked | AgencyState::Closed => {
            Err(Error::WrongState { detail: "The agency is not at work, so nobody can be entered.".into() })
        }
    }
}

/// Somebody as they come to stand on an agency's list.
pub(super) fn on_list(tx: &Tx, agency: AgencyId, NewPerson { fields, engagement }: NewPerson) -> Person {
    let EngagementFields { kind, post, from } = engagement;
    Person {
        id: tx.new_id(),
        engagements: vec![Engagement { id: tx.new_id(), agency, kind, post, from, to: None }],
        portrait: None,
        fields,
        version: 1,
        created_at: tx.now(),
    }
}

/// What the log is told of somebody who is entered.
pub(super) fn registration(person: &Person, agency: AgencyId) -> Event {
    Event::new(EventKind::PersonRegistered, Object::Person(person.id))
        .with(json!({ "agency": agency.to_string() }))
        .about(person.id, on_record(person))
}

/// The personal fields of an event. The national id is not among them: the record keeps it sealed.
pub(super) fn on_record(person: &Person) -> Value {
    told(&person.fields, &person.engagements)
}

/// The same, of a change: with the work that it is about alone. Other work may be another human being's, where two records
/// were merged and are split again, and is not to be erased or kept with this one's.
pub(super) fn told(fields: &PersonFields, work: &[Engagement]) -> Value {
    let PersonFields { full_name, pen_name, birth_date, national_id: _, email } = fields;
    let mut told = json!({
        "full_name": full_name,
        "pen_name": pen_name,
        "birth_date": birth_date.to_string(),
        "email": email.as_ref().map(|email| email.as_str()),
    });
    if !work.is_empty() {
        let work = work.iter().map(|it| {
            json!({ "id": it.id.to_string(), "kind": it.kind.as_str(), "post": it.post, "from": it.from.to_string() })
        });
        told["engagements"] = work.collect();
    }
    told
}

/// Changes a person's record.
///
/// # Errors
/// 403, 404, 412, 428, 422; 409 for another national id while the person holds a credential.
pub fn change(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    gate: &Gate,
    form: impl FnOnce() -> Result<PersonPatch, Error>,
) -> Result<Person, Error> {
    let (old, permit) = open(tx, registry, caller, id, gate)?;
    let patch = form()?;
    let PersonFields { full_name, pen_name, birth_date, national_id, email } = &old.fields;
    let patched = PersonForm {
        full_name: patch.full_name.unwrap_or_else(|| full_name.clone()),
        pen_name: patch.pen_name.unwrap_or_else(|| pen_name.clone()),
        birth_date: patch.birth_date.unwrap_or_else(|| birth_date.to_string()),
        national_id: patch.national_id.unwrap_or_else(|| national_id.reveal().to_owned()),
        email: patch.email.unwrap_or_else(|| email.as_ref().map(|email| email.as_str().to_owned())),
    };
    let fields = patched.parse(tx.now().day())?;
    let changed = differing(&old.fields, &fields);
    if changed.contains(&"national_id") {
        national_ids::refuse_double(tx, registry, &old, &fields)?;
        national_ids::refuse_while_holding(tx, id)?;
    }
    let event = Event::new(EventKind::PersonChanged, Object::Person(id)).with(json!({ "changed": changed }));
    let new = Person { fields, version: old.version + 1, ..old };
    let event = event.about(id, told(&new.fields, &[]));
    tx.record(&permit, event, |writer| people::update(writer, &registry.secrets.sealing, &new))?;
    Ok(new)
}

/// The names of the fields in which two records differ.
fn differing(one: &PersonFields, other: &PersonFields) -> Vec<&'static str> {
    let differences = [
        ("full_name", one.full_name != other.full_name),
        ("pen_name", one.pen_name != other.pen_name),
        ("birth_date", one.birth_date != other.birth_date),
        ("national_id", one.national_id != other.national_id),
        ("email", one.email != other.email),
    ];
    differences.into_iter().filter_map(|(name, differs)| differs.then_some(name)).collect()
}

/// The person, if the caller keeps their record and knows its newest version.
pub(super) fn open(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: PersonId,
    gate: &Gate,
) -> Result<(Person, Permit), Error> {
    let entry = policy::enter(caller, Operation::KeepPeople)?;
    let person = people::find(tx, &registry.secrets.sealing, id)?.ok_or(Error::NotFound)?;
    let today = tx.now().day();
    let permit = entry.on(&ownership(tx, caller, &person, today)?)?;
    let province = caller.role.agency().map(|agency| credentials::province_of_agency(tx, agency)).transpose()?;
    let tag = etag_for(tx, caller, &person)?;
    gate.pass(tx, &tag)?;
    Ok((person, permit.in_province(province.flatten().as_ref())))
}
