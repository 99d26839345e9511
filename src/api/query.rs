//! The part of an address after `?`. What is not known there is refused: a misspelt filter must not show everything.

use crate::domain::problem::FieldProblem;
use crate::domain::search;
use crate::error::Error;
use actix_web::{FromRequest, HttpRequest, dev, web};
use std::collections::HashSet;
use std::future::{Ready, ready};

/// The parameters as sent, each to be taken once.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string.
    ///
    /// # Errors
    /// 422 where it is not `name=value&…`, or names something twice.
    pub(super) fn parse(raw: &str) -> Result<Self, Error> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(raw)
            .map_err(|_| Error::invalid("query:", "malformed", "name=value pairs in UTF-8, percent-encoded"))?
            .into_inner();
        // By what was seen: pairs with pairs would be billions of comparisons for a long one.
        let mut seen = HashSet::new();
        let twice = pairs.iter().find(|(name, _)| !seen.insert(name.as_str()));
        match twice {
            Some((name, _)) => Err(refusal(name, FieldProblem::new("duplicate_field", "sent twice"))),
            None => Ok(Self(pairs)),
        }
    }

    /// A parameter's text.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// A parameter read through its own door.
    ///
    /// # Errors
    /// 422 with `query:name`.
    pub(super) fn read<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, FieldProblem>,
    ) -> Result<Option<T>, Error> {
        self.take(name).map(|raw| parse(&raw).map_err(|problem| refusal(name, problem))).transpose()
    }

    /// What is searched for. A search box that was left empty is sent too, and asks for nothing.
    ///
    /// # Errors
    /// 422 with `query:query`.
    pub(super) fn search(&mut self) -> Result<Option<search::Query>, Error> {
        self.read("query", |raw| if raw.is_empty() { Ok(None) } else { search::Query::parse(raw).map(Some) })
            .map(Option::flatten)
    }

    /// That nothing is left.
    ///
    /// # Errors
    /// 422 with the name of what is not known here.
    pub(super) fn finish(self) -> Result<(), Error> {
        match self.0.first() {
            Some((name, _)) => {
                Err(refusal(name, FieldProblem::new("unknown_parameter", "not a parameter of this address")))
            }
            None => Ok(()),
        }
    }

    /// What is there besides these names, as one text in one order: what a cursor is bound to.
    pub(super) fn canonical(&self, without: &[&str]) -> String {
        let others = self.0.iter().filter(|(name, _)| !without.contains(&name.as_str()));
        let mut pairs: Vec<_> =
            others.map(|(name, value)| format!("{}:{name}={}:{value}", name.len(), value.len())).collect();
        pairs.sort_unstable();
        pairs.join("&")
    }
}

/// For parameters that are `true` or `false`.
///
/// # Errors
/// `not_a_boolean`.
pub(super) fn yes_or_no(raw: &str) -> Result<bool, FieldProblem> {
    match raw {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(FieldProblem::new("not_a_boolean", "`true` or `false`")),
    }
}

fn refusal(name: &str, problem: FieldProblem) -> Error {
    Error::field(format!("query:{name}"), problem)
}

/// That nothing was sent, for addresses without parameters.
///
/// # Errors
/// 422.
pub(super) fn none(request: &HttpRequest) -> Result<(), Error> {
    match request.query_string() {
        "" => Ok(()),
        raw => Query::parse(raw).and_then(Query::finish),
    }
}

/// For addresses without parameters that are open to whoever may call them: nothing else is to be checked before.
pub(super) struct NoQuery;

impl FromRequest for NoQuery {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(none(request).map(|()| Self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer<T>(read: Result<T, Error>) -> String {
        match read {
            Ok(_) => String::new(),
            Err(error) => error.fields().first().map(|field| field.pointer.clone()).unwrap_or_default(),
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let mut query = Query::parse("limit=5&state=%C4%91").expect("a query");
        assert_eq!(query.take("state").as_deref(), Some("đ"));
        assert_eq!(pointer(query.finish()), "query:limit");
        assert_eq!(pointer(Query::parse("a=1&b=2&a=3")), "query:a");
        assert_eq!(pointer(Query::parse("").expect("empty").finish()), "");
    }

    #[test]
    fn other_filters_are_other_texts() {
        let text = |raw| Query::parse(raw).expect("a query").canonical(&["limit"]);
        assert_eq!(text("a=1&b=2"), text("b=2&a=1"));
        assert_ne!(text("a=1&b=2"), text("a=1%26b%3D2"));
        assert_eq!(text("a=1&limit=2"), text("limit=3&a=1"));
    }
}
