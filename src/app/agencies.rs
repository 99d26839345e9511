//! Press agencies: entered and kept by registrars, seen by all who are signed in.

use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use super::{Registry, provinces, withdrawals};
use crate::domain::accounts::Caller;
use crate::domain::agencies::{Agency, AgencyEvent, AgencyFields, AgencyForm, AgencyState, PressType, is_covered};
use crate::domain::events::{Event, EventKind, Object, Recorded};
use crate::domain::ids::{AgencyId, Id as _};
use crate::domain::problem::{FieldProblem, Problems};
use crate::domain::provinces::ProvinceId;
use crate::domain::reason::Reason;
use crate::domain::search::Query;
use crate::error::Error;
use crate::policy::{self, Entry, Operation, Ownership, Permit};
use crate::store::{Reader, Tx, agencies, events, leaders, licences, successions};
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

/// A decision on an agency.
#[derive(Clone, Debug, Default)]
pub struct DecisionForm {
    /// As [`AgencyEvent::as_str`].
    pub event: String,
    /// Why: 1–500 characters.
    pub reason: String,
}

/// Whose an agency is.
pub(super) fn ownership(agency: &Agency) -> Ownership {
    Ownership::of_agency(agency.id, agency.fields.level.province())
}

/// An agency.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: AgencyId) -> Result<Agency, Error> {
    let entry = policy::enter(caller, Operation::ReadAgencies)?;
    let agency = agencies::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&ownership(&agency))?;
    Ok(agency)
}

/// Which agencies are asked for.
#[derive(Clone, Default)]
pub struct Filters {
    /// By name or short name.
    pub query: Option<Query>,
    /// The code of their province, as it is today.
    pub province: Option<String>,
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
    let (Filters { query, province }, page) = asked?;
    let province = provinces::wanted(db, province.as_deref(), registry.clock.now().day())?;
    let (after, limit) = (page.after.as_deref(), page.limit);
    let found = match &query {
        Some(query) => agencies::search(db, query, province.as_ref(), after, limit)?,
        None => {
            let after = after.map(AgencyId::parse).transpose().map_err(Error::internal)?;
            let listed = agencies::list(db, province.as_ref(), after, limit)?;
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
    refuse_to_be_no_press(tx, &old, &new)?;
    let event = Event::new(EventKind::AgencyChanged, Object::Agency(id)).with(changed(&old.fields, &new.fields));
    tx.record(&permit, event, |writer| agencies::update(writer, &new))?;
    Ok(new)
}

/// Suspends, reinstates, closes an agency or takes its licence; its letters and collaborators' cards follow at once.
///
/// # Errors
/// 403, 404, 412, 428, 422; 409 where it is not possible now.
pub fn decide(
    tx: &mut Tx,
    registry: &Registry,
    caller: &Caller,
    id: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<DecisionForm, Error>,
) -> Result<Agency, Error> {
    let (old, _, permit) = open(tx, caller, Operation::DecideOnAgency, id, gate)?;
    let (event, reason) = form()?.parse()?;
    if event == AgencyEvent::Reinstate && !is_covered(&licences::of_agency(tx, id)?, tx.now().day()) {
        let detail = "Its licence has expired: enter the one that took its place first.".into();
        return Err(Error::WrongState { detail });
    }
    write_decision(tx, registry, &permit, old, event, reason.as_str())
}

/// Suspends an agency because a day has passed.
pub(super) fn suspend_by_itself(tx: &mut Tx, registry: &Registry, old: Agency, reason: &str) -> Result<Agency, Error> {
    let permit = policy::the_program_itself().in_province(old.fields.level.province());
    write_decision(tx, registry, &permit, old, AgencyEvent::Suspend, reason)
}

fn write_decision(
    tx: &mut Tx,
    registry: &Registry,
    permit: &Permit,
    old: Agency,
    event: AgencyEvent,
    reason: &str,
) -> Result<Agency, Error> {
    let id = old.id;
    let state = old.state.after(event).ok_or_else(|| Error::WrongState {
        detail: format!("The agency is {}; `{}` is not possible.", old.state.as_str(), event.as_str()),
    })?;
    let (ends, today) = (state == AgencyState::Closed, tx.now().day());
    let told = Event::new(event_kind(event), Object::Agency(id)).with(json!({
        "from": old.state.as_str(),
        "to": state.as_str(),
        "reason": reason,
        "leaders_until": ends.then(|| today.to_string()),
    }));
    let new = Agency { state, version: old.version + 1, ..old };
    tx.record(permit, told, |writer| {
        if ends {
            leaders::end_all(writer, id, today)?;
        }
        agencies::update(writer, &new)
    })?;
    withdrawals::follow_agency(tx, registry, permit, id, event, reason)?;
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

/// Cards and letters are of the press: they are decided on before their agency is found to be none.
fn refuse_to_be_no_press(tx: &mut Tx, old: &Agency, new: &Agency) -> Result<(), Error> {
    let now = tx.now();
    let ceases = old.fields.kind.is_press() && !new.fields.kind.is_press();
    match ceases && !successions::holdings(tx, new.id, now)?.papers.is_empty() {
        true => Err(Error::WrongState {
            detail:
                "The agency has cards or letters in force, which an aggregator site cannot have: withdraw them first."
                    .into(),
        }),
        false => Ok(()),
    }
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

impl DecisionForm {
    fn parse(&self) -> Result<(AgencyEvent, Reason), Error> {
        let mut problems = Problems::new();
        let event = problems.take("/event", AgencyEvent::parse(&self.event));
        let reason = problems.take("/reason", Reason::parse(&self.reason));
        Ok(problems.finish(|| event.zip(reason))?)
    }
}

const fn event_kind(event: AgencyEvent) -> EventKind {
    match event {
        AgencyEvent::Suspend => EventKind::AgencySuspended,
        AgencyEvent::Reinstate => EventKind::AgencyReinstated,
        AgencyEvent::RevokeLicence => EventKind::AgencyLicenceRevoked,
        AgencyEvent::Close => EventKind::AgencyClosed,
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

    #[test]
    fn nothing_is_decided_without_reasons() {
        let form = DecisionForm { event: "suspend".into(), reason: " ".into() };
        assert_eq!(form.parse().map_err(|error| error.fields()[0].pointer.clone()), Err("/reason".to_owned()));
    }
}
