//! `/credentials` and `/letters`: see `app::credentials` and `app::letters` for who may do what.

use super::V1;
use super::answer::{Answer, Outcome, as_optional_text, as_text};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::negotiate::{Format, negotiate};
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::{Query, yes_or_no};
use crate::app::Registry;
use crate::app::accesses::Seen;
use crate::app::credentials::{self, EventForm, Filter};
use crate::app::letters::{self, LetterForm};
use crate::domain::accesses::Looked;
use crate::domain::credentials::{Credential, Ground};
use crate::domain::ids::{AgencyId, ApplicationId, CredentialId, Id as _, PersonId};
use crate::domain::printed::{CredentialKind, LetterScope, PhotoDigest};
use crate::domain::time::Timestamp;
use crate::error::Error;
use crate::pictures::qr::Symbol;
use actix_web::{HttpRequest, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A press card, letter of introduction or collaborator's card.
#[derive(Serialize, ToSchema)]
#[schema(as = Credential)]
pub(super) struct CredentialView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: CredentialId,
    /// `press_card`, `introduction_letter` or `collaborator_card`.
    #[schema(example = "press_card")]
    kind: &'static str,
    /// As printed.
    #[schema(example = "000123")]
    number: &'a str,
    /// `active`, `not_yet_valid`, `expired`, `suspended`, `revoked`, `lost`, `returned` or `replaced`.
    #[schema(example = "active")]
    state: &'static str,
    /// The ground of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "inquiry")]
    ground: Option<&'static str>,
    /// Whose it is.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    person_id: PersonId,
    /// Whose agency proposed it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// The application that led to it.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    application_id: Option<ApplicationId>,
    /// The name as printed.
    #[schema(example = "Trần Thị Bưởi")]
    name: &'a str,
    /// The agency's short name as printed.
    #[schema(example = "Báo Ví Dụ")]
    agency: &'a str,
    /// The digest of the portrait as printed, 16 hex digits.
    #[serde(serialize_with = "as_optional_text")]
    #[schema(value_type = Option<String>)]
    photo_digest: Option<PhotoDigest>,
    /// Where a letter's bearer is going.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    /// The unit that is asked to receive a letter's bearer.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_visited: Option<&'a str>,
    /// The work to be done there.
    #[serde(skip_serializing_if = "Option::is_none")]
    work: Option<&'a str>,
    /// The first instant of validity, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    valid_from: Timestamp,
    /// The first instant after validity, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
    /// When it was issued, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    issued_at: Timestamp,
    /// What took its place.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    replaced_by: Option<CredentialId>,
    /// The key that signed it, 8 hex digits.
    kid: String,
    /// Its place in the status lists.
    #[schema(minimum = 0)]
    status_index: u32,
    /// The text of its QR.
    code: String,
    /// The code printed beside the QR, for those who cannot scan.
    typed_code: String,
}

impl<'a> CredentialView<'a> {
    pub(super) fn of(it: &'a Credential, registry: &Registry, now: Timestamp) -> Self {
        Self {
            id: it.id,
            kind: it.kind().as_str(),
            number: it.number.as_str(),
            state: it.shown(now).as_str(),
            ground: it.ground.map(Ground::as_str),
            person_id: it.person,
            agency_id: it.agency,
            application_id: it.application,
            name: it.name.as_str(),
            agency: it.agency_name.as_str(),
            photo_digest: it.portrait.map(|(_, digest)| digest),
            place: it.scope().map(LetterScope::place),
            unit_visited: it.scope().map(LetterScope::unit_visited),
            work: it.scope().map(LetterScope::work),
            valid_from: it.validity.not_before(),
            valid_until: it.validity.expires(),
            issued_at: it.issued_at,
            replaced_by: it.replaced_by,
            kid: it.kid.to_string(),
            status_index: it.status_index.as_u32(),
            code: credentials::qr_text(registry, it),
            typed_code: credentials::typed_code(registry, it),
        }
    }
}

/// A part of the list of credentials.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct CredentialList<'a> {
    /// In the order they were issued.
    items: Vec<CredentialView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// What is to happen to a credential.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CredentialEventSent {
    /// `suspend`, `reinstate`, `revoke`, `replace`, `report_lost` or `return`.
    #[schema(example = "suspend")]
    event: String,
    /// Why, 1–500 characters: no decision without reasons.
    #[schema(example = "Decision 12/QĐ of 2 March 2026")]
    reason: Option<String>,
    /// `misuse` (by the decision of a case only), `discipline`, `prosecution`, `prosecution_ended`, `not_returned`,
    /// `false_dossier`, `inquiry`, `cleared`, `error`, `lost`, `stolen`, `damaged`, `data_changed`, `agency_changed`,
    /// `renewed`, `left_agency`, `licence_revoked`, `agency_suspended`, `agency_reinstated`, `agency_closed`, or
    /// `overturned` (by a case only). No revocation without one.
    #[schema(example = "inquiry")]
    ground: Option<String>,
}

impl From<CredentialEventSent> for EventForm {
    fn from(sent: CredentialEventSent) -> Self {
        Self { event: sent.event, reason: sent.reason, ground: sent.ground }
    }
}

/// A letter to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLetter {
    /// Who goes: the id of a person of the agency.
    person_id: String,
    /// Where.
    #[schema(example = "Xã Vĩnh Bảo, thành phố Hải Phòng")]
    place: String,
    /// To whom.
    #[schema(example = "Ủy ban nhân dân xã")]
    unit_visited: String,
    /// To do what. Place, unit and work have at most 200 bytes of UTF-8 together.
    #[schema(example = "Tìm hiểu việc xây dựng đường giao thông nông thôn")]
    work: String,
    /// From when, RFC 3339.
    #[schema(format = DateTime)]
    valid_from: String,
    /// Until when, RFC 3339; at most 30 days later.
    #[schema(format = DateTime)]
    valid_until: String,
}

impl From<NewLetter> for LetterForm {
    fn from(sent: NewLetter) -> Self {
        let NewLetter { person_id, place, unit_visited, work, valid_from, valid_until } = sent;
        Self { person_id, place, unit_visited, work, valid_from, valid_until }
    }
}

/// Which credentials.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CredentialFilters {
    /// Only those of this person.
    #[param(value_type = Option<String>, format = "uuid")]
    person_id: Option<PersonId>,
    /// Only those of this agency.
    #[param(value_type = Option<String>, format = "uuid")]
    agency_id: Option<AgencyId>,
    /// Only those of this kind.
    #[param(value_type = Option<String>, example = "press_card")]
    kind: Option<CredentialKind>,
    /// `true`: only cards in use that bear another name than their agency has today, because it took their holder over from
    /// another or was renamed. They are good, and are to be exchanged.
    #[param(value_type = Option<bool>)]
    to_exchange: bool,
}

impl Filters for CredentialFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self {
            person_id: query.read("person_id", PersonId::parse)?,
            agency_id: query.read("agency_id", AgencyId::parse)?,
            kind: query.read("kind", CredentialKind::parse)?,
            to_exchange: query.read("to_exchange", yes_or_no)?.unwrap_or(false),
        })
    }
}

fn shown(it: &Credential, registry: &Registry, now: Timestamp) -> Outcome {
    Ok(Answer::ok(&CredentialView::of(it, registry, now))?.tagged(&credentials::etag(it, now)))
}

/// Credentials
#[utoipa::path(operation_id = "list_credentials", tag = "credentials", params(CredentialFilters, PageParams),
    responses((status = 200, description = "A part of the list.", body = CredentialList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/credentials")]
pub(super) async fn list_credentials(ctx: Context, list: List<CredentialFilters, CredentialId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let now = ctx.registry.clock.now();
        let asked = list.asked.map(|(filters, page)| {
            let CredentialFilters { person_id: person, agency_id: agency, kind, to_exchange } = filters;
            let to_exchange_at = to_exchange.then_some(now);
            (Filter { person, agency, kind, to_exchange_at, ..Filter::default() }, page)
        });
        let part = credentials::list(db, &ctx.caller, asked)?;
        let seen = Seen::of_people(part.items.iter().map(|it| it.person), Looked::List);
        Ok((list.cursors.answer(&part, |it| CredentialView::of(it, &ctx.registry, now))?, seen))
    })
    .await
}

/// A credential
#[utoipa::path(operation_id = "get_credential", tag = "credentials",
    params(("id" = String, Path, description = "The credential's id.", format = "uuid")), responses(
    (status = 200, description = "The credential.", body = CredentialView,
        headers(("ETag" = String, description = "Of what is shown now; for `If-Match`."))), ReadProblems))]
#[get("/credentials/{id}")]
pub(super) async fn get_credential(look: Look, id: PathId<CredentialId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let now = ctx.registry.clock.now();
        let it = credentials::read(db, &ctx.caller, id.0)?;
        Ok((shown(&it, &ctx.registry, now)?, Seen::of(it.person, Looked::Credential)))
    })
    .await
}

/// Suspend, reinstate, revoke or replace a credential, report it lost, hand it in
#[utoipa::path(operation_id = "record_credential_event", tag = "credentials",
    params(("id" = String, Path, description = "The credential's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = CredentialEventSent, responses(
    (status = 201, description = "It is done; the credential as it is now.", body = CredentialView,
        headers(("ETag" = String, description = "Of what is shown now."))), ChangeProblems))]
#[post("/credentials/{id}/events")]
pub(super) async fn record_credential_event(
    change: Change<Json<CredentialEventSent>>,
    id: PathId<CredentialId>,
) -> Outcome {
    change.happen(id, credentials::happen, |tx, registry, it| shown(it, registry, tx.now())).await
}

/// What happened to a credential
#[utoipa::path(operation_id = "list_credential_events", tag = "credentials",
    params(("id" = String, Path, description = "The credential's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of its history.", body = HistoryList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/credentials/{id}/events")]
pub(super) async fn list_credential_events(ctx: Context, id: PathId<CredentialId>, list: List<(), i64>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let (it, part) = credentials::history(db, &ctx.caller, id.0, list.asked)?;
        Ok((list.cursors.answer(&part, HistoryView::from)?, Seen::of(it.person, Looked::History)))
    })
    .await
}

/// How a QR is shown.
#[derive(Clone, Copy)]
enum Qr {
    Svg,
    Png,
    Text,
}

const QR_FORMATS: &[Format<Qr>] = &[
    Format { media_type: "image/svg+xml", name: "svg", makes: Qr::Svg },
    Format { media_type: "image/png", name: "png", makes: Qr::Png },
    Format { media_type: "text/plain", name: "text", makes: Qr::Text },
];
/// Pixels of one module in a PNG: a symbol of version 10 is 520 pixels wide, enough for a screen and a small print.
const PIXELS_PER_MODULE: u8 = 8;

/// The QR of a credential
#[utoipa::path(operation_id = "get_credential_qr", tag = "credentials",
    params(("id" = String, Path, description = "The credential's id.", format = "uuid"),
        ("format" = Option<String>, Query, description = "`svg`, `png` or `text`, instead of `Accept`.", example = "png")),
    responses((status = 200, description = "The symbol; as text, what is in it.", content(
        (String = "image/svg+xml"), (Vec<u8> = "image/png"), (String = "text/plain"))),
    (status = 406, description = "None of these formats."), ReadProblems))]
#[get("/credentials/{id}/qr")]
pub(super) async fn get_credential_qr(ctx: Context, id: PathId<CredentialId>, request: HttpRequest) -> Outcome {
    // Which format is asked after it is known that the caller may see any.
    let format = Query::parse(request.query_string()).and_then(|mut query| {
        let format = query.take("format");
        query.finish()?;
        negotiate(&request, format.as_deref(), QR_FORMATS)
    });
    ctx.read_about(move |db, ctx| {
        let it = credentials::read(db, &ctx.caller, id.0)?;
        let text = credentials::qr_text(&ctx.registry, &it);
        let symbol = || Symbol::of(&text).map_err(Error::internal);
        let format = format?;
        let body = match format.makes {
            Qr::Svg => symbol()?.svg(&format!("QR {}", it.number.as_str())).into_bytes(),
            Qr::Png => symbol()?.png(PIXELS_PER_MODULE).map_err(Error::internal)?,
            Qr::Text => text.into_bytes(),
        };
        let seen = Seen::of(it.person, Looked::Credential);
        Ok((Answer::bytes(format.media_type, body).tagged_by_bytes(), seen))
    })
    .await
}

/// Write a letter of introduction
///
/// By the agency's head; valid at once within its dates.
#[utoipa::path(operation_id = "create_letter", tag = "credentials", params(IdempotencyKey), request_body = NewLetter,
    responses((status = 201, description = "It is issued.", body = CredentialView, headers(
        ("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of what is shown now."))),
    CreateProblems))]
#[post("/letters")]
pub(super) async fn create_letter(change: Change<Json<NewLetter>>) -> Outcome {
    change
        .write(|tx, change| {
            let form = || Ok(change.form()?.into());
            let it = letters::issue(tx, &change.registry, &change.caller, &change.gate, form)?;
            let answer = shown(&it, &change.registry, tx.now())?;
            Ok(answer.created_at(format_args!("{V1}/credentials/{}", it.id)))
        })
        .await
}
