//! Papers with files, whatever they belong to: degrees and contracts of applications, proofs and lists of offices. PDF, JPEG
//! and PNG, told by their content.

mod whole;

pub use whole::is_whole;

use super::ids::PersonId;
use super::problem::FieldProblem;
use super::reports::{Evidence, MediaType};
use std::fmt;

/// Papers of one thing about one person at most: ours. Of an application the law asks for four or five (TT49 Đ4).
pub const DOCUMENTS_OF_ONE: usize = 10;
/// Papers of one thing about nobody in particular at most: ours.
pub const SHARED_DOCUMENTS: usize = 20;
/// Bytes of one paper at most: ours. A scanned page has some hundred KB.
pub const DOCUMENT_BYTES: usize = 10 * 1024 * 1024;
/// Bytes of all papers of a thing with one person at most: ours.
const DOCUMENTS_BYTES: i64 = 50 * 1024 * 1024;
/// More of them for each further person: ours. Ten scanned pages, with room.
const DOCUMENTS_BYTES_EACH: i64 = 5 * 1024 * 1024;

/// Bytes of all papers of a thing with so many people at most.
pub fn documents_bytes(people: usize) -> i64 {
    let further = i64::try_from(people.saturating_sub(1)).unwrap_or(i64::MAX);
    DOCUMENTS_BYTES.saturating_add(DOCUMENTS_BYTES_EACH.saturating_mul(further))
}

/// What kinds of papers something has.
pub trait Kind: Copy + PartialEq {
    /// As stored and shown.
    fn as_str(self) -> &'static str;

    /// # Errors
    /// It is none.
    fn parse(raw: &str) -> Result<Self, FieldProblem>;
}

/// A paper of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document<K> {
    /// The file.
    pub file: Evidence,
    /// What it is.
    pub kind: K,
    /// Whom it is about; nobody in particular where it is not said.
    pub person: Option<PersonId>,
}

/// Where a paper is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentPlace<I> {
    /// What it belongs to.
    pub of: I,
    /// Its number there.
    pub number: i64,
    /// The sealed object.
    pub object: String,
}

/// As the log names it.
impl<I: fmt::Display> fmt::Display for DocumentPlace<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.of, self.number)
    }
}

/// What becomes of papers when somebody is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers<I> {
    /// Those about the person, and those about nobody in particular of things in which nobody else is on record: they may
    /// name the person.
    pub gone: Vec<DocumentPlace<I>>,
    /// Those about nobody in particular that somebody else needs.
    pub shared: Vec<DocumentPlace<I>>,
}

/// Whether papers may be of this type.
pub const fn is_taken(media_type: MediaType) -> bool {
    match media_type {
        MediaType::Pdf | MediaType::Jpeg | MediaType::Png => true,
        MediaType::Webp | MediaType::Mp3 | MediaType::Wav | MediaType::M4a | MediaType::Mp4 | MediaType::QuickTime => {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_are_pdf_and_pictures() {
        let taken: Vec<_> = MediaType::ALL.into_iter().filter(|it| is_taken(*it)).map(MediaType::as_str).collect();
        assert_eq!(taken, ["image/jpeg", "image/png", "application/pdf"]);
    }
}
