//! What an agency states of the people of an application, and what is to be said of each condition of the law.

use crate::api::answer::as_text;
use crate::api::verifications::WordsView;
use crate::domain::eligibility::{DeclaredForm, Finding};
use crate::domain::issuer::Words;
use crate::domain::time::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What an agency states of one person, for the conditions of the law and for nothing else. What is left out is not known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StatedFacts {
    /// `vietnamese` or `other`.
    #[schema(example = "vietnamese")]
    nationality: Option<String>,
    /// Permanent residence: `vietnam` or `abroad`.
    #[schema(example = "vietnam")]
    residence: Option<String>,
    /// The highest: `university`, `college`, `college_minority_language` (a college degree of somebody of an ethnic minority
    /// who works in its language) or `lower`.
    #[schema(example = "university")]
    degree: Option<String>,
    /// `leader`, `editorial_head`, `reporter_or_editor`, `camera_operator`, `programme_director`, `district_station`,
    /// `moved_within_agency`, `moved_to_teaching`, `moved_to_association`, `moved_to_state_management` or `other`.
    #[schema(example = "reporter_or_editor")]
    post: Option<String>,
    /// The course on professional skills and ethics: `completed` or `not_completed`.
    #[schema(example = "completed")]
    course: Option<String>,
    /// `none`, or the day of the last conclusion of the Journalists' Association.
    #[schema(example = "none")]
    ethics_violation: Option<String>,
    /// `none`, or the day of the last decision, a reprimand or more.
    #[schema(example = "2026-03-02")]
    discipline: Option<String>,
    /// `none`, or `open`: a related person in a case that is not concluded.
    #[schema(example = "none")]
    open_case: Option<String>,
    /// `none`, or `not_expunged`.
    #[schema(example = "none")]
    conviction: Option<String>,
    /// `none`, or the day when a press card was last revoked for a violation of law.
    #[schema(example = "none")]
    revoked_card: Option<String>,
}

impl From<StatedFacts> for DeclaredForm {
    fn from(sent: StatedFacts) -> Self {
        let StatedFacts {
            nationality,
            residence,
            degree,
            post,
            course,
            ethics_violation,
            discipline,
            open_case,
            conviction,
            revoked_card,
        } = sent;
        Self {
            nationality,
            residence,
            degree,
            post,
            course,
            ethics_violation,
            discipline,
            open_case,
            conviction,
            revoked_card,
        }
    }
}

/// What is stated of each, as the application takes it.
pub(super) fn form(sent: Option<BTreeMap<String, StatedFacts>>) -> BTreeMap<String, DeclaredForm> {
    sent.unwrap_or_default().into_iter().map(|(person, facts)| (person, facts.into())).collect()
}

/// One condition of the law, held against what is known of a person.
#[derive(Serialize, ToSchema)]
#[schema(as = EligibilityFinding)]
pub(super) struct FindingView {
    /// Which condition: an id of the table in `eligibility.md`.
    #[schema(example = "two_years")]
    condition: &'static str,
    /// `met`, `not_met` or `unknown`.
    #[schema(example = "met")]
    outcome: &'static str,
    /// What the condition asks.
    #[schema(value_type = WordsView)]
    asks: Words,
    /// Where it is written.
    #[schema(value_type = WordsView)]
    source: Words,
    /// On what the outcome rests.
    #[schema(value_type = WordsView)]
    because: Words,
}

impl From<Finding> for FindingView {
    fn from(it: Finding) -> Self {
        Self {
            condition: it.condition.id,
            outcome: it.outcome.as_str(),
            asks: it.condition.asks(),
            source: it.source.words(),
            because: it.because,
        }
    }
}

/// What is to be said of a person's eligibility, by the law of one day.
#[derive(Serialize, ToSchema)]
#[schema(as = Eligibility)]
pub(super) struct EligibilityView {
    /// The day, in Việt Nam, whose law and facts these are: of the draft, of handing in or of the approval; to whoever
    /// decides, today for everybody who is undecided.
    #[serde(serialize_with = "as_text")]
    #[schema(value_type = String, format = Date, example = "2026-11-22")]
    day: Day,
    /// Every condition that the law of that day asks.
    conditions: Vec<FindingView>,
}

impl EligibilityView {
    /// What was found on `day`.
    pub(super) fn new(day: Day, findings: Vec<Finding>) -> Self {
        Self { day, conditions: findings.into_iter().map(FindingView::from).collect() }
    }
}
