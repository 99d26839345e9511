//! `/duplicates`: records that may be of one human being, for a registrar to decide on.

use super::answer::{Answer, Outcome, as_text};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::problem::{ChangeProblems, ReadProblems};
use super::query::Query;
use crate::app::accesses::Seen;
use crate::app::duplicates::{self, Pair, Record};
use crate::domain::accesses::Looked;
use crate::domain::duplicates::{DecisionForm, DuplicateState};
use crate::domain::ids::{AgencyId, CredentialId, DuplicateId, PersonId};
use crate::domain::people::Engagement;
use crate::domain::time::{Day, Timestamp};
use crate::error::Error;
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Two records that may be of one human being.
#[derive(Serialize, ToSchema)]
#[schema(as = Duplicate)]
struct DuplicateView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: DuplicateId,
    /// In what they are alike: `national_id`, or `name_and_birth_date` in whichever spelling.
    #[schema(example = "national_id")]
    ground: &'static str,
    /// `open`, `dismissed` or `merged`.
    #[schema(example = "open")]
    state: &'static str,
    /// The ids of both, the one that was entered first.
    people: [String; 2],
    /// The records, as far as they are on record.
    records: Vec<RecordView<'a>>,
    /// When it was noticed, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    found_at: Timestamp,
}

/// What of a record tells two people apart.
#[derive(Serialize, ToSchema)]
#[schema(as = DuplicateRecord)]
struct RecordView<'a> {
    /// Whose.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    person_id: PersonId,
    /// The name in full.
    full_name: &'a str,
    /// Date of birth, YYYY-MM-DD.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date)]
    birth_date: Day,
    /// Where they work or worked.
    engagements: Vec<WorkView<'a>>,
    /// The press card that they hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    press_card: Option<CardView<'a>>,
    /// Whether they have an account.
    has_account: bool,
}

/// Where somebody works or worked.
#[derive(Serialize, ToSchema)]
#[schema(as = DuplicateWork)]
struct WorkView<'a> {
    /// For whom.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// Its name.
    agency: &'a str,
    /// `staff` or `collaborator`.
    #[schema(example = "staff")]
    kind: &'static str,
    /// First day, YYYY-MM-DD.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date)]
    from: Day,
    /// Last day, where it has ended or will.
    #[serde(serialize_with = "super::answer::as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    to: Option<Day>,
}

/// A press card that somebody holds.
#[derive(Serialize, ToSchema)]
#[schema(as = DuplicateCard)]
struct CardView<'a> {
    /// Its id.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: CredentialId,
    /// As printed.
    #[schema(example = "000123")]
    number: &'a str,
    /// As stored: `active`, `suspended` or `lost`.
    #[schema(example = "active")]
    state: &'static str,
}

impl<'a> RecordView<'a> {
    fn of(it: &'a Record) -> Self {
        let work = |engagement: &Engagement| WorkView {
            agency_id: engagement.agency,
            agency: it.agencies.get(&engagement.agency).map_or("", String::as_str),
            kind: engagement.kind.as_str(),
            from: engagement.from,
            to: engagement.to,
        };
        let card = it.card.as_ref();
        Self {
            person_id: it.person.id,
            full_name: &it.person.fields.full_name,
            birth_date: it.person.fields.birth_date,
            engagements: it.person.engagements.iter().map(work).collect(),
            press_card: card.map(|it| CardView { id: it.id, number: it.number.as_str(), state: it.state.as_str() }),
            has_account: it.has_account,
        }
    }
}

impl<'a> From<&'a Pair> for DuplicateView<'a> {
    fn from(pair: &'a Pair) -> Self {
        let it = &pair.duplicate;
        Self {
            id: it.id,
            ground: it.ground.as_str(),
            state: it.state.as_str(),
            people: [it.one.to_string(), it.other.to_string()],
            records: pair.records.iter().map(RecordView::of).collect(),
            found_at: it.found_at,
        }
    }
}

/// A part of the list of duplicates.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct DuplicateList<'a> {
    /// In the order they were noticed.
    items: Vec<DuplicateView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// What is decided of two records.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DuplicateEventSent {
    /// `dismiss`: they are two people; `merge`: they are one; or `split`: a merge was wrong.
    #[schema(example = "merge")]
    event: String,
    /// Why, 1–500 characters.
    #[schema(example = "Cùng một người, đã đối chiếu hồ sơ gốc")]
    reason: Option<String>,
    /// The id of the record that stays; needed to merge.
    keep: Option<String>,
    /// The press card that is handed in; needed to merge where both hold one.
    return_credential: Option<String>,
}

impl From<DuplicateEventSent> for DecisionForm {
    fn from(sent: DuplicateEventSent) -> Self {
        let DuplicateEventSent { event, reason, keep, return_credential } = sent;
        Self { event, reason, keep, return_credential }
    }
}

/// Which duplicates.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DuplicateFilters {
    /// Only those in this state; `open` where it is left out.
    #[param(value_type = Option<String>, example = "open")]
    state: DuplicateState,
}

impl Filters for DuplicateFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { state: query.read("state", DuplicateState::parse)?.unwrap_or(DuplicateState::Open) })
    }
}

fn shown(pair: &Pair) -> Outcome {
    Ok(Answer::ok(&DuplicateView::from(pair))?.tagged(&pair.etag()))
}

/// Records that may be of one human being
#[utoipa::path(operation_id = "list_duplicates", tag = "people", params(DuplicateFilters, PageParams),
    responses((status = 200, description = "A part of the list.", body = DuplicateList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/duplicates")]
pub(super) async fn list_duplicates(ctx: Context, list: List<DuplicateFilters, DuplicateId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.state, page));
        let part = duplicates::list(db, &ctx.registry, &ctx.caller, asked)?;
        let seen = Seen::of_people(part.items.iter().flat_map(Pair::people), Looked::List);
        Ok((list.cursors.answer(&part, DuplicateView::from)?, seen))
    })
    .await
}

/// Two records that may be of one human being
#[utoipa::path(operation_id = "get_duplicate", tag = "people",
    params(("id" = String, Path, description = "The duplicate's id.", format = "uuid")), responses(
    (status = 200, description = "Both records.", body = DuplicateView,
        headers(("ETag" = String, description = "Of both records; for `If-Match`."))), ReadProblems))]
#[get("/duplicates/{id}")]
pub(super) async fn get_duplicate(look: Look, id: PathId<DuplicateId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let pair = duplicates::read(db, &ctx.registry, &ctx.caller, id.0)?;
        Ok((shown(&pair)?, Seen::of_people(pair.people(), Looked::Record)))
    })
    .await
}

/// Keep two records apart, merge them, or split what was merged
///
/// Nothing merges by itself. Of a merge, one record stays and takes in the other's engagements, cards, applications, cases,
/// pictures, posts and account; the other's id answers with it from then on. Where both hold a press card, one is handed in.
/// It is refused (409) while both are in one application that is under way, or the one that goes has a post in an office that
/// knows the other already.
///
/// `split` undoes a merge that was wrong: the record that was taken in is restored, with all that was its own then and is
/// there still. What came after stays with the record that took it in, and a card that was handed in stays handed in. It is
/// refused (409) once either was erased, while the other was taken in by a third, and while an open case about one of them
/// names a card of the other.
#[utoipa::path(operation_id = "record_duplicate_event", tag = "people",
    params(("id" = String, Path, description = "The duplicate's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = DuplicateEventSent, responses(
    (status = 201, description = "It is decided.", body = DuplicateView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/duplicates/{id}/events")]
pub(super) async fn record_duplicate_event(
    change: Change<Json<DuplicateEventSent>>,
    id: PathId<DuplicateId>,
) -> Outcome {
    change
        .write_accounts(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let (registry, caller, gate) = (&change.registry, &change.caller, &change.gate);
            let pair = duplicates::happen(tx, registry, caller, id.0, gate, form)?;
            Ok(shown(&pair)?.created())
        })
        .await
}
