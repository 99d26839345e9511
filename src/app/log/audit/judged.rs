//! One entry by itself: whether its leaf and its event are there and belong together. Needs nothing but the entry, so
//! that many are looked at at once.

use super::Finding;
use crate::domain::events::{ErasedFields, EventKind};
use crate::domain::ids::SubjectId;
use crate::domain::log::{Hash, Leaf};
use crate::store::audit::{Entry, Fetched};
use serde_json::Value;

/// What came of it.
pub(super) struct Judged {
    pub(super) index: i64,
    /// The leaf that can be hashed, and its hash.
    pub(super) leaf: Option<(Leaf, Hash)>,
    pub(super) findings: Vec<Finding>,
    /// Sets of personal fields, also those that were erased.
    pub(super) personal: usize,
    /// Subjects whose fields are not there.
    pub(super) missing: Vec<SubjectId>,
    /// What it says was erased with it.
    pub(super) erased: ErasedFields,
    /// The facts of an event that begins another log.
    pub(super) continued: Option<Value>,
}

/// Looks at what was read.
pub(super) fn judge_all(fetched: Vec<Fetched>) -> Vec<Judged> {
    fetched.into_iter().flat_map(Fetched::entries).map(|(index, entry)| judge(index, entry)).collect()
}

fn judge(index: i64, entry: Entry) -> Judged {
    let mut findings = Vec::new();
    let leaf = match entry.leaf {
        None => {
            findings.push(Finding::LeafRemoved(index));
            None
        }
        Some(Err(_)) => {
            findings.push(Finding::LeafAltered(index));
            None
        }
        Some(Ok(leaf)) => Some(leaf),
    };
    let mut judged = Judged {
        index,
        leaf: None,
        findings,
        personal: 0,
        missing: Vec::new(),
        erased: ErasedFields::default(),
        continued: None,
    };
    match (entry.event, &leaf) {
        (None, _) => judged.findings.push(Finding::EventRemoved(index)),
        (Some(Err(_)), _) => judged.findings.push(Finding::EventAltered(index)),
        (Some(Ok(salted)), leaf) => {
            let event = salted.event;
            judged.personal = event.personal.len();
            match leaf.as_ref().map(|leaf| event.check(&salted.salt, leaf)) {
                Some(Err(_)) => judged.findings.push(Finding::EventAltered(index)),
                Some(Ok(missing)) => {
                    (judged.missing, judged.erased) = (missing, event.erased());
                    judged.continued = (event.kind == EventKind::LogContinued.as_str()).then_some(event.data);
                }
                None => {}
            }
        }
    }
    judged.leaf = leaf.map(|leaf| {
        let hash = leaf.hash();
        (leaf, hash)
    });
    judged
}
