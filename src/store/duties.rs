//! Of which credentials somebody is to be told, without anybody's doing, who was not told yet.

use super::columns;
use super::connection::Read;
use super::credentials::at_work;
use super::schema::{agencies, credentials, notices};
use crate::domain::agencies::AgencyState;
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::ids::CredentialId;
use crate::domain::printed::CredentialKind;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// Whether this was told of the credential before.
#[diesel::dsl::auto_type]
fn was_told(duty: &'static str) -> _ {
    let of_it = notices::object_id.eq(credentials::id.nullable()).and(notices::duty.eq(duty));
    diesel::dsl::exists(notices::table.filter(of_it))
}

/// Press cards in force that expire before `until`, whose holders are at work for an agency that is; the first to expire
/// first.
///
/// # Errors
/// The database's.
pub fn expiring(db: &mut impl Read, now: Timestamp, until: Timestamp, limit: i64) -> Result<Vec<CredentialId>, Error> {
    let ids: Vec<String> = credentials::table
        .inner_join(agencies::table)
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_until.gt(now.micros()).and(credentials::valid_until.le(until.micros())))
        .filter(credentials::kind.eq(CredentialKind::PressCard.as_str()))
        .filter(credentials::name.ne(""))
        .filter(agencies::state.eq(AgencyState::Active.as_str()))
        .filter(at_work(now.day()))
        .filter(diesel::dsl::not(was_told("card_expiring")))
        .order((credentials::valid_until, credentials::id))
        .limit(limit)
        .select(credentials::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}

/// Letters and collaborators' cards that were revoked before their last day; what a case decided is told as a notice of
/// the case.
///
/// # Errors
/// The database's.
pub fn withdrawn(db: &mut impl Read, now: Timestamp, limit: i64) -> Result<Vec<CredentialId>, Error> {
    let resting = [CredentialKind::IntroductionLetter, CredentialKind::CollaboratorCard].map(CredentialKind::as_str);
    let by_case = credentials::ground.is_not_null().and(credentials::ground.eq(Ground::Misuse.as_str()));
    let ids: Vec<String> = credentials::table
        .filter(credentials::state.eq(CredentialState::Revoked.as_str()))
        .filter(credentials::valid_until.gt(now.micros()))
        .filter(credentials::kind.eq_any(resting))
        .filter(credentials::name.ne(""))
        .filter(diesel::dsl::not(by_case))
        .filter(diesel::dsl::not(was_told("credential_withdrawn")))
        .order((credentials::valid_until, credentials::id))
        .limit(limit)
        .select(credentials::id)
        .load(db.db())?;
    ids.iter().map(|id| columns::id(id)).collect()
}
