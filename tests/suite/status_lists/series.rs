//! Which lists there are, and that the issuer document names each of them that can be had.

use super::{bit_of, served};
use crate::support::{
    on_both_databases,
    registry::{PUBLIC_URL, TestRegistry},
};
use press_registry::domain::{issuer::IssuerDocument, signed_list::ListName};

/// The lists that the issuer document names, each with its address.
fn named(node: &TestRegistry) -> Vec<(u32, String)> {
    node.refresh().expect("refreshed");
    let ring = node.ring();
    let document: IssuerDocument = serde_json::from_slice(ring.document()).expect("a document");
    document.status_lists.into_iter().map(|list| (list.n, list.url)).collect()
}

fn numbers(node: &TestRegistry) -> Vec<u32> {
    named(node).into_iter().map(|(n, _)| n).collect()
}

on_both_databases! {
    fn the_issuer_document_names_each_list_that_can_be_had(node: TestRegistry) {
        assert_eq!(named(&node), []);
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        node.issue(&agency, "press_card", &[person.id]).expect("a card");
        assert_eq!(named(&node), [], "it is not signed yet");
        node.publish_lists().expect("signed");
        assert_eq!(named(&node), [(0, format!("{PUBLIC_URL}/status/0"))]);
        node.letter(&agency, &person).expect("a letter");
        node.publish_lists().expect("signed");
        let both = [(0, format!("{PUBLIC_URL}/status/0")), (1_024, format!("{PUBLIC_URL}/status/1024"))];
        assert_eq!(named(&node), both);
        let other = node.another_node();
        assert_eq!(named(&other), both);
        assert_eq!(node.ring().document(), other.ring().document());
    }

    fn a_second_list_is_served_when_the_first_is_three_quarters_full(node: TestRegistry) {
        let first = node.issued_card();
        node.publish_lists().expect("signed");
        node.database().run("UPDATE status_lists SET used = 98303").expect("nearly full");
        let (last, next) = (node.issued_card(), node.issued_card());
        assert_eq!((last.status_index.list(), next.status_index.list()), (0, 1));
        node.publish_lists().expect("signed");
        assert_eq!(numbers(&node), [0, 1]);
        for card in [&first, &last, &next] {
            assert_eq!(bit_of(&node, card), 0);
        }
        assert_eq!(served(&node, 0).token.len(), served(&node, 1).token.len());
        node.happen(&node.registrar(), &next, "revoke", "prosecution").expect("revoked");
        node.publish_lists().expect("signed");
        assert_eq!([&first, &last, &next].map(|card| bit_of(&node, card)), [0, 0, 1]);
    }

    fn letters_have_a_list_for_each_quarter(node: TestRegistry) {
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        let mut letters = Vec::new();
        for at in ["2026-12-31T16:59:59Z", "2026-12-31T17:00:00Z", "2027-07-01T00:00:00Z"] {
            node.set_time(at);
            letters.push(node.letter(&agency, &person).expect("a letter"));
            node.publish_lists().expect("signed");
        }
        assert_eq!(numbers(&node), [1_024, 1_025, 1_026]);
        for letter in &letters {
            assert_eq!(bit_of(&node, letter), 0);
        }
        let sizes = [1_024, 1_025, 1_026].map(|list| served(&node, list).token.len());
        assert_eq!(sizes, [sizes[0]; 3]);
    }
}

#[test]
fn a_list_has_one_name() {
    for (raw, is_name) in [
        ("0", true),
        ("1024", true),
        ("4294967295", true),
        ("honest/091304a8", true),
        ("4294967296", false),
        ("00", false),
        ("+0", false),
        ("-1", false),
        (" 0", false),
        ("", false),
        ("honest/", false),
        ("honest/091304A8", false),
        ("honest/091304a", false),
        ("Honest/091304a8", false),
    ] {
        assert_eq!(ListName::parse(raw).is_some_and(|name| name.to_string() == raw), is_name, "{raw}");
    }
}
