//! XLSX says what CSV says.

use super::xlsx::{Cell, changed, part, workbook, workbook_of_1904};
use super::{HEADER, address, counts, csv, errors, good, send};
use crate::support::answer::Answer;
use crate::support::app::{Client, TestAgency, TestApp};
use crate::support::on_both_databases;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn send_book(client: &Client, agency: &TestAgency, parameters: &str, book: &[u8]) -> Answer {
    client.send("POST", &address(agency, parameters), &[("content-type", XLSX)], Some(book))
}

fn row(line: &str) -> Vec<Cell> {
    line.split(',').map(Cell::from).collect()
}

on_both_databases! {
    fn a_workbook_says_what_the_same_csv_says(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let lines = [good(1), good(2).replace("1990-05-06", "06/05/1990"), good(3).replace("staff", "owner")];
        let rows: Vec<Vec<Cell>> = std::iter::once(row(HEADER)).chain(lines.iter().map(|line| row(line))).collect();
        let entered = send_book(&clerk, &agency, "?mode=rows", &workbook(&rows)).expect(200);
        assert_eq!(counts(&entered), [3, 2, 0, 1, 2]);
        let again = send(&clerk, &agency, "?mode=rows", csv(lines)).expect(200);
        assert_eq!((counts(&again), errors(&again)), ([3, 2, 2, 1, 0], errors(&entered)));
    }

    fn dates_and_numbers_are_read_as_the_spreadsheet_means_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        send(&clerk, &agency, "", csv([good(1).replace("000001000001", "301000000001")])).expect(200);
        let line = |birth: Cell, id: Cell, from: Cell| {
            let text = |text: &str| Cell::Inline(text.to_owned());
            let (name, email) = (text("Trần Thị Bưởi 1"), text("buoi1@test.example"));
            vec![name, Cell::Nothing, birth, id, text("staff"), text("Phóng viên"), from, email]
        };
        let number = |digits: &str| Cell::Number(digits.to_owned());
        // 6 May 1990 is day 32,999 of 1900 and day 31,537 of 1904; 2 January 2020 is day 43,832 and 42,370.
        let of_1900 = line(Cell::Date(32_999), number("301000000001"), number("43832"));
        let of_1904 = line(Cell::Date(31_537), number("3.01000000001E11"), Cell::Date(42_370));
        for book in [workbook(&[row(HEADER), of_1900]), workbook_of_1904(&[row(HEADER), of_1904])] {
            let answer = send_book(&clerk, &agency, "", &book).expect(200);
            assert_eq!((counts(&answer), errors(&answer)), ([1, 1, 1, 0, 0], vec![]));
        }
        // A national id that became a number has lost its zeros: it is not guessed.
        let lost = line(Cell::Date(32_999), number("1000001"), Cell::Date(43_832));
        let told = send_book(&clerk, &agency, "", &workbook(&[row(HEADER), vec![], lost])).expect(200);
        assert_eq!(errors(&told), [(3, "national_id".into(), "not_a_national_id".into())]);
    }

    fn rejected_rows_go_back_as_they_came_and_every_cell_is_text(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let bad = good(2).replace("000001000002", "001090000001").replace("1990-05-06", "hôm qua").replace(",,", ",@baongan,");
        let answer = send_book(&clerk, &agency, "?mode=rows", &workbook(&[row(HEADER), row(&good(1)), row(&bad)])).expect(200);
        assert_eq!(counts(&answer), [2, 1, 0, 1, 1]);
        let href = answer.text("/rejected_href");
        let rejected = clerk.get(&href).expect(200);
        assert_eq!(rejected.header("content-type"), Some(XLSX));
        assert_eq!(rejected.header("content-disposition"), Some("attachment; filename=\"rejected.xlsx\""));
        let sheet = part(&rejected.body, "xl/worksheets/sheet1.xml");
        assert_eq!(sheet.matches("<row").count(), 2, "{sheet}");
        for cell in ["<c r=\"A1\"", "001090000001", "'@baongan", "birth_date: not_a_date", "phải là ngày có thật"] {
            assert!(sheet.contains(cell), "{cell}: {sheet}");
        }
        assert_eq!(sheet.matches("<c ").count(), sheet.matches(" s=\"1\" t=\"inlineStr\"><is><t ").count(), "text alone");
        assert!(!sheet.contains("<v>") && !sheet.contains("<f>"), "{sheet}");
        // As a spreadsheet would save it with the one cell mended.
        let mended = changed(&rejected.body, "xl/worksheets/sheet1.xml", |sheet| sheet.replace("hôm qua", "06/05/1990"));
        assert_eq!(counts(&send_book(&clerk, &agency, "", &mended).expect(200)), [1, 1, 0, 0, 1]);
        let known = app.database.texts("SELECT pen_name AS value FROM people WHERE pen_name IS NOT NULL");
        assert_eq!(known, ["@baongan"]);
        for (asked, accept, given) in [
            ("?format=csv", "*/*", "text/csv; charset=utf-8"),
            ("", "text/csv", "text/csv; charset=utf-8"),
            ("?format=xlsx", "text/csv", XLSX),
            ("", "*/*", XLSX),
        ] {
            let answer = clerk.send("GET", &format!("{href}{asked}"), &[("accept", accept)], None).expect(200);
            assert_eq!(answer.header("content-type"), Some(given), "{asked} {accept}");
        }
        clerk.get(&format!("{href}?format=ods")).expect_problem(406, "not-acceptable");
    }

    fn rejected_rows_that_go_back_unmended_are_told_the_same(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let rows = [
            good(1).replace(",,", ",\"A & <B>\",").replace("staff", "owner"),
            good(2).replace(",,", ",a\u{1}b,"),
            good(3).replace(",,", ",\"một\nhai\","),
            good(4).replace("Phóng viên", "=1+1").replace("2020", "1980"),
        ];
        let first = send(&clerk, &agency, "?dry_run=true", csv(rows)).expect(200);
        let told = |answer: &Answer| errors(answer).into_iter().map(|(_, column, code)| (column, code)).collect::<Vec<_>>();
        assert_eq!(told(&first).len(), 4);
        let href = first.text("/rejected_href");
        assert_eq!(clerk.get(&href).expect(200).header("content-type"), Some("text/csv; charset=utf-8"), "as it came");
        for format in ["csv", "xlsx"] {
            let rejected = clerk.get(&format!("{href}?format={format}")).expect(200);
            let again = send(&clerk, &agency, "?dry_run=true", &rejected.body).expect(200);
            assert_eq!(told(&again), told(&first), "{format}");
        }
    }
}
