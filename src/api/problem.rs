//! Errors as problem documents (RFC 9457): one form for every answer from 400 up, wherever it comes from.

use crate::domain::problem::FieldError;
use crate::error::{Error, Kind};
use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use uuid::Uuid;

/// The media type of RFC 9457.
pub(super) const PROBLEM_JSON: &str = "application/problem+json";

/// Why something was not done. Match `type` and `code`; the sentences are for people.
#[derive(Serialize, ToSchema)]
pub(super) struct Problem<'a> {
    /// An address that names the kind of problem and explains it. Stable.
    #[serde(rename = "type")]
    #[schema(format = "uri", example = "https://the.example/problems/invalid")]
    kind: String,
    /// The kind in words; the same for every problem of it.
    #[schema(example = "Some fields need mending")]
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What to do about this one.
    #[schema(example = "One field needs mending; see `errors`.")]
    detail: String,
    /// The request's id, as in `X-Request-Id`: name it when you ask us.
    #[schema(format = "uri", example = "urn:request:01890a5d-ac96-774b-bcce-b302099a8057")]
    instance: String,
    /// The fields to mend; empty where it is not about fields.
    errors: Vec<FieldView<'a>>,
}

/// A field to mend.
#[derive(Serialize, ToSchema)]
#[schema(as = FieldError)]
pub(super) struct FieldView<'a> {
    /// Where: an RFC 6901 pointer into the body, `query:name`, `header:name`, or `column:name` of a table.
    #[schema(example = "/short_name")]
    pointer: &'a str,
    /// What is wrong with it. Stable.
    #[schema(example = "taken")]
    code: &'a str,
    /// What is wrong with it, in words.
    #[schema(example = "another agency has this short name")]
    detail: &'a str,
    /// The same in Vietnamese; only of files that are taken in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "không có cột nào tên như vậy")]
    detail_vi: Option<&'a str>,
}

impl<'a> From<&'a FieldError> for FieldView<'a> {
    fn from(FieldError { pointer, code, detail, detail_vi }: &'a FieldError) -> Self {
        Self { pointer, code, detail, detail_vi: detail_vi.as_deref() }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The status alone: [`render`] writes the document, because only there is the request's id known.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// Gives an answer from 400 up its problem document; others pass, and pages that tell people themselves.
pub(super) fn render(answer: ServiceResponse, public_url: &str, request_id: Uuid) -> ServiceResponse {
    let status = answer.status();
    let is_page = answer.headers().get(CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    if status.as_u16() < 400 || is_page {
        return answer;
    }
    let (request, response) = answer.into_parts();
    let foreign;
    let error = match response.error().and_then(|error| error.as_error::<Error>()) {
        Some(error) => error,
        None => {
            foreign = of_status(status, response.error());
            &foreign
        }
    };
    if let Error::Internal(cause) = error {
        tracing::error!(%request_id, %cause, "internal error");
    }
    let body = document(error, public_url, request_id);
    let mut rendered = HttpResponse::build(error.status_code());
    rendered.insert_header((CONTENT_TYPE, PROBLEM_JSON));
    if error.status_code() == StatusCode::UNAUTHORIZED {
        rendered.insert_header((WWW_AUTHENTICATE, "Bearer"));
    }
    if let Some(seconds) = error.retry_after_seconds() {
        rendered.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    let mut rendered = rendered.body(body);
    for (name, value) in response.headers().iter().filter(|(name, _)| *name != CONTENT_TYPE) {
        rendered.headers_mut().insert(name.clone(), HeaderValue::clone(value));
    }
    ServiceResponse::new(request, rendered)
}

/// The document of an error.
fn document(error: &Error, public_url: &str, request_id: Uuid) -> Vec<u8> {
    let Kind { slug, status, title, .. } = error.kind();
    let problem = Problem {
        kind: format!("{public_url}/problems/{slug}"),
        title,
        status,
        detail: error.detail(),
        instance: format!("urn:request:{request_id}"),
        errors: error.fields().iter().map(FieldView::from).collect(),
    };
    serde_json::to_vec(&problem).unwrap_or_default()
}

/// An error that the web server itself found.
fn of_status(status: StatusCode, cause: Option<&actix_web::Error>) -> Error {
    match status.as_u16() {
        401 => Error::Unauthenticated,
        403 => Error::Forbidden,
        404 => Error::NotFound,
        405 => Error::MethodNotAllowed,
        406 => Error::NotAcceptable,
        413 => Error::TooLarge { limit_bytes: 0 },
        415 => Error::UnsupportedMediaType,
        503 => Error::Overloaded,
        400..500 => Error::MalformedBody("The request cannot be read.".into()),
        _ => Error::internal(cause.map_or_else(|| status.to_string(), ToString::to_string)),
    }
}

/// A response of the documentation: every kind of problem with this status.
pub(super) fn documented(status: u16) -> RefOr<Response> {
    let kinds = Error::KINDS.iter().filter(|kind| kind.status == status);
    let told: Vec<_> = kinds.map(|kind| format!("`{}`: {}.", kind.slug, kind.title)).collect();
    let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem"))));
    ResponseBuilder::new().description(told.join(" ")).content(PROBLEM_JSON, content).build().into()
}

/// Makes a set of responses that many operations share.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident: $($status:literal)+;)+) => {$(
        $(#[$doc])*
        pub(in crate::api) struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<String, RefOr<Response>> {
                [$($status),+].into_iter().map(|status: u16| (status.to_string(), documented(status))).collect()
            }
        }
    )+};
}

problems! {
    /// Problems of seeing something.
    ReadProblems: 401 403 404 422 500 503;
    /// Problems of seeing something that anybody may see.
    OpenReadProblems: 404 422 500 503;
    /// Problems of making something.
    CreateProblems: 400 401 403 404 409 413 415 422 500 503;
    /// Problems of changing something.
    ChangeProblems: 400 401 403 404 409 412 413 415 422 428 500 503;
    /// Problems of sending something that is not to be guessed, without being signed in.
    GuessProblems: 400 401 413 415 422 429 500 503;
    /// Problems of seeing something by what is not to be guessed.
    OpenGuessProblems: 404 422 429 500 503;
    /// Problems of looking up a card.
    LookupProblems: 400 401 403 413 415 422 429 500 503;
    /// Problems of choosing a password.
    PasswordProblems: 400 401 403 404 409 413 415 422 429 500 503;
    /// Problems of having something printed.
    PrintProblems: 400 401 403 413 415 422 500 503;
    /// Problems of reporting something, signed in or not.
    ReportProblems: 400 401 403 404 409 413 415 422 429 500 503;
    /// Problems of following a report by its receipt, signed in or not.
    FollowProblems: 401 404 422 429 500 503;
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_problem_says_what_kind_it_is_and_what_to_mend() {
        let error = Error::invalid("/name", "empty", "must not be empty");
        let document = document(&error, "https://the.example", Uuid::nil());
        assert_eq!(
            serde_json::from_slice::<serde_json::Value>(&document).expect("JSON"),
            json!({
                "type": "https://the.example/problems/invalid",
                "title": "Some fields need mending",
                "status": 422,
                "detail": "One field needs mending; see `errors`.",
                "instance": "urn:request:00000000-0000-0000-0000-000000000000",
                "errors": [{ "pointer": "/name", "code": "empty", "detail": "must not be empty" }],
            })
        );
    }

    #[test]
    fn a_cause_of_ours_is_not_told() {
        let document = document(&Error::internal("password is hunter2"), "", Uuid::nil());
        assert!(!String::from_utf8_lossy(&document).contains("hunter2"));
    }
}
