//! What handlers are given besides their own arguments: the registry, who asks, and the way to a blocking thread.

use super::answer::{Answer, Outcome};
use super::body::{Body, Json, Kind};
use super::{State, gate, query};
use crate::app::Registry;
use crate::app::accesses::{self, Seen};
use crate::app::gate::Gate;
use crate::app::sessions::Admitted;
use crate::domain::accounts::Caller;
use crate::domain::ids::Id;
use crate::error::Error;
use crate::store::{Reader, Tx};
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use serde::de::DeserializeOwned;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use uuid::Uuid;

/// Somebody asks, signed in or not.
pub(super) struct Visit {
    pub(super) registry: Arc<Registry>,
    pub(super) caller: Option<Arc<Caller>>,
}

/// A signed-in caller asks to see something.
pub(super) struct Context {
    pub(super) registry: Arc<Registry>,
    pub(super) caller: Arc<Caller>,
}

/// A signed-in caller asks to see one thing, at an address without parameters.
pub(super) struct Look {
    context: Context,
    parameters: Result<(), Error>,
}

/// Somebody asks to change something, at an address without parameters: under which conditions, and with what form.
/// Whoever it is has to be signed in, but for an [`OpenChange`].
pub(super) struct Change<K, C = Arc<Caller>> {
    pub(super) registry: Arc<Registry>,
    pub(super) caller: C,
    pub(super) admitted: Option<Admitted>,
    pub(super) gate: Gate,
    pub(super) body: Body<K>,
}

/// Somebody asks to change something, signed in or not.
pub(super) type OpenChange<K> = Change<K, Option<Arc<Caller>>>;

/// Who may ask for a change.
pub(super) trait Asking: Send + Sized + 'static {
    /// Who asks, from what the shell found out.
    ///
    /// # Errors
    /// 401 where nobody is signed in and somebody has to be.
    fn of(caller: Option<Arc<Caller>>) -> Result<Self, Error>;

    /// [`Asking::of`], whoever was let in.
    ///
    /// # Errors
    /// As there.
    fn admitted(admitted: Option<&Admitted>) -> Result<Self, Error> {
        Self::of(admitted.map(|it| Arc::clone(&it.caller)))
    }

    /// The account, where one is signed in.
    fn account(&self) -> Option<&Caller>;
}

impl Asking for Arc<Caller> {
    fn of(caller: Option<Arc<Caller>>) -> Result<Self, Error> {
        caller.ok_or(Error::Unauthenticated)
    }

    fn account(&self) -> Option<&Caller> {
        Some(self)
    }
}

impl Asking for Option<Arc<Caller>> {
    fn of(caller: Self) -> Result<Self, Error> {
        Ok(caller)
    }

    fn account(&self) -> Option<&Caller> {
        self.as_deref()
    }
}

/// Runs what blocks where it may.
pub(super) async fn block<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    web::block(work).await.map_err(Error::internal)?
}

impl Visit {
    /// Answers from the database.
    pub(super) async fn read(self, answer: impl FnOnce(&mut Reader, &Self) -> Outcome + Send + 'static) -> Outcome {
        block(move || self.registry.store.read(|db| answer(db, &self))).await
    }
}

impl Context {
    /// Answers from one snapshot of the database.
    pub(super) async fn read(self, answer: impl FnOnce(&mut Reader, &Self) -> Outcome + Send + 'static) -> Outcome {
        block(move || self.registry.store.read_consistently(|db| answer(db, &self))).await
    }
}

impl Look {
    /// Answers from one snapshot of the database.
    pub(super) async fn read(self, answer: impl FnOnce(&mut Reader, &Context) -> Outcome + Send + 'static) -> Outcome {
        Self::answer(self.context.read(answer).await, self.parameters)
    }

    /// Answers with one query, which needs no snapshot.
    pub(super) async fn read_once(
        self,
        answer: impl FnOnce(&mut Reader, &Context) -> Outcome + Send + 'static,
    ) -> Outcome {
        let Self { context, parameters } = self;
        let answer = block(move || context.registry.store.read(|db| answer(db, &context))).await;
        Self::answer(answer, parameters)
    }

    /// Only whoever may see the thing is told that its address takes no parameters.
    fn answer(answer: Outcome, parameters: Result<(), Error>) -> Outcome {
        let answer = answer?;
        parameters.map(|()| answer)
    }
}

impl Context {
    /// Answers with what is on record about people. Who looked is written down, durably, before they are shown it.
    pub(super) async fn read_about(
        self,
        answer: impl FnOnce(&mut Reader, &Self) -> Result<(Answer, Seen), Error> + Send + 'static,
    ) -> Outcome {
        let (registry, caller) = (Arc::clone(&self.registry), Arc::clone(&self.caller));
        let (answer, seen) = block(move || self.registry.store.read_consistently(|db| answer(db, &self))).await?;
        note(&registry, caller, seen).await?;
        Ok(answer)
    }
}

/// Writes down who looked, durably.
pub(super) async fn note(registry: &Registry, caller: Arc<Caller>, seen: Seen) -> Result<(), Error> {
    registry.store.write(move |tx| accesses::note(tx, &caller, &seen)).await
}

impl Look {
    /// [`Context::read_about`], for an address that takes no parameters.
    pub(super) async fn read_about(
        self,
        answer: impl FnOnce(&mut Reader, &Context) -> Result<(Answer, Seen), Error> + Send + 'static,
    ) -> Outcome {
        let Self { context, parameters } = self;
        // Who is told that alone has seen nothing.
        context.read_about(move |db, ctx| answer(db, ctx).and_then(|found| parameters.map(|()| found))).await
    }
}

impl<K: Kind, C: Asking> Change<K, C> {
    /// The same at an address that takes parameters, which belong to what is asked for. They are the caller's to read.
    pub(super) fn with_parameters(mut self, request: &HttpRequest) -> Self {
        let sealing = &self.registry.secrets.sealing;
        // A large body is copied only where it may have been sent before.
        let payload = match gate::names_a_key(request) {
            true => [request.query_string().as_bytes(), b"\n", self.body.as_sent()].concat(),
            false => Vec::new(),
        };
        self.gate = gate::besides_parameters(request, sealing, self.caller.account(), &payload);
        self
    }

    /// Changes and answers in one transaction, which also keeps the answer for a repeated request.
    ///
    /// `change` may be run again when another node was first. It finds the caller as they stand in the transaction.
    pub(super) async fn write(self, change: impl FnMut(&mut Tx, &Self) -> Outcome + Send + 'static) -> Outcome {
        let registry = Arc::clone(&self.registry);
        first_or_replayed(registry.store.write(self.kept(change)).await)
    }

    /// [`Change::write`] for what takes rights or sessions away.
    pub(super) async fn write_accounts(
        self,
        change: impl FnMut(&mut Tx, &Self) -> Outcome + Send + 'static,
    ) -> Outcome {
        let registry = Arc::clone(&self.registry);
        first_or_replayed(registry.change_accounts(self.kept(change)).await)
    }

    /// [`Change::write_accounts`], and `then` once it is durable, on one thread: also when whoever asked has hung up.
    pub(super) async fn write_accounts_then(
        self,
        change: impl FnMut(&mut Tx, &Self) -> Outcome + Send + 'static,
        then: impl FnOnce(&Registry) -> Result<(), Error> + Send + 'static,
    ) -> Outcome {
        let registry = Arc::clone(&self.registry);
        let written = move || {
            let answer = registry.change_accounts_blocking(self.kept(change))?;
            then(&registry).map(|()| answer)
        };
        first_or_replayed(block(written).await)
    }

    pub(super) fn kept(
        mut self,
        mut change: impl FnMut(&mut Tx, &Self) -> Outcome + Send + 'static,
    ) -> impl FnMut(&mut Tx) -> Outcome + Send + 'static {
        move |tx| {
            if let Some(admitted) = &self.admitted {
                self.caller = C::of(Some(self.registry.still_admitted(tx, admitted)?))?;
            }
            let answer = change(tx, &self)?;
            self.gate.keep(tx, &answer.stored)?;
            Ok(answer)
        }
    }
}

impl<T: DeserializeOwned + 'static, C> Change<Json<T>, C> {
    /// The form that was sent: read only after every check that comes before it.
    ///
    /// # Errors
    /// As [`Body::read`].
    pub(super) fn form(&self) -> Result<T, Error> {
        self.body.read()
    }
}

pub(super) fn first_or_replayed(answer: Outcome) -> Outcome {
    match answer {
        Err(Error::Replayed(stored)) => Ok(Answer::replayed(*stored)),
        answer => answer,
    }
}

/// The id in the path.
pub(super) struct PathId<I>(pub(super) I);

/// An id in a path. What is no id is the id of nothing, so that it is answered like what is missing: to those who may
/// ask for such a thing at all.
pub(super) fn id_in_path<I: Id>(raw: &str) -> I {
    I::parse(raw).unwrap_or_else(|_| I::from_uuid(Uuid::nil()))
}

impl<I: Id> FromRequest for PathId<I> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self(id_in_path(request.match_info().query("id")))))
    }
}

pub(super) fn registry(request: &HttpRequest) -> Result<Arc<Registry>, Error> {
    let state = request.app_data::<web::Data<State>>().ok_or_else(|| Error::internal("no state"))?;
    Ok(Arc::clone(&state.registry))
}

/// Who was let in; taken out, because each request has one handler.
pub(super) fn admitted(request: &HttpRequest) -> Option<Admitted> {
    request.extensions_mut().remove()
}

fn caller(request: &HttpRequest) -> Option<Arc<Caller>> {
    admitted(request).map(|admitted| admitted.caller)
}

fn context(request: &HttpRequest) -> Result<Context, Error> {
    Ok(Context { registry: registry(request)?, caller: caller(request).ok_or(Error::Unauthenticated)? })
}

impl FromRequest for Visit {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(registry(request).map(|registry| Self { registry, caller: caller(request) }))
    }
}

impl FromRequest for Context {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(context(request))
    }
}

impl FromRequest for Look {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(context(request).map(|context| Self { context, parameters: query::none(request) }))
    }
}

impl<K: Kind, C: Asking> FromRequest for Change<K, C> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        // How much is read hangs on whether somebody is signed in: before they are taken out.
        let body = Body::from_request(request, payload);
        let admitted = admitted(request);
        let asked = registry(request).and_then(|registry| Ok((registry, C::admitted(admitted.as_ref())?)));
        let request = request.clone();
        Box::pin(async move {
            let (registry, caller) = asked?;
            let body = body.await?;
            let gate = gate::of(&request, &registry.secrets.sealing, caller.account(), body.as_sent());
            Ok(Self { registry, caller, admitted, gate, body })
        })
    }
}
