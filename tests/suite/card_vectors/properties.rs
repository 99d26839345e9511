//! What holds for every text and every card, not only for the golden ones.

use super::{
    file::Held,
    world::{self, NOW, TestKey, letter, press_card},
};
use data_encoding::BASE32_NOPAD;
use press_registry::domain::{
    card_code::{Claims, Entitlement},
    issuer::{DocumentSignature, KnownIssuer},
    printed::{CardNumber, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity},
    time::Timestamp,
    verdict::{CardState, Finding, Unproven, judge, judge_typed},
    wording,
};
use proptest::prelude::*;
use std::sync::LazyLock;

/// Each case is judged by the same: it is made once.
fn held() -> &'static Held {
    static HELD: LazyLock<Held> = LazyLock::new(|| {
        let (mut lists, mut sets) = (world::status_lists(), world::honest_sets());
        Held::new(&world::issuer(), lists.remove("fresh").expect("listed"), sets.remove("fresh").expect("listed"))
    });
    &HELD
}

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW)
}

/// Any card that can be printed.
fn any_claims() -> impl Strategy<Value = Claims> {
    let words =
        |max: usize| prop::collection::vec("[A-Za-zĐđƠơƯưÁáỄễ]{1,6}", 1..=max).prop_map(|words| words.join(" "));
    let entitlement = prop_oneof![
        Just(Entitlement::PressCard),
        Just(Entitlement::CollaboratorCard),
        (words(3), words(3), words(3)).prop_map(|(place, unit, work)| {
            Entitlement::IntroductionLetter(LetterScope::parse(&place, &unit, &work).expect("short lines"))
        }),
    ];
    let photo = prop::option::of(any::<[u8; 8]>());
    let times = (0..=253_402_300_798_i64).prop_flat_map(|from| (Just(from), from + 1..=253_402_300_799));
    (entitlement, any::<u32>(), "[A-Z0-9-]{1,16}", words(4), words(2), photo, times).prop_map(
        |(entitlement, index, number, name, agency, photo, (from, until))| Claims {
            entitlement,
            status_index: StatusIndex::from_u32(index),
            number: CardNumber::parse(&number).expect("a number"),
            name: PrintedName::parse(&name).expect("a short name"),
            agency: ShortName::parse(&agency).expect("a short name"),
            photo_digest: photo.map(PhotoDigest::from_bytes),
            validity: Validity::new(Timestamp::from_seconds(from), Timestamp::from_seconds(until)).expect("in order"),
        },
    )
}

proptest! {
    #[test]
    fn any_text_gives_one_answer(text in any::<String>(), at: i64) {
        let held = held();
        for text in [text.clone(), format!("HTTPS://H/V#{text}")] {
            let first = judge(&text, Timestamp::from_micros(at), held);
            prop_assert_eq!(&first, &judge(&text, Timestamp::from_micros(at), held));
            prop_assert!(first.card().is_none());
            prop_assert!(!wording::headline(&first).vi.is_empty());
        }
    }

    #[test]
    fn any_payload_under_a_good_signature_gives_an_answer(payload in prop::collection::vec(any::<u8>(), 0..64)) {
        let code = TestKey::named("active").code(&payload);
        let judgement = judge(&world::text(&code), now(), held());
        prop_assert!(judgement.card().is_none());
    }

    #[test]
    fn every_printable_card_is_read_back_whole(claims in any_claims(), at in 0..=253_402_300_799_i64) {
        let code = TestKey::named("active").code(&claims.payload());
        let (held, at) = (held(), Timestamp::from_seconds(at));
        let judgement = judge(&world::text(&code), at, held);
        prop_assert_eq!(judgement.card().map(|card| &card.claims), Some(&claims));
        prop_assert_eq!(&judgement, &judge_typed(Some(&code), at, held));
        prop_assert!(!wording::next_step(&judgement, "1900").en.is_empty());
    }

    #[test]
    fn one_altered_character_proves_nothing(at: prop::sample::Index, to in "[A-Z2-7]") {
        let good = BASE32_NOPAD.encode(&TestKey::named("active").code(&press_card().payload()));
        let at = at.index(good.len());
        prop_assume!(good[at..=at] != to);
        let altered = format!("#{}{to}{}", &good[..at], &good[at + 1..]);
        prop_assert!(matches!(judge(&altered, now(), held()).finding, Finding::Unproven(_)));
    }
}

#[test]
fn a_typed_code_is_judged_as_the_card_it_matched() {
    let code = TestKey::named("active").code(&press_card().payload());
    let late = Timestamp::from_seconds(press_card().validity.expires().seconds());
    assert!(matches!(judge_typed(Some(&code), now(), held()).finding, Finding::Card(_, CardState::Valid)));
    assert!(matches!(judge_typed(Some(&code), late, held()).finding, Finding::Card(_, CardState::Expired)));
    assert_eq!(judge_typed(None, now(), held()).finding, Finding::Unproven(Unproven::NoMatch));
    assert_eq!(judge_typed(None, now(), held()).reason(), Some("no_match"));
}

#[test]
fn only_a_known_status_key_vouches_for_another_document() {
    let document = br#"{"any":"bytes"}"#;
    let issuer = KnownIssuer::new(&world::issuer()).expect("a good document");
    let signed_by = |name: &str| {
        let key = TestKey::named(name);
        vec![DocumentSignature {
            kid: key.kid.to_string(),
            sig: data_encoding::BASE64URL_NOPAD.encode(&key.sign(document)),
        }]
    };
    assert!(issuer.vouches_for(document, &signed_by("status")));
    assert!(!issuer.vouches_for(document, &signed_by("active")));
    assert!(!issuer.vouches_for(document, &signed_by("stranger")));
    assert!(!issuer.vouches_for(b"{}", &signed_by("status")));
    assert!(!issuer.vouches_for(document, &[]));
}

#[test]
fn an_issuer_document_reads_back_and_lies_about_no_key() {
    let json = serde_json::to_vec(&world::issuer()).expect("plain data");
    assert_eq!(
        serde_json::from_slice::<press_registry::domain::issuer::IssuerDocument>(&json).expect("JSON"),
        world::issuer()
    );
    assert!(KnownIssuer::from_json(&json).is_ok());
    let mut misnamed = world::issuer();
    misnamed.keys[0].kid = misnamed.keys[1].kid.clone();
    assert!(KnownIssuer::new(&misnamed).is_err());
    let mut twice = world::issuer();
    twice.keys.push(twice.keys[0].clone());
    assert!(KnownIssuer::new(&twice).is_err());
    let mut off_the_curve = world::issuer();
    off_the_curve.keys[0].y = off_the_curve.keys[0].x.clone();
    assert!(KnownIssuer::new(&off_the_curve).is_err());
}

#[test]
fn words_name_the_days_that_are_printed() {
    let words = |claims: &Claims, at: i64| {
        let code = TestKey::named("active").code(&claims.payload());
        let judgement = judge(&world::text(&code), Timestamp::from_seconds(at), held());
        (wording::headline(&judgement), wording::next_step(&judgement, "1900 0000"))
    };
    let ends = press_card().validity.expires().seconds();
    assert_eq!(words(&press_card(), ends).0.vi, "Thẻ đã hết hạn ngày 31/12/2030");
    let begins = press_card().validity.not_before().seconds();
    assert_eq!(words(&press_card(), begins - 1).0.en, "Not yet valid (01/01/2026)");
    assert_eq!(words(&press_card(), NOW).0.vi, "Thẻ hợp lệ");
    assert_eq!(words(&letter(), NOW).0.vi, "Giấy giới thiệu hợp lệ");
    let stale = words(&press_card(), NOW + 3 * 86_400).1;
    assert!(stale.vi.contains("chưa cập nhật từ 3 ngày trước"), "{}", stale.vi);
    assert!(stale.en.contains("unknown since 3 days ago"), "{}", stale.en);
}
