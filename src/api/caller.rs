//! Who is calling: the first of all checks under `/api/v1`.
//!
//! Whoever is not signed in learns nothing but that, not even which addresses there are. What anybody may ask for
//! stands in `policy::ANONYMOUS`.

use super::State;
use crate::app::Registry;
use crate::app::sessions::Admitted;
use crate::error::Error;
use crate::policy;
use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use std::sync::{Arc, LazyLock};

/// What is open to anybody, as the router reads it.
static OPEN: LazyLock<Vec<(&str, ResourceDef)>> = LazyLock::new(|| {
    policy::ANONYMOUS.iter().map(|(method, path)| (*method, ResourceDef::new(format!("{}{path}", super::V1)))).collect()
});

/// Lets in whoever is signed in, and anybody to what is open.
pub(super) async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match recognise(&request).await {
        Ok(admitted) => {
            if let Some(admitted) = admitted {
                request.extensions_mut().insert(admitted);
            }
            next.call(request).await.map(ServiceResponse::map_into_boxed_body)
        }
        Err(error) => Ok(request.error_response(error)),
    }
}

/// The caller; `None` for anybody at something open.
async fn recognise(request: &ServiceRequest) -> Result<Option<Admitted>, Error> {
    // Where people sign in, an old token that is sent along must not stand in the way.
    let signs_in = || request.path().strip_prefix(super::V1).is_some_and(|path| path.starts_with("/sessions"));
    let is_open = || OPEN.iter().any(|(method, path)| *method == request.method() && path.is_match(request.path()));
    match request.headers().get(AUTHORIZATION) {
        None if is_open() => Ok(None),
        Some(_) if signs_in() && is_open() => Ok(None),
        None => Err(Error::Unauthenticated),
        Some(sent) => {
            let token = sent.to_str().ok().and_then(bearer).ok_or(Error::Unauthenticated)?;
            let state = request.app_data::<web::Data<State>>().ok_or_else(|| Error::internal("no state"))?;
            authenticate(&state.registry, token).await.map(Some)
        }
    }
}

/// The token of `Bearer TOKEN`; the scheme's case does not count (RFC 9110 §11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

/// Most tokens were seen a moment ago; only for others is the database asked.
async fn authenticate(registry: &Arc<Registry>, token: &str) -> Result<Admitted, Error> {
    if let Some(admitted) = registry.cached_caller(token) {
        return Ok(admitted);
    }
    let (registry, token) = (Arc::clone(registry), token.to_owned());
    web::block(move || registry.authenticate(&token)).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_after_its_scheme() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
