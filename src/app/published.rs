//! What everybody may have: the same bytes for all, made ready once.

use super::gate::Etag;
use bytes::Bytes;
use std::ops::Deref;

/// Bytes and their ETag. A clone is another name for the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    bytes: Bytes,
    etag: Bytes,
}

impl Published {
    /// Makes these bytes ready.
    pub fn new(bytes: Vec<u8>) -> Self {
        let etag = Etag::of_bytes(&bytes).quoted().into();
        Self { bytes: bytes.into(), etag }
    }

    /// The bytes.
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// As in a header, with its quotes.
    pub const fn etag(&self) -> &Bytes {
        &self.etag
    }
}

impl Deref for Published {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}
