//! What ends by itself: a stay of the notice, and a suspension of before the decision.
//!
//! Every node looks; each case is looked at again inside the transaction that changes it, so that with several nodes
//! it is done once.

use super::measures;
use crate::app::{Registry, mails, notices};
use crate::domain::cases::{Case, Stay};
use crate::domain::credentials::Ground;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::ids::CaseId;
use crate::domain::notices::{Duty, Recipient};
use crate::error::Error;
use crate::policy;
use crate::store::{Tx, cases};
use serde_json::json;
use std::sync::Arc;

/// Ends what is over; gives the number of cases changed. A case that cannot be changed holds up no other. Blocks.
///
/// # Errors
/// The database's.
pub fn lapse(registry: &Arc<Registry>) -> Result<usize, Error> {
    let now = registry.clock.now();
    let due = registry.store.read(|db| cases::lapsed(db, now))?;
    let mut changed = 0;
    for id in due {
        let asked = Arc::clone(registry);
        match registry.store.write_blocking(move |tx| end(tx, &asked, id)) {
            Ok(has_changed) => changed += usize::from(has_changed),
            Err(error) => tracing::error!(case = %id, %error, "what is over in a case cannot be ended"),
        }
    }
    Ok(changed)
}

fn end(tx: &mut Tx, registry: &Registry, id: CaseId) -> Result<bool, Error> {
    let Some(case) = cases::find(tx, id)? else { return Ok(false) };
    let now = tx.now();
    let stay_is_over = case.stay.is_some_and(|stay| !stay.ended && stay.until <= now);
    let interim_is_over = case.interim.is_some_and(|interim| !interim.ended && interim.until <= now);
    let case = if stay_is_over { end_stay(tx, case)? } else { case };
    if interim_is_over {
        end_interim(tx, registry, case)?;
    }
    Ok(stay_is_over || interim_is_over)
}

fn end_stay(tx: &mut Tx, old: Case) -> Result<Case, Error> {
    let stay = old.stay.map(|stay| Stay { ended: true, ..stay });
    let case = Case { stay, version: old.version + 1, ..old };
    let event = Event::new(EventKind::CaseStayEnded, Object::Case(case.id));
    let permit = policy::the_program_itself().in_province(Some(&case.venue));
    tx.record(&permit, event, |writer| cases::update(writer, &case))?;
    Ok(case)
}

fn end_interim(tx: &mut Tx, registry: &Registry, old: Case) -> Result<(), Error> {
    let permit = policy::the_program_itself().in_province(Some(&old.venue));
    let interim = measures::end_interim(tx, &permit, old.interim, Ground::Cleared)?;
    let case = Case { interim, version: old.version + 1, ..old };
    let mut told = Vec::new();
    for recipient in [Recipient::Subject, Recipient::Agency] {
        told.extend(notices::owed(tx, &case, recipient, Duty::SuspensionEnded)?);
    }
    let ids: Vec<String> = told.iter().map(|notice| notice.id.to_string()).collect();
    let event = Event::new(EventKind::CaseInterimEnded, Object::Case(case.id)).with(json!({ "notices": ids }));
    tx.record(&permit, event, |writer| {
        cases::update(writer, &case)?;
        mails::enter_of_case(writer, registry, &case, &told)
    })
}
