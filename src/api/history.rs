//! What happened to a thing, as its readers see it: the same for every noun.

use super::answer::as_text;
use crate::domain::events::Recorded;
use crate::domain::ids::EventId;
use crate::domain::time::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Something that happened. Facts of its type stand beside these fields, like `reason`, `from` and `to`.
#[derive(Serialize, ToSchema)]
#[schema(as = HistoryItem)]
pub(super) struct HistoryView<'a> {
    /// Its place in the registry's log, from 0.
    #[schema(example = 4711, minimum = 0)]
    index: i64,
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(example = "agency.suspended")]
    kind: &'a str,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date-time", example = "2026-03-02T01:15:00Z")]
    at: Timestamp,
    /// Who did it.
    actor: ActorView<'a>,
    /// Facts of this type of event.
    #[serde(flatten)]
    #[schema(value_type = Object, additional_properties)]
    facts: Map<String, Value>,
}

/// Who did something: a capacity and a body, never a person.
#[derive(Serialize, ToSchema)]
#[schema(as = Actor)]
struct ActorView<'a> {
    /// The role of the account, or `program`.
    #[schema(example = "registrar")]
    role: &'a str,
    /// The agency, public body or province it acted for, by name; null for the ministry's own and for the program.
    #[schema(example = "Báo Lao Động")]
    body: Option<&'a str>,
}

/// A part of a history.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
pub(super) struct HistoryList<'a> {
    /// Oldest first.
    items: Vec<HistoryView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

impl<'a> From<&'a Recorded> for HistoryView<'a> {
    fn from(event: &'a Recorded) -> Self {
        Self {
            index: event.index,
            id: event.id,
            kind: &event.kind,
            at: event.at,
            actor: ActorView { role: &event.actor_role, body: event.actor_body.as_deref() },
            facts: facts(event),
        }
    }
}

/// The facts without those that say nothing, and what is said alike about everybody concerned, like a reason: whoever may
/// see the history of a record may see the record.
fn facts(event: &Recorded) -> Map<String, Value> {
    let mut of_each = event.personal.iter().filter_map(|one| one.fields.as_ref()?.1.as_object());
    let mut of_all = of_each.next().cloned().unwrap_or_default();
    for fields in of_each {
        of_all.retain(|name, value| fields.get(name) == Some(value));
    }
    let facts = event.data.as_object().cloned().unwrap_or_default().into_iter().chain(of_all);
    facts.filter(|(_, value)| !value.is_null()).collect()
}
