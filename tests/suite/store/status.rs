//! The state of every card in memory: on each node, at once or after the next refresh.

use crate::support::{on_both_databases, registry::TestRegistry};
use press_registry::{
    app::{
        credentials::{self, EventForm},
        gate::Gate,
    },
    domain::{credentials::Credential, printed::StatusIndex, verdict::Verdict},
    error::Error,
};

const VALID: (Verdict, Option<&str>) = (Verdict::Valid, None);
const WITHDRAWN: (Verdict, Option<&str>) = (Verdict::NotValid, Some("withdrawn"));
const NO_LIST: (Verdict, Option<&str>) = (Verdict::CannotConfirm, Some("no_fresh_list"));

on_both_databases! {
    fn a_revocation_is_seen_here_at_once_and_elsewhere_after_a_refresh(node: TestRegistry) {
        let other = node.another_node();
        let card = node.issued_card();
        assert_eq!((node.verdict(&card), other.verdict(&card)), (VALID, NO_LIST), "of a list that it does not know");
        other.refresh().expect("refreshed");
        assert_eq!(other.verdict(&card), VALID);

        let registrar = node.registrar();
        node.happen(&registrar, &card, "revoke", "prosecution").expect("revoked");
        assert_eq!((node.verdict(&card), other.verdict(&card)), (WITHDRAWN, VALID));
        other.refresh().expect("refreshed");
        assert_eq!(other.verdict(&card), WITHDRAWN);

        other.happen(&registrar, &card, "reinstate", "prosecution_ended").expect("reinstated");
        assert_eq!((node.verdict(&card), other.verdict(&card)), (WITHDRAWN, VALID));
        node.refresh().expect("refreshed");
        assert_eq!(node.verdict(&card), VALID);
    }

    fn a_node_that_starts_knows_all_that_the_old_one_knows(node: TestRegistry) {
        let agency = node.local_agency("31-2025");
        let people: Vec<_> = (0..12).map(|_| node.reporter(&agency).id).collect();
        let cards = node.issue(&agency, "press_card", &people).expect("cards");
        let letter = node.letter(&agency, &node.reporter(&agency)).expect("a letter");
        let registrar = node.registrar();
        for (card, (event, ground)) in cards.iter().zip([
            ("suspend", "inquiry"),
            ("revoke", "prosecution"),
            ("replace", "damaged"),
            ("report_lost", "lost"),
        ]) {
            node.happen(&registrar, card, event, ground).expect(event);
        }
        node.happen(&node.clerk_of(agency.id), &cards[4], "return", "left_agency").expect("returned");
        node.happen(&registrar, &cards[0], "reinstate", "cleared").expect("reinstated");

        let (old, new) = (good(&node), good(&node.another_node()));
        assert_eq!(new, old);
        // Of twelve cards four are out of use, one was issued in place of another; and the letter.
        assert_eq!(old.len(), 12 - 4 + 1 + 1);
        assert!(old.contains(&letter.status_index));
        assert!(good_of(&cards[..1], &old) && good_of(&cards[5..], &old));
        node.refresh().expect("refreshed");
        assert_eq!(good(&node), old, "what is read again changes nothing");
    }

    fn a_change_that_is_taken_back_is_not_published(node: TestRegistry) {
        let card = node.issued_card();
        let (registrar, issued) = (node.registrar(), card.clone());
        let taken_back = node.write(move |tx, registry| {
            let gate = Gate::new(Some(credentials::etag(&issued, tx.now()).quoted()));
            let form = EventForm {
                event: "revoke".to_owned(),
                reason: Some("Nhầm lẫn.".to_owned()),
                ground: Some("error".to_owned()),
            };
            credentials::happen(tx, registry, &registrar, issued.id, &gate, Ok(form))?;
            Err::<Credential, _>(Error::Overloaded)
        });
        assert!(matches!(taken_back, Err(Error::Overloaded)));
        assert_eq!(node.verdict(&card), VALID);
        node.refresh().expect("refreshed");
        assert_eq!(node.verdict(&card), VALID);
    }
}

/// Every slot that is not withdrawn, of the lists that are or may be open.
fn good(node: &TestRegistry) -> Vec<StatusIndex> {
    let slots = [0, 1, 1_024, 1_025].into_iter().flat_map(|list| (0..StatusIndex::SLOTS).map(move |slot| (list, slot)));
    slots
        .filter_map(|(list, slot)| StatusIndex::new(list, slot))
        .filter(|index| node.store.status().is_withdrawn(*index) == Some(false))
        .collect()
}

fn good_of(cards: &[Credential], good: &[StatusIndex]) -> bool {
    cards.iter().all(|card| good.contains(&card.status_index))
}
