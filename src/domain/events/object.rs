//! The things of the registry that something happens to.

use crate::domain::ids::{
    AgencyId, ApplicationId, CaseId, CredentialId, DuplicateId, OfficeId, PersonId, ReportId, StateCardId,
    SuccessionId, UserId,
};
use crate::domain::time::{Day, Timestamp};
use std::fmt;

/// What it happened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    /// A press agency.
    Agency(AgencyId),
    /// A person.
    Person(PersonId),
    /// Two records that may be of one human being.
    Duplicate(DuplicateId),
    /// An application.
    Application(ApplicationId),
    /// A credential.
    Credential(CredentialId),
    /// An office, or a reporter in a province.
    Office(OfficeId),
    /// A merger or split of agencies.
    Succession(SuccessionId),
    /// A press card of before the registry.
    StateCard(StateCardId),
    /// A case of misuse.
    Case(CaseId),
    /// An account.
    User(UserId),
    /// A signing key, by its key id.
    Key(String),
    /// A host printed in card codes.
    Host(String),
    /// A status list, by its number.
    StatusList(u32),
    /// A report of misuse.
    Report(ReportId),
    /// A published table of misuse, like `2026/kind`.
    Statistics(String),
    /// An hour of looks at records.
    Hour(Timestamp),
    /// A log, by its origin.
    Log(String),
    /// A day on which what is kept no longer was forgotten.
    Day(Day),
}

impl Object {
    /// What kind of thing, as stored and shown.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Agency(_) => "agency",
            Self::Person(_) => "person",
            Self::Duplicate(_) => "duplicate",
            Self::Application(_) => "application",
            Self::Credential(_) => "credential",
            Self::Office(_) => "office",
            Self::Succession(_) => "succession",
            Self::StateCard(_) => "state_card",
            Self::Case(_) => "case",
            Self::User(_) => "user",
            Self::Key(_) => "key",
            Self::Host(_) => "host",
            Self::StatusList(_) => "status_list",
            Self::Log(_) => "log",
            Self::Report(_) => "report",
            Self::Statistics(_) => "statistics",
            Self::Hour(_) => "hour",
            Self::Day(_) => "day",
        }
    }
}

/// Its id alone.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agency(id) => id.fmt(f),
            Self::Person(id) => id.fmt(f),
            Self::Duplicate(id) => id.fmt(f),
            Self::Application(id) => id.fmt(f),
            Self::Credential(id) => id.fmt(f),
            Self::Office(id) => id.fmt(f),
            Self::Succession(id) => id.fmt(f),
            Self::StateCard(id) => id.fmt(f),
            Self::Case(id) => id.fmt(f),
            Self::User(id) => id.fmt(f),
            Self::Report(id) => id.fmt(f),
            Self::Log(id) | Self::Key(id) | Self::Host(id) | Self::Statistics(id) => f.write_str(id),
            Self::StatusList(n) => n.fmt(f),
            Self::Hour(hour) => hour.fmt(f),
            Self::Day(day) => day.fmt(f),
        }
    }
}
