//! A stolen key: what it honestly signed stays good, and nothing else that it signs is believed.

use crate::support::{
    on_both_databases,
    registry::{PUBLIC_URL, TestRegistry},
};
use press_registry::{
    app::keys::{self, Retirement},
    domain::{
        card_code::{Claims, Envelope, text, to_be_signed},
        credentials::Credential,
        printed::{PrintedName, StatusIndex, Validity},
        time::Timestamp,
        verdict::Verdict,
    },
    keys::{KeyDirectory, PairUse, SigningKey},
};

pub(super) type Said = (Verdict, Option<&'static str>);
pub(super) const VALID: Said = (Verdict::Valid, None);
pub(super) const WITHDRAWN: Said = (Verdict::NotValid, Some("withdrawn"));
pub(super) const FORGED: Said = (Verdict::NotValid, Some("forged"));
const EXPIRED: Said = (Verdict::NotValid, Some("expired"));

on_both_databases! {
    fn only_what_a_stolen_key_really_issued_is_believed(node: TestRegistry) {
        let (honest, revoked) = (node.issued_card(), node.issued_card());
        node.happen(&node.registrar(), &revoked, "revoke", "prosecution").expect("revoked");
        let thief = Thief::of(&node, &honest);
        let on_issued_slot = thief.sign(|claims| claims.name = name("Kẻ Mạo Danh"));
        let on_free_slot = thief.sign(|claims| claims.status_index = free_slot(&honest));
        let longer = thief.sign(|claims| claims.validity = longer(claims.validity));
        let long_over = thief.sign(|claims| claims.validity = over(node.clock.now()));

        // Before anybody knows of the theft, only the slot speaks against it.
        assert_eq!(node.verdict_on(&on_issued_slot), VALID);
        assert_eq!(node.verdict_on(&on_free_slot), WITHDRAWN);
        assert_eq!(node.verdict_on(&long_over), EXPIRED);
        keys::rotate(&node, PairUse::Card).expect("rotated");
        assert_eq!(node.verdict_on(&on_issued_slot), VALID, "retired is not compromised");

        keys::retire(&node, &honest.kid.to_string(), Retirement::Compromised).expect("compromised");
        for (nth, node) in [&node, &node.another_node()].into_iter().enumerate() {
            for forged in [&on_issued_slot, &on_free_slot, &longer, &long_over] {
                assert_eq!(node.verdict_on(forged), FORGED, "node {nth}: {forged}");
            }
            assert_eq!(node.verdict(&honest), VALID, "node {nth}");
            assert_eq!(node.verdict(&revoked), WITHDRAWN, "node {nth}");
            assert_eq!(node.verdict(&node.issued_card()), VALID, "node {nth}: the new key is not in question");
        }
    }

    fn a_theft_declared_on_one_node_is_known_to_others_after_a_refresh(node: TestRegistry) {
        let other = node.another_node();
        let honest = node.issued_card();
        let forged = Thief::of(&node, &honest).sign(|claims| claims.name = name("Kẻ Mạo Danh"));
        other.refresh().expect("refreshed");
        assert_eq!(other.verdict_on(&forged), VALID);
        keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &honest.kid.to_string(), Retirement::Compromised).expect("compromised");
        assert!(other.refresh().is_err(), "the new key's file is missing");
        assert_eq!((other.verdict_on(&forged), other.verdict(&honest)), (FORGED, VALID));
    }
}

/// Somebody who has copied the file of a key, and a card that it signed.
pub(super) struct Thief<'a> {
    pub(super) key: SigningKey,
    card: &'a Credential,
}

impl<'a> Thief<'a> {
    pub(super) fn of(node: &TestRegistry, card: &'a Credential) -> Self {
        let key = KeyDirectory::of(node.data_dir()).pair(PairUse::Card, card.kid).expect("a key");
        Self { key, card }
    }

    /// The QR of a card that says something else.
    pub(super) fn sign(&self, change: impl FnOnce(&mut Claims)) -> String {
        let envelope = Envelope::parse(&self.card.code).expect("a code");
        let mut claims = Claims::parse(envelope.payload).expect("claims");
        change(&mut claims);
        let payload = claims.payload();
        let signature = self.key.sign(&to_be_signed(self.card.kid, &payload)).expect("a signature");
        let code = Envelope { kid: self.card.kid, payload: &payload, signature: &signature }.to_bytes();
        text(PUBLIC_URL, &code)
    }
}

pub(super) fn name(raw: &str) -> PrintedName {
    PrintedName::parse(raw).expect("a name")
}

/// A slot of the card's list that nobody has: the few cards of a test lie far from each other.
pub(super) fn free_slot(card: &Credential) -> StatusIndex {
    StatusIndex::from_u32(card.status_index.as_u32() ^ 1)
}

fn longer(validity: Validity) -> Validity {
    Validity::new(validity.not_before(), validity.expires().plus_seconds(86_400)).expect("a span")
}

fn over(now: Timestamp) -> Validity {
    let day = 86_400;
    let at = |days: i64| Timestamp::from_seconds(now.seconds() + days * day);
    Validity::new(at(-3), at(-2)).expect("a span")
}
