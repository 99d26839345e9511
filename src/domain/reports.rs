//! Reports of misuse: what somebody says was done, where and when. A report is not a case, and nobody in it is guilty.
//!
//! No field is about what anybody published or thinks.

mod evidence;
mod form;
mod receipt;

pub use evidence::{Evidence, MediaType, Sha256};
pub use form::{MAX_AMOUNT_DONG, MAX_CODE_CHARS, MAX_NARRATIVE_CHARS, ReportFields, ReportForm};
pub use receipt::Receipt;

use super::ids::{ReportId, UserId};
use super::issuer::Words;
use super::misuse::MisuseKind;
use super::problem::FieldProblem;
use super::provinces::ProvinceId;
use super::time::Timestamp;

/// Where a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportState {
    /// Handed in; nobody has been told and nothing has been matched.
    Received,
    /// A registrar made it part of a case.
    InCase,
    /// Its case has ended, or its time ended without one. Final.
    Closed,
}

/// What may happen to a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportEvent {
    /// A registrar opens a case with it, or attaches it to one.
    Attach,
    /// Its case is closed or dismissed.
    Close,
    /// Nobody opened a case with it in the time that such reports are kept.
    Lapse,
}

/// Every permitted change of a report's state. What is not listed is refused. `Closed` is final.
pub const TRANSITIONS: &[(ReportState, ReportEvent, ReportState)] = &[
    (ReportState::Received, ReportEvent::Attach, ReportState::InCase),
    (ReportState::Received, ReportEvent::Lapse, ReportState::Closed),
    (ReportState::InCase, ReportEvent::Close, ReportState::Closed),
];

impl ReportState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Received, Self::InCase, Self::Closed];

    /// The state after `event`, or `None` if it may not happen now.
    pub fn after(self, event: ReportEvent) -> Option<Self> {
        TRANSITIONS.iter().find(|(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::InCase => "in_case",
            Self::Closed => "closed",
        }
    }

    /// # Errors
    /// `unknown_state`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_state", "one of received, in_case, closed"))
    }

    /// The same in words.
    pub fn said(self) -> Words {
        match self {
            Self::Received => Words::new("Đã tiếp nhận", "Received"),
            Self::InCase => Words::new("Đang được xem xét trong một vụ việc", "Part of a case"),
            Self::Closed => Words::new("Đã kết thúc", "Closed"),
        }
    }

    /// Whether evidence may still be added.
    pub const fn takes_evidence(self) -> bool {
        match self {
            Self::Received | Self::InCase => true,
            Self::Closed => false,
        }
    }
}

impl ReportEvent {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Attach, Self::Close, Self::Lapse];
}

/// Who reported while signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reporter {
    /// The account; it never decides a case of this report.
    pub user: UserId,
    /// The public body an official acted for, as it was called then.
    pub body: Option<String>,
    /// Where that body is.
    pub province: Option<ProvinceId>,
}

/// How much evidence a report takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidenceLimit {
    /// Files.
    pub files: i64,
    /// Bytes of all files together.
    pub bytes: i64,
}

/// Of anybody: three files, 10 MB in all.
pub const ANYBODYS_EVIDENCE: EvidenceLimit = EvidenceLimit { files: 3, bytes: 10 * 1024 * 1024 };
/// Of those who report in their own name: twenty files as large as one may be (50 MB).
pub const NAMED_EVIDENCE: EvidenceLimit = EvidenceLimit { files: 20, bytes: 20 * 50 * 1024 * 1024 };

/// A report, without what may have to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Its id, which only registrars and its reporter's list show.
    pub id: ReportId,
    /// Where it stands.
    pub state: ReportState,
    /// What was done, where the reporter judged.
    pub kind: Option<MisuseKind>,
    /// Where the act was: the unit that has the code on the day of the report.
    pub province: ProvinceId,
    /// When the act was.
    pub occurred_at: Timestamp,
    /// Who reported; `None` for anybody.
    pub reporter: Option<Reporter>,
    /// Files of evidence.
    pub evidence_files: i64,
    /// Bytes of all of them.
    pub evidence_bytes: i64,
    /// The index of its first event in the log.
    pub log_index: i64,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it came in.
    pub received_at: Timestamp,
}

impl Report {
    /// How much evidence it takes in all.
    pub const fn evidence_limit(&self) -> EvidenceLimit {
        if self.reporter.is_some() { NAMED_EVIDENCE } else { ANYBODYS_EVIDENCE }
    }

    /// The same after `event`; `None` if it may not happen now.
    pub fn after(&self, event: ReportEvent) -> Option<Self> {
        Some(Self { state: self.state.after(event)?, version: self.version + 1, ..self.clone() })
    }
}

/// What a report says of people and places, apart so that it can be erased.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportDetails {
    /// The text of a QR, or a typed code.
    pub code: Option<String>,
    /// The number on what was shown, whatever it was.
    pub number: Option<String>,
    /// The name that was given.
    pub claimed_name: Option<String>,
    /// The agency that was named.
    pub claimed_agency: Option<String>,
    /// Where it was.
    pub place: String,
    /// What was done.
    pub narrative: String,
    /// What was demanded, in đồng.
    pub amount_demanded: Option<i64>,
    /// The file number of the police, where they were told.
    pub police_reference: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_happens_to_a_report_that_is_not_listed() {
        for state in ReportState::ALL {
            for event in ReportEvent::ALL {
                // The lawful moves, written down a second time.
                let lawful = match (state, event) {
                    (ReportState::Received, ReportEvent::Attach) => Some("in_case"),
                    (ReportState::Received, ReportEvent::Lapse) | (ReportState::InCase, ReportEvent::Close) => {
                        Some("closed")
                    }
                    (ReportState::Received, ReportEvent::Close)
                    | (ReportState::InCase, ReportEvent::Attach | ReportEvent::Lapse)
                    | (ReportState::Closed, ReportEvent::Attach | ReportEvent::Close | ReportEvent::Lapse) => None,
                };
                assert_eq!(state.after(event).map(ReportState::as_str), lawful, "{event:?} of {state:?}");
            }
        }
    }
}
