//! What was known of a person on the day they were looked at, as it is kept: what is to be said of it follows from the
//! law, and is not kept.

use super::earlier_cards::EarlierCard;
use super::facts::{Declared, DeclaredForm, Facts, OnRecord, PressTypes};
use super::{Finding, evaluate};
use crate::domain::agencies::{AgencyKind, PressType};
use crate::domain::applications::{ApplicationState, Basis, CardKind};
use crate::domain::problem::FieldProblem;
use crate::domain::time::Day;
use serde::{Deserialize, Serialize};

/// What was known of a person, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The day whose law holds.
    pub day: Day,
    /// What was known.
    pub facts: Facts,
    /// The conditions that were not met when the person was approved, by their ids: approved against them.
    pub decided_against: Vec<String>,
}

/// [`Assessment`] in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    day: String,
    declared: DeclaredForm,
    on_record: OnRecordForm,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decided_against: Vec<String>,
}

/// [`OnRecord`] in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "each is told of at the field of `OnRecord` with its name")]
pub struct OnRecordForm {
    pub agency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub press_types: Option<String>,
    pub at_work_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_staff: Option<bool>,
    pub proposal: Option<String>,
    pub revoked_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_otherwise_on: Option<String>,
    pub earlier_card: Option<String>,
    pub granted_before: Option<bool>,
}

/// Types of press, with a comma between them.
fn press_types(raw: &str) -> Result<Option<PressTypes>, FieldProblem> {
    let types = raw.split(',').map(|word| PressType::parse(word.trim())).collect::<Result<Vec<_>, _>>()?;
    Ok(PressTypes::of(&types))
}

fn written(types: PressTypes) -> String {
    types.all().map(PressType::as_str).collect::<Vec<_>>().join(",")
}

impl OnRecordForm {
    /// What the words say.
    ///
    /// # Errors
    /// The first that is none.
    pub fn parse(&self) -> Result<OnRecord, FieldProblem> {
        let day = |raw: &Option<String>| raw.as_deref().map(Day::parse).transpose();
        Ok(OnRecord {
            agency: self.agency.as_deref().map(AgencyKind::parse).transpose()?,
            press_types: self.press_types.as_deref().map(press_types).transpose()?.flatten(),
            at_work_since: day(&self.at_work_since)?,
            on_staff: self.on_staff,
            proposal: self.proposal.as_deref().map(ApplicationState::parse).transpose()?,
            revoked_on: day(&self.revoked_on)?,
            revoked_otherwise_on: day(&self.revoked_otherwise_on)?,
            earlier_card: self.earlier_card.as_deref().map(EarlierCard::parse).transpose()?,
            granted_before: self.granted_before,
        })
    }
}

impl From<&OnRecord> for OnRecordForm {
    fn from(it: &OnRecord) -> Self {
        Self {
            agency: it.agency.map(|kind| kind.as_str().to_owned()),
            press_types: it.press_types.map(written),
            at_work_since: it.at_work_since.map(|day| day.to_string()),
            on_staff: it.on_staff,
            proposal: it.proposal.map(|state| state.as_str().to_owned()),
            revoked_on: it.revoked_on.map(|day| day.to_string()),
            revoked_otherwise_on: it.revoked_otherwise_on.map(|day| day.to_string()),
            earlier_card: it.earlier_card.map(EarlierCard::word),
            granted_before: it.granted_before,
        }
    }
}

impl Assessment {
    /// What is known on a day, on which nothing was decided yet.
    pub const fn new(day: Day, facts: Facts) -> Self {
        Self { day, facts, decided_against: Vec::new() }
    }

    /// What is to be said of it.
    pub fn findings(&self, kind: CardKind, basis: Basis) -> Vec<Finding> {
        evaluate(&self.facts, self.day, kind, basis)
    }

    /// As it is kept: JSON.
    ///
    /// # Errors
    /// It cannot be written as JSON, which does not happen.
    pub fn to_json(&self) -> serde_json::Result<Vec<u8>> {
        serde_json::to_vec(&Written {
            day: self.day.to_string(),
            declared: DeclaredForm::from(&self.facts.declared),
            on_record: OnRecordForm::from(&self.facts.on_record),
            decided_against: self.decided_against.clone(),
        })
    }

    /// Reads what [`Assessment::to_json`] wrote.
    ///
    /// # Errors
    /// `not_an_assessment`, or the code of the first word that is none.
    pub fn from_json(json: &[u8]) -> Result<Self, FieldProblem> {
        let foreign = |_| FieldProblem::new("not_an_assessment", "not what was written down");
        let written: Written = serde_json::from_slice(json).map_err(foreign)?;
        let day = Day::parse(&written.day)?;
        let declared: Declared = written.declared.parse("", day).map_err(|errors| {
            let first = errors.into_iter().next();
            first.map_or_else(
                || FieldProblem::new("not_an_assessment", "not what was written down"),
                |error| FieldProblem::new(error.code, error.detail),
            )
        })?;
        let facts = Facts { declared, on_record: written.on_record.parse()? };
        Ok(Self { decided_against: written.decided_against, ..Self::new(day, facts) })
    }
}
