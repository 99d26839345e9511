//! What the operator sees of each request: an id, one line in the log, and numbers. What phones fetch before they check
//! a card has only the numbers.
//!
//! Only the template of an address is ever written down, never the address itself, its query, a body, a header or
//! where a request came from: card numbers, names, codes and tokens are in those.

use super::{State, headers, problem};
use crate::clock::Stopwatch;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Upper ends of the durations that are counted apart, in seconds: from a read in memory to a hash of a password.
const DURATIONS: [f64; 11] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];
/// Where no operation answers.
const NO_ROUTE: &str = "none";
/// What a phone fetches before it checks a card. It is counted and has no line in the log: that would only tell when
/// somebody checked.
const BEFORE_CHECKS: [&str; 8] = [
    "/v",
    "/V",
    "/v/style.css",
    "/v/worker.js",
    "/.well-known/press-registry/issuer",
    "/.well-known/press-registry/issuer.sig",
    "/status/{n}",
    "/status/honest/{kid}",
];

/// Wraps every request: whatever happens inside, what comes out is safe to show, and is counted; and it has the id of its
/// line in the log.
pub(super) async fn observe(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let stopwatch = Stopwatch::start();
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return Err(actix_web::error::ErrorInternalServerError("no state"));
    };
    let method = method(request.method());
    // HEAD is GET without the body (RFC 9110 §9.3.2), which the connection leaves out by itself.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let mut answer = next.call(request).await?.map_into_boxed_body();
    let route = answer.request().match_pattern().unwrap_or_else(|| NO_ROUTE.to_owned());
    let is_only_counted = answer.status().as_u16() < 400 && BEFORE_CHECKS.contains(&route.as_str());
    let id = (!is_only_counted).then(|| {
        let asked = asked_id(answer.request().headers());
        asked.unwrap_or_else(|| state.registry.entropy.uuid(state.registry.clock.now()))
    });
    if let Some(id) = id {
        answer = problem::render(answer, &state.registry.settings.public_url, id);
        if let Ok(id) = HeaderValue::from_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer())) {
            answer.headers_mut().insert(REQUEST_ID, id);
        }
    }
    let (status, took) = (answer.status(), stopwatch.elapsed());
    headers::add(status, answer.headers_mut(), state.is_https);
    if let Some(id) = id {
        write_line(id, method, &route, status, took);
    }
    state.metrics.note(Labels { method, route, class: class(status) }, took);
    Ok(answer)
}

fn write_line(request_id: Uuid, method: &str, route: &str, status: StatusCode, took: Duration) {
    let (status, micros) = (status.as_u16(), took.as_micros());
    tracing::info!(target: "access", %request_id, method, route, status, micros, "request");
}

/// A caller's own id, if it is a UUID: anything else could carry what is not to be logged.
fn asked_id(headers: &HeaderMap) -> Option<Uuid> {
    Uuid::try_parse(headers.get(REQUEST_ID)?.to_str().ok()?).ok()
}

/// Methods are words of the caller's choice; those that nobody knows are counted together.
fn method(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("OTHER")
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    method: &'static str,
    route: String,
    class: &'static str,
}

/// Numbers of one node since it started.
pub(super) struct Metrics {
    registry: Registry,
    requests: Family<Labels, Counter>,
    durations: Family<Labels, Histogram>,
}

impl Metrics {
    /// Nothing counted yet.
    pub(super) fn new() -> Self {
        let requests = Family::<Labels, Counter>::default();
        let durations = Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new(DURATIONS));
        let mut registry = Registry::with_prefix("press_registry");
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_duration_seconds", "Time from request to answer", durations.clone());
        Self { registry, requests, durations }
    }

    fn note(&self, labels: Labels, took: Duration) {
        self.requests.get_or_create(&labels).inc();
        self.durations.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// In the text format of OpenMetrics.
    pub(super) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_template_method_and_class() {
        let metrics = Metrics::new();
        let route = || "/api/v1/agencies/{id}".to_owned();
        for status in [StatusCode::OK, StatusCode::NO_CONTENT, StatusCode::NOT_FOUND] {
            metrics.note(Labels { method: "GET", route: route(), class: class(status) }, Duration::from_millis(2));
        }
        let text = metrics.text().expect("text");
        let labels = r#"{method="GET",route="/api/v1/agencies/{id}",class="2xx"}"#;
        assert!(text.contains(&format!("press_registry_http_requests_total{labels} 2")), "{text}");
        assert!(text.contains("press_registry_http_request_duration_seconds_bucket{le=\"0.0025\""), "{text}");
    }

    #[test]
    fn nothing_of_the_callers_choice_becomes_a_label_or_an_id() {
        assert_eq!(method(&Method::from_bytes(b"NGUYEN").expect("a method")), "OTHER");
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_static("Nguyen Van A"));
        assert_eq!(asked_id(&headers), None);
    }
}
