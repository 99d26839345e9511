//! Credentials in use: who may read them, and what is shown of them. What happens to them is in `events`.

mod events;
mod past;

pub use crate::store::credentials::Filter;
pub use events::{EventForm, happen};
pub(super) use events::{follow, happen_by_case, held_beside, named_by_case, replace_by};
pub(super) use past::was_valid;

use super::Registry;
use super::gate::{Etag, Gate};
use super::page::{Asked, Part};
use crate::domain::accounts::Caller;
use crate::domain::card_code;
use crate::domain::credentials::Credential;
use crate::domain::events::{Object, Recorded};
use crate::domain::ids::CredentialId;
use crate::domain::time::Timestamp;
use crate::domain::typed_code;
use crate::error::Error;
use crate::policy::{self, Entry, Operation, Ownership, Permit};
use crate::store::{Read, Reader, Tx, credentials, events as recorded};

/// The tag of a credential as it is shown now: its dates change what is shown without anybody's doing.
pub fn etag(credential: &Credential, now: Timestamp) -> Etag {
    Etag::of_shown(credential.version, credential.shown(now).as_str())
}

pub(super) fn ownership(db: &mut impl Read, it: &Credential) -> Result<Ownership, Error> {
    let province = credentials::province_of_agency(db, it.agency)?;
    Ok(Ownership::of_agency(it.agency, province.as_ref()).and_person(it.person))
}

/// A credential.
///
/// # Errors
/// 403, 404.
pub fn read(db: &mut Reader, caller: &Caller, id: CredentialId) -> Result<Credential, Error> {
    let entry = policy::enter(caller, Operation::ReadCredentials)?;
    let found = credentials::find(db, id)?.ok_or(Error::NotFound)?;
    entry.on(&ownership(db, &found)?)?;
    Ok(found)
}

/// A credential of those that the caller may do such a thing to; `None` for another's as for a missing one.
pub(super) fn reachable(db: &mut Reader, entry: &Entry<'_>, id: CredentialId) -> Result<Option<Credential>, Error> {
    let Some(found) = credentials::find(db, id)? else { return Ok(None) };
    match entry.on(&ownership(db, &found)?) {
        Ok(_) => Ok(Some(found)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The credential that the caller wants something to happen to, as they know it, and leave to let it happen. What cannot
/// be read is answered only to those who may know that the credential exists: it asks for no operation.
///
/// # Errors
/// 403, 404, 412, 428.
pub(super) fn admitted(
    tx: &mut Tx,
    caller: &Caller,
    id: CredentialId,
    gate: &Gate,
    operation: Option<Operation>,
) -> Result<(Credential, Permit), Error> {
    let entry = policy::enter(caller, operation.unwrap_or(Operation::ReadCredentials))?;
    let found = credentials::find(tx, id)?.ok_or(Error::NotFound)?;
    let permit = entry.on(&ownership(tx, &found)?)?;
    gate.pass(tx, &etag(&found, tx.now()))?;
    Ok((found, permit))
}

/// Credentials within the caller's reach.
///
/// # Errors
/// 403.
pub fn list(
    db: &mut Reader,
    caller: &Caller,
    asked: Asked<Filter, CredentialId>,
) -> Result<Part<Credential, CredentialId>, Error> {
    let range = policy::enter(caller, Operation::ReadCredentials)?.range();
    let (filter, page) = asked?;
    let items = credentials::list(db, &range, filter, page.after, page.limit)?;
    Ok(Part::cut(items, page.limit, |it| it.id))
}

/// A credential, and what happened to it.
///
/// # Errors
/// 403, 404.
pub fn history(
    db: &mut Reader,
    caller: &Caller,
    id: CredentialId,
    asked: Asked<(), i64>,
) -> Result<(Credential, Part<Recorded, i64>), Error> {
    let it = read(db, caller, id)?;
    let ((), page) = asked?;
    let items = recorded::of_object(db, &Object::Credential(id), page.after, page.limit)?;
    Ok((it, Part::cut(items, page.limit, |event| event.index)))
}

/// The text of a credential's QR.
pub fn qr_text(registry: &Registry, credential: &Credential) -> String {
    card_code::text(&registry.settings.public_url, &credential.code)
}

/// The code printed beside the QR, for those who cannot scan.
pub fn typed_code(registry: &Registry, credential: &Credential) -> String {
    let check = registry.secrets.typed.check(credential.kid, credential.status_index);
    typed_code::printed(&credential.number, check)
}
