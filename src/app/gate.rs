//! What a request says besides its form: which version it read, and which key makes it once only.

use crate::domain::problem::FieldError;
use crate::domain::retention::Kept;
use crate::error::{Error, StoredAnswer};
use crate::keys::Sealing;
use crate::store::{Tx, idempotency};
use aws_lc_rs::digest::{SHA256, digest};
use std::sync::Arc;

/// A strong entity tag (RFC 9110 §8.8.3), without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Etag(String);

impl Etag {
    /// Of a version of a thing.
    pub fn of_version(version: i64) -> Self {
        Self(version.to_string())
    }

    /// Of a version that looks different as time passes: the same version, shown as `word`.
    pub fn of_shown(version: i64, word: &str) -> Self {
        Self(format!("{version}-{word}"))
    }

    /// Of a version that is shown with something beside it, which changes without it.
    pub fn of_version_with(version: i64, beside: &[u8]) -> Self {
        Self::of_shown(version, &Self::of_bytes(beside).0)
    }

    /// Of exact bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let digest = digest(&SHA256, bytes);
        Self(data_encoding::HEXLOWER.encode(digest.as_ref().get(..16).unwrap_or_default()))
    }

    /// As in a header, with its quotes.
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

/// What stands between a request and its change.
#[derive(Clone, Default)]
pub struct Gate {
    if_match: Option<String>,
    once: Option<Once>,
    unusable: Vec<FieldError>,
}

#[derive(Clone)]
struct Once {
    sealing: Arc<Sealing>,
    key_hash: Vec<u8>,
    payload_hash: Vec<u8>,
}

impl Gate {
    /// From the header `If-Match`, as sent.
    pub fn new(if_match: Option<String>) -> Self {
        Self { if_match, ..Self::default() }
    }

    /// Makes the request be done once: `scope` tells who asks what, `key` is theirs, `payload` what they sent.
    ///
    /// The hashes are keyed: payloads hold national ids, which a plain hash would let anybody guess.
    #[must_use]
    pub fn once(mut self, sealing: &Arc<Sealing>, scope: &str, key: &str, payload: &[u8]) -> Self {
        let key_hash = sealing.hash(format!("idempotency key\n{scope}\n{key}").as_bytes());
        let payload_hash = sealing.hash(&[b"idempotency payload\n", payload].concat());
        self.once = Some(Once { sealing: Arc::clone(sealing), key_hash, payload_hash });
        self
    }

    /// Remembers what is wrong with the request beside its body: it is told after the checks that come before it.
    #[must_use]
    pub fn refusing(mut self, problems: &[FieldError]) -> Self {
        self.unusable.extend_from_slice(problems);
        self
    }

    /// For something new: was this request answered before?
    ///
    /// # Errors
    /// `Replayed` with that answer, or `IdempotencyKeyReused`; 422.
    pub fn pass_new(&self, tx: &mut Tx) -> Result<(), Error> {
        self.is_first(tx)?;
        self.is_usable()
    }

    /// For a change: was this request answered before, and does the caller know the newest version?
    ///
    /// # Errors
    /// As [`Gate::pass_new`]; `PreconditionRequired` or `PreconditionFailed`.
    pub fn pass(&self, tx: &mut Tx, current: &Etag) -> Result<(), Error> {
        self.is_first(tx)?;
        self.knows(current)?;
        self.is_usable()
    }

    /// For what changes nothing: is the request usable at all?
    ///
    /// # Errors
    /// 422.
    pub fn is_usable(&self) -> Result<(), Error> {
        if self.unusable.is_empty() { Ok(()) } else { Err(self.unusable.clone().into()) }
    }

    /// Does the caller name any version at all?
    ///
    /// # Errors
    /// `PreconditionRequired`.
    pub fn names_a_version(&self) -> Result<(), Error> {
        self.if_match.as_ref().map(drop).ok_or(Error::PreconditionRequired)
    }

    /// For a change of what hangs on its form: was this request answered before?
    ///
    /// # Errors
    /// `Replayed` with that answer, or `IdempotencyKeyReused`.
    pub fn is_first(&self, tx: &mut Tx) -> Result<(), Error> {
        let Some(once) = &self.once else { return Ok(()) };
        let now = tx.now();
        match idempotency::find(tx, &once.sealing, &once.key_hash, now)? {
            None => Ok(()),
            Some(kept) if kept.payload_hash == once.payload_hash => Err(Error::Replayed(Box::new(kept.answer))),
            Some(_) => Err(Error::IdempotencyKeyReused),
        }
    }

    /// Does the caller know the newest version?
    ///
    /// # Errors
    /// `PreconditionRequired` or `PreconditionFailed`.
    pub fn knows(&self, current: &Etag) -> Result<(), Error> {
        let sent = self.if_match.as_deref().ok_or(Error::PreconditionRequired)?;
        let quoted = current.quoted();
        // Strong comparison: a weak tag never matches. `*` would defeat the purpose and is not taken.
        match sent.split(',').any(|tag| tag.trim() == quoted) {
            true => Ok(()),
            false => Err(Error::PreconditionFailed),
        }
    }

    /// Keeps the answer for a repetition, in the transaction of the change itself.
    ///
    /// # Errors
    /// The database's.
    pub fn keep(&self, tx: &mut Tx, answer: &StoredAnswer) -> Result<(), Error> {
        let Some(once) = &self.once else { return Ok(()) };
        let end = Kept::Answers.over_after(tx.now());
        let kept = idempotency::Kept { payload_hash: once.payload_hash.clone(), answer: answer.clone() };
        idempotency::keep(tx, &once.sealing, &once.key_hash, &kept, end)
    }
}
