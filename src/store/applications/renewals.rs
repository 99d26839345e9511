//! Whose cards are to be renewed.

use super::undecided;
use crate::domain::applications::CardKind;
use crate::domain::credentials::CredentialState;
use crate::domain::ids::{AgencyId, PersonId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::columns;
use crate::store::connection::Read;
use crate::store::credentials::shown;
use crate::store::schema::{application_people, applications, credentials};
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::HashSet;

/// Whose cards of this kind an agency proposed that are in force and end before `until`, the first to end first; without
/// those who are in an open application already.
///
/// # Errors
/// The database's.
pub fn renewable_until(
    db: &mut impl Read,
    agency: AgencyId,
    kind: CardKind,
    now: Timestamp,
    until: Timestamp,
) -> Result<Vec<PersonId>, Error> {
    let proposed = undecided()
        .filter(applications::agency_id.eq(agency.to_string()))
        .filter(applications::kind.eq(kind.as_str()))
        .select(application_people::person_id);
    let ids: Vec<String> = credentials::table
        .filter(credentials::agency_id.eq(agency.to_string()))
        .filter(credentials::kind.eq(kind.credential().as_str()))
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_until.gt(now.micros()).and(credentials::valid_until.le(until.micros())))
        .filter(shown())
        // Not `ne_all`: PostgreSQL compares that with each of them, one by one.
        .filter(not(credentials::person_id.eq_any(proposed)))
        .order((credentials::valid_until, credentials::id))
        .select(credentials::person_id)
        .load(db.db())?;
    let mut seen = HashSet::new();
    ids.iter().filter(|id| seen.insert(id.as_str())).map(|id| columns::id(id)).collect()
}
