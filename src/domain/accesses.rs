//! Looks at a person's record: whoever is on record may know who looked, in which capacity and when.

use super::ids::{AccessId, PersonId};
use super::log::{self, Hash};
use super::time::Timestamp;
use serde_json::json;

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The record itself.
    Record,
    /// A list that the record was in.
    List,
    /// A credential of the person.
    Credential,
    /// What happened to a credential of the person.
    History,
}

impl Looked {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Record, Self::List, Self::Credential, Self::History];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::List => "list",
            Self::Credential => "credential",
            Self::History => "history",
        }
    }
}

/// A look at a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its id.
    pub id: AccessId,
    /// When.
    pub at: Timestamp,
    /// Whose record.
    pub person: PersonId,
    /// The account that looked.
    pub actor_id: String,
    /// Its role.
    pub actor_role: String,
    /// The agency, public body or province it looked for.
    pub actor_body: Option<String>,
    /// At what.
    pub what: Looked,
}

/// What the log commits to for an hour of looks: SHA-256 of their RFC 8785 form, in the order of their ids.
///
/// # Errors
/// Never in practice: all of it is text.
pub fn digest(accesses: &[Access]) -> Result<Hash, serde_json::Error> {
    let rows = accesses.iter().map(|it| {
        json!({
            "actor": { "body": it.actor_body, "id": it.actor_id, "role": it.actor_role },
            "at": it.at.to_string(),
            "id": it.id.to_string(),
            "person": it.person.to_string(),
            "what": it.what.as_str(),
        })
    });
    log::canonical(&rows.collect()).map(|bytes| log::digest(&bytes))
}
