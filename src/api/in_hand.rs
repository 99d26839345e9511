//! How many requests a node takes in hand at once. What is more is told to come back, at once and before anything of it
//! is read: a queue that only grows serves nobody.
//!
//! Each class has places of its own, so that the others cannot take them. Checking a card is shed last: whoever stands
//! before a reporter has no other way to know.

use super::{State, V1};
use crate::error::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Checks, and what phones fetch for them: most need no database and less than a millisecond.
const CHECKS: usize = 2_048;
/// Of people who sent a token: far more than the database serves at once, and a queue that is soon worked off.
const MEMBERS: usize = 512;
/// Of anybody else: signing in, reporting, reading. A body is waited for at most half a minute or, of evidence, ten.
const STRANGERS: usize = 256;

/// How the node is: whoever watches over it is answered however busy it is, or would start it again.
const HEALTH: [&str; 3] = ["/livez", "/readyz", "/metrics"];
/// The page that checks.
const FOR_CHECKS: [&str; 4] = ["/v", "/V", "/v/worker.js", "/v/style.css"];
/// Where all that is below is for checks.
const ALL_FOR_CHECKS: [&str; 3] = ["/.well-known/press-registry/", "/status/", "/portraits/"];

/// What a request is about, as far as its head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Checking a card.
    Check,
    /// Somebody with a token; one that is no good is refused at once.
    Member,
    /// Anything else.
    Stranger,
}

impl Class {
    fn of(path: &str, has_token: bool) -> Self {
        let below = path.strip_prefix(V1);
        let is_check = FOR_CHECKS.contains(&path)
            || ALL_FOR_CHECKS.iter().any(|prefix| path.starts_with(prefix))
            || below == Some("/verifications");
        // Where people sign in, a token that is sent along is not looked at.
        let is_member = has_token && below.is_some_and(|path| !path.starts_with("/sessions"));
        match (is_check, is_member) {
            (true, _) => Self::Check,
            (false, true) => Self::Member,
            (false, false) => Self::Stranger,
        }
    }
}

/// The places of one node.
pub(super) struct Places {
    checks: Semaphore,
    members: Semaphore,
    strangers: Semaphore,
}

impl Places {
    /// All free.
    pub(super) const fn new() -> Self {
        Self {
            checks: Semaphore::const_new(CHECKS),
            members: Semaphore::const_new(MEMBERS),
            strangers: Semaphore::const_new(STRANGERS),
        }
    }

    fn take(&self, class: Class) -> Result<SemaphorePermit<'_>, Error> {
        let places = match class {
            Class::Check => &self.checks,
            Class::Member => &self.members,
            Class::Stranger => &self.strangers,
        };
        places.try_acquire().map_err(|_| Error::Overloaded)
    }
}

/// Gives a request a place until it is answered, or sheds it.
pub(super) async fn limit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return Err(actix_web::error::ErrorInternalServerError("no state"));
    };
    if HEALTH.contains(&request.path()) {
        return next.call(request).await.map(ServiceResponse::map_into_boxed_body);
    }
    let class = Class::of(request.path(), request.headers().contains_key(AUTHORIZATION));
    match state.places.take(class) {
        Ok(_place) => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
        Err(error) => Ok(request.error_response(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_checks_need_is_of_their_class_and_nothing_else() {
        for path in ["/api/v1/verifications", "/v", "/V", "/status/0", "/status/honest/00112233", "/portraits/00"] {
            assert_eq!((Class::of(path, false), Class::of(path, true)), (Class::Check, Class::Check), "{path}");
        }
        for path in ["/", "/report", "/api/v1/misuse-reports", "/api/v1/verifications/x", "/log/tile/0/000", "/docs/"] {
            assert_eq!(Class::of(path, false), Class::Stranger, "{path}");
        }
        assert_eq!(Class::of("/api/v1/agencies", true), Class::Member);
        // A header that nobody looks at buys no better place.
        for path in ["/api/v1/sessions", "/api/v1/sessions/refresh", "/report", "/log/checkpoint"] {
            assert_eq!(Class::of(path, true), Class::Stranger, "{path}");
        }
    }

    #[test]
    fn checks_have_places_when_all_others_are_taken() {
        let places = Places::new();
        let others = [(Class::Member, MEMBERS), (Class::Stranger, STRANGERS)];
        let taken: Vec<_> =
            others.iter().flat_map(|(class, many)| (0..*many).map(|_| places.take(*class).expect("a place"))).collect();
        for (class, _) in others {
            assert!(matches!(places.take(class), Err(Error::Overloaded)), "{class:?}");
        }
        assert!(places.take(Class::Check).is_ok());
        drop(taken);
        assert!(places.take(Class::Stranger).is_ok());
    }
}
