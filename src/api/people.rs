//! `/people` and the people of an agency: see `app::people` for who may do what.

pub(super) mod engagements;

use super::V1;
use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::body::{Json, Picture};
use super::context::{Change, Context, Look, PathId, block};
use super::cursor::{Filters, List, PageParams};
use super::erasure::ErasureView;
use super::gate::{IdempotencyKey, IfMatch};
use super::json::sent;
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query as Params;
use crate::app::accesses::Seen;
use crate::app::erasure;
use crate::app::people::{self, NewPersonForm, PersonPatch};
use crate::domain::accesses::Looked;
use crate::domain::accounts::{Caller, Email};
use crate::domain::erasure::Pending;
use crate::domain::ids::{AgencyId, EngagementId, PersonId};
use crate::domain::people::{Engagement, Person, PersonForm};
use crate::domain::search::{Place, Query};
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use crate::policy;
use crate::store::Read;
use actix_web::{get, patch, post, put};
use engagements::NewEngagement;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A person on record.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub(super) struct PersonView<'a> {
    /// The id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: PersonId,
    /// The name in full.
    #[schema(example = "Trần Thị Bưởi")]
    full_name: &'a str,
    /// The pen name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pen_name: Option<&'a str>,
    /// Date of birth, YYYY-MM-DD.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date, example = "1990-05-06")]
    birth_date: Day,
    /// Personal identification number, twelve digits.
    #[schema(example = "999090000001")]
    national_id: &'a str,
    /// Where notices go.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    /// Whether there is a portrait.
    has_portrait: bool,
    /// Every engagement, oldest first.
    engagements: Vec<EngagementView<'a>>,
    /// When the person was entered, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// There, and true, while an erasure of the person waits for its second registrar: told to registrars.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pending_second: bool,
    /// That erasure.
    #[serde(skip_serializing_if = "Option::is_none")]
    erasure: Option<ErasureView<'a>>,
}

impl<'a> PersonView<'a> {
    /// For whoever may know of an erasure that waits.
    pub(super) fn with_erasure(self, pending: Option<&'a Pending>) -> Self {
        Self { pending_second: pending.is_some(), erasure: pending.map(ErasureView::from), ..self }
    }
}

/// A person's work for an agency.
#[derive(Serialize, ToSchema)]
#[schema(as = Engagement)]
struct EngagementView<'a> {
    /// The id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: EngagementId,
    /// For whom.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// `staff` or `collaborator`.
    #[schema(example = "staff")]
    kind: &'static str,
    /// The post.
    #[schema(example = "Phóng viên")]
    post: &'a str,
    /// First day, YYYY-MM-DD.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Last day, YYYY-MM-DD, where it has ended or will.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

impl<'a> From<&'a Engagement> for EngagementView<'a> {
    fn from(it: &'a Engagement) -> Self {
        Self { id: it.id, agency_id: it.agency, kind: it.kind.as_str(), post: &it.post, from: it.from, to: it.to }
    }
}

impl<'a> From<&'a Person> for PersonView<'a> {
    fn from(person: &'a Person) -> Self {
        let fields = &person.fields;
        Self {
            id: person.id,
            full_name: &fields.full_name,
            pen_name: fields.pen_name.as_deref(),
            birth_date: fields.birth_date,
            national_id: fields.national_id.reveal(),
            email: fields.email.as_ref().map(Email::as_str),
            has_portrait: person.portrait.is_some(),
            engagements: person.engagements.iter().map(EngagementView::from).collect(),
            created_at: person.created_at,
            pending_second: false,
            erasure: None,
        }
    }
}

impl<'a> PersonView<'a> {
    /// As this caller may see it: no agency is told where else somebody works.
    fn seen_by(person: &'a Person, caller: &Caller, before: &[AgencyId]) -> Self {
        let seen = person.engagements.iter().filter(|it| policy::sees_engagement(caller, before, it.agency));
        Self { engagements: seen.map(EngagementView::from).collect(), ..Self::from(person) }
    }
}

/// A part of an agency's list of people.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct PersonList<'a> {
    /// In the order of given names, then middle names, then family names; with a query, best first.
    items: Vec<PersonView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// A person to be entered, with what they do for the agency.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPerson {
    /// The name in full, 1–120 characters, in any Unicode form.
    #[schema(example = "Trần Thị Bưởi")]
    full_name: String,
    /// The pen name, at most 120 characters.
    pen_name: Option<String>,
    /// Date of birth, YYYY-MM-DD.
    #[schema(example = "1990-05-06", format = Date)]
    birth_date: String,
    /// Personal identification number, twelve digits.
    #[schema(example = "999090000001")]
    national_id: String,
    /// Where notices go.
    email: Option<String>,
    /// What they do for the agency.
    engagement: NewEngagement,
}

impl From<NewPerson> for NewPersonForm {
    fn from(sent: NewPerson) -> Self {
        let NewPerson { full_name, pen_name, birth_date, national_id, email, engagement } = sent;
        Self {
            person: PersonForm { full_name, pen_name, birth_date, national_id, email },
            engagement: engagement.into(),
        }
    }
}

/// A change of a person's record: what is left out stays, null clears what may be left out.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct PersonChange {
    /// The name in full, 1–120 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    full_name: Option<String>,
    /// The pen name, at most 120 characters.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    pen_name: Option<Option<String>>,
    /// Date of birth, YYYY-MM-DD.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false, format = Date)]
    birth_date: Option<String>,
    /// Personal identification number, twelve digits.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>, nullable = false)]
    national_id: Option<String>,
    /// Where notices go.
    #[serde(deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
}

impl From<PersonChange> for PersonPatch {
    fn from(sent: PersonChange) -> Self {
        let PersonChange { full_name, pen_name, birth_date, national_id, email } = sent;
        Self { full_name, pen_name, birth_date, national_id, email }
    }
}

/// Which people.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PersonFilters {
    /// Only people each word of it is a word of their name or pen name, or the beginning of one, in any order, without
    /// regard to case, marks and the place of a tone: `hoa` finds Hoa, Hòa, Hoá and Hoàng. Best first: whole words with
    /// the marks that were typed, whole words with other marks, then beginnings; within each given names before other
    /// words. At most 200 characters, one of them a letter or a digit.
    #[param(value_type = Option<String>, example = "tran buoi")]
    query: Query,
}

impl Filters for PersonFilters {
    fn take(params: &mut Params) -> Result<Self, Error> {
        Ok(Self { query: params.search()?.unwrap_or_default() })
    }
}

/// With the erasure that waits, for whoever may know of it.
pub(super) fn with_erasure(db: &mut impl Read, person: &Person, caller: &Caller, pending: Option<&Pending>) -> Outcome {
    let before = people::took_the_place_of(db, caller)?;
    let view = PersonView::seen_by(person, caller, &before).with_erasure(pending);
    Ok(Answer::ok(&view)?.tagged(&people::etag_of(person, &before)))
}

fn shown(db: &mut impl Read, person: &Person, caller: &Caller) -> Outcome {
    with_erasure(db, person, caller, None)
}

/// The people of an agency
#[utoipa::path(operation_id = "list_people", tag = "people",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), PersonFilters, PageParams),
    responses((status = 200, description = "A part of the list of those who work there today.", body = PersonList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/agencies/{id}/people")]
pub(super) async fn list_people(ctx: Context, id: PathId<AgencyId>, list: List<PersonFilters, Place>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.query, page));
        let part = people::list(db, &ctx.registry, &ctx.caller, id.0, asked)?;
        let seen = Seen::of_people(part.items.iter().map(|person| person.id), Looked::List);
        let before = people::took_the_place_of(db, &ctx.caller)?;
        Ok((list.cursors.answer(&part, |person| PersonView::seen_by(person, &ctx.caller, &before))?, seen))
    })
    .await
}

/// Enter a person
#[utoipa::path(operation_id = "create_person", tag = "people",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), IdempotencyKey),
    request_body = NewPerson, responses(
    (status = 201, description = "The person is entered.", body = PersonView, headers(
        ("Location" = String, description = "Where the record is."), ("ETag" = String, description = "Of this version."))),
    CreateProblems))]
#[post("/agencies/{id}/people")]
pub(super) async fn create_person(change: Change<Json<NewPerson>>, id: PathId<AgencyId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let person = people::register(tx, &change.registry, &change.caller, id.0, &change.gate, form)?;
            Ok(shown(tx, &person, &change.caller)?.created_at(format_args!("{V1}/people/{}", person.id)))
        })
        .await
}

/// A person's record
#[utoipa::path(operation_id = "get_person", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid")), responses(
    (status = 200, description = "The record.", body = PersonView,
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))), ReadProblems))]
#[get("/people/{id}")]
pub(super) async fn get_person(look: Look, id: PathId<PersonId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let person = people::read(db, &ctx.registry, &ctx.caller, id.0)?;
        let pending = erasure::seen(db, &ctx.caller, person.id)?;
        Ok((with_erasure(db, &person, &ctx.caller, pending.as_ref())?, Seen::of(person.id, Looked::Record)))
    })
    .await
}

/// Change a person's record
#[utoipa::path(operation_id = "change_person", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = PersonChange, responses((status = 200, description = "As it is now.", body = PersonView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[patch("/people/{id}")]
pub(super) async fn change_person(change: Change<Json<PersonChange>>, id: PathId<PersonId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let person = people::change(tx, &change.registry, &change.caller, id.0, &change.gate, form)?;
            shown(tx, &person, &change.caller)
        })
        .await
}

/// Set a person's portrait
///
/// A JPEG or PNG of at least 200 × 200 pixels. It is made smaller and written anew; nothing else of the file is kept.
#[utoipa::path(operation_id = "set_portrait", tag = "people",
    params(("id" = String, Path, description = "The person's id.", format = "uuid"), IfMatch),
    request_body(content(("image/jpeg"), ("image/png")), description = "The picture, at most 10 MB."),
    responses((status = 200, description = "The person as on record now.", body = PersonView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[put("/people/{id}/portrait")]
pub(super) async fn set_portrait(change: Change<Picture>, id: PathId<PersonId>) -> Outcome {
    let Change { registry, caller, gate, body, .. } = change;
    block(move || {
        let person = registry.set_portrait(&caller, id.0, &gate, || body.bytes())?;
        registry.store.read(|db| shown(db, &person, &caller))
    })
    .await
}
