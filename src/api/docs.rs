//! The documentation: `/openapi.json`, and `/docs` to browse it. Every file comes from this program.

use super::State;
use super::answer::JSON;
use super::headers::DOCS_POLICY;
use super::published::Public;
use crate::error::Error;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION};
use actix_web::{HttpResponse, web};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::{Config, serve};

/// `none`: Swagger UI would else ask a host of its makers what it thinks of the document.
static CONFIG: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::from("/openapi.json").validator_url("none").try_it_out_enabled(false)));

/// The document.
pub(super) async fn openapi(state: web::Data<State>) -> Public {
    Public::new(JSON, state.openapi.clone())
}

/// `/docs` alone would make the files' relative addresses miss.
pub(super) async fn to_index() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

/// A file of Swagger UI.
pub(super) async fn file(path: web::Path<String>) -> Result<HttpResponse, Error> {
    let file = serve(&path, Arc::clone(&CONFIG)).map_err(Error::internal)?.ok_or(Error::NotFound)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, file.content_type))
        .insert_header((CONTENT_SECURITY_POLICY, DOCS_POLICY))
        // A megabyte that changes with the program only.
        .insert_header((CACHE_CONTROL, "max-age=3600"));
    if file.gzpipped {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.body(file.bytes.into_owned()))
}
