//! Which personal fields an event says were erased with it, so that whoever audits the log knows that exactly these may be
//! missing.

use crate::domain::ids::{Id as _, SubjectId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The member of an event that lists them.
const MEMBER: &str = "erased";

/// By subject, the places of the events whose fields about it are destroyed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedFields(BTreeMap<SubjectId, BTreeSet<i64>>);

impl ErasedFields {
    /// Adds the fields about `subject` in these events.
    pub fn add(&mut self, subject: SubjectId, entries: impl IntoIterator<Item = i64>) {
        let mut entries = entries.into_iter().peekable();
        if entries.peek().is_some() {
            self.0.entry(subject).or_default().extend(entries);
        }
    }

    /// Each subject with the places of its events.
    pub fn iter(&self) -> impl Iterator<Item = (SubjectId, &BTreeSet<i64>)> {
        self.0.iter().map(|(subject, entries)| (*subject, entries))
    }

    /// Whether all of `others` is among these.
    pub fn includes(&self, others: &Self) -> bool {
        others.iter().all(|(subject, entries)| self.0.get(&subject).is_some_and(|own| own.is_superset(entries)))
    }

    /// Whether nothing is erased.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `facts` with the list of them, as an event says it.
    #[must_use]
    pub fn said_in(&self, mut facts: Value) -> Value {
        let list = self.iter().map(|(subject, entries)| json!({ "entries": entries, "subject": subject.to_string() }));
        facts[MEMBER] = list.collect();
        facts
    }

    /// What an event's facts say; what is no such list says nothing.
    pub(super) fn of(facts: &Value) -> Self {
        let mut erased = Self::default();
        for one in facts[MEMBER].as_array().into_iter().flatten() {
            let subject = one["subject"].as_str().and_then(|raw| SubjectId::parse(raw).ok());
            let entries = one["entries"].as_array().into_iter().flatten().filter_map(Value::as_i64);
            if let Some(subject) = subject {
                erased.add(subject, entries);
            }
        }
        erased
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_read_back() {
        let subject = |raw| SubjectId::parse(raw).expect("an id");
        let mut erased = ErasedFields::default();
        erased.add(subject("01890a5d-ac96-774b-bcce-b302099a8057"), [7, 3, 7]);
        erased.add(subject("01890a5d-ac96-774b-bcce-b302099a8058"), []);
        let said = erased.said_in(json!({ "n": 1 }));
        let expected = json!([{ "entries": [3, 7], "subject": "01890a5d-ac96-774b-bcce-b302099a8057" }]);
        assert_eq!(said, json!({ "n": 1, "erased": expected }));
        assert_eq!(ErasedFields::of(&said), erased);
        for other in [json!({}), json!({ "erased": 1 }), json!({ "erased": [{ "subject": "x", "entries": [1] }] })] {
            assert!(ErasedFields::of(&other).is_empty(), "{other}");
        }
    }
}
