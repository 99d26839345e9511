//! Notices: who is to be told what of a case, how, and whether it arrived.

use super::ids::{CaseId, NoticeId, UserId};
use super::problem::FieldProblem;
use super::time::Timestamp;

/// Who is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Whom the case is about.
    Subject,
    /// The agency that answers for the person whom it is about.
    Agency,
    /// Who reported.
    Reporter,
}

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// There is a case, and a time to reply.
    Opening,
    /// A credential is suspended until the case is decided.
    Suspension,
    /// That suspension has ended.
    SuspensionEnded,
    /// It is decided, and may be appealed against.
    Decision,
    /// The appeal is decided.
    AppealDecision,
    /// It is not pursued.
    Dismissal,
    /// It is closed.
    End,
}

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Handed over.
    InPerson,
    /// By post.
    Post,
    /// By electronic mail.
    Email,
    /// Shown in the recipient's account here.
    Account,
}

macro_rules! words {
    ($type:ident: $($name:ident = $text:literal),+) => {
        impl $type {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// As stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }
        }
    };
}

/// How the e-mail stands that tells of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailState {
    /// It is to be sent.
    Waiting,
    /// A mail server has taken it: not yet that it was read.
    Sent,
    /// A mail server has refused it for good.
    Refused,
    /// No mail server took it for days.
    Unreachable,
    /// There is no address any more.
    NoAddress,
}

/// The e-mail that tells of a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mail {
    /// How it stands.
    pub state: MailState,
    /// Since when nothing more is done about it.
    pub ended_at: Option<Timestamp>,
}

words!(MailState: Waiting = "waiting", Sent = "sent", Refused = "refused", Unreachable = "unreachable",
    NoAddress = "no_address");
words!(Recipient: Subject = "subject", Agency = "agency", Reporter = "reporter");
words!(Duty: Opening = "opening", Suspension = "suspension", SuspensionEnded = "suspension_ended",
    Decision = "decision", AppealDecision = "appeal_decision", Dismissal = "dismissal", End = "end");
words!(Means: InPerson = "in_person", Post = "post", Email = "email", Account = "account");

impl Means {
    /// # Errors
    /// `unknown_means`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        Self::ALL
            .iter()
            .copied()
            .find(|means| means.as_str() == raw)
            .ok_or_else(|| FieldProblem::new("unknown_means", "`in_person`, `post`, `email` or `account`"))
    }

    /// Whether what is sent so has arrived at once; of the others it must be written down that it arrived.
    pub const fn arrives_at_once(self) -> bool {
        match self {
            Self::InPerson | Self::Account => true,
            Self::Post | Self::Email => false,
        }
    }
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Of which case.
    pub case: CaseId,
    /// To whom.
    pub recipient: Recipient,
    /// Whose account, where it is one of several who reported.
    pub account: Option<UserId>,
    /// Of what.
    pub duty: Duty,
    /// How, once it is sent.
    pub means: Option<Means>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it arrived.
    pub served_at: Option<Timestamp>,
    /// The e-mail that tells of it, where one does.
    pub mail: Option<Mail>,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When the duty arose.
    pub created_at: Timestamp,
}

/// What may happen to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeEvent {
    /// It is sent.
    Send,
    /// It arrived.
    Serve,
}

words!(NoticeEvent: Send = "send", Serve = "serve");

impl NoticeEvent {
    /// # Errors
    /// `unknown_event`.
    pub fn parse(raw: &str) -> Result<Self, FieldProblem> {
        let known = || FieldProblem::new("unknown_event", "`send` or `serve`");
        Self::ALL.iter().copied().find(|event| event.as_str() == raw).ok_or_else(known)
    }
}

impl Notice {
    /// Whether this may happen to it now. What has not arrived may be sent again.
    ///
    /// # Errors
    /// One sentence that says what stands in the way.
    pub const fn may(&self, event: NoticeEvent) -> Result<(), &'static str> {
        match (event, self.sent_at, self.served_at) {
            (_, _, Some(_)) => Err("It has arrived."),
            (NoticeEvent::Serve, None, None) => Err("It was not sent."),
            (NoticeEvent::Send, _, None) | (NoticeEvent::Serve, Some(_), None) => Ok(()),
        }
    }
}
