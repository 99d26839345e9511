//! Codes that are wrong in every way, and what a verifier may hold while it judges them. The same ones each time.

use super::{Case, List, World, of_list, signed_list, signed_set};
use crate::card_vectors::{
    raw::{EXP, NBF, RawEnvelope, RawPayload, uint},
    world::{self, DAY, LIST_IAT, NOW, TestKey, WITHDRAWN_SLOT, collaborator_card, letter, press_card, with_index},
};
use data_encoding::BASE32_NOPAD;
use fastrand::Rng;
use press_registry::domain::{
    card_code::{Claims, Envelope, to_be_signed},
    printed::Validity,
    time::Timestamp,
};
use std::collections::BTreeMap;

/// What is held: as it should be, of another time, or not what the registry signed.
pub(super) fn worlds() -> Vec<World> {
    let (lists, sets) = (world::status_lists(), world::honest_sets());
    let (lists, sets) = (&lists["fresh"], &sets["fresh"]);
    let good = || World::new(&world::issuer(), lists, sets);
    let none = World::new(&world::issuer(), &BTreeMap::new(), &BTreeMap::new());
    let dated = |seconds: i64| {
        let mut issuer = world::issuer();
        issuer.issued_at = Timestamp::from_seconds(seconds);
        World::new(&issuer, lists, sets)
    };
    let mut worlds = vec![good(), good(), good(), none, dated(NOW - 2 * DAY), dated(NOW + DAY)];
    worlds.extend(bad_lists().into_iter().map(|list| good().with_list(list)));
    assert!(worlds[6..].iter().all(|world| !world.lists.contains_key(&0)), "none is believed");
    let later = later_lists().map(|list| good().with_list(list));
    assert!(later.iter().all(|world| world.lists.contains_key(&0)), "each is believed");
    worlds.extend(later);
    let key = TestKey::named("compromised").kid;
    let bad = bad_sets(&key.to_string()).map(|set| good().with_set(key, set));
    assert!(bad.iter().all(|world| world.sets.is_empty()), "none is believed");
    worlds.extend(bad);
    worlds
}

/// What a later version may write in list 0: labels and values of every kind that is not ours, and more outside of what
/// is signed.
fn later_lists() -> [Vec<u8>; 2] {
    const MORE: &[&[u8]] = &[
        // 99: true, 100: 1.5, 101: undefined.
        &[0x18, 99, 0xF5],
        &[0x18, 100, 0xF9, 0x3E, 0x00],
        &[0x18, 101, 0xF7],
        // "a": (_ h'01', h'02'), 1.5: [_ 1], true: {_ 1: 2}.
        &[0x61, b'a', 0x5F, 0x41, 1, 0x41, 2, 0xFF],
        &[0xF9, 0x3E, 0x00, 0x9F, 1, 0xFF],
        &[0xF5, 0xBF, 1, 2, 0xFF],
        // 102 twice, and in a longer head than it needs.
        &[0x18, 102, 1],
        &[0x19, 0, 102, 1],
    ];
    let good = of_list(0, &world::status_lists()["fresh"][&0]);
    let claims = signed_list(&List { more: MORE, ..good.clone() }, &TestKey::named("status"));
    let mut outside = signed_list(&good, &TestKey::named("status"));
    // After the tag, the array, and the header with its head of two bytes.
    let unprotected = 4 + usize::from(outside[3]);
    outside.splice(unprotected..=unprotected, [0xBF, 1, 0xF5, 0xFF]);
    [claims, outside]
}

/// Honest sets that are not written as one is: out of order, one digest twice, one cut.
fn bad_sets(kid: &str) -> [Vec<u8>; 3] {
    let digest = |n: u8| vec![n; 10];
    let set = |digests: &[Vec<u8>]| signed_set(kid, LIST_IAT, digests);
    [set(&[digest(2), digest(1)]), set(&[digest(1), digest(1)]), set(&[digest(1), vec![2; 9]])]
}

/// 103, and a byte string of 512 bytes: more than there is room for.
const TOO_LARGE: [u8; 517] = {
    let mut claim = [0; 517];
    [claim[0], claim[1], claim[2], claim[3], claim[4]] = [0x18, 103, 0x59, 2, 0];
    claim
};

/// Lists that are no list 0 of this registry.
fn bad_lists() -> Vec<Vec<u8>> {
    let good = of_list(0, &world::status_lists()["fresh"][&0]);
    let status = TestKey::named("status");
    let cut = good.slots[1..].to_vec();
    let long = [good.slots.as_slice(), &[0]].concat();
    let mut altered = signed_list(&good, &status);
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    vec![
        signed_list(&good, &TestKey::named("stranger")),
        signed_list(&good, &TestKey::named("active")),
        signed_list(&List { subject: "https://press.example.vn/status/10".into(), ..good.clone() }, &status),
        signed_list(&List { bits: 2, ..good.clone() }, &status),
        signed_list(&List { slots: cut, ..good.clone() }, &status),
        signed_list(&List { slots: long, ..good.clone() }, &status),
        signed_list(&List { media_type: "application/statuslist+jwt", ..good.clone() }, &status),
        signed_list(&List { more: &[&TOO_LARGE], ..good }, &status),
        altered,
        b"no list".to_vec(),
    ]
}

/// A kind of case: its name, and what makes a text of it.
type Kind = (&'static str, fn(&mut Rng) -> String);

/// So many cases, of each kind as many.
pub(super) fn cases(count: usize, worlds: usize) -> Vec<Case> {
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
        let world = rng.usize(..worlds);
        let text = make(&mut rng);
        Case { name: format!("{at}, {name}, world {world}"), text, now: time(&mut rng), world }
    };
    (0..count).map(case).collect()
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
