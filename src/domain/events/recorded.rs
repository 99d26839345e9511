//! Events as they were written down, and the one JSON form of each that the log commits to.

use super::{ErasedFields, EventKind};
use crate::domain::ids::{EventId, SubjectId};
use crate::domain::log::{self, Commitment, Hash, Leaf, Salt};
use crate::domain::time::Timestamp;
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value, json};

/// Members of an event's JSON that no fact may take the name of.
const OWN: [&str; 6] = ["actor", "id", "object", "personal", "time", "type"];

/// An event as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log, from 0, without gaps.
    pub index: i64,
    /// Its id.
    pub id: EventId,
    /// See [`super::EventKind::as_str`].
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// The account; `None` for the program itself and for whoever is not signed in.
    pub actor_id: Option<String>,
    /// Role of the actor, or `program`.
    pub actor_role: String,
    /// The body or agency it acted for.
    pub actor_body: Option<String>,
    /// What kind of thing it happened to.
    pub object_kind: String,
    /// Which one.
    pub object_id: String,
    /// The unit in which it is at home; `None` for what is the ministry's or nobody's.
    pub province: Option<String>,
    /// The facts that are not personal.
    pub data: Value,
    /// Fields about somebody or something that can be erased, by subject.
    pub personal: Vec<Personal>,
}

/// What an event holds apart about one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personal {
    /// Whose.
    pub subject: SubjectId,
    /// What the event commits to. It stays when the fields are erased, and tells nothing without its salt.
    pub digest: Hash,
    /// The salt and the fields; `None` once they are erased.
    pub fields: Option<(Salt, Value)>,
}

/// A document is not what was written down, or never could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Altered;

/// The digest of fields: SHA-256 of the salt and their RFC 8785 form.
///
/// # Errors
/// [`Altered`] for a number that is never written down.
pub fn personal_digest(salt: &Salt, fields: &Value) -> Result<Hash, Altered> {
    log::canonical(fields).map(|bytes| log::commitment(salt, &bytes)).map_err(|_| Altered)
}

impl Recorded {
    /// The event as JSON, without personal fields: facts beside its own members.
    ///
    /// # Errors
    /// [`Altered`] when a fact has the name of one of the event's own members.
    pub fn document(&self) -> Result<Value, Altered> {
        let facts = self.data.as_object().ok_or(Altered)?;
        if OWN.iter().any(|name| facts.contains_key(*name)) {
            return Err(Altered);
        }
        let personal = self
            .personal
            .iter()
            .map(|one| json!({ "subject": one.subject.to_string(), "digest": BASE64URL_NOPAD.encode(&one.digest) }));
        let own = [
            ("actor", json!({ "body": self.actor_body, "id": self.actor_id, "role": self.actor_role })),
            ("id", self.id.to_string().into()),
            ("object", self.object()),
            ("personal", personal.collect()),
            ("time", self.at.to_string().into()),
            ("type", self.kind.as_str().into()),
        ];
        let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
        Ok(Value::Object(facts.clone().into_iter().chain(own).collect::<Map<_, _>>()))
    }

    /// What it happened to. Where that is at home is told only where it is known.
    fn object(&self) -> Value {
        match &self.province {
            Some(province) => json!({ "id": self.object_id, "kind": self.object_kind, "province": province }),
            None => json!({ "id": self.object_id, "kind": self.object_kind }),
        }
    }

    /// Its facts, without those that say nothing, and with what is said alike about everybody concerned, like a reason:
    /// whoever may see the history of a record may see the record.
    pub fn facts(&self) -> Map<String, Value> {
        let mut of_each = self.personal.iter().filter_map(|one| one.fields.as_ref()?.1.as_object());
        let mut of_all = of_each.next().cloned().unwrap_or_default();
        for fields in of_each {
            of_all.retain(|name, value| fields.get(name) == Some(value));
        }
        let facts = self.data.as_object().cloned().unwrap_or_default().into_iter().chain(of_all);
        facts.filter(|(_, value)| !value.is_null()).collect()
    }

    /// What the leaf commits to with this salt.
    ///
    /// # Errors
    /// As [`Recorded::document`].
    pub fn commitment(&self, salt: &Salt) -> Result<Commitment, Altered> {
        let bytes = log::canonical(&self.document()?).map_err(|_| Altered)?;
        Ok(log::commitment(salt, &bytes))
    }

    /// Makes sure that this is what was written down: that the leaf commits to it with this salt and tells its hour,
    /// and that the fields are those that it commits to. Gives the subjects whose fields are not there: a later event
    /// has to say that they were erased.
    ///
    /// # Errors
    /// [`Altered`].
    pub fn check(&self, salt: &Salt, leaf: &Leaf) -> Result<Vec<SubjectId>, Altered> {
        let fields_hold = self.personal.iter().all(|one| match &one.fields {
            Some((salt, fields)) => personal_digest(salt, fields).is_ok_and(|digest| digest == one.digest),
            None => true,
        });
        let holds = fields_hold && leaf.hour() == self.at.hour() && self.commitment(salt)? == *leaf.commitment();
        let missing = self.personal.iter().filter(|one| one.fields.is_none()).map(|one| one.subject);
        if holds { Ok(missing.collect()) } else { Err(Altered) }
    }

    /// The fields that this event says were erased with it; nothing for events of other types.
    pub fn erased(&self) -> ErasedFields {
        let erases = [EventKind::PersonErased, EventKind::RetentionRun].iter().any(|kind| kind.as_str() == self.kind);
        if erases { ErasedFields::of(&self.data) } else { ErasedFields::default() }
    }
}
