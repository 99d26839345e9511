//! The small world of the vectors: six keys, one issuer, a few lists, and good cards to alter.

use super::file::{HonestSet, StatusList, path};
use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use press_registry::domain::{
    card_code::{self, Claims, Entitlement, Envelope, Kid, honest_digest, low_s, to_be_signed},
    issuer::{Contact, IssuerDocument, IssuerKey, KeyState, KeyUse, LogIdentity, PastLog, StatusListLink, Words},
    printed::{CardNumber, LetterScope, PhotoDigest, PrintedName, ShortName, StatusIndex, Validity},
    time::{Day, Timestamp},
};
use std::{collections::BTreeMap, sync::LazyLock};

/// 2026-03-02T10:00:00 in Việt Nam.
pub(super) const NOW: i64 = 1_772_420_400;
/// When the fresh lists were signed: five minutes before.
pub(super) const LIST_IAT: i64 = NOW - 300;
pub(super) const DAY: i64 = 86_400;
pub(super) const PUBLIC_URL: &str = "https://press.example.vn";
/// Slots whose bit is set in list 0.
pub(super) const WITHDRAWN_SLOT: u32 = 9;
pub(super) const LAST_SLOT: u32 = (1 << 17) - 1;

/// A test key with its private part.
pub(super) struct TestKey {
    x: [u8; 32],
    y: [u8; 32],
    pair: EcdsaKeyPair,
    pub(super) kid: Kid,
}

impl TestKey {
    /// The key of this name in `keys.json`, which is read once: some tests need keys by the thousand.
    pub(super) fn named(name: &str) -> &'static Self {
        static KEYS: LazyLock<BTreeMap<String, TestKey>> = LazyLock::new(|| {
            let json = std::fs::read(path("keys.json")).expect("the committed keys");
            let file: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
            let keys = file["keys"].as_array().expect("a list of keys").iter();
            keys.map(|jwk| (jwk["name"].as_str().expect("a name").to_owned(), TestKey::read(jwk))).collect()
        });
        KEYS.get(name).expect("a key of this name")
    }

    fn read(jwk: &serde_json::Value) -> Self {
        let number = |member: &str| -> [u8; 32] {
            let text = jwk[member].as_str().expect("a base64url text");
            BASE64URL_NOPAD.decode(text.as_bytes()).expect("base64url").try_into().expect("32 bytes")
        };
        let (x, y) = (number("x"), number("y"));
        let point = [&[4], x.as_slice(), y.as_slice()].concat();
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(&ECDSA_P256_SHA256_FIXED_SIGNING, &number("d"), &point);
        Self { x, y, pair: pair.expect("the two parts belong together"), kid: Kid::of_jwk(&x, &y) }
    }

    /// A low-S signature of any message.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature = self.pair.sign(&SystemRandom::new(), message).expect("signing");
        low_s(signature.as_ref().try_into().expect("64 bytes"))
    }

    /// A code of any payload, well signed.
    pub(super) fn code(&self, payload: &[u8]) -> Vec<u8> {
        let signature = self.sign(&to_be_signed(self.kid, payload));
        Envelope { kid: self.kid, payload, signature: &signature }.to_bytes()
    }

    fn listed(&self, key_use: KeyUse, state: KeyState) -> IssuerKey {
        let signs = [NOW - 400 * DAY, NOW + 400 * DAY].map(Timestamp::from_seconds);
        IssuerKey::es256(&self.x, &self.y, key_use, state, signs)
    }
}

/// The text of a code at the usual address.
pub(super) fn text(code: &[u8]) -> String {
    card_code::text(PUBLIC_URL, code)
}

/// The issuer, with a key of an algorithm and use that version 1 does not know.
pub(super) fn issuer() -> IssuerDocument {
    let later = IssuerKey {
        kid: FUTURE_KID.to_owned(),
        key_use: KeyUse::Other,
        alg: "EdDSA".to_owned(),
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        y: String::new(),
        ..TestKey::named("active").listed(KeyUse::Card, KeyState::Active)
    };
    let log =
        LogIdentity { origin: "press.example.vn/log/2".to_owned(), vkey: "press.example.vn/log/2+0+A".to_owned() };
    IssuerDocument {
        name: Words::new("Sổ đăng ký mẫu", "Sample registry"),
        issued_at: Timestamp::from_seconds(NOW - 3_600),
        hosts: vec!["press.example.vn".to_owned(), "the-nha-bao.example.vn".to_owned()],
        contact: Contact { phone: "1900 0000".to_owned(), url: PUBLIC_URL.to_owned() },
        keys: vec![
            TestKey::named("active").listed(KeyUse::Card, KeyState::Active),
            TestKey::named("retired").listed(KeyUse::Card, KeyState::Retired),
            TestKey::named("compromised").listed(KeyUse::Card, KeyState::Compromised),
            TestKey::named("stolen").listed(KeyUse::Card, KeyState::Compromised),
            TestKey::named("status").listed(KeyUse::Status, KeyState::Active),
            later,
        ],
        status_lists: vec![StatusListLink { n: 0, url: format!("{PUBLIC_URL}/status/0") }],
        past_logs: vec![PastLog {
            identity: LogIdentity { origin: "press.example.vn/log".to_owned(), ..log.clone() },
            size: 7,
            root: "AAAA".to_owned(),
            checkpoint: "press.example.vn/log\n7\nAAAA\n".to_owned(),
        }],
        log,
    }
}

/// The kid of a listed key that cannot verify cards.
pub(super) const FUTURE_KID: &str = "0f0f0f0f";

/// Status lists by name.
pub(super) fn status_lists() -> BTreeMap<String, BTreeMap<u32, StatusList>> {
    let list = |iat: i64, life: i64, set: &[u32]| StatusList { iat, exp: iat + life, set: set.to_vec() };
    let fresh = BTreeMap::from([
        (0, list(LIST_IAT, DAY, &[WITHDRAWN_SLOT, LAST_SLOT - 1])),
        (1, list(LIST_IAT - 2 * DAY, DAY, &[])),
        (2, list(LIST_IAT, 60, &[])),
        (1024, list(LIST_IAT - 600, DAY, &[WITHDRAWN_SLOT])),
    ]);
    BTreeMap::from([("fresh".to_owned(), fresh), ("none".to_owned(), BTreeMap::new())])
}

/// Honest sets by name.
pub(super) fn honest_sets() -> BTreeMap<String, BTreeMap<String, HonestSet>> {
    let honest = [press_card().payload(), with_index(press_card(), 0, WITHDRAWN_SLOT).payload()];
    let mut digests = honest.map(|payload| HEXLOWER.encode(&honest_digest(&payload))).to_vec();
    digests.sort();
    let set = HonestSet { iat: LIST_IAT - 7 * DAY, digests };
    let fresh = BTreeMap::from([(TestKey::named("compromised").kid.to_string(), set)]);
    BTreeMap::from([("fresh".to_owned(), fresh), ("none".to_owned(), BTreeMap::new())])
}

/// A press card of 2026 to 2030 in slot 5 of list 0.
pub(super) fn press_card() -> Claims {
    let day = |raw| Day::parse(raw).expect("a date");
    Claims {
        entitlement: Entitlement::PressCard,
        status_index: StatusIndex::new(0, 5).expect("in range"),
        number: CardNumber::parse("NB-000123").expect("a number"),
        name: PrintedName::parse("Nguyễn Thị Phượng").expect("a name"),
        agency: ShortName::parse("Báo Bắc Kạn").expect("a short name"),
        photo_digest: Some(PhotoDigest::of(b"a portrait")),
        validity: Validity::new(day("2026-01-01").start(), day("2030-12-31").end()).expect("in order"),
    }
}

/// A letter of three days in slot 5 of list 1024.
pub(super) fn letter() -> Claims {
    let scope = LetterScope::parse("Xã Ba Bể, tỉnh Thái Nguyên", "Ủy ban nhân dân xã", "Viết về du lịch hồ Ba Bể");
    let at = |seconds| Timestamp::from_seconds(seconds);
    Claims {
        entitlement: Entitlement::IntroductionLetter(scope.expect("a scope")),
        status_index: StatusIndex::new(1024, 5).expect("in range"),
        number: CardNumber::parse("GGT-26-00042").expect("a number"),
        photo_digest: None,
        validity: Validity::new(at(NOW - 7_200), at(NOW - 7_200 + 3 * DAY)).expect("in order"),
        ..press_card()
    }
}

/// A collaborator card in slot 6 of list 0.
pub(super) fn collaborator_card() -> Claims {
    Claims {
        entitlement: Entitlement::CollaboratorCard,
        number: CardNumber::parse("CTV-0007").expect("a number"),
        ..with_index(press_card(), 0, 6)
    }
}

/// The same card elsewhere in the lists.
pub(super) fn with_index(claims: Claims, list: u32, slot: u32) -> Claims {
    Claims { status_index: StatusIndex::new(list, slot).expect("in range"), ..claims }
}
