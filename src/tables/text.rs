//! CSV (RFC 4180) in UTF-8 or UTF-16, with commas, semicolons or tabs.

use super::{MOST_COLUMNS, not_a_table, too_many_columns};
use crate::domain::imports::Row;
use crate::domain::problem::FieldProblem;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::{self, Read};

/// A row of the file, with the line breaks in its cells: 64 columns of some 1,000 bytes.
const LONGEST_ROW_BYTES: usize = 64 * 1024;
/// What the reader of rows takes of the file at a time: so much of a row may be there already, and so much of the next.
const BUFFER_BYTES: usize = 8 * 1024;
/// What stands between cells. A comma is meant where none is there.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// A text with a separator.
pub(super) struct TextTable {
    text: String,
    separator: u8,
}

impl TextTable {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, FieldProblem> {
        let text = decode(bytes)?;
        if text.contains('\0') {
            return Err(not_a_table("neither CSV nor XLSX"));
        }
        let separator = separator(&text);
        Ok(Self { text, separator })
    }

    pub(super) fn each_row<E: From<FieldProblem>>(
        &self,
        visit: &mut impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(self.separator)
            .buffer_capacity(BUFFER_BYTES)
            .from_reader(Rationed { rest: self.text.as_bytes(), left: 0 });
        let mut record = csv::StringRecord::new();
        let mut number = 1;
        loop {
            let begins = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
            let (lines, bytes) = self.skipped_at(begins);
            number += lines;
            reader.get_mut().left = bytes + LONGEST_ROW_BYTES + BUFFER_BYTES;
            let is_there = reader.read_record(&mut record).map_err(|error| match error.is_io_error() {
                true => too_long(number),
                false => not_a_table(error.to_string()),
            })?;
            if !is_there {
                return Ok(());
            }
            // Before room is made for each: a row of separators alone has as many cells as bytes.
            if record.len() > MOST_COLUMNS {
                return Err(too_many_columns(number).into());
            }
            visit(Row { number, cells: record.iter().map(str::to_owned).collect() })?;
            // Where the next line begins, unless the rest of this one's end is still to come.
            number += 1;
        }
    }

    /// Empty lines are rows to a spreadsheet, and nothing to the reader of rows: how many it is about to skip, and in how
    /// many bytes.
    fn skipped_at(&self, at: usize) -> (u32, usize) {
        let (before, mut rest) = self.text.split_at_checked(at).unwrap_or((&self.text, ""));
        let bytes = rest.len();
        if before.ends_with('\r') {
            rest = rest.strip_prefix('\n').unwrap_or(rest);
        }
        let mut skipped = 0;
        while let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])) {
            (rest, skipped) = (after, skipped + 1);
        }
        (skipped, bytes - rest.len())
    }
}

/// A text of which no more is read than was allowed: nothing is made of a row that does not end before.
struct Rationed<'t> {
    rest: &'t [u8],
    left: usize,
}

impl Read for Rationed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.rest.is_empty() {
            return Err(io::Error::other("longer than a row may be"));
        }
        let most = self.left.min(buffer.len());
        let read = self.rest.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.left -= read;
        Ok(read)
    }
}

fn too_long(row: u32) -> FieldProblem {
    FieldProblem::new("line_too_long", format!("row {row}: at most {LONGEST_ROW_BYTES} bytes in a row"))
}

/// The text in the encoding of its byte-order mark; without one, UTF-16 shows by the zero beside its first letter.
fn decode(mut bytes: Vec<u8>) -> Result<String, FieldProblem> {
    let (encoding, mark) = match Encoding::for_bom(&bytes) {
        Some(found) => found,
        None => match *bytes.as_slice() {
            [first, 0, ..] if first != 0 => (UTF_16LE, 0),
            [0, second, ..] if second != 0 => (UTF_16BE, 0),
            _ => (UTF_8, 0),
        },
    };
    let not_unicode = || FieldProblem::new("not_unicode", "save it as «CSV UTF-8», or as Unicode text");
    if encoding == UTF_8 {
        bytes.drain(..mark);
        return String::from_utf8(bytes).map_err(|_| not_unicode());
    }
    let text = bytes.get(mark..).and_then(|text| encoding.decode_without_bom_handling_and_without_replacement(text));
    text.map(std::borrow::Cow::into_owned).ok_or_else(not_unicode)
}

/// Whichever stands most often in the header, outside of quotes.
fn separator(text: &str) -> u8 {
    let header = text.trim_start().split(['\n', '\r']).next().unwrap_or_default();
    let outside = || header.split('"').step_by(2).flat_map(str::bytes);
    let times = |separator: u8| outside().filter(|byte| *byte == separator).count();
    // The last of equals is what `max_by_key` gives.
    SEPARATORS.into_iter().rev().max_by_key(|separator| times(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Result<Vec<(u32, Vec<String>)>, &'static str> {
        let mut found = Vec::new();
        let read = TextTable::open(bytes.to_vec()).and_then(|table| {
            table.each_row(&mut |row| {
                found.push((row.number, row.cells));
                Ok::<(), FieldProblem>(())
            })
        });
        read.map(|()| found).map_err(|problem| problem.code)
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_and_separators_are_found_out() {
        for separator in [",", ";", "\t"] {
            let text = ["a", "Phượng"].join(separator) + "\n1" + separator + "\"2 \"\"x\"\", y; z\"\n";
            let expected =
                [vec!["a", "Phượng"], vec!["1", "2 \"x\", y; z"]].map(|row| row.into_iter().map(str::to_owned));
            let expected: Vec<_> = (1..).zip(expected.map(Iterator::collect)).collect();
            let marked = format!("\u{FEFF}{text}");
            let files = [
                text.clone().into_bytes(),
                marked.clone().into_bytes(),
                utf16(&marked, u16::to_le_bytes),
                utf16(&marked, u16::to_be_bytes),
                utf16(&text, u16::to_le_bytes),
                utf16(&text, u16::to_be_bytes),
            ];
            for file in files {
                assert_eq!(rows(&file).as_ref(), Ok(&expected), "{separator:?}");
            }
        }
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_do() {
        for end in ["\n", "\r\n", "\r"] {
            for last in ["", end] {
                let text = format!("a{end}{end}b{end}\"c{end}c\"{end}{end}{end}d{last}");
                let numbers: Vec<u32> = rows(text.as_bytes()).expect("a table").iter().map(|row| row.0).collect();
                assert_eq!(numbers, [1, 3, 4, 7], "{text:?}");
            }
        }
        assert_eq!(rows(b"\n\na").expect("a table")[0].0, 3);
        assert_eq!(rows(b""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_text_and_what_is_no_line_is_refused() {
        assert_eq!(rows(b"a,b\n\xC3\x28,c"), Err("not_unicode"));
        assert_eq!(rows(&[0xFF, 0xFE, 0x00, 0xD8]), Err("not_unicode"), "half a pair");
        assert_eq!(rows(b"a,b\n\0,c"), Err("not_a_table"));
        let row = [b"a,b\n".as_slice(), &vec![b'x'; LONGEST_ROW_BYTES + 2 * BUFFER_BYTES]].concat();
        assert_eq!(rows(&row), Err("line_too_long"));
        let cells = [b"a,b\n".as_slice(), &b"\"\n\",".repeat(LONGEST_ROW_BYTES)].concat();
        assert_eq!(rows(&cells), Err("line_too_long"), "a row of many lines");
        assert_eq!(rows(",".repeat(MOST_COLUMNS).as_bytes()), Err("too_many_columns"));
    }

    #[test]
    fn what_is_long_is_the_row_and_neither_the_file_nor_what_is_empty() {
        for end in ["\n", "\r\n", "\r"] {
            let row = format!("{},b{end}", "a".repeat(LONGEST_ROW_BYTES - 8));
            let file = format!("{row}{row}{}{row}", end.repeat(LONGEST_ROW_BYTES * 2));
            let numbers: Vec<u32> = rows(file.as_bytes()).expect("a table").iter().map(|row| row.0).collect();
            assert_eq!(numbers, [1, 2, 3 + 128 * 1024], "{end:?}");
        }
    }
}
