//! Files that are made to hurt are refused, with a problem document, within a second.

use super::command::Office;
use super::xlsx::{Cell, directory, package, parts, with_sheet};
use super::{HEADER, assert_both_languages, good, quickest, registered, send};
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;
use std::time::Duration;

type Parts = Vec<(String, Vec<u8>)>;

fn book() -> Parts {
    let row = |line: &str| line.split(',').map(Cell::from).collect::<Vec<_>>();
    parts(&[row(HEADER), row(&good(1))], false)
}

/// A workbook in which one part is another.
fn with(name: &str, content: Vec<u8>) -> Vec<u8> {
    let mut parts: Parts = book().into_iter().filter(|part| part.0 != name).collect();
    parts.push((name.to_owned(), content));
    package(&parts)
}

/// A workbook of half a megabyte.
pub(super) fn unpacks_to_500_mb() -> Vec<u8> {
    with("xl/worksheets/sheet1.xml", vec![b' '; 500 * 1024 * 1024])
}

pub(super) fn line_of_20_mb() -> Vec<u8> {
    [HEADER.as_bytes(), b"\n", &vec![b'x'; 20 * 1024 * 1024 - 100]].concat()
}

/// A cell with an empty line in it, and no letter.
pub(super) const EMPTY_LINES: &str = "\"\n\",";

/// A quiet second is asked for; the machine of the tests is shared, and the program is not optimised.
const WITHIN: Duration = Duration::from_secs(1);

fn refused(clerk: &Client, agency: &TestAgency, what: &str, file: &[u8], code: &str) {
    let quickest = quickest(|| {
        let answer = send(clerk, agency, "?dry_run=true", file).expect_invalid(&[("", code)]);
        assert_both_languages(&answer);
    });
    println!("{what}: {} bytes refused in {quickest:?}", file.len());
    assert!(quickest < WITHIN, "{what}: {quickest:?}");
}

on_both_databases! {
    fn what_unpacks_to_too_much_is_refused_before_it_is_read(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let large = unpacks_to_500_mb();
        assert!((400_000..600_000).contains(&large.len()), "{} bytes", large.len());
        refused(&clerk, &agency, "500 MB of nothing", &large, "unpacks_too_large");
        let texts = with("xl/sharedStrings.xml", vec![b' '; 17 * 1024 * 1024]);
        refused(&clerk, &agency, "17 MB of texts", &texts, "unpacks_too_large");
        let empty = with("xl/sharedStrings.xml", format!("<sst>{}</sst>", "<si/>".repeat(3_000_000)).into());
        refused(&clerk, &agency, "3 million empty texts", &empty, "too_many_texts");
        let prefixed = format!("<x:sst xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">{}</x:sst>", "<x:si/>".repeat(2_000_000));
        refused(&clerk, &agency, "2 million of them by another name", &with("xl/sharedStrings.xml", prefixed.into()), "too_many_texts");
        let styles = with("xl/styles.xml", vec![b' '; 3 * 1024 * 1024]);
        refused(&clerk, &agency, "3 MB of styles", &styles, "unpacks_too_large");
        let pictures = with("xl/media/image1.png", vec![0; 65 * 1024 * 1024]);
        refused(&clerk, &agency, "65 MB of a picture", &pictures, "unpacks_too_large");
    }

    fn packages_of_thousands_of_parts_and_entities_are_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let mut many = book();
        many.extend((0..5_000).map(|n| (format!("xl/worksheets/{n}.xml"), Vec::new())));
        refused(&clerk, &agency, "thousands of parts", &package(&many), "too_many_parts");
        let large = directory(400_000, 400_000);
        assert!((20_000_000..20 * 1024 * 1024).contains(&large.len()), "{} bytes", large.len());
        refused(&clerk, &agency, "a directory of 20 MB", &large, "too_many_parts");
        refused(&clerk, &agency, "a directory that names more", &directory(2, 1 << 40), "too_many_parts");
        let laughs = "<?xml version=\"1.0\"?><!DOCTYPE sst [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><sst><si><t>&b;</t></si></sst>";
        let entities = with("xl/sharedStrings.xml", laughs.into());
        refused(&clerk, &agency, "a billion laughs", &entities, "has_entities");
        // Behind a long comment they are not seen, and not known to the reader either.
        let hidden = format!("<?xml version=\"1.0\"?><!--{}-->{}", "x".repeat(40_000), laughs.trim_start_matches("<?xml version=\"1.0\"?>"));
        refused(&clerk, &agency, "hidden entities", &with("xl/sharedStrings.xml", hidden.into()), "not_a_table");
    }

    fn sheets_without_end_are_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let head: String = HEADER
            .split(',')
            .zip('A'..)
            .map(|(name, column)| format!("<c r=\"{column}1\" t=\"inlineStr\"><is><t>{name}</t></is></c>"))
            .collect();
        let sheet = |rows: &str| package(&with_sheet(&format!("<row r=\"1\">{head}</row>{rows}"), "", false));
        let far = "<row r=\"2\"><c r=\"XFD2\"><v>1</v></c></row>";
        refused(&clerk, &agency, "a cell in the last column", &sheet(far), "too_many_columns");
        let back = "<row r=\"9\"><c r=\"A9\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>";
        refused(&clerk, &agency, "rows that go back", &sheet(back), "not_a_table");
        refused(&clerk, &agency, "half a sheet", &sheet("<row r=\"2\"><c r=\"A2\"><v>1"), "not_a_table");
        let mut torn = package(&book());
        torn.truncate(torn.len() / 2);
        refused(&clerk, &agency, "half a file", &torn, "not_a_table");
        refused(&clerk, &agency, "an old workbook", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old_workbook");
        // One long text in every cell.
        let cells: String = (2..4_000).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>")).collect();
        let rows = format!("<row r=\"1\">{head}</row>{cells}");
        let text = |bytes| format!("<si><t>{}</t></si>", "x".repeat(bytes));
        let much = package(&with_sheet(&rows, &text(30_000), false));
        refused(&clerk, &agency, "30 KB in each cell", &much, "too_much_text");
        let long = package(&with_sheet(&rows, &text(1_000_000), false));
        refused(&clerk, &agency, "1 MB in each cell", &long, "cell_too_long");
    }

    fn the_command_refuses_them_as_well(db) {
        let office = Office::new(db);
        for (what, file, code) in [
            ("500 MB of nothing", unpacks_to_500_mb(), "unpacks_too_large"),
            ("a directory of 20 MB", directory(400_000, 400_000), "too_many_parts"),
            ("a line of 20 MB", line_of_20_mb(), "line_too_long"),
        ] {
            let file = office.file("people", file);
            let quickest = quickest(|| {
                let told = office.place.run(&office.words(&file, &[])).refused();
                assert!(told.contains(&format!("people is not taken: {code}: ")), "{what}: {told}");
            });
            println!("{what}: refused in {quickest:?}");
            assert!(quickest < WITHIN, "{what}: {quickest:?}");
        }
        assert_eq!(registered(&office.place.database), 0);
    }

    fn lines_and_rows_without_end_are_refused(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        refused(&clerk, &agency, "a line of 20 MB", &line_of_20_mb(), "line_too_long");
        let cells = format!("{HEADER}\n{}\n", "a,".repeat(70));
        refused(&clerk, &agency, "70 cells", cells.as_bytes(), "too_many_columns");
        let quoted = format!("{HEADER}\n\"{}", "x\n".repeat(20_000));
        refused(&clerk, &agency, "a quote that does not end", quoted.as_bytes(), "cell_too_long");
        let endless = format!("{HEADER}\n\"{}", "x\n".repeat(10_000_000));
        refused(&clerk, &agency, "a quote of 20 MB", endless.as_bytes(), "line_too_long");
        let cells = format!("{HEADER}\n{}", EMPTY_LINES.repeat(5_000_000));
        refused(&clerk, &agency, "a row of 5 million cells on as many lines", cells.as_bytes(), "line_too_long");
        let blank = format!("{HEADER}\n{}", (EMPTY_LINES.repeat(15_000) + "\n").repeat(300));
        refused(&clerk, &agency, "rows of 15,000 cells without a letter", blank.as_bytes(), "too_many_columns");
        let rows = format!("{HEADER}\n{}", "a\n".repeat(50_001));
        refused(&clerk, &agency, "50,001 rows", rows.as_bytes(), "too_many_rows");
    }
}
