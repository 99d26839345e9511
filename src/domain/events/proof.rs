//! A proof that an event stands in the log, to be kept in a file and checked without the registry.

use crate::domain::log::{self, Checkpoint, Proof, Salt, Unproven, VerifierKey};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// The event with its salts, its leaf, and the leaf's place under a signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventProof {
    /// The event, without personal fields.
    pub event: Value,
    /// The salt of the event, base64url.
    pub salt: String,
    /// The personal fields that the event commits to, as far as they are shown here.
    pub personal: Vec<ShownFields>,
    /// The leaf, as it stands in the log.
    pub leaf: String,
    /// A C2SP `tlog-proof`: place, path and signed checkpoint.
    pub inclusion: String,
    /// The log's key as `NAME+HASH+KEY`. Compare it with one that you have from elsewhere.
    pub vkey: String,
}

/// Fields of one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownFields {
    /// Whose.
    pub subject: String,
    /// Their salt, base64url.
    pub salt: String,
    /// The fields.
    pub fields: Value,
}

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadProof {
    /// The leaf does not commit to this event.
    OtherEvent,
    /// The event does not commit to these fields.
    OtherFields,
    /// It is not well formed.
    Malformed,
    /// The leaf is not in the log.
    Unproven(Unproven),
}

impl fmt::Display for BadProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherEvent => f.write_str("the leaf does not commit to this event: one of the two was altered"),
            Self::OtherFields => f.write_str("the event does not commit to these fields: one of the two was altered"),
            Self::Malformed => f.write_str("this is no proof of an event"),
            Self::Unproven(why) => why.fmt(f),
        }
    }
}

impl EventProof {
    /// Checks all of it with this key of the log; gives the entry's place and the checkpoint it is under.
    ///
    /// # Errors
    /// [`BadProof`].
    pub fn check(&self, key: &VerifierKey) -> Result<(u64, Checkpoint), BadProof> {
        let leaf = log::Leaf::parse(self.leaf.as_bytes()).ok_or(BadProof::Malformed)?;
        if commitment(&self.salt, &self.event)? != *leaf.commitment() {
            return Err(BadProof::OtherEvent);
        }
        for shown in &self.personal {
            let digest = BASE64URL_NOPAD.encode(&commitment(&shown.salt, &shown.fields)?);
            let is_committed = |one: &Value| one["subject"] == shown.subject && one["digest"] == digest;
            if !self.event["personal"].as_array().is_some_and(|personal| personal.iter().any(is_committed)) {
                return Err(BadProof::OtherFields);
            }
        }
        let proof = Proof::parse(&self.inclusion).ok_or(BadProof::Malformed)?;
        let checkpoint = proof.check(self.leaf.as_bytes(), key).map_err(BadProof::Unproven)?;
        Ok((proof.index, checkpoint))
    }
}

fn commitment(salt: &str, document: &Value) -> Result<log::Commitment, BadProof> {
    let salt = BASE64URL_NOPAD.decode(salt.as_bytes()).ok().and_then(|raw| Salt::try_from(raw).ok());
    let salt = salt.ok_or(BadProof::Malformed)?;
    log::canonical(document).map(|bytes| log::commitment(&salt, &bytes)).map_err(|_| BadProof::Malformed)
}
