//! A verdict as people see it: by word, shape and colour, never by colour alone.

use super::language::Language;
use super::verifier::texts::SHOW_PHOTO;
use crate::app::verifications::Verification;
use crate::domain::verdict::{Card, Judgement, Verdict};
use crate::domain::wording;
use askama::Template;

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<section class="verdict {{ tone }}">
<svg viewBox="0 0 64 64" width="96" height="96" aria-hidden="true">{{ shape|safe }}</svg>
<h2>{{ headline }}</h2>
<p class="next">{{ next_step }}</p>
{% if let Some(warning) = warning %}<p class="warning">{{ warning }}</p>
{% endif %}</section>
{% if !rows.is_empty() %}<dl class="card">
{% for (name, value) in rows %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
{% endif %}{% if let Some(digest) = photo %}<p><a class="button quiet" href="/portraits/{{ digest }}">{{ SHOW_PHOTO.of(*language) }}</a></p>
{% endif %}<p class="note">{{ about }}<br>{{ list_age }}</p>"#
)]
pub(super) struct VerdictView {
    language: Language,
    tone: &'static str,
    shape: &'static str,
    headline: String,
    next_step: String,
    warning: Option<String>,
    rows: Vec<(String, String)>,
    photo: Option<String>,
    about: String,
    list_age: String,
}

impl VerdictView {
    /// What is shown of a check.
    pub(super) fn new(check: &Verification, phone: &str, language: Language) -> Self {
        let judgement = &check.judgement;
        let (tone, shape) = looks(judgement.verdict());
        Self {
            language,
            tone,
            shape,
            headline: language.said(wording::headline(judgement)),
            next_step: language.said(wording::next_step(judgement, phone)),
            warning: judgement.foreign_address.then(|| language.said(wording::foreign_address())),
            rows: judgement.card().map(|card| rows(card, language)).unwrap_or_default(),
            photo: shown_photo(judgement),
            about: language.said(wording::about_the_card()),
            list_age: language.said(wording::list_age(judgement.list_age_seconds)),
        }
    }
}

/// The portrait of a valid card; those of others are not shown to anybody.
fn shown_photo(judgement: &Judgement) -> Option<String> {
    let card = judgement.card().filter(|_| judgement.verdict() == Verdict::Valid)?;
    card.claims.photo_digest.map(|digest| digest.to_string())
}

/// Class and shape: circle with tick, octagon with cross, triangle with mark, square with question mark.
const fn looks(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Valid => ("valid", r#"<circle cx="32" cy="32" r="29"/><path d="M18 33l10 10 19-21"/>"#),
        Verdict::NotValid => {
            ("not-valid", r#"<path d="M20 4h24l16 16v24L44 60H20L4 44V20z"/><path d="M22 22l20 20m0-20L22 42"/>"#)
        }
        Verdict::CannotConfirm => ("cannot-confirm", r#"<path d="M32 5l29 52H3z"/><path d="M32 24v15m0 9v.1"/>"#),
        Verdict::NotOurs => {
            ("not-ours", r#"<path d="M5 5h54v54H5z"/><path d="M23 25c0-12 18-12 18 0 0 7-9 6-9 14m0 9v.1"/>"#)
        }
    }
}

fn rows(card: &Card, language: Language) -> Vec<(String, String)> {
    let lines = wording::lines(&card.claims).into_iter();
    lines.map(|(name, value)| (language.said(name), language.said(value))).collect()
}
