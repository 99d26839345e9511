//! Files of evidence on their way in, whatever they belong to: how many are held in memory, and that a file stays only
//! when the row that names it does.

use super::Registry;
use crate::domain::ids::{EventId, Id as _};
use crate::domain::reports::{Evidence, MediaType, Sha256};
use crate::domain::time::Timestamp;
use crate::entropy::Entropy;
use crate::error::Error;
use crate::store::Tx;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where the objects are.
const FOLDER: &str = "evidence/";
/// What files of those who are signed in may take in memory at once: four of the largest.
const NAMED_KIB: usize = 200 * 1024;
/// What files of anybody may take: of their own, so that nobody in particular keeps registrars waiting.
const ANYBODYS_KIB: usize = 60 * 1024;

/// Room in memory for files that are being read.
pub struct Incoming {
    named: Arc<Semaphore>,
    anybodys: Arc<Semaphore>,
}

impl Incoming {
    pub(in crate::app) fn new() -> Self {
        Self { named: Arc::new(Semaphore::new(NAMED_KIB)), anybodys: Arc::new(Semaphore::new(ANYBODYS_KIB)) }
    }

    /// Takes room for a file of at most so many bytes, until what is given is dropped.
    ///
    /// # Errors
    /// `Overloaded` where there is none now.
    pub fn admit(&self, bytes: usize, is_signed_in: bool) -> Result<OwnedSemaphorePermit, Error> {
        let room = if is_signed_in { &self.named } else { &self.anybodys };
        let kib = u32::try_from(bytes / 1024 + 1).map_err(Error::internal)?;
        Arc::clone(room).try_acquire_many_owned(kib).map_err(|_| Error::Overloaded)
    }
}

/// How much more something takes, asked before a file is read.
#[derive(Debug)]
pub struct Room {
    /// Bytes, or why no file is taken now.
    pub bytes: Result<usize, Error>,
}

/// A file as it came in.
#[derive(Clone)]
pub struct EvidenceFile {
    pub(in crate::app) media_type: MediaType,
    pub(in crate::app) bytes: i64,
    pub(in crate::app) sha256: Sha256,
    pub(in crate::app) object: String,
}

impl EvidenceFile {
    /// Looks at a file.
    ///
    /// # Errors
    /// 422 where its content is not what it is said to be.
    pub fn read(entropy: &Entropy, now: Timestamp, declared: MediaType, bytes: &[u8]) -> Result<Self, Error> {
        let media_type = MediaType::agreed(declared, bytes).map_err(|problem| Error::field("", problem))?;
        let sha256 = sha256(bytes)?;
        let length = i64::try_from(bytes.len()).map_err(Error::internal)?;
        // Not by its content: one of two that are sent at once may be refused, and only that one goes.
        let object = format!("{FOLDER}{}", EventId::from_uuid(entropy.uuid(now)));
        Ok(Self { media_type, bytes: length, sha256, object })
    }

    /// As the file of this number.
    pub(in crate::app) fn numbered(&self, number: i64, tx: &Tx) -> Evidence {
        let Self { media_type, bytes, sha256, object } = self.clone();
        Evidence { number, media_type, bytes, sha256, added_at: tx.now(), object }
    }
}

/// When an object was named, by its name.
pub(in crate::app) fn made_at(object: &str) -> Option<Timestamp> {
    EventId::parse(object.strip_prefix(FOLDER)?).ok()?.made_at()
}

/// The SHA-256 of a file.
pub(in crate::app) fn sha256(bytes: &[u8]) -> Result<Sha256, Error> {
    digest(&SHA256, bytes).as_ref().try_into().map(Sha256::from_bytes).map_err(Error::internal)
}

/// What the log is told of a file.
pub(in crate::app) fn told(it: &Evidence) -> Value {
    json!({
        "number": it.number,
        "media_type": it.media_type.as_str(),
        "bytes": it.bytes,
        "sha256": it.sha256.to_string(),
    })
}

impl Registry {
    /// Keeps a file, sealed, and lets `change` write it down; where that is refused the file is removed again. Blocks.
    ///
    /// To be run from beginning to end on one thread, so that somebody who hangs up leaves nothing behind.
    ///
    /// # Errors
    /// What `change` answers; the file cannot be written.
    pub fn keep_evidence<T>(
        &self,
        file: &EvidenceFile,
        bytes: &[u8],
        change: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.keep_object(&file.object, bytes, change)
    }

    /// [`Registry::keep_evidence`] for any object.
    ///
    /// # Errors
    /// As there.
    pub fn keep_object<T>(
        &self,
        object: &str,
        bytes: &[u8],
        change: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.files.put(&self.secrets.sealing, object, bytes)?;
        change().inspect_err(|error| {
            // After a failure of ours nobody knows whether the row is there: better a file too many than one too few.
            let is_refused = matches!(error, Error::Replayed(_)) || error.kind().status < 500;
            if is_refused && let Err(error) = self.files.remove(object) {
                tracing::error!(%error, "a file that was refused is not removed");
            }
        })
    }

    /// A file with its bytes.
    pub(in crate::app) fn evidence_bytes(&self, file: Evidence) -> Result<(Evidence, Vec<u8>), Error> {
        let bytes = self.kept_file(&file.object)?;
        Ok((file, bytes))
    }

    /// The bytes of a sealed object that a row names.
    pub(in crate::app) fn kept_file(&self, object: &str) -> Result<Vec<u8>, Error> {
        let bytes = self.files.get(&self.secrets.sealing, object)?;
        bytes.ok_or_else(|| Error::internal("a file that a row names is gone"))
    }
}
