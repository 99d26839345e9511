//! Dates as people and spreadsheets write them: what is read here is then judged like the field of a form.

use chrono::{Days, NaiveDate};
use std::borrow::Cow;

/// Day 0 of Excel, for every day from 1 March 1900 on: its calendar has a 29 February 1900, which was not.
const EXCEL_DAY_0: NaiveDate = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date that exists");
/// Digits of the number of a day, from 18 May 1927 to 2173. Four are the year alone, and six a day without its signs.
const SERIAL_DIGITS: usize = 5;

/// The date as `YYYY-MM-DD` where it stands as `DD/MM/YYYY` or as Excel's number of a day; anything else as it is.
pub(super) fn as_written_in_forms(cell: &str) -> Cow<'_, str> {
    if let Some(day) = serial(cell) {
        return Cow::Owned(day.to_string());
    }
    match *cell.split('/').collect::<Vec<_>>() {
        [day, month, year] if [day.len(), month.len(), year.len()] == [2, 2, 4] => {
            Cow::Owned(format!("{year}-{month}-{day}"))
        }
        _ => Cow::Borrowed(cell),
    }
}

fn serial(cell: &str) -> Option<NaiveDate> {
    let is_number = cell.len() == SERIAL_DIGITS && cell.bytes().all(|byte| byte.is_ascii_digit());
    let days = cell.parse().ok().filter(|_| is_number && !cell.starts_with('0'))?;
    EXCEL_DAY_0.checked_add_days(Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_write_a_day() {
        for cell in ["1990-05-06", "06/05/1990", "32999"] {
            assert_eq!(as_written_in_forms(cell), "1990-05-06", "{cell}");
        }
        assert_eq!(["10000", "99999"].map(as_written_in_forms), ["1927-05-18", "2173-10-13"]);
        // Each of these is refused like in a form.
        for cell in ["6/5/1990", "60", "32999.5", "1990/05/06", "", "06-05-1990", "0x7F", "+32999"] {
            assert_eq!(as_written_in_forms(cell), cell);
        }
    }

    #[test]
    fn a_year_alone_and_a_day_without_its_signs_are_no_number_of_a_day() {
        for cell in ["1990", "2020", "99", "010690", "060590", "01690", "06051990"] {
            assert_eq!(as_written_in_forms(cell), cell);
        }
    }
}
