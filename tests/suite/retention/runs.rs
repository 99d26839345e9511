//! Once a day, once with two nodes, and never without an event.

use crate::support::on_both_databases;
use crate::support::registry::TestRegistry;
use press_registry::domain::ids::PortraitId;
use press_registry::domain::retention::{Kept, Length};
use std::sync::Arc;

fn runs(node: &TestRegistry) -> Vec<String> {
    node.database().texts("SELECT object_id AS value FROM events WHERE type = 'retention.run' ORDER BY idx")
}

/// The periods, written down a second time.
#[test]
fn each_period_is_what_was_agreed_and_has_its_reason() {
    for kept in Kept::ALL {
        let expected = match kept {
            Kept::UnfoundedReports | Kept::UnfoundedCases | Kept::Portraits => Length::Days(90),
            Kept::RefusedApplications | Kept::Documents => Length::Years(1),
            Kept::Accesses => Length::Years(5),
            Kept::Answers => Length::Hours(72),
            Kept::Sessions | Kept::Guesses => Length::Hours(0),
            Kept::Imports => Length::Days(7),
            Kept::WithdrawnFacts => Length::Days(30),
        };
        let period = kept.period();
        assert_eq!(period.length, expected, "{}", kept.as_str());
        assert!(period.reason.len() > 30 && !period.from.is_empty(), "{}", kept.as_str());
    }
}

on_both_databases! {
    fn each_day_has_one_run_even_with_two_nodes_and_nothing_to_do(node: TestRegistry) {
        node.issued_card();
        let other = node.another_node();
        assert!(!node.forget().expect("a database"), "the log begins today");
        for day in ["2026-12-02T02:00:00Z", "2026-12-02T16:59:59Z", "2026-12-02T17:00:00Z"] {
            node.set_time(day);
            let ran = std::thread::scope(|scope| {
                let both = [&node.registry, &other.registry].map(Arc::clone);
                let runs = both.map(|it| scope.spawn(move || it.forget().expect("a database")));
                runs.map(|it| it.join().expect("no panic"))
            });
            assert!(ran.iter().filter(|ran| **ran).count() <= 1, "{day}: {ran:?}");
        }
        assert_eq!(runs(&node), ["2026-12-02", "2026-12-03"]);
        let actors = node.database().texts("SELECT actor_role AS value FROM events WHERE type = 'retention.run'");
        assert_eq!(actors, ["program", "program"]);
    }

    fn files_that_nobody_names_are_found_again(node: TestRegistry) {
        let agency = node.central_agency();
        let person = node.reporter(&agency);
        node.portrait_of(person.id);
        // A request was cut off before its row was written.
        let abandoned: PortraitId = node.write(|tx, _| Ok(tx.new_id())).expect("an id");
        let names =
            [format!("portraits/{abandoned}/public.jpg"), format!("evidence/{abandoned}"), format!("imports/{abandoned}")];
        for name in &names {
            node.files.put(&node.secrets.sealing, name, b"x").expect("a file");
        }
        let is_there = |name: &String| node.files.get(&node.secrets.sealing, name).expect("a folder").is_some();
        let there = || {
            let [portrait, evidence, import] = names.each_ref().map(is_there);
            assert_eq!((portrait, portrait), (evidence, import));
            portrait
        };
        node.set_time("2026-12-01T17:00:00Z");
        assert!(node.forget().expect("a database") && there(), "its row may come yet");
        node.set_time("2026-12-02T17:00:00Z");
        assert!(node.forget().expect("a database") && !there());
        assert_eq!(node.files.list("portraits").expect("a folder").0.len(), 1, "what has a row stays");
    }
}
