//! What a decision finds, and what it does to a credential.

use super::case::{Case, NoticeGiven, Subject};
use crate::domain::ids::{CredentialId, Id as _, UserId};
use crate::domain::misuse::MisuseKind;
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::time::Timestamp;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Có căn cứ: it happened.
    Substantiated,
    /// Không có căn cứ: it did not, or it cannot be shown.
    Unfounded,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Substantiated, Self::Unfounded];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Substantiated => "substantiated",
            Self::Unfounded => "unfounded",
        }
    }

    /// # Errors
    /// `unknown_outcome`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_outcome", "`substantiated` or `unfounded`"))
    }
}

/// What a decision does to a credential of the subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Nothing.
    None,
    /// It is suspended.
    Suspend(CredentialId),
    /// It is revoked, once a second registrar has confirmed that.
    Revoke(CredentialId),
}

/// The kinds of [`Measure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are those of `Measure`")]
pub enum MeasureKind {
    None,
    Suspend,
    Revoke,
}

impl MeasureKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::None, Self::Suspend, Self::Revoke];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Suspend => "suspend",
            Self::Revoke => "revoke",
        }
    }

    /// # Errors
    /// `unknown_measure`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|measure| measure.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_measure", "`none`, `suspend` or `revoke`"))
    }
}

impl Measure {
    /// Which kind.
    pub const fn kind(self) -> MeasureKind {
        match self {
            Self::None => MeasureKind::None,
            Self::Suspend(_) => MeasureKind::Suspend,
            Self::Revoke(_) => MeasureKind::Revoke,
        }
    }

    /// The credential that it touches.
    pub const fn credential(self) -> Option<CredentialId> {
        match self {
            Self::None => None,
            Self::Suspend(credential) | Self::Revoke(credential) => Some(credential),
        }
    }

    /// Of this kind, on this credential; `None` where one is needed and missing.
    pub const fn of(kind: MeasureKind, credential: Option<CredentialId>) -> Option<Self> {
        match (kind, credential) {
            (MeasureKind::None, _) => Some(Self::None),
            (MeasureKind::Suspend, Some(credential)) => Some(Self::Suspend(credential)),
            (MeasureKind::Revoke, Some(credential)) => Some(Self::Revoke(credential)),
            (MeasureKind::Suspend | MeasureKind::Revoke, None) => None,
        }
    }
}

/// What a decider writes.
#[derive(Clone, Debug, Default)]
pub struct FindingForm {
    /// `substantiated` or `unfounded`.
    pub outcome: Option<String>,
    /// A code of the list of kinds; the case's own where it is left out.
    pub kind: Option<String>,
    /// `none`, `suspend` or `revoke`; `none` where it is left out.
    pub measure: Option<String>,
    /// The credential that the measure touches; the case's own where it is left out.
    pub credential_id: Option<String>,
}

/// What was found, and what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was found.
    pub outcome: Outcome,
    /// One kind of the closed list.
    pub kind: MisuseKind,
    /// What follows for a credential.
    pub measure: Measure,
}

impl Finding {
    /// Reads a finding in a case: a credential is touched only where a holder on record was told and misuse was found.
    ///
    /// # Errors
    /// Every problem with its field.
    pub fn parse(form: &FindingForm, case: &Case) -> Result<Self, Vec<FieldError>> {
        let mut problems = Problems::new();
        let missing = |what| FieldProblem::new("missing", what);
        let outcome = form.outcome.as_deref().map_or_else(|| Err(missing("what was found")), Outcome::parse);
        let outcome = problems.take("/outcome", outcome);
        let kind = match (form.kind.as_deref(), case.kind) {
            (Some(raw), _) => MisuseKind::parse(raw),
            (None, Some(kind)) => Ok(kind),
            (None, None) => Err(missing("one kind of the list")),
        };
        let kind = problems.take("/kind", kind);
        let measure = form.measure.as_deref().map_or(Ok(MeasureKind::None), MeasureKind::parse);
        let measure = problems.take("/measure", measure);
        let named = problems.take_optional("/credential_id", form.credential_id.as_deref(), CredentialId::parse);
        let measure = measure.and_then(|measure| {
            problems.take("/measure", is_lawful(measure, outcome, case))?;
            let found = Measure::of(measure, named.or(case.credential));
            let found = found.ok_or_else(|| missing("which credential"));
            problems.take("/credential_id", found)
        });
        problems.finish(|| Some(Self { outcome: outcome?, kind: kind?, measure: measure? }))
    }
}

fn is_lawful(measure: MeasureKind, outcome: Option<Outcome>, case: &Case) -> Result<(), FieldProblem> {
    let refused = |code, why: &str| Err(FieldProblem::new(code, why));
    match (measure, &case.subject, case.notice) {
        (MeasureKind::None, _, _) => Ok(()),
        (_, Subject::Agency(_) | Subject::Body(_) | Subject::Claimed | Subject::Unknown, _) => {
            refused("not_for_this_subject", "only a holder on record has credentials to lose")
        }
        (_, Subject::Holder(_), Some(NoticeGiven::Impossible) | None) => {
            refused("nobody_was_told", "nobody was told of this case, so it touches no credential")
        }
        (_, Subject::Holder(_), Some(_)) if outcome == Some(Outcome::Unfounded) => {
            refused("not_substantiated", "without misuse there is no measure")
        }
        (_, Subject::Holder(_), Some(_)) => Ok(()),
    }
}

/// A decision of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was found, and what follows.
    pub finding: Finding,
    /// Whether it says who did it: never where nobody could be told.
    pub names_subject: bool,
    /// Why.
    pub reasons: String,
    /// Who decided.
    pub decided_by: UserId,
    /// When.
    pub decided_at: Timestamp,
    /// The second registrar, where a revocation needs one.
    pub confirmed_by: Option<UserId>,
    /// The event of the credential that the measure is, once it is done.
    pub effect: Option<i64>,
    /// The first instant after the time to appeal; it runs from when the decision was served.
    pub appeal_until: Option<Timestamp>,
}

impl Decision {
    /// Whether it waits for its second person.
    pub const fn pending_second(&self) -> bool {
        matches!(self.finding.measure, Measure::Revoke(_)) && self.confirmed_by.is_none()
    }
}
