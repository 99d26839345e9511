//! What is written down whenever something changes: who, what, when and why.
//!
//! Personal fields stand apart from the rest, one set per subject, so that a person can be erased without touching
//! other people's history.

mod actor;
mod erased;
mod event;
mod object;
mod proof;
mod recorded;

pub use actor::Actor;
pub use erased::ErasedFields;
pub use event::Event;
pub use object::Object;
pub use proof::{BadProof, EventProof, ShownFields};
pub use recorded::{Altered, Personal, Recorded, personal_digest};

use super::log::LeafKind;

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
    AgencyTookOver,
    AgencyLicensed,
    AgencyLeaderAppointed,
    AgencyLeaderEnded,
    AgencyLeaderRemoved,
    AgencyHandedOver,
    PersonRegistered,
    PersonChanged,
    PortraitSet,
    EngagementBegun,
    EngagementEnded,
    EngagementCorrected,
    PersonMerged,
    PersonSplit,
    DuplicateDismissed,
    EngagementCarried,
    ErasureRequested,
    ErasureWithdrawn,
    PersonErased,
    RetentionRun,
    ApplicationDrafted,
    ApplicationSubmitted,
    ApplicationEndorsed,
    ApplicationReturned,
    ApplicationApproved,
    ApplicationRefused,
    ApplicationWithdrawn,
    ApplicationCarried,
    ApplicationDocumentAdded,
    ApplicationDocumentRemoved,
    CredentialIssued,
    CredentialSuspended,
    CredentialReinstated,
    CredentialRevoked,
    CredentialReplaced,
    CredentialReportedLost,
    CredentialReturned,
    CredentialReturnAsked,
    CredentialReturnRequested,
    CredentialReturnOverdue,
    CredentialReturnSettled,
    CredentialRevocationProposed,
    CredentialRevocationSetAside,
    StateCardEntered,
    StateCardReportedLost,
    StateCardReturned,
    StateCardRevoked,
    StateCardReinstated,
    StateCardReturnAsked,
    StateCardReturnRequested,
    StateCardReturnOverdue,
    StateCardReturnSettled,
    StateCardRevocationProposed,
    StateCardRevocationSetAside,
    CredentialCarried,
    UserCreated,
    UserChanged,
    UserReset,
    UserCarried,
    PasswordChanged,
    KeyCreated,
    KeyRetired,
    KeyCompromised,
    HostPrinted,
    LogContinued,
    StatusListChanged,
    ReportReceived,
    EvidenceAdded,
    StatisticsPublished,
    AccessesCommitted,
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
    CaseEvidenceAdded,
    CaseInterimEnded,
    CaseLinked,
    NoticeOwed,
    CaseCarried,
    NoticeSent,
    NoticeServed,
    NoticeEmailed,
    NoticeEmailFailed,
    NoticeCarried,
    OfficeDrafted,
    OfficeNotified,
    OfficeAmended,
    OfficeWithdrawn,
    OfficeEndTold,
    OfficeClosed,
    OfficeConfirmed,
    OfficeObjected,
    OfficeStopped,
    OfficeSuspended,
    OfficeResumed,
    OfficePostEnded,
    OfficeCarriedOver,
    OfficeDocumentAdded,
    OfficeDocumentRemoved,
}

impl EventKind {
    /// What the public learns of it.
    pub const fn leaf(self) -> LeafKind {
        match self {
            Self::KeyCreated | Self::KeyRetired | Self::KeyCompromised => LeafKind::Key,
            Self::StatusListChanged => LeafKind::StatusList,
            Self::AgencyCreated
            | Self::AgencyChanged
            | Self::AgencySuspended
            | Self::AgencyReinstated
            | Self::AgencyLicenceRevoked
            | Self::AgencyClosed
            | Self::AgencyTookOver
            | Self::AgencyLicensed
            | Self::AgencyLeaderAppointed
            | Self::AgencyLeaderEnded
            | Self::AgencyLeaderRemoved
            | Self::AgencyHandedOver
            | Self::PersonRegistered
            | Self::PersonChanged
            | Self::PortraitSet
            | Self::EngagementBegun
            | Self::EngagementEnded
            | Self::EngagementCorrected
            | Self::PersonMerged
            | Self::PersonSplit
            | Self::DuplicateDismissed
            | Self::EngagementCarried
            | Self::ErasureRequested
            | Self::ErasureWithdrawn
            | Self::PersonErased
            | Self::RetentionRun
            | Self::ApplicationDrafted
            | Self::ApplicationSubmitted
            | Self::ApplicationEndorsed
            | Self::ApplicationReturned
            | Self::ApplicationApproved
            | Self::ApplicationRefused
            | Self::ApplicationWithdrawn
            | Self::ApplicationCarried
            | Self::ApplicationDocumentAdded
            | Self::ApplicationDocumentRemoved
            | Self::CredentialIssued
            | Self::CredentialSuspended
            | Self::CredentialReinstated
            | Self::CredentialRevoked
            | Self::CredentialReplaced
            | Self::CredentialReportedLost
            | Self::CredentialReturned
            | Self::CredentialReturnAsked
            | Self::CredentialReturnRequested
            | Self::CredentialReturnOverdue
            | Self::CredentialReturnSettled
            | Self::CredentialRevocationProposed
            | Self::CredentialRevocationSetAside
            | Self::StateCardEntered
            | Self::StateCardReportedLost
            | Self::StateCardReturned
            | Self::StateCardRevoked
            | Self::StateCardReinstated
            | Self::StateCardReturnAsked
            | Self::StateCardReturnRequested
            | Self::StateCardReturnOverdue
            | Self::StateCardReturnSettled
            | Self::StateCardRevocationProposed
            | Self::StateCardRevocationSetAside
            | Self::CredentialCarried
            | Self::UserCreated
            | Self::UserChanged
            | Self::UserReset
            | Self::UserCarried
            | Self::PasswordChanged
            | Self::HostPrinted
            | Self::LogContinued
            | Self::ReportReceived
            | Self::EvidenceAdded
            | Self::StatisticsPublished
            | Self::AccessesCommitted
            | Self::ReportAttached
            | Self::ReportClosed
            | Self::CaseOpened
            | Self::CaseDismissed
            | Self::CaseAttached
            | Self::CaseNotified
            | Self::CaseStayed
            | Self::CaseStayEnded
            | Self::CaseAnswered
            | Self::CaseDecided
            | Self::CaseConfirmed
            | Self::CaseAppealed
            | Self::CaseUpheld
            | Self::CaseOverturned
            | Self::CaseReferred
            | Self::CaseClosed
            | Self::CaseEvidenceAdded
            | Self::CaseInterimEnded
            | Self::CaseLinked
            | Self::NoticeOwed
            | Self::CaseCarried
            | Self::NoticeSent
            | Self::NoticeServed
            | Self::NoticeEmailed
            | Self::NoticeEmailFailed
            | Self::NoticeCarried
            | Self::OfficeDrafted
            | Self::OfficeNotified
            | Self::OfficeAmended
            | Self::OfficeWithdrawn
            | Self::OfficeEndTold
            | Self::OfficeClosed
            | Self::OfficeConfirmed
            | Self::OfficeObjected
            | Self::OfficeStopped
            | Self::OfficeSuspended
            | Self::OfficeResumed
            | Self::OfficePostEnded
            | Self::OfficeCarriedOver
            | Self::OfficeDocumentAdded
            | Self::OfficeDocumentRemoved => LeafKind::Event,
        }
    }

    /// As stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AgencyCreated => "agency.created",
            Self::AgencyChanged => "agency.changed",
            Self::AgencySuspended => "agency.suspended",
            Self::AgencyReinstated => "agency.reinstated",
            Self::AgencyLicenceRevoked => "agency.licence_revoked",
            Self::AgencyClosed => "agency.closed",
            Self::AgencyTookOver => "agency.took_over",
            Self::AgencyLicensed => "agency.licensed",
            Self::AgencyLeaderAppointed => "agency.leader_appointed",
            Self::AgencyLeaderEnded => "agency.leader_ended",
            Self::AgencyLeaderRemoved => "agency.leader_removed",
            Self::AgencyHandedOver => "agency.handed_over",
            Self::PersonRegistered => "person.registered",
            Self::PersonChanged => "person.changed",
            Self::PortraitSet => "person.portrait_set",
            Self::EngagementBegun => "engagement.begun",
            Self::EngagementEnded => "engagement.ended",
            Self::EngagementCorrected => "engagement.corrected",
            Self::PersonMerged => "person.merged",
            Self::PersonSplit => "person.split",
            Self::DuplicateDismissed => "duplicate.dismissed",
            Self::EngagementCarried => "engagement.carried",
            Self::ErasureRequested => "person.erasure_requested",
            Self::ErasureWithdrawn => "person.erasure_withdrawn",
            Self::PersonErased => "person.erased",
            Self::RetentionRun => "retention.run",
            Self::ApplicationDrafted => "application.drafted",
            Self::ApplicationSubmitted => "application.submitted",
            Self::ApplicationEndorsed => "application.endorsed",
            Self::ApplicationReturned => "application.returned",
            Self::ApplicationApproved => "application.approved",
            Self::ApplicationRefused => "application.refused",
            Self::ApplicationWithdrawn => "application.withdrawn",
            Self::ApplicationCarried => "application.carried",
            Self::ApplicationDocumentAdded => "application.document_added",
            Self::ApplicationDocumentRemoved => "application.document_removed",
            Self::CredentialIssued => "credential.issued",
            Self::CredentialSuspended => "credential.suspended",
            Self::CredentialReinstated => "credential.reinstated",
            Self::CredentialRevoked => "credential.revoked",
            Self::CredentialReplaced => "credential.replaced",
            Self::CredentialReportedLost => "credential.reported_lost",
            Self::CredentialReturned => "credential.returned",
            Self::CredentialReturnAsked => "credential.return_asked",
            Self::CredentialReturnRequested => "credential.return_requested",
            Self::CredentialReturnOverdue => "credential.return_overdue",
            Self::CredentialReturnSettled => "credential.return_settled",
            Self::CredentialRevocationProposed => "credential.revocation_proposed",
            Self::CredentialRevocationSetAside => "credential.revocation_set_aside",
            Self::StateCardEntered => "state_card.entered",
            Self::StateCardReportedLost => "state_card.reported_lost",
            Self::StateCardReturned => "state_card.returned",
            Self::StateCardRevoked => "state_card.revoked",
            Self::StateCardReinstated => "state_card.reinstated",
            Self::StateCardReturnAsked => "state_card.return_asked",
            Self::StateCardReturnRequested => "state_card.return_requested",
            Self::StateCardReturnOverdue => "state_card.return_overdue",
            Self::StateCardReturnSettled => "state_card.return_settled",
            Self::StateCardRevocationProposed => "state_card.revocation_proposed",
            Self::StateCardRevocationSetAside => "state_card.revocation_set_aside",
            Self::CredentialCarried => "credential.carried",
            Self::UserCreated => "user.created",
            Self::UserChanged => "user.changed",
            Self::UserReset => "user.reset",
            Self::UserCarried => "user.carried",
            Self::PasswordChanged => "user.password_changed",
            Self::KeyCreated => "key.created",
            Self::KeyRetired => "key.retired",
            Self::KeyCompromised => "key.compromised",
            Self::HostPrinted => "host.printed",
            Self::LogContinued => "log.continued",
            Self::StatusListChanged => "status_list.changed",
            Self::ReportReceived => "report.received",
            Self::EvidenceAdded => "report.evidence_added",
            Self::StatisticsPublished => "statistics.published",
            Self::AccessesCommitted => "accesses.committed",
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
            Self::CaseEvidenceAdded => "case.evidence_added",
            Self::CaseInterimEnded => "case.interim_ended",
            Self::CaseLinked => "case.linked",
            Self::NoticeOwed => "notice.owed",
            Self::CaseCarried => "case.carried",
            Self::NoticeSent => "notice.sent",
            Self::NoticeServed => "notice.served",
            Self::NoticeEmailed => "notice.emailed",
            Self::NoticeCarried => "notice.carried",
            Self::NoticeEmailFailed => "notice.email_failed",
            Self::OfficeDrafted => "office.drafted",
            Self::OfficeNotified => "office.notified",
            Self::OfficeAmended => "office.amended",
            Self::OfficeWithdrawn => "office.withdrawn",
            Self::OfficeEndTold => "office.end_told",
            Self::OfficeClosed => "office.closed",
            Self::OfficeConfirmed => "office.confirmed",
            Self::OfficeObjected => "office.objected",
            Self::OfficeStopped => "office.stopped",
            Self::OfficeSuspended => "office.suspended",
            Self::OfficeResumed => "office.resumed",
            Self::OfficePostEnded => "office.post_ended",
            Self::OfficeCarriedOver => "office.carried_over",
            Self::OfficeDocumentAdded => "office.document_added",
            Self::OfficeDocumentRemoved => "office.document_removed",
        }
    }
}
