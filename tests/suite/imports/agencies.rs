//! `import agencies`: what is told of a row, as of a row of people.

use super::command::{Office, assert_lines_in_both_languages};
use crate::support::on_both_databases;

on_both_databases! {
    fn nothing_that_stands_right_of_the_columns_is_dropped_in_silence(db) {
        let office = Office::new(db);
        let count = || office.place.database.number("SELECT COUNT(*) AS value FROM agencies");
        let before = count();
        let file = office.file(
            "more.csv",
            "name,short_name,kind,level,governing_body,province,website,source\n\
             Báo Một,,bao,central,Bộ Một,,,\n\
             Báo Hai,,bao,central,Bộ Hai,,,sổ, quyển 2\n\
             Báo Ba,,bao,central,Bộ\u{7} Ba,,,\n",
        );
        let ran = office.place.run(&["import", "agencies", &file, "--mode", "rows"]);
        assert_eq!(ran.code, Some(1), "{}", ran.err);
        assert_lines_in_both_languages(&ran.out);
        let told = |row: &str| ran.out.lines().any(|line| line.starts_with(row));
        assert!(told("row 3, -: too_many_cells: "), "{}", ran.out);
        assert!(told("row 4, governing_body: control_character: "), "{}", ran.out);
        assert_eq!(count(), before + 1);
    }
}
