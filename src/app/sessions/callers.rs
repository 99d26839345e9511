//! Callers that were seen a moment ago: who they are is asked of the database only now and then.

use crate::clock::Stopwatch;
use crate::domain::accounts::Caller;
use moka::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How long a caller is believed without asking the database again: a disabled account is out within a second.
const BELIEVED: Duration = Duration::from_millis(500);
/// Callers remembered at once.
const REMEMBERED: u64 = 10_000;

/// A caller, and when the database was asked who they are.
#[derive(Clone)]
pub struct Admitted {
    /// Who.
    pub caller: Arc<Caller>,
    asked: Asked,
}

impl Admitted {
    pub(super) fn new(caller: Caller, asked: Asked) -> Self {
        Self { caller: Arc::new(caller), asked }
    }
}

/// When the database was asked, and how often rights had been taken away on this node by then.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    since: Stopwatch,
    takings: u64,
}

/// Callers seen a moment ago, by the SHA-256 of their token.
pub(in crate::app) struct CallerCache {
    seen: Cache<[u8; 32], Admitted>,
    takings: AtomicU64,
}

impl CallerCache {
    pub(in crate::app) fn new() -> Self {
        let seen = Cache::builder().max_capacity(REMEMBERED).time_to_live(BELIEVED).build();
        Self { seen, takings: AtomicU64::new(0) }
    }

    /// To be called before the database is asked: what is taken away meanwhile then counts as unknown.
    pub(super) fn ask(&self) -> Asked {
        Asked { since: Stopwatch::start(), takings: self.takings.load(Ordering::SeqCst) }
    }

    /// Who sent the token of this hash, if they were seen a moment ago.
    pub(super) fn seen(&self, token: &[u8; 32]) -> Option<Admitted> {
        self.seen.get(token)
    }

    pub(super) fn remember(&self, token: [u8; 32], admitted: &Admitted) {
        self.seen.insert(token, admitted.clone());
    }

    /// Whether nothing can have been taken from a caller since, but by another node a moment ago.
    pub(super) fn still_believes(&self, Admitted { asked, .. }: &Admitted) -> bool {
        asked.takings == self.takings.load(Ordering::SeqCst) && asked.since.elapsed() < BELIEVED
    }

    /// Rights or sessions were taken from somebody.
    pub(super) fn forget(&self) {
        self.takings.fetch_add(1, Ordering::SeqCst);
        self.seen.invalidate_all();
    }
}
