//! Of which credentials somebody is to be told, without anybody's doing, who was not told yet.

use super::columns;
use super::connection::Read;
use super::credentials::at_work;
use super::schema::{agencies, cases, credentials, notices};
use crate::domain::agencies::AgencyState;
use crate::domain::credentials::{CredentialState, Ground};
use crate::domain::ids::CredentialId;
use crate::domain::printed::CredentialKind;
use crate::domain::time::Timestamp;
use crate::error::Error;
use diesel::prelude::*;

/// Which credentials are looked at.
#[derive(Clone, Copy, Debug)]
pub enum Sight {
    /// The next of all of them, after this one; so many.
    After(Option<CredentialId>, i64),
    /// This one alone.
    One(CredentialId),
}

macro_rules! seen {
    ($db:expr, $found:expr, $sight:expr) => {{
        let found = $found.order(credentials::id).select(credentials::id);
        let ids: Vec<String> = match $sight {
            Sight::After(after, limit) => {
                let after = after.map(|id| id.to_string()).unwrap_or_default();
                found.filter(credentials::id.gt(after)).limit(limit).load($db.db())?
            }
            Sight::One(id) => found.filter(credentials::id.eq(id.to_string())).load($db.db())?,
        };
        ids.iter().map(|id| columns::id(id)).collect()
    }};
}

/// Press cards and collaborators' cards in force that expire before `until`, whose holders are at work for an agency that
/// is.
///
/// # Errors
/// The database's.
pub fn expiring(
    db: &mut impl Read,
    now: Timestamp,
    until: Timestamp,
    sight: Sight,
) -> Result<Vec<CredentialId>, Error> {
    let cards = [CredentialKind::PressCard, CredentialKind::CollaboratorCard].map(CredentialKind::as_str);
    let told = notices::object_id.eq(credentials::id.nullable()).and(notices::duty.eq("card_expiring"));
    let found = credentials::table
        .inner_join(agencies::table)
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_until.gt(now.micros()).and(credentials::valid_until.le(until.micros())))
        .filter(credentials::kind.eq_any(cards))
        .filter(credentials::name.ne(""))
        .filter(agencies::state.eq(AgencyState::Active.as_str()))
        .filter(at_work(now.day()))
        .filter(diesel::dsl::not(diesel::dsl::exists(notices::table.filter(told))));
    seen!(db, found, sight)
}

/// Cards and letters in this state before their last day, of which nobody was told by a notice of this duty with the entry
/// of the log that tells of it: one may come back and go again. What a case decided, or suspended meanwhile, is told as a
/// notice of the case.
#[diesel::dsl::auto_type]
fn untold(state: &'static str, duty: &'static str, now: Timestamp) -> _ {
    let micros: i64 = now.micros();
    let misuse: &'static str = Ground::Misuse.as_str();
    let by_decision = credentials::ground.is_not_null().and(credentials::ground.eq(misuse).assume_not_null());
    let meanwhile = cases::table
        .filter(cases::interim_credential_id.eq(credentials::id.nullable()))
        .filter(cases::interim_index.eq(credentials::log_index.nullable()));
    let told = notices::table
        .filter(notices::object_id.eq(credentials::id.nullable()))
        .filter(notices::duty.eq(duty))
        .filter(notices::log_index.eq(credentials::log_index.nullable()));
    credentials::table
        .filter(credentials::state.eq(state))
        .filter(credentials::valid_until.gt(micros))
        .filter(credentials::name.ne(""))
        .filter(diesel::dsl::not(by_decision))
        .filter(diesel::dsl::not(diesel::dsl::exists(meanwhile)))
        .filter(diesel::dsl::not(diesel::dsl::exists(told)))
}

/// Cards and letters that were revoked, whose holders were not told of this revocation.
///
/// # Errors
/// The database's.
pub fn withdrawn(db: &mut impl Read, now: Timestamp, sight: Sight) -> Result<Vec<CredentialId>, Error> {
    seen!(db, untold(CredentialState::Revoked.as_str(), "credential_withdrawn", now), sight)
}

/// Cards and letters that were suspended, whose holders were not told of this suspension.
///
/// # Errors
/// The database's.
pub fn suspended(db: &mut impl Read, now: Timestamp, sight: Sight) -> Result<Vec<CredentialId>, Error> {
    seen!(db, untold(CredentialState::Suspended.as_str(), "credential_suspended", now), sight)
}
