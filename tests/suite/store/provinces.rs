//! A code alone does not name a province: eight of them mean another unit since 1 July 2025.

use crate::support::{on_both_databases, registry::TestRegistry};
use press_registry::{
    data,
    domain::{provinces::Province, time::Day},
    store::provinces,
};
use std::collections::BTreeSet;

on_both_databases! {
    fn a_code_means_the_unit_that_had_it_on_the_day(node: TestRegistry) {
        let named = |code, day| by_code(&node, code, day).map(|unit| (unit.id.to_string(), unit.name));
        let unit = |id: &str, name: &str| Some((id.to_owned(), name.to_owned()));
        assert_eq!(named("15", "2025-06-30"), unit("15", "Yên Bái"));
        assert_eq!(named("15", "2025-07-01"), unit("15-2025", "Lào Cai"));
        assert_eq!(named("10", "2025-06-30"), unit("10", "Lào Cai"));
        assert_eq!(named("10", "2025-07-01"), None);
        assert_eq!(named("01", "2025-06-30"), unit("01", "Hà Nội"));
        assert_eq!(named("01", "2025-07-01"), unit("01", "Hà Nội"));
        assert_eq!(named("31", "2025-06-30"), unit("31", "Hải Phòng"));
        assert_eq!(named("31", "2025-07-01"), unit("31-2025", "Hải Phòng"));
        for nothing in ["", "1", "99", "15-2025", "15 ", "１５"] {
            assert_eq!(named(nothing, "2026-01-01"), None, "{nothing:?}");
        }
    }

    fn sixty_three_provinces_became_thirty_four(node: TestRegistry) {
        let codes: BTreeSet<&str> = data::provinces().iter().map(|unit| unit.code.as_str()).collect();
        let on = |day| codes.iter().filter(|code| by_code(&node, code, day).is_some()).count();
        assert_eq!((on("2025-06-30"), on("2025-07-01")), (63, 34));
    }

    fn the_list_is_the_one_the_program_brings_along(node: TestRegistry) {
        let mut brought = data::provinces().to_vec();
        brought.sort_by_key(|unit| (unit.code.clone(), unit.id.clone()));
        assert_eq!(node.store.read(|db| provinces::list(db)).expect("readable"), brought);
        for unit in brought {
            assert_eq!(node.store.read(|db| provinces::name_of(db, &unit.id)).expect("readable"), unit.name);
        }
    }
}

fn by_code(node: &TestRegistry, code: &str, day: &str) -> Option<Province> {
    let day = Day::parse(day).expect("a date");
    node.store.read(|db| provinces::by_code(db, code, day)).expect("readable")
}
