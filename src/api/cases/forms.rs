//! What is sent about cases.

use crate::app::cases::{EventForm, OpeningForm};
use crate::domain::cases::{FindingForm, OpeningTexts};
use serde::Deserialize;
use utoipa::ToSchema;

/// A case to be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct NewCase {
    /// The ids of the reports that led to it.
    #[serde(default)]
    reports: Vec<String>,
    /// A code of `GET /misuse-kinds`, as far as it is clear.
    #[schema(example = "LENT_CARD")]
    kind: Option<String>,
    /// `holder`, with `person_id`; `agency`, with `agency_id`; `body`, with `body`; `claimed`; or `unknown`.
    #[schema(example = "holder")]
    subject: Option<String>,
    /// Whom it is about.
    person_id: Option<String>,
    /// The agency that it is about.
    agency_id: Option<String>,
    /// The body that it is about, by its name.
    body: Option<String>,
    /// The credential that it names: the holder's own.
    credential_id: Option<String>,
    /// The code that the province of the act had on that day; a provincial registrar's own where it is left out.
    #[schema(example = "31")]
    province: Option<String>,
    /// Where in it, 1–200 characters.
    place: Option<String>,
    /// When, RFC 3339.
    #[schema(format = DateTime)]
    occurred_at: Option<String>,
    /// What is known, 1–4,000 characters: needed without reports. Nothing about what anybody published or thinks.
    summary: Option<String>,
    /// The name that somebody claimed.
    claimed_name: Option<String>,
    /// The agency that somebody claimed to be of.
    claimed_agency: Option<String>,
    /// The telephone number used.
    claimed_phone: Option<String>,
    /// The number on what was shown.
    claimed_number: Option<String>,
}

impl From<NewCase> for OpeningForm {
    fn from(sent: NewCase) -> Self {
        Self {
            province: sent.province,
            texts: OpeningTexts {
                kind: sent.kind,
                subject: sent.subject,
                person_id: sent.person_id,
                agency_id: sent.agency_id,
                body: sent.body,
                credential_id: sent.credential_id,
                place: sent.place,
                occurred_at: sent.occurred_at,
                summary: sent.summary,
                claimed_name: sent.claimed_name,
                claimed_agency: sent.claimed_agency,
                claimed_phone: sent.claimed_phone,
                claimed_number: sent.claimed_number,
                reports: sent.reports,
            },
        }
    }
}

/// What is to happen to a case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct CaseEventSent {
    /// `dismiss`, `attach`, `notify`, `stay`, `answer`, `decide`, `confirm`, `appeal`, `uphold`, `overturn`, `refer` or
    /// `close`.
    #[schema(example = "notify")]
    event: String,
    /// The reasons, or the words of a reply or an appeal: 1–4,000 characters. Needed but for `attach`, `notify`,
    /// `confirm` and `close`.
    reason: Option<String>,
    /// `attach`: the ids of further reports.
    reports: Option<Vec<String>>,
    /// `attach`: the person on record whom it is about, before anybody is told.
    person_id: Option<String>,
    /// `notify`: `in_person`, `post`, `email`, `account`, or `not_possible` with the reason.
    #[schema(example = "account")]
    means: Option<String>,
    /// `notify`: when it arrived, RFC 3339, at most five working days ago; what is handed over or shown in an account
    /// arrives at once.
    #[schema(format = DateTime)]
    served_at: Option<String>,
    /// `stay`: for how many days the notice is put off, 1–30.
    #[schema(minimum = 1, maximum = 30)]
    days: Option<u64>,
    /// `attach` and `notify`: for how many days the credential is suspended before a decision, 1–30.
    #[schema(minimum = 1, maximum = 30)]
    suspend_days: Option<u64>,
    /// `refer`: `police` or `inspectorate`.
    to: Option<String>,
    /// `decide`: `substantiated` or `unfounded`.
    outcome: Option<String>,
    /// `decide` and `attach`: a code of `GET /misuse-kinds`; the case's own where it is left out.
    kind: Option<String>,
    /// `decide`: `none`, `suspend` or `revoke`; `none` where it is left out.
    measure: Option<String>,
    /// `decide` and `attach`: the credential; the case's own where it is left out.
    credential_id: Option<String>,
}

impl From<CaseEventSent> for EventForm {
    fn from(sent: CaseEventSent) -> Self {
        Self {
            event: sent.event,
            reason: sent.reason,
            reports: sent.reports,
            person_id: sent.person_id,
            means: sent.means,
            served_at: sent.served_at,
            days: sent.days,
            suspend_days: sent.suspend_days,
            to: sent.to,
            document: None,
            finding: FindingForm {
                outcome: sent.outcome,
                kind: sent.kind,
                measure: sent.measure,
                credential_id: sent.credential_id,
            },
        }
    }
}
