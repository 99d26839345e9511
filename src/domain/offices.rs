//! What agencies have in provinces: offices, and reporters who reside there or follow a province. An agency gives notice;
//! the province confirms it or objects to it, and may order a stop.

mod documents;
mod form;
mod posts;
mod rules;

pub use documents::{OfficeFile, OfficeFilePlace};
pub use form::{OfficeFields, OfficeForm, Staff};
pub use posts::{Change, Posted};
pub use rules::{Duty, FROM_2016, Known, OfficeRule, OfficeRules, RULES};

use super::ids::{AgencyId, OfficeId, UserId};
use super::problem::FieldProblem;
use super::provinces::ProvinceId;
use super::time::{Day, Timestamp};

macro_rules! words {
    ($type:ident, $code:literal: $($name:ident = $text:literal),+) => {
        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            #[doc = concat!("# Errors\n`", $code, "`.")]
            pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
                let known = || FieldProblem::new($code, [$($text,)+].join(", "));
                Self::ALL.iter().copied().find(|word| word.as_str() == raw).ok_or_else(known)
            }
        }
    };
}

/// What an agency has in a province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeKind {
    /// Cơ quan thường trú: has legal personality.
    ResidentAgency,
    /// Văn phòng đại diện: has none.
    RepresentativeOffice,
    /// Phóng viên thường trú độc lập: resides there without an office.
    ResidentReporter,
    /// Phóng viên theo dõi địa bàn: follows the province from elsewhere.
    AssignedReporter,
}

words!(OfficeKind, "unknown_kind": ResidentAgency = "resident_agency", RepresentativeOffice = "representative_office",
    ResidentReporter = "resident_reporter", AssignedReporter = "assigned_reporter");

impl OfficeKind {
    /// Whether it has premises and a head; the others are one reporter.
    pub const fn has_premises(self) -> bool {
        match self {
            Self::ResidentAgency | Self::RepresentativeOffice => true,
            Self::ResidentReporter | Self::AssignedReporter => false,
        }
    }
}

/// In which capacity somebody is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Post {
    /// Leads an office.
    Head,
    /// Reports: in an office, or alone.
    Reporter,
}

words!(Post, "unknown_post": Head = "head", Reporter = "reporter");

/// A paper that comes with a notice, as the agency states; its file may be there too ([`OfficeFile`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// Văn bản thông báo.
    Notice,
    /// Văn bản đồng ý của cơ quan chủ quản.
    GoverningBodyConsent,
    /// Bản sao giấy phép.
    LicenceCopy,
    /// Giấy tờ chứng minh trụ sở.
    PremisesProof,
    /// Danh sách nhân sự.
    StaffList,
    /// Sơ yếu lý lịch.
    CurriculumVitae,
    /// Bản sao thẻ nhà báo.
    PressCardCopy,
    /// Quy chế hoạt động.
    OfficeRules,
    /// Quyết định cử phóng viên.
    Assignment,
}

words!(Document, "unknown_document": Notice = "notice", GoverningBodyConsent = "governing_body_consent",
    LicenceCopy = "licence_copy", PremisesProof = "premises_proof", StaffList = "staff_list",
    CurriculumVitae = "curriculum_vitae", PressCardCopy = "press_card_copy", OfficeRules = "office_rules",
    Assignment = "assignment");

/// Where a notice stands, and with it what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeState {
    /// Being written; the agency's own.
    Draft,
    /// The province has been told.
    Notified,
    /// The province finds nothing against it.
    Confirmed,
    /// The province objects; the agency may mend its notice.
    Objected,
    /// The agency is suspended.
    Suspended,
    /// The province ordered a stop. Final.
    Stopped,
    /// Ended by the agency, or with what it rests on. Final.
    Closed,
    /// Taken back by the agency. Final.
    Withdrawn,
}

words!(OfficeState, "unknown_state": Draft = "draft", Notified = "notified", Confirmed = "confirmed",
    Objected = "objected", Suspended = "suspended", Stopped = "stopped", Closed = "closed", Withdrawn = "withdrawn");

/// What may happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeEvent {
    /// The head gives notice of what was drafted.
    Notify,
    /// The agency mends its notice, or tells of a change.
    Amend,
    /// The agency takes it back.
    Withdraw,
    /// The agency ends it.
    Close,
    /// The province finds nothing against it.
    Confirm,
    /// The province objects, with reasons.
    Object,
    /// The province orders a stop, with reasons.
    Stop,
    /// The agency was suspended.
    Suspend,
    /// The agency is back at work.
    Resume,
    /// What it rests on is gone: the licence, the agency, or the reporter who was all of it.
    Cease,
}

words!(OfficeEvent, "unknown_event": Notify = "notify", Amend = "amend", Withdraw = "withdraw", Close = "close",
    Confirm = "confirm", Object = "object", Stop = "stop", Suspend = "suspend", Resume = "resume", Cease = "cease");

impl OfficeEvent {
    /// Those that somebody may ask for; the others follow from what happens elsewhere.
    pub const REQUESTED: &[Self] =
        &[Self::Notify, Self::Amend, Self::Withdraw, Self::Close, Self::Confirm, Self::Object, Self::Stop];

    /// One that somebody may ask for.
    ///
    /// # Errors
    /// `unknown_event`.
    pub fn requested(raw: &str) -> Result<Self, FieldProblem> {
        let known = Self::REQUESTED.iter().copied().find(|event| event.as_str() == raw);
        known.ok_or_else(|| {
            FieldProblem::new("unknown_event", "one of notify, amend, withdraw, close, confirm, object, stop")
        })
    }
}

/// Every permitted change of state. What is not listed is refused. Where an event may lead to several states, it is the
/// one that the office was in before ([`Office::before`]). An end that is told of before its day comes with that day: until
/// then the office stands as it stood.
pub const TRANSITIONS: &[(OfficeState, OfficeEvent, OfficeState)] = &[
    (OfficeState::Draft, OfficeEvent::Amend, OfficeState::Draft),
    (OfficeState::Draft, OfficeEvent::Notify, OfficeState::Notified),
    (OfficeState::Draft, OfficeEvent::Withdraw, OfficeState::Withdrawn),
    (OfficeState::Notified, OfficeEvent::Amend, OfficeState::Notified),
    (OfficeState::Notified, OfficeEvent::Withdraw, OfficeState::Withdrawn),
    (OfficeState::Notified, OfficeEvent::Confirm, OfficeState::Confirmed),
    (OfficeState::Notified, OfficeEvent::Object, OfficeState::Objected),
    (OfficeState::Notified, OfficeEvent::Stop, OfficeState::Stopped),
    (OfficeState::Notified, OfficeEvent::Close, OfficeState::Closed),
    (OfficeState::Notified, OfficeEvent::Suspend, OfficeState::Suspended),
    (OfficeState::Notified, OfficeEvent::Cease, OfficeState::Closed),
    // It goes on while the province looks at the change: it was told, and tells again only if it objects.
    (OfficeState::Confirmed, OfficeEvent::Amend, OfficeState::Notified),
    (OfficeState::Confirmed, OfficeEvent::Stop, OfficeState::Stopped),
    (OfficeState::Confirmed, OfficeEvent::Close, OfficeState::Closed),
    (OfficeState::Confirmed, OfficeEvent::Suspend, OfficeState::Suspended),
    (OfficeState::Confirmed, OfficeEvent::Cease, OfficeState::Closed),
    (OfficeState::Objected, OfficeEvent::Amend, OfficeState::Notified),
    (OfficeState::Objected, OfficeEvent::Withdraw, OfficeState::Withdrawn),
    (OfficeState::Objected, OfficeEvent::Stop, OfficeState::Stopped),
    (OfficeState::Objected, OfficeEvent::Close, OfficeState::Closed),
    (OfficeState::Objected, OfficeEvent::Suspend, OfficeState::Suspended),
    (OfficeState::Objected, OfficeEvent::Cease, OfficeState::Closed),
    (OfficeState::Suspended, OfficeEvent::Resume, OfficeState::Notified),
    (OfficeState::Suspended, OfficeEvent::Resume, OfficeState::Confirmed),
    (OfficeState::Suspended, OfficeEvent::Resume, OfficeState::Objected),
    (OfficeState::Suspended, OfficeEvent::Stop, OfficeState::Stopped),
    (OfficeState::Suspended, OfficeEvent::Close, OfficeState::Closed),
    (OfficeState::Suspended, OfficeEvent::Cease, OfficeState::Closed),
];

impl OfficeState {
    /// The states in which something is there, or was told to be.
    pub const LIVE: &[Self] = &[Self::Notified, Self::Confirmed, Self::Objected, Self::Suspended];

    /// The states that `event` may lead to now, in the order of the table; none if it may not happen.
    pub fn after(self, event: OfficeEvent) -> impl Iterator<Item = Self> {
        TRANSITIONS.iter().filter(move |(from, on, _)| (*from, *on) == (self, event)).map(|(_, _, to)| *to)
    }

    /// Whether nothing can happen any more.
    pub fn is_final(self) -> bool {
        TRANSITIONS.iter().all(|(from, ..)| *from != self)
    }
}

/// What something rested on that is gone, or is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeGround {
    /// The agency is suspended.
    AgencySuspended,
    /// The agency's licence was revoked (L2016 Đ22.8).
    LicenceRevoked,
    /// The agency ceased to be.
    AgencyClosed,
    /// The reporter who was all of it no longer works for the agency.
    LeftAgency,
}

words!(OfficeGround, "unknown_ground": AgencySuspended = "agency_suspended", LicenceRevoked = "licence_revoked",
    AgencyClosed = "agency_closed", LeftAgency = "left_agency");

/// How an office stood before its agency was suspended, and stands again when the agency is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Before {
    /// In which state.
    pub state: OfficeState,
    /// Why: what the province objected to.
    pub reason: Option<String>,
}

/// An office, or a reporter who is there without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// Its id.
    pub id: OfficeId,
    /// Whose it is.
    pub agency: AgencyId,
    /// The unit in which it is, as it was on the day of the notice.
    pub province: ProvinceId,
    /// What the notice says.
    pub fields: OfficeFields,
    /// Who is or was there.
    pub posts: Vec<Posted>,
    /// Where it stands.
    pub state: OfficeState,
    /// How it stood before its agency was suspended.
    pub before: Option<Before>,
    /// The last change of it that was told of since it was first confirmed.
    pub change: Option<Change>,
    /// The last day, where it is to end or has ended.
    pub to: Option<Day>,
    /// Why it stands as it does.
    pub reason: Option<String>,
    /// What it rested on that is gone, or is suspended.
    pub ground: Option<OfficeGround>,
    /// Who wrote it.
    pub drafted_by: UserId,
    /// Who gave notice: never confirms, nor does who wrote it. Who ever mended it the log says.
    pub notified_by: Option<UserId>,
    /// The day on which the province was told of what begins there; see [`Office::begins_as`].
    pub notified_on: Option<Day>,
    /// The day on which it was confirmed last.
    pub confirmed_on: Option<Day>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When it was begun.
    pub created_at: Timestamp,
}

impl Office {
    /// The state after `event`, if it may happen now.
    pub fn after(&self, event: OfficeEvent) -> Option<OfficeState> {
        let mut states = self.state.after(event);
        match event {
            OfficeEvent::Resume => states.find(|state| self.before.as_ref().is_some_and(|it| it.state == *state)),
            OfficeEvent::Notify
            | OfficeEvent::Amend
            | OfficeEvent::Withdraw
            | OfficeEvent::Close
            | OfficeEvent::Confirm
            | OfficeEvent::Object
            | OfficeEvent::Stop
            | OfficeEvent::Suspend
            | OfficeEvent::Cease => states.next(),
        }
    }

    /// Whether its last day, told before, has passed on `day`, though nobody has ended it yet.
    pub fn is_over(&self, day: Day) -> bool {
        !self.state.is_final() && self.to.is_some_and(|last| last < day)
    }
}

#[cfg(test)]
mod tests;
