//! `POST /people/{id}/events` and `GET /erasures`: see `app::erasure` for who may do what.

use super::answer::{Answer, Outcome, as_text};
use super::body::Json;
use super::context::{Change, Context, PathId};
use super::cursor::{List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::people::{PersonView, with_erasure};
use super::problem::{ChangeProblems, ReadProblems};
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::erasure::{self, Gone, Happened};
use crate::app::gate::Etag;
use crate::app::people::{self, NationalIdForm};
use crate::domain::accesses::Looked;
use crate::domain::accounts::Caller;
use crate::domain::erasure::{ErasureForm, ErasureState, Pending, Place, Waiting};
use crate::domain::ids::PersonId;
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::policy;
use crate::store::Tx;
use actix_web::{get, post};
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

/// Whose erasure waits for its second registrar.
#[derive(Serialize, ToSchema)]
#[schema(as = WaitingErasure)]
struct WaitingView<'a> {
    /// Whose record it is.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    person_id: PersonId,
    /// The name in full.
    #[schema(example = "Trần Thị Bưởi")]
    full_name: &'a str,
    /// What waits.
    erasure: ErasureView<'a>,
    /// Whether the caller asked for it, and so does not confirm it.
    asked_by_oneself: bool,
}

impl<'a> WaitingView<'a> {
    fn seen_by(it: &'a Waiting, caller: &Caller) -> Self {
        Self {
            person_id: it.person,
            full_name: &it.full_name,
            erasure: ErasureView::from(&it.pending),
            asked_by_oneself: policy::is_own_account(caller, Some(it.pending.requested_by)),
        }
    }
}

/// A part of the list of erasures that wait.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct WaitingErasureList<'a> {
    /// In the order in which they were asked for.
    items: Vec<WaitingView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
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
    /// `erase`, `keep`, `confirm` or `correct_national_id`.
    #[schema(example = "erase")]
    event: String,
    /// 1–500 characters; required for `erase` and `correct_national_id`, may be said for `keep`.
    #[schema(example = "Theo đơn yêu cầu ngày 12/11/2026")]
    reason: Option<String>,
    /// The number as it should have been, twelve digits; with `correct_national_id` alone, which needs it.
    #[schema(example = "999090000001")]
    national_id: Option<String>,
}

/// What is asked for.
enum Asked {
    Erasure(Result<ErasureForm, Error>),
    NationalId(NationalIdForm),
}

impl Asked {
    fn of(sent: Result<PersonEvent, Error>) -> Self {
        match sent {
            Ok(PersonEvent { event, reason, national_id }) if event == "correct_national_id" => {
                Self::NationalId(NationalIdForm { national_id, reason })
            }
            Ok(PersonEvent { national_id: Some(_), .. }) => {
                let detail = "this event takes no such field";
                Self::Erasure(Err(Error::invalid("/national_id", "not_for_this_event", detail)))
            }
            Ok(PersonEvent { event, reason, national_id: None }) => Self::Erasure(Ok(ErasureForm { event, reason })),
            Err(error) => Self::Erasure(Err(error)),
        }
    }
}

/// Erasures that wait for a second registrar
///
/// Of everybody; for a province's registrar, of those who work for its agencies today.
#[utoipa::path(operation_id = "list_erasures", tag = "people", params(PageParams),
    responses((status = 200, description = "A part of the list.", body = WaitingErasureList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/erasures")]
pub(super) async fn list_erasures(ctx: Context, list: List<(), Place>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let part = erasure::list(db, &ctx.registry, &ctx.caller, list.asked)?;
        let seen = Seen::of_people(part.items.iter().map(|it| it.person), Looked::List);
        Ok((list.cursors.answer(&part, |it| WaitingView::seen_by(it, &ctx.caller))?, seen))
    })
    .await
}

/// Erase a person, or correct their national id
///
/// A registrar asks for it (`erase`); it waits (202) for `confirm` by another registrar, and may be taken back (`keep`).
/// It is refused (409) while a credential of the person is in force or suspended, or a case that concerns them is open.
/// What is erased does not come back: `GET` answers 404 afterwards. The log stays whole, without the person's fields.
///
/// A paper of an application or an office goes with whom it is about. One that is about nobody in particular stays while
/// another who is or was there is on record: where that is, the answer says.
///
/// An agency changes a national id itself while the person holds no card or letter. A registrar of the ministry corrects one
/// that was written down wrong at any time (`correct_national_id`), with reasons; whatever the person has or had stays theirs, a
/// card that was revoked, too. Another record with that number is offered as one of the same human being.
#[utoipa::path(operation_id = "record_person_event", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = PersonEvent, responses(
    (status = 201, description = "It is taken back, or the number corrected: the person's record. Or it is carried out: what is left.",
        body = PersonOrGone, headers(("ETag" = String, description = "Of the new version, where there is a record."))),
    (status = 202, description = "It waits for a second registrar: `pending_second` is true.", body = PersonView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/people/{id}/events")]
pub(super) async fn record_person_event(change: Change<Json<PersonEvent>>, id: PathId<PersonId>) -> Outcome {
    // The change may be run again: what its last run did is what is durable.
    let gone: Arc<Mutex<Option<Gone>>> = Arc::default();
    let done = Arc::clone(&gone);
    let erase = move |tx: &mut Tx, change: &Change<Json<PersonEvent>>| {
        let (registry, caller, gate) = (&change.registry, &change.caller, &change.gate);
        match Asked::of(change.form()) {
            Asked::Erasure(form) => {
                let happened = erasure::happen(tx, registry, caller, id.0, gate, form)?;
                answered(tx, happened, caller, &done)
            }
            Asked::NationalId(form) => {
                let person = people::correct_national_id(tx, registry, caller, id.0, gate, &form)?;
                let pending = erasure::seen(tx, caller, person.id)?;
                Ok(with_erasure(tx, &person, caller, pending.as_ref())?.created())
            }
        }
    };
    let seal = move |registry: &Registry| match gone.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(gone) => registry.seal_erasure(&gone),
        None => Ok(()),
    };
    change.write_accounts_then(erase, seal).await
}

fn answered(tx: &mut Tx, happened: Happened, caller: &Caller, done: &Mutex<Option<Gone>>) -> Outcome {
    match happened {
        Happened::Waits(person, pending) => Ok(with_erasure(tx, &person, caller, Some(&pending))?.accepted()),
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
