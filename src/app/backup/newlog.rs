//! Another log: where entries that were signed are gone, the old one cannot go on, and two persons say so.

use crate::app::keys::{self, Retirement};
use crate::app::log::audit::Audit;
use crate::app::{Registry, StartError};
use crate::domain::accounts::Caller;
use crate::domain::events::{Event, EventKind, Object};
use crate::domain::issuer::KeyState;
use crate::domain::reason::Reason;
use crate::error::Error;
use crate::keys::PairUse;
use crate::policy::{self, Operation};
use crate::store::log::{self, LogRow};
use data_encoding::BASE64;
use serde_json::{Value, json};
use std::sync::Arc;

/// An account whose owner is there and says so.
pub struct Witness {
    /// The address it signs in with.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// Why another log begins, and on whose word.
pub struct NewLog {
    /// Why, for all time.
    pub reason: Reason,
    /// Two different accounts of administrators or national registrars.
    pub by: [Witness; 2],
}

/// A log that is about to begin.
pub(super) struct Successor {
    ended: LogRow,
    /// The newest checkpoint of the one that ends.
    newest: String,
    n: i32,
    origin: String,
    facts: Value,
    by: [Arc<Caller>; 2],
}

impl Successor {
    /// The log that follows, on the word of two persons. Nothing is changed.
    pub(super) fn of(registry: &Registry, new_log: &NewLog, audit: &Audit) -> Result<Self, StartError> {
        let [one, other] = new_log.by.each_ref().map(|witness| identify(registry, witness));
        let by = [one?, other?];
        policy::another_person(&by[0], &[Some(by[1].user)])
            .map_err(|_| StartError::Other("another log needs the word of two different persons".into()))?;
        let logs = registry.store.read(|db| log::all(db))?;
        let (Some(first), Some(ended)) = (logs.first(), logs.last().cloned()) else {
            return Err(StartError::Other("no log was begun".into()));
        };
        let (newest, note) = registry
            .log
            .newest_signed(&ended)?
            .ok_or_else(|| StartError::Other("no checkpoint is kept here: nothing tells what is missing".into()))?;
        // One that followed before, on a database that is gone, keeps its name.
        let n = registry.log.newest_log()?.max(ended.n) + 1;
        let facts = json!({
            "checkpoint": note, "held": { "root": BASE64.encode(&audit.whole), "size": audit.size },
            "origin": newest.origin, "reason": new_log.reason.as_str(), "root": BASE64.encode(&newest.root),
            "second": by[1].user.to_string(), "size": newest.size,
        });
        Ok(Self { n, origin: format!("{}/{n}", first.origin), newest: note, ended, facts, by })
    }

    /// Begins it, with an entry that says where the old one ended. Then cards that the database has forgotten are made
    /// to fail: their slots and numbers will be given again. At last it is signed.
    pub(super) fn begin(self, registry: &Registry) -> Result<String, StartError> {
        let Self { ended, newest, n, origin, facts, by } = self;
        let begun = origin.clone();
        // First: whatever interrupts this, the old log does not go on.
        registry.log.set_kept_aside()?;
        registry.store.write_blocking(move |tx| {
            let permit = policy::enter(&by[0], Operation::ContinueLog)?.anywhere()?;
            policy::enter(&by[1], Operation::ContinueLog)?.anywhere()?;
            let event = Event::new(EventKind::LogContinued, Object::Log(origin.clone())).with(facts.clone());
            tx.record(&permit, event, |writer| log::follow(writer, &ended, &newest, n, &origin))
        })?;
        forget_no_card(registry)?;
        registry.publish_log()?;
        Ok(begun)
    }
}

/// Cards that the database does not know any more carry slots and numbers that will be given again. With the key that
/// signed them held for lost, only cards that are on record are believed.
fn forget_no_card(registry: &Registry) -> Result<(), StartError> {
    let all = keys::list(registry)?;
    let signs = all.iter().filter(|key| key.purpose == PairUse::Card.as_str() && key.state == KeyState::Active);
    keys::rotate(registry, PairUse::Card)?;
    for key in signs {
        keys::retire(registry, &key.id, Retirement::Compromised)?;
    }
    Ok(())
}

/// Who this is.
fn identify(registry: &Registry, witness: &Witness) -> Result<Arc<Caller>, StartError> {
    let refused = |why: Error| StartError::Other(format!("{}: {why}", witness.email));
    let tokens =
        registry.prove(&witness.email, &witness.password).and_then(|it| registry.open_session(it)).map_err(refused)?;
    let caller = registry.authenticate(&tokens.access).map_err(refused)?.caller;
    // The session was opened to know who it is, and for nothing else.
    registry.sign_out(&caller)?;
    policy::enter(&caller, Operation::ContinueLog).map_err(refused)?;
    Ok(caller)
}
