//! `import cards`: press cards of before the registry, as the operator types it.

use super::command::{Office, assert_lines_in_both_languages};
use super::quickest;
use crate::support::registry::TestRegistry;
use crate::support::{full_campaign, on_both_databases};
use press_registry::app::imports::{Source, take_in_state_cards};
use press_registry::domain::imports::{Mode, Order, STATE_CARDS};
use press_registry::domain::printed::CredentialKind;
use press_registry::store::state_cards::free_number;
use std::time::{Duration, Instant};

const HEADER: &str = "number,name,agency,issued,valid_until\n";

/// As many as there are in the country, where there is time.
fn many() -> u32 {
    if full_campaign() { 20_000 } else { 1_200 }
}

fn count(office: &Office) -> i64 {
    office.place.database.number("SELECT COUNT(*) AS value FROM state_cards")
}

on_both_databases! {
    fn cards_are_entered_once_and_no_credential_is_issued(db) {
        let office = Office::new(db);
        let all = i64::from(many());
        let rows: String = (0..all).map(|n| format!("IBT{n:05},Lê An {n},báo thử,02/01/2026,\n")).collect();
        let file = office.file("cards.csv", format!("Số thẻ,Họ và tên,Cơ quan báo chí,Ngày cấp,Có giá trị đến\n{rows}"));
        let told = office.place.run(&["import", "cards", &file, "--dry-run"]).done();
        assert_eq!(told, format!("{all} rows: {all} accepted, of these 0 unchanged; 0 rejected; 0 entered.\n"));
        assert_eq!(count(&office), 0);
        for (unchanged, entered) in [(0, all), (all, 0)] {
            let began = Instant::now();
            let told = office.place.run(&["import", "cards", &file]).done();
            println!("{entered} of {all} cards entered in {:?}", began.elapsed());
            let expected = format!("{all} rows: {all} accepted, of these {unchanged} unchanged; 0 rejected; {entered} entered.\n");
            assert_eq!(told, expected);
            assert_eq!(count(&office), all);
        }
        let database = &office.place.database;
        assert_eq!(database.number("SELECT COUNT(*) AS value FROM credentials"), 0);
        let events = "SELECT COUNT(*) AS value FROM events WHERE type = 'state_card.entered' AND actor_role = 'program'";
        assert_eq!(database.number(events), all);
        let facts = database.texts("SELECT data AS value FROM events WHERE type = 'state_card.entered'").join("\n");
        assert!(!facts.contains("IBT00001") && !facts.contains("Lê An"), "what is personal stands apart");
        let dates = "SELECT CAST(issued AS TEXT) || ' ' || CAST(valid_until AS TEXT) AS value FROM state_cards WHERE number = 'IBT00007'";
        assert_eq!(database.texts(dates), ["2026-01-02 2031-01-01"], "five years from the grant");
    }

    fn the_first_number_after_those_of_before_is_found_at_once(node: TestRegistry) {
        let agency = node.central_agency().fields.name;
        let rows: String = (1..=many()).map(|n| format!("{n:06},Lê An {n},{agency},2026-01-02\n")).collect();
        let file = format!("number,name,agency,issued\n{rows}").into_bytes();
        let source = Source::open(file, STATE_CARDS).expect("a table");
        let order = Order { dry_run: false, mode: Mode::All };
        take_in_state_cards(&node.registry, source, order, |_| {}).expect("a database");
        let quickest = quickest(|| {
            let found = node.registry.store.read(|db| free_number(db, CredentialKind::PressCard, 1));
            assert_eq!(found.expect("a database"), i64::from(many()) + 1);
        });
        println!("the number after {} in {quickest:?}", many());
        assert!(quickest < Duration::from_millis(200), "{quickest:?}");
    }

    fn every_row_and_field_is_told_its_mistake(db) {
        let office = Office::new(db);
        let before = office.file("one.csv", format!("{HEADER}IBT00001,Lê An,Báo Thử,2021-05-01,2025-12-31\n"));
        office.place.run(&["import", "cards", &before]).done();
        let rows = "IBT00001,Lê An,Báo Thử,2021-05-01,\n\
                    IBT00001,Lê Ân,Báo Thử,2021-05-01,\n\
                    IBT-00001,Lê Ân,Báo Thử,2021-05-01,\n\
                    Đ1,,Báo Không Có,2015-01-01,2026-13-01\n\
                    IBT00002,Lê Bo,Báo Thử,2026-01-02,2032-01-01\n\
                    ibt oooo3,Lê Ca,Báo Thử,2026-01-02,2030-12-31\n\
                    IBT00003,Lê Ca,Báo Thử,2026-01-02,2030-12-31,x\n";
        let file = office.file("more.csv", format!("{HEADER}{rows}"));
        for (mode, entered) in [("all", 0), ("rows", 1)] {
            let ran = office.place.run(&["import", "cards", &file, "--mode", mode]);
            assert_eq!(ran.code, Some(1), "{}", ran.err);
            assert_lines_in_both_languages(&ran.out);
            let told: Vec<String> =
                ran.out.lines().map(|line| line.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": ")).collect();
            assert_eq!(
                told,
                [
                    "row 3, number: doubled_row",
                    "row 4, number: doubled_row",
                    "row 5, number: bad_character",
                    "row 5, name: empty",
                    "row 5, issued: no_term",
                    "row 5, valid_until: not_a_date",
                    "row 5, agency: unknown_agency",
                    "row 6, valid_until: beyond_term",
                    "row 8, -: too_many_cells",
                    &format!("7 rows: 2 accepted, of these 1 unchanged; 5 rejected; {entered} entered."),
                ],
                "{mode}"
            );
            assert_eq!(count(&office), 1 + entered, "{mode}");
        }
        let other = office.file("other.csv", format!("{HEADER}IBT00001,Lê Ân,Báo Thử,2021-05-01,\n"));
        let ran = office.place.run(&["import", "cards", &other]);
        assert!(ran.out.starts_with("row 2, number: already_registered: "), "{}", ran.out);
        assert!(ran.out.contains("đã có trong danh sách"), "in both languages: {}", ran.out);
    }

    fn a_name_of_several_agencies_is_not_guessed(db) {
        let office = Office::new(db);
        let more = "name,short_name,kind,level,governing_body,province,website,source\n\
                    Tạp chí Biển,TC Biển Một,tap_chi,central,,,,\nTạp chí Biển,,tap_chi,local,,31,,\n";
        let agencies = office.file("agencies.csv", more);
        office.place.run(&["import", "agencies", &agencies]).done();
        let file = office.file("cards.csv", format!("{HEADER}1,Lê An,Tạp chí Biển,2026-01-02,\n2,Lê An,TC Biển Một,2026-01-02,\n"));
        let ran = office.place.run(&["import", "cards", &file, "--mode", "rows"]);
        assert!(ran.out.starts_with("row 2, agency: ambiguous_agency"), "{}", ran.out);
        assert_eq!(count(&office), 1);
    }
}
