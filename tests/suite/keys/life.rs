//! A key signs, is rotated and retired: none of which changes what it has signed.

use crate::support::{
    on_both_databases,
    registry::{PUBLIC_URL, TestRegistry, copy_keys, folder},
};
use data_encoding::BASE64URL_NOPAD;
use press_registry::{
    app::{
        Registry, StartError,
        keyring::KeyRing,
        keys::{self, Retirement},
    },
    clock::Clock,
    domain::{
        issuer::{DocumentSignature, IssuerDocument, KeyState, KeyUse, KnownIssuer},
        verdict::Verdict,
    },
    entropy::Entropy,
    error::Error,
    keys::{KeyDirectory, PairUse},
};
use std::fs;

const VALID: (Verdict, Option<&str>) = (Verdict::Valid, None);

on_both_databases! {
    fn cards_of_a_rotated_key_stay_valid_and_new_ones_carry_the_new_key(node: TestRegistry) {
        let old = node.issued_card();
        let kid = keys::rotate(&node, PairUse::Card).expect("rotated");
        let new = node.issued_card();
        assert_ne!(old.kid.to_string(), kid);
        assert_eq!(new.kid.to_string(), kid);
        assert_eq!((node.verdict(&old), node.verdict(&new)), (VALID, VALID));
        let another = node.another_node();
        assert_eq!((another.verdict(&old), another.verdict(&new)), (VALID, VALID));
    }

    fn a_retired_key_needs_no_file(node: TestRegistry) {
        let old = node.issued_card();
        keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &old.kid.to_string(), Retirement::Orderly).expect("retired");
        let without = folder();
        copy_keys(node.data_dir(), without.path());
        fs::remove_file(without.path().join(format!("keys/card-{}.p8", old.kid))).expect("removed");
        assert_eq!(node.node_in(without).expect("a node").verdict(&old), VALID);
    }

    fn the_key_that_signs_cannot_be_retired(node: TestRegistry) {
        let card = node.issued_card();
        let (old, new) = (card.kid.to_string(), keys::rotate(&node, PairUse::Card).expect("rotated"));
        keys::retire(&node, &old, Retirement::Orderly).expect("the new one signs");
        assert!(told(keys::retire(&node, &new, Retirement::Orderly)).contains("run `keys rotate` first"));
        assert!(told(keys::retire(&node, &new, Retirement::Compromised)).contains("run `keys rotate` first"));
        assert!(told(keys::retire(&node, &old, Retirement::Orderly)).contains("already out of use"));
        keys::retire(&node, &old, Retirement::Compromised).expect("compromised");
        for how in [Retirement::Orderly, Retirement::Compromised] {
            assert!(told(keys::retire(&node, &old, how)).contains("already out of use"));
        }
        for unknown in ["00000000", "", "typed", "../../etc"] {
            assert!(told(keys::retire(&node, unknown, Retirement::Compromised)).contains("not-found"), "{unknown}");
        }
    }

    fn the_issuer_document_lists_every_key_and_is_vouched_for(node: TestRegistry) {
        let first = node.issued_card().kid.to_string();
        let (second, third) = (keys::rotate(&node, PairUse::Card).expect("rotated"), keys::rotate(&node, PairUse::Card).expect("rotated"));
        keys::retire(&node, &first, Retirement::Orderly).expect("retired");
        keys::retire(&node, &second, Retirement::Compromised).expect("compromised");
        let ring = node.ring();
        let document: IssuerDocument = serde_json::from_slice(ring.document()).expect("a document");
        let cards = document.keys.iter().filter(|key| key.key_use == KeyUse::Card);
        let mut cards: Vec<_> = cards.map(|key| (key.kid.as_str(), key.state)).collect();
        cards.sort_unstable_by_key(|(kid, _)| *kid);
        let mut expected =
            [(first.as_str(), KeyState::Retired), (&second, KeyState::Compromised), (&third, KeyState::Active)];
        expected.sort_unstable_by_key(|(kid, _)| *kid);
        assert_eq!(cards, expected);
        assert_eq!(document.keys.len(), 3 + 1, "three of cards, one of lists; those of sessions are nobody's business");
        assert_eq!(document.hosts, [PUBLIC_URL.strip_prefix("https://").expect("a host")]);

        let signatures = signatures(&ring);
        let known = KnownIssuer::from_json(ring.document()).expect("an issuer");
        assert!(known.vouches_for(ring.document(), &signatures));
        let altered = [&**ring.document(), b" "].concat();
        assert!(!known.vouches_for(&altered, &signatures));
        assert!(!known.vouches_for(ring.document(), &[]));
    }

    fn who_holds_an_old_document_can_take_the_new_one(node: TestRegistry) {
        let old = KnownIssuer::from_json(node.ring().document()).expect("an issuer");
        keys::rotate(&node, PairUse::Card).expect("rotated");
        let ring = node.ring();
        let signatures = signatures(&ring);
        assert!(old.vouches_for(ring.document(), &signatures));
    }

    fn a_key_that_was_retired_elsewhere_signs_no_more_at_once(node: TestRegistry) {
        let other = node.another_node();
        let agency = other.central_agency();
        let person = other.reporter(&agency);
        let old = other.letter(&agency, &person).expect("a letter").kid.to_string();
        let new = keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &old, Retirement::Compromised).expect("compromised");
        copy_keys(node.data_dir(), other.data_dir());
        // The other node has not looked yet.
        assert!(matches!(other.letter(&agency, &person), Err(Error::Overloaded)));
        other.refresh().expect("the file is here");
        assert_eq!(other.letter(&agency, &person).expect("a letter").kid.to_string(), new);
    }

    fn while_the_new_file_is_on_its_way_the_old_key_signs(node: TestRegistry) {
        let other = node.another_node();
        let agency = other.central_agency();
        let person = other.reporter(&agency);
        let old = other.letter(&agency, &person).expect("a letter").kid.to_string();
        let kid = keys::rotate(&node, PairUse::Card).expect("rotated");
        let card = node.issued_card();
        assert_eq!(card.kid.to_string(), kid);
        let missing = other.refresh().expect_err("its file is not here").to_string();
        assert!(missing.contains(&format!("card-{kid}.p8 is missing")), "{missing}");
        assert_eq!(other.verdict(&card), VALID, "to check a card its public key is enough");
        let letter = other.letter(&agency, &person).expect("a letter");
        node.refresh().expect("refreshed");
        assert_eq!((letter.kid.to_string(), node.verdict(&letter)), (old.clone(), VALID));

        copy_keys(node.data_dir(), other.data_dir());
        other.refresh().expect("the file is here now");
        let letter = other.letter(&agency, &person).expect("a letter");
        assert_eq!((letter.kid.to_string(), other.verdict(&letter)), (kid, VALID));
        keys::retire(&node, &old, Retirement::Orderly).expect("every node has the new one");
        node.refresh().expect("refreshed");
        assert_eq!(node.verdict(&letter), VALID);
    }

    fn a_node_with_no_key_that_signs_issues_nothing(node: TestRegistry) {
        let other = node.another_node();
        let old = node.issued_card().kid.to_string();
        keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &old, Retirement::Orderly).expect("retired");
        other.refresh().expect_err("the new file is not here");
        let agency = other.central_agency();
        let unsigned = other.letter(&agency, &other.reporter(&agency));
        assert!(matches!(unsigned, Err(Error::Internal(_))), "there is nothing to sign with");
    }

    fn a_key_whose_file_is_lost_ends_with_the_next_one(node: TestRegistry) {
        let lost = node.issued_card();
        let without = folder();
        copy_keys(node.data_dir(), without.path());
        let stopped = node.stop();
        fs::remove_file(stopped.settings().data_dir.join(format!("keys/card-{}.p8", lost.kid))).expect("removed");
        let mended = Registry::open_to_mend_keys(stopped.settings(), Clock::System, Entropy::System).expect("opened");
        let new = keys::rotate(&mended, PairUse::Card).expect("rotated");
        drop(mended);
        let node = stopped.start();
        assert_eq!((node.issued_card().kid.to_string(), node.verdict(&lost)), (new, VALID));
    }

    fn a_document_that_says_more_is_always_the_newer_one(node: TestRegistry) {
        let first = node.issued_card().kid.to_string();
        let mut dates = vec![issuer(&node).issued_at()];
        // Within one moment.
        let second = keys::rotate(&node, PairUse::Card).expect("rotated");
        dates.push(issuer(&node).issued_at());
        keys::retire(&node, &first, Retirement::Orderly).expect("retired");
        dates.push(issuer(&node).issued_at());
        keys::retire(&node, &first, Retirement::Compromised).expect("compromised");
        dates.push(issuer(&node).issued_at());
        keys::rotate(&node, PairUse::Card).expect("rotated");
        dates.push(issuer(&node).issued_at());
        keys::retire(&node, &second, Retirement::Compromised).expect("compromised at once");
        dates.push(issuer(&node).issued_at());
        node.publish_lists().expect("signed");
        node.refresh().expect("refreshed");
        dates.push(issuer(&node).issued_at());
        let now = node.clock.now();
        assert!(dates.is_sorted_by(|older, newer| older < newer), "{dates:?}");
        assert!(dates.iter().all(|at| (0..20 * 60).contains(&now.seconds_since(*at))), "{dates:?} at {now}");
        let another = node.another_node();
        another.refresh().expect("refreshed");
        assert_eq!(another.ring().document(), node.ring().document(), "both nodes say the same");
    }

    fn whoever_holds_a_document_takes_the_next_only_by_a_key_that_it_names(node: TestRegistry) {
        let (held, old) = (issuer(&node), node.ring().status().expect("a key").kid().to_string());
        let new = keys::rotate(&node, PairUse::Status).expect("rotated");
        let ring = node.ring();
        let mut signers: Vec<String> = signatures(&ring).into_iter().map(|signed| signed.kid).collect();
        signers.sort_unstable();
        let mut both = [old.clone(), new.clone()];
        both.sort_unstable();
        assert_eq!(signers, both, "while both are active, both sign it");
        assert!(held.vouches_for(ring.document(), &signatures(&ring)));
        let between = issuer(&node);

        keys::retire(&node, &old, Retirement::Orderly).expect("retired");
        let ring = node.ring();
        assert!(between.vouches_for(ring.document(), &signatures(&ring)), "whoever came by knows the new key");
        assert!(!held.vouches_for(ring.document(), &signatures(&ring)), "whoever did not has to be given it again");
        assert!(!held.vouches_for(ring.document(), &[]));
    }

    fn a_stolen_key_of_lists_makes_no_document_that_anybody_takes(node: TestRegistry) {
        let stolen = node.ring().status().expect("a key").kid();
        let thief = KeyDirectory::of(node.data_dir()).pair(PairUse::Status, stolen).expect("a key");
        let forged = br#"{"forged":true}"#;
        let sig = BASE64URL_NOPAD.encode(&thief.sign(forged).expect("a signature"));
        let signed = [DocumentSignature { kid: stolen.to_string(), sig }];
        assert!(issuer(&node).vouches_for(forged, &signed), "before anybody knows of the theft");
        keys::rotate(&node, PairUse::Status).expect("rotated");
        assert!(issuer(&node).vouches_for(forged, &signed));
        keys::retire(&node, &stolen.to_string(), Retirement::Compromised).expect("compromised");
        assert!(!issuer(&node).vouches_for(forged, &signed));
        let ring = node.ring();
        assert!(signatures(&ring).iter().all(|signed| signed.kid != stolen.to_string()), "it signs no more");
    }
}

/// What a verifier keeps of the document of this moment.
fn issuer(node: &TestRegistry) -> KnownIssuer {
    KnownIssuer::from_json(node.ring().document()).expect("an issuer")
}

fn signatures(ring: &KeyRing) -> Vec<DocumentSignature> {
    serde_json::from_slice(ring.document_signatures()).expect("signatures")
}

fn told(refused: Result<(), StartError>) -> String {
    refused.expect_err("refused").to_string()
}
