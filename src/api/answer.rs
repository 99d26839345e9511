//! What an operation answers when it did what was asked.

use super::headers::{PICTURES_INSIDE, SANDBOXED};
use crate::app::gate::Etag;
use crate::error::{Error, StoredAnswer};
use actix_web::body::BoxBody;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, LOCATION,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// An answer, or why there is none.
pub(super) type Outcome = Result<Answer, Error>;

/// JSON, as sent.
pub(super) const JSON: &str = "application/json";

/// Status, headers and the whole body. It is made before the transaction ends, so that a repeated request can be
/// answered with the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) stored: StoredAnswer,
    media_type: &'static str,
    cache: Option<&'static str>,
}

impl Answer {
    fn new(status: StatusCode, media_type: &'static str, body: Vec<u8>) -> Self {
        let stored = StoredAnswer { status: status.as_u16(), headers: Vec::new(), body };
        Self { stored, media_type, cache: None }
    }

    /// 200 with JSON.
    ///
    /// # Errors
    /// The view cannot be written as JSON.
    pub(super) fn ok(view: &impl Serialize) -> Outcome {
        Ok(Self::new(StatusCode::OK, JSON, json(view)?))
    }

    /// 200 with bytes of another media type.
    pub(super) fn bytes(media_type: &'static str, body: Vec<u8>) -> Self {
        Self::new(StatusCode::OK, media_type, body)
    }

    /// 200 with a file that browsers keep and never show.
    pub(super) fn attachment(media_type: &'static str, name: &str, body: Vec<u8>) -> Self {
        Self::bytes(media_type, body).with(CONTENT_DISPOSITION.as_str(), format!("attachment; filename=\"{name}\""))
    }

    /// The same, which can do nothing even where somebody makes a browser show it.
    #[must_use]
    pub(super) fn sandboxed(self) -> Self {
        self.with(CONTENT_SECURITY_POLICY.as_str(), SANDBOXED.to_owned())
    }

    /// 204.
    pub(super) fn nothing() -> Self {
        Self::new(StatusCode::NO_CONTENT, JSON, Vec::new())
    }

    /// A part of a list, with the cursor to the next and an ETag of its bytes.
    ///
    /// # Errors
    /// As [`Answer::ok`].
    pub(super) fn list<T: Serialize>(items: Vec<T>, next_cursor: Option<String>) -> Outcome {
        #[derive(Serialize)]
        struct List<T> {
            items: Vec<T>,
            next_cursor: Option<String>,
        }
        Ok(Self::ok(&List { items, next_cursor })?.tagged_by_bytes())
    }

    /// The same as 201, of something made at `location`.
    #[must_use]
    pub(super) fn created_at(self, location: impl Display) -> Self {
        self.created().with(LOCATION.as_str(), location.to_string())
    }

    /// The same as 201: something was written down about what was there already.
    #[must_use]
    pub(super) fn created(mut self) -> Self {
        self.stored.status = StatusCode::CREATED.as_u16();
        self
    }

    /// The same as 202: it waits for somebody else.
    #[must_use]
    pub(super) fn accepted(mut self) -> Self {
        self.stored.status = StatusCode::ACCEPTED.as_u16();
        self
    }

    /// The same, an SVG whose pictures are inside: a browser that shows it is to load nothing else.
    #[must_use]
    pub(super) fn with_pictures(self) -> Self {
        self.with(CONTENT_SECURITY_POLICY.as_str(), PICTURES_INSIDE.to_owned())
    }

    /// The same with this ETag.
    #[must_use]
    pub(super) fn tagged(self, etag: &Etag) -> Self {
        self.with(ETAG.as_str(), etag.quoted())
    }

    /// The same with an ETag of its bytes.
    #[must_use]
    pub(super) fn tagged_by_bytes(self) -> Self {
        let etag = Etag::of_bytes(&self.stored.body);
        self.tagged(&etag)
    }

    /// The same, which may be kept but is asked about each time: only for what everybody may see.
    #[must_use]
    pub(super) const fn public(mut self) -> Self {
        self.cache = Some("no-cache");
        self
    }

    /// The same, which may be kept for ever: only for what everybody may see and what never changes.
    #[must_use]
    pub(super) const fn for_ever(mut self) -> Self {
        self.cache = Some("public, max-age=31536000, immutable");
        self
    }

    /// The answer that was given before, as it was.
    pub(super) const fn replayed(stored: StoredAnswer) -> Self {
        Self { stored, media_type: JSON, cache: None }
    }

    fn with(mut self, name: &str, value: String) -> Self {
        self.stored.headers.push((name.to_owned(), value));
        self
    }

    fn etag(&self) -> Option<&str> {
        self.stored.headers.iter().find(|(name, _)| name == ETAG.as_str()).map(|(_, value)| value.as_str())
    }
}

fn json(view: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(view).map_err(Error::internal)
}

/// For fields of views: the text that a type displays as.
pub(super) fn as_text<T: Display, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(value)
}

/// [`as_text`] of a field that may be left out.
pub(super) fn as_optional_text<T: Display, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => to.collect_str(value),
        None => to.serialize_none(),
    }
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let known = request.method() == Method::GET
            && self.stored.status == StatusCode::OK.as_u16()
            && self.etag().is_some_and(|etag| is_known(request.headers(), etag.as_bytes()));
        let status = match known {
            true => StatusCode::NOT_MODIFIED,
            false => StatusCode::from_u16(self.stored.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        let mut response = HttpResponse::build(status);
        for (name, value) in &self.stored.headers {
            response.insert_header((name.as_str(), value.as_str()));
        }
        if let Some(cache) = self.cache {
            response.insert_header((CACHE_CONTROL, cache));
        }
        if known || self.stored.body.is_empty() {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, self.media_type));
        response.body(self.stored.body)
    }
}

/// Whether the caller holds these bytes already (RFC 9110 §13.1.2: weak comparison).
pub(super) fn is_known(headers: &HeaderMap, etag: &[u8]) -> bool {
    headers.get_all(IF_NONE_MATCH).filter_map(|sent| sent.to_str().ok()).flat_map(|sent| sent.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).as_bytes() == etag
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn status(answer: Answer, if_none_match: &str) -> u16 {
        let request = TestRequest::get().insert_header((IF_NONE_MATCH, if_none_match)).to_http_request();
        answer.respond_to(&request).status().as_u16()
    }

    #[test]
    fn what_the_caller_holds_is_not_sent_again() {
        let answer = || Answer::ok(&"x").expect("JSON").tagged(&Etag::of_version(3));
        assert_eq!(status(answer(), "\"3\""), 304);
        assert_eq!(status(answer(), "\"1\", W/\"3\""), 304);
        assert_eq!(status(answer(), "*"), 304);
        assert_eq!(status(answer(), "\"2\""), 200);
        assert_eq!(status(answer().created(), "\"3\""), 201);
    }
}
