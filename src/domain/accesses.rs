//! Looks at what is personal: whoever is on record may know who looked, in which capacity, when, and what for.

use super::ids::{AccessId, CaseId, PersonId, ReportId};
use super::log::{self, Hash};
use super::problem::FieldProblem;
use super::text;
use super::time::Timestamp;
use serde_json::json;

macro_rules! looked {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What was looked at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Looked { $($(#[$doc])* $name,)+ }

        impl Looked {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

looked! {
    /// The record itself.
    Record = "record",
    /// A list that the record, or a case about the person, was in.
    List = "list",
    /// What an application for a card says of the person, and of the law's conditions.
    Application = "application",
    /// An office or a province in which the person works.
    Office = "office",
    /// A credential of the person.
    Credential = "credential",
    /// Whether a card with the person's name and a number is valid.
    Lookup = "lookup",
    /// What happened to a credential of the person, or in a case.
    History = "history",
    /// A case.
    Case = "case",
    /// Who was told of a case.
    Notice = "notice",
    /// What resembles the claims of a case.
    Match = "match",
    /// What a report says of people.
    Report = "report",
    /// A file of evidence.
    Evidence = "evidence",
    /// A case file that went to another authority, or a paper of an application.
    Document = "document",
    /// The log, to take away.
    Export = "export",
}

/// Reads what somebody wants to look at something for: 10–200 characters.
///
/// # Errors
/// `too_short`, or as [`text::line`].
pub fn purpose(raw: &str) -> Result<String, FieldProblem> {
    let purpose = text::line(raw, 200)?;
    match purpose.chars().count() {
        0..10 => Err(FieldProblem::new("too_short", "at least 10 characters: what it is read for")),
        _ => Ok(purpose),
    }
}

/// A look: at a person's record, at a case, at a report, or at the log as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Its id.
    pub id: AccessId,
    /// When.
    pub at: Timestamp,
    /// Whose record, or whom on record the case is about.
    pub person: Option<PersonId>,
    /// Which case.
    pub case: Option<CaseId>,
    /// Which report.
    pub report: Option<ReportId>,
    /// The account that looked.
    pub actor_id: String,
    /// Its role.
    pub actor_role: String,
    /// The agency, public body or province it looked for.
    pub actor_body: Option<String>,
    /// At what.
    pub what: Looked,
    /// What it was read for, where that has to be said.
    pub purpose: Option<String>,
}

/// What the log commits to for an hour of looks: how many there were, and SHA-256 of the RFC 8785 form of their list,
/// in the order of time and id. It takes them part by part.
pub struct Digest {
    hash: log::Hasher,
    count: u64,
}

impl Digest {
    /// Of no looks yet.
    pub fn new() -> Self {
        let mut hash = log::Hasher::new();
        hash.update(b"[");
        Self { hash, count: 0 }
    }

    /// Adds the next look.
    ///
    /// # Errors
    /// Never in practice: all of it is text.
    pub fn add(&mut self, it: &Access) -> Result<(), serde_json::Error> {
        let row = log::canonical(&json!({
            "actor": { "body": it.actor_body, "id": it.actor_id, "role": it.actor_role },
            "at": it.at.to_string(),
            "case": it.case.map(|id| id.to_string()),
            "id": it.id.to_string(),
            "person": it.person.map(|id| id.to_string()),
            "purpose": it.purpose,
            "report": it.report.map(|id| id.to_string()),
            "what": it.what.as_str(),
        }))?;
        if self.count > 0 {
            self.hash.update(b",");
        }
        self.hash.update(&row);
        self.count += 1;
        Ok(())
    }

    /// How many, and the digest.
    pub fn finish(mut self) -> (u64, Hash) {
        self.hash.update(b"]");
        (self.count, self.hash.finish())
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Id as _;
    use uuid::Uuid;

    #[test]
    fn the_digest_is_that_of_the_whole_list() {
        let look = |purpose: Option<&str>| Access {
            id: AccessId::from_uuid(Uuid::nil()),
            at: Timestamp::from_seconds(0),
            person: None,
            case: None,
            report: None,
            actor_id: "a".into(),
            actor_role: "auditor".into(),
            actor_body: None,
            what: Looked::Case,
            purpose: purpose.map(str::to_owned),
        };
        let nil = Uuid::nil();
        let row = |purpose: &str| {
            format!(
                r#"{{"actor":{{"body":null,"id":"a","role":"auditor"}},"at":"1970-01-01T00:00:00Z","case":null,"id":"{nil}","person":null,"purpose":{purpose},"report":null,"what":"case"}}"#
            )
        };
        let mut digest = Digest::new();
        assert_eq!(Digest::new().finish(), (0, log::digest(b"[]")));
        digest.add(&look(None)).expect("text");
        digest.add(&look(Some("Thanh tra"))).expect("text");
        let whole = format!("[{},{}]", row("null"), row("\"Thanh tra\""));
        assert_eq!(digest.finish(), (2, log::digest(whole.as_bytes())));
    }
}
