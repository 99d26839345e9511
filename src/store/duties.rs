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

/// Press cards in force that expire before `until`, whose holders are at work for an agency that is.
///
/// # Errors
/// The database's.
pub fn expiring(
    db: &mut impl Read,
    now: Timestamp,
    until: Timestamp,
    sight: Sight,
) -> Result<Vec<CredentialId>, Error> {
    let told = notices::object_id.eq(credentials::id.nullable()).and(notices::duty.eq("card_expiring"));
    let found = credentials::table
        .inner_join(agencies::table)
        .filter(credentials::state.eq(CredentialState::Active.as_str()))
        .filter(credentials::valid_until.gt(now.micros()).and(credentials::valid_until.le(until.micros())))
        .filter(credentials::kind.eq(CredentialKind::PressCard.as_str()))
        .filter(credentials::name.ne(""))
        .filter(agencies::state.eq(AgencyState::Active.as_str()))
        .filter(at_work(now.day()))
        .filter(diesel::dsl::not(diesel::dsl::exists(notices::table.filter(told))));
    seen!(db, found, sight)
}

/// Letters and collaborators' cards that were revoked before their last day, which was not told of this revocation: one
/// may come back and be revoked again. What a case decided is told as a notice of the case.
///
/// # Errors
/// The database's.
pub fn withdrawn(db: &mut impl Read, now: Timestamp, sight: Sight) -> Result<Vec<CredentialId>, Error> {
    let resting = [CredentialKind::IntroductionLetter, CredentialKind::CollaboratorCard].map(CredentialKind::as_str);
    let by_case = credentials::ground.is_not_null().and(credentials::ground.eq(Ground::Misuse.as_str()));
    let told = notices::object_id
        .eq(credentials::id.nullable())
        .and(notices::duty.eq("credential_withdrawn"))
        .and(notices::log_index.eq(credentials::log_index.nullable()));
    let found = credentials::table
        .filter(credentials::state.eq(CredentialState::Revoked.as_str()))
        .filter(credentials::valid_until.gt(now.micros()))
        .filter(credentials::kind.eq_any(resting))
        .filter(credentials::name.ne(""))
        .filter(diesel::dsl::not(by_case))
        .filter(diesel::dsl::not(diesel::dsl::exists(notices::table.filter(told))));
    seen!(db, found, sight)
}
