//! Every operation of the API × every role × what is its own, another's, and missing, held against a table that was
//! written by hand. What the policy says beyond its table, and the order of checks, have files of their own.

mod order;
mod rules;
mod table;
mod walk;
mod world;

pub(crate) use table::{Row, Word, rows};

use crate::support::answer::Contract;
use crate::support::on_both_databases;
use press_registry::domain::accounts::RoleName;
use press_registry::policy::{self, Operation, Reach};
use std::collections::BTreeSet;
use walk::{Outcome, Told, Walk};

#[test]
fn every_operation_and_every_event_has_exactly_one_row() {
    let operations = Contract::of_the_api().operations();
    let needed = operations
        .iter()
        .flat_map(|(_, _, name)| table::events_of(name).into_iter().map(|event| (name.clone(), event.to_owned())));
    let needed: BTreeSet<_> = needed.collect();
    let rows = rows();
    let written: BTreeSet<_> = rows.iter().map(|row| (row.operation.to_owned(), row.event.to_owned())).collect();
    assert_eq!(written, needed, "left: the rows; right: the operations and events that run");
    assert_eq!(rows.len(), written.len(), "a row is there twice");
}

/// A holder is nobody of an agency's list: whoever has the address of one is answered as if there were none.
const HOLDERS_LIST: (&str, RoleName) = ("list_people", RoleName::Holder);

#[test]
fn the_table_written_by_hand_and_the_policy_agree() {
    for (row, policy) in rows().iter().flat_map(|row| row.policy.iter().map(move |policy| (row, *policy))) {
        let operation = Operation::ALL.iter().find(|operation| operation.as_str() == policy);
        let operation = *operation.unwrap_or_else(|| panic!("{policy} is no operation of the policy"));
        for (role, word) in RoleName::ALL.into_iter().zip(&row.words) {
            let expected = match policy::reach(role, operation) {
                Reach::All => Word::All,
                Reach::Own if (row.operation, role) == HOLDERS_LIST => Word::Hidden,
                Reach::Own => Word::Own,
                Reach::No => Word::Forbidden,
            };
            assert_eq!(*word, expected, "{} {} {}", row.operation, row.event, role.title());
        }
    }
}

#[test]
fn only_what_the_contract_opens_is_open_to_anybody() {
    let open = [
        ("POST", "/api/v1/sessions"),
        ("POST", "/api/v1/sessions/refresh"),
        ("POST", "/api/v1/verifications"),
        ("GET", "/api/v1/provinces"),
        ("GET", "/api/v1/misuse-kinds"),
        ("POST", "/api/v1/misuse-reports"),
        ("GET", "/api/v1/misuse-reports/{receipt}"),
        ("POST", "/api/v1/misuse-reports/{receipt}/evidence"),
        ("GET", "/api/v1/statistics/misuse"),
    ];
    for (method, path, name) in Contract::of_the_api().operations() {
        let is_open = !path.starts_with("/api/v1/") || open.contains(&(method.as_str(), path.as_str()));
        for row in rows().iter().filter(|row| row.operation == name) {
            let expected = if is_open { Word::All } else { Word::Unauthenticated };
            assert_eq!(row.anonymous(), expected, "{name}");
        }
    }
}

on_both_databases! {
    /// Both are seen of the same answers: each call is sent once.
    fn every_role_may_do_what_the_table_says_and_cannot_tell_what_is_anothers_from_what_is_missing(db) {
        let walk = Walk::new(db);
        let (mut wrong, mut told_apart, mut compared) = (Vec::new(), Vec::new(), 0);
        walk.every_target(|calls| {
            let mut refused = Vec::new();
            for call in calls {
                let (answer, expected) = (call.send(), call.expected());
                if Outcome::of(answer.status) != expected {
                    wrong.push(format!("{call}: {} instead of {expected:?}", answer.status));
                } else if expected != Outcome::Allowed {
                    refused.push((call, Told::from(answer)));
                }
            }
            for pair in refused.windows(2) {
                if pair[0].1 != pair[1].1 {
                    told_apart.push(format!("{}: {:?}\n{}: {:?}", pair[0].0, pair[0].1, pair[1].0, pair[1].1));
                }
                compared += 1;
            }
        });
        let (wrong, told_apart) = (wrong.join("\n"), told_apart.join("\n"));
        assert!(wrong.is_empty() && told_apart.is_empty(), "{wrong}\ntold apart:\n{told_apart}");
        assert!(compared > 500, "only {compared} pairs were compared");
    }
}
