//! For whoever runs the registry, and for programs that verify: outside `/api/v1`, open to anybody.

use super::State;
use super::address::Origin;
use super::answer::{Answer, JSON, Outcome};
use super::context::{Visit, block};
use super::problem::{OpenGuessProblems, OpenReadProblems};
use super::published::Public;
use super::query::NoQuery;
use crate::app::misses::{Guesser, Secret, found_nothing};
use crate::domain::printed::PhotoDigest;
use crate::error::Error;
use actix_web::{get, web};
use serde::Serialize;
use utoipa::ToSchema;

/// How the server feels.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// The process is alive
///
/// Always 200: an orchestrator that sees anything else starts it again.
#[utoipa::path(operation_id = "get_liveness", tag = "operation", security(()),
    responses((status = 200, description = "It is alive.", body = Health), OpenReadProblems))]
#[get("/livez")]
pub(super) async fn get_liveness(_: NoQuery) -> Outcome {
    Answer::ok(&Health { status: "ok" })
}

/// The server can do its work
///
/// 200 when its database answers and the file of the key that seals is here, else 503: a load balancer sends requests
/// elsewhere meanwhile.
#[utoipa::path(operation_id = "get_readiness", tag = "operation", security(()),
    responses((status = 200, description = "It is ready.", body = Health), OpenReadProblems))]
#[get("/readyz")]
pub(super) async fn get_readiness(visit: Visit, _: NoQuery) -> Outcome {
    block(move || visit.registry.is_ready()).await.map_err(|error| {
        tracing::warn!(%error, "this node is not ready");
        Error::Overloaded
    })?;
    Answer::ok(&Health { status: "ok" })
}

/// Numbers of this node
///
/// Requests and their durations by address template, method and class of status, in the OpenMetrics text format.
/// Nothing in it tells who asked for what.
#[utoipa::path(operation_id = "get_metrics", tag = "operation", security(()), responses(
    (status = 200, description = "Numbers since the node started.", content_type = "application/openmetrics-text",
        body = String), OpenReadProblems))]
#[get("/metrics")]
pub(super) async fn get_metrics(state: web::Data<State>, _: NoQuery) -> Outcome {
    let text = state.metrics.text().map_err(Error::internal)?;
    Ok(Answer::bytes("application/openmetrics-text; version=1.0.0; charset=utf-8", text.into_bytes()))
}

/// The issuer document
///
/// Whom to trust: names, hosts and public keys, as described in the documentation of the card code. The signatures
/// are over these exact bytes.
#[utoipa::path(operation_id = "get_issuer", tag = "verifying", security(()), responses(
    (status = 200, description = "The document.", content_type = "application/json", body = Object,
        headers(("ETag" = String, description = "Of these exact bytes."))), OpenReadProblems))]
#[get("/.well-known/press-registry/issuer")]
pub(super) async fn get_issuer(visit: Visit, _: NoQuery) -> Public {
    Public::new(JSON, visit.registry.ring().document().clone()).for_every_origin()
}

/// The issuer document's signatures
///
/// ES256 over the document's exact bytes, by each active key of use `status`.
#[utoipa::path(operation_id = "get_issuer_signatures", tag = "verifying", security(()), responses(
    (status = 200, description = "The signatures.", body = Vec<SignatureView>,
        headers(("ETag" = String, description = "Of these exact bytes."))), OpenReadProblems))]
#[get("/.well-known/press-registry/issuer.sig")]
pub(super) async fn get_issuer_signatures(visit: Visit, _: NoQuery) -> Public {
    Public::new(JSON, visit.registry.ring().document_signatures().clone()).for_every_origin()
}

/// One signature over the issuer document.
#[derive(ToSchema)]
#[schema(as = IssuerSignature)]
#[expect(dead_code, reason = "it is the documentation; the key ring writes them")]
struct SignatureView {
    /// The key that signed, 8 hex digits.
    #[schema(example = "1f2e3d4c")]
    kid: String,
    /// r ‖ s, base64url without padding.
    sig: String,
}

/// A portrait on a valid credential
///
/// The very bytes whose SHA-256 begins with the digest in a card code, at most 200 pixels wide and high. 404 unless a
/// credential that carries it is valid.
#[utoipa::path(operation_id = "get_portrait", tag = "verifying", security(()),
    params(("digest" = String, Path, description = "The first 8 bytes of the picture's SHA-256, 16 lower-case hex digits.",
        example = "ba7816bf8f01cfea")),
    responses((status = 200, description = "The picture.", content_type = "image/jpeg", body = Vec<u8>), OpenGuessProblems))]
#[get("/portraits/{digest}")]
pub(super) async fn get_portrait(visit: Visit, origin: Origin, digest: web::Path<String>, _: NoQuery) -> Outcome {
    let digest = PhotoDigest::parse(&digest).map_err(|_| Error::NotFound)?;
    let find = move || {
        let (registry, guesser) = (&visit.registry, Guesser::Stranger(origin.0));
        registry.try_secret(Secret::Portrait, guesser, || registry.public_picture(digest), found_nothing)
    };
    let picture = block(find).await?;
    Ok(Answer::bytes("image/jpeg", picture))
}
