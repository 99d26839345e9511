//! How many requests a node takes in hand at once. What is more is told to come back, at once and before anything of it
//! is read: a queue that only grows serves nobody.
//!
//! Each class has places of its own, so that the others cannot take them. Checking a card is shed last: whoever stands
//! before a reporter has no other way to know. Whoever opens connections and sends nothing cannot have all of a class's
//! places: no neighbourhood of addresses waits with bodies in more than a share of them, and all together leave a quarter
//! to those who only ask.

use super::{State, V1, address};
use crate::error::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{HttpMessage as _, web};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

/// Checks, and what phones fetch for them: most need no database and less than a millisecond.
const CHECKS: usize = 2_048;
/// Signing in and staying in: apart, so that nobody who comes to read or to report is in the way of it.
const SIGN_INS: usize = 256;
/// Of people who sent a token: far more than the database serves at once, and a queue that is soon worked off.
const MEMBERS: usize = 512;
/// Of anybody else: reporting, reading. A body is waited for at most seconds or, of evidence, ten minutes.
const STRANGERS: usize = 256;

/// Threads on which a worker waits for the database. Whoever has a place of another class may wait on the same worker, and
/// some checks find a thread beside them all.
pub(super) const MOST_WAITING: usize = SIGN_INS + MEMBERS + STRANGERS + 64;

/// For so many bodies of checks one neighbourhood is waited for at once: carriers put many people behind one, but what they
/// send is small and soon there.
const SHARE_OF_CHECKS: usize = 256;
/// The same of what anybody else sends who is not signed in.
const SHARE_OF_STRANGERS: usize = 16;
/// The same for those who sent a token, which is looked at before any body is waited for: offices send large files.
const SHARE_OF_MEMBERS: usize = 128;

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
    /// Signing in, and staying in.
    SignIn,
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
        let is_sign_in = below.is_some_and(|path| path.starts_with("/sessions"));
        match () {
            () if is_check => Self::Check,
            () if is_sign_in => Self::SignIn,
            () if has_token && below.is_some() => Self::Member,
            () => Self::Stranger,
        }
    }
}

/// The places of one node.
pub(super) struct Places {
    checks: Room,
    sign_ins: Room,
    members: Room,
    strangers: Room,
    awaited: Arc<Mutex<HashMap<Neighbours, usize>>>,
}

/// The places of one class.
struct Room {
    all: Semaphore,
    /// Of them, those where a body is waited for.
    for_bodies: Arc<Semaphore>,
    /// Of these, what one neighbourhood may have.
    share: usize,
}

impl Room {
    fn new(all: usize, share: usize) -> Self {
        Self { all: Semaphore::new(all), for_bodies: Arc::new(Semaphore::new(all / 4 * 3)), share }
    }
}

/// A neighbourhood of addresses whose bodies are waited for in requests of a class. Known meanwhile, and no longer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Neighbours {
    class: Class,
    prefix: Vec<u8>,
}

/// A place, and a body to wait for where there is one.
type Place<'a> = (SemaphorePermit<'a>, Option<Awaited>);

/// A body that is waited for, until it is dropped: by whoever reads it, or with the request.
pub(super) struct Awaited {
    _permit: OwnedSemaphorePermit,
    _share: Share,
}

/// One more body of a neighbourhood, until it is dropped.
struct Share {
    awaited: Arc<Mutex<HashMap<Neighbours, usize>>>,
    of: Neighbours,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        match awaited.get_mut(&self.of) {
            Some(many) if *many > 1 => *many -= 1,
            Some(_) | None => drop(awaited.remove(&self.of)),
        }
    }
}

impl Places {
    /// All free.
    pub(super) fn new() -> Self {
        Self {
            checks: Room::new(CHECKS, SHARE_OF_CHECKS),
            sign_ins: Room::new(SIGN_INS, SHARE_OF_STRANGERS),
            members: Room::new(MEMBERS, SHARE_OF_MEMBERS),
            strangers: Room::new(STRANGERS, SHARE_OF_STRANGERS),
            awaited: Arc::default(),
        }
    }

    /// A place, also to wait for a body where there is one of `sender`'s.
    fn take(&self, class: Class, sender: Option<Vec<u8>>) -> Result<Place<'_>, Error> {
        let room = self.room(class);
        let body = sender.map(|prefix| self.awaited(room, Neighbours { class, prefix })).transpose()?;
        let place = room.all.try_acquire().map_err(|_| Error::Overloaded)?;
        Ok((place, body))
    }

    fn awaited(&self, room: &Room, of: Neighbours) -> Result<Awaited, Error> {
        let share = self.share(of, room.share)?;
        let permit = Arc::clone(&room.for_bodies).try_acquire_owned().map_err(|_| Error::Overloaded)?;
        Ok(Awaited { _permit: permit, _share: share })
    }

    const fn room(&self, class: Class) -> &Room {
        match class {
            Class::Check => &self.checks,
            Class::SignIn => &self.sign_ins,
            Class::Member => &self.members,
            Class::Stranger => &self.strangers,
        }
    }

    fn share(&self, of: Neighbours, most: usize) -> Result<Share, Error> {
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        let many = awaited.entry(of.clone()).or_default();
        if *many >= most {
            return Err(Error::Overloaded);
        }
        *many += 1;
        Ok(Share { awaited: Arc::clone(&self.awaited), of })
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
        Ok((_place, body)) => {
            if let Some(body) = body {
                request.extensions_mut().insert(body);
            }
            next.call(request).await.map(ServiceResponse::map_into_boxed_body)
        }
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
        for path in ["/api/v1/sessions", "/api/v1/sessions/refresh", "/api/v1/sessions/current"] {
            assert_eq!((Class::of(path, false), Class::of(path, true)), (Class::SignIn, Class::SignIn), "{path}");
        }
        for path in ["/report", "/log/checkpoint"] {
            assert_eq!(Class::of(path, true), Class::Stranger, "{path}");
        }
    }

    /// Every class, its places and one neighbourhood's share of them.
    const ALL: [(Class, usize, usize); 4] = [
        (Class::Check, CHECKS, SHARE_OF_CHECKS),
        (Class::SignIn, SIGN_INS, SHARE_OF_STRANGERS),
        (Class::Member, MEMBERS, SHARE_OF_MEMBERS),
        (Class::Stranger, STRANGERS, SHARE_OF_STRANGERS),
    ];

    fn neighbourhood(nth: usize) -> Option<Vec<u8>> {
        Some(nth.to_be_bytes().to_vec())
    }

    #[test]
    fn no_class_has_the_places_of_another() {
        for (class, all, _) in ALL {
            let places = Places::new();
            let taken: Vec<_> = (0..all).map(|_| places.take(class, None).expect("a place")).collect();
            for (other, _, _) in ALL {
                let found = places.take(other, None);
                assert_eq!(matches!(found, Err(Error::Overloaded)), other == class, "{class:?}, {other:?}");
            }
            drop(taken);
            assert!(places.take(class, None).is_ok(), "{class:?}");
        }
    }

    #[test]
    fn one_neighbourhood_cannot_take_the_places_of_others_with_bodies_that_never_come() {
        let (here, there) = (|| neighbourhood(1), || neighbourhood(2));
        for (class, _, share) in ALL {
            let places = Places::new();
            let waiting: Vec<_> = (0..share).map(|_| places.take(class, here()).expect("a place")).collect();
            assert!(matches!(places.take(class, here()), Err(Error::Overloaded)), "{class:?}");
            // Who has nothing to send is answered at once, and whoever is elsewhere has a share too.
            assert!(places.take(class, None).is_ok() && places.take(class, there()).is_ok(), "{class:?}");
            drop(waiting);
            assert!(places.take(class, here()).is_ok(), "{class:?}");
            assert!(places.awaited.lock().expect("no panic").is_empty(), "nobody is remembered");
        }
    }

    #[test]
    fn a_body_that_came_makes_room_for_the_next() {
        let places = Places::new();
        let come: Vec<_> = (0..STRANGERS)
            .map(|_| {
                let (place, body) = places.take(Class::Stranger, neighbourhood(1)).expect("a place");
                drop(body);
                place
            })
            .collect();
        assert!(matches!(places.take(Class::Stranger, neighbourhood(1)), Err(Error::Overloaded)));
        drop(come);
    }

    #[test]
    fn whoever_only_asks_finds_a_place_however_many_neighbourhoods_send_bodies_that_never_come() {
        for (class, all, share) in ALL {
            let places = Places::new();
            let sent = (0..2 * all).map(|nth| places.take(class, neighbourhood(nth / share)));
            let waiting: Vec<_> = sent.filter_map(Result::ok).collect();
            assert_eq!(waiting.len(), all / 4 * 3, "{class:?}");
            let asking: Vec<_> = (0..all / 4).map(|_| places.take(class, None).expect("a place")).collect();
            assert!(matches!(places.take(class, None), Err(Error::Overloaded)), "{class:?}");
            drop((waiting, asking));
            assert!(places.awaited.lock().expect("no panic").is_empty(), "nobody is remembered");
        }
    }
}
