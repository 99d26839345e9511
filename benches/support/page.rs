//! What a phone fetches before it checks by itself, against the same bytes from memory; and that check, against the
//! signature alone.

use super::background::Background;
use super::bare;
use super::fixtures::{Fixtures, signed};
use super::load::{self, Connection};
use super::rounds::{Comparison, Plan};
use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use press_registry::domain::card_code::{HonestDigest, Kid};
use press_registry::domain::issuer::KnownIssuer;
use press_registry::domain::printed::StatusIndex;
use press_registry::domain::time::Timestamp;
use press_registry::domain::verdict::{Known, ListEntry, Verdict, judge};
use std::time::{Duration, Instant};

/// Enough to keep every core busy.
const CLIENTS: usize = 16;
/// Checks between two looks at the clock.
const AT_ONCE: u32 = 100;

/// Each of these, whole and as "not changed".
const PUBLIC: [&str; 3] = ["/v", "/.well-known/press-registry/issuer", "/status/0"];

pub(crate) fn compare(plan: Plan, engine: &'static str, registry: &Fixtures) {
    for path in PUBLIC {
        let fetched = registry.fetch(&get(path, ""));
        let bare = from_memory(path, fetched.body, fetched.etag.clone());
        let (mut ours, mut theirs) = (registry.clients(CLIENTS), Connection::several(bare.address(), CLIENTS));
        for (etag, how) in [("", "the same bytes from memory"), (fetched.etag.as_str(), "304 from memory")] {
            let request = get(path, etag);
            let what = format!("GET {} : {how}", path.rsplit_once('/').map_or(path, |(_, name)| name));
            Comparison { what: &what, engine, aim: 0.9 }.run(
                plan,
                |turn| load::drive(&mut ours, &request, turn),
                |turn| load::drive(&mut theirs, &request, turn),
            );
        }
    }
    checks(plan, engine, registry);
}

fn get(path: &str, etag: &str) -> Vec<u8> {
    let condition = if etag.is_empty() { String::new() } else { format!("if-none-match: {etag}\r\n") };
    format!("GET {path} HTTP/1.1\r\nhost: press.example.vn\r\naccept-encoding: gzip\r\n{condition}\r\n").into_bytes()
}

/// A handler of these bytes with nothing around it, which knows its own version.
fn from_memory(path: &'static str, body: Vec<u8>, etag: String) -> Background {
    let kept = web::Data::new((web::Bytes::from(body), etag));
    async fn answer(kept: web::Data<(web::Bytes, String)>, request: HttpRequest) -> HttpResponse {
        let (body, etag) = kept.get_ref();
        let is_known = request.headers().get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
        let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer.insert_header((ETAG, etag.as_str()));
        if is_known { answer.finish() } else { answer.body(body.clone()) }
    }
    bare::serve(move |app| {
        app.app_data(kept.clone()).service(web::resource(path).to(answer));
    })
}

/// What a verifier holds without a network.
struct Held {
    issuer: KnownIssuer,
    now: Timestamp,
}

impl Known for Held {
    fn issuer(&self) -> &KnownIssuer {
        &self.issuer
    }

    fn is_honest(&self, _: Kid, _: &HonestDigest) -> Option<bool> {
        None
    }

    fn list_entry(&self, _: StatusIndex) -> Option<ListEntry> {
        Some(ListEntry { issued_at: self.now, expires: self.now.plus_seconds(86_400), is_set: false })
    }

    fn newest_iat(&self) -> Option<Timestamp> {
        Some(self.now)
    }
}

/// Checks of a card's text, on one core.
fn checks(plan: Plan, engine: &'static str, registry: &Fixtures) {
    let document = registry.issuer();
    let signed = signed(&registry.code, &document);
    let issuer = KnownIssuer::from_json(document.to_string().as_bytes()).expect("an issuer document");
    let now = issuer.issued_at().plus_seconds(3_600);
    let held = Held { issuer, now };
    assert_eq!(judge(&registry.code, now, &held).verdict(), Verdict::Valid);
    Comparison { what: "a check without the network : its signature", engine, aim: 0.85 }.run(
        plan,
        |turn| repeat(turn, || assert_eq!(judge(&registry.code, now, &held).verdict(), Verdict::Valid)),
        |turn| repeat(turn, || signed.key.verify_sig(&signed.message, &signed.signature).expect("it is good")),
    );
}

/// How often a second.
fn repeat(turn: Duration, mut work: impl FnMut()) -> f64 {
    let started = Instant::now();
    let mut done = 0_u32;
    while started.elapsed() < turn {
        (0..AT_ONCE).for_each(|_| work());
        done += AT_ONCE;
    }
    f64::from(done) / started.elapsed().as_secs_f64()
}
