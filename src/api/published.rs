//! Sends what everybody may have: without a copy, and not again to whoever has it.

use super::answer::is_known;
use crate::app::published::Published;
use actix_web::body::BoxBody;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder};

/// It may be kept, and is asked about each time.
pub(super) const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

/// Published bytes, which may be kept but are asked about each time.
pub(super) struct Public {
    media_type: &'static str,
    published: Published,
    is_for_every_origin: bool,
}

impl Public {
    /// 200 with these, or 304.
    pub(super) const fn new(media_type: &'static str, published: Published) -> Self {
        Self { media_type, published, is_for_every_origin: false }
    }

    /// The same, which pages of anybody's may read: only for what is signed and meant for every verifier.
    #[must_use]
    pub(super) fn for_every_origin(self) -> Self {
        Self { is_for_every_origin: true, ..self }
    }
}

impl Responder for Public {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let is_known = is_known(request.headers(), self.published.etag());
        let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer.insert_header((ETAG, self.published.etag().clone())).insert_header((CACHE_CONTROL, NO_CACHE));
        if self.is_for_every_origin {
            answer.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN));
        }
        if is_known {
            return answer.finish();
        }
        answer
            .insert_header((CONTENT_TYPE, HeaderValue::from_static(self.media_type)))
            .body(self.published.bytes().clone())
    }
}
