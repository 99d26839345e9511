//! `/v`: the page that a card's QR opens.
//!
//! The code is in the address's fragment, which no browser sends by itself: a small script reads it and posts it here,
//! and shows the verdict that comes back. Without scripts a typed code does the same. The words of a verdict are
//! written in one place only, on the server.

use super::Html;
use super::language::Language;
use super::layout::page as framed;
use super::verdict::VerdictView;
use crate::api::body::{Body, Kind};
use crate::api::context::{Visit, block};
use crate::api::query::Query;
use crate::app::verifications;
use crate::error::Error;
use askama::Template;
use std::sync::Arc;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1>{{ language.of("Kiểm tra thẻ", "Check a card") }}</h1>
<div id="result" role="status">
{% if let Some(verdict) = verdict %}{{ verdict|safe }}
{% endif %}</div>
<template id="working"><p class="working">{{ language.of("Đang kiểm tra…", "Checking…") }}</p></template>
<template id="unreachable"><section class="verdict cannot-confirm">
<svg viewBox="0 0 64 64" width="96" height="96" aria-hidden="true"><path d="M32 5l29 52H3z"/><path d="M32 24v15m0 9v.1"/></svg>
<h2>{{ language.of("Chưa xác minh được", "Cannot confirm yet") }}</h2>
<p class="next">{{ language.of("Kết nối mạng, kiểm tra ngày giờ của điện thoại, rồi thử lại.", "Connect, check the phone's date and time, and try again.") }}</p>
</section></template>
<form method="post" action="/v?lang={{ language.tag() }}">
<p class="privacy">{{ language.of("Khi kiểm tra, mã được gửi đến hệ thống này. Hệ thống không lưu mã, thẻ hay người kiểm tra.", "To check a card, its code is sent to this registry. It keeps neither the code, nor the card, nor who asked.") }}</p>
<label for="code">{{ language.of("Mã in bên cạnh QR", "The code printed beside the QR") }}</label>
<p class="hint" id="hint">{{ language.of("Ví dụ", "For example") }} NB-000123-7K2M-9QXR-4TDA. {{ language.of("Chữ hoa, chữ thường, dấu cách đều được.", "Capitals, small letters and spaces do not matter.") }}</p>
{% if let Some(mistake) = mistake %}<p class="mistake" id="mistake">{{ mistake }}</p>
{% endif %}<input id="code" name="code" required maxlength="4296" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="hint{% if mistake.is_some() %} mistake{% endif %}">
<button>{{ language.of("Kiểm tra", "Check") }}</button>
</form>
<p><a href="/report?lang={{ language.tag() }}">{{ language.of("Báo cáo việc sử dụng thẻ sai quy định", "Report misuse of a card") }}</a></p>"#
)]
struct VerifyPage {
    language: Language,
    verdict: Option<String>,
    mistake: Option<&'static str>,
}

fn shown(visit: &Visit, page: &VerifyPage) -> Html {
    let title = page.language.of("Kiểm tra thẻ", "Check a card");
    framed(&visit.registry, page.language, title, Some("/v/verify.js"), page)
}

/// The page before anything was checked.
pub(in crate::api) async fn page(visit: Visit, language: Language) -> Html {
    shown(&visit, &VerifyPage { language, verdict: None, mistake: None })
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
pub(in crate::api) async fn check(visit: Visit, body: Body<Form>, language: Language) -> Html {
    let code = code(&body)?;
    let registry = Arc::clone(&visit.registry);
    let page = match block(move || verifications::verify(&registry, code.trim(), None)).await {
        Ok(check) => {
            let view = VerdictView::new(&check, &visit.registry.settings.phone, language);
            VerifyPage { language, verdict: Some(view.render().map_err(Error::internal)?), mistake: None }
        }
        // A person at a form is told beside the field, not by a problem document.
        Err(Error::Invalid(_)) => {
            let mistake = language.of("Nhập mã in bên cạnh QR.", "Enter the code printed beside the QR.");
            VerifyPage { language, verdict: None, mistake: Some(mistake) }
        }
        Err(error) => return Err(error),
    };
    shown(&visit, &page)
}

fn code(body: &Body<Form>) -> Result<String, Error> {
    let malformed = |_| Error::MalformedBody("The form is not UTF-8.".into());
    let form = std::str::from_utf8(body.bytes()?).map_err(malformed)?;
    Ok(Query::parse(form)?.take("code").unwrap_or_default())
}
