//! What a phone fetches before it checks by itself, against the same bytes from memory; and such checks of many cards,
//! against their signatures alone.

use super::background::Background;
use super::bare::{self, Signed};
use super::fixtures::{Fixtures, signed};
use super::issuer::TestIssuer;
use super::load::{self, Connection};
use super::rounds::{Comparison, Plan};
use actix_web::http::header::{ETAG, IF_NONE_MATCH};
use actix_web::{HttpRequest, HttpResponse, web};
use press_registry::clock::Clock;
use press_registry::domain::card_code::Claims;
use press_registry::domain::held::Held;
use press_registry::domain::issuer::{KeyState, KnownIssuer};
use press_registry::domain::printed::CardNumber;
use press_registry::domain::verdict::{Verdict, judge};
use std::time::{Duration, Instant};

/// Enough to keep every core busy.
const CLIENTS: usize = 16;
/// Checks between two looks at the clock.
const AT_ONCE: u32 = 100;
/// Cards that are checked in turn: no cache of a processor remembers them all.
const CODES: u32 = 10_000;

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
            Comparison { what: &what, engine, aim: Some(0.9) }.run(
                plan,
                |turn| load::drive(&mut ours, &request, turn),
                |turn| load::drive(&mut theirs, &request, turn),
            );
        }
    }
    checks(plan, engine);
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

/// Checks of many cards' texts with all that an offline verifier holds, on one core.
fn checks(plan: Plan, engine: &'static str) {
    let issuer = TestIssuer::new(Clock::System.now());
    let document = issuer.document(0, KeyState::Active);
    let mut held = Held::new(KnownIssuer::from_json(&document).expect("an issuer document"));
    held.add(&issuer.list(0, 0, &[])).expect("a list of this issuer");
    let codes: Vec<String> = (0..CODES).map(|nth| code(&issuer, nth)).collect();
    let document = serde_json::from_slice(&document).expect("JSON");
    // Every code is signed by one key.
    let signed: Vec<Signed> = codes.iter().map(|code| signed(code, &document)).collect();
    let key = &signed[0].key;
    let now = issuer.at(3_600);
    let (mut ours, mut theirs) = (codes.iter().cycle(), signed.iter().cycle());
    let what = "10,000 cards in turn, offline : their signatures";
    Comparison { what, engine, aim: Some(0.85) }.run(
        plan,
        |turn| {
            repeat(turn, || {
                let code = ours.next().expect("it goes round");
                assert_eq!(judge(code, now, &held).verdict(), Verdict::Valid);
            })
        },
        |turn| {
            repeat(turn, || {
                let signed = theirs.next().expect("it goes round");
                key.verify_sig(&signed.message, &signed.signature).expect("it is good");
            })
        },
    );
}

/// The code of a card with a number and a slot of its own.
pub(super) fn code(issuer: &TestIssuer, nth: u32) -> String {
    let number = CardNumber::parse(&format!("{nth:06}")).expect("a number");
    TestIssuer::code(&issuer.card, &Claims { number, ..issuer.card_in(nth) }.payload())
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
