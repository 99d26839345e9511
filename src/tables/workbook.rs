//! XLSX: the first sheet that is shown. What a file unpacks to is measured before anything of it is kept in memory.

use super::{MOST_COLUMNS, not_a_table, too_many_columns};
use crate::domain::imports::Row;
use crate::domain::problem::FieldProblem;
use calamine::{DataRef, Reader as _, SheetVisible, Xlsx, XlsxError};
use memchr::memmem;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// What all parts unpack to together: 50,000 people take some 30 MB.
const MOST_BYTES: usize = 48 * 1024 * 1024;
/// What the table of texts unpacks to: it is held in memory as a whole.
const MOST_TEXT_BYTES: usize = 16 * 1024 * 1024;
/// Texts in that table: eight in each of 50,000 rows, and a quarter more. One without a letter takes five bytes of the
/// part, and several times as much in memory.
const MOST_TEXTS: usize = 500_000;
/// What begins a text in that table, and where its namespace has a prefix; as long as each other.
const TEXTS: [&[u8]; 2] = [b"<si", b":si"];
/// What any other part but a sheet or a picture unpacks to: each element of it becomes something in memory.
const MOST_PART_BYTES: usize = 2 * 1024 * 1024;
/// Parts of one file: sheets, pictures, what spreadsheets say of themselves.
const MOST_PARTS: usize = 256;
/// What each part begins with in the directory of the file (APPNOTE 4.3.12).
const PART: &[u8] = b"PK\x01\x02";
/// What the end of a directory in ZIP64 begins with (4.3.14), and after how many bytes from there it says how many parts
/// there are, in eight bytes.
const END_OF_ZIP64: (&[u8], usize) = (b"PK\x06\x06", 32);
/// What says where that end is (4.3.15), and that it is there at all: among the last bytes, before at most 64 KiB of a comment.
const PLACE_OF_END: (&[u8], usize) = (b"PK\x06\x07", 65 * 1024);
/// What begins a definition of entities, which ECMA-376 part 2 (§8.1.4) keeps out of these files.
const DEFINITIONS: [&[u8]; 2] = [b"<!DOCTYPE", b"<!ENTITY"];
const CHUNK_BYTES: usize = 32 * 1024;

/// A workbook as it was sent, known to be of bearable size.
pub(super) struct Workbook(Vec<u8>);

impl Workbook {
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, FieldProblem> {
        measure(&bytes)?;
        Ok(Self(bytes))
    }

    pub(super) fn each_row<E: From<FieldProblem>>(
        &self,
        visit: &mut impl FnMut(Row) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut book = Xlsx::new(Cursor::new(self.0.as_slice())).map_err(unreadable)?;
        let shown = book.sheets_metadata().iter().find(|sheet| sheet.visible == SheetVisible::Visible);
        let name = shown.map(|sheet| sheet.name.clone());
        let name = name.ok_or_else(|| FieldProblem::new("no_sheet", "the workbook has no sheet that is shown"))?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(unreadable)?;
        let mut row: Option<Row> = None;
        while let Some(cell) = cells.next_cell().map_err(unreadable)? {
            let Some(text) = text(cell.get_value()) else { continue };
            let (at, column) = cell.get_position();
            let (number, column) = (at.saturating_add(1), usize::try_from(column).unwrap_or(usize::MAX));
            // Before room is made for what lies between: one cell may stand a million columns away.
            if column >= MOST_COLUMNS {
                return Err(too_many_columns(number).into());
            }
            match &mut row {
                Some(row) if row.number == number => {}
                Some(row) if row.number > number => return Err(not_a_table("its rows are not in order").into()),
                _ => {
                    if let Some(complete) = row.replace(Row { number, cells: Vec::new() }) {
                        visit(complete)?;
                    }
                }
            }
            if let Some(row) = &mut row {
                row.cells.resize(row.cells.len().max(column + 1), String::new());
                row.cells.get_mut(column).into_iter().for_each(|cell| text.clone_into(cell));
            }
        }
        row.map_or(Ok(()), visit)
    }
}

/// Unpacks every part, keeps nothing, and stops at the limits: what a file says of its own size is not believed.
fn measure(bytes: &[u8]) -> Result<(), FieldProblem> {
    // Whoever opens it reads the whole directory into memory, and makes room for as many parts as its end names.
    if parts(bytes) > MOST_PARTS {
        return Err(FieldProblem::new("too_many_parts", format!("at most {MOST_PARTS} parts in a workbook")));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| not_a_table("a damaged XLSX"))?;
    let mut room = MOST_BYTES;
    let mut chunk = vec![0; CHUNK_BYTES];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|_| not_a_table("a damaged XLSX, or one with a password"))?;
        let kind = part.name().map(|name| Part::of(&name)).map_err(|_| not_a_table("a damaged XLSX"))?;
        let mut left = kind.most_bytes();
        let (mut texts, mut is_beginning) = (Texts::default(), true);
        loop {
            let read = part.read(&mut chunk).map_err(|_| not_a_table("a damaged XLSX"))?;
            if read == 0 {
                break;
            }
            let too_large = || FieldProblem::new("unpacks_too_large", "it unpacks to more than a list of people takes");
            room = room.checked_sub(read).ok_or_else(too_large)?;
            left = left.checked_sub(read).ok_or_else(too_large)?;
            // They stand before the first element. Where a longer beginning hides them, the reader knows no entity either.
            if is_beginning && kind != Part::Picture && defines_entities(chunk.get(..read).unwrap_or_default()) {
                return Err(FieldProblem::new("has_entities", "a workbook defines no entities"));
            }
            is_beginning = false;
            if kind == Part::Texts && texts.count(chunk.get(..read).unwrap_or_default()) > MOST_TEXTS {
                let detail = format!("at most {MOST_TEXTS} texts that differ in a workbook");
                return Err(FieldProblem::new("too_many_texts", detail));
            }
        }
    }
    Ok(())
}

/// How many parts a file has at most: as many as begin anywhere, or as any end of its directory says.
fn parts(bytes: &[u8]) -> usize {
    let (place, room) = PLACE_OF_END;
    let last = bytes.get(bytes.len().saturating_sub(room)..).unwrap_or_default();
    let (end, at) = END_OF_ZIP64;
    let said = |begins: usize| {
        let eight = bytes.get(begins + at..)?.first_chunk()?;
        Some(usize::try_from(u64::from_le_bytes(*eight)).unwrap_or(usize::MAX))
    };
    let named = match memmem::find(last, place) {
        Some(_) => memmem::find_iter(bytes, end).filter_map(said).max().unwrap_or_default(),
        None => 0,
    };
    memmem::find_iter(bytes, PART).count().max(named)
}

/// How many texts were seen in a part that is unpacked in chunks.
#[derive(Default)]
struct Texts {
    seen: usize,
    /// What the chunk before ended with, and may be the beginning of one of [`TEXTS`].
    end: Vec<u8>,
}

impl Texts {
    fn count(&mut self, chunk: &[u8]) -> usize {
        self.end.extend_from_slice(chunk);
        self.seen += TEXTS.iter().map(|text| memmem::find_iter(&self.end, text).count()).sum::<usize>();
        self.end.drain(..self.end.len().saturating_sub(TEXTS[0].len() - 1));
        self.seen
    }
}

fn defines_entities(beginning: &[u8]) -> bool {
    DEFINITIONS.iter().any(|word| beginning.windows(word.len()).any(|there| there == *word))
}

/// What a part is, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Read cell by cell.
    Sheet,
    /// Held in memory: every text once.
    Texts,
    /// Not looked at.
    Picture,
    /// Held in memory: styles, names, relations.
    Other,
}

impl Part {
    fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        match () {
            () if name.contains("worksheets/") && name.ends_with(".xml") => Self::Sheet,
            () if name.ends_with("sharedstrings.xml") => Self::Texts,
            () if name.ends_with(".xml") || name.ends_with(".rels") => Self::Other,
            () => Self::Picture,
        }
    }

    const fn most_bytes(self) -> usize {
        match self {
            Self::Sheet | Self::Picture => MOST_BYTES,
            Self::Texts => MOST_TEXT_BYTES,
            Self::Other => MOST_PART_BYTES,
        }
    }
}

fn unreadable(_: XlsxError) -> FieldProblem {
    // What the reader says names parts and cells, and may repeat them.
    not_a_table("an XLSX that cannot be read: open it in a spreadsheet and save it anew")
}

/// What stands in a cell, where anything does.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        // Cut where it is refused anyway: one text may stand in every cell.
        DataRef::SharedString(text) => match text.len() > super::LONGEST_CELL_BYTES {
            true => "x".repeat(super::LONGEST_CELL_BYTES + 1),
            false => (*text).to_owned(),
        },
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => match at.to_ymd_hms_milli() {
            (year, month, day, 0, 0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
            (year, month, day, hour, minute, second, _) => {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
            }
        },
        DataRef::Error(_) => "#".to_owned(),
    };
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_counted_wherever_a_chunk_ends() {
        let part = "<sst><si/><si><t>a</t></si><s i><x:si/></sst>".as_bytes();
        for size in 1..=part.len() {
            let mut texts = Texts::default();
            for chunk in part.chunks(size) {
                texts.count(chunk);
            }
            assert_eq!(texts.seen, 3, "chunks of {size}");
        }
    }
}
