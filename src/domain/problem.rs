//! What is wrong with a field: a place, a stable code and a sentence.

use std::fmt;

/// Why a value was refused. Clients match the `code`; people read the `detail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// Stable and machine-readable, like `too_long`.
    pub code: &'static str,
    /// One short sentence in English.
    pub detail: String,
}

impl FieldProblem {
    /// A problem with this code and sentence.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    /// The same problem, told of a place: an RFC 6901 pointer in JSON.
    pub fn at(self, pointer: impl Into<String>) -> FieldError {
        FieldError { pointer: pointer.into(), code: self.code, detail: self.detail, detail_vi: None }
    }
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

/// A [`FieldProblem`] and where it is: one entry of `errors[]` in a problem document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// RFC 6901 pointer into the request's body, `query:name` for a query parameter, or `column:name` of a table.
    pub pointer: String,
    /// Stable and machine-readable.
    pub code: &'static str,
    /// One short sentence in English.
    pub detail: String,
    /// The same in Vietnamese, where clerks are told in both languages.
    pub detail_vi: Option<String>,
}

/// Gathers every problem of a form before it answers, so that a clerk sees all mistakes at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldError>);

impl Problems {
    /// No problem yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value if it is good; else notes the problem at `pointer` and gives `None`.
    pub fn take<T>(&mut self, pointer: &str, parsed: Result<T, FieldProblem>) -> Option<T> {
        parsed.map_err(|problem| self.0.push(problem.at(pointer))).ok()
    }

    /// Like [`Problems::take`] for a field that may be left out.
    pub fn take_optional<T>(
        &mut self,
        pointer: &str,
        raw: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, FieldProblem>,
    ) -> Option<T> {
        raw.and_then(|raw| self.take(pointer, parse(raw)))
    }

    /// Notes a problem that concerns several fields.
    pub fn add(&mut self, error: FieldError) {
        self.0.push(error);
    }

    /// What `build` makes of the good values, or every problem found.
    ///
    /// `build` may give `None` only where a problem was noted.
    ///
    /// # Errors
    /// All problems noted, in the order of the fields.
    pub fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Vec<FieldError>> {
        if !self.0.is_empty() {
            return Err(self.0);
        }
        build().ok_or_else(|| vec![FieldProblem::new("invalid", "the value cannot be used").at("")])
    }
}
