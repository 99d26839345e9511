//! The frame of the inner form, written wrongly under good signatures: versions, maps, times.

use super::Case;
use crate::card_vectors::{
    raw::{EXP, NBF, RawPayload, array, bytes, card_label, hex, text, uint},
    world::{self, TestKey, press_card},
};

pub(super) fn cases() -> Vec<Case> {
    [versions(), maps(), times()].into_iter().flatten().collect()
}

pub(super) fn card() -> RawPayload {
    RawPayload::of(&press_card())
}

fn signed(payload: &[u8]) -> String {
    world::text(&TestKey::named("active").code(payload))
}

pub(super) fn wrong(name: &str, payload: RawPayload) -> Case {
    wrong_bytes(name, &payload.to_bytes())
}

fn wrong_bytes(name: &str, payload: &[u8]) -> Case {
    Case::unproven(name, signed(payload), "not_ours", "not_a_code")
}

fn versions() -> Vec<Case> {
    let newer = |name, payload: &[u8]| Case::unproven(name, signed(payload), "cannot_confirm", "newer_version");
    let compromised = TestKey::named("compromised").code(&card().item(0, uint(2)).to_bytes());
    let first = [hex("A3"), card_label(), hex("81 02"), hex("04 00 05 00")].concat();
    vec![
        newer("version 2", &card().item(0, uint(2)).to_bytes()),
        newer(
            "version 2 with fewer items",
            &card().but(|raw| (raw.array, raw.items) = (hex("81"), vec![uint(2)])).to_bytes(),
        ),
        newer(
            "version 2 with a claim more",
            &card()
                .item(0, uint(2))
                .but(|raw| (raw.map, raw.pairs[1]) = (hex("A4"), [hex("05 00 06"), hex("00")]))
                .to_bytes(),
        ),
        newer(
            "version 2 without times",
            &card().item(0, uint(2)).but(|raw| (raw.map, raw.pairs) = (hex("A1"), vec![])).to_bytes(),
        ),
        newer("version 2 in another order", &first),
        newer(
            "version 2 with a label that is text",
            &card().item(0, uint(2)).but(|raw| raw.pairs[0][0] = text("exp")).to_bytes(),
        ),
        newer("version 0", &card().item(0, uint(0)).to_bytes()),
        newer("version -1", &card().item(0, hex("20")).to_bytes()),
        newer("the highest version there is", &card().item(0, uint(u64::MAX)).to_bytes()),
        Case::unproven("version 2 of a compromised key", world::text(&compromised), "cannot_confirm", "newer_version"),
        wrong("a version that is text", card().item(0, text("1"))),
        wrong("a version with a fraction", card().item(0, hex("F93C00"))),
        wrong("a version that is null", card().item(0, hex("F6"))),
        wrong("version 1 in a longer form", card().item(0, hex("1801"))),
        wrong("no version", card().but(|raw| (raw.array, raw.items) = (hex("80"), vec![]))),
    ]
}

/// Maps, arrays and their lengths.
fn maps() -> Vec<Case> {
    let pair = |raw: &mut RawPayload, at, label, value| raw.pairs.insert(at, [hex(label), hex(value)]);
    let good = press_card().payload();
    let map_of_array = [hex("A1"), card_label(), hex("A1 01 01")].concat();
    vec![
        wrong_bytes("an empty payload", b""),
        wrong_bytes("a payload that is no CBOR", &hex("FF")),
        wrong_bytes("a payload that is an array", &array(&[uint(4), uint(0)])),
        wrong_bytes("a payload that is text", &text("card")),
        wrong_bytes("a payload inside a byte string", &bytes(&good)),
        wrong_bytes("a payload with the tag of CWT", &[hex("D83D"), good.clone()].concat()),
        wrong_bytes("a payload cut by one byte", &good[..good.len() - 1]),
        wrong_bytes("a map where the card should be", &map_of_array),
        wrong("a byte after the payload", card().but(|raw| raw.trailing = hex("00"))),
        wrong("no card", RawPayload { map: hex("A2"), ..card() }.but(|raw| (raw.array, raw.items) = (vec![], vec![]))),
        wrong("no end", card().but(|raw| (raw.map, raw.pairs) = (hex("A2"), vec![raw.pairs[NBF].clone()]))),
        wrong("no beginning", card().but(|raw| (raw.map, raw.pairs) = (hex("A2"), vec![raw.pairs[EXP].clone()]))),
        wrong(
            "a claim more",
            card().but(|raw| {
                raw.map = hex("A4");
                pair(raw, 2, "06", "00")
            }),
        ),
        wrong(
            "a claim more, by name",
            card().but(|raw| {
                raw.map = hex("A4");
                pair(raw, 2, "6178", "00")
            }),
        ),
        wrong("another claim instead", card().but(|raw| raw.pairs[NBF][0] = hex("06"))),
        wrong(
            "the end twice",
            card().but(|raw| {
                raw.map = hex("A4");
                raw.pairs.insert(0, raw.pairs[EXP].clone())
            }),
        ),
        wrong(
            "the card twice",
            card().but(|raw| {
                raw.map = hex("A4");
                raw.trailing = good[good.len() - raw.card_bytes()..].to_vec()
            }),
        ),
        wrong("the beginning before the end", card().but(|raw| raw.pairs.swap(EXP, NBF))),
        wrong("a label in a longer form", card().but(|raw| raw.pairs[EXP][0] = hex("1804"))),
        wrong("a map in a longer form", card().but(|raw| raw.map = hex("B803"))),
        wrong("a map of indefinite length", card().but(|raw| (raw.map, raw.trailing) = (hex("BF"), hex("FF")))),
        wrong("a map that promises too much", card().but(|raw| raw.map = hex("BBFFFFFFFFFFFFFFFF"))),
        wrong("the card's array in a longer form", card().but(|raw| raw.array = hex("9808"))),
        wrong(
            "an array of indefinite length inside",
            card().but(|raw| (raw.array, raw.trailing) = (hex("9F"), hex("FF"))),
        ),
        wrong(
            "seven items",
            card().but(|raw| {
                raw.array = hex("87");
                raw.items.truncate(7)
            }),
        ),
        wrong(
            "nine items",
            card().but(|raw| {
                raw.array = hex("89");
                raw.items.push(hex("F6"))
            }),
        ),
    ]
}

fn times() -> Vec<Case> {
    let begins = press_card().validity.not_before().seconds();
    let begins = uint(u64::try_from(begins).expect("after 1970"));
    let long = |value: &[u8]| [hex("1B00000000"), value[1..].to_vec()].concat();
    vec![
        wrong("an end before 1970", card().time(EXP, hex("20"))),
        wrong("a beginning before 1970", card().time(NBF, hex("20"))),
        wrong("an end after 9999", card().time(EXP, uint(253_402_300_800))),
        wrong("an end beyond 63 bits", card().time(EXP, uint(1 << 63))),
        wrong("an end that is the beginning", card().time(EXP, begins.clone())),
        wrong("an end that is no integer", card().time(EXP, hex("FB41E0000000000000"))),
        wrong("an end with a tag", card().time(EXP, [hex("C1"), begins.clone()].concat())),
        wrong("an end that is a big number", card().time(EXP, hex("C2 44 7FFFFFFF"))),
        wrong("an end that is text", card().time(EXP, text("2030-12-31"))),
        wrong("a beginning that is null", card().time(NBF, hex("F6"))),
        wrong("a beginning in a longer form", card().time(NBF, long(&begins))),
    ]
}
