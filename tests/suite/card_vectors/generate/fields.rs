//! The fields of the inner form: each written wrongly under a good signature, and the longest that are right.

use super::{
    Case,
    payloads::{card, wrong},
};
use crate::card_vectors::{
    raw::{AGENCY, DIGEST, EXTRA, INDEX, KIND, NAME, NUMBER, RawPayload, array, bytes, hex, text, uint},
    world::{collaborator_card, letter, press_card},
};
use press_registry::domain::{
    card_code::{Claims, Entitlement},
    printed::{CardNumber, LetterScope, PrintedName, ShortName, StatusIndex},
};

pub(super) fn cases() -> Vec<Case> {
    [marks(), words(), extras(), edges()].into_iter().flatten().collect()
}

/// Kind, status index, number, digest.
fn marks() -> Vec<Case> {
    let number = |name, number: &str| wrong(name, card().item(NUMBER, text(number)));
    vec![
        wrong("kind 0", card().item(KIND, uint(0))),
        wrong("kind 4", card().item(KIND, uint(4))),
        wrong("a kind by name", card().item(KIND, text("press_card"))),
        wrong("a kind in a longer form", card().item(KIND, hex("1801"))),
        wrong("a negative status index", card().item(INDEX, hex("20"))),
        wrong("a status index of 33 bits", card().item(INDEX, uint(1 << 32))),
        wrong("a status index in a longer form", card().item(INDEX, hex("1A00000005"))),
        number("an empty number", ""),
        number("a number of 17 characters", "ABCDEFGHIJKLMNOPQ"),
        number("a number in lower case", "nb-000123"),
        number("a number with a space", "NB 000123"),
        number("a number with a letter of Vietnamese", "ĐB-000123"),
        wrong("a number that is bytes", card().item(NUMBER, bytes(b"NB-000123"))),
        wrong("a number that is an integer", card().item(NUMBER, uint(123))),
        wrong("a photo digest of 7 bytes", card().item(DIGEST, bytes(&[0; 7]))),
        wrong("a photo digest of 9 bytes", card().item(DIGEST, bytes(&[0; 9]))),
        wrong("an empty photo digest", card().item(DIGEST, bytes(&[]))),
        wrong("a photo digest in hex", card().item(DIGEST, text("0000000000000000"))),
        wrong("a photo digest of indefinite length", card().item(DIGEST, hex("5F 48 0000000000000000 FF"))),
        wrong("an undefined photo digest", card().item(DIGEST, hex("F7"))),
    ]
}

fn words() -> Vec<Case> {
    let name = |why, name: &str| wrong(why, card().item(NAME, text(name)));
    let agency = |why, agency: &str| wrong(why, card().item(AGENCY, text(agency)));
    vec![
        name("an empty name", ""),
        name("a name that is not NFC", "Nguye\u{302}\u{303}n Thi\u{323} Phu\u{31B}o\u{31B}\u{323}ng"),
        name("a name of 81 bytes", &("ễ".repeat(26) + "abc")),
        name("a space before the name", " Lê An"),
        name("a space after the name", "Lê An "),
        name("two spaces in the name", "Lê  An"),
        name("a hard space in the name", "Lê\u{A0}An"),
        name("a line end in the name", "Lê\nAn"),
        name("a zero byte in the name", "Lê\0An"),
        name("a name written from the right", "\u{202E}nA êL"),
        name("something invisible in the name", "Lê\u{200B} An"),
        wrong("a name that is no UTF-8", card().item(NAME, hex("63 4CC3FF"))),
        wrong("a name that is bytes", card().item(NAME, bytes("Lê An".as_bytes()))),
        wrong("a name that is null", card().item(NAME, hex("F6"))),
        wrong("a name in a longer form", card().item(NAME, [hex("7806"), "Lê An".into()].concat())),
        wrong("a name of indefinite length", card().item(NAME, [hex("7F"), text("Lê An"), hex("FF")].concat())),
        agency("an empty agency", ""),
        agency("an agency of 41 bytes", &("Báo ".to_owned() + &"a".repeat(36))),
        agency("an agency that is not NFC", "Ba\u{301}o"),
        agency("a tab in the agency", "Báo\tAn"),
    ]
}

fn extras() -> Vec<Case> {
    let scope = |lines: &[&str]| array(&lines.iter().map(|line| text(line)).collect::<Vec<_>>());
    let three = || scope(&["Xã Ba Bể", "Ủy ban nhân dân xã", "Viết bài"]);
    let letter = |name, extra| wrong(name, RawPayload::of(&letter()).item(EXTRA, extra));
    let sixty = "x".repeat(60);
    vec![
        wrong("a press card with a letter's lines", card().item(EXTRA, three())),
        wrong("a collaborator card with a letter's lines", RawPayload::of(&collaborator_card()).item(EXTRA, three())),
        wrong("a press card with an empty extra", card().item(EXTRA, hex("80"))),
        wrong("a press card with an undefined extra", card().item(EXTRA, hex("F7"))),
        letter("a letter without lines", hex("F6")),
        letter("a letter of no lines", hex("80")),
        letter("a letter of two lines", scope(&["Xã Ba Bể", "Ủy ban nhân dân xã"])),
        letter("a letter of four lines", scope(&["Xã Ba Bể", "Ủy ban nhân dân xã", "Viết bài", "x"])),
        letter("a letter with an empty line", scope(&["Xã Ba Bể", "", "Viết bài"])),
        letter("a letter of 201 bytes", scope(&[&sixty, &sixty, &"y".repeat(81)])),
        letter("a letter with a line that is not NFC", scope(&["Xa\u{303}", "Ủy ban", "Viết bài"])),
        letter("a letter with a line end", scope(&["Xã\nBa Bể", "Ủy ban", "Viết bài"])),
        letter("a letter with a line that is an integer", array(&[text("Xã Ba Bể"), uint(1), text("Viết bài")])),
        letter("a letter's lines of indefinite length", [hex("9F"), three()[1..].to_vec(), hex("FF")].concat()),
    ]
}

/// The longest, shortest and highest values that are right.
fn edges() -> Vec<Case> {
    let good = |name, claims: Claims| Case::card(name, "active", &claims, "valid", "");
    let number = |raw| CardNumber::parse(raw).expect("a number");
    let name = PrintedName::parse(&("ễ".repeat(26) + "ab")).expect("80 bytes");
    let agency = ShortName::parse(&("Báo ".to_owned() + &"a".repeat(35))).expect("40 bytes");
    let sixty = "x".repeat(60);
    let scope = LetterScope::parse(&sixty, &sixty, &"y".repeat(80)).expect("200 bytes");
    let letter = Claims { entitlement: Entitlement::IntroductionLetter(scope), ..letter() };
    let highest = Claims { status_index: StatusIndex::from_u32(u32::MAX), ..press_card() };
    vec![
        good("a number of 16 characters", Claims { number: number("ABCDEFGHIJKLMNOP"), ..press_card() }),
        good("a number of one character", Claims { number: number("7"), ..press_card() }),
        good("a name of 80 bytes", Claims { name: name.clone(), ..press_card() }),
        good("a name of one letter", Claims { name: PrintedName::parse("Ý").expect("a name"), ..press_card() }),
        good("an agency of 40 bytes", Claims { agency: agency.clone(), ..press_card() }),
        good("a letter of 200 bytes", letter.clone()),
        good("the longest letter there is", Claims { name, agency, number: number("ABCDEFGHIJKLMNOP"), ..letter }),
        Case::card("the highest status index", "active", &highest, "cannot_confirm", "no_fresh_list"),
    ]
}
