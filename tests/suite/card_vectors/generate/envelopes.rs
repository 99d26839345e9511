//! The outer form: every part of COSE_Sign1 written wrongly, and every way to have a wrong signature.

use super::Case;
use crate::card_vectors::{
    raw::{RawEnvelope, bytes, hex, text},
    world::{self, TestKey, collaborator_card, press_card},
};

pub(super) fn cases() -> Vec<Case> {
    [frames(), headers(), lengths(), signatures()].into_iter().flatten().collect()
}

fn good() -> RawEnvelope {
    let key = TestKey::named("active");
    let payload = press_card().payload();
    let unsigned = RawEnvelope::new(key.kid, &payload, &[]);
    let signature = key.sign(&unsigned.to_be_signed());
    unsigned.but(|raw| raw.signature = bytes(&signature))
}

/// The frame: tag, array, types.
fn frames() -> Vec<Case> {
    let wrong = |name, change: fn(&mut RawEnvelope)| Case::not_a_code(name, &good().but(change).to_bytes());
    vec![
        wrong("no tag", |raw| raw.tag.clear()),
        wrong("the tag of COSE_Mac0", |raw| raw.tag = hex("D1")),
        wrong("the tag of CWT outside", |raw| raw.tag = hex("D83D D2")),
        wrong("the tag twice", |raw| raw.tag = hex("D2 D2")),
        wrong("the tag in a longer form", |raw| raw.tag = hex("D812")),
        wrong("an array of three", |raw| raw.array = hex("83")),
        wrong("an array of five", |raw| {
            (raw.array, raw.signature) = (hex("85"), [raw.signature.clone(), hex("F6")].concat())
        }),
        wrong("an array in a longer form", |raw| raw.array = hex("9804")),
        wrong("an array of indefinite length", |raw| {
            (raw.array, raw.signature) = (hex("9F"), [raw.signature.clone(), hex("FF")].concat())
        }),
        wrong("something unprotected", |raw| raw.unprotected = hex("A1 04 44 00000000")),
        wrong("unprotected of indefinite length", |raw| raw.unprotected = hex("BF FF")),
        wrong("unprotected null", |raw| raw.unprotected = hex("F6")),
        wrong("no payload", |raw| raw.payload = hex("F6")),
        wrong("the payload as text", |raw| raw.payload[0] |= 0x20),
        wrong("the payload's length in a longer form", |raw| {
            raw.payload = [hex("5900"), raw.payload[1..].to_vec()].concat()
        }),
        wrong("the payload of indefinite length", |raw| {
            raw.payload = [hex("5F"), raw.payload.clone(), hex("FF")].concat()
        }),
        wrong("a signature of 63 bytes", |raw| raw.signature = bytes(&raw.signature[2..65])),
        wrong("a signature of 65 bytes", |raw| raw.signature = bytes(&[&raw.signature[2..], &[0]].concat())),
        wrong("no signature", |raw| raw.signature = hex("40")),
        wrong("a null signature", |raw| raw.signature = hex("F6")),
        wrong("the signature's length in a longer form", |raw| {
            raw.signature = [hex("590040"), raw.signature[2..].to_vec()].concat()
        }),
        wrong("a signature of indefinite length", |raw| {
            raw.signature = [hex("5F"), raw.signature.clone(), hex("FF")].concat()
        }),
        wrong("a byte after the code", |raw| raw.signature.push(0)),
        wrong("another code after the code", |raw| raw.signature.extend(good().to_bytes())),
        wrong("a byte before the code", |raw| raw.tag.insert(0, 0)),
        Case::unproven("only the CBOR of null", "#6Y", "not_ours", "not_a_code"),
    ]
}

/// The protected header, each time signed as it stands, so that its form alone is wrong.
fn headers() -> Vec<Case> {
    let key = TestKey::named("active");
    let kid = data_encoding::HEXUPPER.encode(key.kid.as_bytes());
    let wrong = |name, header: &str| {
        let raw = good().but(|raw| raw.header = hex(&header.replace("KID", &kid)));
        let signature = key.sign(&raw.to_be_signed());
        Case::not_a_code(name, &raw.but(|raw| raw.signature = bytes(&signature)).to_bytes())
    };
    vec![
        wrong("an empty protected header", ""),
        wrong("a protected header that is an empty map", "A0"),
        wrong("no kid", "A1 01 26"),
        wrong("no algorithm", "A1 04 44 KID"),
        wrong("kid before algorithm", "A2 04 44 KID 01 26"),
        wrong("the algorithm EdDSA", "A2 01 27 04 44 KID"),
        wrong("the algorithm ES384", "A2 01 3822 04 44 KID"),
        wrong("the algorithm ESP256", "A2 01 28 04 44 KID"),
        wrong("the algorithm HMAC 256", "A2 01 05 04 44 KID"),
        wrong("the algorithm by name", "A2 01 65 4553323536 04 44 KID"),
        wrong("the algorithm in a longer form", "A2 01 3806 04 44 KID"),
        wrong("the algorithm twice", "A3 01 26 01 26 04 44 KID"),
        wrong("a label more", "A3 01 26 03 00 04 44 KID"),
        wrong("a critical label", "A4 01 26 02 81 03 03 00 04 44 KID"),
        wrong("a kid of three bytes", "A2 01 26 04 43 000000"),
        wrong("a kid of five bytes", "A2 01 26 04 45 00 KID"),
        wrong("a kid of eight bytes", "A2 01 26 04 48 KID KID"),
        wrong("a kid that is text", "A2 01 26 04 64 61626364"),
        wrong("a byte after the header", "A2 01 26 04 44 KID 00"),
        wrong("a header of indefinite length", "BF 01 26 04 44 KID FF"),
        wrong("a header in a longer form", "B802 01 26 04 44 KID"),
    ]
}

/// Codes cut at many points, and each byte before the payload altered.
fn lengths() -> Vec<Case> {
    let whole = good().to_bytes();
    let cuts = [1, 2, 3, 4, 8, 12, 13, 15, 40, whole.len() - 66, whole.len() - 64, whole.len() - 32, whole.len() - 1];
    let cut = cuts.map(|length| Case::not_a_code(format!("cut after {length} bytes"), &whole[..length]));
    let altered = (0..15).map(|at| {
        let mut code = whole.clone();
        code[at] ^= 1;
        let name = format!("byte {at} altered");
        match at {
            8..=11 => Case::unproven(name, world::text(&code), "not_ours", "unknown_key"), // the kid
            _ => Case::not_a_code(name, &code),
        }
    });
    cut.into_iter().chain(altered).collect()
}

fn signatures() -> Vec<Case> {
    let key = TestKey::named("active");
    let whole = good().to_bytes();
    let wrong = |name: &str, code: &[u8]| Case::unproven(name, world::text(code), "not_ours", "bad_signature");
    let altered = |name, at: usize, bit: u8| {
        let mut code = whole.clone();
        code[at] ^= bit;
        wrong(name, &code)
    };
    let (start, s) = (whole.len() - 64, whole.len() - 32);
    let with = |signature: &[u8]| [&whole[..start], signature].concat();
    let mut high_s = whole.clone();
    high_s[s..].copy_from_slice(&negated(&whole[s..]));
    let signed_as = |message: &[u8]| with(&key.sign(message));
    let payload = press_card().payload();
    let context = [hex("84"), text("Signature"), good().to_be_signed()[12..].to_vec()].concat();
    let name = press_card().name.as_str().as_bytes().to_vec();
    let at_name = whole.windows(name.len()).position(|window| window == name).expect("the name is in the code");
    let unread = good().but(|raw| raw.payload = bytes(b"")).to_bytes();
    vec![
        wrong("a signature with a high s", &high_s),
        altered("the first byte of the signature altered", start, 1),
        altered("the last byte of r altered", s - 1, 1),
        altered("the last byte of the signature altered", whole.len() - 1, 1),
        altered("the name altered", at_name, 0x20),
        altered("the end altered", 16, 0x40),
        wrong("a signature of zeros", &with(&[0; 64])),
        wrong("r of zero", &with(&[&[0; 32], &whole[s..]].concat())),
        wrong("s of zero", &with(&[&whole[start..s], &[0; 32]].concat())),
        wrong("the two halves in the other order", &with(&[&whole[s..], &whole[start..s]].concat())),
        wrong(
            "the signature of another card",
            &with(&key.code(&collaborator_card().payload())[collaborator_start()..]),
        ),
        wrong("signed by another key", &with(&TestKey::named("stranger").sign(&good().to_be_signed()))),
        wrong("signed by another key of the issuer", &with(&TestKey::named("retired").sign(&good().to_be_signed()))),
        wrong("only the payload signed", &signed_as(&payload)),
        wrong("signed with external data", &signed_as(&good().to_be_signed_with(b"x"))),
        wrong("signed for another context", &signed_as(&context)),
        wrong("the payload is not read before the signature", &unread),
    ]
}

/// Where the signature begins in a code of the collaborator card.
fn collaborator_start() -> usize {
    TestKey::named("active").code(&collaborator_card().payload()).len() - 64
}

/// The order of P-256 less a number, by schoolbook subtraction.
fn negated(s: &[u8]) -> [u8; 32] {
    let order = hex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    let mut difference = [0; 32];
    let mut borrow = 0_i16;
    for at in (0..32).rev() {
        let digit = i16::from(order[at]) - i16::from(s[at]) - borrow;
        borrow = i16::from(digit < 0);
        difference[at] = u8::try_from(digit.rem_euclid(256)).expect("one byte");
    }
    difference
}
