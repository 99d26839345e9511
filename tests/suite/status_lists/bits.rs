//! Which bit is set: whatever withdraws a card, alike, and nothing else.

use super::{bit_of, served};
use crate::support::{on_both_databases, registry::TestRegistry};
use press_registry::domain::credentials::Credential;

/// Lets something happen to a card and publishes the lists.
fn after(node: &TestRegistry, card: &Credential, event: &str, ground: &str) -> u8 {
    node.happen(&node.registrar(), card, event, ground).unwrap_or_else(|error| panic!("{event}: {error}"));
    node.publish_lists().expect("signed");
    bit_of(node, card)
}

on_both_databases! {
    fn whatever_withdraws_a_card_sets_its_bit_and_reinstating_clears_it(node: TestRegistry) {
        let (suspended, revoked, lost, replaced) =
            (node.issued_card(), node.issued_card(), node.issued_card(), node.issued_card());
        let agency = node.central_agency();
        let returned = node.issue(&agency, "press_card", &[node.reporter(&agency).id]).expect("a card").remove(0);
        node.publish_lists().expect("signed");
        for card in [&suspended, &revoked, &lost, &replaced, &returned] {
            assert_eq!(bit_of(&node, card), 0);
        }
        assert_eq!(after(&node, &suspended, "suspend", "inquiry"), 1);
        assert_eq!(after(&node, &revoked, "revoke", "prosecution"), 1);
        assert_eq!(after(&node, &lost, "report_lost", "lost"), 1);
        assert_eq!(after(&node, &replaced, "replace", "damaged"), 1);
        node.happen(&node.head_of(agency.id), &returned, "return", "left_agency").expect("returned");
        node.publish_lists().expect("signed");
        assert_eq!(bit_of(&node, &returned), 1);
        assert_eq!(after(&node, &suspended, "reinstate", "cleared"), 0);
        assert_eq!(after(&node, &revoked, "reinstate", "prosecution_ended"), 0);
    }

    fn a_card_that_expires_sets_nothing(node: TestRegistry) {
        let agency = node.central_agency();
        let letter = node.letter(&agency, &node.reporter(&agency)).expect("a letter");
        node.publish_lists().expect("signed");
        let before = served(&node, letter.status_index.list());
        node.set_time("2026-12-03T02:00:00Z");
        node.publish_lists().expect("signed");
        let later = served(&node, letter.status_index.list());
        assert_ne!(before.token.etag(), later.token.etag(), "signed anew");
        assert_eq!(bit_of(&node, &letter), 0);
        assert_eq!(node.verdict(&letter).1, Some("expired"));
    }
}
