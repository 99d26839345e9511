//! What every page has around its content.

use super::language::{Both, Language};
use crate::api::headers::PAGE_POLICY;
use crate::app::Registry;
use crate::error::Error;
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use askama::Template;

/// What the registry calls itself on its pages.
pub(super) const SITE: Both = Both("Đăng ký thẻ báo chí", "Press-card registry");

/// Said on every page of a demonstration.
pub(super) const DEMO: Both = Both(
    "Bản thử nghiệm: người và thẻ ở đây là bịa, không có giá trị.",
    "A demonstration: the people and cards here are invented and worth nothing.",
);

/// A page, or why there is none.
pub(super) type Html = Result<HttpResponse, Error>;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="{{ language.tag() }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{ title }}</title>
<link rel="stylesheet" href="/v/style.css">
</head>
<body>
<header>
<a class="home" href="/?lang={{ language.tag() }}">{{ SITE.of(*language) }}</a>
<a class="language" href="?lang={{ language.other().tag() }}" lang="{{ language.other().tag() }}" hreflang="{{ language.other().tag() }}">{{ language.other().own_name() }}</a>
</header>
{% if demo %}<p class="demo">{{ DEMO.of(*language) }}</p>
{% endif %}<main>
{{ content|safe }}
</main>
</body>
</html>
"#
)]
struct Layout<'a> {
    language: Language,
    title: &'a str,
    demo: bool,
    content: String,
}

/// A page with this content.
///
/// # Errors
/// The content cannot be rendered.
pub(super) fn page(registry: &Registry, language: Language, title: &str, content: &impl Template) -> Html {
    let content = content.render().map_err(Error::internal)?;
    let layout = Layout { language, title, demo: registry.settings.demo, content };
    let html = layout.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((CONTENT_LANGUAGE, language.tag()))
        .insert_header((VARY, "Accept-Language"))
        .body(html))
}
