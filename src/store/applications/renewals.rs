//! Whose cards are to be renewed.

use super::undecided;
use crate::domain::applications::CardKind;
use crate::domain::credentials::CredentialState;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::credentials::at_work;
use crate::store::schema::{application_people, applications, credentials};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::HashSet;

/// Whose cards of this kind an agency proposed that are in force and end before `until`, or have ended though their holder
/// is at work there and was granted none since, with when each ends; the first to end first, without those who are in an open
/// application already.
///
/// All of them, as whoever asks is told how many are left. What stands of each in one index is read, and who is proposed is
/// looked up here: measured with 25,000 cards, a page and a count that leave them out took half as long again.
///
/// # Errors
/// The database's.
pub fn renewable_until(
    db: &mut impl Read,
    agency: AgencyId,
    kind: CardKind,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<(Timestamp, PersonId)>, Error> {
    let newer = diesel::alias!(credentials as newer_credentials);
    let granted_since = newer
        .filter(newer.field(credentials::person_id).eq(credentials::person_id))
        .filter(newer.field(credentials::agency_id).eq(credentials::agency_id))
        .filter(newer.field(credentials::kind).eq(credentials::kind))
        .filter(newer.field(credentials::id).gt(credentials::id));
    // Whoever was erased has none in force, and is at work nowhere.
    let has_lapsed = at_work(now.day()).and(not(exists(granted_since)));
    let ending: Vec<(i64, String)> = credentials::table
        .filter(credentials::agency_id.eq(agency.to_string()))
        .filter(credentials::kind.eq(kind.credential().as_str()))
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_until.le(until.micros()))
        .filter(credentials::valid_until.gt(now.micros()).or(has_lapsed))
        .order((credentials::valid_until, credentials::id))
        .select((credentials::valid_until, credentials::person_id))
        .load(db.db())?;
    if ending.is_empty() {
        return Ok(Vec::new());
    }
    let mut seen: HashSet<String> = undecided()
        .filter(applications::agency_id.eq(agency.to_string()))
        .filter(applications::kind.eq(kind.as_str()))
        .select(application_people::person_id)
        .load::<String>(db.db())?
        .into_iter()
        .collect();
    let mut waiting = Vec::with_capacity(ending.len().saturating_sub(seen.len()));
    for (ends, person) in ending {
        let id = columns::id(&person)?;
        if seen.insert(person) {
            waiting.push((columns::instant(ends), id));
        }
    }
    Ok(waiting)
}
