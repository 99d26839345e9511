//! How many requests a node takes in hand at once. What is more is told to come back, at once and before anything of it
//! is read: a queue that only grows serves nobody.
//!
//! Each class has places of its own, so that the others cannot take them. Checking a card is shed last: whoever stands
//! before a reporter has no other way to know. Of the places where a body is waited for, no neighbourhood of addresses
//! has more than a share: otherwise whoever opens connections and sends nothing would have them all.

use super::{State, V1, address};
use crate::error::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::web;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Checks, and what phones fetch for them: most need no database and less than a millisecond.
const CHECKS: usize = 2_048;
/// Of people who sent a token: far more than the database serves at once, and a queue that is soon worked off.
const MEMBERS: usize = 512;
/// Of anybody else: signing in, reporting, reading. A body is waited for at most half a minute or, of evidence, ten.
const STRANGERS: usize = 256;
/// A neighbourhood waits with bodies in one of so many places: offices and carriers put many people behind one.
const SHARES: usize = 4;

/// How the node is: whoever watches over it is answered however busy it is, or would start it again.
const HEALTH: [&str; 3] = ["/livez", "/readyz", "/metrics"];
/// The page that checks.
const FOR_CHECKS: [&str; 4] = ["/v", "/V", "/v/worker.js", "/v/style.css"];
/// Where all that is below is for checks.
const ALL_FOR_CHECKS: [&str; 3] = ["/.well-known/press-registry/", "/status/", "/portraits/"];

/// What a request is about, as far as its head tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    bodies: Mutex<HashMap<Neighbours, usize>>,
}

/// A neighbourhood of addresses with requests of a class that have a body. Known while they are in hand, and no longer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Neighbours {
    class: Class,
    prefix: Vec<u8>,
}

/// A place, until it is dropped.
struct Place<'a> {
    _permit: SemaphorePermit<'a>,
    _share: Option<Share<'a>>,
}

/// One more body of a neighbourhood, until it is dropped.
struct Share<'a> {
    bodies: &'a Mutex<HashMap<Neighbours, usize>>,
    of: Neighbours,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        match bodies.get_mut(&self.of) {
            Some(many) if *many > 1 => *many -= 1,
            Some(_) | None => drop(bodies.remove(&self.of)),
        }
    }
}

impl Places {
    /// All free.
    pub(super) fn new() -> Self {
        Self {
            checks: Semaphore::const_new(CHECKS),
            members: Semaphore::const_new(MEMBERS),
            strangers: Semaphore::const_new(STRANGERS),
            bodies: Mutex::default(),
        }
    }

    /// A place, and a share where there is a body of `sender`'s to wait for.
    fn take(&self, class: Class, sender: Option<Vec<u8>>) -> Result<Place<'_>, Error> {
        let (places, all) = match class {
            Class::Check => (&self.checks, CHECKS),
            Class::Member => (&self.members, MEMBERS),
            Class::Stranger => (&self.strangers, STRANGERS),
        };
        let share = sender.map(|prefix| self.share(Neighbours { class, prefix }, all / SHARES)).transpose()?;
        let permit = places.try_acquire().map_err(|_| Error::Overloaded)?;
        Ok(Place { _permit: permit, _share: share })
    }

    fn share(&self, of: Neighbours, most: usize) -> Result<Share<'_>, Error> {
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        let many = bodies.entry(of.clone()).or_default();
        if *many >= most {
            return Err(Error::Overloaded);
        }
        *many += 1;
        Ok(Share { bodies: &self.bodies, of })
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
    let has_body = !matches!(*request.method(), Method::GET | Method::HEAD);
    let sender = has_body.then(|| address::neighbours(request.request(), &state.registry.settings));
    match state.places.take(class, sender) {
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
        let all = |(class, many): &(Class, usize)| {
            let class = *class;
            (0..*many).map(|_| places.take(class, None).expect("a place")).collect::<Vec<_>>()
        };
        let taken: Vec<_> = others.iter().map(all).collect();
        for (class, _) in others {
            assert!(matches!(places.take(class, None), Err(Error::Overloaded)), "{class:?}");
        }
        assert!(places.take(Class::Check, None).is_ok());
        drop(taken);
        assert!(places.take(Class::Stranger, None).is_ok());
    }

    #[test]
    fn one_neighbourhood_cannot_take_the_places_of_others_with_bodies_that_never_come() {
        let (here, there) = (|| Some(vec![203, 0, 113]), || Some(vec![198, 51, 100]));
        for (class, all) in [(Class::Check, CHECKS), (Class::Stranger, STRANGERS), (Class::Member, MEMBERS)] {
            let places = Places::new();
            let waiting: Vec<_> = (0..all / SHARES).map(|_| places.take(class, here()).expect("a place")).collect();
            assert!(matches!(places.take(class, here()), Err(Error::Overloaded)), "{class:?}");
            // Who has nothing to send is answered at once, and whoever is elsewhere has a share too.
            assert!(places.take(class, None).is_ok() && places.take(class, there()).is_ok(), "{class:?}");
            drop(waiting);
            assert!(places.take(class, here()).is_ok(), "{class:?}");
            assert!(places.bodies.lock().expect("no panic").is_empty(), "nobody is remembered");
        }
    }
}
