//! Notices: who is to be told what, how, and whether it arrived.
//!
//! A notice is of a case ([`OfCase`]), or of something else on record ([`OfRecord`]); where both are meant, it is of a
//! [`Matter`].

mod records;

pub use records::{Addressee, Occasion, OfRecord};

use super::events::Object;
use super::ids::{CaseId, NoticeId, UserId};
use super::problem::FieldProblem;
use super::time::Timestamp;

/// Days before its last day on which a card is said to expire: files for a new one are due 120 days before (TT49
/// Đ5; whether that goes on under law 126/2025 is not confirmed).
pub const EXPIRY_NOTICE_DAYS: u64 = 120;

/// Who is to be told of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Whom the case is about.
    Subject,
    /// The agency that answers for the person whom it is about.
    Agency,
    /// Who reported.
    Reporter,
}

/// What there is to tell of a case.
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

/// What is not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// Nobody has sent it, or its e-mail reached nobody.
    ToSend,
    /// It was sent, and nobody wrote down that it arrived.
    Unserved,
}

/// What a notice of a case is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfCase {
    /// Of which case.
    pub case: CaseId,
    /// To whom.
    pub recipient: Recipient,
    /// Whose account, where it is one of several who reported.
    pub account: Option<UserId>,
    /// Of what.
    pub duty: Duty,
}

/// What a notice is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matter {
    /// A case.
    Case(OfCase),
    /// Something else on record.
    Record(OfRecord),
}

impl From<OfCase> for Matter {
    fn from(of: OfCase) -> Self {
        Self::Case(of)
    }
}

impl From<OfRecord> for Matter {
    fn from(of: OfRecord) -> Self {
        Self::Record(of)
    }
}

impl Matter {
    /// What it belongs to.
    pub const fn object(&self) -> Object {
        match self {
            Self::Case(of) => Object::Case(of.case),
            Self::Record(of) => of.occasion.object(),
        }
    }

    /// To whom, as stored and shown.
    pub const fn recipient(&self) -> &'static str {
        match self {
            Self::Case(of) => of.recipient.as_str(),
            Self::Record(of) => of.to.as_str(),
        }
    }

    /// Of what, as stored and shown.
    pub const fn duty(&self) -> &'static str {
        match self {
            Self::Case(of) => of.duty.as_str(),
            Self::Record(of) => of.occasion.as_str(),
        }
    }
}

/// A notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice<M = Matter> {
    /// Its id.
    pub id: NoticeId,
    /// What of, to whom.
    pub of: M,
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

impl<M> Notice<M> {
    /// A notice that nobody has sent yet.
    pub const fn blank(id: NoticeId, of: M, now: Timestamp) -> Self {
        Self { id, of, means: None, sent_at: None, served_at: None, mail: None, version: 1, created_at: now }
    }

    /// The same, sent now by this means, which for some is to arrive.
    #[must_use]
    pub fn sent_now(mut self, means: Means) -> Self {
        (self.means, self.sent_at) = (Some(means), Some(self.created_at));
        self.served_at = means.arrives_at_once().then_some(self.created_at);
        self
    }

    /// The same notice, where what it is of is known better or less well.
    pub fn seen_as<N>(self, of: N) -> Notice<N> {
        let Self { id, of: _, means, sent_at, served_at, mail, version, created_at } = self;
        Notice { id, of, means, sent_at, served_at, mail, version, created_at }
    }
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

impl<M> Notice<M> {
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
