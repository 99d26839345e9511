//! `/people/{id}/engagements`: what people do for an agency, begun again, ended, corrected.

use super::super::V1;
use super::super::answer::Outcome;
use super::super::body::Json;
use super::super::context::{Change, PathId, id_in_path};
use super::super::gate::{IdempotencyKey, IfMatch};
use super::super::problem::ChangeProblems;
use super::{PersonView, shown};
use crate::app::people::{self, EngagementEventForm};
use crate::domain::ids::{EngagementId, PersonId};
use crate::domain::people::EngagementForm;
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// An engagement to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewEngagement {
    /// `staff` or `collaborator`.
    #[schema(example = "staff")]
    kind: String,
    /// The post, 1–120 characters.
    #[schema(example = "Phóng viên")]
    post: String,
    /// First day, YYYY-MM-DD.
    #[schema(example = "2020-01-02", format = Date)]
    from: String,
}

impl From<NewEngagement> for EngagementForm {
    fn from(NewEngagement { kind, post, from }: NewEngagement) -> Self {
        Self { kind, post, from }
    }
}

/// What is to happen to an engagement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EngagementEventSent {
    /// `end`: it has a last day; once more while that has not passed, for whoever goes earlier. `correct`: its days were
    /// written down wrong.
    #[schema(example = "end")]
    event: String,
    /// Why, 1–500 characters.
    #[schema(example = "Hết hợp đồng")]
    reason: String,
    /// First day, YYYY-MM-DD; only of `correct`, which leaves it where it is left out.
    #[schema(format = Date)]
    from: Option<String>,
    /// Last day, YYYY-MM-DD. Where it is left out, an engagement ends today, and `correct` leaves it; it gives none to an
    /// engagement that has none.
    #[schema(format = Date)]
    to: Option<String>,
}

impl From<EngagementEventSent> for EngagementEventForm {
    fn from(EngagementEventSent { event, reason, from, to }: EngagementEventSent) -> Self {
        Self { event, reason, from, to }
    }
}

/// Engage a person again
///
/// Somebody who works for one's own agency, or did: in another capacity, or once more after a time. Engagements with one
/// agency do not overlap. Whoever works for another agency is entered there, as a record of its own.
#[utoipa::path(operation_id = "begin_engagement", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = NewEngagement, responses(
    (status = 201, description = "It is entered; the person's record as it is now.", body = PersonView, headers(
        ("Location" = String, description = "Where the record is."),
        ("ETag" = String, description = "Of the new version of the person."))), ChangeProblems))]
#[post("/people/{id}/engagements")]
pub(in crate::api) async fn begin_engagement(change: Change<Json<NewEngagement>>, id: PathId<PersonId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let person = people::begin(tx, &change.registry, &change.caller, id.0, &change.gate, form)?;
            Ok(shown(tx, &person, &change.caller)?.created_at(format_args!("{V1}/people/{}", person.id)))
        })
        .await
}

/// End an engagement, or correct its days
///
/// Its own agency does, with reasons; where that has ended, the one that took its place corrects the days, of whoever came to
/// it. The log keeps the days of before. Letters and collaborators' cards go with the last
/// day. No day is before the person's birth, and engagements with one agency do not overlap.
#[utoipa::path(operation_id = "end_engagement", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"),
        ("eid" = String, Path, description = "The engagement's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = EngagementEventSent, responses(
    (status = 201, description = "It happened; the person's record as it is now.", body = PersonView,
        headers(("ETag" = String, description = "Of the new version of the person."))), ChangeProblems))]
#[post("/people/{id}/engagements/{eid}/events")]
pub(in crate::api) async fn end_engagement(
    change: Change<Json<EngagementEventSent>>,
    path: web::Path<(String, String)>,
) -> Outcome {
    let (id, engagement): (PersonId, EngagementId) = (id_in_path(&path.0), id_in_path(&path.1));
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let (registry, caller, gate) = (&change.registry, &change.caller, &change.gate);
            let person = people::happen_to_engagement(tx, registry, caller, id, engagement, gate, form)?;
            Ok(shown(tx, &person, caller)?.created())
        })
        .await
}
