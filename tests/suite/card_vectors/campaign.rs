//! Codes that are wrong in every way, each judged in some situation at some time. The same ones each time.

use super::{
    raw::{EXP, NBF, RawEnvelope, RawPayload, uint},
    situations::{COPIES, OWN},
    world::{self, DAY, NOW, TestKey, WITHDRAWN_SLOT, collaborator_card, letter, press_card, with_index},
};
use crate::support::full_campaign;
use data_encoding::BASE32_NOPAD;
use fastrand::Rng;
use press_registry::domain::{
    card_code::{Claims, Envelope, to_be_signed},
    printed::Validity,
    time::Timestamp,
};

/// A text to judge, when, and in which of the situations.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) now: i64,
    pub(super) situation: usize,
}

/// A kind of case: its name, and what makes a text of it.
type Kind = (&'static str, fn(&mut Rng) -> String);

/// Ten thousand codes, or a part of them where not everything is asked for; of each kind as many.
pub(super) fn cases(situations: usize) -> Vec<Case> {
    let mut rng = Rng::with_seed(2026);
    let kinds: [Kind; 10] = [
        ("good", good),
        ("another text", another_text),
        ("altered bytes", altered),
        ("a stranger's", strangers),
        ("a high s", high_s),
        ("an altered payload", altered_payload),
        ("another version", another_version),
        ("other dates", other_dates),
        ("of a compromised key", compromised),
        ("withdrawn or in another list", elsewhere),
    ];
    let case = |at: usize| {
        let (name, make) = kinds[at % kinds.len()];
        // What is held as it should be is met more often than each of the others.
        let situation = if rng.u8(..8) == 0 { COPIES } else { rng.usize(COPIES..situations) };
        let text = make(&mut rng);
        Case { name: format!("{at}, {name}, situation {situation}"), text, now: time(&mut rng), situation }
    };
    (0..if full_campaign() { 10_000 } else { 1_000 }).map(case).collect()
}

/// The same texts, by a registry that knows what it knows now.
pub(super) fn at_the_registry(cases: &[Case]) -> Vec<Case> {
    let own = |it: &Case| Case {
        name: format!("{}, at the registry", it.name),
        text: it.text.clone(),
        now: NOW,
        situation: OWN,
    };
    cases.iter().map(own).collect()
}

/// Mostly now; else around the edges of everything, and long before and after.
fn time(rng: &mut Rng) -> i64 {
    let edges = [-400 * DAY, -DAY, -601, -600, -301, 0, 60, DAY - 300, 2 * DAY, 8 * DAY, 6 * 365 * DAY];
    if rng.bool() { NOW } else { NOW + edges[rng.usize(..edges.len())] + rng.i64(-1..=1) }
}

fn card(rng: &mut Rng) -> Claims {
    [press_card, letter, collaborator_card][rng.usize(..3)]()
}

fn code(rng: &mut Rng) -> Vec<u8> {
    TestKey::named("active").code(&card(rng).payload())
}

fn good(rng: &mut Rng) -> String {
    world::text(&code(rng))
}

fn another_text(rng: &mut Rng) -> String {
    let good = good(rng);
    let (address, base32) = good.split_once('#').expect("a link");
    let at = rng.usize(1..base32.len());
    match rng.u8(..6) {
        0 => format!("{address}#{}", &base32[..at]),
        1 => format!("{address}#{}{}{}", &base32[..at], rng.alphanumeric(), &base32[at..]),
        2 => good.to_lowercase(),
        3 => format!("https://{}.example/v#{base32}", rng.lowercase()),
        4 => format!("{address}#{}{}", &base32[..at], rng.char(..)),
        _ => base32.chars().rev().collect(),
    }
}

/// Up to three bytes otherwise.
fn alter(bytes: &mut [u8], rng: &mut Rng) {
    for _ in 0..rng.usize(1..=3) {
        let at = rng.usize(..bytes.len());
        bytes[at] = rng.u8(..);
    }
}

fn altered(rng: &mut Rng) -> String {
    let mut code = code(rng);
    alter(&mut code, rng);
    world::text(&code)
}

fn strangers(rng: &mut Rng) -> String {
    let (stranger, payload) = (TestKey::named("stranger"), card(rng).payload());
    if rng.bool() {
        return world::text(&stranger.code(&payload));
    }
    let kid = TestKey::named("active").kid;
    let signature = stranger.sign(&to_be_signed(kid, &payload));
    world::text(&Envelope { kid, payload: &payload, signature: &signature }.to_bytes())
}

/// The other signature that fits the same message.
fn high_s(rng: &mut Rng) -> String {
    const ORDER: [u8; 32] = *b"\xFF\xFF\xFF\xFF\x00\x00\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\
        \xBC\xE6\xFA\xAD\xA7\x17\x9E\x84\xF3\xB9\xCA\xC2\xFC\x63\x25\x51";
    let mut code = code(rng);
    let from = code.len() - 32;
    let mut borrow = 0;
    for (s, order) in code[from..].iter_mut().zip(ORDER).rev() {
        let difference = i16::from(order) - i16::from(*s) - borrow;
        borrow = i16::from(difference < 0);
        *s = u8::try_from(difference.rem_euclid(256)).expect("a byte");
    }
    world::text(&code)
}

fn altered_payload(rng: &mut Rng) -> String {
    let mut payload = card(rng).payload();
    if rng.bool() {
        alter(&mut payload, rng);
    } else {
        payload.truncate(rng.usize(..payload.len()));
    }
    world::text(&TestKey::named("active").code(&payload))
}

fn another_version(rng: &mut Rng) -> String {
    let version = [0, 2, 3, 24, u64::MAX][rng.usize(..5)];
    let mut payload = RawPayload::of(&card(rng)).item(0, uint(version)).to_bytes();
    if rng.bool() {
        // Whatever else another version holds.
        let tail = payload.len() - 20;
        alter(&mut payload[tail..], rng);
    }
    world::text(&TestKey::named("active").code(&payload))
}

fn other_dates(rng: &mut Rng) -> String {
    let near = |rng: &mut Rng| uint(u64::try_from(NOW + rng.i64(-2..=2) * DAY + rng.i64(-1..=1)).expect("later"));
    if rng.u8(..4) == 0 {
        let payload = RawPayload::of(&card(rng)).time(EXP, near(rng)).time(NBF, near(rng));
        return world::text(&TestKey::named("active").code(&payload.to_bytes()));
    }
    let from = NOW + rng.i64(-3..=1) * DAY + rng.i64(-1..=1);
    let until = from + rng.i64(1..=3) * DAY + rng.i64(-1..=1);
    let validity = Validity::new(Timestamp::from_seconds(from), Timestamp::from_seconds(until)).expect("in order");
    world::text(&TestKey::named("active").code(&Claims { validity, ..card(rng) }.payload()))
}

fn compromised(rng: &mut Rng) -> String {
    let honest = if rng.bool() { press_card() } else { with_index(press_card(), 0, WITHDRAWN_SLOT) };
    let claims = if rng.bool() { honest } else { card(rng) };
    let key = if rng.u8(..4) == 0 { "stolen" } else { "compromised" };
    let mut code = TestKey::named(key).code(&claims.payload());
    if rng.u8(..8) == 0 {
        let kid = TestKey::named(key).kid;
        let claims = claims.payload();
        let unsigned = RawEnvelope::new(kid, &claims, &[1; 64]);
        code = unsigned.to_bytes();
    }
    world::text(&code)
}

fn elsewhere(rng: &mut Rng) -> String {
    let list = [0, 0, 1, 2, 7, 1024, 32_767][rng.usize(..7)];
    let slot = [5, WITHDRAWN_SLOT, world::LAST_SLOT, world::LAST_SLOT - 1][rng.usize(..4)];
    let base32 = BASE32_NOPAD.encode(&TestKey::named("retired").code(&with_index(card(rng), list, slot).payload()));
    format!("#{base32}")
}
