//! The bytes, read with libraries that are not ours.

use super::{BYTES, Foreign, bit_of, served, status};
use crate::support::{
    on_both_databases,
    registry::{PUBLIC_URL, TestRegistry, instant},
};
use ciborium::Value;
use data_encoding::HEXLOWER;
use press_registry::{
    app::keys::{self, Retirement},
    domain::{
        card_code::{Envelope, Kid, honest_digest},
        printed::StatusIndex,
        signed_list::ListName,
        status_list::{Bits, StatusList},
    },
    keys::PairUse,
};

/// The statuses of sixteen tokens in the draft's first example (§4.1), first token first.
pub(super) const EXAMPLE: [u8; 16] = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
/// The bytes that they are, and the same packed, in the draft's example of a list in CBOR (§4.3).
const EXAMPLE_BYTES: [u8; 2] = [0xB9, 0xA3];
pub(super) const EXAMPLE_LIST: &str = "78dadbb918000217015d";

#[test]
fn bits_have_the_order_of_the_draft() {
    let packed = HEXLOWER.decode(EXAMPLE_LIST.as_bytes()).expect("hex");
    let unpacked = fdeflate::decompress_to_vec_bounded(&packed, 2).ok().expect("zlib");
    assert_eq!(unpacked, EXAMPLE_BYTES);
    let read: Vec<u8> = (0..16).map(|slot| status(&unpacked, slot)).collect();
    assert_eq!(read, EXAMPLE);

    let mut bits = Bits::all_set();
    for (slot, value) in (0..).zip(EXAMPLE) {
        bits.put(slot, value == 1);
    }
    let ours: Vec<u8> = (0..17).map(|slot| u8::from(bits.is_set(slot))).collect();
    assert_eq!(ours, [&EXAMPLE[..], &[1]].concat());
    let list = StatusList::new(0, bits, instant("2026-12-01T02:00:00Z"));
    let unsigned = list.unsigned(PUBLIC_URL, Kid::from_bytes([0; 4]));
    let token = unsigned.signed(&[0; 64]);
    // The first bytes of the only block, stored as they are.
    let head = [0x78, 0x01, 0x01, 0x00, 0x40, 0xFF, 0xBF, EXAMPLE_BYTES[0], EXAMPLE_BYTES[1], 0xFF];
    assert!(token.windows(head.len()).any(|window| window == head));
}

#[test]
fn the_size_of_a_list_is_that_of_its_address_and_nothing_else() {
    let at = instant("2026-12-01T02:00:00Z");
    let size = |list: u32, bits: Bits, public_url: &str| {
        StatusList::new(list, bits, at).unsigned(public_url, Kid::from_bytes([0; 4])).signed(&[0; 64]).len()
    };
    let mut none_withdrawn = Bits::all_set();
    (0..StatusIndex::SLOTS).for_each(|slot| none_withdrawn.put(slot, false));
    let first = size(0, Bits::all_set(), PUBLIC_URL);
    // The last list that an index of 32 bits can be in is number 32,767.
    for list in [0, 1, 9, 10, 63, 99, 100, 999, 1_000, 1_023, 1_024, 9_999, 10_000, 32_767] {
        let digits = list.to_string().len();
        assert_eq!(size(list, Bits::all_set(), PUBLIC_URL), first + digits - 1, "list {list}");
        assert_eq!(size(list, none_withdrawn.clone(), PUBLIC_URL), first + digits - 1, "list {list}");
    }
    let longest = format!("https://{}", "h".repeat(253));
    assert!(size(32_767, none_withdrawn, &longest) <= 16_896);
}

on_both_databases! {
    fn a_list_is_what_the_contract_says_of_it(node: TestRegistry) {
        let (good, revoked) = (node.issued_card(), node.issued_card());
        node.happen(&node.registrar(), &revoked, "revoke", "prosecution").expect("revoked");
        node.publish_lists().expect("signed");
        let token = &served(&node, 0).token;
        assert!(token.len() <= 16_896, "{}", token.len());
        let list = Foreign::read(token, node.ring().document());
        assert_eq!(list.media_type, "application/statuslist+cwt");
        assert_eq!(list.kid, node.ring().status().expect("a key").kid().to_string());
        let keys: Vec<i64> =
            list.claims.iter().map(|(key, _)| key.as_integer().expect("a number").try_into().expect("small")).collect();
        assert_eq!(keys, [2, 4, 6, 65_533, 65_534]);
        assert_eq!(list.subject(), format!("{PUBLIC_URL}/status/0"));
        let now = instant("2026-12-01T02:00:00Z").seconds();
        assert_eq!((list.number(6), list.number(4), list.number(65_534)), (now, now + 86_400, 300));
        assert_eq!(list.member("bits"), &Value::from(1));
        let packed = list.member("lst").as_bytes().expect("bytes");
        assert_eq!(packed[..7], [0x78, 0x01, 0x01, 0x00, 0x40, 0xFF, 0xBF], "one stored block, which is the last");
        assert_eq!(packed.len(), 2 + 5 + BYTES + 4);
        let bits = list.bits();
        assert_eq!(bits.len(), BYTES);
        let clear: Vec<u32> = (0..131_072).filter(|slot| status(&bits, *slot) == 0).collect();
        assert_eq!(clear, [good.status_index.slot()], "what was never issued is set");
        assert_eq!(bit_of(&node, &revoked), 1);
    }

    fn the_size_of_a_list_tells_nothing(node: TestRegistry) {
        let cards = [node.issued_card(), node.issued_card(), node.issued_card()];
        node.publish_lists().expect("signed");
        let size = served(&node, 0).token.len();
        for card in &cards {
            node.happen(&node.registrar(), card, "revoke", "prosecution").expect("revoked");
            node.publish_lists().expect("signed");
            assert_eq!(served(&node, 0).token.len(), size);
        }
    }

    fn an_honest_set_holds_what_was_issued_under_its_key(node: TestRegistry) {
        let cards = [node.issued_card(), node.issued_card(), node.issued_card()];
        let kid = cards[0].kid;
        keys::rotate(&node, PairUse::Card).expect("rotated");
        let other = node.issued_card();
        assert_ne!(other.kid, kid);
        node.publish_lists().expect("signed");
        assert!(node.lists.get(ListName::Honest(kid)).is_none(), "nothing is told of a key that is only retired");
        keys::retire(&node, &kid.to_string(), Retirement::Compromised).expect("compromised");
        node.publish_lists().expect("signed");

        let token = &node.lists.get(ListName::Honest(kid)).expect("a set").token;
        let set = Foreign::read(token, node.ring().document());
        assert_eq!(set.media_type, "application/cwt");
        assert_eq!(set.claims.len(), 3);
        assert_eq!(set.subject(), format!("{PUBLIC_URL}/status/honest/{kid}"));
        assert_eq!(set.number(6), instant("2026-12-01T02:00:00Z").seconds());
        let mut expected: Vec<[u8; 10]> = cards
            .iter()
            .map(|card| honest_digest(Envelope::parse(&card.code).expect("a code").payload))
            .collect();
        expected.sort_unstable();
        assert_eq!(set.claim(-65_538).as_bytes().expect("bytes"), &expected.concat());
    }
}
