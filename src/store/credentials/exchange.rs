//! Which cards are to be exchanged.

use super::IN_USE;
use crate::domain::printed::CredentialKind;
use crate::domain::time::Timestamp;
use crate::store::schema::{agencies, credentials};
use diesel::prelude::*;

/// Cards in use that bear another name than their agency has today: it took their holder over, or was renamed.
#[diesel::dsl::auto_type]
pub(super) fn bears_another_name(now: Timestamp) -> _ {
    let kinds: [&'static str; 2] = [CredentialKind::PressCard.as_str(), CredentialKind::CollaboratorCard.as_str()];
    let states: [&'static str; 2] = IN_USE;
    let micros: i64 = now.micros();
    let other = credentials::agency_name.nullable().ne(agencies::short_name).assume_not_null();
    credentials::kind
        .eq_any(kinds)
        .and(credentials::state.eq_any(states))
        .and(credentials::valid_until.gt(micros))
        .and(other)
}
