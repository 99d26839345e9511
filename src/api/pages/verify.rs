//! `POST /v`: checks a typed code, with or without scripts. Only the registry can, and that is said first.

use super::Html;
use super::language::{Both, Language};
use super::layout::page as framed;
use super::verdict::VerdictView;
use crate::api::body::{Body, Kind};
use crate::api::context::{Visit, block};
use crate::api::query::Query;
use crate::app::verifications;
use crate::domain::text;
use crate::error::Error;
use askama::Template;
use std::sync::Arc;

pub(super) use crate::domain::card_code::MAX_TEXT_CHARS;

pub(super) const TITLE: Both = Both("Kiểm tra thẻ", "Check a card");
pub(super) const SCAN_IT: Both = Both(
    "Quét mã QR trên thẻ bằng máy ảnh của điện thoại. Mã được kiểm tra ngay trên máy này, không gửi đi đâu.",
    "Point the phone's camera at the QR on the card. It is checked on this device and sent to nobody.",
);
pub(super) const SCAN_HERE: Both = Both("Quét ngay tại đây", "Scan it here");
pub(super) const SHOW_PHOTO: Both = Both(
    "Xem ảnh đã đăng ký (yêu cầu này được gửi đến hệ thống)",
    "Show the registered photo (this request reaches the registry)",
);
pub(super) const PRIVACY: Both = Both(
    "Mã gõ tay được gửi đến hệ thống này để kiểm tra. Hệ thống không lưu mã, thẻ hay người kiểm tra.",
    "A typed code is sent to this registry to be checked. It keeps neither the code, nor the card, nor who asked.",
);
pub(super) const LABEL: Both = Both("Mã in bên cạnh QR", "The code printed beside the QR");
pub(super) const HINT: Both = Both(
    "Ví dụ 000123-7K2M-9QXR-4TDA. Chữ hoa, chữ thường, dấu cách đều được.",
    "For example 000123-7K2M-9QXR-4TDA. Capitals, small letters and spaces do not matter.",
);
pub(super) const CHECK: Both = Both("Kiểm tra", "Check");
pub(super) const REPORT: Both = Both("Báo cáo việc sử dụng thẻ sai quy định", "Report misuse of a card");
pub(super) const HOTLINE: Both = Both("Đường dây nóng:", "Hotline:");
pub(super) const INSECURE: Both = Both(
    "Trang này được mở không qua HTTPS, hoặc bằng trình duyệt quá cũ, nên không tự kiểm tra được mã QR: bấm “Kiểm tra” để \
     gửi mã đến hệ thống.",
    "This page was opened without HTTPS, or in an old browser, so it cannot check a QR by itself: “Check” sends the \
     code to the registry.",
);
pub(super) const UNSCRIPTED: Both = Both(
    "JavaScript đã tắt, hoặc trình duyệt quá cũ: hãy gõ mã in bên cạnh QR vào ô dưới đây.",
    "Scripts are off or this browser is too old: type the code printed beside the QR below.",
);
pub(super) const OFFLINE: Both = Both(
    "Mở trang này một lần khi có mạng: sau đó quét được cả khi mất mạng. Nếu chưa từng mở, hãy gọi đường dây nóng, hoặc \
     kết nối mạng rồi quét lại.",
    "Open this page once with a network: from then on it also checks without one. On a phone that never did, call the \
     hotline, or connect and scan again.",
);
pub(super) const READY: Both = Both("Điện thoại này đã sẵn sàng.", "This phone is ready.");

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
pub(in crate::api) async fn check(visit: Visit, body: Body<Form>, language: Language) -> Html {
    let code = text::pasted(&code(&body)?).to_owned();
    let registry = Arc::clone(&visit.registry);
    let page = match block(move || verifications::verify(&registry, &code, None)).await {
        Ok(check) => {
            let view = VerdictView::new(&check, &visit.registry.settings.phone, language);
            CheckedPage { language, verdict: Some(view.render().map_err(Error::internal)?), mistake: None }
        }
        // A person at a form is told beside the field, not by a problem document.
        Err(Error::Invalid(_)) => {
            let mistake = language.of("Nhập mã in bên cạnh QR.", "Enter the code printed beside the QR.");
            CheckedPage { language, verdict: None, mistake: Some(mistake) }
        }
        Err(error) => return Err(error),
    };
    framed(&visit.registry, language, TITLE.of(language), &page)
}

fn code(body: &Body<Form>) -> Result<String, Error> {
    let malformed = |_| Error::MalformedBody("The form is not UTF-8.".into());
    let form = std::str::from_utf8(body.bytes()?).map_err(malformed)?;
    Ok(Query::parse(form)?.take("code").unwrap_or_default())
}
