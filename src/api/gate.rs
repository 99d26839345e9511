//! `If-Match` and `Idempotency-Key`: what a request says about when, and how often, it is to be done.

use super::query;
use crate::app::gate::Gate;
use crate::domain::accounts::Caller;
use crate::domain::problem::FieldProblem;
use crate::keys::Sealing;
use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH};
use std::sync::Arc;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{Object, Required, Type};
use uuid::Uuid;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Longer keys are no keys.
const MAX_KEY_CHARS: usize = 255;

/// The gate of a request whose address takes no parameters. The same key from another account, or for another address,
/// is another. Those who are not signed in share one scope: their keys are UUIDs, which nobody guesses.
pub(super) fn of(request: &HttpRequest, sealing: &Arc<Sealing>, caller: Option<&Caller>, payload: &[u8]) -> Gate {
    let gate = besides_parameters(request, sealing, caller, payload);
    match query::none(request) {
        Ok(()) => gate,
        Err(error) => gate.refusing(error.fields()),
    }
}

/// [`of`] a request whose address takes parameters. They belong to `payload` where the answer hangs on them.
pub(super) fn besides_parameters(
    request: &HttpRequest,
    sealing: &Arc<Sealing>,
    caller: Option<&Caller>,
    payload: &[u8],
) -> Gate {
    let gate = Gate::new(if_match(request.headers()));
    let Some(key) = request.headers().get(IDEMPOTENCY_KEY) else { return gate };
    let Some(key) = key.to_str().ok().filter(|key| is_key(key)) else {
        let problem = FieldProblem::new("bad_key", format!("1–{MAX_KEY_CHARS} visible ASCII characters"));
        return gate.refusing(&[problem.at("header:Idempotency-Key")]);
    };
    if caller.is_none() && Uuid::try_parse(key).is_err() {
        let problem = FieldProblem::new("bad_key", "a UUID, as nobody is signed in");
        return gate.refusing(&[problem.at("header:Idempotency-Key")]);
    }
    let account = caller.map_or_else(|| "anonymous".to_owned(), |caller| caller.user.to_string());
    let scope = format!("{account} {} {}", request.method(), request.path());
    gate.once(sealing, &scope, key, payload)
}

/// The gate of a request that is done as often as it is sent: a key counts for nothing.
pub(super) fn each_time(request: &HttpRequest) -> Gate {
    match query::none(request) {
        Ok(()) => Gate::default(),
        Err(error) => Gate::default().refusing(error.fields()),
    }
}

/// Whether a request may have been answered before.
pub(super) fn names_a_key(request: &HttpRequest) -> bool {
    request.headers().contains_key(IDEMPOTENCY_KEY)
}

fn is_key(key: &str) -> bool {
    (1..=MAX_KEY_CHARS).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Every `If-Match` as one list (RFC 9110 §5.3).
fn if_match(headers: &HeaderMap) -> Option<String> {
    let sent: Vec<_> = headers.get_all(IF_MATCH).map(|value| value.to_str().unwrap_or_default()).collect();
    (!sent.is_empty()).then(|| sent.join(","))
}

/// For the documentation of operations that need `If-Match`.
pub(super) struct IfMatch;

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header("If-Match", Required::True, "The ETag of the version you read, with its quotes.", "\"3\"")]
    }
}

/// For the documentation of operations that may be repeated safely.
pub(super) struct IdempotencyKey;

impl IntoParams for IdempotencyKey {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![header(
            "Idempotency-Key",
            Required::False,
            "A key of your choice, 1–255 visible ASCII characters; a UUID where nobody is signed in. The same request \
             with the same key is done once and answered alike for 72 hours.",
            "8f14e45f-ceea-467f-9575-6d2b1c0a7e11",
        )]
    }
}

fn header(name: &str, required: Required, description: &str, example: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(description))
        .schema(Some(Object::with_type(Type::String)))
        .example(Some(example.into()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn keys_are_short_and_visible() {
        for (key, good) in
            [("a", true), (&*"a".repeat(255), true), ("", false), (&*"a".repeat(256), false), ("a b", false)]
        {
            assert_eq!(is_key(key), good, "{key}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        let request = TestRequest::get().append_header((IF_MATCH, "\"1\"")).append_header((IF_MATCH, "\"2\""));
        assert_eq!(if_match(request.to_http_request().headers()).as_deref(), Some("\"1\",\"2\""));
        assert_eq!(if_match(TestRequest::get().to_http_request().headers()), None);
    }
}
