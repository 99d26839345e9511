//! Which language a page is written in.

use crate::domain::issuer::Words;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{FromRequest, HttpRequest, dev};
use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};

/// A language of the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::api) enum Language {
    /// Tiếng Việt.
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// As in `lang=` and `?lang=`.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Vietnamese => "vi",
            Self::English => "en",
        }
    }

    /// The text in this language.
    pub(super) const fn of<'a>(self, vi: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Vietnamese => vi,
            Self::English => en,
        }
    }

    /// Words of the domain in this language.
    pub(super) fn said(self, words: Words) -> String {
        match self {
            Self::Vietnamese => words.vi,
            Self::English => words.en,
        }
    }

    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Vietnamese => Self::English,
            Self::English => Self::Vietnamese,
        }
    }

    /// What it calls itself.
    pub(super) const fn own_name(self) -> &'static str {
        match self {
            Self::Vietnamese => "Tiếng Việt",
            Self::English => "English",
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        [Self::Vietnamese, Self::English].into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// What the reader chose, else what their browser prefers, else Vietnamese.
    fn chosen(query: &str, accepted: &str) -> Self {
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Self::from_tag);
        asked.or_else(|| Self::preferred(accepted)).unwrap_or(Self::Vietnamese)
    }

    /// The first of the most wanted languages of `Accept-Language` that is one of ours.
    fn preferred(accepted: &str) -> Option<Self> {
        let ours = accepted.split(',').filter_map(|item| {
            let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            // Spaces may stand around the `;` (RFC 9110 §12.4.2).
            let weight = weight.trim_start().strip_prefix(['q', 'Q'])?.strip_prefix('=')?;
            Some((weight.trim().parse::<f32>().ok().filter(|weight| *weight > 0.0)?, Self::from_tag(tag.trim())?))
        });
        let best = ours.reduce(|best, other| if other.0 > best.0 { other } else { best });
        best.map(|(_, language)| language)
    }
}

/// A text of a page in Vietnamese and English. It holds no sign that means something in HTML.
///
/// Displayed, it is both at once, for the page that is the same for everybody.
pub(super) struct Both(pub(super) &'static str, pub(super) &'static str);

impl Both {
    /// The text in one language.
    pub(super) const fn of(&self, language: Language) -> &'static str {
        language.of(self.0, self.1)
    }
}

impl fmt::Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(vi, en) = self;
        write!(f, r#"<span class="vi" lang="vi">{vi}</span> <span class="en" lang="en">{en}</span>"#)
    }
}

impl FromRequest for Language {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
        ready(Ok(Self::chosen(request.query_string(), accepted)))
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, English, Vietnamese};

    #[test]
    fn the_reader_chooses_before_the_browser_and_the_browser_before_us() {
        for (query, accepted, language) in [
            ("", "", Vietnamese),
            ("", "en-US,en;q=0.9", English),
            ("", "fr,vi;q=0.5,en;q=0.8", English),
            ("", "en;q=0", Vietnamese),
            ("", "en; q=0.9, vi; q=0.5", English),
            ("", "en ; q=0.5 , vi ;Q=0.4", English),
            ("", "en; q=0.4, vi; q=0.5", Vietnamese),
            ("lang=vi", "en", Vietnamese),
            ("a=b&lang=en", "vi", English),
            ("lang=fr", "en", English),
        ] {
            assert_eq!(Language::chosen(query, accepted), language, "{query} {accepted}");
        }
    }
}
