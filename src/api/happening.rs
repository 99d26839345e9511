//! Events over HTTP: something is to happen to one thing, and the thing is shown as it is then. The same for every noun.

use super::answer::Outcome;
use super::body::Json;
use super::context::{Change, PathId};
use crate::app::Registry;
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::error::Error;
use crate::store::Tx;
use serde::de::DeserializeOwned;

/// Lets an event happen to the thing of this id, as its noun in `app` does.
pub(super) type Happen<I, F, T> = fn(&mut Tx, &Registry, &Caller, I, &Gate, Result<F, Error>) -> Result<T, Error>;

/// Shows a thing as it is.
pub(super) type Show<T> = fn(&mut Tx, &Registry, &T) -> Outcome;

impl<S: DeserializeOwned + 'static> Change<Json<S>> {
    /// Lets an event happen as the form says that was sent, and answers 201 with the thing as it is then.
    pub(super) async fn happen<I, F, T>(self, PathId(id): PathId<I>, happen: Happen<I, F, T>, shown: Show<T>) -> Outcome
    where
        I: Copy + Send + 'static,
        F: From<S> + 'static,
        T: 'static,
    {
        self.write(move |tx, change| {
            let form = change.form().map(F::from);
            let it = happen(tx, &change.registry, &change.caller, id, &change.gate, form)?;
            Ok(shown(tx, &change.registry, &it)?.created())
        })
        .await
    }
}
