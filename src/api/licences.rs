//! `/agencies/{id}/licences`: see `app::licences` for who may do what.

use super::V1;
use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::body::Json;
use super::context::{Change, Look, PathId};
use super::gate::IdempotencyKey;
use super::problem::{CreateProblems, ReadProblems};
use crate::app::licences;
use crate::domain::agencies::{Licence, LicenceForm, LicenceState};
use crate::domain::ids::{AgencyId, LicenceId};
use crate::domain::time::{Day, Timestamp};
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A licence of an agency, as it stands on paper.
#[derive(Serialize, ToSchema)]
#[schema(as = Licence)]
struct LicenceView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: LicenceId,
    /// As printed.
    #[schema(example = "635/GP-BTTTT")]
    number: &'a str,
    /// The day of its signature.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "date", example = "2020-12-31")]
    issued_on: Day,
    /// By whom.
    #[schema(example = "Bộ Thông tin và Truyền thông")]
    issuer: &'a str,
    /// Its last day; null where it has none.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    valid_until: Option<Day>,
    /// What the licence itself says that the agency is for (tôn chỉ, mục đích).
    purpose: Option<&'a str>,
    /// Where it is distributed.
    circulation_area: Option<&'a str>,
    /// The licences that it replaced: of this agency, or of those that it took the place of.
    replaces: Vec<String>,
    /// The licence that replaced it.
    #[schema(value_type = Option<String>, format = "uuid")]
    replaced_by: Option<String>,
    /// `in_force`, `not_yet_valid`, `expired`, `replaced`, `revoked` where it was taken away, or `ended` with its agency,
    /// today.
    #[schema(example = "in_force")]
    state: &'static str,
    /// The day on which it was taken away, being in force; null where it was not.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>, format = "date")]
    revoked_on: Option<Day>,
    /// When it was entered, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl<'a> LicenceView<'a> {
    fn of(it: &'a Licence, state: LicenceState) -> Self {
        let fields = &it.fields;
        Self {
            id: it.id,
            number: &fields.number,
            issued_on: fields.issued_on,
            issuer: &fields.issuer,
            valid_until: fields.valid_until,
            purpose: fields.purpose.as_deref(),
            circulation_area: fields.circulation_area.as_deref(),
            replaces: fields.replaces.iter().map(ToString::to_string).collect(),
            replaced_by: it.replaced_by.map(|(id, _)| id.to_string()),
            state: state.as_str(),
            revoked_on: it.revoked_on,
            created_at: it.created_at,
        }
    }
}

/// The licences of an agency.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct LicenceList<'a> {
    /// In the order in which they were entered; at most 200.
    items: Vec<LicenceView<'a>>,
    /// Always null.
    next_cursor: Option<String>,
}

/// A licence to be entered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLicence {
    /// As printed, 1–40 characters. That of an aggregator site has `GP-TTĐT`, and no other.
    #[schema(example = "635/GP-BTTTT", min_length = 1, max_length = 40)]
    number: String,
    /// The day of its signature, not after today.
    #[schema(example = "2020-12-31", format = "date")]
    issued_on: String,
    /// By whom, 1–200 characters.
    #[schema(example = "Bộ Thông tin và Truyền thông", min_length = 1, max_length = 200)]
    issuer: String,
    /// Its last day, where it has one.
    #[schema(format = "date")]
    valid_until: Option<String>,
    /// The sentence of the licence itself by which it says what the agency is for, at most 1,000 characters.
    #[schema(max_length = 1000)]
    purpose: Option<String>,
    /// Where it is distributed, at most 200 characters.
    #[schema(example = "Toàn quốc", max_length = 200)]
    circulation_area: Option<String>,
    /// The ids of the licences that it replaces, at most 20: of this agency, or of closed ones that it took the place of.
    /// One with the same number and day is mended by that.
    #[serde(default)]
    replaces: Vec<String>,
    /// The id of this agency's licence that took its place, where that one is entered already.
    #[schema(format = "uuid")]
    replaced_by: Option<String>,
}

impl From<NewLicence> for LicenceForm {
    fn from(sent: NewLicence) -> Self {
        let NewLicence { number, issued_on, issuer, valid_until, purpose, circulation_area, replaces, replaced_by } =
            sent;
        Self { number, issued_on, issuer, valid_until, purpose, circulation_area, replaces, replaced_by }
    }
}

/// The licences of an agency
#[utoipa::path(operation_id = "list_licences", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid")), responses(
    (status = 200, description = "All of them.", body = LicenceList,
        headers(("ETag" = String, description = "Of the list."))), ReadProblems))]
#[get("/agencies/{id}/licences")]
pub(super) async fn list_licences(look: Look, id: PathId<AgencyId>) -> Outcome {
    look.read(move |db, ctx| {
        let licences = licences::list(db, &ctx.registry, &ctx.caller, id.0)?;
        Answer::list(licences.iter().map(|(it, state)| LicenceView::of(it, *state)).collect(), None)
    })
    .await
}

/// Enter a licence of an agency
///
/// As it stands on paper; it is never changed: where one was entered wrongly, it is entered again and named in `replaces`.
/// Of an agency at work the licence that is in force is entered first, and then
/// those before it, with `replaced_by`: 422 `none_in_force` where none would be in force today. Where the last licence of an agency expires and no other is on record, the
/// agency is suspended by itself, with its letters and collaborators' cards, until another is entered and it is reinstated.
#[utoipa::path(operation_id = "create_licence", tag = "agencies",
    params(("id" = String, Path, description = "The agency's id.", format = "uuid"), IdempotencyKey),
    request_body = NewLicence, responses(
    (status = 201, description = "It is entered.", body = LicenceView,
        headers(("Location" = String, description = "The list that it is in."))), CreateProblems))]
#[post("/agencies/{id}/licences")]
pub(super) async fn create_licence(change: Change<Json<NewLicence>>, id: PathId<AgencyId>) -> Outcome {
    let id = id.0;
    change
        .write(move |tx, change| {
            let licence = licences::enter(tx, &change.caller, id, &change.gate, || Ok(change.form()?.into()))?;
            let view = LicenceView::of(&licence, licence.on(tx.now().day()));
            Ok(Answer::ok(&view)?.created_at(format_args!("{V1}/agencies/{id}/licences")))
        })
        .await
}
