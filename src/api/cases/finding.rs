//! `/cases/{id}/matches`, `/cases/{id}/links` and `/alerts`: finding who passes for somebody else.

use super::super::answer::{Answer, Outcome, as_text};
use super::super::body::Json;
use super::super::context::{Change, Context, Look, PathId};
use super::super::cursor::{List, PageParams};
use super::super::gate::{IdempotencyKey, IfMatch};
use super::super::problem::{ChangeProblems, ReadProblems};
use super::shown;
use super::view::CaseView;
use crate::app::accesses::Seen;
use crate::app::cases::{self, Alert, LinkForm, Match};
use crate::app::provinces;
use crate::domain::accesses::Looked;
use crate::domain::ids::CaseId;
use crate::domain::time::Timestamp;
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something on record that resembles what was claimed: a suggestion, from which nothing follows.
#[derive(Serialize, ToSchema)]
#[schema(as = Match)]
struct MatchView<'a> {
    /// `credential`, `person` or `case`.
    #[schema(example = "credential")]
    kind: &'static str,
    /// Its id.
    #[schema(format = "uuid")]
    id: &'a str,
    /// 1–100: the order of suggestions, and nothing else.
    #[schema(example = 90, minimum = 1, maximum = 100)]
    rank: u32,
    /// Why, the strongest first.
    reasons: Vec<ReasonView<'a>>,
}

/// Why something is suggested.
#[derive(Serialize, ToSchema)]
#[schema(as = MatchReason)]
struct ReasonView<'a> {
    /// `number`, `name`, `agency` or `phone`.
    #[schema(example = "number")]
    what: &'static str,
    /// `same`; `mixed_up`: but for O and 0, B and 8, or the order of words; or `similar`: a slip or two.
    #[schema(example = "mixed_up")]
    likeness: &'static str,
    /// What was claimed.
    #[schema(example = "OOO123")]
    claimed: &'a str,
    /// What is on record.
    #[schema(example = "000123")]
    found: &'a str,
}

impl<'a> From<&'a Match> for MatchView<'a> {
    fn from(it: &'a Match) -> Self {
        let reasons = it.reasons.iter().map(|reason| ReasonView {
            what: reason.what.as_str(),
            likeness: reason.likeness.as_str(),
            claimed: &reason.claimed,
            found: &reason.found,
        });
        Self { kind: it.kind.as_str(), id: &it.id, rank: it.rank, reasons: reasons.collect() }
    }
}

/// The suggestions for a case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct MatchList<'a> {
    /// The likeliest first; at most fifty.
    items: Vec<MatchView<'a>>,
    /// Always null.
    next_cursor: Option<String>,
}

/// An impersonation that was found.
#[derive(Serialize, ToSchema)]
#[schema(as = Alert)]
struct AlertView<'a> {
    /// The id of the case that found it.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    case_id: CaseId,
    /// How it was done: a code of `GET /misuse-kinds`.
    #[schema(example = "FORGED_CARD")]
    kind: &'static str,
    /// The code that the province of the act had then.
    #[schema(example = "31")]
    province: &'a str,
    /// The name that was claimed: no finding about anybody of that name. Likewise the next three.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_name: Option<&'a str>,
    /// The agency that was claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_agency: Option<&'a str>,
    /// The telephone number used.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_phone: Option<&'a str>,
    /// The number on the card or letter that was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_number: Option<&'a str>,
    /// When it was decided, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    decided_at: Timestamp,
}

impl<'a> From<&'a Alert> for AlertView<'a> {
    fn from(it: &'a Alert) -> Self {
        Self {
            case_id: it.case.id,
            kind: it.kind.as_str(),
            province: provinces::code(&it.case.province),
            claimed_name: it.claimed.name.as_deref(),
            claimed_agency: it.claimed.agency.as_deref(),
            claimed_phone: it.claimed.phone.as_deref(),
            claimed_number: it.claimed.number.as_deref(),
            decided_at: it.decided_at,
        }
    }
}

/// A part of the list of alerts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct AlertList<'a> {
    /// In the order in which the cases were opened.
    items: Vec<AlertView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// A case of the same person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewLink {
    /// The other case.
    case_id: String,
    /// Why they are of the same person, 1–4,000 characters.
    reason: Option<String>,
}

impl From<NewLink> for LinkForm {
    fn from(sent: NewLink) -> Self {
        Self { case_id: sent.case_id, reason: sent.reason }
    }
}

/// What resembles the claims of a case
///
/// The name, agency, telephone and number that were claimed, in the case or its reports, against credentials, people
/// and earlier cases: without diacritics, with similar spellings and the slips of scanners. Suggestions to a person.
#[utoipa::path(operation_id = "list_case_matches", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid")), responses(
    (status = 200, description = "The suggestions.", body = MatchList,
        headers(("ETag" = String, description = "Of the list."))), ReadProblems))]
#[get("/cases/{id}/matches")]
pub(in crate::api) async fn list_case_matches(look: Look, id: PathId<CaseId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let (case, found) = cases::matches(db, &ctx.registry, &ctx.caller, id.0)?;
        let seen = Seen::of_case(db, &case, Looked::Match, None)?;
        let seen = seen.and_people(id.0, found.iter().filter_map(|it| it.person));
        Ok((Answer::list(found.iter().map(MatchView::from).collect(), None)?, seen))
    })
    .await
}

/// Link a case of the same person
///
/// By a registrar, who holds that one person used several names. No finding about anybody.
#[utoipa::path(operation_id = "link_case", tag = "cases",
    params(("id" = String, Path, description = "The case's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = NewLink, responses(
    (status = 201, description = "They are linked; the case as it is now.", body = CaseView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/cases/{id}/links")]
pub(in crate::api) async fn link_case(change: Change<Json<NewLink>>, id: PathId<CaseId>) -> Outcome {
    change
        .write(move |tx, change| {
            let form = || Ok(change.form()?.into());
            let case = cases::link(tx, &change.registry, &change.caller, id.0, &change.gate, form)?;
            Ok(shown(&cases::file(tx, case)?)?.created())
        })
        .await
}

/// Impersonations that were found
///
/// For registrars and officials of the province of the act.
#[utoipa::path(operation_id = "list_alerts", tag = "cases", params(PageParams),
    responses((status = 200, description = "A part of the list.", body = AlertList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/alerts")]
pub(in crate::api) async fn list_alerts(ctx: Context, list: List<(), CaseId>) -> Outcome {
    ctx.read_about(move |db, ctx| {
        let part = cases::alerts(db, &ctx.caller, list.asked)?;
        let seen = Seen::of_cases(db, part.items.iter().map(|it| &it.case), Looked::List, None)?;
        Ok((list.cursors.answer(&part, AlertView::from)?, seen))
    })
    .await
}
