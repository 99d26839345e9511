//! What everybody may have: the same bytes for all, made ready once.

use super::gate::Etag;
use std::ops::Deref;
use std::sync::Arc;

/// Bytes and their ETag. A clone is another name for the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published(Arc<Inner>);

#[derive(Debug, PartialEq, Eq)]
struct Inner {
    bytes: Vec<u8>,
    etag: String,
}

impl Published {
    /// Makes these bytes ready.
    pub fn new(bytes: Vec<u8>) -> Self {
        let etag = Etag::of_bytes(&bytes).quoted();
        Self(Arc::new(Inner { bytes, etag }))
    }

    /// As in a header, with its quotes.
    pub fn etag(&self) -> &str {
        &self.0.etag
    }
}

impl Deref for Published {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl AsRef<[u8]> for Published {
    fn as_ref(&self) -> &[u8] {
        self
    }
}
