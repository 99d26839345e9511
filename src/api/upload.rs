//! Files that are sent: nothing of one is read before the caller may send it, and it stays only when the change that
//! names it does.

use super::answer::Outcome;
use super::body::{EvidenceUpload, Kind, Unread};
use super::context::{Asking, Change, admitted, block, first_or_replayed, registry};
use super::gate;
use crate::app::Registry;
use crate::app::evidence::{EvidenceFile, Room};
use crate::app::sessions::Admitted;
use crate::domain::accounts::Caller;
use crate::error::Error;
use crate::store::Tx;
use actix_web::{FromRequest, HttpRequest, dev};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Somebody asks to add a file, at an address without parameters.
pub(super) struct Upload<C = Arc<Caller>, K = EvidenceUpload> {
    registry: Arc<Registry>,
    caller: C,
    admitted: Option<Admitted>,
    request: HttpRequest,
    body: Unread<K>,
}

/// Somebody asks to add a file, signed in or not.
pub(super) type OpenUpload = Upload<Option<Arc<Caller>>>;

impl<C: Asking, K: Kind> Upload<C, K> {
    /// Reads the file if `may` says that it is taken, and if there is room in memory.
    ///
    /// # Errors
    /// What `may` answers; 413, also by what the request announces; 503 while too many files are being read; 400.
    pub(super) async fn read_if(
        self,
        may: impl FnOnce(&Registry, &C) -> Result<Room, Error> + Send + 'static,
    ) -> Result<Change<K, C>, Error> {
        let Self { registry, caller, admitted, request, body } = self;
        let asked = block(move || {
            let room = may(&registry, &caller)?;
            Ok((registry, caller, room))
        });
        let (registry, caller, room) = match asked.await {
            Ok(asked) => asked,
            Err(error) => {
                body.put_aside().await;
                return Err(error);
            }
        };
        let is_signed_in = caller.account().is_some();
        let most = K::limit_bytes(is_signed_in);
        // With a key it may be what was answered before, which is known only when it was read.
        let limit_bytes = if gate::names_a_key(&request) { most } else { most.min(room.bytes?) };
        let slot = registry.incoming.admit(body.announced(limit_bytes)?, is_signed_in)?;
        let body = body.read(limit_bytes).await?.within(slot);
        let gate = gate::of(&request, &registry.secrets.sealing, caller.account(), body.as_sent());
        Ok(Change { registry, caller, admitted, gate, body })
    }
}

impl<C: Asking> Change<EvidenceUpload, C> {
    /// Keeps the file that was sent and lets `change` write it down. It runs to its end on a thread of its own, also
    /// when whoever sent it has hung up: a file that nothing names is left by a crash alone.
    pub(super) async fn keep(
        self,
        mut change: impl FnMut(&mut Tx, &Self, &EvidenceFile) -> Outcome + Send + 'static,
    ) -> Outcome {
        let kept = move || {
            let registry = Arc::clone(&self.registry);
            let (declared, bytes) = self.body.file()?;
            let file = EvidenceFile::read(&registry.entropy, registry.clock.now(), declared, bytes)?;
            let (bytes, named) = (self.body.shared(), file.clone());
            let change = self.kept(move |tx, asked| change(tx, asked, &named));
            registry.keep_evidence(&file, &bytes, || registry.store.write_blocking(change))
        };
        first_or_replayed(block(kept).await)
    }
}

impl<C: Asking, K: Kind> FromRequest for Upload<C, K> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let admitted = admitted(request);
        let asked = registry(request).and_then(|registry| Ok((registry, C::admitted(admitted.as_ref())?)));
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let (registry, caller) = asked?;
            let is_signed_in = caller.account().is_some();
            let body = Unread::of(&request, &mut payload, is_signed_in).await?;
            Ok(Self { registry, caller, admitted, request, body })
        })
    }
}
