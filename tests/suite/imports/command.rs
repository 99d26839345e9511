//! `import`, as the operator of a registry types it.

use super::xlsx::{Cell, changed, part, workbook};
use super::{HEADER, csv, good, registered};
use crate::command_line::Place;
use crate::support::TestDatabase;
use crate::support::app::Client;
use crate::support::program::{Serving, run_on_a_terminal, run_with_input};
use crate::support::{folder, on_both_databases};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

/// Who sends files to a server.
const CLERK: &str = "clerk@test.example";
const PASSWORD: &str = "lá tre rụng đầy sân";

/// A registry with one agency, a folder for files, and nobody at work.
pub(crate) struct Office {
    pub(crate) place: Place,
    pub(crate) agency: String,
    folder: TempDir,
}

/// The agency's clerk at this server.
pub(super) fn clerk_at(serving: &Serving) -> Client {
    let anybody = Client::at(&serving.base);
    anybody.with_tokens(&anybody.sign_in(CLERK, PASSWORD).expect(201))
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
        let folder = folder("files");
        let mut office = Self { place, agency: String::new(), folder };
        let file = office.file("agencies.csv", format!("{AGENCIES}Báo Thử,Báo Thử,bao,central,,,,\n"));
        office.place.run(&["import", "agencies", &file]).done();
        office.agency = office.place.database.texts("SELECT id AS value FROM agencies").remove(0);
        office
    }

    /// A file with this content.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, content).expect("a writable folder");
        path
    }

    /// Where a file of this name is, or is to be.
    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("UTF-8").to_owned()
    }

    pub(crate) fn words<'a>(&'a self, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        [&["import", "people", "--agency", &self.agency, file], more].concat()
    }

    /// Gives the agency its clerk.
    pub(super) fn add_clerk(&self) {
        let add = ["user", "add", "--email", CLERK, "--role", "agency_clerk", "--agency", &self.agency];
        run_with_input(&self.place.arguments(&add), PASSWORD).done();
    }
}

on_both_databases! {
    fn the_agencies_of_the_country_are_entered_once(db) {
        let place = Place::new(db);
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

    fn rejected_rows_are_given_back_with_their_errors_beside_them(db) {
        let office = Office::new(db);
        // The second stands in another part of the file than the first.
        let bad = |n| good(n).replace("1990", "2027").replace(",,", ",@baongan,");
        let rows = (1..=600).map(|n| if n == 2 || n == 550 { bad(n) } else { good(n) });
        let file = office.file("people.csv", csv(rows));
        let [told, again, book] = ["rejected.csv", "again", "rejected.XLSX"].map(|name| office.path(name));
        let ran = office.place.run(&office.words(&file, &["--mode", "rows", "--rejected", &told]));
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert!(ran.out.ends_with(&format!("598 entered.\nThe rejected rows are in {told}.\n")), "{}", ran.out);
        assert_eq!(fs::metadata(&told).expect("a file").permissions().mode() & 0o777, 0o600, "its owner's alone");
        let rejected = fs::read_to_string(&told).expect("text");
        let errors = "birth_date: in_the_future,birth_date: không được sau hôm nay,birth_date: not before today";
        let line = |row, n| format!("{},{row},{errors}", bad(n).replace(",@", ",'@"));
        let expected = [&format!("\u{FEFF}{HEADER},row,codes,errors_vi,errors_en"), &line(3, 2), &line(551, 550)];
        assert_eq!(rejected.lines().collect::<Vec<_>>(), expected);
        // Sent again as they are, they are told the same; sent again mended, they are good, and no file is written.
        let ran = office.place.run(&office.words(&told, &["--dry-run", "--rejected", &again]));
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        let unmended = fs::read_to_string(&again).expect("text");
        assert_eq!(unmended, rejected.replace(",3,birth", ",2,birth").replace(",551,birth", ",3,birth"));
        let ran = office.place.run(&office.words(&file, &["--mode", "rows", "--rejected", &book]));
        assert!(ran.out.contains("; 0 entered.\n"), "{}", ran.out);
        let rows = fs::read(&book).expect("a workbook");
        let sheet = part(&rows, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains("birth_date: in_the_future") && sheet.contains("'@baongan"), "{sheet}");
        let mended = changed(&rows, "xl/worksheets/sheet1.xml", |sheet| sheet.replace("2027", "1990"));
        let [mended, none] = [office.file("mended.xlsx", mended), office.path("none.csv")];
        let told = office.place.run(&office.words(&mended, &["--rejected", &none])).done();
        assert_eq!(told, "2 rows: 2 accepted, of these 0 unchanged; 0 rejected; 2 entered.\n");
        assert!(fs::exists(&none).is_ok_and(|is_there| !is_there));
        let known = office.place.database.texts("SELECT DISTINCT pen_name AS value FROM people WHERE pen_name IS NOT NULL");
        assert_eq!(known, ["@baongan"]);
    }

    fn a_file_that_is_there_is_not_written_over_by_rejected_rows(db) {
        let office = Office::new(db);
        let file = office.file("people.csv", csv([good(1), good(2).replace("1990", "2027")]));
        let told = office.place.run(&office.words(&file, &["--mode", "rows", "--rejected", &file])).refused();
        assert!(told.contains("people.csv is there already: name a new file"), "{told}");
        assert_eq!(registered(&office.place.database), 0, "before anything is entered");
        assert_eq!(fs::read_to_string(&file).expect("text").lines().count(), 3);
        let nowhere = office.path("nowhere/rejected.csv");
        let ran = office.place.run(&office.words(&file, &["--mode", "rows", "--rejected", &nowhere]));
        assert!(ran.out.ends_with("1 rejected; 1 entered.\n"), "what became of the rows is told first: {}", ran.out);
        assert!(ran.refused().contains("nowhere/rejected.csv: "));
    }

    fn rejected_rows_of_agencies_and_of_cards_are_given_back_too(db) {
        let office = Office::new(db);
        let agencies = format!("{AGENCIES}Báo Ba,,bao,local,,Atlantis,,\nBáo Bốn,,bao,central,,,,\n");
        let cards = "number,name,agency,issued\nIBT00001,Lê An,Báo Năm,2026-01-02\nIBT00002,Lê An,Báo Thử,2026-01-02\n";
        for (what, content, errors, mended) in [
            ("agencies", agencies.as_str(), "province: unknown_province", ["Atlantis", "Bắc Ninh"]),
            ("cards", cards, "agency: unknown_agency", ["Báo Năm", "Báo Bốn"]),
        ] {
            let file = office.file(&format!("{what}.csv"), content);
            let rejected = office.path(&format!("rejected-{what}.csv"));
            let words = ["import", what, &file, "--mode", "rows", "--rejected", &rejected];
            let ran = office.place.run(&words);
            assert!(ran.out.contains("1 rejected; 1 entered.\n"), "{what}: {}", ran.out);
            let rows = fs::read_to_string(&rejected).expect("text");
            assert_eq!(rows.lines().count(), 2, "{what}: {rows}");
            assert!(rows.contains(errors), "{what}: {rows}");
            let file = office.file(&format!("mended-{what}.csv"), rows.replace(mended[0], mended[1]));
            let told = office.place.run(&["import", what, &file]).done();
            assert_eq!(told, "1 row: 1 accepted, of these 0 unchanged; 0 rejected; 1 entered.\n", "{what}");
        }
    }

    fn a_workbook_is_entered(db) {
        let office = Office::new(db);
        let row = |line: &str| line.split(',').map(Cell::from).collect::<Vec<_>>();
        let mut of_days = row(&good(2));
        (of_days[2], of_days[6]) = (Cell::Date(32_999), Cell::Number("43832".into()));
        // What it is stands in the file, not in its name.
        let file = office.file("people.dat", workbook(&[row(HEADER), row(&good(1)), of_days]));
        for (unchanged, entered) in [(0, 2), (2, 0)] {
            let told = office.place.run(&office.words(&file, &[])).done();
            assert_eq!(told, format!("2 rows: 2 accepted, of these {unchanged} unchanged; 0 rejected; {entered} entered.\n"));
        }
        let born = office.place.database.texts("SELECT CAST(birth_date AS TEXT) AS value FROM people");
        assert_eq!(born, ["1990-05-06"; 2]);
    }

    fn each_import_shows_a_bar_on_a_terminal(db) {
        let office = Office::new(db);
        let agencies = concat!(env!("CARGO_MANIFEST_DIR"), "/src/data/press_agencies.csv");
        let people = office.file("people.csv", csv((1..=600).map(good)));
        let cards: String = (1..=600).map(|n| format!("IBT{n:05},Lê An,Báo Thử,2026-01-02\n")).collect();
        let cards = office.file("cards.csv", format!("number,name,agency,issued\n{cards}"));
        let people = office.words(&people, &[]);
        for (words, rows) in
            [(&["import", "agencies", agencies][..], 193), (&people[..], 600), (&["import", "cards", &cards][..], 600)]
        {
            let ran = run_on_a_terminal(&office.place.arguments(words));
            let shown = ran.err.clone();
            assert_eq!(ran.done(), format!("{rows} rows: {rows} accepted, of these 0 unchanged; 0 rejected; {rows} entered.\n"));
            for part in ["judging ", "entering ", " 50% ", "░"] {
                assert!(shown.contains(part), "{words:?}: {part}: {shown:?}");
            }
            let last = shown.rsplit('\r').next().unwrap_or_default();
            assert!(!last.contains('%'), "it is gone at the end: {shown:?}");
            // Whoever reads it from a file sees none.
            assert_eq!(office.place.run(words).err, "", "{words:?}");
        }
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
