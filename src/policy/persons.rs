//! Whether two are one: where somebody else is needed, and what people do to themselves.

use crate::domain::accounts::Caller;
use crate::domain::ids::{AgencyId, PersonId, UserId};
use crate::error::Error;

/// Whoever drafted, handed in or endorsed never approves: two persons for every card. Refusing is open to them, as it
/// gives nobody anything.
///
/// # Errors
/// 403 `second-person-required`.
pub fn another_person(caller: &Caller, earlier: &[Option<UserId>]) -> Result<(), Error> {
    match earlier.contains(&Some(caller.user)) {
        true => Err(Error::SecondPersonRequired),
        false => Ok(()),
    }
}

/// Nobody disables the account they are signed in with, lest the last administrator lock everybody out.
///
/// # Errors
/// 403 `forbidden`.
pub fn not_oneself(caller: &Caller, account: UserId) -> Result<(), Error> {
    match caller.user == account {
        true => Err(Error::Forbidden),
        false => Ok(()),
    }
}

/// Whether this is the caller's account: that of whoever reported, or to whom a notice is addressed.
pub fn is_own_account(caller: &Caller, account: Option<UserId>) -> bool {
    account == Some(caller.user)
}

/// Whether somebody who may see a record is told where else the person works: an agency is not. What was at an agency that
/// has ended is its own where it took that one's place.
pub fn sees_engagement(caller: &Caller, took_the_place_of: &[AgencyId], agency: AgencyId) -> bool {
    caller.role.agency().is_none_or(|own| own == agency || took_the_place_of.contains(&agency))
}

/// Whether the caller looks at their own record: that is not written down.
pub fn is_oneself(caller: &Caller, person: PersonId) -> bool {
    caller.role.person() == Some(person)
}
