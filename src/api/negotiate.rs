//! In which format an answer is given: `?format=`, else `Accept`, else the first.

use crate::error::Error;
use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header as _, Quality, QualityItem};
use actix_web::mime::{self, Mime};

/// A format that an operation offers: its media type, its name in `?format=`, and what it is to the operation itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Format<T> {
    /// Like `image/svg+xml`.
    pub(super) media_type: &'static str,
    /// Like `svg`.
    pub(super) name: &'static str,
    /// What to make.
    pub(super) makes: T,
}

/// The offer to answer with. `format` is the parameter, as a name or as a media type.
///
/// # Errors
/// 406.
pub(super) fn negotiate<T: Copy>(
    request: &HttpRequest,
    format: Option<&str>,
    offers: &[Format<T>],
) -> Result<Format<T>, Error> {
    if let Some(format) = format {
        let asked = |offer: &&Format<T>| offer.name == format || offer.media_type == format;
        return offers.iter().find(asked).copied().ok_or(Error::NotAcceptable);
    }
    // Without `Accept`, or with one that cannot be read, anything is acceptable (RFC 9110 §12.5.1).
    let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    if accepted.is_empty() {
        return offers.first().copied().ok_or(Error::NotAcceptable);
    }
    // The last of equals is what `max_by_key` gives, so the offers are gone through backwards.
    let welcome = offers.iter().rev().map(|offer| (quality(offer.media_type, &accepted), *offer));
    let welcome = welcome.filter(|(quality, _)| *quality > Quality::ZERO);
    welcome.max_by_key(|(quality, _)| *quality).map(|(_, offer)| offer).ok_or(Error::NotAcceptable)
}

/// How welcome a media type is: the most specific range that holds it says.
fn quality(media_type: &str, accepted: &[QualityItem<Mime>]) -> Quality {
    let Ok(offered) = media_type.parse::<Mime>() else { return Quality::ZERO };
    let specificity = |range: &Mime| match (range.type_(), range.subtype()) {
        (mime::STAR, _) => Some(1),
        (main, mime::STAR) => (main == offered.type_()).then_some(2),
        _ => (range.essence_str() == offered.essence_str()).then_some(3),
    };
    let held = accepted.iter().filter_map(|item| Some((specificity(&item.item)?, item.quality)));
    held.max_by_key(|(specificity, _)| *specificity).map_or(Quality::ZERO, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::ACCEPT;
    use actix_web::test::TestRequest;

    const OFFERS: &[Format<()>] = &[
        Format { media_type: "image/svg+xml", name: "svg", makes: () },
        Format { media_type: "image/png", name: "png", makes: () },
        Format { media_type: "text/plain", name: "txt", makes: () },
    ];

    fn name(accept: &str, format: Option<&str>) -> Option<&'static str> {
        let request = TestRequest::get().insert_header((ACCEPT, accept)).to_http_request();
        negotiate(&request, format, OFFERS).ok().map(|format| format.name)
    }

    #[test]
    fn the_most_welcome_format_is_given() {
        for (accept, given) in [
            ("*/*", Some("svg")),
            ("image/*", Some("svg")),
            ("image/png", Some("png")),
            ("image/png;q=0.5, text/plain", Some("txt")),
            ("image/svg+xml;q=0, */*", Some("png")),
            ("text/html, */*;q=0.1", Some("svg")),
            ("text/html", None),
            ("image/png;q=0", None),
            ("not a media type", Some("svg")),
        ] {
            assert_eq!(name(accept, None), given, "{accept}");
        }
    }

    #[test]
    fn the_parameter_overrides_the_header() {
        assert_eq!(name("text/plain", Some("png")), Some("png"));
        assert_eq!(name("text/plain", Some("image/png")), Some("png"));
        assert_eq!(name("*/*", Some("gif")), None);
    }
}
