//! What `README.md` promises about the files.

use super::*;
use crate::domain::text;
use std::collections::HashSet;

fn unit(id: &str) -> &'static Province {
    provinces().iter().find(|unit| unit.id.as_str() == id).expect("a unit of this id")
}

fn agency(name: &str) -> &'static AgencyFields {
    agencies().iter().find(|agency| agency.name == name).expect("an agency of this name")
}

#[test]
fn every_agency_has_its_own_short_name_that_fits_a_card() {
    let short_names: HashSet<String> = agencies().iter().map(|agency| text::fold(short_name(agency))).collect();
    assert_eq!((agencies().len(), short_names.len()), (193, 193), "unique even when case and marks are forgotten");
}

fn short_name(agency: &AgencyFields) -> &str {
    agency.short_name.as_ref().expect("every agency has one").as_str()
}

#[test]
fn one_hundred_and_thirty_five_agencies_are_local() {
    assert_eq!(agencies().iter().filter(|agency| agency.level.province().is_some()).count(), 135);
}

fn province_of(name: &str) -> Option<&'static str> {
    agency(name).level.province().map(ProvinceId::as_str)
}

#[test]
fn an_agency_belongs_to_the_unit_that_bore_the_name_before_the_merger() {
    assert_eq!(province_of("Báo Lào Cai"), Some("10"));
    assert_eq!(province_of("Báo Yên Bái"), Some("15"));
    assert_eq!(province_of("Báo và Phát thanh, Truyền hình Thái Nguyên"), Some("19"));
    assert_eq!(province_of("Huế ngày nay"), Some("46-2025"));
    assert_eq!(province_of("Đài Phát thanh và Truyền hình Thừa Thiên Huế"), Some("46"));
}

#[test]
fn every_unit_has_its_own_id_also_where_a_code_was_reused() {
    let ids: HashSet<&str> = provinces().iter().map(|unit| unit.id.as_str()).collect();
    assert_eq!((provinces().len(), ids.len()), (87, 87));
    assert_eq!((unit("15").name.as_str(), unit("15-2025").name.as_str()), ("Yên Bái", "Lào Cai"));
    assert_eq!((unit("46").name.as_str(), unit("46-2025").name.as_str()), ("Thừa Thiên Huế", "Huế"));
    assert_eq!(unit("31-2025").kind, ProvinceKind::City);
}

#[test]
fn there_were_63_units_before_the_merger_and_34_after_it() {
    let in_force = |raw: &str| {
        let day = Day::parse(raw).expect("a date");
        let holds = |unit: &&Province| unit.in_force(day);
        let names: HashSet<&str> = provinces().iter().filter(holds).map(|unit| unit.name.as_str()).collect();
        let codes: HashSet<&str> = provinces().iter().filter(holds).map(|unit| unit.code.as_str()).collect();
        assert_eq!(names.len(), codes.len(), "a code means one unit on one day");
        codes.len()
    };
    assert_eq!(in_force("2024-12-31"), 63);
    assert_eq!(in_force("2025-06-30"), 63);
    assert_eq!(in_force("2025-07-01"), 34);
}

#[test]
fn a_unit_that_ended_has_a_successor_that_began_the_next_day() {
    for ended in provinces() {
        assert_eq!(ended.successor.is_some(), ended.valid_to.is_some(), "{}", ended.id);
        if let (Some(successor), Some(last)) = (&ended.successor, ended.valid_to) {
            assert_eq!(unit(successor.as_str()).valid_from, Some(last.plus_days(1)), "{} to {successor}", ended.id);
        }
    }
    assert_eq!(unit("10").successor.as_ref().map(ProvinceId::as_str), Some("15-2025"));
    assert_eq!(unit("46").successor.as_ref().map(ProvinceId::as_str), Some("46-2025"));
}

#[test]
fn a_unit_of_today_reaches_back_to_all_that_became_part_of_it() {
    let ids = |unit: &str| {
        let territory = territory(&ProvinceId::parse(unit).expect("an id"));
        territory.ids().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(ids("24-2025"), ["24-2025", "24", "27"]);
    assert_eq!(ids("01"), ["01"], "Hà Nội stayed as it was");
    assert_eq!(ids("24"), ["24"], "Bắc Giang did not begin with Bắc Ninh");
    let all: Vec<&Province> = provinces().iter().filter(|unit| unit.successor.is_none()).collect();
    let reached: Vec<String> = all.iter().flat_map(|unit| ids(unit.id.as_str())).collect();
    assert_eq!((all.len(), reached.len()), (34, 87), "every unit is of one of today's, and of no other");
}

#[test]
fn kinds_of_misuse_and_holidays_are_whole_and_in_order() {
    let codes: HashSet<&str> = misuse_kinds().iter().map(|kind| kind.code.as_str()).collect();
    assert_eq!((misuse_kinds().len(), codes.len()), (24, 24));
    assert!(codes.is_superset(&HashSet::from(["OBSTRUCTION", "SEIZURE", "INSULT_OR_DAMAGE", "THREAT"])));
    assert_eq!(public_holidays().len(), 214);
    assert!(public_holidays().is_sorted_by(|a, b| a.date <= b.date));
}
