//! How a credential stood at a moment that is past: read off its dates, and off what happened to it since.

use super::events::event_kind;
use crate::domain::credentials::{Credential, CredentialEvent, CredentialState};
use crate::domain::events::Object;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::store::{Read, events};

/// Whether a credential was issued and in force at `at`.
pub(in crate::app) fn was_valid(db: &mut impl Read, it: &Credential, at: Timestamp) -> Result<bool, Error> {
    let covers = it.issued_at <= at && it.validity.not_before() <= at && at < it.validity.expires();
    if !covers {
        return Ok(false);
    }
    // The first thing that moved it since says where it stood before.
    let kinds = CredentialEvent::ALL.map(event_kind);
    let since = events::first_after(db, &Object::Credential(it.id), &kinds, at)?;
    let then = since.as_ref().and_then(|facts| facts["from"].as_str());
    Ok(then.unwrap_or(it.state.as_str()) == CredentialState::Active.as_str())
}
