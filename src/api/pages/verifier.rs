//! `/v`: the page that a card's QR opens, the same bytes for everybody.
//!
//! The code is in the address's fragment, which no browser sends. The page judges it in the browser with the modules in
//! `verifier/`, which are joined here; nothing about the card reaches the registry. Style and script are inside, so
//! that all of it is one request, and are allowed by their hashes alone.

pub(super) mod texts;

use super::Html;
use super::layout::{DEMO, SITE};
use crate::api::State;
use crate::api::answer::is_known;
use crate::api::published::NO_CACHE;
use crate::app::Settings;
use crate::app::published::Published;
use crate::domain::card_code::MAX_TEXT_CHARS;
use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap,
    HeaderName, HeaderValue, VARY,
};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use flate2::{Compression, write::GzEncoder};
use std::io::{self, Write as _};

/// The modules of the page, each after those it needs.
const MODULES: [&str; 12] = [
    include_str!("verifier/bytes.js"),
    include_str!("verifier/text.js"),
    include_str!("verifier/cbor.js"),
    include_str!("verifier/cose.js"),
    include_str!("verifier/claims.js"),
    include_str!("verifier/issuer.js"),
    include_str!("verifier/status.js"),
    include_str!("verifier/honest.js"),
    include_str!("verifier/verdict.js"),
    include_str!("verifier/words.js"),
    include_str!("verifier/held.js"),
    include_str!("verifier/page.js"),
];

/// The service worker asks the registry for the page and for nothing else.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kiểm tra thẻ · Check a card</title>
<link rel="icon" href="data:,">
<style>{{ style|safe }}</style>
<script type="module">{{ script|safe }}</script>
</head>
<body>
<header>
<a class="home" href="/">{{ SITE|safe }}</a>
<button id="language" class="language" hidden></button>
</header>
{% if demo %}<p class="demo">{{ DEMO|safe }}</p>
{% endif %}<main>
<h1>{{ texts::TITLE|safe }}</h1>
<div id="result" role="status"></div>
<div id="details" hidden>
<dl id="card"></dl>
<button id="show-photo" class="button quiet" hidden>{{ texts::SHOW_PHOTO|safe }}</button>
<div id="photo"></div>
<p class="note"><span id="about"></span><br><span id="age"></span></p>
</div>
<p id="insecure" class="mistake" hidden>{{ texts::INSECURE|safe }}</p>
<p id="unscripted" class="mistake">{{ texts::UNSCRIPTED|safe }}</p>
<p class="lead start scripted">{{ texts::SCAN_IT|safe }}</p>
<button id="scan" hidden>{{ texts::SCAN_HERE|safe }}</button>
<video id="camera" playsinline muted hidden></video>
<form id="form" method="post" action="/v">
<p class="privacy">{{ texts::PRIVACY|safe }}</p>
<label for="code">{{ texts::LABEL|safe }}</label>
<p class="hint" id="hint">{{ texts::HINT|safe }}</p>
<input id="code" name="code" required maxlength="{{ MAX_TEXT_CHARS }}" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="hint">
<button>{{ texts::CHECK|safe }}</button>
</form>
<p><a class="vi" lang="vi" href="/report?lang=vi">{{ texts::REPORT.0 }}</a> <a class="en" lang="en" href="/report?lang=en">{{ texts::REPORT.1 }}</a></p>
<p class="note">{{ texts::HOTLINE|safe }} <span id="phone">{{ phone }}</span></p>
<p class="note scripted">{{ texts::OFFLINE|safe }} <span id="ready" hidden>{{ texts::READY|safe }}</span></p>
</main>
</body>
</html>
"#
)]
struct VerifierPage<'a> {
    style: &'a str,
    script: &'a str,
    demo: bool,
    phone: &'a str,
}

/// What the verifier is made of, ready to be sent.
pub(in crate::api) struct Verifier {
    page: Packed,
    worker: Packed,
}

impl Verifier {
    /// Puts the page together, once for a server.
    ///
    /// # Errors
    /// It cannot be rendered or packed.
    pub(in crate::api) fn new(settings: &Settings) -> io::Result<Self> {
        let (style, script) = (tight(&squeezed(include_str!("style.css"))), squeezed(&MODULES.concat()));
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; img-src blob: data:; connect-src 'self'; \
             worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            source_hash(&script),
            source_hash(&style)
        );
        let page = VerifierPage { style: &style, script: &script, demo: settings.demo, phone: &settings.phone };
        let html = page.render().map_err(io::Error::other)?;
        let worker = squeezed(include_str!("verifier/worker.js"));
        Ok(Self {
            page: Packed::new("text/html; charset=utf-8", html, policy)?,
            worker: Packed::new("text/javascript; charset=utf-8", worker, WORKER_POLICY.to_owned())?,
        })
    }
}

/// The page.
pub(in crate::api) async fn page(state: web::Data<State>, request: HttpRequest) -> Html {
    Ok(state.verifier.page.answer(&request))
}

/// What opens the page without a network.
pub(in crate::api) async fn worker(state: web::Data<State>, request: HttpRequest) -> Html {
    let mut answer = state.verifier.worker.answer(&request);
    // A QR opens /V and people open /v: no folder holds both.
    let scope = HeaderName::from_static("service-worker-allowed");
    answer.headers_mut().insert(scope, HeaderValue::from_static("/"));
    Ok(answer)
}

/// Bytes as they are and compressed, each with the ETag of its own.
struct Packed {
    media_type: &'static str,
    policy: HeaderValue,
    plain: Published,
    gzip: Published,
}

impl Packed {
    fn new(media_type: &'static str, text: String, policy: String) -> io::Result<Self> {
        let policy = HeaderValue::from_maybe_shared(Bytes::from(policy)).map_err(io::Error::other)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(text.as_bytes())?;
        let [plain, gzip] = [text.into_bytes(), gzip.finish()?].map(Published::new);
        Ok(Self { media_type, policy, plain, gzip })
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let is_packed = takes_gzip(request.headers());
        let bytes = if is_packed { &self.gzip } else { &self.plain };
        let is_known = is_known(request.headers(), bytes.etag());
        let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer
            .insert_header((ETAG, bytes.etag().clone()))
            .insert_header((VARY, HeaderValue::from_static("Accept-Encoding")))
            .insert_header((CACHE_CONTROL, NO_CACHE))
            .insert_header((CONTENT_SECURITY_POLICY, self.policy.clone()));
        if is_known {
            return answer.finish();
        }
        if is_packed {
            answer.insert_header((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
        }
        answer.insert_header((CONTENT_TYPE, HeaderValue::from_static(self.media_type))).body(bytes.bytes().clone())
    }
}

/// Whether a browser unpacks gzip (RFC 9110 §12.5.3).
fn takes_gzip(headers: &HeaderMap) -> bool {
    let sent = headers.get_all(ACCEPT_ENCODING).filter_map(|sent| sent.to_str().ok());
    sent.flat_map(|sent| sent.split(',')).any(|item| {
        let (coding, weight) = item.split_once(';').unwrap_or((item, ""));
        let is_refused = weight.split_once('=').and_then(|(_, q)| q.trim().parse().ok()) == Some(0.0);
        coding.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// Modules and styles without what only their readers need: comments on lines of their own, indentation, and the lines
/// that tie modules together: they are one module here, in which no two may give one name to two things.
fn squeezed(source: &str) -> String {
    let mut is_comment = false;
    let is_needed = |line: &&str| {
        is_comment |= line.starts_with("/*");
        let is_for_readers = is_comment || line.is_empty() || line.starts_with("//") || line.starts_with("import ");
        is_comment &= !line.ends_with("*/");
        !is_for_readers
    };
    let lines = source.lines().map(str::trim).filter(is_needed);
    lines.map(|line| line.strip_prefix("export ").unwrap_or(line)).flat_map(|line| [line, "\n"]).collect()
}

/// Styles without the spaces that only their readers need; ours have no text in them.
fn tight(style: &str) -> String {
    let pairs = [
        (": ", ":"),
        ("; ", ";"),
        (", ", ","),
        (" {", "{"),
        ("{ ", "{"),
        (";\n", ";"),
        ("{\n", "{"),
        (";}", "}"),
        ("}\n", "}"),
    ];
    pairs.into_iter().fold(style.replace(" }", "}"), |style, (long, short)| style.replace(long, short))
}

/// What allows exactly this inline source (CSP3 §2.3.1).
fn source_hash(source: &str) -> String {
    format!("sha256-{}", BASE64.encode(digest(&SHA256, source.as_bytes()).as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn gzip_is_sent_to_whoever_takes_it() {
        for (sent, takes) in [
            ("gzip, deflate, br", true),
            ("GZIP;q=0.5", true),
            ("br, gzip; q=0", false),
            ("identity", false),
            ("", false),
        ] {
            let request = TestRequest::get().insert_header((ACCEPT_ENCODING, sent)).to_http_request();
            assert_eq!(takes_gzip(request.headers()), takes, "{sent}");
        }
    }

    #[test]
    fn no_two_modules_give_one_name_to_two_things() {
        let mut names = std::collections::BTreeSet::new();
        for line in MODULES.iter().flat_map(|module| module.lines()) {
            let line = line.strip_prefix("export ").unwrap_or(line);
            let mut words = line.strip_prefix("async ").unwrap_or(line).split([' ', '(', ';']);
            if let (Some("function" | "const" | "let" | "class"), Some(name)) = (words.next(), words.next()) {
                assert!(names.insert(name), "{name}");
            }
        }
        assert!(names.contains("judge") && names.contains("Malformed"), "{names:?}");
    }

    #[test]
    fn what_only_readers_need_is_left_out() {
        let module =
            "// Why.\nimport { a } from \"./a.js\";\n\n/**\n * What.\n */\nexport function b() {\n  return a;\n}\n";
        assert_eq!(squeezed(module), "function b() {\nreturn a;\n}\n");
        assert_eq!(squeezed("/* Why. */\n* { margin: 0; }\n"), "* { margin: 0; }\n");
    }
}
