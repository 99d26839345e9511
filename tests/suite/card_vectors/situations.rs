//! What a verifier may hold while it judges, and which of the three verifiers can be in such a situation.

use super::{
    signed::{World, of_list, signed_list, signed_set},
    world::{self, DAY, LAST_SLOT, LIST_IAT, NOW, TestKey, WITHDRAWN_SLOT, press_card, with_index},
};
use crate::browser::signed::List;
use press_registry::domain::{card_code::honest_digest, time::Timestamp};
use std::collections::BTreeMap;

/// Which verifiers can be in a situation. The page can be in every one: it holds copies, and of what it is sent it
/// believes what is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The registry behind the API too: it is its own issuer.
    PageCommandAndApi,
    /// Whoever holds copies: the registry holds none, it knows its keys and states as they are at this moment.
    PageAndCommand,
    /// The page alone: what is no list at all it passes over; who names such a file to the command meant another, and is
    /// told so.
    Page,
}

/// What is held, and who can hold that.
pub(super) struct Situation {
    pub(super) what: &'static str,
    pub(super) who: Who,
    pub(super) world: World,
}

/// The first situation: what the registry itself knows.
pub(super) const OWN: usize = 0;
/// The first situation of copies: all of them as they should be.
pub(super) const COPIES: usize = 1;

/// The states of the registry's own cards: list, slot, and what is stored of the card there. Slots that are not named
/// were never issued, and lists that are not were never opened.
pub(super) const CARDS: [(u32, u32, &str); 11] = [
    (0, 5, "active"),
    (0, 6, "active"),
    (0, WITHDRAWN_SLOT, "suspended"),
    (0, LAST_SLOT, "active"),
    (0, LAST_SLOT - 1, "lost"),
    (1, 5, "active"),
    (1, WITHDRAWN_SLOT, "returned"),
    (2, 5, "active"),
    (1_024, 5, "active"),
    (1_024, 6, "active"),
    (1_024, WITHDRAWN_SLOT, "revoked"),
];

/// The payloads that the registry really signed with the compromised key, in the slots of [`CARDS`].
pub(super) fn honest_payloads() -> [Vec<u8>; 2] {
    [press_card().payload(), with_index(press_card(), 0, WITHDRAWN_SLOT).payload()]
}

/// What the registry itself knows at this time.
pub(super) fn own(now: i64) -> World {
    let mut issuer = world::issuer();
    issuer.issued_at = Timestamp::from_seconds(now);
    let lists = CARDS.iter().map(|(list, ..)| {
        let is_set = |slot: &u32| !CARDS.contains(&(*list, *slot, "active"));
        (*list, super::file::StatusList { iat: now, exp: now + DAY, set: (0..=LAST_SLOT).filter(is_set).collect() })
    });
    let mut digests = honest_payloads().map(|it| data_encoding::HEXLOWER.encode(&honest_digest(&it))).to_vec();
    digests.sort();
    let set =
        |name: &str, digests| (TestKey::named(name).kid.to_string(), super::file::HonestSet { iat: now, digests });
    World::new(&issuer, &lists.collect(), &[set("compromised", digests), set("stolen", Vec::new())].into())
}

/// Every situation.
pub(super) fn all() -> Vec<Situation> {
    use Who::{Page, PageAndCommand, PageCommandAndApi};
    let (lists, sets) = (world::status_lists(), world::honest_sets());
    let (lists, sets) = (&lists["fresh"], &sets["fresh"]);
    let good = || World::new(&world::issuer(), lists, sets);
    let none = World::new(&world::issuer(), &BTreeMap::new(), &BTreeMap::new());
    let dated = |seconds: i64| {
        let mut issuer = world::issuer();
        issuer.issued_at = Timestamp::from_seconds(seconds);
        World::new(&issuer, lists, sets)
    };
    let situation = |(what, who, world)| Situation { what, who, world };
    let mut all: Vec<Situation> = [
        ("what the registry itself knows at this moment", PageCommandAndApi, own(NOW)),
        ("copies of five minutes ago, and lists of other days", PageAndCommand, good()),
        ("a document, and neither lists nor sets", PageAndCommand, none),
        ("a document of two days ago", PageAndCommand, dated(NOW - 2 * DAY)),
        ("a document of tomorrow", PageAndCommand, dated(NOW + DAY)),
    ]
    .map(situation)
    .into();
    let unbelieved = bad_lists().map(|(what, who, list)| (what, who, good().with_list(list)));
    assert!(unbelieved.iter().all(|(.., world)| !world.lists.contains_key(&0)), "none is believed");
    all.extend(unbelieved.map(situation));
    let later = later_lists().map(|(what, list)| (what, PageAndCommand, good().with_list(list)));
    assert!(later.iter().all(|(.., world)| world.lists.contains_key(&0)), "each is believed");
    all.extend(later.map(situation));
    let key = TestKey::named("compromised").kid;
    let bad = bad_sets(&key.to_string()).map(|(what, set)| (what, Page, good().with_set(key, set)));
    assert!(bad.iter().all(|(.., world)| world.sets.is_empty()), "none is believed");
    all.extend(bad.map(situation));
    all
}

/// What a later version may write in list 0: labels and values of every kind that is not ours, and more outside of what
/// is signed.
fn later_lists() -> [(&'static str, Vec<u8>); 2] {
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
    let claims = signed_list(&List { more: MORE, ..good.clone() }, TestKey::named("status"));
    let mut outside = signed_list(&good, TestKey::named("status"));
    // After the tag, the array, and the header with its head of two bytes.
    let unprotected = 4 + usize::from(outside[3]);
    outside.splice(unprotected..=unprotected, [0xBF, 1, 0xF5, 0xFF]);
    [("a list 0 with further claims", claims), ("a list 0 with an unprotected header", outside)]
}

/// Honest sets that are not written as one is: out of order, one digest twice, one cut.
fn bad_sets(kid: &str) -> [(&'static str, Vec<u8>); 3] {
    let digest = |n: u8| vec![n; 10];
    let set = |digests: &[Vec<u8>]| signed_set(kid, LIST_IAT, digests);
    [
        ("an honest set out of order", set(&[digest(2), digest(1)])),
        ("an honest set with one digest twice", set(&[digest(1), digest(1)])),
        ("an honest set with a digest that is cut", set(&[digest(1), vec![2; 9]])),
    ]
}

/// 103, and a byte string of 512 bytes: more than there is room for.
const TOO_LARGE: [u8; 517] = {
    let mut claim = [0; 517];
    [claim[0], claim[1], claim[2], claim[3], claim[4]] = [0x18, 103, 0x59, 2, 0];
    claim
};

/// Lists that are no list 0 of this registry.
fn bad_lists() -> [(&'static str, Who, Vec<u8>); 10] {
    use Who::{Page, PageAndCommand};
    let good = of_list(0, &world::status_lists()["fresh"][&0]);
    let status = TestKey::named("status");
    let cut = good.slots[1..].to_vec();
    let long = [good.slots.as_slice(), &[0]].concat();
    let mut altered = signed_list(&good, status);
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let by_status = |list: List| signed_list(&list, status);
    let moved = List { subject: "https://press.example.vn/status/10".into(), ..good.clone() };
    let of_tokens = List { media_type: "application/statuslist+jwt", ..good.clone() };
    [
        ("a list 0 of a stranger", PageAndCommand, signed_list(&good, TestKey::named("stranger"))),
        ("a list 0 by a key of cards", PageAndCommand, signed_list(&good, TestKey::named("active"))),
        ("list 10 in place of list 0", PageAndCommand, by_status(moved)),
        ("a list 0 of two bits each", Page, by_status(List { bits: 2, ..good.clone() })),
        ("a list 0 that is too short", Page, by_status(List { slots: cut, ..good.clone() })),
        ("a list 0 that is too long", Page, by_status(List { slots: long, ..good.clone() })),
        ("a list 0 of another media type", Page, by_status(of_tokens)),
        ("a list 0 with a claim that is too large", Page, by_status(List { more: &[&TOO_LARGE], ..good })),
        ("a list 0 that was altered", PageAndCommand, altered),
        ("no list in place of list 0", Page, b"no list".to_vec()),
    ]
}
