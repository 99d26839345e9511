//! A case as those see it who may.

use super::super::answer::{as_optional_text, as_text};
use crate::app::cases::{CaseFile, Sight};
use crate::app::provinces;
use crate::domain::cases::{Appeal, Case, Decision, NoticeGiven, Statement};
use crate::domain::credentials::Credential;
use crate::domain::ids::{AgencyId, CaseId, CredentialId, PersonId};
use crate::domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A case of misuse. An official who follows a report is shown its id, its state and when it was opened.
#[derive(Serialize, ToSchema)]
#[schema(as = Case)]
pub(in crate::api) struct CaseView<'a> {
    /// Its id, a UUIDv7.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = "uuid")]
    id: CaseId,
    /// `opened`, `notified`, `answered`, `decided`, `appealed`, `upheld`, `overturned`, `closed` or `dismissed`.
    #[schema(example = "notified")]
    state: &'static str,
    /// A code of `GET /misuse-kinds`, as far as it is clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "LENT_CARD")]
    kind: Option<&'static str>,
    /// `holder`, `agency`, `body`, `claimed` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "holder")]
    subject: Option<&'static str>,
    /// Whom it is about: a person on record.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    person_id: Option<PersonId>,
    /// The agency that is the subject, or that answers for the person who is.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    agency_id: Option<AgencyId>,
    /// The body that is the subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Ủy ban nhân dân xã Ví Dụ")]
    body: Option<&'a str>,
    /// The credential that it names.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    credential_id: Option<CredentialId>,
    /// That credential; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<NamedCredentialView<'a>>,
    /// The code that the province of the act had then.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "31")]
    province: Option<&'a str>,
    /// The unit itself, as `GET /provinces` names it: some codes were another unit's before July 2025.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "31-2025")]
    province_id: Option<&'a str>,
    /// Where in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a str>,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    occurred_at: Option<Timestamp>,
    /// What is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    /// The name that somebody claimed: no finding about anybody of that name. Likewise the next three.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_name: Option<&'a str>,
    /// The agency claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_agency: Option<&'a str>,
    /// The telephone number used.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_phone: Option<&'a str>,
    /// The number on what was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_number: Option<&'a str>,
    /// The ids of the reports that led to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reports: Option<Vec<String>>,
    /// `none`, `sent`, `served` or `not_possible`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "served")]
    notice: Option<&'static str>,
    /// Until when the subject may reply before it is decided, RFC 3339 in UTC.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    reply_by: Option<Timestamp>,
    /// Until when the notice is put off.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    stayed_until: Option<Timestamp>,
    /// Until when the credential is suspended before a decision; it ends by itself.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    suspended_until: Option<Timestamp>,
    /// Whether a revocation waits for a second registrar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_second: Option<bool>,
    /// The decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionView<'a>>,
    /// The appeal against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    appeal: Option<AppealView<'a>>,
    /// What was said by those who were heard; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<Vec<StatementView<'a>>>,
    /// Cases that a registrar holds to be of the same person; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    linked: Option<Vec<String>>,
    /// When it was opened, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
}

/// The credential that a case names.
#[derive(Serialize, ToSchema)]
#[schema(as = NamedCredential)]
struct NamedCredentialView<'a> {
    /// `press_card`, `introduction_letter` or `collaborator_card`.
    #[schema(example = "press_card")]
    kind: &'static str,
    /// As printed.
    #[schema(example = "000123")]
    number: &'a str,
    /// The name as printed.
    #[schema(example = "Trần Thị Bưởi")]
    name: &'a str,
    /// The agency's short name as printed.
    #[schema(example = "Báo Ví Dụ")]
    agency: &'a str,
    /// Where it stands, but for its dates.
    #[schema(example = "active")]
    state: &'static str,
    /// The first instant after its validity, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    valid_until: Timestamp,
}

/// A decision.
#[derive(Serialize, ToSchema)]
#[schema(as = Decision)]
struct DecisionView<'a> {
    /// `substantiated` or `unfounded`.
    #[schema(example = "substantiated")]
    outcome: &'static str,
    /// A code of the list of kinds.
    #[schema(example = "LENT_CARD")]
    kind: &'static str,
    /// `none`, `suspend` or `revoke`.
    #[schema(example = "none")]
    measure: &'static str,
    /// The credential that the measure touches.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    credential_id: Option<CredentialId>,
    /// Whether it says who did it: never where nobody could be told.
    names_subject: bool,
    /// Why.
    reasons: &'a str,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    decided_at: Timestamp,
    /// Until when it may be appealed against; it is known once the decision was served.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    appeal_until: Option<Timestamp>,
}

/// An appeal.
#[derive(Serialize, ToSchema)]
#[schema(as = Appeal)]
struct AppealView<'a> {
    /// When it came, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it was decided.
    #[serde(serialize_with = "as_optional_text", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    heard_at: Option<Timestamp>,
    /// Whether it succeeded, once it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    overturned: Option<bool>,
    /// Why it failed or succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    reasons: Option<&'a str>,
}

/// What somebody said in a case.
#[derive(Serialize, ToSchema)]
#[schema(as = Statement)]
struct StatementView<'a> {
    /// Who wrote it down: `holder`, `agency_head`, or `registrar` where it came on paper.
    #[schema(example = "holder")]
    role: &'a str,
    /// `answer` or `appeal`.
    #[schema(example = "answer")]
    kind: &'static str,
    /// The words.
    text: &'a str,
    /// When, RFC 3339 in UTC.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl<'a> From<&'a Credential> for NamedCredentialView<'a> {
    fn from(it: &'a Credential) -> Self {
        Self {
            kind: it.kind().as_str(),
            number: it.number.as_str(),
            name: it.name.as_str(),
            agency: it.agency_name.as_str(),
            state: it.state.as_str(),
            valid_until: it.validity.expires(),
        }
    }
}

impl<'a> From<&'a Decision> for DecisionView<'a> {
    fn from(it: &'a Decision) -> Self {
        Self {
            outcome: it.finding.outcome.as_str(),
            kind: it.finding.kind.as_str(),
            measure: it.finding.measure.kind().as_str(),
            credential_id: it.finding.measure.credential(),
            names_subject: it.names_subject,
            reasons: &it.reasons,
            decided_at: it.decided_at,
            appeal_until: it.appeal_until,
        }
    }
}

impl<'a> From<&'a Appeal> for AppealView<'a> {
    fn from(it: &'a Appeal) -> Self {
        Self {
            at: it.at,
            heard_at: it.heard_at,
            overturned: it.heard_at.map(|_| it.overturned),
            reasons: it.reasons.as_deref(),
        }
    }
}

impl<'a> From<&'a Statement> for StatementView<'a> {
    fn from(it: &'a Statement) -> Self {
        let kind = if it.is_appeal { "appeal" } else { "answer" };
        Self { role: &it.role, kind, text: &it.text, at: it.at }
    }
}

impl<'a> CaseView<'a> {
    /// How a case stands, and no more.
    pub(in crate::api) const fn of_state(it: &Case) -> Self {
        Self {
            id: it.id,
            state: it.state.as_str(),
            kind: None,
            subject: None,
            person_id: None,
            agency_id: None,
            body: None,
            credential_id: None,
            credential: None,
            province: None,
            province_id: None,
            place: None,
            occurred_at: None,
            summary: None,
            claimed_name: None,
            claimed_agency: None,
            claimed_phone: None,
            claimed_number: None,
            reports: None,
            notice: None,
            reply_by: None,
            stayed_until: None,
            suspended_until: None,
            pending_second: None,
            decision: None,
            appeal: None,
            statements: None,
            linked: None,
            opened_at: it.opened_at,
        }
    }

    /// A case in a list, as far as the caller sees it.
    pub(in crate::api) fn seen(it: &'a Case, sight: Sight) -> Self {
        match sight {
            Sight::State => Self::of_state(it),
            Sight::Whole => Self::from(it),
        }
    }
}

impl<'a> From<&'a Case> for CaseView<'a> {
    fn from(it: &'a Case) -> Self {
        let (notice, reply_by) = match it.notice {
            None => ("none", None),
            Some(NoticeGiven::Impossible) => ("not_possible", None),
            Some(NoticeGiven::Sent) => ("sent", None),
            Some(NoticeGiven::Served { reply_by }) => ("served", Some(reply_by)),
        };
        Self {
            kind: it.kind.map(|kind| kind.as_str()),
            subject: Some(it.subject.kind().as_str()),
            person_id: it.subject.person(),
            agency_id: it.agency,
            body: it.subject.body(),
            credential_id: it.credential,
            province: Some(provinces::code(&it.province)),
            province_id: Some(it.province.as_str()),
            place: it.place.as_deref(),
            occurred_at: it.occurred_at,
            summary: it.summary.as_deref(),
            claimed_name: it.claimed.name.as_deref(),
            claimed_agency: it.claimed.agency.as_deref(),
            claimed_phone: it.claimed.phone.as_deref(),
            claimed_number: it.claimed.number.as_deref(),
            reports: Some(it.reports.iter().map(ToString::to_string).collect()),
            notice: Some(notice),
            reply_by,
            stayed_until: it.stay.filter(|stay| !stay.ended).map(|stay| stay.until),
            suspended_until: it.interim.filter(|interim| !interim.ended).map(|interim| interim.until),
            pending_second: Some(it.pending_second()),
            decision: it.decision.as_ref().map(DecisionView::from),
            appeal: it.appeal.as_ref().map(AppealView::from),
            ..Self::of_state(it)
        }
    }
}

impl<'a> From<&'a CaseFile> for CaseView<'a> {
    fn from(it: &'a CaseFile) -> Self {
        Self {
            credential: it.credential.as_ref().map(NamedCredentialView::from),
            statements: Some(it.statements.iter().map(StatementView::from).collect()),
            linked: Some(it.linked.iter().map(ToString::to_string).collect()),
            ..Self::from(&it.case)
        }
    }
}
