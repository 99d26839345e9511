//! Press agencies: entered and kept by registrars, seen by all who are signed in.

mod deciding;

pub(super) use deciding::suspend_by_itself;
pub use deciding::{DecisionForm, decide};

use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use super::{Registry, provinces};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyFields, AgencyForm, AgencyKind, AgencyState, PressType};
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{AgencyId, Id as _};
use crate::domain::offices::OfficeState;
use crate::domain::problem::FieldProblem;
use crate::domain::provinces::ProvinceId;
use crate::domain::search::Query;
use crate::domain::time::Day;
use crate::error::Error;
use crate::policy::{self, Entry, Operation, Ownership, Permit, Range};
use crate::store::agencies::Wanted;
use crate::store::{Read, Reader, Tx, agencies, events, offices, successions};
use serde_json::{Value, json};

/// An agency as somebody enters it.
#[derive(Clone, Debug, Default)]
pub struct NewAgencyForm {
    /// What is said of it.
    pub agency: AgencyForm,
    /// The code of its province today; none for a central agency.
    pub province: Option<String>,
}

/// A change of an agency's record: what is `None` stays, `Some(None)` is cleared.
#[derive(Clone, Debug, Default)]
pub struct AgencyPatch {
    /// See [`AgencyFields`]; likewise the others.
    pub name: Option<String>,
    /// Short name.
    pub short_name: Option<Option<String>>,
    /// Kind.
    pub kind: Option<String>,
    /// Types of press.
    pub press_types: Option<Option<Vec<String>>>,
    /// Level.
    pub level: Option<String>,
    /// Governing body.
    pub governing_body: Option<Option<String>>,
    /// The code of its province today.
    pub province: Option<Option<String>>,
    /// Website.
    pub website: Option<Option<String>>,
    /// Source.
    pub source: Option<Option<String>>,
}

/// Whose an agency is.
pub(super) fn ownership(agency: &Agency) -> Ownership {
    Ownership::of_agency(agency.id, agency.fields.level.province())
}

/// An agency, and leave to do such a thing with what is its.
pub(super) fn permitted(
    db: &mut impl Read,
    caller: &Caller,
    operation: Operation,
    id: AgencyId,
) -> Result<(Agency, Permit), Error> {
    let entry = policy::enter(caller, operation)?;
    let agency = agencies::find(db, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(&agency))?;
    Ok((agency, permit))
}

/// An agency.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: AgencyId) -> Result<Agency, Error> {
    permitted(db, caller, Operation::ReadAgencies, id).map(|(agency, _)| agency)
}

/// Which agencies are asked for.
#[derive(Clone, Default)]
pub struct Filters {
    /// By name or short name.
    pub query: Option<Query>,
    /// The code of their province, as it is today.
    pub province: Option<String>,
    /// Those at work whose last licence ends before this day: a provincial registrar's are those of the province.
    pub licence_ends_before: Option<Day>,
}

/// Agencies in the order they were entered, or those that answer a query by name or short name, best first.
///
/// # Errors
/// 403, 422.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    asked: Asked<Filters, String>,
) -> Result<Part<Agency, String>, Error> {
    policy::enter(caller, Operation::ReadAgencies)?.anywhere()?;
    let (Filters { query, province, licence_ends_before }, page) = asked?;
    let province = provinces::wanted(db, province.as_deref(), registry.clock.now().day())?;
    let mut wanted = Wanted { of: province.into_iter().collect(), unlicensed_on: licence_ends_before };
    if licence_ends_before.is_some()
        && let Ok(Range::Province(own)) = policy::enter(caller, Operation::ChangeAgency).map(|entry| entry.range())
    {
        wanted.of.push(own);
    }
    let (after, limit) = (page.after.as_deref(), page.limit);
    let found = match &query {
        Some(query) => agencies::search(db, query, &wanted, after, limit)?,
        None => {
            let after = after.map(AgencyId::parse).transpose().map_err(Error::internal)?;
            let listed = agencies::list(db, &wanted, after, limit)?;
            listed.into_iter().map(|agency| (agency.id.to_string(), agency)).collect()
        }
    };
    let part = Part::cut(found, limit, |(place, _)| place.clone());
    Ok(Part { items: part.items.into_iter().map(|(_, agency)| agency).collect(), next_after: part.next_after })
}

/// What happened to an agency.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    id: AgencyId,
    asked: Asked<(), i64>,
) -> Result<Part<Recorded, i64>, Error> {
    read(db, caller, id)?;
    let ((), page) = asked?;
    let items = events::of_object(db, &Object::Agency(id), page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |event| event.index))
}

/// Enters an agency.
///
/// # Errors
/// 403, 404 for another's province, 422.
pub fn create(
    tx: &mut Tx,
    caller: &Caller,
    gate: &Gate,
    form: impl FnOnce() -> Result<NewAgencyForm, Error>,
) -> Result<Agency, Error> {
    let entry = policy::enter(caller, Operation::CreateAgency)?;
    gate.pass_new(tx)?;
    let form = form()?;
    let province = unit(tx, form.province.as_deref())?;
    let permit = entry.on(&Ownership::in_province(province.as_ref().ok().and_then(Option::as_ref)))?;
    enter(tx, &permit, form.agency.parse(province)?)
}

/// Enters an agency in the name of `permit`.
///
/// # Errors
/// 422: the short name is taken.
pub fn enter(tx: &mut Tx, permit: &Permit, fields: AgencyFields) -> Result<Agency, Error> {
    let agency = Agency { id: tx.new_id(), fields, state: AgencyState::Active, version: 1, created_at: tx.now() };
    refuse_taken_name(tx, &agency)?;
    let event = Event::new(EventKind::AgencyCreated, Object::Agency(agency.id)).with(facts(&agency.fields));
    tx.record(permit, event, |writer| agencies::insert(writer, &agency))?;
    Ok(agency)
}

/// Changes what is entered about an agency.
///
/// # Errors
/// 403, 404, also for moving it to another's province; 412, 428, 422.
pub fn change(
    tx: &mut Tx,
    caller: &Caller,
    id: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<AgencyPatch, Error>,
) -> Result<Agency, Error> {
    let (old, entry, permit) = open(tx, caller, Operation::ChangeAgency, id, gate)?;
    let patch = form()?;
    let known = old.fields.level.province();
    let province = match &patch.province {
        // The unit it was entered in, even if it is not one of today's any more, or if another has its code now.
        None => Ok(known.cloned()),
        Some(Some(code)) if known.map(provinces::code) == Some(code.as_str()) => Ok(known.cloned()),
        Some(code) => unit(tx, code.as_deref())?,
    };
    let new = Agency { fields: patch.onto(&old.fields).parse(province)?, version: old.version + 1, ..old.clone() };
    entry.on(&ownership(&new))?;
    refuse_taken_name(tx, &new)?;
    if old.fields.kind.is_press() != new.fields.kind.is_press() {
        refuse_what_does_not_suit(tx, id, new.fields.kind)?;
    }
    let event = Event::new(EventKind::AgencyChanged, Object::Agency(id)).with(changed(&old.fields, &new.fields));
    tx.record(&permit, event, |writer| agencies::update(writer, &new))?;
    Ok(new)
}

/// The agency, if the caller may do this to it and knows its newest version.
fn open<'c>(
    tx: &mut Tx,
    caller: &'c Caller,
    operation: Operation,
    id: AgencyId,
    gate: &Gate,
) -> Result<(Agency, Entry<'c>, Permit), Error> {
    let entry = policy::enter(caller, operation)?;
    let agency = agencies::find(tx, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(&agency))?;
    gate.pass(tx, &Etag::of_version(agency.version))?;
    Ok((agency, entry, permit))
}

/// The unit of a code that may be left out, or what is wrong with the code.
fn unit(tx: &mut Tx, code: Option<&str>) -> Result<Result<Option<ProvinceId>, FieldProblem>, Error> {
    match code {
        Some(code) => Ok(provinces::in_force(tx, code)?.map(Some)),
        None => Ok(Ok(None)),
    }
}

fn refuse_taken_name(tx: &mut Tx, agency: &Agency) -> Result<(), Error> {
    let Some(short_name) = &agency.fields.short_name else { return Ok(()) };
    match agencies::short_name_is_taken(tx, short_name, agency.id)? {
        true => Err(Error::invalid("/short_name", "taken", "another agency has this short name")),
        false => Ok(()),
    }
}

/// What is of the press is decided on before its agency is found to be none; and a licence is of the one or the other.
fn refuse_what_does_not_suit(tx: &mut Tx, id: AgencyId, kind: AgencyKind) -> Result<(), Error> {
    let now = tx.now();
    let in_force = deciding::licences_in_force(tx, id, now.day())?;
    if let Some(licence) = in_force.iter().find(|it| !it.fields.suits(kind)) {
        let detail =
            format!("Licence {} is in force, and is not of that kind: revoke it first.", licence.fields.number);
        return Err(Error::WrongState { detail });
    }
    if kind.is_press() {
        return Ok(());
    }
    let cannot_have = |what: &str| Err(Error::WrongState { detail: format!("The agency has {what}.") });
    if !successions::holdings(tx, id, now, now.day())?.papers.is_empty() {
        return cannot_have("cards or letters in force, which an aggregator site cannot have: withdraw them first");
    }
    if offices::standing(tx, id, None)?.iter().any(|it| it.state != OfficeState::Draft) {
        return cannot_have(
            "offices or reporters in provinces, which an aggregator site cannot have: close them first",
        );
    }
    Ok(())
}

impl AgencyPatch {
    /// The form of the agency as it is to be.
    fn onto(self, old: &AgencyFields) -> AgencyForm {
        let AgencyFields { name, short_name, kind, press_types, level, governing_body, website, source } = old;
        let words = |types: &[PressType]| types.iter().map(|it| it.as_str().to_owned()).collect();
        AgencyForm {
            name: self.name.unwrap_or_else(|| name.clone()),
            short_name: self.short_name.unwrap_or_else(|| short_name.as_ref().map(|short| short.as_str().to_owned())),
            kind: self.kind.unwrap_or_else(|| kind.as_str().to_owned()),
            press_types: self.press_types.unwrap_or_else(|| press_types.as_deref().map(words)),
            level: self.level.unwrap_or_else(|| level.as_str().to_owned()),
            governing_body: self.governing_body.unwrap_or_else(|| governing_body.clone()),
            website: self.website.unwrap_or_else(|| website.clone()),
            source: self.source.unwrap_or_else(|| source.clone()),
        }
    }
}

/// What an event says of an agency: none of it is personal.
fn facts(fields: &AgencyFields) -> Value {
    let AgencyFields { name, short_name, kind, press_types: _, level, governing_body, website, source } = fields;
    json!({
        "name": name,
        "short_name": short_name.as_ref().map(|short| short.as_str()),
        "kind": kind.as_str(),
        "press_types": fields.press_types().iter().map(|it| it.as_str()).collect::<Vec<_>>(),
        "level": level.as_str(),
        "province": level.province().map(ProvinceId::as_str),
        "governing_body": governing_body,
        "website": website,
        "source": source,
    })
}

/// The facts that differ, as they are now.
fn changed(old: &AgencyFields, new: &AgencyFields) -> Value {
    let (old, mut new) = (facts(old), facts(new));
    if let (Value::Object(old), Value::Object(new)) = (old, &mut new) {
        new.retain(|name, value| old.get(name) != Some(value));
    }
    json!({ "changed": new })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agencies::{AgencyKind, Level};

    fn fields() -> AgencyFields {
        AgencyFields {
            name: "Báo Ví Dụ".into(),
            short_name: None,
            kind: AgencyKind::Bao,
            press_types: None,
            level: Level::Central,
            governing_body: Some("Hội Ví Dụ".into()),
            website: None,
            source: None,
        }
    }

    #[test]
    fn a_patch_changes_what_it_names_and_clears_what_it_nulls() {
        let patch =
            AgencyPatch { name: Some("Báo Mới".into()), governing_body: Some(None), ..AgencyPatch::default() };
        let new = patch.onto(&fields()).parse(Ok(None)).expect("a good form");
        assert_eq!(changed(&fields(), &new), json!({ "changed": { "name": "Báo Mới", "governing_body": null } }));
    }
}
