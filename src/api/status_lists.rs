//! Status lists and honest sets: signed, for anybody, from memory. Who asks for one tells nobody which card it is about.

use super::context::Visit;
use super::problem::OpenReadProblems;
use super::published::Public;
use super::query::NoQuery;
use crate::domain::signed_list::ListName;
use crate::domain::{honest_set, status_list};
use crate::error::Error;
use actix_web::{get, web};

/// A status list
///
/// One bit for each card: a set one says that it is withdrawn, or was never issued (draft-ietf-oauth-status-list-20,
/// CWT form), as described in the documentation of the card code. A change is in it within a second.
#[utoipa::path(operation_id = "get_status_list", tag = "verifying", security(()),
    params(("n" = String, Path, description = "Its number: a card's status index divided by 131,072.", example = "0")),
    responses((status = 200, description = "The signed list.", content_type = "application/statuslist+cwt", body = Vec<u8>,
        headers(("ETag" = String, description = "Of these exact bytes."))), OpenReadProblems))]
#[get("/status/{n}")]
pub(super) async fn get_status_list(visit: Visit, n: web::Path<String>, _: NoQuery) -> Result<Public, Error> {
    match ListName::parse(&n) {
        Some(name @ ListName::Status(_)) => serve(&visit, name, status_list::MEDIA_TYPE),
        Some(ListName::Honest(_)) | None => Err(Error::NotFound),
    }
}

/// An honest set
///
/// What stands for each card that was really issued under a compromised key: whatever else it signed is forged.
#[utoipa::path(operation_id = "get_honest_set", tag = "verifying", security(()),
    params(("kid" = String, Path, description = "The compromised key: 8 lower-case hex digits.", example = "1f2e3d4c")),
    responses((status = 200, description = "The signed set.", content_type = "application/cwt", body = Vec<u8>,
        headers(("ETag" = String, description = "Of these exact bytes."))), OpenReadProblems))]
#[get("/status/honest/{kid}")]
pub(super) async fn get_honest_set(visit: Visit, kid: web::Path<String>, _: NoQuery) -> Result<Public, Error> {
    let name = ListName::parse(&format!("honest/{kid}")).ok_or(Error::NotFound)?;
    serve(&visit, name, honest_set::MEDIA_TYPE)
}

fn serve(visit: &Visit, name: ListName, media_type: &'static str) -> Result<Public, Error> {
    let served = visit.registry.lists.get(name).ok_or(Error::NotFound)?;
    Ok(Public::new(media_type, served.token.clone()).for_every_origin())
}
