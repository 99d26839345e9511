//! What is written when a case is opened.

use super::case::{Subject, SubjectKind};
use crate::domain::ids::{AgencyId, CredentialId, Id as _, PersonId, ReportId};
use crate::domain::misuse::MisuseKind;
use crate::domain::problem::{FieldError, FieldProblem, Problems};
use crate::domain::text;
use crate::domain::time::Timestamp;

/// Reports that one case may rest on.
const MAX_REPORTS: usize = 100;

/// What somebody claimed to be, as far as witnesses remember it. It is no finding about anybody of that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// The name.
    pub name: Option<String>,
    /// The agency.
    pub agency: Option<String>,
    /// A telephone number.
    pub phone: Option<String>,
    /// The number on the card or letter that was shown.
    pub number: Option<String>,
}

impl Claimed {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What a registrar writes to open a case.
#[derive(Clone, Debug, Default)]
pub struct OpeningFields {
    /// What it is about, as far as that is clear.
    pub kind: Option<MisuseKind>,
    /// Whom it is about.
    pub subject: Option<Subject>,
    /// The credential that it names.
    pub credential: Option<CredentialId>,
    /// Where in the province.
    pub place: Option<String>,
    /// When.
    pub occurred_at: Option<Timestamp>,
    /// What is known, 1–4,000 characters.
    pub summary: Option<String>,
    /// What somebody claimed to be.
    pub claimed: Claimed,
    /// The reports that led to it.
    pub reports: Vec<ReportId>,
}

/// The fields as sent.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "they are those of `OpeningFields`")]
pub struct OpeningTexts {
    pub kind: Option<String>,
    pub subject: Option<String>,
    pub person_id: Option<String>,
    pub agency_id: Option<String>,
    pub body: Option<String>,
    pub credential_id: Option<String>,
    pub place: Option<String>,
    pub occurred_at: Option<String>,
    pub summary: Option<String>,
    pub claimed_name: Option<String>,
    pub claimed_agency: Option<String>,
    pub claimed_phone: Option<String>,
    pub claimed_number: Option<String>,
    pub reports: Vec<String>,
}

impl OpeningTexts {
    /// Reads what was sent at `now`.
    ///
    /// # Errors
    /// Every problem with its field.
    pub fn parse(&self, now: Timestamp) -> Result<OpeningFields, Vec<FieldError>> {
        let mut problems = Problems::new();
        let kind = problems.take_optional("/kind", self.kind.as_deref(), MisuseKind::parse);
        let subject = self.subject(&mut problems);
        let credential = problems.take_optional("/credential_id", self.credential_id.as_deref(), CredentialId::parse);
        let place = problems.take_optional("/place", self.place.as_deref(), |raw| text::line(raw, 200));
        let occurred_at = problems.take_optional("/occurred_at", self.occurred_at.as_deref(), |raw| {
            let at = Timestamp::parse(raw)?;
            let future = || FieldProblem::new("in_the_future", "it cannot happen after it is written down");
            (at <= now).then_some(at).ok_or_else(future)
        });
        let summary = problems.take_optional("/summary", self.summary.as_deref(), |raw| text::lines(raw, 4_000));
        let mut line =
            |pointer, raw: &Option<String>| problems.take_optional(pointer, raw.as_deref(), |raw| text::line(raw, 200));
        let claimed = Claimed {
            name: line("/claimed_name", &self.claimed_name),
            agency: line("/claimed_agency", &self.claimed_agency),
            phone: line("/claimed_phone", &self.claimed_phone),
            number: line("/claimed_number", &self.claimed_number),
        };
        let reports = read_reports(&self.reports, &mut problems);
        if self.reports.is_empty() && self.summary.is_none() {
            problems.add(FieldProblem::new("missing", "what is known, unless reports tell it").at("/summary"));
        }
        if subject == Some(Subject::Claimed) && claimed.is_empty() && self.reports.is_empty() {
            problems.add(FieldProblem::new("missing", "what was claimed").at("/claimed_name"));
        }
        let fields = OpeningFields { kind, subject, credential, place, occurred_at, summary, claimed, reports };
        problems.finish(|| Some(fields))
    }

    /// Whom it is about: with exactly what that kind of subject is known by.
    fn subject(&self, problems: &mut Problems) -> Option<Subject> {
        let kind = match self.subject.as_deref() {
            Some(raw) => SubjectKind::ALL
                .into_iter()
                .find(|kind| kind.as_str() == raw)
                .ok_or_else(|| FieldProblem::new("unknown_subject", "one of holder, agency, body, claimed, unknown")),
            None => Err(FieldProblem::new("missing", "whom it is about; `unknown` if nobody knows")),
        };
        let kind = problems.take("/subject", kind)?;
        for (pointer, sent, wanted) in [
            ("/person_id", &self.person_id, SubjectKind::Holder),
            ("/agency_id", &self.agency_id, SubjectKind::Agency),
            ("/body", &self.body, SubjectKind::Body),
        ] {
            match (sent, kind == wanted) {
                (None, true) => problems.add(FieldProblem::new("missing", "this subject is known by it").at(pointer)),
                (Some(_), false) => {
                    problems.add(FieldProblem::new("not_for_this_subject", "this subject has none").at(pointer));
                }
                (Some(_), true) | (None, false) => {}
            }
        }
        match kind {
            SubjectKind::Holder => {
                problems.take_optional("/person_id", self.person_id.as_deref(), PersonId::parse).map(Subject::Holder)
            }
            SubjectKind::Agency => {
                problems.take_optional("/agency_id", self.agency_id.as_deref(), AgencyId::parse).map(Subject::Agency)
            }
            SubjectKind::Body => {
                problems.take_optional("/body", self.body.as_deref(), |raw| text::line(raw, 200)).map(Subject::Body)
            }
            SubjectKind::Claimed => Some(Subject::Claimed),
            SubjectKind::Unknown => Some(Subject::Unknown),
        }
    }
}

/// The ids of reports, each once.
pub fn read_reports(raw: &[String], problems: &mut Problems) -> Vec<ReportId> {
    if raw.len() > MAX_REPORTS {
        problems.add(FieldProblem::new("too_many", format!("at most {MAX_REPORTS} reports")).at("/reports"));
        return Vec::new();
    }
    let mut reports = Vec::new();
    for (at, raw) in raw.iter().enumerate() {
        let report = ReportId::parse(raw).and_then(|id| match reports.contains(&id) {
            true => Err(FieldProblem::new("twice", "this report is named twice")),
            false => Ok(id),
        });
        reports.extend(problems.take(&format!("/reports/{at}"), report));
    }
    reports
}
