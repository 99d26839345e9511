//! Numbers and slots: each given once, none left out.

use crate::support::{on_both_databases, registry::TestRegistry};
use press_registry::{
    app::{
        gate::{Etag, Gate},
        people::{self, EngagementEventForm},
    },
    domain::{
        agencies::Agency,
        credentials::Credential,
        ids::CredentialId,
        people::Person,
        printed::{CardNumber, StatusIndex},
    },
    error::Error,
    policy,
    store::{Tx, credentials},
};
use std::collections::BTreeSet;

/// Three quarters of the 131,072 slots of a list.
const FULL: u32 = 98_304;

on_both_databases! {
    fn the_numbers_of_each_kind_follow_one_another(node: TestRegistry) {
        let agency = node.central_agency();
        let reporters: Vec<_> = (0..3).map(|_| node.reporter(&agency)).collect();
        let collaborator = node.collaborator(&agency);
        let cards = node.issue(&agency, "press_card", &[reporters[0].id, reporters[1].id]).expect("cards");
        let more = node.issue(&agency, "collaborator_card", &[collaborator.id]).expect("a card");
        let letters = [0, 1].map(|at| node.letter(&agency, &reporters[at]).expect("a letter"));
        let last = node.issue(&agency, "press_card", &[reporters[2].id]).expect("a card");
        let all = cards.iter().chain(&more).chain(&letters).chain(&last);
        let numbers: Vec<_> = all.map(|credential| credential.number.as_str()).collect();
        assert_eq!(numbers, ["000001", "000002", "CTV-000001", "GT-000001", "GT-000002", "000003"]);
    }

    fn a_number_taken_back_is_given_again(node: TestRegistry) {
        let agency = node.central_agency();
        let (stays, leaves) = (node.reporter(&agency), node.reporter(&agency));
        let application = node.apply(&agency, "press_card", &[stays.id, leaves.id]).expect("handed in");
        dismiss(&node, &agency, &leaves);
        // The first card is made before the second turns out to be impossible.
        assert!(matches!(node.approve(application), Err(Error::Invalid(_))));
        let card = node.issue(&agency, "press_card", &[node.reporter(&agency).id]).expect("a card").remove(0);
        assert_eq!(card.number.as_str(), "000001");
        assert_eq!(used(&node), [1]);
    }

    fn no_slot_is_given_twice(node: TestRegistry) {
        let agency = node.central_agency();
        let people: Vec<_> = (0..100).map(|_| node.reporter(&agency).id).collect();
        let cards = node.issue(&agency, "press_card", &people).expect("cards");
        let slots: Vec<u32> = cards.iter().map(|card| card.status_index.slot()).collect();
        assert_eq!(slots.iter().collect::<BTreeSet<_>>().len(), 100);
        assert!(cards.iter().all(|card| card.status_index.list() == 0));
        assert!(!slots.is_sorted(), "a slot does not tell how many came before it");
        let mut twice = cards[0].clone();
        twice.number = CardNumber::parse("NB-1").expect("a number");
        assert!(insert(&node, twice).is_err(), "the database itself refuses it");
    }

    fn a_second_list_opens_when_the_first_is_three_quarters_full(node: TestRegistry) {
        let first = node.issued_card();
        assert_eq!(first.status_index.list(), 0);
        let nearly = FULL - 1;
        node.database().run(&format!("UPDATE status_lists SET used = {nearly}")).expect("nearly full");
        let (last, next) = (node.issued_card(), node.issued_card());
        assert_eq!((last.status_index.list(), next.status_index.list()), (0, 1));
        assert_eq!(used(&node), [i64::from(FULL), 1]);
        for card in [&first, &last, &next] {
            assert_eq!(node.verdict(card).1, None);
        }
    }

    fn letters_open_a_list_each_quarter(node: TestRegistry) {
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        let mut lists = Vec::new();
        // The quarter ends with the day in Việt Nam.
        for at in [
            "2026-12-01T02:00:00Z",
            "2026-12-31T16:59:59Z",
            "2026-12-31T17:00:00Z",
            "2027-03-31T16:59:59Z",
            "2027-07-01T00:00:00Z",
        ] {
            node.set_time(at);
            lists.push(node.letter(&agency, &person).expect("a letter").status_index.list());
        }
        assert_eq!(lists, [1_024, 1_024, 1_025, 1_025, 1_026]);
        assert_eq!(node.issued_card().status_index.list(), 0, "cards stay in theirs");
    }

    fn two_numbers_that_look_alike_are_never_both_given(node: TestRegistry) {
        let card = node.issued_card();
        assert_eq!(card.number.as_str(), "000001");
        for alike in ["OOOOO1", "00-0001", "O0000I", "00000L"] {
            let mut other = card.clone();
            other.number = CardNumber::parse(alike).expect("a number");
            other.status_index = StatusIndex::from_u32(5);
            assert!(insert(&node, other).is_err(), "{alike}");
        }
        assert_eq!(node.database().number("SELECT COUNT(*) AS value FROM credentials"), 1);
    }
}

/// How many slots of each list are taken.
fn used(node: &TestRegistry) -> Vec<i64> {
    let lists = node.database().texts("SELECT CAST(used AS TEXT) AS value FROM status_lists ORDER BY list");
    lists.iter().map(|used| used.parse().expect("a number")).collect()
}

/// Enters a credential past issuance, under a new id.
fn insert(node: &TestRegistry, card: Credential) -> Result<(), Error> {
    node.store.write_blocking(move |tx: &mut Tx| {
        let card = Credential { id: tx.new_id::<CredentialId>(), ..card.clone() };
        tx.record(&policy::the_program_itself(), super::event("inserted"), |writer| credentials::insert(writer, &card))
    })
}

/// Ends a person's engagement with the agency yesterday.
fn dismiss(node: &TestRegistry, agency: &Agency, person: &Person) {
    let (clerk, person) = (node.clerk_of(agency.id), person.clone());
    node.write(move |tx, registry| {
        let form = EngagementEventForm {
            event: "end".to_owned(),
            reason: "Thôi việc.".to_owned(),
            from: None,
            to: Some("2026-11-30".to_owned()),
        };
        let gate = Gate::new(Some(Etag::of_version(person.version).quoted()));
        people::happen_to_engagement(tx, registry, &clerk, person.id, person.engagements[0].id, &gate, || Ok(form))
    })
    .expect("ended");
}
