//! An event before it is recorded.

use super::{EventKind, Object};
use crate::domain::ids::SubjectId;
use serde_json::Value;

/// An event about to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub object: Object,
    /// The rest, without any personal field: a JSON object.
    pub data: Value,
    /// Personal fields, by subject.
    pub personal: Vec<(SubjectId, Value)>,
}

impl Event {
    /// An event with nothing more to say.
    pub fn new(kind: EventKind, object: Object) -> Self {
        Self { kind, object, data: Value::Object(serde_json::Map::new()), personal: Vec::new() }
    }

    /// The same event with these facts, none of them personal.
    #[must_use]
    pub fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The same event with these fields of `subject`.
    #[must_use]
    pub fn about(mut self, subject: impl Into<SubjectId>, fields: Value) -> Self {
        self.personal.push((subject.into(), fields));
        self
    }
}
