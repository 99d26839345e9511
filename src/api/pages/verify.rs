//! `POST /v`: checks a typed code, with or without scripts. Only the registry can, and that is said first.

use super::Html;
use super::language::Language;
use super::layout::page as framed;
use super::verdict::VerdictView;
use super::verifier::texts::{CHECK, HINT, LABEL, PRIVACY, REPORT, TITLE};
use crate::api::address::Origin;
use crate::api::body::{Body, Kind};
use crate::api::context::{Visit, block};
use crate::api::query::Query;
use crate::app::verifications;
use crate::domain::card_code::MAX_TEXT_CHARS;
use crate::domain::text;
use crate::error::Error;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use askama::Template;
use std::sync::Arc;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>{{ TITLE.of(*language) }}</h1>
<div id="result" role="status">
{% if let Some(verdict) = verdict %}{{ verdict|safe }}
{% endif %}</div>
<form method="post" action="/v?lang={{ language.tag() }}">
<p class="privacy">{{ PRIVACY.of(*language) }}</p>
<label for="code">{{ LABEL.of(*language) }}</label>
<p class="hint" id="hint">{{ HINT.of(*language) }}</p>
{% if let Some(mistake) = mistake %}<p class="mistake" id="mistake">{{ mistake }}</p>
{% endif %}<input id="code" name="code" required maxlength="{{ MAX_TEXT_CHARS }}" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="hint{% if mistake.is_some() %} mistake{% endif %}">
<button>{{ CHECK.of(*language) }}</button>
</form>
<p><a href="/report?lang={{ language.tag() }}">{{ REPORT.of(*language) }}</a></p>"#
)]
struct CheckedPage {
    language: Language,
    verdict: Option<String>,
    mistake: Option<&'static str>,
}

/// A form as browsers send it.
pub(in crate::api) struct Form;

impl Kind for Form {
    /// A report of the greatest length, each character of three parts and percent-encoded.
    const LIMIT_BYTES: usize = 128 * 1024;

    fn takes(media_type: &str) -> bool {
        media_type == "application/x-www-form-urlencoded"
    }
}

/// The page with the verdict on a code.
pub(in crate::api) async fn check(visit: Visit, origin: Origin, body: Body<Form>, language: Language) -> Html {
    let code = text::pasted(&code(&body)?).to_owned();
    let registry = Arc::clone(&visit.registry);
    let mut wait = None;
    let page = match block(move || verifications::verify_from(&registry, &code, None, origin.0)).await {
        Ok(check) => {
            let view = VerdictView::new(&check, &visit.registry.settings.phone, language);
            CheckedPage { language, verdict: Some(view.render().map_err(Error::internal)?), mistake: None }
        }
        // A person at a form is told beside the field, not by a problem document.
        Err(Error::Invalid(_)) => {
            let mistake = language.of("Nhập mã in bên cạnh QR.", "Enter the code printed beside the QR.");
            CheckedPage { language, verdict: None, mistake: Some(mistake) }
        }
        Err(Error::TooManyGuesses { retry_after_seconds }) => {
            wait = Some(retry_after_seconds);
            let mistake = language.of(
                "Đã có quá nhiều mã sai từ nơi này. Hãy chờ nửa phút rồi thử lại, hoặc quét mã QR.",
                "Too many wrong codes came from here. Try again in half a minute, or scan the QR.",
            );
            CheckedPage { language, verdict: None, mistake: Some(mistake) }
        }
        Err(error) => return Err(error),
    };
    let mut answer = framed(&visit.registry, language, TITLE.of(language), &page)?;
    if let Some(seconds) = wait {
        *answer.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(answer)
}

fn code(body: &Body<Form>) -> Result<String, Error> {
    let malformed = |_| Error::MalformedBody("The form is not UTF-8.".into());
    let form = std::str::from_utf8(body.bytes()?).map_err(malformed)?;
    Ok(Query::parse(form)?.take("code").unwrap_or_default())
}
