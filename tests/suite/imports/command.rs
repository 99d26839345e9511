//! `import`, as the operator of a registry types it.

use super::{HEADER, csv, good, registered};
use crate::command_line::Place;
use crate::support::TestDatabase;
use crate::support::on_both_databases;
use std::fs;
use tempfile::TempDir;

/// A registry with one agency, a folder for files, and nobody at work.
pub(crate) struct Office {
    pub(crate) place: Place,
    pub(crate) agency: String,
    folder: TempDir,
}

/// That each error is told in Vietnamese and then in English.
pub(super) fn assert_lines_in_both_languages(told: &str) {
    for line in told.lines().filter(|line| line.starts_with("row ")) {
        let words = line.splitn(3, ": ").nth(2).unwrap_or_default();
        let said = words.match_indices(" / ").any(|(at, between)| words[..at] != words[at + between.len()..]);
        assert!(said, "{line}");
    }
}

const AGENCIES: &str = "name,short_name,kind,level,governing_body,province,website,source\n";

impl Office {
    pub(crate) fn new(db: TestDatabase) -> Self {
        let place = Place::new(db);
        place.run(&["migrate"]).done();
        let folder = TempDir::with_prefix("press-registry-files.").expect("a temporary folder");
        let mut office = Self { place, agency: String::new(), folder };
        let file = office.file("agencies.csv", format!("{AGENCIES}Báo Thử,Báo Thử,bao,central,,,,\n"));
        office.place.run(&["import", "agencies", &file]).done();
        office.agency = office.place.database.texts("SELECT id AS value FROM agencies").remove(0);
        office
    }

    /// A file with this content.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).expect("a writable folder");
        path.to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn words<'a>(&'a self, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        [&["import", "people", "--agency", &self.agency, file], more].concat()
    }
}

on_both_databases! {
    fn the_agencies_of_the_country_are_entered_once(db) {
        let place = Place::new(db);
        place.run(&["migrate"]).done();
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/src/data/press_agencies.csv");
        let entered = || place.database.number("SELECT COUNT(*) AS value FROM agencies");
        let told = place.run(&["import", "agencies", file, "--dry-run"]).done();
        assert_eq!(told, "193 rows: 193 accepted, of these 0 unchanged; 0 rejected; 0 entered.\n");
        assert_eq!(entered(), 0);
        let told = place.run(&["import", "agencies", file]).done();
        assert_eq!(told, "193 rows: 193 accepted, of these 0 unchanged; 0 rejected; 193 entered.\n");
        let told = place.run(&["import", "agencies", file]).done();
        assert_eq!(told, "193 rows: 193 accepted, of these 193 unchanged; 0 rejected; 0 entered.\n");
        let told = "SELECT COUNT(*) AS value FROM events WHERE type = 'agency.created' AND actor_role = 'program'";
        assert_eq!((entered(), place.database.number(told)), (193, 193));
        let unit = "SELECT province_id AS value FROM agencies WHERE name = 'Báo Hải Phòng'";
        assert_eq!(place.database.texts(unit), ["31-2025"], "a name is that of today's unit");
    }

    fn rows_of_agencies_are_told_their_mistakes(db) {
        let office = Office::new(db);
        let rows = "Báo Thử,Báo Thử,tap_chi,central,,,,\nBáo Hai,Báo Thử,bao,central,,,,\nBáo Ba,,bao,local,,Atlantis,,\n\
                    Báo Bốn,,bao,local,,Bắc Kạn,,\nBáo Bốn,,bao,local,,06,,\n\
                    ,,press,press,,,press,\nBáo Năm,,bao,local,,,,\nBáo Sáu,,bao,central,,31,,\n";
        let file = office.file("more.csv", format!("{AGENCIES}{rows}"));
        let ran = office.place.run(&["import", "agencies", &file, "--mode", "rows"]);
        assert_eq!(ran.code, Some(1));
        assert_lines_in_both_languages(&ran.out);
        let told: Vec<String> = ran.out.lines().map(|line| line.splitn(3, ": ").take(2).collect::<Vec<_>>().join(": ")).collect();
        assert_eq!(
            told,
            [
                "row 2, name: already_registered",
                "row 3, short_name: taken",
                "row 4, province: unknown_province",
                "row 6, name: doubled_row",
                "row 7, name: empty",
                "row 7, kind: unknown_kind",
                "row 7, level: unknown_level",
                "row 7, website: not_an_address",
                "row 8, province: missing",
                "row 9, province: not_for_central",
                "8 rows: 1 accepted, of these 0 unchanged; 7 rejected; 1 entered.",
            ]
        );
    }

    fn people_are_entered_and_every_error_is_told(db) {
        let office = Office::new(db);
        let file = office.file("people.csv", csv([good(1), good(2).replace("1990", "2027"), good(3)]));
        for (more, entered) in [(vec!["--dry-run"], 0), (vec![], 0), (vec!["--mode", "rows"], 2)] {
            let ran = office.place.run(&office.words(&file, &more));
            assert_eq!(ran.code, Some(1), "{}", ran.err);
            assert_eq!(
                ran.out,
                format!(
                    "row 3, birth_date: in_the_future: không được sau hôm nay / not before today\n\
                     3 rows: 2 accepted, of these 0 unchanged; 1 rejected; {entered} entered.\n"
                ),
                "{more:?}"
            );
            assert_eq!(registered(&office.place.database), entered, "{more:?}");
        }
        let mended = office.file("mended.csv", csv((1..=3).map(good)));
        let told = office.place.run(&office.words(&mended, &[])).done();
        assert_eq!(told, "3 rows: 3 accepted, of these 2 unchanged; 0 rejected; 1 entered.\n");
    }

    fn what_is_no_such_file_and_no_such_agency_is_said(db) {
        let office = Office::new(db);
        let file = office.file("people.csv", format!("{},opinion\n", HEADER.replace(",from", "")));
        let told = office.place.run(&office.words(&file, &[])).refused();
        assert!(told.contains("column «opinion»: unknown_column: không có cột nào tên như vậy / this column"), "{told}");
        assert!(told.contains("column «from»: missing_column: thiếu cột này / this column"), "{told}");
        let old = office.file("people.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
        let told = office.place.run(&office.words(&old, &[])).refused();
        assert!(told.contains("old_workbook: là tệp XLS hoặc có mật khẩu"), "{told}");
        let missing = "01890a5d-ac96-774b-bcce-b302099a8057";
        let good = office.file("good.csv", csv([good(1)]));
        let told = office.place.run(&["import", "people", "--agency", missing, &good]).refused();
        assert!(told.contains("there is no agency"), "{told}");
        let told = office.place.run(&office.words("/nowhere/people.csv", &[])).refused();
        assert!(told.contains("/nowhere/people.csv"), "{told}");
    }
}
