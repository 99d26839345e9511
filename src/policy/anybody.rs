//! What is open to those who are not signed in.

use super::{Operation, Permit, enter};
use crate::domain::accounts::Caller;
use crate::domain::events::Actor;
use crate::error::Error;

/// Leave to report misuse, and to add evidence: in the caller's own name, else in nobody's. Whoever signed in with a
/// one-time code is nobody yet.
///
/// # Errors
/// 403 for roles that change nothing.
pub fn to_report(caller: Option<&Caller>) -> Result<Permit, Error> {
    match caller.filter(|caller| !caller.must_change_password) {
        Some(caller) => enter(caller, Operation::ReportMisuse)?.anywhere(),
        None => Ok(Permit { actor: Actor::Anybody, province: None }),
    }
}

/// What anybody may ask for without signing in: method and path template under `/api/v1`.
pub const ANONYMOUS: &[(&str, &str)] = &[
    ("POST", "/sessions"),
    ("POST", "/sessions/refresh"),
    ("POST", "/verifications"),
    ("GET", "/provinces"),
    ("GET", "/misuse-kinds"),
    ("POST", "/misuse-reports"),
    ("GET", "/misuse-reports/{receipt}"),
    ("POST", "/misuse-reports/{receipt}/evidence"),
    ("GET", "/statistics/misuse"),
];
