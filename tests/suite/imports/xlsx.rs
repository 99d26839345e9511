//! Workbooks as spreadsheets write them, and as nobody should.

use std::io::{Cursor, Read as _, Write as _};
use zip::CompressionMethod::{Deflated, Stored};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A cell of a sheet.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Nothing,
    /// In the table of texts.
    Text(String),
    /// In the cell itself.
    Inline(String),
    Number(String),
    /// A number in the format of dates.
    Date(u32),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text.to_owned()) }
    }
}

/// A workbook of one sheet.
pub(super) fn workbook(rows: &[Vec<Cell>]) -> Vec<u8> {
    package(&parts(rows, false))
}

/// The same as a Mac of old would write it: its days begin in 1904.
pub(super) fn workbook_of_1904(rows: &[Vec<Cell>]) -> Vec<u8> {
    package(&parts(rows, true))
}

/// The parts of a workbook: name and content.
pub(super) fn parts(rows: &[Vec<Cell>], is_1904: bool) -> Vec<(String, Vec<u8>)> {
    let mut texts = Vec::new();
    let mut sheet = String::new();
    for (row, cells) in (1..).zip(rows) {
        sheet.push_str(&format!("<row r=\"{row}\">"));
        for (column, cell) in ('A'..).zip(cells) {
            let at = format!("{column}{row}");
            sheet.push_str(&match cell {
                Cell::Nothing => format!("<c r=\"{at}\" s=\"1\"/>"),
                Cell::Text(text) => {
                    texts.push(format!("<si><t>{}</t></si>", escaped(text)));
                    format!("<c r=\"{at}\" t=\"s\"><v>{}</v></c>", texts.len() - 1)
                }
                Cell::Inline(text) => format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(text)),
                Cell::Number(number) => format!("<c r=\"{at}\"><v>{number}</v></c>"),
                Cell::Date(day) => format!("<c r=\"{at}\" s=\"1\"><v>{day}</v></c>"),
            });
        }
        sheet.push_str("</row>");
    }
    with_sheet(&sheet, &texts.concat(), is_1904)
}

/// The parts of a workbook with this content of its sheet and its table of texts.
pub(super) fn with_sheet(rows: &str, texts: &str, is_1904: bool) -> Vec<(String, Vec<u8>)> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let relation = |id: u32, kind: &str, target: &str| {
        format!("<Relationship Id=\"rId{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let relations = |list: String| format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{list}</Relationships>");
    let properties = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "<workbookPr/>" };
    [
        (
            "[Content_Types].xml",
            format!("<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"),
        ),
        ("_rels/.rels", relations(relation(1, "officeDocument", "xl/workbook.xml"))),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{properties}<sheets>\
                 <sheet name=\"Nhân sự\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            relations(
                relation(1, "worksheet", "worksheets/sheet1.xml")
                    + &relation(2, "styles", "styles.xml")
                    + &relation(3, "sharedStrings", "sharedStrings.xml"),
            ),
        ),
        (
            "xl/styles.xml",
            format!("<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"),
        ),
        ("xl/sharedStrings.xml", format!("<sst xmlns=\"{MAIN}\">{texts}</sst>")),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ]
    .map(|(name, content)| {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
        (name.to_owned(), format!("{head}{content}").into_bytes())
    })
    .to_vec()
}

/// A package of these parts.
pub(super) fn package(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let method = if content.is_empty() { Stored } else { Deflated };
        package.start_file(name, SimpleFileOptions::default().compression_method(method)).expect("a part");
        package.write_all(content).expect("in memory");
    }
    package.finish().expect("a package").into_inner()
}

/// The parts of a package.
fn unpacked(package: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(package)).expect("a package");
    let parts = archive.len();
    let read = |at: usize| {
        let mut part = archive.by_index(at).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its bytes");
        (part.name().expect("a name").into_owned(), content)
    };
    (0..parts).map(read).collect()
}

/// A part of a package, as text.
pub(super) fn part(package: &[u8], name: &str) -> String {
    let found = unpacked(package).into_iter().find(|part| part.0 == name);
    String::from_utf8(found.expect("this part").1).expect("text")
}

/// A package in which one part is changed.
pub(super) fn changed(package: &[u8], name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut parts = unpacked(package);
    for (_, content) in parts.iter_mut().filter(|part| part.0 == name) {
        *content = change(std::str::from_utf8(content).expect("text")).into_bytes();
    }
    self::package(&parts)
}

/// A package that is nothing but its directory, of so many parts without a byte, whose end in ZIP64 names so many.
pub(super) fn directory(parts: u32, named: u64) -> Vec<u8> {
    let mut package = [b"PK\x03\x04".as_slice(), &[0; 26]].concat();
    let begins = package.len() as u64;
    for part in 0..parts {
        let name = format!("{part:06x}");
        package.extend([b"PK\x01\x02".as_slice(), &[45, 0, 20, 0], &[0; 20], &[6], &[0; 17], name.as_bytes()].concat());
    }
    let ends = package.len() as u64;
    package.extend([b"PK\x06\x06".as_slice(), &44_u64.to_le_bytes(), &[45, 0, 45, 0], &[0; 8]].concat());
    package.extend([named, named, 46 * named, begins].into_iter().flat_map(u64::to_le_bytes));
    package.extend([b"PK\x06\x07".as_slice(), &[0; 4], &ends.to_le_bytes(), &[1, 0, 0, 0]].concat());
    package.extend([b"PK\x05\x06".as_slice(), &[0; 4], &[0xFF; 12], &[0; 2]].concat());
    package
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
