//! The drill: a key is stolen. What is believed offline, with documents of before and after, and for how long.

use super::theft::{FORGED, Said, Thief, VALID, WITHDRAWN, free_slot, name};
use crate::support::{
    on_both_databases,
    registry::{PUBLIC_URL, TestRegistry, instant},
};
use press_registry::{
    app::{
        credentials,
        keys::{self, Retirement},
    },
    domain::{
        held::Held,
        issuer::KnownIssuer,
        signed_list::{ListName, Unbelieved},
        status_list::{Bits, StatusList},
        time::Timestamp,
        verdict::{Verdict, judge},
    },
    keys::{KeyDirectory, PairUse, SigningKey},
};
use std::sync::Arc;

const NO_SET: Said = (Verdict::CannotConfirm, Some("no_honest_set"));
const NO_LIST: Said = (Verdict::CannotConfirm, Some("no_fresh_list"));
const DAY: i64 = 86_400;

/// What somebody has fetched.
struct Fetched {
    document: Vec<u8>,
    lists: Vec<Vec<u8>>,
    sets: Vec<Vec<u8>>,
    at: Timestamp,
}

impl Fetched {
    fn from(node: &TestRegistry, stolen: &SigningKey) -> Self {
        node.publish_lists().expect("signed");
        node.refresh().expect("refreshed");
        let token = |name| node.lists.get(name).map(|served| served.token.to_vec()).into_iter().collect();
        Self {
            document: node.ring().document().to_vec(),
            lists: token(ListName::Status(0)),
            sets: token(ListName::Honest(stolen.kid())),
            at: node.clock.now(),
        }
    }

    /// What a verifier says of a code who holds this document, these lists and these sets, so long after they were
    /// fetched.
    fn say(document: &Self, lists: &Self, sets: &Self, code: &str, later: i64) -> Said {
        let mut held = Held::new(KnownIssuer::from_json(&document.document).expect("an issuer"));
        for token in lists.lists.iter().chain(&sets.sets) {
            held.add(token).expect("a list");
        }
        let judgement = judge(code, lists.at.plus_seconds(later), &held);
        (judgement.verdict(), judgement.reason())
    }
}

on_both_databases! {
    fn offline_a_theft_is_known_with_the_next_document(node: TestRegistry) {
        let (honest, revoked) = (node.issued_card(), node.issued_card());
        node.happen(&node.registrar(), &revoked, "revoke", "prosecution").expect("revoked");
        let thief = Thief::of(&node, &honest);
        let on_issued_slot = thief.sign(|claims| claims.name = name("Kẻ Mạo Danh"));
        let on_free_slot = thief.sign(|claims| claims.status_index = free_slot(&honest));
        let [honest, revoked] = [&honest, &revoked].map(|card| credentials::qr_text(&node, card));
        let before = Fetched::from(&node, &thief.key);
        keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &thief.key.kid().to_string(), Retirement::Compromised).expect("compromised");
        let after = Fetched::from(&node, &thief.key);
        assert_eq!((before.sets.len(), after.sets.len()), (0, 1));

        // Nothing has been fetched since: until the list grows old, only the slot speaks against a forgery.
        for (code, soon, later) in [
            (&honest, VALID, NO_LIST),
            (&revoked, WITHDRAWN, NO_LIST),
            (&on_issued_slot, VALID, NO_LIST),
            (&on_free_slot, WITHDRAWN, NO_LIST),
        ] {
            assert_eq!(Fetched::say(&before, &before, &before, code, DAY - 1), soon, "{code}");
            assert_eq!(Fetched::say(&before, &before, &before, code, DAY), later, "{code}");
        }
        // The new document alone, with the lists of before: what the key signed is in doubt, all of it.
        for code in [&honest, &revoked, &on_issued_slot, &on_free_slot] {
            assert_eq!(Fetched::say(&after, &before, &before, code, 0), NO_SET, "{code}");
            assert_eq!(Fetched::say(&after, &after, &before, code, 0), NO_SET, "{code}");
        }
        // With the set: what is forged is told even when the list is old, and honest cards are as before.
        for (code, soon, later) in [
            (&honest, VALID, NO_LIST),
            (&revoked, WITHDRAWN, NO_LIST),
            (&on_issued_slot, FORGED, FORGED),
            (&on_free_slot, FORGED, FORGED),
        ] {
            assert_eq!(Fetched::say(&after, &after, &after, code, 0), soon, "{code}");
            assert_eq!(Fetched::say(&after, &before, &after, code, 0), soon, "{code}");
            assert_eq!(Fetched::say(&after, &after, &after, code, DAY), later, "{code}");
            assert_eq!(node.verdict_on(code), soon, "online: {code}");
        }
    }

    fn the_next_document_is_believed_by_whoever_holds_the_one_before(node: TestRegistry) {
        let thief = Thief::of(&node, &node.issued_card()).key;
        let before = KnownIssuer::from_json(node.ring().document()).expect("an issuer");
        keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &thief.kid().to_string(), Retirement::Compromised).expect("compromised");
        let ring = node.ring();
        let signatures: Vec<_> = serde_json::from_slice(ring.document_signatures()).expect("signatures");
        assert!(before.vouches_for(ring.document(), &signatures));
        let forged = br#"{"keys":[]}"#;
        assert!(!before.vouches_for(forged, &signatures));
    }

    fn a_thief_makes_no_lists(node: TestRegistry) {
        let card = node.issued_card();
        let thief = Thief::of(&node, &card).key;
        node.publish_lists().expect("signed");
        let mut held = Held::new(KnownIssuer::from_json(node.ring().document()).expect("an issuer"));
        assert_eq!(held.add(&list_by(&thief, &node)), Err(Unbelieved::UnknownKey), "a key of cards signs no lists");

        // Nor with the key of lists, once the theft is known.
        let kid = node.ring().status().expect("a key").kid();
        let stolen = Arc::new(KeyDirectory::of(node.data_dir()).pair(PairUse::Status, kid).expect("a key"));
        let forged = list_by(&stolen, &node);
        held.add(&forged).expect("before anybody knows of the theft");
        keys::rotate(&node, PairUse::Status).expect("rotated");
        keys::retire(&node, &kid.to_string(), Retirement::Compromised).expect("compromised");
        node.publish_lists().expect("signed");
        let mut held = Held::new(KnownIssuer::from_json(node.ring().document()).expect("an issuer"));
        assert_eq!(held.add(&forged), Err(Unbelieved::UnknownKey));
        held.add(&node.lists.get(ListName::Status(0)).expect("a list").token).expect("signed by the next key");
    }
}

/// A list in which everything is good, signed by this key.
fn list_by(key: &SigningKey, node: &TestRegistry) -> Vec<u8> {
    let mut bits = Bits::all_set();
    (0..1 << 17).for_each(|slot| bits.put(slot, false));
    let now = instant("2026-12-01T02:00:00Z").max(node.clock.now());
    let unsigned = StatusList::new(0, bits, now).unsigned(PUBLIC_URL, key.kid());
    unsigned.signed(&key.sign(&unsigned.to_be_signed()).expect("a signature"))
}
