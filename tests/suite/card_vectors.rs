//! The golden card codes of version 1, in `tests/vectors`: what they are worth today, they are worth for ever.
//!
//! The committed file is read and never written here, but by the first test with `PRESS_REGISTRY_WRITE_VECTORS=1`.

pub(crate) mod addresses;
mod at_the_prompt;
mod campaign;
mod file;
mod generate;
mod in_the_browser;
mod over_http;
mod properties;
mod raw;
mod signed;
mod situations;
mod world;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use coset::{CborSerializable as _, TaggedCborSerializable as _, iana};
use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD, HEXLOWER};
use file::{Expected, VectorFile};
use press_registry::domain::{
    card_code::Kid,
    printed::{CardNumber, StatusIndex},
    time::Timestamp,
    typed_code::{TypedCode, TypedKey, printed},
    verdict::judge,
};
use std::collections::BTreeSet;

/// Every verdict and reason of the contract but `no_match`, which no text of a QR can have.
const TABLE: [(&str, Option<&str>); 13] = [
    ("not_ours", Some("not_a_code")),
    ("not_ours", Some("unknown_key")),
    ("cannot_confirm", Some("unknown_key")),
    ("not_ours", Some("bad_signature")),
    ("cannot_confirm", Some("newer_version")),
    ("cannot_confirm", Some("no_honest_set")),
    ("not_valid", Some("forged")),
    ("not_valid", Some("not_yet_valid")),
    ("not_valid", Some("expired")),
    ("cannot_confirm", Some("clock")),
    ("cannot_confirm", Some("no_fresh_list")),
    ("not_valid", Some("withdrawn")),
    ("valid", None),
];

#[test]
fn every_vector_is_judged_as_it_says() {
    if std::env::var_os("PRESS_REGISTRY_WRITE_VECTORS").is_some_and(|value| value == "1") {
        generate::write();
    }
    let file = VectorFile::read();
    for vector in &file.vectors {
        let now = Timestamp::parse(&vector.now).expect("a time");
        let judgement = judge(&vector.text, now, &file.knowledge(vector));
        assert_eq!(Expected::from(&judgement), vector.expect, "{}", vector.name);
    }
}

#[test]
fn the_vectors_cover_the_whole_table() {
    let file = VectorFile::read();
    let names: BTreeSet<&str> = file.vectors.iter().map(|vector| vector.name.as_str()).collect();
    let seen: BTreeSet<(&str, Option<&str>)> =
        file.vectors.iter().map(|vector| (vector.expect.verdict.as_str(), vector.expect.reason.as_deref())).collect();
    assert!(file.vectors.len() >= 200, "{} vectors", file.vectors.len());
    assert_eq!(names.len(), file.vectors.len(), "each vector has its own name");
    assert_eq!(seen, BTreeSet::from(TABLE));
}

#[test]
fn the_example_of_the_document_is_golden() {
    let document =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/api-docs/card-code.md")).expect("a page");
    let file = VectorFile::read();
    let card = file.vectors.iter().find(|vector| vector.name == "a press card").expect("the first vector");
    assert!(document.contains(&card.text));
    assert!(document.contains(&file.typed_codes.printed[0].printed));
}

#[test]
fn typed_codes_are_derived_and_read_as_they_say() {
    let codes = VectorFile::read().typed_codes;
    let secret = HEXLOWER.decode(codes.key.as_bytes()).expect("hex").try_into().expect("32 bytes");
    let key = TypedKey::new(&secret);
    for code in &codes.printed {
        let number = CardNumber::parse(&code.number).expect("a number");
        let check = key.check(Kid::parse(&code.kid).expect("a kid"), StatusIndex::from_u32(code.status_index));
        assert_eq!(printed(&number, check), code.printed);
        assert_eq!(number.key(), code.number_key);
        let typed = TypedCode::parse(&code.printed).expect("what is printed can be typed");
        assert!(typed.number_key == code.number_key && typed.check.matches(check), "{}", code.printed);
    }
    for typed in &codes.typed {
        let read = TypedCode::parse(&typed.text);
        assert_eq!(read.as_ref().map(|code| code.number_key.clone()), typed.number_key, "{:?}", typed.text);
        assert_eq!(read.map(|code| code.check.to_string()), typed.check, "{:?}", typed.text);
    }
}

#[test]
fn a_cose_library_that_we_did_not_write_reads_the_valid_codes() {
    let file = VectorFile::read();
    let mut read = 0;
    for vector in file.vectors.iter().filter(|vector| vector.expect.verdict == "valid") {
        let (_, base32) = vector.text.split_once('#').expect("a link");
        let code = BASE32_NOPAD.decode(base32.to_ascii_uppercase().as_bytes()).expect("base32");
        let sign1 = coset::CoseSign1::from_tagged_slice(&code).expect("a COSE_Sign1");
        let protected = &sign1.protected.header;
        assert_eq!(protected.alg, Some(coset::Algorithm::Assigned(iana::Algorithm::ES256)), "{}", vector.name);
        assert!(sign1.unprotected.is_empty());
        let kid = HEXLOWER.encode(&protected.key_id);
        let key = file.issuers[&vector.issuer].keys.iter().find(|key| key.kid == kid).expect("a listed key");
        let number = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url");
        let point = [vec![4], number(&key.x), number(&key.y)].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        sign1.verify_signature(b"", |signature, data| key.verify(data, signature)).expect("a good signature");
        let claims =
            coset::cwt::ClaimsSet::from_slice(sign1.payload.as_deref().expect("a payload")).expect("CWT claims");
        assert!(claims.expiration_time.is_some() && claims.not_before.is_some(), "{}", vector.name);
        assert_eq!(claims.rest.len(), 1, "{}", vector.name);
        read += 1;
    }
    assert!(read >= 20, "{read} codes read");
}
