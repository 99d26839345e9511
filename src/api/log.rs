//! The public log (C2SP `tlog-tiles`): anybody may fetch all of it, and learns that things happened, not what.

use super::answer::{Answer, Outcome};
use super::context::{Visit, block};
use super::problem::OpenReadProblems;
use super::query::NoQuery;
use crate::domain::log::{TileAddress, entries};
use crate::error::Error;
use actix_web::{get, web};

/// Binary tiles.
const OCTETS: &str = "application/octet-stream";

/// The newest checkpoint
///
/// How many entries the log has and the root of the tree over them, as a signed note (C2SP `tlog-checkpoint`). An
/// entry is under it within a second.
#[utoipa::path(operation_id = "get_checkpoint", tag = "log", security(()), responses(
    (status = 200, description = "A signed note.", content_type = "text/plain", body = String), OpenReadProblems))]
#[get("/log/checkpoint")]
pub(super) async fn get_checkpoint(visit: Visit, _: NoQuery) -> Outcome {
    let published = visit.registry.log.published().ok_or(Error::NotFound)?;
    Ok(Answer::bytes("text/plain; charset=utf-8", published.note.clone().into_bytes()).tagged_by_bytes().public())
}

/// A bundle of entries
///
/// 256 leaves, each with its length in two bytes before it, or as many as are asked for with `.p/W`. N is written in
/// groups of three digits, all but the last with an `x` before: `x001/x234/067`.
#[utoipa::path(operation_id = "get_log_entries", tag = "log", security(()),
    params(("place" = String, Path, description = "`<N>[.p/<W>]`", example = "000.p/3")),
    responses((status = 200, description = "It never changes.", content_type = "application/octet-stream", body = Vec<u8>),
        OpenReadProblems))]
#[get("/log/tile/entries/{place:.*}")]
pub(super) async fn get_log_entries(visit: Visit, place: web::Path<String>, _: NoQuery) -> Outcome {
    let (n, width) = entries::parse(&place).ok_or(Error::NotFound)?;
    let bundle = block(move || visit.registry.store.read(|db| visit.registry.log_entries(db, n, width))).await?;
    Ok(Answer::bytes(OCTETS, bundle.ok_or(Error::NotFound)?).for_ever())
}

/// A tile of hashes
///
/// 256 hashes of level L, or as many as are asked for with `.p/W`; N as for bundles of entries.
#[utoipa::path(operation_id = "get_log_tile", tag = "log", security(()),
    params(("place" = String, Path, description = "`<L>/<N>[.p/<W>]`", example = "0/000.p/3")),
    responses((status = 200, description = "It never changes.", content_type = "application/octet-stream", body = Vec<u8>),
        OpenReadProblems))]
#[get("/log/tile/{place:.*}")]
pub(super) async fn get_log_tile(visit: Visit, place: web::Path<String>, _: NoQuery) -> Outcome {
    let address = TileAddress::parse(&place).ok_or(Error::NotFound)?;
    let tile = block(move || visit.registry.store.read(|db| visit.registry.log_tile(db, address))).await?;
    Ok(Answer::bytes(OCTETS, tile.ok_or(Error::NotFound)?).for_ever())
}
