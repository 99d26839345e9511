//! XLSX says what CSV says.

use super::xlsx::{Cell, workbook, workbook_of_1904};
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
}
