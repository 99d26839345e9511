//! What each step of a case changed: read off what was written down, and from nothing else.

use super::events::Recorded;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// One step, with what was before it and after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What was written down.
    pub event: Recorded,
    /// The state of the thing before; `None` while nothing is known of it.
    pub before: Option<String>,
    /// Its state after.
    pub after: Option<String>,
    /// The facts that are others than before.
    pub changed: Vec<Changed>,
}

/// A fact that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Which.
    pub name: String,
    /// As last told; null where it never was.
    pub before: Value,
    /// As told now.
    pub after: Value,
}

/// What is known of each thing so far.
#[derive(Default)]
pub struct Trail(HashMap<(String, String), Known>);

#[derive(Default)]
struct Known {
    state: Option<String>,
    facts: Map<String, Value>,
}

impl Trail {
    /// Takes the next event, in the order of the log.
    pub fn step(&mut self, event: Recorded) -> Step {
        let known = self.0.entry((event.object_kind.clone(), event.object_id.clone())).or_default();
        let mut facts = event.facts();
        let mut state = |name| facts.remove(name).and_then(|value| value.as_str().map(str::to_owned));
        let (from, to) = (state("from"), state("to"));
        let before = from.or_else(|| known.state.clone());
        let after = to.or_else(|| before.clone());
        known.state.clone_from(&after);
        let changed = facts.into_iter().filter_map(|(name, after)| {
            let before = known.facts.insert(name.clone(), after.clone()).unwrap_or(Value::Null);
            (before != after).then_some(Changed { name, before, after })
        });
        let changed = changed.collect();
        Step { event, before, after, changed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{EventId, Id as _};
    use crate::domain::time::Timestamp;
    use serde_json::json;
    use uuid::Uuid;

    fn event(object: &str, data: Value) -> Recorded {
        Recorded {
            index: 0,
            id: EventId::from_uuid(Uuid::nil()),
            kind: "case.attached".into(),
            at: Timestamp::from_seconds(0),
            actor_id: None,
            actor_role: "program".into(),
            actor_body: None,
            object_kind: "case".into(),
            object_id: object.into(),
            province: None,
            data,
            personal: Vec::new(),
        }
    }

    #[test]
    fn a_step_tells_what_was_before_it_and_after_it() {
        let mut trail = Trail::default();
        let opened = trail.step(event("a", json!({ "to": "opened", "kind": null, "reports": [] })));
        assert_eq!((opened.before.as_deref(), opened.after.as_deref()), (None, Some("opened")));
        let other = trail.step(event("b", json!({ "to": "dismissed" })));
        assert_eq!(other.before, None, "another thing");
        let told =
            trail.step(event("a", json!({ "from": "opened", "to": "notified", "reports": ["x"], "means": "post" })));
        assert_eq!((told.before.as_deref(), told.after.as_deref()), (Some("opened"), Some("notified")));
        let changed: Vec<_> = told.changed.iter().map(|it| (it.name.as_str(), &it.before, &it.after)).collect();
        assert_eq!(changed, [("means", &Value::Null, &json!("post")), ("reports", &json!([]), &json!(["x"]))]);
        // By itself: no state is told, and it stays.
        let lapsed = trail.step(event("a", json!({ "means": "post" })));
        assert_eq!((lapsed.before.as_deref(), lapsed.after.as_deref()), (Some("notified"), Some("notified")));
        assert_eq!(lapsed.changed, []);
    }
}
