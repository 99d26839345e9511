//! `POST /people/{id}/events`: see `app::erasure` for who may do what.

use super::answer::{Answer, Outcome, as_text};
use super::body::Json;
use super::context::{Change, PathId};
use super::gate::{IdempotencyKey, IfMatch};
use super::people::{PersonView, with_erasure};
use super::problem::ChangeProblems;
use crate::app::Registry;
use crate::app::erasure::{self, Gone, Happened};
use crate::app::gate::Etag;
use crate::domain::accounts::Caller;
use crate::domain::erasure::{ErasureForm, ErasureState, Pending};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::store::Tx;
use actix_web::post;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};
use utoipa::ToSchema;

/// An erasure that waits for its second registrar.
#[derive(Serialize, ToSchema)]
#[schema(as = Erasure)]
pub(super) struct ErasureView<'a> {
    /// `pending_second`.
    #[schema(example = "pending_second")]
    state: &'static str,
    /// When it was asked for, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// Why.
    #[schema(example = "Theo đơn yêu cầu ngày 12/11/2026")]
    reason: &'a str,
}

impl<'a> From<&'a Pending> for ErasureView<'a> {
    fn from(pending: &'a Pending) -> Self {
        let state = ErasureState::PendingSecond.as_str();
        Self { state, requested_at: pending.requested_at, reason: &pending.reason }
    }
}

/// All that is left of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasedPerson)]
struct GoneView {
    /// The id, which the log and cards that were handed in go on naming.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: PersonId,
    /// `erased`.
    #[schema(example = "erased")]
    state: &'static str,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    erased_at: Timestamp,
    /// Applications with papers that are about nobody in particular and that others of the application need: they stay until
    /// the last of those is erased or a year after the end, and may name the person. But for these and those of offices,
    /// nothing else is left.
    #[schema(value_type = Vec<String>)]
    shared_papers: Vec<String>,
    /// Offices with such papers: likewise.
    #[schema(value_type = Vec<String>)]
    shared_office_papers: Vec<String>,
}

/// What is answered: the person, or what is left.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum PersonOrGone<'a> {
    /// Who is kept.
    Person(Box<PersonView<'a>>),
    /// Who was erased.
    Gone(GoneView),
}

/// What is to happen to a person's record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonEvent {
    /// `erase`, `keep` or `confirm`.
    #[schema(example = "erase")]
    event: String,
    /// 1–500 characters; required for `erase`, may be said for `keep`.
    #[schema(example = "Theo đơn yêu cầu ngày 12/11/2026")]
    reason: Option<String>,
}

impl From<PersonEvent> for ErasureForm {
    fn from(sent: PersonEvent) -> Self {
        Self { event: sent.event, reason: sent.reason }
    }
}

/// Erase a person
///
/// A registrar asks for it (`erase`); it waits (202) for `confirm` by another registrar, and may be taken back (`keep`).
/// It is refused (409) while a credential of the person is in force or suspended, or a case that concerns them is open.
/// What is erased does not come back: `GET` answers 404 afterwards. The log stays whole, without the person's fields.
///
/// A paper of an application or an office goes with whom it is about. One that is about nobody in particular stays while
/// another who is or was there is on record: where that is, the answer says.
#[utoipa::path(operation_id = "record_person_event", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = PersonEvent, responses(
    (status = 201, description = "It is taken back: the person's record. Or it is carried out: what is left.",
        body = PersonOrGone, headers(("ETag" = String, description = "Of the new version, where there is a record."))),
    (status = 202, description = "It waits for a second registrar: `pending_second` is true.", body = PersonView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/people/{id}/events")]
pub(super) async fn record_person_event(change: Change<Json<PersonEvent>>, id: PathId<PersonId>) -> Outcome {
    // The change may be run again: what its last run did is what is durable.
    let gone: Arc<Mutex<Option<Gone>>> = Arc::default();
    let done = Arc::clone(&gone);
    let erase = move |tx: &mut Tx, change: &Change<Json<PersonEvent>>| {
        let form = change.form().map(Into::into);
        let happened = erasure::happen(tx, &change.registry, &change.caller, id.0, &change.gate, form)?;
        answered(happened, &change.caller, &done)
    };
    let seal = move |registry: &Registry| match gone.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(gone) => registry.seal_erasure(&gone),
        None => Ok(()),
    };
    change.write_accounts_then(erase, seal).await
}

fn answered(happened: Happened, caller: &Caller, done: &Mutex<Option<Gone>>) -> Outcome {
    match happened {
        Happened::Waits(person, pending) => Ok(with_erasure(&person, caller, Some(&pending))?.accepted()),
        Happened::Kept(person) => {
            let view = PersonOrGone::Person(Box::new(PersonView::from(&*person).with_erasure(None)));
            Ok(Answer::ok(&view)?.tagged(&Etag::of_version(person.version)).created())
        }
        Happened::Erased(gone) => {
            let state = ErasureState::Erased.as_str();
            let view = PersonOrGone::Gone(GoneView {
                id: gone.person,
                state,
                erased_at: gone.at,
                shared_papers: gone.shared_papers.iter().map(ToString::to_string).collect(),
                shared_office_papers: gone.shared_office_papers.iter().map(ToString::to_string).collect(),
            });
            *done.lock().unwrap_or_else(PoisonError::into_inner) = Some(gone);
            Ok(Answer::ok(&view)?.created())
        }
    }
}
