//! What a file may look like.

use super::{HEADER, assert_both_languages, counts, csv, errors, good, people, send};
use crate::support::app::TestApp;
use crate::support::fixtures::nfd;
use crate::support::{Engine, TestDatabase, on_both_databases};

pub(super) fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// SQLite does not plan by size.
#[test]
fn a_database_that_plans_by_size_knows_of_many_at_once() {
    let Some(db) = TestDatabase::create(Engine::Postgres) else { return };
    let app = TestApp::start(db);
    let agency = app.central_agency();
    send(&app.clerk(&agency), &agency, "", csv((1..=600).map(good))).expect(200);
    let counted = "SELECT reltuples::bigint AS value FROM pg_class WHERE relname = 'people'";
    assert!(app.database.number(counted) >= 500, "{}", app.database.number(counted));
}

on_both_databases! {
    fn every_encoding_and_every_separator_says_the_same(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let text = csv([good(1), good(2)]);
        send(&clerk, &agency, "", &text).expect(200);
        for separator in [",", ";", "\t"] {
            let text = text.replace(',', separator).replace('\n', "\r\n");
            let marked = format!("\u{FEFF}{text}");
            let files = [
                text.clone().into_bytes(),
                marked.clone().into_bytes(),
                utf16(&marked, u16::to_le_bytes),
                utf16(&marked, u16::to_be_bytes),
            ];
            for file in files {
                assert_eq!(counts(&send(&clerk, &agency, "", file).expect(200)), [2, 2, 2, 0, 0], "{separator:?}");
            }
        }
    }

    fn lines_end_as_those_of_an_old_mac_in_files_of_any_size(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let file = csv((1..=900).map(good)).replace('\n', "\r");
        assert!(file.len() > 64 * 1024, "{} bytes", file.len());
        let judged = send(&app.clerk(&agency), &agency, "?dry_run=true", file).expect(200);
        assert_eq!((counts(&judged), errors(&judged)), ([900, 900, 0, 0, 0], vec![]));
    }

    fn columns_and_dates_as_vietnamese_clerks_write_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let file = "STT;CCCD;Họ và tên;Chức danh;Hình thức;Từ ngày;Ngày sinh;Bút danh\n\
                    1;001090000001;Trần Thị Bưởi;Phóng viên;Biên chế;02/01/2020;06/05/1990;Bưởi Hồng\n\
                    2;001090000002;Lê An;Phóng viên;Cộng tác viên;43832;32999;\n";
        let entered = send(&clerk, &agency, "", nfd(file)).expect(200);
        assert_eq!((counts(&entered), errors(&entered)), ([2, 2, 0, 0, 2], vec![]));
        let list = format!("/api/v1/agencies/{}/people", agency.id);
        let mut told: Vec<String> = clerk.get(&list).expect(200).json()["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|it| {
                let work = &it["engagements"][0];
                let words = [&it["full_name"], &it["birth_date"], &work["kind"], &work["from"], &it["pen_name"]];
                words.map(|word| word.as_str().unwrap_or("-").to_owned()).join("|")
            })
            .collect();
        told.sort();
        assert_eq!(
            told,
            [
                "Lê An|1990-05-06|collaborator|2020-01-02|-",
                "Trần Thị Bưởi|1990-05-06|staff|2020-01-02|Bưởi Hồng",
            ]
        );
    }

    fn a_year_alone_and_a_day_without_its_signs_are_no_dates(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let born = |day: &str| good(1).replace("1990-05-06", day);
        let since = |day: &str| good(1).replace("2020-01-02", day);
        let rows = [born("1990"), born("010690"), born("99"), since("2020"), since("020120"), since("1990-05-05")];
        let told = errors(&send(&clerk, &agency, "", csv(rows)).expect(200));
        let told: Vec<_> = told.iter().map(|(row, column, code)| (*row, column.as_str(), code.as_str())).collect();
        assert_eq!(
            told,
            [
                (2, "birth_date", "not_a_date"),
                (3, "birth_date", "not_a_date"),
                (4, "birth_date", "not_a_date"),
                (5, "from", "not_a_date"),
                (6, "from", "not_a_date"),
                (7, "from", "before_birth"),
            ]
        );
    }

    fn a_header_is_told_all_its_mistakes(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let clerk = app.clerk(&agency);
        let header = "full_name,Họ tên,opinion,birth_date,national_id,kind,post";
        let told = send(&clerk, &agency, "?dry_run=true", format!("{header}\n")).expect_invalid(&[
            ("column:Họ tên", "doubled_column"),
            ("column:opinion", "unknown_column"),
            ("column:from", "missing_column"),
        ]);
        assert_both_languages(&told);
        assert_both_languages(&send(&clerk, &agency, "", "").expect_invalid(&[("", "no_header")]));
        let other = send(&clerk, &agency, "", b"a,b\n\xC3\x28,c").expect_invalid(&[("", "not_unicode")]);
        assert_both_languages(&other);
        assert_eq!(counts(&send(&clerk, &agency, "", HEADER).expect(200)), [0; 5]);
        assert_eq!(people(&clerk, &agency), Vec::<String>::new());
    }

    fn rows_are_named_as_a_spreadsheet_counts_them(db) {
        let app = TestApp::start(db);
        let agency = app.central_agency();
        let bad = |n| good(n).replace("1990", "2990");
        let file = csv([String::new(), good(1), ",,,,,,,".to_owned(), bad(2), String::new(), String::new(), bad(3)]);
        let answer = send(&app.clerk(&agency), &agency, "?dry_run=true", file).expect(200);
        let rows: Vec<u64> = errors(&answer).iter().map(|error| error.0).collect();
        assert_eq!((counts(&answer), rows), ([3, 1, 0, 2, 0], vec![5, 8]));
    }
}
