//! What is written down whenever something changes: who, what, when and why.
//!
//! Personal fields stand apart from the rest, one set per subject, so that a person can be erased without touching
//! other people's history.

use super::accounts::RoleName;
use super::ids::{AgencyId, ApplicationId, CaseId, CredentialId, EventId, PersonId, ReportId, SubjectId, UserId};
use super::time::Timestamp;
use serde_json::Value;
use std::fmt;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each name says it; `as_str` is the form that readers meet")]
pub enum EventKind {
    AgencyCreated,
    AgencyChanged,
    AgencySuspended,
    AgencyReinstated,
    AgencyLicenceRevoked,
    AgencyClosed,
    PersonRegistered,
    PersonChanged,
    PortraitSet,
    EngagementEnded,
    ApplicationDrafted,
    ApplicationSubmitted,
    ApplicationEndorsed,
    ApplicationReturned,
    ApplicationApproved,
    ApplicationRefused,
    ApplicationWithdrawn,
    CredentialIssued,
    CredentialSuspended,
    CredentialReinstated,
    CredentialRevoked,
    CredentialReplaced,
    CredentialReportedLost,
    CredentialReturned,
    UserCreated,
    UserChanged,
    UserReset,
    PasswordChanged,
    KeyCreated,
    KeyRetired,
    KeyCompromised,
    HostPrinted,
    ReportReceived,
    EvidenceAdded,
    StatisticsPublished,
    ReportAttached,
    ReportClosed,
    CaseOpened,
    CaseDismissed,
    CaseAttached,
    CaseNotified,
    CaseStayed,
    CaseStayEnded,
    CaseAnswered,
    CaseDecided,
    CaseConfirmed,
    CaseAppealed,
    CaseUpheld,
    CaseOverturned,
    CaseReferred,
    CaseClosed,
    CaseInterimEnded,
    CaseLinked,
    NoticeSent,
    NoticeServed,
}

impl EventKind {
    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgencyCreated => "agency.created",
            Self::AgencyChanged => "agency.changed",
            Self::AgencySuspended => "agency.suspended",
            Self::AgencyReinstated => "agency.reinstated",
            Self::AgencyLicenceRevoked => "agency.licence_revoked",
            Self::AgencyClosed => "agency.closed",
            Self::PersonRegistered => "person.registered",
            Self::PersonChanged => "person.changed",
            Self::PortraitSet => "person.portrait_set",
            Self::EngagementEnded => "engagement.ended",
            Self::ApplicationDrafted => "application.drafted",
            Self::ApplicationSubmitted => "application.submitted",
            Self::ApplicationEndorsed => "application.endorsed",
            Self::ApplicationReturned => "application.returned",
            Self::ApplicationApproved => "application.approved",
            Self::ApplicationRefused => "application.refused",
            Self::ApplicationWithdrawn => "application.withdrawn",
            Self::CredentialIssued => "credential.issued",
            Self::CredentialSuspended => "credential.suspended",
            Self::CredentialReinstated => "credential.reinstated",
            Self::CredentialRevoked => "credential.revoked",
            Self::CredentialReplaced => "credential.replaced",
            Self::CredentialReportedLost => "credential.reported_lost",
            Self::CredentialReturned => "credential.returned",
            Self::UserCreated => "user.created",
            Self::UserChanged => "user.changed",
            Self::UserReset => "user.reset",
            Self::PasswordChanged => "user.password_changed",
            Self::KeyCreated => "key.created",
            Self::KeyRetired => "key.retired",
            Self::KeyCompromised => "key.compromised",
            Self::HostPrinted => "host.printed",
            Self::ReportReceived => "report.received",
            Self::EvidenceAdded => "report.evidence_added",
            Self::StatisticsPublished => "statistics.published",
            Self::ReportAttached => "report.attached",
            Self::ReportClosed => "report.closed",
            Self::CaseOpened => "case.opened",
            Self::CaseDismissed => "case.dismissed",
            Self::CaseAttached => "case.attached",
            Self::CaseNotified => "case.notified",
            Self::CaseStayed => "case.stayed",
            Self::CaseStayEnded => "case.stay_ended",
            Self::CaseAnswered => "case.answered",
            Self::CaseDecided => "case.decided",
            Self::CaseConfirmed => "case.confirmed",
            Self::CaseAppealed => "case.appealed",
            Self::CaseUpheld => "case.upheld",
            Self::CaseOverturned => "case.overturned",
            Self::CaseReferred => "case.referred",
            Self::CaseClosed => "case.closed",
            Self::CaseInterimEnded => "case.interim_ended",
            Self::CaseLinked => "case.linked",
            Self::NoticeSent => "notice.sent",
            Self::NoticeServed => "notice.served",
        }
    }
}

/// What it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A press agency.
    Agency(AgencyId),
    /// A person.
    Person(PersonId),
    /// An application.
    Application(ApplicationId),
    /// A credential.
    Credential(CredentialId),
    /// A case of misuse.
    Case(CaseId),
    /// An account.
    User(UserId),
    /// A signing key, by its key id.
    Key(String),
    /// A host printed in card codes.
    Host(String),
    /// A report of misuse.
    Report(ReportId),
    /// A published table of misuse, like `2026/kind`.
    Statistics(String),
}

impl Object {
    /// What kind of thing, as stored and shown.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Agency(_) => "agency",
            Self::Person(_) => "person",
            Self::Application(_) => "application",
            Self::Credential(_) => "credential",
            Self::Case(_) => "case",
            Self::User(_) => "user",
            Self::Key(_) => "key",
            Self::Host(_) => "host",
            Self::Report(_) => "report",
            Self::Statistics(_) => "statistics",
        }
    }
}

/// Its id alone.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agency(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
            Self::Application(id) => id.fmt(f),
            Self::Credential(id) => id.fmt(f),
            Self::Case(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Report(id) => id.fmt(f),
            Self::Key(id) | Self::Host(id) | Self::Statistics(id) => f.write_str(id),
        }
    }
}

/// In what capacity somebody acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// The program itself: first start, the command line, the demo.
    Program,
    /// Anybody, not signed in.
    Anybody,
    /// A signed-in account.
    Account(RoleName),
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account, where one was signed in.
    pub user: Option<UserId>,
    /// The capacity.
    pub capacity: Capacity,
    /// The public body or agency it acted for, as shown to others.
    pub body: Option<String>,
}

impl Actor {
    /// The program itself: first start, the command line, the demo.
    pub const PROGRAM: Self = Self { user: None, capacity: Capacity::Program, body: None };
    /// Anybody, not signed in.
    pub const ANYBODY: Self = Self { user: None, capacity: Capacity::Anybody, body: None };

    /// The capacity as stored and shown.
    pub const fn role_name(&self) -> &'static str {
        match self.capacity {
            Capacity::Program => "program",
            Capacity::Anybody => "anonymous",
            Capacity::Account(role) => role.as_str(),
        }
    }
}

/// An event about to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// To what.
    pub object: Object,
    /// The rest, without any personal field: a JSON object.
    pub data: Value,
    /// Personal fields, by subject.
    pub personal: Vec<(SubjectId, Value)>,
}

impl Event {
    /// An event with nothing more to say.
    pub fn new(kind: EventKind, object: Object) -> Self {
        Self { kind, object, data: Value::Object(serde_json::Map::new()), personal: Vec::new() }
    }

    /// The same event with these facts, none of them personal.
    #[must_use]
    pub fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The same event with these fields of `subject`.
    #[must_use]
    pub fn about(mut self, subject: impl Into<SubjectId>, fields: Value) -> Self {
        self.personal.push((subject.into(), fields));
        self
    }
}

/// An event as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the log, from 0, without gaps.
    pub index: i64,
    /// Its id.
    pub id: EventId,
    /// See [`EventKind::as_str`].
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// Role of the actor, or `program`.
    pub actor_role: String,
    /// The body or agency it acted for.
    pub actor_body: Option<String>,
    /// The facts that are not personal.
    pub data: Value,
    /// Personal fields, by subject.
    pub personal: Vec<(SubjectId, Value)>,
}
