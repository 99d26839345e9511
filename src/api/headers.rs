//! Headers that every answer with something in it carries, so that no page of ours can be framed, sniffed, leaked or made to run what is
//! not ours.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

/// Answers that are no pages: a browser that shows one is to load nothing.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Pictures of ours that have other pictures inside, as data.
pub(super) const PICTURES_INSIDE: &str = "default-src 'none'; img-src data:; frame-ancestors 'none'";

/// Files of others.
pub(super) const SANDBOXED: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// Pages without a script: our own style and pictures, and forms that are sent to us.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// Swagger UI sets styles inline and draws its icons from data URLs.
pub(super) const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer carries. The camera is for the page that reads a QR.
const ALWAYS: [(HeaderName, HeaderValue); 6] = [
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Two years, the least that browsers' preload lists take.
const TWO_YEARS: HeaderValue = HeaderValue::from_static("max-age=63072000");

/// Adds what is missing. A handler's own policy and caching stay; everything else is nobody's to keep. Whoever is told
/// that nothing changed goes on with the other headers of the answer that it has (RFC 9110 §15.4.5).
pub(super) fn add(status: StatusCode, headers: &mut HeaderMap, is_https: bool) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if status == StatusCode::NOT_MODIFIED {
        return;
    }
    for (name, value) in &ALWAYS {
        headers.insert(name.clone(), value.clone());
    }
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, TWO_YEARS);
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, NOTHING);
    }
}
