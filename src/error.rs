//! Every error, and the problem document (RFC 9457) that tells of it.
//!
//! A variant says what the caller should do differently. Internal causes are logged once, with the request's id,
//! and never sent.

use crate::domain::problem::{FieldError, FieldProblem};
use std::fmt;

/// Why something was not done.
#[derive(Debug)]
pub enum Error {
    /// Sign in (again).
    Unauthenticated,
    /// The e-mail address and password do not open an account.
    WrongCredentials,
    /// This role may not do such a thing.
    Forbidden,
    /// Choose a password first.
    PasswordChangeRequired,
    /// Somebody else must do this.
    SecondPersonRequired,
    /// It does not exist, or the caller may not know that it does.
    NotFound,
    /// The path exists; this method does not.
    MethodNotAllowed,
    /// None of the formats that the caller accepts.
    NotAcceptable,
    /// The body's media type is not read here.
    UnsupportedMediaType,
    /// The body is larger than this operation reads.
    TooLarge {
        /// What it reads, in bytes.
        limit_bytes: usize,
    },
    /// The body is not JSON, or not a JSON object.
    MalformedBody(String),
    /// Send `If-Match` with the ETag that was read.
    PreconditionRequired,
    /// It has changed since it was read.
    PreconditionFailed,
    /// The key of this request was used for another one.
    IdempotencyKeyReused,
    /// Not in this state.
    WrongState {
        /// What stands in the way, in one sentence.
        detail: String,
    },
    /// Mend these fields.
    Invalid(Vec<FieldError>),
    /// Wait, or call the hotline: that is as many reports as are taken without a name.
    TooManyReports {
        /// When the next is taken, in seconds.
        retry_after_seconds: i64,
        /// The hotline.
        phone: String,
    },
    /// Wait: there were too many wrong guesses, of a password or of something else that is not to be guessed.
    TooManyGuesses {
        /// When the next may be made, in seconds.
        retry_after_seconds: i64,
    },
    /// Wait: this account looked up as many cards as one person has to.
    TooManyLookups {
        /// When the next may be made, in seconds.
        retry_after_seconds: i64,
    },
    /// Try again in a moment.
    Overloaded,
    /// Our fault. The text is for the log only.
    Internal(String),
    /// The request was answered before; here is that answer.
    Replayed(Box<StoredAnswer>),
}

/// An answer kept for a repeated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// `Location` and `ETag`, where the answer had them.
    pub headers: Vec<(String, String)>,
    /// The body, JSON.
    pub body: Vec<u8>,
}

/// What a problem document says of an error besides its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The last part of `type`: stable, clients match it.
    pub slug: &'static str,
    /// HTTP status.
    pub status: u16,
    /// `title`: the same for every error of this kind.
    pub title: &'static str,
    /// What to do about it, where the error itself has nothing more exact to say.
    pub remedy: &'static str,
}

impl Error {
    /// One field's mistake.
    pub fn field(pointer: impl Into<String>, problem: FieldProblem) -> Self {
        Self::Invalid(vec![problem.at(pointer)])
    }

    /// One field's mistake, in words.
    pub fn invalid(pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        Self::field(pointer, FieldProblem::new(code, detail))
    }

    /// Our own fault, for the log.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// Every kind there is: the list in `/docs` and the check of every answer in the tests are made from it.
    pub const KINDS: &[Kind] = &[
        kind("unauthenticated", 401, "Sign in first", "Send a current access token as `Authorization: Bearer …`."),
        kind(
            "wrong-credentials",
            401,
            "E-mail address or password is wrong",
            "No active account opens with this e-mail address and password.",
        ),
        kind(
            "forbidden",
            403,
            "Your role may not do this",
            "The signed-in account's role does not include this operation.",
        ),
        kind(
            "password-change-required",
            403,
            "Choose a password first",
            "You signed in with a one-time code: choose a password with POST /api/v1/me/password.",
        ),
        kind(
            "second-person-required",
            403,
            "A second person must do this",
            "Whoever drafted, handed in or endorsed an application never approves it; ask another registrar.",
        ),
        kind("not-found", 404, "Not found", "There is nothing here that you may see."),
        kind("method-not-allowed", 405, "Method not allowed", "The header `Allow` lists the methods of this address."),
        kind("not-acceptable", 406, "No acceptable format", "Ask for one of the formats that the documentation lists."),
        kind("wrong-state", 409, "Not possible in this state", "Read it again: `detail` says what stands in the way."),
        kind(
            "precondition-failed",
            412,
            "It has changed since you read it",
            "Read it again, then repeat your change with its new ETag.",
        ),
        kind("too-large", 413, "Too large", "Send less: `detail` says how much is read here."),
        kind(
            "unsupported-media-type",
            415,
            "Media type not read here",
            "The documentation lists the media types of this operation.",
        ),
        kind(
            "malformed-body",
            400,
            "The body cannot be read",
            "Send a JSON object; `detail` says where reading stopped.",
        ),
        kind(
            "invalid",
            422,
            "Some fields need mending",
            "Mend what `errors` lists, by `pointer` and `code`, and send it again.",
        ),
        kind(
            "idempotency-key-reused",
            422,
            "This key belongs to another request",
            "The `Idempotency-Key` was used with another payload; take a new key.",
        ),
        kind("precondition-required", 428, "Say which version you read", "Send `If-Match` with the ETag you read."),
        kind(
            "too-many-reports",
            429,
            "Too many reports without a name",
            "Wait as long as `Retry-After` says, or call the hotline.",
        ),
        kind(
            "too-many-guesses",
            429,
            "Too many wrong guesses",
            "Wait as long as `Retry-After` says. Guesses of others count too, but not for a device that signed in before.",
        ),
        kind(
            "too-many-lookups",
            429,
            "Too many lookups",
            "Wait as long as `Retry-After` says. A QR is checked at any time, and by anybody.",
        ),
        kind(
            "internal",
            500,
            "Something went wrong on our side",
            "The cause is in the registry's log under this request's id.",
        ),
        kind("overloaded", 503, "Try again in a moment", "The registry is busy; repeat the request after a moment."),
    ];

    /// The kind of this error; a replayed answer has none of its own and is never rendered as a problem.
    pub fn kind(&self) -> Kind {
        let slug = match self {
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong-credentials",
            Self::Forbidden => "forbidden",
            Self::PasswordChangeRequired => "password-change-required",
            Self::SecondPersonRequired => "second-person-required",
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::NotAcceptable => "not-acceptable",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::TooLarge { .. } => "too-large",
            Self::MalformedBody(_) => "malformed-body",
            Self::PreconditionRequired => "precondition-required",
            Self::PreconditionFailed => "precondition-failed",
            Self::IdempotencyKeyReused => "idempotency-key-reused",
            Self::WrongState { .. } => "wrong-state",
            Self::Invalid(_) => "invalid",
            Self::TooManyReports { .. } => "too-many-reports",
            Self::TooManyGuesses { .. } => "too-many-guesses",
            Self::TooManyLookups { .. } => "too-many-lookups",
            Self::Overloaded => "overloaded",
            Self::Internal(_) | Self::Replayed(_) => "internal",
        };
        Self::KINDS.iter().copied().find(|kind| kind.slug == slug).unwrap_or(INTERNAL)
    }

    /// `detail`: what to do about this one.
    pub fn detail(&self) -> String {
        match self {
            Self::TooLarge { limit_bytes } => format!("At most {limit_bytes} bytes are read here."),
            Self::MalformedBody(why) => why.clone(),
            Self::WrongState { detail } => detail.clone(),
            Self::TooManyReports { phone, .. } => {
                format!("No more reports are taken from here just now. If it cannot wait, call {phone}.")
            }
            Self::Invalid(errors) => match errors.len() {
                1 => "One field needs mending; see `errors`.".into(),
                n => format!("{n} fields need mending; see `errors`."),
            },
            Self::Unauthenticated
            | Self::WrongCredentials
            | Self::Forbidden
            | Self::PasswordChangeRequired
            | Self::SecondPersonRequired
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::NotAcceptable
            | Self::UnsupportedMediaType
            | Self::PreconditionRequired
            | Self::PreconditionFailed
            | Self::IdempotencyKeyReused
            | Self::TooManyGuesses { .. }
            | Self::TooManyLookups { .. }
            | Self::Overloaded
            | Self::Internal(_)
            | Self::Replayed(_) => self.kind().remedy.into(),
        }
    }

    /// After how many seconds the same request may be let in (RFC 9110 §10.2.3), where that is all that it needs.
    pub const fn retry_after_seconds(&self) -> Option<i64> {
        match self {
            Self::TooManyReports { retry_after_seconds, .. }
            | Self::TooManyGuesses { retry_after_seconds }
            | Self::TooManyLookups { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Overloaded => Some(1),
            Self::Unauthenticated
            | Self::WrongCredentials
            | Self::Forbidden
            | Self::PasswordChangeRequired
            | Self::SecondPersonRequired
            | Self::NotFound
            | Self::MethodNotAllowed
            | Self::NotAcceptable
            | Self::UnsupportedMediaType
            | Self::TooLarge { .. }
            | Self::MalformedBody(_)
            | Self::PreconditionRequired
            | Self::PreconditionFailed
            | Self::IdempotencyKeyReused
            | Self::WrongState { .. }
            | Self::Invalid(_)
            | Self::Internal(_)
            | Self::Replayed(_) => None,
        }
    }

    /// The fields to mend.
    pub fn fields(&self) -> &[FieldError] {
        if let Self::Invalid(errors) = self { errors } else { &[] }
    }
}

const INTERNAL: Kind = kind(
    "internal",
    500,
    "Something went wrong on our side",
    "The cause is in the registry's log under this request's id.",
);

const fn kind(slug: &'static str, status: u16, title: &'static str, remedy: &'static str) -> Kind {
    Kind { slug, status, title, remedy }
}

impl From<Vec<FieldError>> for Error {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}

/// A problem of the body as a whole.
impl From<FieldProblem> for Error {
    fn from(problem: FieldProblem) -> Self {
        Self::field("", problem)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Internal(cause) => write!(f, "internal: {cause}"),
            Self::Invalid(errors) => {
                let told: Vec<_> = errors.iter().map(|e| format!("{}: {}", e.pointer, e.detail)).collect();
                f.write_str(&told.join("; "))
            }
            other => write!(f, "{}: {}", other.kind().slug, other.detail()),
        }
    }
}

impl std::error::Error for Error {}
