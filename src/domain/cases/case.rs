//! A case as it is kept.

use super::finding::Decision;
use super::{CaseState, Claimed};
use crate::domain::ids::{AgencyId, CaseId, CredentialId, PersonId, ReportId, UserId};
use crate::domain::misuse::MisuseKind;
use crate::domain::provinces::ProvinceId;
use crate::domain::time::Timestamp;

/// Whom a case is about. Only the first two are on record here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person on record, who holds credentials.
    Holder(PersonId),
    /// A press agency.
    Agency(AgencyId),
    /// A public or other body by its name: acts against journalists.
    Body(String),
    /// Somebody known only by what they claimed to be.
    Claimed,
    /// Nobody knows.
    Unknown,
}

/// The kinds of [`Subject`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are those of `Subject`")]
pub enum SubjectKind {
    Holder,
    Agency,
    Body,
    Claimed,
    Unknown,
}

impl SubjectKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Holder, Self::Agency, Self::Body, Self::Claimed, Self::Unknown];

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Agency => "agency",
            Self::Body => "body",
            Self::Claimed => "claimed",
            Self::Unknown => "unknown",
        }
    }
}

impl Subject {
    /// Which kind.
    pub const fn kind(&self) -> SubjectKind {
        match self {
            Self::Holder(_) => SubjectKind::Holder,
            Self::Agency(_) => SubjectKind::Agency,
            Self::Body(_) => SubjectKind::Body,
            Self::Claimed => SubjectKind::Claimed,
            Self::Unknown => SubjectKind::Unknown,
        }
    }

    /// The person on record.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Holder(person) => Some(*person),
            Self::Agency(_) | Self::Body(_) | Self::Claimed | Self::Unknown => None,
        }
    }

    /// The body's name.
    pub fn body(&self) -> Option<&str> {
        match self {
            Self::Body(name) => Some(name),
            Self::Holder(_) | Self::Agency(_) | Self::Claimed | Self::Unknown => None,
        }
    }
}

/// How far the subject has been told of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeGiven {
    /// Nobody can be told: such a case names nobody and touches no credential.
    Impossible,
    /// Sent; nobody knows yet whether it arrived.
    Sent,
    /// Arrived: the time to reply runs.
    Served {
        /// The first instant after that time.
        reply_by: Timestamp,
    },
}

/// A notice put off: once in a case, for at most [`super::rules::STAY_DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The first instant after it.
    pub until: Timestamp,
    /// Whether it has ended: by itself, or because the subject was told.
    pub ended: bool,
}

/// A credential suspended until the case is decided: once in a case, for at most [`super::rules::INTERIM_DAYS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interim {
    /// Which.
    pub credential: CredentialId,
    /// The first instant after it.
    pub until: Timestamp,
    /// The event of the credential that it is; what happened to the credential since is not undone.
    pub log_index: i64,
    /// Whether it has ended: by itself, or by a decision.
    pub ended: bool,
}

/// What the subject, or the agency that answers for it, said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Who wrote it down: a role as shown.
    pub role: String,
    /// Whether it is an appeal; else a reply.
    pub is_appeal: bool,
    /// The words.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// An appeal against a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// When it came.
    pub at: Timestamp,
    /// Who decided it.
    pub heard_by: Option<UserId>,
    /// When.
    pub heard_at: Option<Timestamp>,
    /// Whether it succeeded.
    pub overturned: bool,
    /// Why it failed or succeeded.
    pub reasons: Option<String>,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Where it stands.
    pub state: CaseState,
    /// What it is about, as far as that is clear.
    pub kind: Option<MisuseKind>,
    /// Whom it is about.
    pub subject: Subject,
    /// The agency that is the subject, or that answers for the person who is.
    pub agency: Option<AgencyId>,
    /// The credential that it names.
    pub credential: Option<CredentialId>,
    /// The unit in which the act happened, as it was then.
    pub province: ProvinceId,
    /// The unit whose registrar handles it: the same, or what that one became part of.
    pub venue: ProvinceId,
    /// Where in that unit.
    pub place: Option<String>,
    /// When.
    pub occurred_at: Option<Timestamp>,
    /// What is known.
    pub summary: Option<String>,
    /// What somebody claimed to be.
    pub claimed: Claimed,
    /// The reports that led to it.
    pub reports: Vec<ReportId>,
    /// The accounts that made them in their own name, and so never decide it.
    pub reporters: Vec<UserId>,
    /// Who opened it, and so never decides it.
    pub opened_by: UserId,
    /// How far the subject was told.
    pub notice: Option<NoticeGiven>,
    /// A notice put off.
    pub stay: Option<Stay>,
    /// A credential suspended meanwhile.
    pub interim: Option<Interim>,
    /// Whether the subject has replied; what others say on its behalf is no reply.
    pub replied: bool,
    /// The decision.
    pub decision: Option<Decision>,
    /// The appeal against it.
    pub appeal: Option<Appeal>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was opened.
    pub opened_at: Timestamp,
}

impl Case {
    /// Whether the subject has been told: only then may it see the case.
    pub fn was_told(&self) -> bool {
        match self.notice {
            Some(NoticeGiven::Sent | NoticeGiven::Served { .. }) => true,
            Some(NoticeGiven::Impossible) | None => false,
        }
    }

    /// Whether a decision waits for its second person.
    pub fn pending_second(&self) -> bool {
        self.decision.as_ref().is_some_and(Decision::pending_second)
    }
}
