//! Who signs a list and when: one node, at once where something changed, and nothing is ever taken back by another.

use super::{Foreign, bit_of, served};
use crate::support::{
    on_both_databases,
    registry::{TestRegistry, copy_keys},
};
use press_registry::{
    app::keys::{self, Retirement},
    domain::{issuer::KnownIssuer, signed_list::ListName, status_list::StatusList},
    error::Error,
    keys::PairUse,
    store::signed_lists::{self, SignedRow},
};
use std::thread;

const SECONDS: [&str; 3] = ["2026-12-01T02:09:59Z", "2026-12-01T02:10:00Z", "2026-12-01T02:20:01Z"];

fn versions(node: &TestRegistry) -> Vec<(ListName, i64)> {
    node.store.read(|db| signed_lists::versions(db)).expect("rows")
}

fn signer(node: &TestRegistry) -> String {
    Foreign::read(&served(node, 0).token, node.ring().document()).kid
}

on_both_databases! {
    fn a_list_is_signed_when_it_changes_else_every_ten_minutes(node: TestRegistry) {
        node.publish_lists().expect("nothing to sign");
        assert_eq!(versions(&node), []);
        let card = node.issued_card();
        let list = ListName::Status(0);
        node.publish_lists().expect("signed");
        assert_eq!(versions(&node), [(list, 1)]);
        node.publish_lists().expect("as before");
        assert_eq!(versions(&node), [(list, 1)]);
        node.happen(&node.registrar(), &card, "suspend", "inquiry").expect("suspended");
        node.publish_lists().expect("signed");
        assert_eq!(versions(&node), [(list, 2)]);
        for (at, version) in SECONDS.into_iter().zip(2..) {
            node.set_time(at);
            node.publish_lists().expect("signed");
            assert_eq!(versions(&node), [(list, version)], "{at}");
        }
        assert_eq!(bit_of(&node, &card), 1);
    }

    fn a_clock_that_is_behind_makes_no_list_older_and_one_that_was_far_ahead_is_forgotten(node: TestRegistry) {
        let card = node.issued_card();
        let signed_at = |node: &TestRegistry| {
            node.publish_lists().expect("signed");
            Foreign::read(&served(node, 0).token, node.ring().document()).number(6)
        };
        node.set_time("2026-12-01T03:00:00Z");
        let first = signed_at(&node);
        node.set_time("2026-12-01T02:59:00Z");
        node.happen(&node.registrar(), &card, "suspend", "inquiry").expect("suspended");
        assert_eq!((signed_at(&node), bit_of(&node, &card)), (first, 1));
        node.set_time("2026-12-02T12:00:00Z");
        assert_eq!(signed_at(&node), first + 33 * 3_600);
        node.set_time("2026-12-01T03:01:00Z");
        assert_eq!(signed_at(&node), first + 60);
    }

    fn two_revocations_at_once_are_both_in_the_list(node: TestRegistry) {
        let other = node.another_node();
        let (one, two) = (node.issued_card(), node.issued_card());
        for node in [&node, &other] {
            node.refresh().expect("refreshed");
            node.publish_lists().expect("signed");
            assert_eq!((bit_of(node, &one), bit_of(node, &two)), (0, 0));
        }
        thread::scope(|scope| {
            for (node, card) in [(&node, &one), (&other, &two)] {
                scope.spawn(move || {
                    node.happen(&node.registrar(), card, "revoke", "prosecution").expect("revoked");
                    node.publish_lists().expect("signed");
                });
            }
        });
        for node in [&node, &other] {
            node.publish_lists().expect("signed");
            assert_eq!((bit_of(node, &one), bit_of(node, &two)), (1, 1));
        }
    }

    fn every_node_serves_the_same_bytes(node: TestRegistry) {
        let other = node.another_node();
        let card = node.issued_card();
        other.publish_lists().expect("signed");
        node.publish_lists().expect("taken over");
        assert_eq!(versions(&node), [(ListName::Status(0), 1)], "signed once");
        assert_eq!(served(&node, 0).token, served(&other, 0).token);
        // What a node that has gone away left unsigned, another signs.
        node.happen(&node.registrar(), &card, "suspend", "inquiry").expect("suspended");
        other.publish_lists().expect("signed");
        assert_eq!(bit_of(&other, &card), 1);
        node.refresh().expect("refreshed");
        other.refresh().expect("refreshed");
        assert_eq!(served(&node, 0).token, served(&other, 0).token);
        assert_eq!(node.ring().document(), other.ring().document());
        let third = node.another_node();
        assert_eq!(served(&third, 0).token, served(&node, 0).token, "a node that starts serves at once");
    }

    fn a_newer_list_is_never_overwritten_by_an_older_one(node: TestRegistry) {
        node.issued_card();
        node.publish_lists().expect("signed");
        let name = ListName::Status(0);
        let keep = |version| {
            let row = SignedRow { name, version, token: vec![0] };
            node.store.write_blocking(move |tx| signed_lists::keep(tx, &row))
        };
        assert!(matches!(keep(3), Err(Error::Overloaded)), "not on what it was signed from");
        assert!(keep(1).is_err(), "there is a first one");
        let stored = node.store.read(|db| signed_lists::find(db, name)).expect("a row").expect("a list");
        assert_eq!((stored.version, &stored.token), (1, &served(&node, 0).token.to_vec()));
        keep(2).expect("the next");
        assert!(matches!(keep(2), Err(Error::Overloaded)), "another node was first");
    }

    fn what_somebody_put_into_the_database_is_not_served(node: TestRegistry) {
        let card = node.issued_card();
        node.publish_lists().expect("signed");
        let mut altered = served(&node, 0).token.to_vec();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        for forged in [vec![], b"no token".to_vec(), altered] {
            let honest = served(&node, 0).token.clone();
            let (name, version) = versions(&node)[0];
            let row = SignedRow { name, version: version + 1, token: forged };
            node.store.write_blocking(move |tx| signed_lists::keep(tx, &row)).expect("written");
            let restarted = node.another_node();
            assert!(restarted.lists.get(name).is_none());
            node.refresh().expect("refreshed");
            assert_eq!(served(&node, 0).token, honest, "it goes on with what it has");
            restarted.publish_lists().expect("signed");
            assert_eq!(bit_of(&restarted, &card), 0);
            node.publish_lists().expect("taken over");
            assert_eq!(served(&node, 0).token, served(&restarted, 0).token);
        }
    }

    fn a_list_of_a_key_that_signs_no_more_is_signed_anew_at_once(node: TestRegistry) {
        node.issued_card();
        node.publish_lists().expect("signed");
        for how in [Retirement::Orderly, Retirement::Compromised] {
            let (old, version) = (signer(&node), versions(&node)[0].1);
            let held = KnownIssuer::from_json(node.ring().document()).expect("an issuer");
            let new = keys::rotate(&node, PairUse::Status).expect("rotated");
            node.publish_lists().expect("nothing to sign");
            assert_eq!((signer(&node), versions(&node)[0].1), (old.clone(), version));
            node.issued_card();
            node.publish_lists().expect("signed");
            // Whoever holds the document of before the rotation believes it.
            StatusList::read(&served(&node, 0).token, &held).expect("a list");
            keys::retire(&node, &old, how).expect("retired");
            node.publish_lists().expect("signed");
            assert_eq!((signer(&node), versions(&node)[0].1), (new.clone(), version + 2), "{how:?}");
            assert_eq!(signer(&node.another_node()), new);
        }
    }

    fn a_node_that_has_not_heard_of_a_rotation_signs_nothing(node: TestRegistry) {
        let other = node.another_node();
        let card = node.issued_card();
        node.publish_lists().expect("signed");
        let old = signer(&node);
        let new = keys::rotate(&node, PairUse::Status).expect("rotated");
        keys::retire(&node, &old, Retirement::Compromised).expect("compromised");
        node.happen(&node.registrar(), &card, "suspend", "inquiry").expect("suspended");
        assert!(matches!(other.publish_lists(), Err(Error::Overloaded)));
        assert!(other.refresh().is_err(), "the file of the new key is missing");
        assert!(matches!(other.publish_lists(), Err(Error::Internal(_))), "there is nothing to sign with");
        node.publish_lists().expect("signed");
        other.refresh().expect_err("as before");
        assert_eq!((signer(&other), bit_of(&other, &card)), (new, 1), "to serve it the public key is enough");
        copy_keys(node.data_dir(), other.data_dir());
        other.refresh().expect("the file is here");
        node.set_time(SECONDS[2]);
        other.publish_lists().expect("signed");
    }
}
