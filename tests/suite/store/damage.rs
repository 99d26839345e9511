//! Rows that the program would not have written: each is told as our own fault, and none is passed over.

use crate::support::{
    on_both_databases,
    registry::{TestRegistry, copy_keys, folder},
};
use press_registry::{
    app::keys::{self, Retirement},
    domain::{
        credentials::Credential,
        ids::{Id as _, PersonId},
        printed::CredentialKind,
    },
    error::Error,
    keys::PairUse,
    store::credentials,
};
use uuid::Uuid;

fn damage(node: &TestRegistry, statement: &str) {
    assert!(node.database().run(statement).expect("a statement") > 0, "{statement}");
}

/// Why another node does not start.
fn refusal(node: &TestRegistry) -> String {
    let data_dir = folder();
    copy_keys(node.data_dir(), data_dir.path());
    node.node_in(data_dir).err().expect("refused").to_string()
}

fn read(node: &TestRegistry, card: &Credential) -> Result<Option<Credential>, Error> {
    node.store.read(|db| credentials::find(db, card.id))
}

on_both_databases! {
    fn a_key_that_cannot_be_read_is_not_left_out(node: TestRegistry) {
        let old = node.issued_card().kid.to_string();
        keys::rotate(&node, PairUse::Card).expect("rotated");
        keys::retire(&node, &old, Retirement::Orderly).expect("retired");
        damage(&node, "UPDATE keys SET public_key = NULL WHERE purpose = 'card' AND state = 'retired'");
        assert!(refusal(&node).contains("its public key is no point"));
        assert!(node.refresh().is_err(), "a node at work says so too");
    }

    fn a_key_of_an_unknown_use_is_not_left_out(node: TestRegistry) {
        keys::rotate(&node, PairUse::Session).expect("rotated");
        damage(&node, "UPDATE keys SET purpose = 'sessions' WHERE purpose = 'session' AND state = 'retired'");
        assert!(refusal(&node).contains("this program knows no such use"));
    }

    fn a_code_that_cannot_be_read_does_not_drop_out_of_the_honest_set(node: TestRegistry) {
        let card = node.issued_card();
        keys::rotate(&node, PairUse::Card).expect("rotated");
        damage(&node, "UPDATE credentials SET code = (SELECT public_key FROM keys WHERE purpose = 'status')");
        let declared = keys::retire(&node, &card.kid.to_string(), Retirement::Compromised).expect_err("a code is lost");
        assert!(declared.to_string().contains("a stored code"), "{declared}");
    }

    fn half_a_portrait_is_no_missing_one(node: TestRegistry) {
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        node.portrait_of(person.id);
        let card = node.issue(&agency, "press_card", &[person.id]).expect("a card").remove(0);
        assert!(read(&node, &card).expect("a row").expect("a card").portrait.is_some());
        damage(&node, "UPDATE credentials SET photo_digest = NULL");
        assert!(matches!(read(&node, &card), Err(Error::Internal(_))));
    }

    fn a_part_of_a_letters_scope_is_no_missing_one(node: TestRegistry) {
        let agency = node.central_agency();
        let letter = node.letter(&agency, &node.reporter(&agency)).expect("a letter");
        damage(&node, "UPDATE credentials SET place = NULL WHERE kind = 'introduction_letter'");
        assert!(matches!(read(&node, &letter), Err(Error::Internal(_))));
    }

    fn a_person_who_is_not_on_record_does_not_count_as_one_without_a_card(node: TestRegistry) {
        let nobody = PersonId::from_uuid(Uuid::nil());
        let now = node.clock.now();
        let held =
            node.store.read(|db| credentials::unexpired_of_human(db, nobody, CredentialKind::PressCard, now));
        assert!(matches!(held, Err(Error::Internal(_))));
    }

    fn no_card_is_issued_without_the_portrait_on_record(node: TestRegistry) {
        let agency = node.central_agency();
        let application = node.apply(&agency, "press_card", &[node.reporter(&agency).id]).expect("handed in");
        damage(&node, "UPDATE people SET portrait_id = 'ffffffff-ffff-7fff-bfff-ffffffffffff'");
        assert!(matches!(node.approve(application), Err(Error::Internal(_))));
    }
}
