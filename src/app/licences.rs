//! Licences of agencies: entered by registrars as they stand on paper, seen by all who are signed in.

use super::Registry;
use super::agencies::{permitted, suspend_by_itself};
use super::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::agencies::{
    Agency, AgencyState, Licence, LicenceFields, LicenceForm, LicenceState, NewLicence, has_lapsed, is_covered,
    with_another,
};
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::AgencyId;
use crate::error::Error;
use crate::policy::Operation;
use crate::store::{Reader, Tx, agencies, licences, successions};
use serde_json::{Value, json};
use std::sync::Arc;

/// Licences of one agency at most: a paper that no registrar would read to its end is no record.
const MOST: usize = 200;
/// Agencies looked at in one go.
const AT_ONCE: usize = 100;
/// Why an agency is suspended where nobody decided it.
const EXPIRED: &str =
    "Giấy phép đã hết hạn, không có giấy phép nào khác. / Its licence has expired, and no other is on record.";

/// The licences of an agency in the order in which they were entered, each with where it stands today.
///
/// # Errors
/// 403, 404.
pub fn list(
    db: &mut Reader,
    registry: &Registry,
    caller: &Caller,
    id: AgencyId,
) -> Result<Vec<(Licence, LicenceState)>, Error> {
    let (agency, _) = permitted(db, caller, Operation::ReadAgencies, id)?;
    let today = registry.clock.now().day();
    let found = licences::of_agency(db, id)?.into_iter().map(|it| {
        let state = it.of_agency_on(agency.state, today);
        (it, state)
    });
    Ok(found.collect())
}

/// Enters a licence of an agency, which licences it replaces, of it or of those that it took the place of, and which one
/// has replaced it already. Where one was entered wrongly, the same licence takes its place.
///
/// # Errors
/// 403, 404; 409 where the agency is closed or has as many as are taken; 422, also `/valid_until` `none_in_force` where it
/// is at work and would have no licence in force.
pub fn enter(
    tx: &mut Tx,
    caller: &Caller,
    id: AgencyId,
    gate: &Gate,
    form: impl FnOnce() -> Result<LicenceForm, Error>,
) -> Result<Licence, Error> {
    let (agency, permit) = permitted(tx, caller, Operation::ChangeAgency, id)?;
    gate.pass_new(tx)?;
    let known = licences::of_agency(tx, id)?;
    let before = successions::predecessors(tx, id)?;
    let before = licences::of_closed(tx, &before)?;
    let NewLicence { fields, replaced_by } = form()?.parse(agency.fields.kind, &known, &before, tx.now().day())?;
    if agency.state == AgencyState::Closed {
        return Err(Error::WrongState { detail: "The agency is closed.".into() });
    }
    if known.len() >= MOST {
        return Err(Error::WrongState { detail: format!("{MOST} licences of it are on record; no more are taken.") });
    }
    let licence = Licence { id: tx.new_id(), agency: id, fields, replaced_by, revoked_on: None, created_at: tx.now() };
    // Else whoever keeps records would suspend an agency by its history, or by a slip.
    if agency.state == AgencyState::Active && !is_covered(&with_another(known, &licence), tx.now().day()) {
        let detail = "with it the agency at work has no licence in force: enter the one that is in force first";
        return Err(Error::invalid("/valid_until", "none_in_force", detail));
    }
    let event = Event::new(EventKind::AgencyLicensed, Object::Agency(id)).with(told(&licence));
    tx.record(&permit, event, |writer| licences::insert(writer, &licence))?;
    Ok(licence)
}

/// What the log is told: all of it, for none of it is personal.
fn told(it: &Licence) -> Value {
    let LicenceFields { number, issued_on, issuer, valid_until, purpose, circulation_area, replaces } = &it.fields;
    json!({
        "licence": it.id.to_string(),
        "number": number,
        "issued_on": issued_on.to_string(),
        "issuer": issuer,
        "valid_until": valid_until.map(|day| day.to_string()),
        "purpose": purpose,
        "circulation_area": circulation_area,
        "replaces": replaces.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "replaced_by": it.replaced_by.map(|(by, _)| by.to_string()),
    })
}

/// Suspends agencies whose last licence has expired, with what rests on their word; gives how many. Nothing is taken: with
/// another licence a registrar reinstates them. Every node looks; each is looked at again inside the transaction. Blocks.
///
/// # Errors
/// The database's.
pub fn lapse(registry: &Arc<Registry>) -> Result<usize, Error> {
    let now = registry.clock.now();
    let (mut suspended, mut after) = (0, None);
    loop {
        let due = registry.store.read(|db| licences::with_one_expired(db, now, after, AT_ONCE))?;
        after = due.last().copied();
        let is_last = due.len() < AT_ONCE;
        for id in due {
            let known = registry.store.read(|db| licences::of_agency(db, id))?;
            if !has_lapsed(&known, now.day()) {
                continue;
            }
            let asked = Arc::clone(registry);
            match registry.store.write_blocking(move |tx| suspend(tx, &asked, id)) {
                Ok(done) => suspended += usize::from(done),
                Err(error) => tracing::error!(agency = %id, %error, "an agency without a licence goes on"),
            }
        }
        if is_last {
            return Ok(suspended);
        }
    }
}

fn suspend(tx: &mut Tx, registry: &Registry, id: AgencyId) -> Result<bool, Error> {
    let today = tx.now().day();
    let Some(agency) = agencies::find(tx, id)?.filter(|agency: &Agency| agency.state == AgencyState::Active) else {
        return Ok(false);
    };
    if !has_lapsed(&licences::of_agency(tx, id)?, today) {
        return Ok(false);
    }
    suspend_by_itself(tx, registry, agency, EXPIRED).map(|_| true)
}
