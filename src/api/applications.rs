//! `/applications`: see `app::applications` for who may do what.

pub(super) mod documents;
mod eligibility;

use self::eligibility::{EligibilityView, StatedFacts};
use super::V1;
use super::answer::{Answer, Outcome, as_text};
use super::body::Json;
use super::context::{Change, Context, Look, PathId};
use super::credentials::CredentialView;
use super::cursor::{Filters, List, PageParams};
use super::gate::{IdempotencyKey, IfMatch};
use super::history::{HistoryList, HistoryView};
use super::problem::{ChangeProblems, CreateProblems, ReadProblems};
use super::query::Query;
use crate::app::accesses::Seen;
use crate::app::applications::{self, ApplicationForm, Decided, EventForm, Examined, Known, Named};
use crate::domain::accesses::Looked;
use crate::domain::applications::{Application, ApplicationState, Proposal};
use crate::domain::ids::{AgencyId, ApplicationId};
use crate::domain::time::Timestamp;
use crate::error::Error;
use actix_web::{get, post};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// An application for cards.
#[derive(Serialize, ToSchema)]
#[schema(as = Application)]
struct ApplicationView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: ApplicationId,
    /// Whose it is.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    agency_id: AgencyId,
    /// `press_card` or `collaborator_card`.
    #[schema(example = "press_card")]
    kind: &'static str,
    /// `first`, `renewal`, `exchange` or `reissue`.
    #[schema(example = "first")]
    basis: &'static str,
    /// `draft`, `submitted`, `endorsed`, `returned`, `approved`, `refused` or `withdrawn`.
    #[schema(example = "submitted")]
    state: &'static str,
    /// For whom, and what became of each: in the order of their names; in lists, as they were proposed.
    people: Vec<ProposalView<'a>>,
    /// How many more hold a card that expires before the day that was asked for: for another application. Only where
    /// `expiring_before` chose the people just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 120)]
    left: Option<usize>,
    /// When it was begun, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// One person of an application.
#[derive(Serialize, ToSchema)]
#[schema(as = Proposal)]
struct ProposalView<'a> {
    /// Who.
    person_id: String,
    /// Their name on record; left out in lists, and of somebody who was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Nguyễn Thị Ví Dụ")]
    name: Option<&'a str>,
    /// `pending`, `endorsed`, `returned`, `approved` or `refused`.
    #[schema(example = "pending")]
    outcome: &'static str,
    /// The reasons given, where a registrar refused or returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    /// The card that was issued.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_id: Option<String>,
    /// Under which number the police confirmed that the old card is lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    police_reference: Option<&'a str>,
    /// What is to be said of each condition of the law; left out in lists, and for cards that the law does not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    eligibility: Option<EligibilityView>,
    /// The conditions of the law that the person did not meet and was approved against, for the reasons given: ids of the
    /// table in `eligibility.md`. Left out where there are none, and in lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["degree"]))]
    decided_against: Vec<&'a str>,
}

impl<'a> From<&'a Proposal> for ProposalView<'a> {
    fn from(it: &'a Proposal) -> Self {
        Self {
            person_id: it.person.to_string(),
            name: None,
            outcome: it.outcome.as_str(),
            reason: it.reason.as_deref(),
            credential_id: it.credential.map(|id| id.to_string()),
            police_reference: it.police_reference.as_deref(),
            eligibility: None,
            decided_against: Vec::new(),
        }
    }
}

impl<'a> From<&'a Application> for ApplicationView<'a> {
    fn from(it: &'a Application) -> Self {
        Self {
            id: it.id,
            agency_id: it.agency,
            kind: it.kind.as_str(),
            basis: it.basis.as_str(),
            state: it.state.as_str(),
            people: it.people.iter().map(ProposalView::from).collect(),
            left: None,
            created_at: it.created_at,
        }
    }
}

impl<'a> ApplicationView<'a> {
    /// With everybody's name and what is to be said of their eligibility.
    fn examined(it: &'a Application, names: &'a Named, known: &'a Known) -> Self {
        let people = names.in_order(it).into_iter().map(|proposal| {
            let known = known.get(&proposal.person);
            let eligibility = known.map(|known| EligibilityView::new(known.day, known.findings(it.kind, it.basis)));
            let decided_against = known.iter().flat_map(|it| &it.decided_against).map(String::as_str).collect();
            let name = names.name(proposal.person);
            ProposalView { name, eligibility, decided_against, ..ProposalView::from(proposal) }
        });
        Self { people: people.collect(), ..Self::from(it) }
    }
}

/// A part of the list of applications.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the documentation of `Answer::list`")]
struct ApplicationList<'a> {
    /// In the order they were begun.
    items: Vec<ApplicationView<'a>>,
    /// For `?cursor=`; null at the end.
    next_cursor: Option<String>,
}

/// An application after an event, with the cards that it issued.
#[derive(Serialize, ToSchema)]
#[schema(as = DecidedApplication)]
struct DecidedView<'a> {
    /// The application as it is now.
    #[serde(flatten)]
    application: ApplicationView<'a>,
    /// The cards just issued; only after `approve`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credentials: Vec<CredentialView<'a>>,
}

/// An application to be begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewApplication {
    /// `press_card`, for staff, or `collaborator_card`.
    #[schema(example = "press_card")]
    kind: String,
    /// `first`, `renewal`, `exchange` or `reissue`.
    #[schema(example = "first")]
    basis: String,
    /// The ids of 1–500 people of the agency; left out where `expiring_before` chooses them.
    #[serde(default)]
    #[schema(max_items = 500)]
    people: Vec<String>,
    /// Of a renewal: everybody of the agency whose card expires before this day, the first to expire first, at most 500.
    #[schema(value_type = Option<String>, format = Date, example = "2031-12-31")]
    expiring_before: Option<String>,
    /// What the agency states of them, by id: for the conditions of the law. Only for press cards.
    facts: Option<BTreeMap<String, StatedFacts>>,
    /// Of a reissue, by id of those whose card is lost: under which number the police confirmed it, 1–100
    /// characters. Needed to submit.
    #[serde(default)]
    police_references: BTreeMap<String, String>,
}

impl From<NewApplication> for ApplicationForm {
    fn from(sent: NewApplication) -> Self {
        let facts = eligibility::form(sent.facts);
        Self {
            kind: sent.kind,
            basis: sent.basis,
            people: sent.people,
            expiring_before: sent.expiring_before,
            facts,
            police_references: sent.police_references,
        }
    }
}

/// What is to happen to an application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ApplicationEventSent {
    /// `submit`, `endorse`, `return`, `approve`, `refuse` or `withdraw`.
    #[schema(example = "submit")]
    event: String,
    /// Why, 1–500 characters: needed to return, to refuse, and to approve somebody who does not meet a condition of the law.
    reason: Option<String>,
    /// Whom it concerns; everybody undecided where it is left out. Not for `submit` and `withdraw`.
    people: Option<Vec<String>>,
    /// What the agency states of some of its people, by id, in place of what it stated of them before. Only for `submit`.
    facts: Option<BTreeMap<String, StatedFacts>>,
    /// Of a reissue, by id of those whose card is lost: under which number the police confirmed it. Only for `submit`.
    #[serde(default)]
    police_references: BTreeMap<String, String>,
}

impl From<ApplicationEventSent> for EventForm {
    fn from(sent: ApplicationEventSent) -> Self {
        let facts = eligibility::form(sent.facts);
        let police_references = sent.police_references;
        Self { event: sent.event, reason: sent.reason, people: sent.people, facts, police_references }
    }
}

/// Which applications.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ApplicationFilters {
    /// Only applications in this state.
    #[param(value_type = Option<String>, example = "submitted")]
    state: Option<ApplicationState>,
}

impl Filters for ApplicationFilters {
    fn take(query: &mut Query) -> Result<Self, Error> {
        Ok(Self { state: query.read("state", ApplicationState::parse)? })
    }
}

fn shown(Examined { application, known, names, etag, left }: &Examined) -> Outcome {
    let view = ApplicationView { left: *left, ..ApplicationView::examined(application, names, known) };
    Ok(Answer::ok(&view)?.tagged(etag))
}

/// Applications
#[utoipa::path(operation_id = "list_applications", tag = "applications", params(ApplicationFilters, PageParams),
    responses((status = 200, description = "A part of the list. Drafts are shown to their own agency only.",
        body = ApplicationList, headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/applications")]
pub(super) async fn list_applications(ctx: Context, list: List<ApplicationFilters, ApplicationId>) -> Outcome {
    ctx.read(move |db, ctx| {
        let asked = list.asked.map(|(filters, page)| (filters.state, page));
        let part = applications::list(db, &ctx.caller, asked)?;
        list.cursors.answer(&part, ApplicationView::from)
    })
    .await
}

/// Begin an application
#[utoipa::path(operation_id = "create_application", tag = "applications", params(IdempotencyKey),
    request_body = NewApplication, responses((status = 201, description = "It is a draft.", body = ApplicationView,
        headers(("Location" = String, description = "Where it is."), ("ETag" = String, description = "Of this version."))),
    CreateProblems))]
#[post("/applications")]
pub(super) async fn create_application(change: Change<Json<NewApplication>>) -> Outcome {
    change
        .write(|tx, change| {
            let form = || Ok(change.form()?.into());
            let it = applications::draft(tx, &change.registry, &change.caller, &change.gate, form)?;
            Ok(shown(&it)?.created_at(format_args!("{V1}/applications/{}", it.application.id)))
        })
        .await
}

/// An application
///
/// To whoever may approve it, what is said of the law's conditions is of today for everybody undecided, by every card on
/// record; the `ETag` is of the application with that.
#[utoipa::path(operation_id = "get_application", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid")), responses(
    (status = 200, description = "The application.", body = ApplicationView,
        headers(("ETag" = String, description = "Of this version; for `If-Match`."))), ReadProblems))]
#[get("/applications/{id}")]
pub(super) async fn get_application(look: Look, id: PathId<ApplicationId>) -> Outcome {
    look.read_about(move |db, ctx| {
        let it = applications::examine(db, &ctx.registry, &ctx.caller, id.0)?;
        let people = it.application.people.iter().map(|proposal| proposal.person);
        Ok((shown(&it)?, Seen::of_people(people, Looked::Application)))
    })
    .await
}

/// Submit, endorse, return, approve, refuse or withdraw an application
///
/// The agency's head submits; the provincial registrar endorses local agencies'; the national registrar decides, and
/// `approve` issues the cards. Whoever drafted, submitted or endorsed never approves. Whoever does not meet a condition of
/// the law on that day is approved only with reasons: else 422 `reasons_required`, once for each such person. Reasons hold
/// against what was shown: whoever decides is shown the law and every card of today, with an `ETag` of that. Against a
/// condition that the version named by `If-Match` did not show nobody is approved: 422 `not_shown`.
#[utoipa::path(operation_id = "record_application_event", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"), IfMatch, IdempotencyKey),
    request_body = ApplicationEventSent, responses(
    (status = 201, description = "It is done; the application as it is now.", body = DecidedView,
        headers(("ETag" = String, description = "Of the new version."))), ChangeProblems))]
#[post("/applications/{id}/events")]
pub(super) async fn record_application_event(
    change: Change<Json<ApplicationEventSent>>,
    id: PathId<ApplicationId>,
) -> Outcome {
    change
        .write(move |tx, change| {
            let form = change.form().map(EventForm::from);
            let (registry, caller, gate) = (&change.registry, &change.caller, &change.gate);
            let decided = applications::happen(tx, registry, caller, id.0, gate, form)?;
            let Decided { application, known, names, etag, credentials } = &decided;
            let view = DecidedView {
                application: ApplicationView::examined(application, names, known),
                credentials: credentials.iter().map(|it| CredentialView::of(it, registry, tx.now())).collect(),
            };
            Ok(Answer::ok(&view)?.tagged(etag).created())
        })
        .await
}

/// What happened to an application
#[utoipa::path(operation_id = "list_application_events", tag = "applications",
    params(("id" = String, Path, description = "The application's id.", format = "uuid"), PageParams), responses(
    (status = 200, description = "A part of its history.", body = HistoryList,
        headers(("ETag" = String, description = "Of this part."))), ReadProblems))]
#[get("/applications/{id}/events")]
pub(super) async fn list_application_events(ctx: Context, id: PathId<ApplicationId>, list: List<(), i64>) -> Outcome {
    ctx.read(move |db, ctx| {
        let part = applications::history(db, &ctx.caller, id.0, list.asked)?;
        list.cursors.answer(&part, HistoryView::from)
    })
    .await
}
