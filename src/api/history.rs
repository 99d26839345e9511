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
pub(super) struct ActorView<'a> {
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

impl<'a> From<&'a Recorded> for ActorView<'a> {
    fn from(event: &'a Recorded) -> Self {
        Self { role: &event.actor_role, body: event.actor_body.as_deref() }
    }
}

impl<'a> From<&'a Recorded> for HistoryView<'a> {
    fn from(event: &'a Recorded) -> Self {
        Self {
            index: event.index,
            id: event.id,
            kind: &event.kind,
            at: event.at,
            actor: ActorView::from(event),
            facts: event.facts(),
        }
    }
}
