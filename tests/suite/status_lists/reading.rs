//! What a verifier takes for a list, and what it does not: whatever is signed by a key that may, in any form of CBOR
//! and zlib; and nothing else.

use crate::support::registry::instant;
use ciborium::{Value, cbor};
use coset::{CborSerializable as _, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable as _};
use press_registry::{
    domain::{
        card_code::Kid,
        held::Held,
        honest_set::HonestSet,
        issuer::{Contact, IssuerDocument, IssuerKey, KeyState, KeyUse, KnownIssuer, LogIdentity, Words},
        printed::StatusIndex,
        signed_list::Unbelieved,
        status_list::{Bits, StatusList},
        time::Timestamp,
        verdict::Known as _,
    },
    keys::{SigningKey, coordinates},
};
use proptest::prelude::*;

const URL: &str = "https://press.example.vn";
const NOW: &str = "2026-12-01T02:00:00Z";
const LIST: &str = "application/statuslist+cwt";
const SET: &str = "application/cwt";

struct Registry {
    key: SigningKey,
    issuer: KnownIssuer,
}

impl Registry {
    /// With one key of this use and state.
    fn with(key_use: KeyUse, state: KeyState) -> Self {
        let key = SigningKey::generate().expect("a key");
        let (x, y) = coordinates(key.point()).expect("a point");
        let words = || Words::new("x", "x");
        let document = IssuerDocument {
            name: words(),
            issued_at: instant(NOW),
            hosts: vec!["press.example.vn".to_owned()],
            contact: Contact { phone: "1".to_owned(), url: URL.to_owned() },
            keys: vec![IssuerKey::es256(&x, &y, key_use, state, [instant(NOW), instant(NOW)])],
            status_lists: vec![],
            log: LogIdentity { origin: "x".to_owned(), vkey: "x".to_owned() },
            past_logs: vec![],
        };
        Self { key, issuer: KnownIssuer::new(&document).expect("an issuer") }
    }

    fn new() -> Self {
        Self::with(KeyUse::Status, KeyState::Active)
    }

    /// A token of these claims, as somebody else's library writes it.
    fn sign(&self, media_type: &str, claims: &Value) -> Vec<u8> {
        self.sign_bytes(media_type, claims.clone().to_vec().expect("CBOR"))
    }

    fn sign_bytes(&self, media_type: &str, payload: Vec<u8>) -> Vec<u8> {
        let header = HeaderBuilder::new()
            .algorithm(coset::iana::Algorithm::ES256)
            .key_id(self.key.kid().as_bytes().to_vec())
            .value(16, Value::from(media_type));
        let token = CoseSign1Builder::new()
            .protected(header.build())
            .unprotected(HeaderBuilder::new().value(-70_000, Value::from("said by nobody")).build())
            .payload(payload)
            .create_signature(&[], |data| self.key.sign(data).expect("a signature").to_vec());
        token.build().to_tagged_vec().expect("CBOR")
    }

    fn read(&self, claims: &Value) -> Result<StatusList, Unbelieved> {
        StatusList::read(&self.sign(LIST, claims), &self.issuer).map(|(list, _)| list)
    }
}

fn packed(bytes: &[u8], level: u8) -> Value {
    Value::Bytes(miniz_oxide::deflate::compress_to_vec_zlib(bytes, level))
}

/// Claims in another order than ours, with one that nobody knows.
fn claims(subject: &str, bits: u64, packed: Value) -> Value {
    let list = Value::Map(vec![(Value::from("bits"), Value::from(bits)), (Value::from("lst"), packed)]);
    cbor!({
        65_534 => 43_200,
        65_533 => list,
        "iss" => ["anything", { 1 => 2 }],
        6 => 1_000,
        4 => 2_000,
        2 => subject
    })
    .expect("CBOR")
}

fn bytes() -> Vec<u8> {
    let mut bytes = vec![0; 16_384];
    bytes[0] = 0xB9;
    bytes
}

#[test]
fn a_list_may_be_packed_and_ordered_in_any_way() {
    let registry = Registry::new();
    for level in [0, 1, 6, 9] {
        let list = registry.read(&claims("https://press.example.vn/status/7", 1, packed(&bytes(), level)));
        let list = list.unwrap_or_else(|why| panic!("level {level}: {why}"));
        assert_eq!((list.list, list.issued_at.seconds(), list.expires.seconds()), (7, 1_000, 2_000));
        let set: Vec<u32> = (0..StatusIndex::SLOTS).filter(|slot| list.bits.is_set(*slot)).collect();
        assert_eq!(set, [0, 3, 4, 5, 7]);
        assert!(list.bits.is_set(StatusIndex::SLOTS), "a slot that no list has");
    }
}

#[test]
fn what_is_not_one_bit_for_each_slot_of_a_list_of_ours_is_no_list() {
    let registry = Registry::new();
    let ours = "https://press.example.vn/status/7";
    let with_more_behind = match packed(&bytes(), 6) {
        Value::Bytes(bytes) => Value::Bytes([bytes, vec![0]].concat()),
        other => other,
    };
    let damaged = match packed(&bytes(), 6) {
        Value::Bytes(mut bytes) => {
            // The checksum at its end.
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            Value::Bytes(bytes)
        }
        other => other,
    };
    for (what, claims) in [
        ("two bits", claims(ours, 2, packed(&bytes(), 6))),
        ("short", claims(ours, 1, packed(&bytes()[1..], 6))),
        ("long", claims(ours, 1, packed(&[bytes(), vec![0]].concat(), 6))),
        ("a bomb", claims(ours, 1, packed(&vec![0; 4 << 20], 9))),
        ("no zlib", claims(ours, 1, Value::Bytes(bytes()[..100].to_vec()))),
        ("more behind", claims(ours, 1, with_more_behind)),
        ("damaged", claims(ours, 1, damaged)),
        ("no bytes", claims(ours, 1, Value::from("x"))),
        ("another host", claims("https://press.example.org/status/7", 1, packed(&bytes(), 6))),
        ("no host", claims("/status/7", 1, packed(&bytes(), 6))),
        ("no list", claims("https://press.example.vn/v", 1, packed(&bytes(), 6))),
        ("a set", claims("https://press.example.vn/status/honest/091304a8", 1, packed(&bytes(), 6))),
        ("another number", claims("https://press.example.vn/status/07", 1, packed(&bytes(), 6))),
        ("no claims", cbor!({ 2 => ours }).expect("CBOR")),
        ("no map", cbor!(["x"]).expect("CBOR")),
    ] {
        assert_eq!(registry.read(&claims), Err(Unbelieved::NotAList), "{what}");
    }
    let ours = claims(ours, 1, packed(&bytes(), 6));
    assert!(registry.read(&ours).is_ok());
    for media_type in [SET, "", "statuslist+cwt", "application/statuslist+jwt"] {
        let token = registry.sign(media_type, &ours);
        assert_eq!(StatusList::read(&token, &registry.issuer), Err(Unbelieved::NotAList), "{media_type}");
    }
    let padded = [registry.sign(LIST, &ours), vec![0; 16_896]].concat();
    assert_eq!(StatusList::read(&padded, &registry.issuer), Err(Unbelieved::NotAList));
}

#[test]
fn only_keys_of_lists_that_are_not_compromised_sign_lists() {
    let ours = claims("https://press.example.vn/status/7", 1, packed(&bytes(), 6));
    for (key_use, state, expected) in [
        (KeyUse::Status, KeyState::Active, None),
        (KeyUse::Status, KeyState::Retired, None),
        (KeyUse::Status, KeyState::Compromised, Some(Unbelieved::UnknownKey)),
        (KeyUse::Card, KeyState::Active, Some(Unbelieved::UnknownKey)),
        (KeyUse::Other, KeyState::Active, Some(Unbelieved::UnknownKey)),
    ] {
        let registry = Registry::with(key_use, state);
        assert_eq!(registry.read(&ours).err(), expected, "{key_use:?} {state:?}");
    }
    let (registry, other) = (Registry::new(), Registry::new());
    let token = registry.sign(LIST, &ours);
    assert_eq!(StatusList::read(&token, &other.issuer), Err(Unbelieved::UnknownKey));
    let middle = token.len() - 80;
    for at in [middle, token.len() - 1] {
        let mut altered = token.clone();
        altered[at] ^= 1;
        assert_eq!(StatusList::read(&altered, &registry.issuer), Err(Unbelieved::BadSignature), "{at}");
    }
    for end in 0..token.len() {
        assert!(StatusList::read(&token[..end], &registry.issuer).is_err(), "{end}");
    }
}

#[test]
fn a_set_is_sorted_and_whole() {
    let registry = Registry::new();
    let read = |digests: Vec<u8>| {
        let claims = cbor!({
            2 => "https://press.example.vn/status/honest/091304a8", 6 => 1_000, -65_538 => Value::Bytes(digests)
        });
        HonestSet::read(&registry.sign(SET, &claims.expect("CBOR")), &registry.issuer).map(|(set, _)| set)
    };
    let (low, high) = ([1; 10], [2; 10]);
    let set = read([low, high].concat()).expect("a set");
    assert_eq!((set.kid.to_string().as_str(), set.issued_at.seconds(), set.digests.len()), ("091304a8", 1_000, 2));
    assert!(read(vec![]).expect("a set").digests.is_empty());
    for wrong in [[high, low].concat(), [low, low].concat(), low[1..].to_vec()] {
        assert_eq!(read(wrong), Err(Unbelieved::NotAList));
    }
}

#[test]
fn what_we_write_reads_back_and_the_newer_of_two_counts() {
    let registry = Registry::new();
    let token = |set: bool, at: i64| {
        let mut bits = Bits::all_set();
        bits.put(5, set);
        let unsigned = StatusList::new(0, bits, Timestamp::from_seconds(at)).unsigned(URL, registry.key.kid());
        unsigned.signed(&registry.key.sign(&unsigned.to_be_signed()).expect("a signature"))
    };
    let set = |digest: u8, at: i64| {
        let kid = Kid::from_bytes([9; 4]);
        let set = HonestSet::new(kid, [[digest; 10]].into(), Timestamp::from_seconds(at));
        let unsigned = set.unsigned(URL, registry.key.kid());
        unsigned.signed(&registry.key.sign(&unsigned.to_be_signed()).expect("a signature"))
    };
    let slot = StatusIndex::from_u32(5);
    for order in [[0, 1], [1, 0]] {
        let tokens = [(token(false, 1_000), set(1, 1_000)), (token(true, 2_000), set(2, 2_000))];
        let mut held = Held::new(registry.issuer.clone());
        assert_eq!((held.list_entry(slot), held.newest_iat()), (None, None));
        assert_eq!(held.is_honest(Kid::from_bytes([9; 4]), &[1; 10]), None);
        for at in order {
            held.add(&tokens[at].0).expect("a list");
            held.add(&tokens[at].1).expect("a set");
        }
        let entry = held.list_entry(slot).expect("a list");
        assert_eq!((entry.is_set, entry.issued_at.seconds(), entry.expires.seconds()), (true, 2_000, 88_400));
        assert_eq!(held.newest_iat(), Some(Timestamp::from_seconds(2_000)));
        let honest = |digest: u8| held.is_honest(Kid::from_bytes([9; 4]), &[digest; 10]);
        assert_eq!((honest(1), honest(2)), (Some(false), Some(true)));
        assert_eq!(held.list_entry(StatusIndex::from_u32(1 << 17)), None, "another list");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let registry = Registry::new();
        prop_assert!(StatusList::read(&bytes, &registry.issuer).is_err());
        prop_assert!(HonestSet::read(&bytes, &registry.issuer).is_err());
        prop_assert!(Held::new(registry.issuer).add(&bytes).is_err());
    }

    /// Any claims under a good signature: of what is taken for a list every part was there.
    #[test]
    fn any_signed_bytes_are_read_without_a_panic(payload in prop::collection::vec(any::<u8>(), 0..300), kind: bool) {
        let registry = Registry::new();
        let token = registry.sign_bytes(if kind { LIST } else { SET }, payload);
        prop_assert_eq!(StatusList::read(&token, &registry.issuer).err(), Some(Unbelieved::NotAList));
        prop_assert_eq!(HonestSet::read(&token, &registry.issuer).err(), Some(Unbelieved::NotAList));
    }

    #[test]
    fn an_altered_byte_is_noticed_unless_nobody_signed_it(at in 0_usize..100_000, to: u8) {
        let registry = Registry::new();
        let token = registry.sign(LIST, &claims("https://press.example.vn/status/7", 1, packed(&bytes(), 6)));
        let at = at % token.len();
        prop_assume!(token[at] != to);
        let mut altered = token.clone();
        altered[at] = to;
        let read = |token: &[u8]| StatusList::read(token, &registry.issuer).map(|(list, _)| list);
        if let Ok(list) = read(&altered) {
            prop_assert_eq!(Ok(list), read(&token));
        }
    }
}
