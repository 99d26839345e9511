//! Dates as people and spreadsheets write them: what is read here is then judged like the field of a form.

use chrono::{Days, NaiveDate};
use std::borrow::Cow;

/// Day 0 of Excel, for every day from 1 March 1900 on: its calendar has a 29 February 1900, which was not.
const EXCEL_DAY_0: NaiveDate = NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date that exists");
/// That day: earlier ones are one less from the truth, and nobody on record was born then.
const FIRST_SERIAL: u64 = 61;

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
    let is_number = (2..=6).contains(&cell.len()) && cell.bytes().all(|byte| byte.is_ascii_digit());
    let days = cell.parse().ok().filter(|days| is_number && *days >= FIRST_SERIAL)?;
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
        assert_eq!(as_written_in_forms("61"), "1900-03-01");
        // Each of these is refused like in a form.
        for cell in ["6/5/1990", "60", "32999.5", "1990/05/06", "", "06-05-1990", "0x7F", "+32999"] {
            assert_eq!(as_written_in_forms(cell), cell);
        }
    }
}
