//! `/problems/{slug}`: what the `type` of a problem document points to.

use super::Html;
use super::language::Language;
use super::layout::page;
use crate::api::context::Visit;
use crate::error::{Error, Kind};
use actix_web::web;
use askama::Template;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<h1 lang="en">{{ kind.title }}</h1>
<dl>
<dt>type</dt><dd><code>{{ kind.slug }}</code></dd>
<dt>status</dt><dd>{{ kind.status }}</dd>
</dl>
<p lang="en">{{ kind.remedy }}</p>
<p><a href="/docs/">{{ language.of("Tài liệu giao diện lập trình", "The API, to browse") }}</a></p>"#
)]
struct ProblemKind {
    language: Language,
    kind: Kind,
}

/// Explains a kind of problem.
pub(in crate::api) async fn problem_kind(visit: Visit, slug: web::Path<String>, language: Language) -> Html {
    let kind = Error::KINDS.iter().copied().find(|kind| kind.slug == slug.as_str()).ok_or(Error::NotFound)?;
    page(&visit.registry, language, kind.title, &ProblemKind { language, kind })
}
